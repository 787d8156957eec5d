//! Checks that ARNs are split into their fields in one place, `crates/iam-policy/src/arn`, and nowhere else in product code.

use std::path::Path;

use syn::visit::{self, Visit};
use syn::{Expr, ExprMethodCall, ItemFn, ItemImpl, ItemMod, Lit};

use crate::sources::{self, Source, for_tests};

/// The crates that are shipped.
const PRODUCTS: &[&str] =
    &["iam-policy", "iam-eval", "iam-analysis", "iamgate", "iamgate-verbs", "iamgate-cli", "iamgate-wasm"];

/// The folder in which ARNs are split, and the file that splits IPv6 addresses at their colons.
const ALLOWED: [&str; 2] = ["iam-policy/src/arn", "iam-policy/src/value/ip.rs"];

/// Parts of ARNs. Code that looks for one of them in a text splits an ARN.
const PARTS: &[&str] =
    &["arn:", ":role/", ":user/", ":assumed-role/", ":federated-user/", ":oidc-provider/", ":saml-provider/"];

pub(super) fn check(root: &Path) -> Result<Vec<String>, String> {
    let mut wrong = Vec::new();
    for name in PRODUCTS {
        for Source { file, syntax, test } in sources::of_crate(&root.join("crates").join(name))? {
            let name = file.to_string_lossy().replace('\\', "/");
            if test || ALLOWED.iter().any(|allowed| name.contains(allowed)) {
                continue;
            }
            let lines = cuts(&syntax);
            wrong.extend(lines.iter().map(|line| {
                format!("{}:{line}: cuts an ARN by hand; use iam_policy::ArnFields or Arn", file.display())
            }));
        }
    }
    Ok(wrong)
}

/// The lines on which a file splits ARNs, without tests.
fn cuts(file: &syn::File) -> Vec<usize> {
    let mut scan = Scan(Vec::new());
    scan.visit_file(file);
    scan.0
}

struct Scan(Vec<usize>);

impl<'s> Visit<'s> for Scan {
    fn visit_item_mod(&mut self, item: &'s ItemMod) {
        if !for_tests(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'s ItemFn) {
        if !for_tests(&item.attrs) {
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'s ItemImpl) {
        if !for_tests(&item.attrs) {
            visit::visit_item_impl(self, item);
        }
    }

    fn visit_expr_method_call(&mut self, call: &'s ExprMethodCall) {
        if is_cut(call) {
            self.0.push(call.method.span().start().line);
        }
        visit::visit_expr_method_call(self, call);
    }
}

/// Whether a call splits a text at every colon, at its last slash, or at a part of an ARN.
fn is_cut(call: &ExprMethodCall) -> bool {
    let method = call.method.to_string();
    let literals: Vec<&Lit> = call.args.iter().filter_map(literal).collect();
    let has_char = |wanted| literals.iter().any(|lit| matches!(lit, Lit::Char(c) if c.value() == wanted));
    let has_part =
        literals.iter().any(|lit| matches!(lit, Lit::Str(text) if PARTS.contains(&text.value().as_str())));
    match method.as_str() {
        "split" | "splitn" | "rsplit" | "rsplitn" | "split_terminator" => {
            has_char(':') || has_part || (method.starts_with('r') && has_char('/'))
        }
        "strip_prefix" | "split_once" | "rsplit_once" | "trim_start_matches" => has_part,
        "contains" => has_part && !literals.is_empty(),
        _ => false,
    }
}

fn literal(expr: &Expr) -> Option<&Lit> {
    match expr {
        Expr::Lit(lit) => Some(&lit.lit),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(body: &str) -> Vec<usize> {
        cuts(&syn::parse_str(&format!("fn f(a: &str) {{\n{body}\n}}")).unwrap())
    }

    #[test]
    fn what_cuts_an_arn_is_found() {
        for cut in [
            "a.split(':').nth(4);",
            "a.splitn(6, ':').collect::<Vec<_>>();",
            "a.rsplit('/').next();",
            "a.strip_prefix(\"arn:\");",
            "a.split_once(\":oidc-provider/\");",
            "a.contains(\":saml-provider/\");",
            "x(|a| a.splitn(5, ':').skip(1));",
        ] {
            assert_eq!(lines(cut), [2], "{cut}");
        }
    }

    #[test]
    fn other_texts_may_be_cut() {
        for other in [
            "a.split_once(':');",
            "a.starts_with(\"arn:\");",
            "a.rsplit_once('/');",
            "a.split('/');",
            "a.split(',');",
            "a.contains(\"role\");",
        ] {
            assert!(lines(other).is_empty(), "{other}");
        }
        let file = "#[cfg(test)] mod tests { fn f(a: &str) { a.split(':'); } }";
        assert!(cuts(&syn::parse_str(file).unwrap()).is_empty());
    }
}
