//! Documents that are too large to decide: the answer is not known, and says which document and statement made it so, and what to do.

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use super::preview::folder;
use super::run::{output, scratch, stderr, stdout};

/// Denies that leave something only if eight tags have seven values and no two of them the same. That nothing is left takes 8! tries.
fn colours(action: &str, key: &str, rest: &str) -> String {
    let mut text = String::new();
    let mut deny = |sid: &str, conditions: &str| {
        let _ = write!(
            text,
            ",\n{{\"Sid\": \"{sid}\", \"Effect\": \"Deny\", \"Action\": \"{action}\", {rest}\"Condition\": {{{conditions}}}}}"
        );
    };
    for (one, other) in (0..8).flat_map(|one| (0..one).map(move |other| (one, other))) {
        for colour in 0..7 {
            let same = format!(r#""StringEquals": {{"{key}{one}": "{colour}", "{key}{other}": "{colour}"}}"#);
            deny(&format!("Both{one}{other}{colour}"), &same);
        }
    }
    for one in 0..8 {
        let none = format!(r#""StringNotEquals": {{"{key}{one}": ["0", "1", "2", "3", "4", "5", "6"]}}"#);
        deny(&format!("One{one}"), &none);
    }
    text
}

fn document(allows: &str, denies: &str) -> String {
    format!("{{\"Version\": \"2012-10-17\", \"Statement\": [\n{allows}{denies}\n]}}")
}

fn identity(action: &str) -> String {
    let allow = format!(r#"{{"Sid": "Let", "Effect": "Allow", "Action": "{action}", "Resource": "*"}}"#);
    document(&allow, &colours(action, "aws:PrincipalTag/k", "\"Resource\": \"*\", "))
}

/// What a verb says, for people and for programs, and the sentences about steps in the latter.
fn said(args: &[&str]) -> (String, Vec<String>, Value) {
    let people = output(args);
    assert!(!stderr(&people).contains("[BUG]"), "{args:?}: {}", stderr(&people));
    let json = output(&[args, &["--format", "json"]].concat());
    let value: Value = serde_json::from_str(&stdout(&json)).unwrap();
    let mut sentences = Vec::new();
    sentences_of(&value, &mut sentences);
    (stdout(&people) + &stderr(&people), sentences, value)
}

fn sentences_of(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.contains("ran out") => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|own| sentences_of(own, found)),
        Value::Object(members) => members.values().for_each(|own| sentences_of(own, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Every sentence names the document, how many statements it has about the action, the largest with its place, and what to do.
#[track_caller]
fn names(args: &[&str], document: &str, largest: &str) {
    let (people, sentences, _) = said(args);
    assert!(people.contains("ran out"), "{args:?}: {people}");
    assert!(!sentences.is_empty(), "{args:?}");
    for sentence in sentences {
        for part in
            [document, "statements about it, with ", largest, " in line ", "; write fewer or shorter ones"]
        {
            assert!(sentence.contains(part), "{args:?}: {part}: {sentence}");
        }
    }
}

#[test]
fn every_verb_names_what_was_too_large() {
    let large = scratch("large.json", identity("s3:Get*").as_bytes());
    let large = large.to_str().unwrap();
    let other = r#"{"Sid": "Let", "Effect": "Allow", "Action": "ec2:*", "Resource": "*"}"#;
    let small = scratch("small.json", document(other, "").as_bytes());
    let small = small.to_str().unwrap();
    names(&["prove", "not-granted", large, "--action", "s3:GetObject"], large, "`One0`");
    names(&["diff", small, large], large, "`One0`");

    let role = folder("large-role");
    let about = r#"{"RoleName": "R", "Arn": "arn:aws:iam::123456789012:role/R"}"#;
    fs::write(role.join("role.json"), about).unwrap();
    fs::write(role.join("inline/Large.json"), identity("s3:Get*")).unwrap();
    let role = role.to_str().unwrap();
    names(&["preview", role], "`identity Large`", "`One0`");

    let principal = r#""Principal": "*", "Resource": "arn:aws:s3:::b-bucket/*""#;
    let allow = format!(r#"{{"Sid": "Let", "Effect": "Allow", "Action": "s3:GetObject", {principal}}}"#);
    let denies = colours("s3:GetObject", "aws:PrincipalTag/k", &format!("{principal}, "));
    let bucket = scratch("large-bucket.json", document(&allow, &denies).as_bytes());
    let bucket = bucket.to_str().unwrap();
    names(&["prove", "no-public", bucket, "--owner", "111122223333"], "the resource-based policy", "`One0`");
}

#[test]
fn trust_names_the_statement_that_was_not_decided() {
    let principal = r#""Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}"#;
    let action = r#""Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]"#;
    let decided = format!(
        "{{\"Sid\": \"Decided\", \"Effect\": \"Allow\", {principal}, {action}, \"Condition\": {{\"StringEquals\": {{\"aws:RequestTag/k0\": \"9\"}}}}}},\n"
    );
    let open = format!("{{\"Sid\": \"Open\", \"Effect\": \"Allow\", {principal}, {action}}}");
    let denies = colours("sts:AssumeRoleWithWebIdentity", "aws:RequestTag/k", "\"Principal\": \"*\", ");
    let trust = scratch("large-trust.json", document(&(decided + &open), &denies).as_bytes());
    let args = ["trust", trust.to_str().unwrap()];
    names(&args, "statement `Open` of the trust policy (line 3): ", "`One0`");
    let (_, sentences, value) = said(&args);
    assert!(sentences.iter().all(|own| own.contains("`trust policy`, has 206 statements")), "{sentences:?}");
    let undecided = &value["tokens"][0]["any"]["undecided"];
    assert_eq!(undecided.to_string(), r#"[{"column":1,"line":3,"number":2,"sid":"Open"}]"#, "{value:#}");
}

#[test]
fn what_is_made_shorter_says_what_it_did_not_try() {
    let large = scratch("large-shrink.json", identity("s3:Get*").as_bytes());
    let (people, _, value) = said(&["shrink", large.to_str().unwrap()]);
    let unfinished = value["unfinished"].as_str().unwrap();
    assert!(unfinished.contains("because there are 205, and at most 160"), "{unfinished}");
    assert!(people.contains(&format!("Not finished: {unfinished}.")), "{people}");
    let small = scratch(
        "large-small.json",
        document(r#"{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}"#, "").as_bytes(),
    );
    let (_, _, value) = said(&["shrink", small.to_str().unwrap()]);
    assert!(value.get("unfinished").is_none());
}
