//! On one value that is present, an operator and its opposite never agree, unless the request's value cannot be read: then one of them is true
//! at most (rule 4.9). `IfExists` and set operators change nothing. The first byte chooses a pair. Then there are two lines: the value of the
//! policy, and the value of the request.

use std::sync::Arc;

use iam_eval::{Action, Context, ContextValue, Decision, Layers, Principal, Request};
use iam_policy::value::{Decimal, Instant, parse_address};
use iam_policy::{ArnFields, Effect, Mode, Policy, PolicyKind};
use serde_json::json;

use crate::input;

pub const PAIRS: [(&str, &str); 12] = [
    ("StringEquals", "StringNotEquals"),
    ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    ("StringLike", "StringNotLike"),
    ("NumericEquals", "NumericNotEquals"),
    ("NumericLessThan", "NumericGreaterThanEquals"),
    ("NumericLessThanEquals", "NumericGreaterThan"),
    ("DateEquals", "DateNotEquals"),
    ("DateLessThan", "DateGreaterThanEquals"),
    ("DateLessThanEquals", "DateGreaterThan"),
    ("IpAddress", "NotIpAddress"),
    ("ArnEquals", "ArnNotEquals"),
    ("ArnLike", "ArnNotLike"),
];

pub fn negation_is_the_opposite(data: &[u8]) {
    let Some((choice, rest)) = data.split_first() else { return };
    let Some([value, seen]) = input::lines(rest).filter(|_| rest.len() <= 256) else { return };
    let (positive, negated) = PAIRS[usize::from(choice.wrapping_sub(b'a')) % PAIRS.len()];
    let context =
        Context::new().with("x:key", ContextValue::single(seen)).with("x:own", ContextValue::single("a"));
    let Some(action) = Action::new("s3:GetObject") else { return };
    let Ok(ana) = Principal::from_arn("arn:aws:iam::111122223333:user/ana") else { return };
    let request = Request::new(ana, action, "*").with_context(context);
    let [is, is_not] = [positive, negated].map(|operator| holds(operator, value, &request));
    if is_read(positive, seen) {
        assert_eq!(is.map(|is| !is), is_not, "{positive} {value:?} {seen:?}");
    } else {
        assert!(is != Some(true), "{positive} {value:?} {seen:?}");
    }
    for (operator, plain) in [(positive, is), (negated, is_not)] {
        for form in ["IfExists", "ForAnyValue:", "ForAllValues:"] {
            let written =
                if form == "IfExists" { format!("{operator}{form}") } else { format!("{form}{operator}") };
            assert_eq!(holds(&written, value, &request), plain, "{written} {value:?} {seen:?}");
        }
    }
}

/// Whether an operator can read a value of a request.
fn is_read(operator: &str, seen: &str) -> bool {
    match operator {
        _ if operator.starts_with("Numeric") => Decimal::parse(seen).is_some(),
        _ if operator.starts_with("Date") => Instant::parse(seen).is_some(),
        _ if operator.starts_with("Arn") => ArnFields::split(seen).is_some(),
        "IpAddress" => parse_address(seen).is_some(),
        _ => true,
    }
}

/// Whether a test holds. `None` if no comparison can be made, or if the policy is refused.
fn holds(operator: &str, value: &str, request: &Request) -> Option<bool> {
    let tested =
        json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {operator: {"x:key": value}}});
    let beside = json!({"Effect": "Deny", "Action": "x:None", "Resource": "*"});
    let text = json!({"Version": "2012-10-17", "Statement": [tested, beside]}).to_string();
    let policy = Policy::parse(&text, PolicyKind::Identity, Mode::Deployed, &input::limits()).ok()?;
    let mut opposite = policy.clone();
    opposite.statements[0].effect.value = Effect::Deny;
    opposite.statements[1].effect.value = Effect::Allow;
    opposite.statements[1].action = policy.statements[0].action.clone();
    let [allows, denies] = [policy, opposite].map(|policy| {
        let mut layers = Layers::new();
        layers.identity = vec![Arc::new(policy)];
        layers.decide(request)
    });
    let (allows, denies) = (allows == Decision::Allowed, denies == Decision::ExplicitDeny);
    assert!(denies || !allows, "{operator} {value:?} {request:?}: allows and does not deny");
    (allows == denies).then_some(allows)
}
