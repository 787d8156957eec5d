//! Laws of conditions and variables, each asked through one statement.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use iam_eval::{Action, Context, ContextValue, Decision, Layers, Principal, Request};
use iam_policy::{Limits, Mode, Policy, PolicyKind};
use proptest::prelude::*;
use proptest::sample::select;

/// The decision on a statement with that effect, resource and condition, beside an Allow of everything if it is a Deny.
fn decide(effect: &str, resource: &str, condition: &str, request: &Request) -> Decision {
    let beside = if effect == "Deny" { "*" } else { "s3:Nothing" };
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": [
            {{"Effect": "{effect}", "Action": "*", "Resource": "{resource}", "Condition": {{{condition}}}}},
            {{"Effect": "Allow", "Action": "{beside}", "Resource": "*"}}]}}"#
    );
    let policy = Policy::parse(&text, PolicyKind::Identity, Mode::Deployed, &Limits::default());
    let mut layers = Layers::new();
    layers.identity = vec![Arc::new(policy.unwrap_or_else(|report| panic!("{report}\n{text}")))];
    layers.decide(request)
}

fn request(resource: &str, context: Context) -> Request {
    let ana = Principal::iam_user("arn:aws:iam::111122223333:user/ana", "111122223333");
    Request::new(ana, Action::new("s3:GetObject").unwrap(), resource).with_context(context)
}

/// Whether a test holds: an Allow with it applies, and so does a Deny. Only where a comparison can be made are both the same.
fn holds(operator: &str, values: &[&str], context: &Context) -> bool {
    let condition = format!(r#""{operator}": {{"X:key": {values:?}}}"#);
    let request = request("arn:aws:s3:::bucket", context.clone());
    let allows = decide("Allow", "*", &condition, &request) == Decision::Allowed;
    let denies = decide("Deny", "*", &condition, &request) == Decision::ExplicitDeny;
    assert_eq!(allows, denies, "{condition} {context:?}");
    allows
}

/// A positive operator and its negation, values of policies, values of requests.
type Family = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const FAMILIES: [Family; 8] = [
    ("StringEquals", "StringNotEquals", TEXTS, SEEN),
    ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", TEXTS, SEEN),
    ("StringLike", "StringNotLike", TEXTS, SEEN),
    ("NumericEquals", "NumericNotEquals", &["1", "1.0", "-2", "30"], &["1", "1.00", "-2", "7"]),
    (
        "DateEquals",
        "DateNotEquals",
        &["2026-05-01", "2026-05-01T02:00:00+02:00", "1000000000"],
        &["2026-05-01T00:00:00Z", "2026-05", "2001-09-09T01:46:40Z", "1"],
    ),
    (
        "IpAddress",
        "NotIpAddress",
        &["10.0.0.0/8", "10.1.2.3", "::1", "0.0.0.0/0"],
        &["10.1.2.3", "::1", "11.0.0.1"],
    ),
    ("ArnEquals", "ArnNotEquals", ARNS, SEEN_ARNS),
    ("ArnLike", "ArnNotLike", ARNS, SEEN_ARNS),
];
const TEXTS: &[&str] =
    &["a", "A", "ab", "a*", "*b", "?", "", "${x:Own}", "${x:None}", "${x:None, 'b'}", "${*}"];
const SEEN: &[&str] = &["a", "A", "ab", "b", "*", "?", "a*", "${x:Own}"];
const ARNS: &[&str] =
    &["arn:aws:s3:::a*", "arn:*:*:*:*:*", "arn:aws:iam::1:role/${x:Own}", "${x:None, 'arn:aws:s3:::b'}"];
const SEEN_ARNS: &[&str] = &["arn:aws:s3:::a", "arn:aws:s3:::b:c", "arn:aws:iam::1:role/a", "a"];

/// A family, one to three values of a policy, and one to three values of a request.
fn case() -> impl Strategy<Value = (Family, Vec<&'static str>, Vec<&'static str>)> {
    select(FAMILIES.to_vec()).prop_flat_map(|family| {
        let (_, _, values, seen) = family;
        (Just(family), prop::collection::vec(select(values), 1..4), prop::collection::vec(select(seen), 1..4))
    })
}

fn own() -> Context {
    Context::new().with("x:own", ContextValue::single("a"))
}

/// Characters that would have a meaning in a policy.
fn strange() -> impl Strategy<Value = String> {
    prop::collection::vec(select("ab*?${}/'é".chars().collect::<Vec<_>>()), 0..5)
        .prop_map(|c| c.into_iter().collect())
}

/// Two texts, often the same, or the same but for one character.
fn strange_pair() -> impl Strategy<Value = (String, String)> {
    let change = |text: &String| text.replacen(['*', '?'], "a", 1);
    prop_oneof![
        strange().prop_map(|t| (t.clone(), t)),
        strange().prop_map(move |t| (t.clone(), change(&t))),
        (strange(), strange()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Rules 4.2, 4.7 and 4.25.
    #[test]
    fn negation_lists_and_if_exists(((positive, negated, _, _), values, seen) in case()) {
        let context = own().with("x:KEY", ContextValue::single(seen[0]));
        let is = holds(positive, &values, &context);
        prop_assert_eq!(holds(negated, &values, &context), !is);
        prop_assert_eq!(values.iter().any(|value| holds(positive, &[value], &context)), is);
        for operator in [positive, negated] {
            let if_exists = format!("{operator}IfExists");
            prop_assert_eq!(holds(&if_exists, &values, &context), holds(operator, &values, &context));
            prop_assert!(holds(&if_exists, &values, &own()));
        }
        prop_assert!(!holds(positive, &values, &own()));
        prop_assert!(holds(negated, &values, &own()));
    }

    /// Rules 4.10 and 4.13.
    #[test]
    fn set_operators((family, values, seen) in case(), absent: bool) {
        let (positive, negated, _, _) = family;
        let mut context = own();
        if !absent {
            context.set("x:key", ContextValue::multiple(seen.iter().copied()));
        }
        let test = |set: &str, operator: &str, context: &Context| holds(&format!("{set}:{operator}"), &values, context);
        let any = test("ForAnyValue", positive, &context);
        let all = test("ForAllValues", positive, &context);
        prop_assert_eq!(test("ForAllValues", negated, &context), !any);
        if absent {
            prop_assert!(all && !any && !test("ForAnyValue", negated, &context));
            return Ok(());
        }
        prop_assert_eq!(test("ForAnyValue", negated, &context), !all);
        let each: Vec<bool> =
            seen.iter().map(|one| holds(positive, &values, &own().with("x:key", ContextValue::single(*one)))).collect();
        prop_assert_eq!((any, all), (each.contains(&true), !each.contains(&false)));
        let one = own().with("x:key", ContextValue::single(seen[0]));
        for set in ["ForAnyValue", "ForAllValues"] {
            prop_assert_eq!(test(set, positive, &one), holds(positive, &values, &one));
        }
    }

    /// Rule 3.28.
    #[test]
    fn what_replaces_a_variable_is_plain_text((value, other) in strange_pair(), tail in strange()) {
        let context = || Context::new().with("aws:PrincipalTag/team", ContextValue::single(value.as_str()));
        let allowed = |pattern: &str, resource: &str| {
            let pattern = format!("arn:aws:s3:::bucket/{pattern}");
            let request = request(&format!("arn:aws:s3:::bucket/{resource}"), context());
            decide("Allow", &pattern, "", &request) == Decision::Allowed
        };
        prop_assert_eq!(allowed("${aws:PrincipalTag/team}", &other), value == other);
        prop_assert_eq!(allowed("${aws:principaltag/TEAM, 'a'}/x", &format!("{other}/x")), value == other);
        let joined = format!("{other}{tail}");
        prop_assert_eq!(allowed("${aws:PrincipalTag/team}*", &joined), joined.starts_with(&value));
        prop_assert_eq!(allowed("*${aws:PrincipalTag/team}", &joined), joined.ends_with(&value));
        prop_assert_eq!(allowed("*${aws:PrincipalTag/team}*", &joined), joined.contains(&value));
        let seen = context().with("x:key", ContextValue::single(other.as_str()));
        for operator in ["StringEquals", "StringLike"] {
            prop_assert_eq!(holds(operator, &["${aws:PrincipalTag/team}"], &seen), value == other);
        }
        // A null entry matches nothing (rule 3.26).
        prop_assert_eq!(holds("StringLike", &["*${x:None}*"], &seen), false);
    }
}

/// The least of what `unknown_keys_never_contradict_what_is_decided` covers: a test without values compares nothing, but a
/// multivalued key without a set operator is indeterminate even then (rules 4.9, 4.11).
#[test]
fn a_test_without_values_of_an_unknown_key_is_open() {
    let asked = |value| request("arn:aws:s3:::bucket", Context::new().with("x:key", value));
    for (effect, condition) in
        [("Deny", r#""StringEquals": {"x:key": []}"#), ("Allow", r#""StringNotEquals": {"x:key": []}"#)]
    {
        let decide = |value| decide(effect, "*", condition, &asked(value));
        let outcomes = [decide(ContextValue::single("a")), decide(ContextValue::multiple(["a"]))];
        assert_ne!(outcomes[0], outcomes[1], "{condition}");
        let unknown = decide(ContextValue::Unknown);
        assert_eq!(unknown, Decision::Depends, "{effect} {condition}");
    }
}
