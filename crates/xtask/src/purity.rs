//! Checks what library crates must not do and no lint refuses. They must not assert outside tests, use anything outside (files, network,
//! environment, clock), or except a lint over panics without writing the invariant.
//!
//! The lints in `Cargo.toml` refuse the rest. This chore checks that every library crate uses them.

use std::fs;
use std::path::Path;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::sources::{self, Source, for_tests};

/// Macros that panic, for which there is no lint.
const ASSERTIONS: &[&str] =
    &["assert", "assert_eq", "assert_ne", "debug_assert", "debug_assert_eq", "debug_assert_ne"];
/// Lints over code that may panic or lose a value. An exception from one of them must write the invariant.
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

/// The findings of one crate.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// One line for each thing that is not allowed.
    pub(crate) wrong: Vec<String>,
    /// The number of exceptions with an invariant.
    pub(crate) invariants: usize,
}

/// Checks a crate. A crate that is `pure` must also not use anything outside.
pub(crate) fn of_crate(folder: &Path, pure: bool) -> Result<Findings, String> {
    let mut findings = Findings::default();
    let manifest = folder.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).map_err(|e| format!("{}: {e}", manifest.display()))?;
    if !takes_lints(&text) {
        findings.wrong.push(format!("{}: the lints of the workspace are not taken", manifest.display()));
    }
    for Source { file, syntax, test } in sources::of_crate(folder)? {
        if !test {
            let found = of_file(&syntax, pure);
            findings.wrong.extend(found.wrong.iter().map(|what| format!("{}:{what}", file.display())));
            findings.invariants += found.invariants;
        }
    }
    Ok(findings)
}

fn takes_lints(manifest: &str) -> bool {
    manifest.contains("[lints]\nworkspace = true")
}

/// Whether the root of a crate has `#![forbid(unsafe_code)]`.
pub(crate) fn forbids_unsafe(file: &syn::File) -> bool {
    file.attrs.iter().any(|attribute| {
        attribute.path().is_ident("forbid")
            && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("unsafe_code"))
    })
}

/// Checks one file. The lines of the findings begin with the line number.
fn of_file(file: &syn::File, pure: bool) -> Findings {
    let mut scan = Scan { pure, constant: 0, findings: Findings::default() };
    scan.visit_file(file);
    scan.findings
}

struct Scan {
    pure: bool,
    /// The number of enclosing constants. A panic in a constant stops the compiler.
    constant: usize,
    findings: Findings,
}

impl Scan {
    fn wrong(&mut self, span: Span, what: &str) {
        self.findings.wrong.push(format!("{}: {what}", span.start().line));
    }

    /// Visits a node that may carry attributes, unless it is for tests.
    fn with(&mut self, node: &impl ToTokens, visit: impl FnOnce(&mut Self)) {
        if !for_tests(&outer_attributes(node.to_token_stream())) {
            visit(self);
        }
    }

    fn within_constant(&mut self, visit: impl FnOnce(&mut Self)) {
        self.constant += 1;
        visit(self);
        self.constant -= 1;
    }

    fn asserts(&mut self, span: Span, name: &str) {
        if self.constant == 0 && ASSERTIONS.contains(&name) {
            self.wrong(span, &format!("{name} panics"));
        }
    }

    /// Refuses a path to something outside.
    fn reaches(&mut self, span: Span, path: &[String]) {
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        if self.pure && outside(&names) {
            let path = names.join("::");
            self.wrong(
                span,
                &format!("{path} reaches outside: no files, network, environment or clock here"),
            );
        }
    }

    /// Tokens inside a macro are not parsed: paths and calls of macros are found by their form.
    fn tokens(&mut self, tokens: &TokenStream) {
        let mut text = String::new();
        without_literals(tokens.clone(), &mut text);
        for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || "_:!".contains(c))) {
            if let Some(name) = word.strip_suffix('!') {
                self.asserts(tokens.span(), name.rsplit("::").next().unwrap_or(name));
            }
            let path: Vec<String> = word.trim_start_matches(':').split("::").map(str::to_owned).collect();
            self.reaches(tokens.span(), &path);
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
    fn visit_stmt(&mut self, statement: &'a syn::Stmt) {
        self.with(statement, |scan| visit::visit_stmt(scan, statement));
    }
    fn visit_item_const(&mut self, item: &'a syn::ItemConst) {
        self.within_constant(|scan| visit::visit_item_const(scan, item));
    }
    fn visit_expr_const(&mut self, block: &'a syn::ExprConst) {
        self.within_constant(|scan| visit::visit_expr_const(scan, block));
    }
    fn visit_path(&mut self, path: &'a syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        self.reaches(path.span(), &names);
        visit::visit_path(self, path);
    }
    fn visit_item_use(&mut self, item: &'a syn::ItemUse) {
        let mut leaves = Vec::new();
        used(&item.tree, &mut Vec::new(), &mut leaves);
        for leaf in leaves {
            self.reaches(item.span(), &leaf);
        }
    }
    fn visit_macro(&mut self, call: &'a syn::Macro) {
        if let Some(name) = call.path.segments.last() {
            self.asserts(name.span(), &name.ident.to_string());
        }
        self.tokens(&call.tokens);
    }
    fn visit_attribute(&mut self, attribute: &'a syn::Attribute) {
        match exception(attribute) {
            Some((_, true)) => self.findings.invariants += 1,
            Some((lints, false)) => {
                let what = format!("{} is excepted without an INVARIANT", lints.join(", "));
                self.wrong(attribute.pound_token.span, &what);
            }
            None => {}
        }
    }
}

/// The paths that a `use` names. A module that is imported as a whole is a path to it.
fn used(tree: &syn::UseTree, before: &mut Vec<String>, leaves: &mut Vec<Vec<String>>) {
    let mut leaf = |name: Option<&syn::Ident>| {
        leaves.push(before.iter().cloned().chain(name.map(ToString::to_string)).collect());
    };
    match tree {
        syn::UseTree::Path(path) => {
            before.push(path.ident.to_string());
            used(&path.tree, before, leaves);
            before.pop();
        }
        syn::UseTree::Group(group) => group.items.iter().for_each(|tree| used(tree, before, leaves)),
        syn::UseTree::Name(name) => leaf((name.ident != "self").then_some(&name.ident)),
        syn::UseTree::Rename(name) => leaf((name.ident != "self").then_some(&name.ident)),
        // A glob of a module counts as the module itself.
        syn::UseTree::Glob(_) => leaf(None),
    }
}

/// Writes tokens as a text in which paths have no spaces, a macro's name is followed by its `!`, and literals are left out.
fn without_literals(tokens: TokenStream, text: &mut String) {
    for tree in tokens {
        match tree {
            TokenTree::Group(group) => {
                text.push(' ');
                without_literals(group.stream(), text);
                text.push(' ');
            }
            TokenTree::Ident(ident) => {
                if !text.ends_with("::") {
                    text.push(' ');
                }
                text.push_str(&ident.to_string());
            }
            TokenTree::Punct(punct) => text.push(punct.as_char()),
            TokenTree::Literal(_) => text.push(' '),
        }
    }
}

/// The attributes before the first token that is not one.
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
    if !attribute.path().is_ident("expect") {
        return None;
    }
    let arguments =
        attribute.parse_args_with(Punctuated::<syn::Meta, syn::Token![,]>::parse_terminated).ok()?;
    let mut lints = Vec::new();
    let mut invariant = false;
    for argument in arguments {
        match argument {
            syn::Meta::Path(path) => {
                let name = path.segments.last()?.ident.to_string();
                if LINTS.contains(&name.as_str()) {
                    lints.push(name);
                }
            }
            syn::Meta::NameValue(pair) => {
                invariant |= pair.value.to_token_stream().to_string().starts_with("\"INVARIANT ");
            }
            syn::Meta::List(_) => {}
        }
    }
    (!lints.is_empty()).then_some((lints, invariant))
}

#[cfg(test)]
mod tests {
    use super::{forbids_unsafe, of_file, takes_lints};

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
    fn an_assertion_is_found() {
        refused("fn f(a: u8) { assert!(a > 0); debug_assert_eq!(a, 1); }", 2);
        refused("fn f(a: u8) { core::assert_ne!(a, 1); }", 1);
        refused("macro_rules! m { ($a:expr) => { std::assert!($a) } }", 1);
        refused("fn f(a: u8) { g!({ assert!(a > 0) }) }", 1);
        assert_eq!(found("\nfn f() { assert!(g()) }").0, ["2: assert panics"]);
    }

    #[test]
    fn tests_comments_and_constants_may() {
        refused("/// `assert!(a)`\nfn f() { /* assert!(a) */ }", 0);
        refused("#[cfg(test)] mod tests { fn f() { assert!(g()); } }", 0);
        refused("#[test] fn f() { assert!(g()) }", 0);
        refused("fn f<const N: usize>() { const { assert!(N > 0) } }", 0);
        refused("const A: () = assert!(true);", 0);
        refused("fn f(a: u8) -> String { format!(\"assert!(a) {}\", a != 1) }", 0);
        refused("#[cfg(feature = \"x\")] fn f() { assert!(g()) }", 1);
    }

    #[test]
    fn an_exception_from_a_lint_over_panics_writes_its_invariant() {
        let with = |lint: &str, reason: &str| {
            format!("#[expect(clippy::{lint}, reason = \"{reason}\")] fn f(a: Option<u8>) {{ a.unwrap(); }}")
        };
        assert_eq!(found(&with("unwrap_used", "INVARIANT (a): given")), (vec![], 1));
        refused(&with("unwrap_used", "it works"), 1);
        refused(&with("too_many_arguments", "it works"), 0);
        refused("fn f() { #[expect(clippy::panic, reason = \"so\")] if g() { panic!() } }", 1);
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
    fn lints_must_be_taken_and_unsafe_forbidden() {
        assert!(takes_lints("[package]\n\n[lints]\nworkspace = true\n"));
        assert!(!takes_lints("[package]\n\n[lints.clippy]\nall = \"allow\"\n"));
        let forbids = |text| forbids_unsafe(&syn::parse_file(text).expect("Rust"));
        assert!(forbids("//! A crate.\n#![forbid(unsafe_code)]"));
        assert!(!forbids("#![deny(unsafe_code)]") && !forbids("// #![forbid(unsafe_code)]"));
    }
}
