//! Booleans and bytes.

use serde_json::{Value, json};

use super::{Boundary, D, J, O};
use crate::vectors::format::{Certainty, Vector};
use crate::vectors::rules::Answer;

/// Texts that are not `true` in any case, and so are false (rule 4.15), with the end of their id.
const OTHER_TEXTS: &[(&str, &str)] = &[
    ("yes", "yes"),
    ("1", "1"),
    ("0", "0"),
    ("on", "on"),
    ("empty", ""),
    ("leading-space", " true"),
    ("spaces-around", " true "),
    ("t", "t"),
    ("null", "null"),
];

pub(super) fn all() -> Vec<Vector> {
    // Name, context value, policy value, whether they are the same, certainty.
    let flags: [(&str, Value, Value, bool, Certainty); 14] = [
        ("true-true", json!("true"), json!("true"), true, D),
        ("false-false", json!("false"), json!("false"), true, D),
        ("true-false", json!("true"), json!("false"), false, D),
        ("false-true", json!("false"), json!("true"), false, D),
        ("json-in-the-policy", json!("true"), json!(true), true, D),
        ("json-in-the-policy-false", json!("true"), json!(false), false, D),
        ("json-in-the-context", json!(true), json!("true"), true, D),
        ("json-on-both-sides", json!(false), json!(false), true, D),
        ("one-value-in-a-list", json!("true"), json!(["true"]), true, D),
        ("title-case-in-the-policy", json!("true"), json!("True"), true, O),
        ("title-case-in-the-context", json!("False"), json!("false"), true, O),
        ("upper-case", json!("TRUE"), json!("false"), false, O),
        ("other-text-in-the-policy-is-false", json!("false"), json!("yes"), true, O),
        ("other-text-in-the-policy-is-not-true", json!("true"), json!("yes"), false, J),
    ];
    let mut vectors = Vec::new();
    let mut add = |row: Row<'_>| vectors.extend(row.vectors());
    for (name, context, policy, same, certainty) in flags {
        let why = format!("The flags {}.", if same { "are the same" } else { "differ" });
        add(Row { operator: "Bool", name, policy, context, certainty, why, is_twofold: false, same });
    }
    for (name, text) in OTHER_TEXTS {
        for (suffix, wanted) in [("-is-not-true", "true"), ("-is-false", "false")] {
            add(Row {
                operator: "Bool",
                name: &format!("other-text-{name}{suffix}"),
                policy: json!(wanted),
                context: json!(text),
                certainty: O,
                why: format!("`{text}` is not `true`, so it is false."),
                is_twofold: true,
                same: wanted == "false",
            });
        }
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
        let (policy, context) = (json!(policy), json!(context));
        add(Row {
            operator: "BinaryEquals",
            name,
            policy,
            context,
            certainty: D,
            why,
            is_twofold: false,
            same,
        });
    }
    // Other texts of the same bytes.
    for (name, text) in [
        ("without-padding", "Ymx1ZQ"),
        ("with-bits-after-the-end", "Ymx1ZR=="),
        ("with-spaces-around", " Ymx1ZQ== "),
    ] {
        add(Row {
            operator: "BinaryEquals",
            name,
            policy: json!("Ymx1ZQ=="),
            context: json!(text),
            certainty: O,
            why: format!("`{text}` is not the canonical base64 text."),
            is_twofold: true,
            same: false,
        });
    }
    vectors
}

/// A row of the tables above.
struct Row<'a> {
    operator: &'a str,
    name: &'a str,
    policy: Value,
    context: Value,
    certainty: Certainty,
    why: String,
    is_twofold: bool,
    same: bool,
}

impl Row<'_> {
    fn vectors(self) -> Vec<Vector> {
        let boundary = Boundary {
            name: self.name,
            operator: self.operator,
            negated: false,
            key: if self.operator == "Bool" { "app:flags" } else { "app:blobs" },
            policy: self.policy,
            context: Some(self.context),
            rules: "rules 1.16, 4.9, 4.15, table of part 4",
            certainty: self.certainty,
            or_reject: false,
            why: self.why,
            is_twofold: self.is_twofold,
        };
        boundary.vectors(Answer::of(self.same))
    }
}
