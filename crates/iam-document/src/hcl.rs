//! Policies in code of Terraform: `jsonencode`, heredocs and strings in resources, and blocks `data "aws_iam_policy_document"`.
//!
//! The syntax is read by `hcl-edit`, and each block is written as JSON with the place of each value. A local value of the same file is what it
//! says. Everything else that an expression names is known only when it is deployed, and becomes [`UNKNOWN`](crate::UNKNOWN): variables, attributes
//! of resources, loops, results of functions.

mod lists;
mod statements;
mod text;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use hcl_edit::expr::{Expression, TraversalOperator};
use hcl_edit::parser::parse_body;
use hcl_edit::structure::{Block, Body};
use iam_json::{Document, Report, Span};
use iam_policy::PolicyKind;

use crate::code;
use crate::decode::MARK;
use crate::extracted::{Extracted, Found, Left};
use crate::origin::{OriginMap, narrow};
use crate::scan::{Here, Scan};
use crate::syntax::Syntax;
use crate::table::{As, HOLDERS};
use crate::template::UNKNOWN;
use crate::trail::Trail;
use crate::unlike;

use write::Writer;

/// The most bytes of a file of code. The reader compares the keys of an object with each other, so a large one takes long.
const MOST: usize = 262_144;

/// What is said of code.
const WHAT: &str = "Terraform code";

/// What to do with code that is not enough.
const PLAN: &str =
    "run `terraform plan -out plan` and `terraform show -json plan`, and give what that prints";

/// Whether a text is code of Terraform by its name or its looks. Code that is configuration in JSON is read as JSON.
pub(crate) fn is_code(syntax: &Syntax<'_>) -> bool {
    let text = syntax.original.strip_prefix(MARK).unwrap_or(syntax.original);
    !text.trim_start().starts_with('{') && (syntax.hint.is_code || unlike::is_code(text))
}

/// The policies in a text that is code of Terraform. `None` if it is something else.
pub(crate) fn found(syntax: &Syntax<'_>) -> Option<Result<Found, Report>> {
    if !is_code(syntax) {
        return None;
    }
    let text = syntax.original.strip_prefix(MARK).unwrap_or(syntax.original);
    let mark = syntax.original.len().saturating_sub(text.len());
    let origin = OriginMap::default().part(narrow(mark));
    let refusal = |code, at: usize, found: String, help: &str| syntax.refusal(code, &origin, at, found, help);
    let most = MOST.min(syntax.limits.document_bytes);
    if text.len() > most {
        let help = format!("at most {most} bytes of code are read: {PLAN}");
        return Some(Err(refusal(code::DOCUMENT_TOO_LARGE, 0, format!("{} bytes", text.len()), &help)));
    }
    let body = match parse_body(text) {
        Ok(body) => body,
        // A text without the name of code may be anything else.
        Err(_) if !syntax.hint.is_code => return None,
        Err(error) => {
            let found = format!("{WHAT} that cannot be read: {}", error.message());
            let help = format!("correct it; or {PLAN}");
            return Some(Err(refusal(code::NOT_A_POLICY, error.location().offset(), found, &help)));
        }
    };
    let code = Code::of(&body, text);
    let mut scan = Scan { syntax, documents: Vec::new(), left: Vec::new(), older: 0, is_full: false };
    if text.contains(UNKNOWN) {
        let why = "it has the character U+F8FF, which stands here for what is not known";
        scan.left.push(Left { name: "the code".to_owned(), why });
    } else {
        code.scan(&mut scan, &origin);
    }
    if scan.is_full {
        let found = format!("more than {} policies", syntax.limits.documents);
        return Some(Err(refusal(code::TOO_MANY_DOCUMENTS, 0, found, "give the text in parts")));
    }
    scan.tell_apart();
    let missing =
        if scan.documents.is_empty() { format!("no policy is written in it: {PLAN}") } else { String::new() };
    Some(Ok(Found {
        said: WHAT.to_owned(),
        missing,
        documents: scan.documents,
        left: scan.left,
        problems: Vec::new(),
    }))
}

/// Code of Terraform.
struct Code<'c> {
    text: &'c str,
    body: &'c Body,
    /// The local values by name.
    locals: BTreeMap<&'c str, &'c Expression>,
    /// The names of the blocks of policies.
    documents: BTreeSet<&'c str>,
}

impl<'c> Code<'c> {
    fn of(body: &'c Body, text: &'c str) -> Self {
        let locals =
            body.blocks().filter(|own| own.has_ident("locals")).flat_map(|own| own.body.attributes());
        let locals = locals.map(|own| (own.key.as_str(), &own.value)).collect();
        let documents = body.blocks().filter_map(document_name).collect();
        Self { text, body, locals, documents }
    }

    /// Finds the policies of all blocks.
    fn scan(&self, scan: &mut Scan<'_>, origin: &OriginMap) {
        let body = self.body;
        let (mut used, mut uses) = (Vec::new(), Vec::new());
        let mut documents: Vec<&Block> = Vec::new();
        for block in body.blocks() {
            if document_name(block).is_some() {
                documents.push(block);
                continue;
            }
            let Some((owner, kind)) = owner(block).filter(|_| is_deployed(block)) else { continue };
            let mut writer = Writer::new(self, scan.syntax.limits);
            let is_written = writer.block(block, kind).is_some();
            used.extend(std::mem::take(&mut writer.used));
            let is_never = writer.is_never(block);
            uses.extend(std::mem::take(&mut writer.documents).into_iter().map(|own| Use { is_never, ..own }));
            let written = is_written.then_some(writer);
            let before = scan.documents.len();
            visit(scan, written, origin, &owner, Some(kind));
            leave_out(scan, before, &owner, is_never);
        }
        for block in documents {
            let Some(name) = document_name(block) else { continue };
            let mut writer = Writer::new(self, scan.syntax.limits);
            let is_written = writer.document(block).is_some();
            let before = scan.documents.len();
            let owner = format!("data.aws_iam_policy_document.{name}");
            let users = || uses.iter().filter(|own: &&Use| own.name == name);
            let is_unused = users().next().is_some() && users().all(|own| own.is_never);
            let is_never = writer.is_never(block) || is_unused;
            let made = || users().filter(|own| !own.is_never);
            // One that is made for certain deploys the policy.
            if made().all(|own| !own.open.is_empty()) {
                made().flat_map(|own| &own.open).for_each(|(what, span)| writer.whole(what.clone(), *span));
            }
            let written = is_written.then_some(writer);
            visit(scan, written, origin, &owner, None);
            let kind = kind_of(name, &uses);
            scan.documents.iter_mut().skip(before).for_each(|own| own.kind = own.kind.or(kind));
            leave_out(scan, before, &owner, is_never);
        }
        self.others(scan, origin, &mut used);
        let locals: Vec<(&str, &Expression)> = self.locals.iter().map(|(name, own)| (*name, *own)).collect();
        for (name, value) in locals {
            if used.iter().any(|own: &String| own == name) {
                continue;
            }
            let mut writer = Writer::new(self, scan.syntax.limits);
            let is_written = writer.value(value, false, 0).is_some();
            let written = is_written.then_some(writer);
            visit(scan, written, origin, &format!("local.{name}"), None);
        }
        // A file of Terragrunt has attributes beside the blocks.
        for own in self.body.attributes() {
            let mut writer = Writer::new(self, scan.syntax.limits);
            let is_written = writer.value(&own.value, false, 0).is_some();
            visit(scan, is_written.then_some(writer), origin, own.key.as_str(), None);
        }
        scan.documents.sort_by_key(start);
    }

    /// Finds the policies of blocks that deploy nothing: defaults of variables, outputs, sessions of providers. What another block has is read there.
    fn others(&self, scan: &mut Scan<'_>, origin: &OriginMap, used: &mut Vec<String>) {
        for block in self.body.blocks() {
            if document_name(block).is_some() || is_deployed(block) {
                continue;
            }
            let Some((owner, kind)) = owner(block) else { continue };
            let mut writer = Writer::new(self, scan.syntax.limits);
            let is_written = writer.block(block, kind).is_some();
            used.extend(std::mem::take(&mut writer.used));
            let before = scan.documents.len();
            visit(scan, is_written.then_some(writer), origin, &owner, Some(kind));
            if scan.documents.len() == before {
                continue;
            }
            let known: BTreeSet<u32> = scan.documents.iter().take(before).map(start).collect();
            let mut at = 0_usize;
            scan.documents.retain(|own| {
                at = at.saturating_add(1);
                at <= before || !known.contains(&start(own))
            });
        }
    }
}

/// The first byte of a policy in the file.
fn start(own: &Extracted) -> u32 {
    own.origin.span(Span::new(0, narrow(own.text.len()))).start
}

/// The name of a block that is no block of a policy or of local values, and the type of its resource; empty if it has none.
fn owner(block: &Block) -> Option<(String, &str)> {
    let labels: Vec<&str> = block.labels.iter().map(hcl_edit::structure::BlockLabel::as_str).collect();
    let kind = match (block.ident.as_str(), labels.as_slice()) {
        ("locals", _) => return None,
        ("data" | "ephemeral" | "resource", [kind, _]) => kind,
        _ => "",
    };
    let ident = (!block.has_ident("resource")).then_some(block.ident.as_str());
    let names: Vec<&str> = ident.into_iter().chain(labels).collect();
    Some((names.join("."), kind))
}

/// Whether what a block makes is deployed by it.
fn is_deployed(block: &Block) -> bool {
    match block.ident.as_str() {
        "resource" => block.labels.len() == 2,
        "module" => block.labels.len() == 1,
        _ => false,
    }
}

/// A block of a policy in the place of an attribute's value.
struct Use {
    /// The name of the block.
    name: String,
    /// What the attribute holds, if that is known.
    kind: Option<As>,
    /// What decides whether the attribute is set to it, and the place of that; empty if it is for certain.
    open: Vec<(String, Span)>,
    /// Whether what has the attribute is never made.
    is_never: bool,
}

/// Leaves out the policies that were found since there were this many, of a block that is never made.
fn leave_out(scan: &mut Scan<'_>, before: usize, owner: &str, is_never: bool) {
    if is_never && scan.documents.len() > before {
        scan.documents.truncate(before);
        let why = "it is never made: its count is 0, or its for_each or what uses it is nothing";
        scan.left.push(Left { name: owner.to_owned(), why });
    }
}

/// The kind of a block of a policy, if everything that it is used for says the same.
fn kind_of(name: &str, uses: &[Use]) -> Option<PolicyKind> {
    let own = uses.iter().filter(|own| own.name == name && !own.is_never);
    let mut kinds = own.filter_map(|own| own.kind).map(|own| match own {
        As::Kind(kind) => Some(kind),
        As::Inferred | As::Organizations | As::Managed | As::NotIam => None,
    });
    let first = kinds.next()??;
    kinds.all(|own| own == Some(first)).then_some(first)
}

/// Looks for policies in what was written of a block.
fn visit(
    scan: &mut Scan<'_>,
    writer: Option<Writer<'_, '_>>,
    origin: &OriginMap,
    owner: &str,
    kind: Option<&str>,
) {
    let Some(writer) = writer else {
        let why = "its expressions make more text than is read";
        return scan.left.push(Left { name: owner.to_owned(), why });
    };
    let (is_resource, kind) = (kind.is_some(), kind.unwrap_or_default());
    let (text, inner, notes) = writer.finish(origin);
    let limits = scan.syntax.limits;
    let Ok(document) = Document::parse(&text, limits.json()) else { return };
    let before = scan.documents.len();
    let here = Here { trail: &Trail::START, origin: &inner, layers: limits.layers, owner, of: kind };
    if is_resource {
        scan.members_of(document.root(), here);
    } else {
        scan.visit(document.root(), here);
    }
    for own in scan.documents.iter_mut().skip(before) {
        own.list_unknown(&notes, &inner);
    }
}

/// The name of a block `data "aws_iam_policy_document"`.
fn document_name(block: &Block) -> Option<&str> {
    match block.labels.as_slice() {
        [kind, name] if block.has_ident("data") && kind.as_str() == "aws_iam_policy_document" => {
            Some(name.as_str())
        }
        [..] => None,
    }
}

/// The place of an expression or block.
fn place(own: Option<std::ops::Range<usize>>) -> Span {
    own.map_or_else(Span::default, |own| Span::new(narrow(own.start), narrow(own.end)))
}

/// The names that a reference consists of, such as `data`, `aws_iam_policy_document`, `x`, `json`. `None` if it is more than names; places in
/// lists do not count.
fn reference(expression: &Expression) -> Option<Vec<&str>> {
    match expression {
        Expression::Variable(name) => Some(vec![name.as_str()]),
        Expression::Traversal(own) => {
            let mut names = reference(&own.expr)?;
            for operator in &own.operators {
                match operator.value() {
                    TraversalOperator::GetAttr(name) => names.push(name.as_str()),
                    TraversalOperator::Index(_) | TraversalOperator::LegacyIndex(_) => {}
                    TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => return None,
                }
            }
            Some(names)
        }
        Expression::Parenthesis(own) => reference(own.inner()),
        Expression::Null(_)
        | Expression::Bool(_)
        | Expression::Number(_)
        | Expression::String(_)
        | Expression::Array(_)
        | Expression::Object(_)
        | Expression::StringTemplate(_)
        | Expression::HeredocTemplate(_)
        | Expression::Conditional(_)
        | Expression::FuncCall(_)
        | Expression::UnaryOp(_)
        | Expression::BinaryOp(_)
        | Expression::ForExpr(_) => None,
    }
}

/// What the attributes of a resource hold: the row of the table for the last names of the way to one.
fn holder(kind: &str, names: &[&str]) -> Option<As> {
    let is_own = |path: &[&str]| names.ends_with(path);
    let mut rows = HOLDERS.iter().filter(|row| !row.of.is_empty() && kind.starts_with(row.of));
    rows.find(|row| is_own(row.path)).map(|row| row.kind)
}
