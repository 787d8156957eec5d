//! Unknown keys: a decision holds for every value they may have, and `Depends` comes only from them.

use std::sync::Arc;

use crate::support::{
    ALL, ELSE, NOTHING, effects, identity, key, many, one, policy, request, session, user, with_resource,
};
use iam_eval::{Context, ContextValue, Decision, Layers};
use iam_policy::{Operator, PolicyKind, Quantifier, Test};

const DEPENDS: Decision = Decision::Depends;

/// What an unknown key may turn out to be.
fn fillings() -> Vec<Option<ContextValue>> {
    let mut all =
        vec![None, Some(many(&[])), Some(many(&[""])), Some(many(&["10", "b"])), Some(many(&["10"]))];
    let texts =
        ["", "10", "9", "b", "true", "203.0.113.7", "2026-03-01", "arn:aws:s3:::b", "YQ==", "*", "${x:k}"];
    all.extend(texts.iter().map(|text| Some(one(text))));
    all
}

/// The decision with the key unknown must be that of every filling, or say that it depends.
#[track_caller]
fn is_sound(condition: &str) {
    let (allow, deny) = effects(condition, &key(Some(ContextValue::Unknown)));
    for filling in fillings() {
        let (allow_filled, deny_filled) = effects(condition, &key(filling.clone()));
        for (unknown, filled) in [(allow, allow_filled), (deny, deny_filled)] {
            assert_ne!(filled, DEPENDS, "{condition} {filling:?}");
            let agrees = unknown == DEPENDS || unknown.is_allowed() == filled.is_allowed();
            assert!(agrees, "{condition}: {unknown:?} if unknown, {filled:?} with {filling:?}");
        }
    }
}

fn tests() -> Vec<Test> {
    let mut tests = Vec::new();
    for operator in Operator::ALL.iter().copied() {
        for quantifier in [None, Some(Quantifier::ForAllValues), Some(Quantifier::ForAnyValue)] {
            let both = [false, true].map(|if_exists| Test::new(quantifier, operator, if_exists));
            tests.extend(both.into_iter().filter(|test| test.is_valid()));
        }
    }
    tests
}

fn values(operator: Operator) -> &'static [&'static str] {
    match operator.name() {
        name if name.contains("Numeric") => &[r#""10""#, r#"["10", "11"]"#],
        name if name.contains("Date") => &[r#""2026-03-01""#],
        name if name.contains("Ip") => &[r#""0.0.0.0/0""#, r#"["203.0.113.7", "::/0"]"#],
        name if name.contains("Arn") => &[r#""*:*:*:*:*:*""#, r#""arn:aws:s3:::${x:k}""#, r#""${x:k}""#],
        name if name.contains("Binary") => &[r#""YQ==""#],
        "Bool" => &[r#""true""#, r#""${x:k}""#],
        "Null" => &[r#""true""#, r#""false""#, r#"["true", "false"]"#],
        _ => &[r#""b""#, r#""*""#, r#"["10", "b"]"#, r#""${x:k}""#, r#""${x:k, 'b'}""#, r#""""#],
    }
}

#[test]
fn what_is_decided_with_an_unknown_key_holds_for_every_value() {
    for test in tests() {
        for values in values(test.operator) {
            is_sound(&format!(r#"{{"{test}": {{"x:k": {values}}}}}"#));
        }
    }
}

#[test]
fn what_is_decided_with_an_empty_list_of_values_holds_for_every_value() {
    for test in tests() {
        is_sound(&format!(r#"{{"{test}": {{"x:k": []}}}}"#));
    }
}

#[test]
fn an_unknown_variable_is_unknown_in_conditions() {
    for condition in [
        r#"{"StringEquals": {"x:other": "${x:k}"}}"#,
        r#"{"StringNotEquals": {"x:other": "${x:k}"}}"#,
        r#"{"StringEquals": {"x:other": ["b", "${x:k}"]}}"#,
        r#"{"StringLike": {"x:other": "${x:k, 'b'}"}}"#,
        r#"{"Bool": {"x:other": "${x:k}"}}"#,
    ] {
        is_sound(condition);
        let with = |seen: &str| key(Some(ContextValue::Unknown)).with("x:other", one(seen));
        let seen = if condition.contains("Bool") { "true" } else { "c" };
        assert_eq!(effects(condition, &with(seen)), (DEPENDS, DEPENDS), "{condition}");
    }
    // Another value of the list already answers.
    let known = key(Some(ContextValue::Unknown)).with("x:other", one("b"));
    let condition = r#"{"StringEquals": {"x:other": ["${x:k}", "b"]}}"#;
    assert_eq!(effects(condition, &known), (Decision::Allowed, Decision::ExplicitDeny));
    // The tested key is absent, so that the variable does not matter.
    let condition = r#"{"StringEquals": {"x:absent": "${x:k}"}}"#;
    assert_eq!(effects(condition, &known), (Decision::ImplicitDeny, Decision::Allowed));
}

/// A resource element with a variable that is unknown: sound on each resource, for Allow and Deny.
#[test]
fn an_unknown_variable_is_unknown_in_resource_and_not_resource() {
    for element in ["Resource", "NotResource"] {
        for effect in ["Allow", "Deny"] {
            for patterns in
                [r#""arn:aws:s3:::b/${x:k}""#, r#"["arn:aws:s3:::b/${x:k}", "arn:aws:s3:::shared"]"#]
            {
                let statement =
                    format!(r#"{{"Effect": "{effect}", "Action": "*", "{element}": {patterns}}}"#);
                let layers =
                    identity(&if effect == "Deny" { format!("{ALL}, {statement}") } else { statement });
                for resource in
                    ["arn:aws:s3:::b/10", "arn:aws:s3:::b/b", "arn:aws:s3:::shared", "arn:aws:s3:::c", "*"]
                {
                    let ask = |context: Context| {
                        let mut request = request(user()).with_context(context);
                        request.resource = resource.into();
                        layers.decide(&request)
                    };
                    let unknown = ask(key(Some(ContextValue::Unknown)));
                    for filling in fillings() {
                        let filled = ask(key(filling.clone()));
                        let agrees = unknown == DEPENDS || unknown.is_allowed() == filled.is_allowed();
                        assert!(
                            agrees,
                            "{effect} {element} {patterns} on {resource}: {unknown:?}, but {filled:?} with {filling:?}"
                        );
                    }
                    if resource == "arn:aws:s3:::shared" && patterns.starts_with('[') {
                        assert_ne!(unknown, DEPENDS, "another entry answers: {effect} {element}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_null_test_of_an_unknown_key_depends() {
    let unknown = key(Some(ContextValue::Unknown));
    for wanted in ["true", "false"] {
        assert_eq!(effects(&format!(r#"{{"Null": {{"x:k": "{wanted}"}}}}"#), &unknown), (DEPENDS, DEPENDS));
    }
    let both = r#"{"Null": {"x:k": ["true", "false"]}}"#;
    assert_eq!(effects(both, &unknown), (Decision::Allowed, Decision::ExplicitDeny));
}

/// A statement whose condition depends on the unknown key.
fn maybe(effect: &str) -> String {
    format!(
        r#"{{"Effect": "{effect}", "Action": "*", "Resource": "*", "Condition": {{"StringEquals": {{"x:k": "b"}}}}}}"#
    )
}

#[track_caller]
fn decide(layers: &Layers) -> Decision {
    layers.decide(&request(session()).with_context(key(Some(ContextValue::Unknown))))
}

#[test]
fn an_unknown_key_that_cannot_matter_does_not_matter() {
    let maybe_allow = maybe("Allow");
    let maybe_deny = maybe("Deny");
    assert_eq!(decide(&identity(&maybe_allow)), DEPENDS);
    assert_eq!(decide(&identity(&format!("{ALL}, {maybe_allow}"))), Decision::Allowed);
    assert_eq!(decide(&identity(&format!("{NOTHING}, {maybe_allow}"))), Decision::ExplicitDeny);
    assert_eq!(decide(&identity(&format!("{ALL}, {maybe_deny}"))), DEPENDS);
    assert_eq!(decide(&identity(&format!("{ALL}, {NOTHING}, {maybe_deny}"))), Decision::ExplicitDeny);
    // Denied either way, and only whether a Deny says so is open.
    assert_eq!(decide(&identity(&maybe_deny)), Decision::ImplicitDeny);
    // The session policy denies what the identity policy may allow.
    let mut layers = identity(&maybe_allow);
    layers.session = Some(vec![policy(PolicyKind::Session, ELSE)]);
    assert_eq!(decide(&layers), Decision::ImplicitDeny);
    // A direct grant asks no identity policy.
    let layers = with_resource(identity(&maybe_allow), &crate::support::grant("Allow", r#""*""#));
    assert_eq!(decide(&layers), Decision::Allowed);
    // A part of the statement that fails for certain.
    let elsewhere = maybe_allow.replace(r#""Resource": "*""#, r#""Resource": "arn:aws:s3:::other""#);
    assert_eq!(decide(&identity(&elsewhere)), Decision::ImplicitDeny);
    let two = maybe_allow.replace(r#"{"x:k": "b"}"#, r#"{"x:k": "b", "x:absent": "c"}"#);
    assert_eq!(decide(&identity(&two)), Decision::ImplicitDeny);
}

#[test]
fn levels_of_unknown_allows_are_anded() {
    let level = |text: &str| vec![Arc::clone(&policy(PolicyKind::Scp, text))];
    let maybe_allow = maybe("Allow");
    for (levels, expected) in [
        (vec![level(&maybe_allow), level(ALL)], DEPENDS),
        (vec![level(&maybe_allow), level(ELSE)], Decision::ImplicitDeny),
        (vec![level(&maybe_allow), level(NOTHING)], Decision::ExplicitDeny),
        (vec![level(&format!("{maybe_allow}, {ALL}")), level(ALL)], Decision::Allowed),
    ] {
        let mut layers = identity(ALL);
        layers.scp = Some(levels);
        assert_eq!(decide(&layers), expected);
    }
}

#[test]
fn a_possible_stronger_grant_depends_only_where_it_helps() {
    let direct = r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"x:k": "b"}}}"#;
    let account = crate::support::grant("Allow", r#"{"AWS": "111122223333"}"#);
    let named = format!("{direct}, {account}");
    assert_eq!(decide(&with_resource(Layers::new(), &named)), DEPENDS);
    assert_eq!(decide(&with_resource(identity(ALL), &named)), Decision::Allowed);
    assert_eq!(decide(&with_resource(identity(ALL), direct)), Decision::Allowed);
}
