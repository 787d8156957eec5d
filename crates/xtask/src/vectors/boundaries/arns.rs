//! ARNs, field by field (rules 4.20 to 4.22).

use serde_json::json;

use super::Boundary;
use crate::vectors::format::Vector;
use crate::vectors::rules::Answer;

const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:alerts";
const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:pay:PROD";
const ROLE: &str = "arn:aws:iam::111122223333:role/ops/ci";

/// Name, ARN of the request, pattern of the policy, whether it matches, judgement call.
const ROWS: &[(&str, &str, &str, bool, bool)] = &[
    ("same", TOPIC, TOPIC, true, false),
    ("other-account", TOPIC, "arn:aws:sns:eu-west-1:444455556666:alerts", false, false),
    ("other-region", TOPIC, "arn:aws:sns:eu-west-2:111122223333:alerts", false, false),
    ("other-service", TOPIC, "arn:aws:sqs:eu-west-1:111122223333:alerts", false, false),
    ("other-partition", TOPIC, "arn:aws-cn:sns:eu-west-1:111122223333:alerts", false, false),
    ("longer-resource", TOPIC, "arn:aws:sns:eu-west-1:111122223333:alert", false, false),
    ("every-field-open", TOPIC, "arn:*:*:*:*:*", true, false),
    ("partition-open", TOPIC, "arn:*:sns:eu-west-1:111122223333:alerts", true, false),
    ("service-partly-open", TOPIC, "arn:aws:s*:eu-west-1:111122223333:alerts", true, false),
    ("region-open", TOPIC, "arn:aws:sns:*:111122223333:alerts", true, false),
    ("region-partly-open", TOPIC, "arn:aws:sns:eu-*:111122223333:alerts", true, false),
    ("region-question-mark", TOPIC, "arn:aws:sns:eu-west-?:111122223333:alerts", true, false),
    ("region-question-mark-short", TOPIC, "arn:aws:sns:eu-west-1?:111122223333:alerts", false, false),
    ("account-of-twelve-characters", TOPIC, "arn:aws:sns:eu-west-1:????????????:alerts", true, false),
    ("account-of-eleven-characters", TOPIC, "arn:aws:sns:eu-west-1:???????????:alerts", false, false),
    ("resource-open", TOPIC, "arn:aws:sns:eu-west-1:111122223333:*", true, false),
    ("resource-partly-open", TOPIC, "arn:aws:sns:eu-west-1:111122223333:al*s", true, false),
    ("empty-field-against-star", ROLE, "arn:aws:iam:*:111122223333:role/ops/ci", true, false),
    ("empty-field-against-question-mark", ROLE, "arn:aws:iam:?:111122223333:role/ops/ci", false, false),
    ("empty-field-against-text", ROLE, "arn:aws:iam:us-east-1:111122223333:role/ops/ci", false, false),
    ("text-against-empty-field", TOPIC, "arn:aws:sns::111122223333:alerts", false, false),
    ("star-crosses-slash", ROLE, "arn:aws:iam::111122223333:role/*", true, false),
    ("star-crosses-slash-end-differs", ROLE, "arn:aws:iam::111122223333:role/*/cd", false, false),
    ("colons-of-the-resource-field", FUNCTION, "arn:aws:lambda:*:*:function:*", true, false),
    ("colons-of-the-resource-field-exact", FUNCTION, "arn:aws:lambda:*:*:function:pay", false, false),
    ("colons-of-the-resource-field-inside", FUNCTION, "arn:aws:lambda:*:*:*:PROD", true, false),
    ("star-does-not-cross-a-field", FUNCTION, "arn:aws:*:function:pay:PROD", false, false),
    ("star-does-not-cross-two-fields", FUNCTION, "arn:*:111122223333:function:pay:PROD", false, false),
    ("star-does-not-cross-from-the-account", FUNCTION, "arn:aws:lambda:eu-west-1:*:pay:PROD", false, false),
    ("question-mark-is-no-colon", TOPIC, "arn:aws:sns:eu-west-1?111122223333:alerts:x", false, false),
    ("case-of-the-prefix", "ARN:aws:sns:eu-west-1:111122223333:alerts", TOPIC, false, true),
    ("case-of-the-partition", TOPIC, "arn:AWS:sns:eu-west-1:111122223333:alerts", false, false),
    ("case-of-the-service", TOPIC, "arn:aws:SNS:eu-west-1:111122223333:alerts", false, false),
    ("case-of-the-region", TOPIC, "arn:aws:sns:EU-WEST-1:111122223333:alerts", false, false),
    ("case-of-the-resource", TOPIC, "arn:aws:sns:eu-west-1:111122223333:Alerts", false, false),
    ("star-in-the-request-is-a-star", "arn:aws:sns:eu-west-1:111122223333:*", TOPIC, false, false),
    (
        "star-in-the-request-met-by-a-star",
        "arn:aws:sns:eu-west-1:111122223333:*",
        "arn:aws:sns:*:*:*",
        true,
        false,
    ),
    ("not-an-arn", "alerts", "arn:*:*:*:*:*", false, true),
    ("five-fields", "arn:aws:sns:eu-west-1:111122223333", "arn:*:*:*:*:*", false, true),
    ("empty", "", "arn:*:*:*:*:*", false, true),
    ("empty-resource-field", "arn:aws:s3:::", "arn:aws:s3:::*", true, true),
];

const OPERATORS: [(&str, bool); 4] =
    [("ArnEquals", false), ("ArnLike", false), ("ArnNotEquals", true), ("ArnNotLike", true)];

pub(super) fn all() -> Vec<Vector> {
    let mut vectors = Vec::new();
    for (name, context, policy, matches, judgement) in ROWS {
        for (operator, negated) in OPERATORS {
            let boundary = Boundary {
                name,
                operator,
                negated,
                key: "app:sources",
                policy: json!(policy),
                context: Some(json!(context)),
                rules: "rules 4.20, 4.21, 4.22",
                judgement: *judgement,
                or_reject: false,
                why: format!("The ARN {} the pattern.", if *matches { "matches" } else { "does not match" }),
            };
            vectors.extend(boundary.vectors(Answer::of(*matches != negated)));
        }
    }
    vectors
}
