//! Expressions as JSON.

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, FuncCall, Object, ObjectKey};
use hcl_edit::structure::{Block, Body, Structure};
use iam_json::{Document, Kind, Span, json_text, quoted};

use super::lists::{Gathered, Part};
use super::{Code, Use, holder, place, reference};
use crate::extracted::{Note, UnknownKind};
use crate::limits::Limits;
use crate::origin::{Coding, OriginMap, Weaver, narrow};
use crate::table::As;
use crate::template::{UNKNOWN, may_be_list};
use crate::unlike;

/// Functions that give the list that they are given, in another order or with fewer repetitions.
pub(super) const SAME_LIST: [&str; 6] = ["tolist", "toset", "distinct", "compact", "sort", "reverse"];

/// Functions that give the text that they are given, without white space around it.
const SAME_TEXT: [&str; 3] = ["trimspace", "chomp", "tostring"];

/// The most expressions that are looked into for the blocks that the value of one attribute may be.
const USES: usize = 1024;

/// Writes a block or an expression.
pub(super) struct Writer<'c, 's> {
    pub(super) code: &'c Code<'s>,
    pub(super) weaver: Weaver,
    pub(super) notes: Vec<Note>,
    /// The local values that were written.
    pub(super) used: Vec<String>,
    /// The blocks of policies that attributes are set to.
    pub(super) documents: Vec<Use>,
    /// What decides whether what is being written is made, and the place of that.
    pub(super) around: Vec<(String, Span)>,
    /// Whether `&{` stands for `${`, as in a block of a policy.
    pub(super) has_variables: bool,
    /// Whether the value is one of `jsonencode`.
    pub(super) is_encoded: bool,
    /// Whether values are texts, as in the lists of a block of a policy.
    pub(super) is_text: bool,
    /// Lists that were looked into. Values that are written several times count each time.
    pub(super) steps: usize,
    /// The most bytes that are written, and the most lists.
    pub(super) most: usize,
    depth: usize,
}

impl<'c, 's: 'c> Writer<'c, 's> {
    pub(super) fn new(code: &'c Code<'s>, limits: &Limits) -> Self {
        let most = code.text.len().saturating_mul(16).saturating_add(1 << 20).min(limits.document_bytes);
        Self {
            code,
            weaver: Weaver::default(),
            notes: Vec::new(),
            used: Vec::new(),
            documents: Vec::new(),
            around: Vec::new(),
            has_variables: false,
            is_encoded: false,
            is_text: false,
            steps: 0,
            most,
            depth: limits.depth,
        }
    }

    /// The text with its map, and what is not known in it.
    pub(super) fn finish(self, outer: &OriginMap) -> (String, OriginMap, Vec<Note>) {
        let place = |own: Note| Note { span: outer.span(own.span), ..own };
        let notes = self.notes.into_iter().map(place).collect();
        let (text, origin) = self.weaver.finish(outer, Coding::Code);
        (text, origin, notes)
    }

    /// Writes the body of a resource or module. `None` if that is more text, or deeper, than is read.
    pub(super) fn block(&mut self, block: &'s Block, kind: &str) -> Option<()> {
        self.weaver.stand_at(place(block.span()).start);
        let start = self.weaver.len();
        self.around = self.open(block);
        self.body(&block.body, kind, &mut Vec::new(), 0)?;
        self.made(block, start);
        Some(())
    }

    /// Writes attributes and blocks as members; blocks of one name are a list.
    fn body(&mut self, body: &'s Body, kind: &str, names: &mut Vec<&'s str>, depth: usize) -> Option<()> {
        self.check(depth)?;
        self.weaver.add("{");
        let mut is_first = true;
        let mut blocks: Vec<(&str, Vec<Part<'s>>)> = Vec::new();
        for structure in body {
            match structure {
                Structure::Attribute(own) => {
                    names.push(own.key.as_str());
                    self.name(own.key.as_str(), place(own.key.span()), &mut is_first);
                    self.attribute(&own.value, kind, names, depth)?;
                    names.pop();
                }
                Structure::Block(own) => {
                    let Some((name, part)) = self.part(own) else { continue };
                    match blocks.iter_mut().find(|(other, _)| *other == name) {
                        Some((_, parts)) => parts.push(part),
                        None => blocks.push((name, vec![part])),
                    }
                }
            }
        }
        for (name, parts) in blocks {
            let start = parts.first().map_or_else(Span::default, |own| place(own.body.span()));
            self.name(name, Span::new(start.start, start.start), &mut is_first);
            names.push(name);
            self.weaver.add("[");
            for (at, part) in parts.into_iter().enumerate() {
                if at > 0 {
                    self.weaver.add(", ");
                }
                let start = self.weaver.len();
                let around = self.around.len();
                self.around.extend(part.may_be());
                self.body(part.body, kind, names, depth.saturating_add(1))?;
                self.around.truncate(around);
                self.dynamic(&[part], start);
            }
            self.weaver.add("]");
            names.pop();
        }
        self.weaver.add("}");
        Some(())
    }

    fn attribute(&mut self, value: &'s Expression, kind: &str, names: &[&str], depth: usize) -> Option<()> {
        let inner = alone(value);
        self.uses(inner, holder(kind, names), &mut USES.min(self.most), depth);
        // A block of a policy in this file is read where it stands.
        if self.document_of(inner).is_some() {
            self.weaver.add("null");
            return Some(());
        }
        self.value(inner, false, depth.saturating_add(1))
    }

    /// Notes the blocks of policies that an expression may be, given what the attribute holds. At most so many expressions are looked into.
    fn uses(&mut self, value: &'s Expression, kind: Option<As>, left: &mut usize, depth: usize) {
        let value = alone(value);
        let Some(rest) = left.checked_sub(1).filter(|_| self.check(depth).is_some()) else { return };
        *left = rest;
        let depth = depth.saturating_add(1);
        if let Expression::Conditional(own) = value {
            let decided = self.decided(&own.cond_expr, depth);
            let around = self.around.len();
            if decided.is_none() {
                let what = self.condition(own);
                self.around.push((what, place(own.span())));
            }
            for (side, is_true) in [(&own.true_expr, true), (&own.false_expr, false)] {
                if decided != Some(!is_true) {
                    self.uses(side, kind, left, depth);
                }
            }
            self.around.truncate(around);
        } else if let Some(name) = self.document_of(value) {
            self.documents.push(Use { name, kind, open: self.around.clone(), is_never: false });
        } else if let Some((_, own)) = self.named(value) {
            self.uses(own, kind, left, depth);
        }
    }

    /// The name of the block of a policy in this file whose text an expression is.
    fn document_of(&self, value: &Expression) -> Option<String> {
        match reference(value)?.as_slice() {
            ["data", "aws_iam_policy_document", name, "json" | "minified_json"] => {
                self.code.documents.contains(name).then(|| (*name).to_owned())
            }
            _ => None,
        }
    }

    /// Writes an expression. `may_list` says whether a list can stand in its place.
    pub(super) fn value(&mut self, value: &'s Expression, may_list: bool, depth: usize) -> Option<()> {
        self.check(depth)?;
        let value = alone(value);
        let span = place(value.span());
        let inner = depth.saturating_add(1);
        match value {
            Expression::Null(_) => self.weaver.push_one("null", span),
            Expression::Bool(_) | Expression::Number(_) if self.is_text => self.text(value),
            Expression::Bool(own) => self.weaver.push_one(if *own.value() { "true" } else { "false" }, span),
            Expression::Number(_) => {
                let raw = span.of(self.code.text);
                let read = Document::parse(raw, iam_json::Limits::default());
                if read.is_ok_and(|own| own.root().kind() == Kind::Number) {
                    self.weaver.push(raw, span);
                } else {
                    self.not_known(span);
                }
            }
            Expression::String(_) => self.string(span),
            Expression::StringTemplate(own) => self.template(own, span, true),
            Expression::HeredocTemplate(own) => self.template(&own.template, span, false),
            Expression::Array(own) => self.array(own, span, inner)?,
            Expression::Object(own) => self.object(own, span, inner)?,
            Expression::Conditional(own) => {
                self.either(own, span, may_list, inner)?;
            }
            Expression::FuncCall(own) => self.call(own, value, may_list, inner)?,
            Expression::Variable(_) | Expression::Traversal(_) => match self.local(value) {
                Some(own) => self.value(own, may_list, inner)?,
                None => self.not_known(span),
            },
            Expression::Parenthesis(_)
            | Expression::UnaryOp(_)
            | Expression::BinaryOp(_)
            | Expression::ForExpr(_) => self.not_known(span),
        }
        Some(())
    }

    pub(super) fn check(&self, depth: usize) -> Option<()> {
        (depth <= self.depth && self.weaver.len() <= self.most).then_some(())
    }

    /// Writes what stands for a value that is not known.
    pub(super) fn not_known(&mut self, span: Span) {
        self.note(span);
        self.weaver.push_one(&format!("\"{UNKNOWN}\""), span);
    }

    /// Notes that something is not known.
    pub(super) fn note(&mut self, span: Span) {
        let what = self.shown(span);
        self.notes.push(Note::new(what, span, UnknownKind::Value));
    }

    /// Notes a choice about what was written since the text had this many bytes.
    pub(super) fn choice(&mut self, what: String, span: Span, start: usize) {
        let written = Some(Span::new(narrow(start), narrow(self.weaver.len())));
        self.notes.push(Note { written, ..Note::new(what, span, UnknownKind::Choice) });
    }

    /// Notes what decides whether all that was written is deployed.
    pub(super) fn whole(&mut self, what: String, span: Span) {
        let written = Some(Span::new(0, narrow(self.weaver.len())));
        self.notes.push(Note { written, ..Note::new(what, span, UnknownKind::Whole) });
    }

    /// What the code says in a place, for a message, which has the beginning.
    pub(super) fn shown(&self, span: Span) -> String {
        let text: String = span.of(self.code.text).chars().take(256).collect();
        let words: Vec<&str> = text.split_whitespace().collect();
        let is_shown = !unlike::has_secrets(span.of(self.code.text));
        if is_shown { quoted(&words.join(" ")) } else { "an expression".to_owned() }
    }

    /// The local value that an expression names, which is written.
    pub(super) fn local(&mut self, value: &Expression) -> Option<&'s Expression> {
        let (name, own) = self.named(value)?;
        self.used.push(name);
        Some(own)
    }

    /// The name of a local value, and what it is.
    pub(super) fn named(&self, value: &Expression) -> Option<(String, &'s Expression)> {
        let names = reference(value)?;
        let ["local", name] = names.as_slice() else { return None };
        // A place in a list is not looked up.
        if place(value.span()).of(self.code.text).contains('[') {
            return None;
        }
        let own = self.code.locals.get(name).copied()?;
        Some(((*name).to_owned(), own))
    }

    fn call(
        &mut self,
        call: &'s FuncCall,
        value: &'s Expression,
        may_list: bool,
        depth: usize,
    ) -> Option<()> {
        let span = place(call.span());
        let name = call.name.name.as_str();
        match (name, call.args.get(0)) {
            ("jsonencode", Some(own)) if !self.is_encoded && call.args.len() == 1 => {
                self.is_encoded = true;
                let written = self.value(own, false, depth);
                self.is_encoded = false;
                written
            }
            ("concat" | "flatten", _) => {
                let mut list = Gathered::default();
                self.elements(value, &mut list, depth)?;
                self.list(&list.items, span, depth)
            }
            (name, Some(_)) if SAME_LIST.contains(&name) => {
                let mut list = Gathered::default();
                self.elements(value, &mut list, depth)?;
                self.list(&list.items, span, depth)
            }
            (name, Some(own)) if SAME_TEXT.contains(&name) => self.value(own, may_list, depth),
            _ => {
                self.not_known(span);
                Some(())
            }
        }
    }

    fn object(&mut self, object: &'s Object, span: Span, depth: usize) -> Option<()> {
        let (open, close) = ends(span);
        self.weaver.push_one("{", open);
        let mut is_first = true;
        for (key, value) in object {
            let value = value.expr();
            let name = match key {
                ObjectKey::Ident(name) => {
                    let span = self.before(place(value.span()).start, name.as_str());
                    self.name(name.as_str(), span, &mut is_first);
                    name.as_str()
                }
                ObjectKey::Expression(own) => {
                    if !std::mem::take(&mut is_first) {
                        self.weaver.add(", ");
                    }
                    self.text(own);
                    self.weaver.add(": ");
                    // A key with a part that is not known is one of a condition.
                    own.as_str().unwrap_or(":")
                }
            };
            self.value(value, may_be_list(name), depth)?;
        }
        self.weaver.push_one("}", close);
        Some(())
    }

    /// Writes the name of a member.
    fn name(&mut self, name: &str, span: Span, is_first: &mut bool) {
        if !std::mem::take(is_first) {
            self.weaver.add(", ");
        }
        self.weaver.push_one(&json_text(name), span);
        self.weaver.add(": ");
    }

    /// The place of a key that is an identifier: the reader keeps none, and it stands before `=` or `:` and the value.
    fn before(&self, value: u32, name: &str) -> Span {
        let before = self.code.text.get(..value as usize).unwrap_or_default().trim_end();
        let before = before.strip_suffix(['=', ':']).unwrap_or(before).trim_end();
        let end = narrow(before.len());
        if before.ends_with(name) {
            Span::new(end.saturating_sub(narrow(name.len())), end)
        } else {
            Span::new(value, value)
        }
    }
}

/// The first and the last character of a place.
pub(super) fn ends(span: Span) -> (Span, Span) {
    (
        Span::new(span.start, span.start.saturating_add(1).min(span.end)),
        Span::new(span.end.saturating_sub(1), span.end),
    )
}

/// The name and the body of a block. Of a dynamic block, the content is the body.
pub(super) fn content(block: &Block) -> Option<(&str, &Body)> {
    match (block.ident.as_str(), block.labels.as_slice()) {
        ("dynamic", [name]) => {
            let content = block.body.blocks().find(|own| own.has_ident("content"))?;
            Some((name.as_str(), &content.body))
        }
        (name, _) => Some((name, &block.body)),
    }
}

/// An expression without parentheses, and without quotation marks around an interpolation that is all.
pub(super) fn alone(value: &Expression) -> &Expression {
    if let Expression::Parenthesis(own) = value {
        return alone(own.inner());
    }
    let Expression::StringTemplate(own) = value else { return value };
    let mut elements = own.iter();
    match (elements.next(), elements.next()) {
        (Some(hcl_edit::template::Element::Interpolation(only)), None) => alone(&only.expr),
        _ => value,
    }
}
