//! JSON is accepted exactly if serde_json accepts it, with the same tree. Duplicates are refused exactly if an object has a name twice. Bytes
//! are a text exactly if they are UTF-8.
//!
//! Documented differences: numbers are kept as text and have no maximum; each reader has its own limit of depth.

use std::collections::BTreeMap;

use iam_json::{Document, Kind, Value, text_of};
use serde_json::Value as Theirs;

use crate::input;

pub fn json_like_serde(data: &[u8]) {
    assert_eq!(text_of(data).ok(), std::str::from_utf8(data).ok());
    let Some(text) = input::text(data) else { return };
    let mut limits = input::limits();
    limits.depth = 1_000;
    let ours = Document::parse(text, &limits);
    match serde_json::from_str::<Theirs>(text) {
        Ok(theirs) => {
            let ours = ours.unwrap_or_else(|report| panic!("serde_json accepts {text:?}: {report}"));
            assert!(same(ours.root(), &theirs), "another tree: {text:?}");
            let mut twice = false;
            input::walk(ours.root(), &mut |value| {
                let mut names: Vec<_> = value.members().map(|m| m.key.string()).collect();
                names.sort();
                twice |= names.windows(2).any(|pair| pair[0] == pair[1]);
            });
            assert_eq!(ours.refuse_duplicates().is_err(), twice, "duplicates: {text:?}");
        }
        Err(error) => {
            let why = error.to_string();
            let differs = why.starts_with("number out of range") || why.starts_with("recursion limit");
            assert!(differs || ours.is_err(), "serde_json refuses {text:?}: {why}");
        }
    }
}

fn same(ours: Value<'_>, theirs: &Theirs) -> bool {
    match theirs {
        Theirs::Null => ours.kind() == Kind::Null,
        Theirs::Bool(flag) => ours.kind() == if *flag { Kind::True } else { Kind::False },
        Theirs::Number(number) => {
            // serde_json's floats may differ in the last bit or two, and the smallest ones by more.
            let near = |a: f64, b: f64| (a - b).abs() <= (a.abs() * 1e-15).max(f64::MIN_POSITIVE);
            let both = ours.raw().parse::<f64>().ok().zip(number.as_f64());
            ours.kind() == Kind::Number && both.is_some_and(|(a, b)| near(a, b))
        }
        Theirs::String(text) => ours.as_string().as_deref() == Some(text),
        Theirs::Array(items) => {
            ours.kind() == Kind::Array
                && ours.items().count() == items.len()
                && ours.items().zip(items).all(|(a, b)| same(a, b))
        }
        Theirs::Object(members) => {
            // serde_json keeps the last of several equal names.
            let last: BTreeMap<_, _> = ours.members().map(|m| (m.key.string(), m.value)).collect();
            ours.kind() == Kind::Object
                && last.len() == members.len()
                && members
                    .iter()
                    .all(|(name, value)| last.get(name.as_str()).is_some_and(|v| same(*v, value)))
        }
    }
}
