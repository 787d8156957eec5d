//! Checks that product code does not read JSON that it has: JSON that it printed, or a part of a document that it has read.
//!
//! The check follows values by name. It starts from the calls that give JSON as a text ([`PRINTS`]), and looks for one that arrives at a reader of
//! JSON ([`READERS`]): through variables, closures, functions of the product and members of its structs. It does not know types. What it cannot
//! follow is a text that passes through a trait, a collection of functions, or a member whose name other structs have too.

mod flow;
mod walk;

use std::path::Path;

use flow::Product;

use crate::sources::{self, Source};

/// The crates that are shipped. `iamgate-token` is not among them: a token that it has signed is verified as one from outside, from its text.
const PRODUCTS: &[&str] = &[
    "iam-json",
    "iam-policy",
    "iam-eval",
    "iam-analysis",
    "iam-catalog",
    "iam-denial",
    "iam-lint",
    "iamgate",
    "iamgate-record",
    "iamgate-audit",
    "iamgate-verbs",
    "iamgate-cli",
    "iamgate-wasm",
];

/// Methods and functions that give JSON as a text: of a value that was read, of a policy, of an answer.
const PRINTS: &[&str] = &["raw", "to_json", "to_string", "to_string_pretty", "to_vec", "to_vec_pretty"];

/// The functions that read a text as JSON, by the last two parts of their path.
const READERS: &[(&str, &str)] = &[
    ("Document", "parse"),
    ("Policy", "parse"),
    ("serde_json", "from_str"),
    ("serde_json", "from_slice"),
    ("serde_json", "from_reader"),
    ("wire", "read_case"),
];

/// The type of texts from outside. Its other member names the text, and is no JSON.
const OUTSIDE: (&str, &str) = ("File", "text");

/// Types that hold a text.
const TEXTS: &[&str] = &["str", "String", "u8", OUTSIDE.0];

/// Modules and types whose functions open files: what they give is not a part of the path that they are given.
const FILES: &[&str] = &["fs", "File", "Path", "PathBuf"];

/// Files in which text that was printed is read on purpose: a token that was minted is verified as it is sent, by the code that verifies
/// the tokens of others.
const ON_PURPOSE: &[&str] = &["iamgate-token/src/verifier.rs"];

/// Methods that add their argument to a text or a list.
const ADDS: &[&str] = &["push", "push_str", "extend", "extend_from_slice", "insert", "insert_str"];

/// Methods of texts and options whose result has the text, although types of the product have methods of the same name.
const OF_TEXTS: &[&str] =
    &["as_bytes", "as_ref", "as_str", "clone", "get", "into", "iter", "lines", "map", "text", "to_owned"];

pub(super) fn check(root: &Path) -> Result<Vec<String>, String> {
    let mut product = Product::default();
    for name in PRODUCTS {
        for Source { file, syntax, test } in sources::of_crate(&root.join("crates").join(name))? {
            if !test {
                product.add(&file.display().to_string(), &syntax);
            }
        }
    }
    Ok(found(&product))
}

/// The places at which a product reads JSON that it has.
fn found(product: &Product) -> Vec<String> {
    let places = product.places();
    let what = "reads JSON that this program has printed or read before; use the value itself (iam_json::Value, or what was printed)";
    let is_wrong = |file: &str| !ON_PURPOSE.iter().any(|own| file.ends_with(own));
    places
        .iter()
        .filter(|(file, _)| is_wrong(file))
        .map(|(file, line)| format!("{file}:{line}: {what}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines at which a file reads JSON that it has.
    fn lines(text: &str) -> Vec<usize> {
        let mut product = Product::default();
        product.add("lib.rs", &syn::parse_file(text).unwrap());
        product.places().into_iter().map(|(_, line)| line).collect()
    }

    #[test]
    fn what_is_printed_and_read_is_found() {
        for body in [
            "Document::parse(value.raw(), limits)",
            "iam_json::Document::parse(&value.raw().to_owned(), limits)",
            "Policy::parse(&policy.to_json(), kind, mode, limits)",
            "serde_json::from_str::<Value>(&serde_json::to_string(&value)?)",
            "serde_json::from_slice(&serde_json::to_vec(&value)?)",
            "{ let text = value.to_string(); let more = text.trim(); Policy::parse(more) }",
            "{ let read = |text: &str| serde_json::from_str(text); read(&value.to_json()) }",
            "value.member(name).map(|own| own.raw()).map(|text| Document::parse(text, limits))",
            "if let Some(text) = value.raw().get(1..) { wire::read_case(text) }",
            "{ let file = File { name, text: value.raw().to_owned() }; Document::parse(&file.text) }",
            "{ let mut all = String::new(); all.push_str(value.raw()); Document::parse(&all) }",
            "Document::parse(&format!(\"[{}]\", value.raw()))",
            "{ let own = value.raw(); Document::parse(&format!(\"[{own}]\")) }",
            "match value.kind() { Kind::Object => Document::parse(value.raw()), _ => other }",
        ] {
            assert_eq!(lines(&format!("fn f() {{\n{body}\n}}")), [2], "{body}");
        }
    }

    #[test]
    fn what_passes_through_functions_and_members_is_found() {
        // The text comes back from a function, in a tuple, and is read in another one.
        let text = "fn read(file: &File) -> Claims {
            let (claims, rest) = parts(file.root());
            let own = File { name: rest, text: claims };
            Claims::of(&own)
        }
        fn parts(root: Value<'_>) -> (String, String) {
            (root.member(\"claims\").raw().to_owned(), String::new())
        }
        impl Claims {
            fn of(file: &File) -> Self {
                Self(Document::parse(&file.text))
            }
        }";
        assert_eq!(lines(text), [4]);
        // The text is a member of a struct.
        let text = "struct Plan { record: String }
        impl Plan {
            fn new(json: Json) -> Self { Self { record: json.to_string() } }
            fn record(&self) -> &str { &self.record }
        }
        fn differ(old: &str, new: &str) -> bool {
            let read = |text: &str| serde_json::from_str::<Map>(text);
            read(old) != read(new)
        }
        fn replay(file: &File, plan: &Plan) -> bool {
            differ(&file.text, plan.record())
        }";
        assert_eq!(lines(text), [11]);
    }

    #[test]
    fn texts_from_outside_may_be_read_and_what_was_printed_may_be_shown() {
        for body in [
            "Document::parse(&file.text, limits)",
            "Policy::parse(&self.decoded(document)?, kind, mode, limits)",
            "show(&value.raw())",
            "value.raw().parse::<u32>()",
            "{ let file = File { name: path.to_string(), text }; Document::parse(&file.text) }",
            "{ let text = value.raw(); let text = world.read(path); Document::parse(text) }",
            "Policy::from_value(value, kind, mode, limits, lines)",
        ] {
            assert!(lines(&format!("fn f(text: String) {{\n{body}\n}}")).is_empty(), "{body}");
        }
        let test = "#[cfg(test)] mod tests { fn f() { Document::parse(value.raw()); } }
            #[test] fn f() { Document::parse(value.raw()); }";
        assert!(lines(test).is_empty());
    }
}
