//! Booleans and bytes.

use serde_json::{Value, json};

use super::Boundary;
use crate::vectors::format::Vector;
use crate::vectors::rules::Answer;

pub(super) fn all() -> Vec<Vector> {
    // Name, context value, policy value, whether they are the same, judgement call.
    let flags: [(&str, Value, Value, bool, bool); 12] = [
        ("true-true", json!("true"), json!("true"), true, false),
        ("false-false", json!("false"), json!("false"), true, false),
        ("true-false", json!("true"), json!("false"), false, false),
        ("false-true", json!("false"), json!("true"), false, false),
        ("json-in-the-policy", json!("true"), json!(true), true, false),
        ("json-in-the-policy-false", json!("true"), json!(false), false, false),
        ("json-in-the-context", json!(true), json!("true"), true, false),
        ("json-on-both-sides", json!(false), json!(false), true, false),
        ("one-value-in-a-list", json!("true"), json!(["true"]), true, false),
        ("title-case-in-the-policy", json!("true"), json!("True"), true, true),
        ("title-case-in-the-context", json!("False"), json!("false"), true, true),
        ("upper-case", json!("TRUE"), json!("false"), false, true),
    ];
    let mut vectors = Vec::new();
    for (name, context, policy, same, judgement) in flags {
        let why = format!("The flags {}.", if same { "are the same" } else { "differ" });
        vectors.extend(one("Bool", name, "app:flags", policy, context, judgement, why, Answer::of(same)));
    }
    for text in ["yes", "1", "0", "on", "", " true", "t", "null"] {
        let name = match text {
            "" => "unreadable-empty".to_owned(),
            " true" => "unreadable-leading-space".to_owned(),
            word => format!("unreadable-{word}"),
        };
        let why = format!("`{text}` is neither true nor false.");
        let answer = Answer::Indeterminate;
        vectors.extend(one("Bool", &name, "app:flags", json!("true"), json!(text), true, why, answer));
    }

    // Name, context value, policy value, whether the bytes are the same.
    let blobs = [
        ("same", "Ymx1ZQ==", "Ymx1ZQ==", true),
        ("longer", "Ymx1ZXM=", "Ymx1ZQ==", false),
        ("shorter", "Ymx1", "Ymx1ZQ==", false),
        ("case-is-other-bytes", "YMX1ZQ==", "Ymx1ZQ==", false),
        ("plus-and-slash", "+/+/", "+/+/", true),
        ("plus-and-slash-differ", "+/+/", "/+/+", false),
        ("decoded-text-is-not-the-value", "blue", "Ymx1ZQ==", false),
        ("zero-bytes-count", "AAAA", "AAA=", false),
    ];
    for (name, context, policy, same) in blobs {
        let why = format!("The bytes {}.", if same { "are the same" } else { "differ" });
        let (policy, context, answer) = (json!(policy), json!(context), Answer::of(same));
        vectors.extend(one("BinaryEquals", name, "app:blobs", policy, context, false, why, answer));
    }
    vectors
}

#[expect(clippy::too_many_arguments, reason = "a row of the tables above")]
fn one(
    operator: &str,
    name: &str,
    key: &str,
    policy: Value,
    context: Value,
    judgement: bool,
    why: String,
    answer: Answer,
) -> Vec<Vector> {
    let boundary = Boundary {
        name,
        operator,
        negated: false,
        key,
        policy,
        context: Some(context),
        rules: "rules 1.16, 4.9, 7.36, table of part 4",
        judgement,
        or_reject: false,
        why,
    };
    boundary.vectors(answer)
}
