//! What library crates never do: panic outside a written invariant, reach outside (files, network, environment, clock), or allow
//! `unsafe` code.
//!
//! The lints in `Cargo.toml` refuse the same; these checks do not depend on a crate opting in, and count the invariants.

use std::collections::BTreeSet;
use std::path::Path;

use proc_macro2::{Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};

use super::sources::{self, Source, for_tests};

/// Methods of `Option` and `Result` that panic, and the lint that an exception names. Those without a text take no argument, those
/// with one take it alone; what takes another number is something else of the same name.
const WITHOUT_TEXT: &[(&str, &str)] = &[("unwrap", "unwrap_used"), ("unwrap_err", "unwrap_used")];
const WITH_TEXT: &[(&str, &str)] = &[("expect", "expect_used"), ("expect_err", "expect_used")];
/// Macros that panic, and the lint that an exception names; none exists for assertions, so they have no exception.
const MACROS: &[(&str, &str)] = &[
    ("panic", "panic"),
    ("unreachable", "unreachable"),
    ("todo", "todo"),
    ("unimplemented", "unimplemented"),
    ("assert", ""),
    ("assert_eq", ""),
    ("assert_ne", ""),
    ("debug_assert", ""),
    ("debug_assert_eq", ""),
    ("debug_assert_ne", ""),
];
/// Lints over what may panic or lose a value: who expects one of them writes the invariant.
const LINTS: &[&str] = &[
    "unwrap_used",
    "expect_used",
    "panic",
    "unreachable",
    "todo",
    "unimplemented",
    "indexing_slicing",
    "string_slice",
    "arithmetic_side_effects",
    "panic_in_result_fn",
    "fallible_impl_from",
    "cast_possible_truncation",
    "cast_sign_loss",
];
/// Types of `std::net` that are values, not connections.
const ADDRESSES: &[&str] = &["IpAddr", "Ipv4Addr", "Ipv6Addr", "AddrParseError"];

/// What was found in one crate.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// A line for each thing that must not be there.
    pub(crate) wrong: Vec<String>,
    /// How many exceptions with an invariant there are.
    pub(crate) invariants: usize,
}

/// Checks a crate. One that is `pure` must not reach outside either.
pub(crate) fn of_crate(folder: &Path, pure: bool) -> Result<Findings, String> {
    let mut findings = Findings::default();
    for Source { file, syntax, test } in sources::of_crate(folder)? {
        if !test {
            let found = of_file(&syntax, pure);
            findings.wrong.extend(found.wrong.iter().map(|what| format!("{}:{what}", file.display())));
            findings.invariants += found.invariants;
        }
    }
    Ok(findings)
}

/// Whether the root of a crate says `#![forbid(unsafe_code)]`.
pub(crate) fn forbids_unsafe(file: &syn::File) -> bool {
    file.attrs.iter().any(|attribute| {
        attribute.path().is_ident("forbid")
            && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("unsafe_code"))
    })
}

/// Checks one file; lines begin with the line number.
fn of_file(file: &syn::File, pure: bool) -> Findings {
    let mut scan = Scan { pure, expected: Vec::new(), constant: 0, findings: Findings::default() };
    scan.visit_file(file);
    scan.findings
}

struct Scan {
    pure: bool,
    /// Lints that the items around expect, with an invariant.
    expected: Vec<String>,
    /// How many constants are around: what panics there stops the compiler.
    constant: usize,
    findings: Findings,
}

impl Scan {
    fn wrong(&mut self, span: proc_macro2::Span, what: &str) {
        self.findings.wrong.push(format!("{}: {what}", span.start().line));
    }

    /// A method that is called with so many arguments.
    fn method(&mut self, name: &syn::Ident, arguments: usize) {
        match arguments {
            0 => self.panics(WITHOUT_TEXT, name),
            1 => self.panics(WITH_TEXT, name),
            _ => {}
        }
    }

    /// A method that is named as a function.
    fn function(&mut self, of: &syn::Ident, name: &syn::Ident) {
        if of == "Option" || of == "Result" {
            self.panics(WITHOUT_TEXT, name);
            self.panics(WITH_TEXT, name);
        }
    }

    fn panics(&mut self, table: &[(&str, &str)], name: &syn::Ident) {
        let Some((call, lint)) = table.iter().find(|(call, _)| name == call) else { return };
        if self.constant == 0 && !self.expected.iter().any(|expected| expected == lint) {
            self.wrong(name.span(), &format!("{call} panics, and no invariant is written"));
        }
    }

    /// Visits what belongs to a node that may carry attributes; a node for tests is not visited.
    fn with(&mut self, node: &impl ToTokens, visit: impl FnOnce(&mut Self)) {
        let attributes = outer_attributes(node.to_token_stream());
        if for_tests(&attributes) {
            return;
        }
        let before = self.expected.len();
        for attribute in &attributes {
            if let Some((lints, true)) = exception(attribute) {
                self.expected.extend(lints);
            }
        }
        visit(self);
        self.expected.truncate(before);
    }

    fn within_constant(&mut self, visit: impl FnOnce(&mut Self)) {
        self.constant += 1;
        visit(self);
        self.constant -= 1;
    }

    /// Tokens inside a macro are not parsed: calls and paths are found by their form.
    fn tokens(&mut self, tokens: &TokenStream) {
        let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
        let mut path: Vec<syn::Ident> = Vec::new();
        for (index, tree) in trees.iter().enumerate() {
            let before = |steps: usize| index.checked_sub(steps).and_then(|i| trees.get(i));
            match tree {
                TokenTree::Group(group) => {
                    if let (Some(TokenTree::Ident(name)), true) = (before(1), is_punct(before(2), '.')) {
                        self.method(name, arguments(&group.stream()));
                    }
                    self.tokens(&group.stream());
                }
                TokenTree::Ident(ident) => {
                    let continues = is_punct(before(1), ':') && is_punct(before(2), ':');
                    if let (Some(TokenTree::Ident(of)), true) = (before(3), continues) {
                        self.function(of, ident);
                    } else {
                        self.reaches(&std::mem::take(&mut path));
                    }
                    path.push(ident.clone());
                }
                TokenTree::Punct(punct) if punct.as_char() == '!' && punct.spacing() == Spacing::Alone => {
                    if let Some(TokenTree::Ident(name)) = before(1) {
                        self.panics(MACROS, name);
                    }
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
        self.reaches(&path);
    }

    /// Refuses a path that reaches outside.
    fn reaches(&mut self, path: &[syn::Ident]) {
        let names: Vec<String> = path.iter().map(ToString::to_string).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        if let (true, true, Some(first)) = (self.pure, outside(&names), path.first()) {
            self.wrong(
                first.span(),
                &format!(
                    "{} reaches outside: no files, network, environment or clock here",
                    names.join("::")
                ),
            );
        }
    }
}

/// Whether a path leads to files, network, environment, processes or a clock.
fn outside(path: &[&str]) -> bool {
    match path {
        ["std"] | ["std", "fs" | "env" | "process", ..] | ["std", "net" | "time"] => true,
        ["std", "net", name, ..] => !ADDRESSES.contains(name),
        ["std", "time", name, ..] => matches!(*name, "Instant" | "SystemTime"),
        _ => false,
    }
}

impl<'a> Visit<'a> for Scan {
    fn visit_item(&mut self, item: &'a syn::Item) {
        self.with(item, |scan| visit::visit_item(scan, item));
    }
    fn visit_impl_item(&mut self, item: &'a syn::ImplItem) {
        self.with(item, |scan| visit::visit_impl_item(scan, item));
    }
    fn visit_trait_item(&mut self, item: &'a syn::TraitItem) {
        self.with(item, |scan| visit::visit_trait_item(scan, item));
    }
    fn visit_stmt(&mut self, statement: &'a syn::Stmt) {
        self.with(statement, |scan| visit::visit_stmt(scan, statement));
    }
    fn visit_arm(&mut self, arm: &'a syn::Arm) {
        self.with(arm, |scan| visit::visit_arm(scan, arm));
    }
    fn visit_item_const(&mut self, item: &'a syn::ItemConst) {
        self.within_constant(|scan| visit::visit_item_const(scan, item));
    }
    fn visit_expr_const(&mut self, block: &'a syn::ExprConst) {
        self.within_constant(|scan| visit::visit_expr_const(scan, block));
    }
    fn visit_expr_method_call(&mut self, call: &'a syn::ExprMethodCall) {
        self.method(&call.method, call.args.len());
        visit::visit_expr_method_call(self, call);
    }
    fn visit_path(&mut self, path: &'a syn::Path) {
        let names: Vec<syn::Ident> = path.segments.iter().map(|s| s.ident.clone()).collect();
        if let [.., of, last] = names.as_slice() {
            self.function(of, last);
        }
        self.reaches(&names);
        visit::visit_path(self, path);
    }
    fn visit_item_use(&mut self, item: &'a syn::ItemUse) {
        let mut leaves = Vec::new();
        used(&item.tree, &mut Vec::new(), &mut leaves);
        for leaf in leaves {
            self.reaches(&leaf);
        }
    }
    fn visit_macro(&mut self, call: &'a syn::Macro) {
        if let Some(name) = call.path.segments.last() {
            self.panics(MACROS, &name.ident);
        }
        self.tokens(&call.tokens);
    }
    fn visit_attribute(&mut self, attribute: &'a syn::Attribute) {
        match exception(attribute) {
            Some((_, true)) => self.findings.invariants += 1,
            Some((lints, false)) => {
                let span = attribute.pound_token.span;
                self.wrong(span, &format!("{} is excepted without an INVARIANT", lints.join(", ")));
            }
            None => {}
        }
    }
}

/// The paths that a `use` brings in.
fn used(tree: &syn::UseTree, before: &mut Vec<syn::Ident>, leaves: &mut Vec<Vec<syn::Ident>>) {
    let mut leaf = |last: Option<syn::Ident>| leaves.push(before.iter().cloned().chain(last).collect());
    match tree {
        syn::UseTree::Path(path) => {
            before.push(path.ident.clone());
            used(&path.tree, before, leaves);
            before.pop();
        }
        syn::UseTree::Group(group) => group.items.iter().for_each(|tree| used(tree, before, leaves)),
        syn::UseTree::Name(name) if name.ident == "self" => leaf(None),
        syn::UseTree::Name(name) => leaf(Some(name.ident.clone())),
        syn::UseTree::Rename(rename) if rename.ident == "self" => leaf(None),
        syn::UseTree::Rename(rename) => leaf(Some(rename.ident.clone())),
        // Everything of a module: as much as the module itself.
        syn::UseTree::Glob(_) => leaf(None),
    }
}

/// How many arguments stand between commas.
fn arguments(tokens: &TokenStream) -> usize {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let parts = trees.split(|tree| is_punct(Some(tree), ','));
    parts.filter(|part| !part.is_empty()).count()
}

fn is_punct(tree: Option<&TokenTree>, character: char) -> bool {
    matches!(tree, Some(TokenTree::Punct(punct)) if punct.as_char() == character)
}

/// The attributes before the first token that is none.
fn outer_attributes(tokens: TokenStream) -> Vec<syn::Attribute> {
    let parse = |input: ParseStream<'_>| {
        let attributes = input.call(syn::Attribute::parse_outer)?;
        input.parse::<TokenStream>()?;
        Ok(attributes)
    };
    parse.parse2(tokens).unwrap_or_default()
}

/// The lints over panics that an attribute excepts, and whether it writes an invariant for them.
fn exception(attribute: &syn::Attribute) -> Option<(Vec<String>, bool)> {
    if !attribute.path().is_ident("expect") && !attribute.path().is_ident("allow") {
        return None;
    }
    let arguments =
        attribute.parse_args_with(Punctuated::<syn::Meta, syn::Token![,]>::parse_terminated).ok()?;
    let mut lints = BTreeSet::new();
    let mut invariant = false;
    for argument in arguments {
        match argument {
            syn::Meta::Path(path) => {
                let name = path.segments.last()?.ident.to_string();
                if LINTS.contains(&name.as_str()) {
                    lints.insert(name);
                }
            }
            syn::Meta::NameValue(pair) => {
                let reason = pair.value.to_token_stream().to_string();
                invariant |= reason.starts_with("\"INVARIANT ") && attribute.path().is_ident("expect");
            }
            syn::Meta::List(_) => {}
        }
    }
    (!lints.is_empty()).then(|| (lints.into_iter().collect(), invariant))
}

#[cfg(test)]
mod tests {
    use super::{forbids_unsafe, of_file};

    fn found(text: &str) -> (Vec<String>, usize) {
        let findings = of_file(&syn::parse_file(text).expect("Rust"), true);
        (findings.wrong, findings.invariants)
    }

    #[track_caller]
    fn refused(text: &str, times: usize) {
        let (wrong, _) = found(text);
        assert_eq!(wrong.len(), times, "{text}: {wrong:?}");
    }

    #[test]
    fn a_panicking_call_is_found() {
        refused("fn f(a: Option<u8>) -> u8 { a.unwrap() }", 1);
        refused("fn f(a: Option<u8>) -> u8 { a.expect(\"x\") }", 1);
        refused("fn f(a: Vec<Option<u8>>) { a.into_iter().map(Option::unwrap); }", 1);
        refused("fn f() { panic!(); unreachable!(); todo!(); unimplemented!(); }", 4);
        refused("fn f(a: u8) { assert!(a > 0); debug_assert_eq!(a, 1); }", 2);
        refused("fn f(a: Option<u8>) -> String { format!(\"{}\", a.unwrap()) }", 1);
        refused("fn f(a: R) { vec![a.expect(\"x\"), g(Result::unwrap_err)]; }", 2);
        refused("macro_rules! m { ($a:expr) => { match $a { Some(a) => a, None => panic!() } } }", 1);
        refused("impl S { fn f(&self) { self.0.unwrap_err(); } }", 1);
        assert_eq!(found("\nfn f() { todo!() }").0, ["2: todo panics, and no invariant is written"]);
    }

    #[test]
    fn tests_comments_and_constants_may() {
        refused("/// `a.unwrap()`\nfn f() { /* panic!() */ }", 0);
        refused("#[cfg(test)] mod tests { fn f() { None::<u8>.unwrap(); panic!(); } }", 0);
        refused("#[test] fn f() { panic!() }", 0);
        refused("fn f<const N: usize>() { const { assert!(N > 0) } }", 0);
        refused("fn f(a: Option<u8>) -> bool { a.unwrap_or(1) != 2 }", 0);
        refused("fn f(t: Trial, c: Case) { t.expect(c, 1, |d| d); format!(\"{}\", c.expect.name()); }", 0);
        refused("#[cfg(feature = \"x\")] fn f() { panic!() }", 1);
    }

    #[test]
    fn an_invariant_excuses_its_own_lint_only() {
        let with = |lint: &str, reason: &str| {
            format!("#[expect(clippy::{lint}, reason = \"{reason}\")] fn f(a: Option<u8>) {{ a.unwrap(); }}")
        };
        assert_eq!(found(&with("unwrap_used", "INVARIANT (a): given")), (vec![], 1));
        // The call, and the exception itself.
        refused(&with("unwrap_used", "it works"), 2);
        refused(&with("expect_used", "INVARIANT (a): given"), 1);
        refused("#[allow(clippy::panic, reason = \"INVARIANT a\")] fn f() {}", 1);
        refused("fn f() { #[expect(clippy::panic, reason = \"INVARIANT a\")] if g() { panic!() } }", 0);
        refused(
            "#[expect(clippy::panic, reason = \"INVARIANT a\")] fn f() { panic!() } fn g() { panic!() }",
            1,
        );
    }

    #[test]
    fn reaching_outside_is_found() {
        refused("use std::fs;", 1);
        refused("use std::{env, process::Command as C, time::{Duration, Instant}};", 3);
        refused("use std::net::{self, IpAddr, TcpStream};", 2);
        refused("use std::time::*; use std::*; use std as s;", 3);
        refused("fn f() { std::time::SystemTime::now(); }", 1);
        refused("fn f() { println!(\"{:?}\", std::env::args()); }", 1);
        refused("use std::{net::IpAddr, time::Duration, collections::BTreeMap}; use crate::fs;", 0);
    }

    #[test]
    fn unsafe_must_be_forbidden() {
        let forbids = |text| forbids_unsafe(&syn::parse_file(text).expect("Rust"));
        assert!(forbids("//! A crate.\n#![forbid(unsafe_code)]"));
        assert!(!forbids("#![deny(unsafe_code)]") && !forbids("// #![forbid(unsafe_code)]"));
    }
}
