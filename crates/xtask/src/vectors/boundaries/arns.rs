//! ARNs, field by field (rules 4.20 to 4.22).

use serde_json::json;

use super::{Boundary, D, J, O};
use crate::vectors::cells::{Case, vector};
use crate::vectors::format::{Certainty, Vector};
use crate::vectors::rules::Answer;

const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:alerts";
const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:pay:PROD";
const ROLE: &str = "arn:aws:iam::111122223333:role/ops/ci";

/// Name, ARN of the request, pattern of the policy, whether it matches, certainty.
const ROWS: &[(&str, &str, &str, bool, Certainty)] = &[
    ("same", TOPIC, TOPIC, true, D),
    ("other-account", TOPIC, "arn:aws:sns:eu-west-1:444455556666:alerts", false, D),
    ("other-region", TOPIC, "arn:aws:sns:eu-west-2:111122223333:alerts", false, D),
    ("other-service", TOPIC, "arn:aws:sqs:eu-west-1:111122223333:alerts", false, D),
    ("other-partition", TOPIC, "arn:aws-cn:sns:eu-west-1:111122223333:alerts", false, D),
    ("longer-resource", TOPIC, "arn:aws:sns:eu-west-1:111122223333:alert", false, D),
    ("every-field-open", TOPIC, "arn:*:*:*:*:*", true, D),
    ("partition-open", TOPIC, "arn:*:sns:eu-west-1:111122223333:alerts", true, D),
    ("service-partly-open", TOPIC, "arn:aws:s*:eu-west-1:111122223333:alerts", true, D),
    ("region-open", TOPIC, "arn:aws:sns:*:111122223333:alerts", true, D),
    ("region-partly-open", TOPIC, "arn:aws:sns:eu-*:111122223333:alerts", true, D),
    ("region-question-mark", TOPIC, "arn:aws:sns:eu-west-?:111122223333:alerts", true, D),
    ("region-question-mark-short", TOPIC, "arn:aws:sns:eu-west-1?:111122223333:alerts", false, D),
    ("account-of-twelve-characters", TOPIC, "arn:aws:sns:eu-west-1:????????????:alerts", true, D),
    ("account-of-eleven-characters", TOPIC, "arn:aws:sns:eu-west-1:???????????:alerts", false, D),
    ("resource-open", TOPIC, "arn:aws:sns:eu-west-1:111122223333:*", true, D),
    ("resource-partly-open", TOPIC, "arn:aws:sns:eu-west-1:111122223333:al*s", true, D),
    ("empty-field-against-star", ROLE, "arn:aws:iam:*:111122223333:role/ops/ci", true, D),
    ("empty-field-against-question-mark", ROLE, "arn:aws:iam:?:111122223333:role/ops/ci", false, D),
    ("empty-field-against-text", ROLE, "arn:aws:iam:us-east-1:111122223333:role/ops/ci", false, D),
    ("text-against-empty-field", TOPIC, "arn:aws:sns::111122223333:alerts", false, D),
    ("star-crosses-slash", ROLE, "arn:aws:iam::111122223333:role/*", true, D),
    ("star-crosses-slash-end-differs", ROLE, "arn:aws:iam::111122223333:role/*/cd", false, D),
    ("colons-of-the-resource-field", FUNCTION, "arn:aws:lambda:*:*:function:*", true, D),
    ("colons-of-the-resource-field-exact", FUNCTION, "arn:aws:lambda:*:*:function:pay", false, D),
    ("colons-of-the-resource-field-inside", FUNCTION, "arn:aws:lambda:*:*:*:PROD", true, D),
    ("star-does-not-cross-a-field", FUNCTION, "arn:aws:*:function:pay:PROD", false, D),
    ("star-does-not-cross-two-fields", FUNCTION, "arn:*:111122223333:function:pay:PROD", false, D),
    ("star-does-not-cross-from-the-account", FUNCTION, "arn:aws:lambda:eu-west-1:*:pay:PROD", false, D),
    ("question-mark-is-no-colon", TOPIC, "arn:aws:sns:eu-west-1?111122223333:alerts:x", false, D),
    ("case-of-the-partition", TOPIC, "arn:AWS:sns:eu-west-1:111122223333:alerts", false, D),
    ("case-of-the-service", TOPIC, "arn:aws:SNS:eu-west-1:111122223333:alerts", false, D),
    ("case-of-the-region", TOPIC, "arn:aws:sns:EU-WEST-1:111122223333:alerts", false, D),
    ("case-of-the-resource", TOPIC, "arn:aws:sns:eu-west-1:111122223333:Alerts", false, D),
    ("star-in-the-request-is-a-star", "arn:aws:sns:eu-west-1:111122223333:*", TOPIC, false, D),
    (
        "star-in-the-request-met-by-a-star",
        "arn:aws:sns:eu-west-1:111122223333:*",
        "arn:aws:sns:*:*:*",
        true,
        D,
    ),
    ("empty-resource-field", "arn:aws:s3:::", "arn:aws:s3:::*", true, J),
];

/// Texts that are not ARNs (rule 4.22), with their certainty.
const NOT_ARNS: &[(&str, &str, Certainty)] = &[
    ("not-an-arn", "alerts", O),
    ("five-fields", "arn:aws:sns:eu-west-1:111122223333", O),
    ("empty", "", O),
    ("case-of-the-prefix", "ARN:aws:sns:eu-west-1:111122223333:alerts", J),
];

/// The pattern that a variable holds, in a list. `bad` has no six fields: the answer of the positive operator, or none if the comparison ends
/// there without an answer (rule 4.22).
const LISTS: &[(&str, &[&str], Option<bool>)] = &[
    ("unreadable-pattern", &["bad"], None),
    ("unreadable-pattern-after-a-match", &[TOPIC, "bad"], Some(true)),
    ("unreadable-pattern-before-a-match", &["bad", TOPIC], None),
    ("unreadable-pattern-after-another", &[ROLE, "bad"], None),
    ("unreadable-pattern-before-another", &["bad", ROLE], None),
];

const OPERATORS: [(&str, bool); 4] =
    [("ArnEquals", false), ("ArnLike", false), ("ArnNotEquals", true), ("ArnNotLike", true)];

pub(super) fn all() -> Vec<Vector> {
    let mut vectors = Vec::new();
    for (name, context, policy, matches, certainty) in ROWS {
        for (operator, negated) in OPERATORS {
            let boundary = Boundary {
                name,
                operator,
                negated,
                key: "app:sources",
                policy: json!(policy),
                context: Some(json!(context)),
                rules: "rules 4.20, 4.21, 4.22",
                certainty: *certainty,
                or_reject: false,
                why: format!("The ARN {} the pattern.", if *matches { "matches" } else { "does not match" }),
                is_twofold: false,
            };
            vectors.extend(boundary.vectors(Answer::of(*matches != negated)));
        }
    }
    for (operator, negated) in OPERATORS {
        for (name, context, certainty) in NOT_ARNS {
            let boundary = Boundary {
                name,
                operator,
                negated,
                key: "app:sources",
                policy: json!(if negated { "arn:aws:iam:*:*:*" } else { "arn:*:*:*:*:*" }),
                context: Some(json!(context)),
                rules: "rules 4.9, 4.22",
                certainty: *certainty,
                or_reject: false,
                why: format!("`{context}` is no ARN: positive and negated operators are false."),
                is_twofold: true,
            };
            vectors.extend(boundary.vectors(Answer::False));
        }
        for (name, patterns, positive) in LISTS {
            let answer = match positive {
                Some(matches) => Answer::of(*matches != negated),
                None => Answer::Indeterminate,
            };
            vectors.extend(listed(operator, name, patterns, TOPIC, answer));
            let other = format!("{name}-and-no-arn");
            vectors.extend(listed(operator, &other, patterns, "alerts", Answer::False));
        }
    }
    vectors
}

/// Patterns of which one is a variable that holds no ARN.
fn listed(operator: &str, name: &str, patterns: &[&str], seen: &str, answer: Answer) -> Vec<Vector> {
    let of =
        |pattern: &&str| if *pattern == "bad" { "${app:pattern}".to_owned() } else { (*pattern).to_owned() };
    let values: Vec<String> = patterns.iter().map(of).collect();
    let condition = json!({ operator: { "app:sources": values } });
    let context = json!({ "app:pattern": "alerts", "app:sources": seen });
    let why = match answer {
        _ if seen == "alerts" => {
            "What the request holds is no ARN: positive and negated operators are false."
        }
        Answer::Indeterminate => "The comparison comes to a pattern that is no ARN, and ends there.",
        Answer::True | Answer::False => "The pattern before the one that is no ARN matches.",
    };
    [("allow", false), ("deny", true)]
        .into_iter()
        .map(|(effect, deny)| {
            let case = Case {
                id: format!("boundaries/{operator}/{name}-{effect}"),
                about: format!("{operator}: {}", name.replace('-', " ")),
                rules: "rule 4.22".into(),
                certainty: O,
                or_reject: false,
                why: why.into(),
            };
            vector(case, deny, answer, &condition, context.clone())
        })
        .collect()
}
