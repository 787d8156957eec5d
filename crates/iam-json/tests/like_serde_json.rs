//! JSON is read as serde_json reads it: any value, with slips in its text, and parts of JSON in any order.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::collections::BTreeMap;

use iam_json::{Document, Kind, Limits, Value};
use proptest::prelude::*;
use support::{TOKENS, escapes, json_text, slipped, slips, texts, values};

/// Whether a value says what serde_json's value says; of equal members serde_json keeps the last.
fn same(ours: Value<'_>, theirs: &serde_json::Value) -> bool {
    match theirs {
        serde_json::Value::Null => ours.kind() == Kind::Null,
        serde_json::Value::Bool(flag) => ours.kind() == if *flag { Kind::True } else { Kind::False },
        serde_json::Value::Number(number) => {
            // serde_json's floats may be off by the last bit or two, and the smallest ones by more.
            let near = |a: f64, b: f64| (a - b).abs() <= (a.abs() * 1e-15).max(f64::MIN_POSITIVE);
            let both = ours.raw().parse::<f64>().ok().zip(number.as_f64());
            ours.kind() == Kind::Number && both.is_some_and(|(a, b)| near(a, b))
        }
        serde_json::Value::String(text) => ours.as_string().as_deref() == Some(text),
        serde_json::Value::Array(items) => {
            let count = ours.items().count();
            ours.kind() == Kind::Array
                && count == items.len()
                && ours.items().zip(items).all(|(a, b)| same(a, b))
        }
        serde_json::Value::Object(members) => {
            let last: BTreeMap<String, Value<'_>> =
                ours.members().map(|m| (m.key.string().into_owned(), m.value)).collect();
            ours.kind() == Kind::Object
                && last.len() == members.len()
                && members.iter().all(|(name, value)| last.get(name).is_some_and(|v| same(*v, value)))
        }
    }
}

/// Both accept a text with the same meaning, or neither does.
fn like_serde_json(text: &str) -> Result<(), TestCaseError> {
    let ours = Document::parse(text, Limits::default());
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(theirs) => {
            prop_assert!(ours.is_ok(), "refused: {:?}: {}", text, ours.unwrap_err());
            prop_assert!(same(ours.unwrap().root(), &theirs), "{:?}", text);
        }
        // Our numbers are text, with no largest one.
        Err(error) if error.to_string().starts_with("number out of range") => {}
        Err(error) => prop_assert!(ours.is_err(), "accepted: {:?}: {}", text, error),
    }
    Ok(())
}

/// Nothing but parts of JSON.
fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(TOKENS), 0..12).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn json_with_slips_is_read_as_serde_json_reads_it(value in values(), pretty in any::<bool>(), slips in slips(3)) {
        like_serde_json(&slipped(&json_text(&value, pretty), &slips))?;
    }

    #[test]
    fn parts_of_json_are_read_as_serde_json_reads_them(text in soup()) {
        like_serde_json(&text)?;
        like_serde_json(&format!("\"{text}\""))?;
        like_serde_json(&format!("[{text}]"))?;
        like_serde_json(&format!("{{\"a\":{text}}}"))?;
    }

    #[test]
    fn strings_are_what_serde_json_wrote(text in any::<String>(), other in texts()) {
        for text in [text, other] {
            let json = serde_json::to_string(&text).unwrap();
            let document = Document::parse(&json, Limits::default()).unwrap();
            let string = document.root().as_string().unwrap();
            prop_assert_eq!(&*string, &text);
            // And with every character as an escape.
            let json = format!("\"{}\"", escapes(&text));
            let document = Document::parse(&json, Limits::default()).unwrap();
            prop_assert_eq!(document.root().string(), text);
        }
    }
}
