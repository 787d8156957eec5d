//! Every place of a line, changed, removed and added to.

use iamgate_record::FaultCode;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::world::*;

/// Every pointer of a value, and of every object and list the place of a new member.
fn places(value: &Value, at: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                out.push(at.clone());
                places(member, &at, out);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                out.push(format!("{at}/{index}"));
                places(item, &format!("{at}/{index}"), out);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The canonical text of a changed line: so nothing but the content tells the change.
fn canonical(value: &Value) -> String {
    let text = value.to_string();
    let document = iam_json::Document::parse(&text, iam_json::Limits::of_bytes(1 << 20)).expect("JSON");
    format!("{}\n", iam_json::Json::read(document.root()))
}

/// The part of a pointer that has a digest or a check of its own.
fn told_at(pointer: &str) -> String {
    let parts: Vec<&str> = pointer.split('/').collect();
    let depth = if parts.get(1) == Some(&"record") { 3 } else { 2 };
    parts.iter().take(depth).copied().collect::<Vec<_>>().join("/")
}

#[test]
fn every_member_that_is_changed_removed_or_added_is_told_with_its_place() {
    let lines = chain(ED25519, 3);
    let line: Value = serde_json::from_str(&lines[1]).expect("JSON");
    assert_eq!(canonical(&line), lines[1]);
    let mut pointers = Vec::new();
    places(&line, "", &mut pointers);
    assert!(pointers.len() >= 35, "{pointers:?}");
    let tell = |changed: &Value, pointer: &str, what: &str| {
        let report = check(&[&*lines[0], &*canonical(changed), &*lines[2]].concat());
        let first = report.faults.first().unwrap_or_else(|| panic!("{what} {pointer} is not told"));
        assert_eq!(first.line, 2, "{what} {pointer}: {first}");
        let place = told_at(pointer);
        // A change of a digest is a change of the member it is about, or of what was signed.
        let is_there = report.faults.iter().any(|fault| fault.pointer.starts_with(&place))
            || ["/digests", "/signer"].contains(&&*place);
        assert!(is_there, "{what} {pointer}: {:?}", report.faults);
        assert!(report.faults.iter().all(|fault| fault.line == 2), "{what} {pointer}: {:?}", report.faults);
    };
    for pointer in &pointers {
        let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
        let name = name.replace("~1", "/").replace("~0", "~");
        for other in
            [json!("changed"), json!(0), json!(null), json!(true), json!([]), json!({}), json!({"a": 1})]
        {
            let mut changed = line.clone();
            let place = changed.pointer_mut(pointer).expect("a place");
            if *place != other {
                *place = other;
                tell(&changed, pointer, "changed");
            }
        }
        let mut changed = line.clone();
        match changed.pointer_mut(parent).expect("a parent") {
            Value::Object(members) => drop(members.remove(&name)),
            Value::Array(items) => drop(items.remove(name.parse().expect("an index"))),
            other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
                panic!("no parent: {other}")
            }
        }
        tell(&changed, pointer, "removed");
        let mut changed = line.clone();
        match changed.pointer_mut(pointer).expect("a place") {
            Value::Object(members) => drop(members.insert("new".to_owned(), json!(1))),
            Value::Array(items) => items.push(json!(1)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => continue,
        }
        tell(&changed, pointer, "added to");
    }
    for (place, at) in
        [("", "/new"), ("/record", "/record/new"), ("/signer", "/signer"), ("/digests", "/record/new")]
    {
        let mut changed = line.clone();
        let Some(Value::Object(members)) = changed.pointer_mut(place) else { panic!("an object") };
        members.insert("new".to_owned(), json!("x"));
        let report = check(&[&*lines[0], &*canonical(&changed), &*lines[2]].concat());
        assert_eq!((report.faults[0].line, &*report.faults[0].pointer), (2, at));
    }
}

/// A change of a member together with its digest is told by the signature.
#[test]
fn a_digest_that_is_changed_too_does_not_help() {
    let lines = chain(ED25519, 1);
    let mut line: Value = serde_json::from_str(&lines[0]).expect("JSON");
    let other: Value = serde_json::from_str(&chain_of_one(&record(1))).expect("JSON");
    line["record"] = other["record"].clone();
    line["digests"] = other["digests"].clone();
    assert_eq!(faults(&check(&canonical(&line))), [(1, "/signature", FaultCode::BadSignature)]);
}

fn chain_of_one(record: &str) -> String {
    iamgate_record::RecordChain::new().append(record, &key(ED25519)).expect("a line")
}

/// Every byte of a file: another bit, without it, and twice.
#[test]
fn every_byte_counts() {
    for pem in [ED25519, P256] {
        let text = chain(pem, 2).concat();
        let keys = [public(pem)];
        let is_intact = |text: &str| iamgate_record::verify(text, &keys, None, None).is_intact();
        assert!(is_intact(&text));
        let step = if pem == P256 { 7 } else { 1 };
        // What is no longer UTF-8 is no text, and cannot be given.
        let told = |changed: Vec<u8>| String::from_utf8(changed).map_or(true, |text| !is_intact(&text));
        let bytes = text.as_bytes();
        for at in (0..bytes.len()).step_by(step) {
            for bit in [1_u8, 8, 32] {
                let mut changed = bytes.to_vec();
                changed[at] ^= bit;
                assert!(told(changed), "byte {at}, bit {bit}");
            }
            assert!(told([&bytes[..at], &bytes[at + 1..]].concat()), "without byte {at}");
            assert!(told([&bytes[..=at], &bytes[at..]].concat()), "byte {at} twice");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_text_put_anywhere_is_told(at in any::<prop::sample::Index>(), length in 0_usize..20, by in "\\PC{0,6}") {
        let text = chain(ED25519, 2).concat();
        let at = at.index(text.len());
        let end = (at + length).min(text.len());
        prop_assume!(text.is_char_boundary(at) && text.is_char_boundary(end));
        let changed = format!("{}{by}{}", &text[..at], &text[end..]);
        // What cuts whole lines off the end is told only by whoever kept the head.
        prop_assume!(changed != text && changed != chain(ED25519, 1).concat());
        prop_assert!(!check(&changed).is_intact());
    }

    #[test]
    fn no_text_makes_the_verifier_panic(text in "(\\PC|\n|\\{|\"|:){0,200}") {
        let _ = check(&text);
    }
}
