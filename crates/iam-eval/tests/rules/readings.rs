//! Readings: each open point with both of its answers (part 8 of the rules).
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use iam_eval::{
    Action, Context, ContextValue, Decision, Layers, Point, Principal, Reading, Readings, Request,
};
use iam_policy::{Limits, Mode, Policy, PolicyKind};

use crate::support::{OBJECT, many, one, session, user};

const YES: Decision = Decision::Allowed;
const NO: Decision = Decision::ImplicitDeny;
const DENIED: Decision = Decision::ExplicitDeny;
const ALL: &str = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;

fn policy(kind: PolicyKind, statements: &str) -> Arc<Policy> {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    Arc::new(Policy::parse(&text, kind, Mode::Deployed, &Limits::default()).unwrap())
}

fn allowing(resource: &str, condition: &str) -> Layers {
    stated("Allow", resource, condition)
}

/// An Allow for everything, and a session policy with a statement beside one that allows.
fn stated(effect: &str, resource: &str, condition: &str) -> Layers {
    let statement = format!(
        r#"{{"Effect": "{effect}", "Action": "*", "Resource": "{resource}", "Condition": {condition}}}"#
    );
    let beside = if effect == "Deny" { format!("{ALL}, {statement}") } else { statement };
    let mut layers = Layers::new();
    layers.identity = vec![policy(PolicyKind::Identity, ALL)];
    layers.session = Some(vec![policy(PolicyKind::Session, &beside)]);
    layers
}

fn asked(resource: &str, context: Context) -> Request {
    Request::new(session(), Action::new("s3:GetObject").unwrap(), resource)
        .owned_by("111122223333")
        .with_context(context)
}

fn key(value: ContextValue) -> Context {
    Context::new().with("x:k", value)
}

/// Checks the decision under the first answer and under the other one, and what follows for sets of readings.
#[track_caller]
fn differs(point: Point, layers: &Layers, request: &Request, first: Decision, other: Decision) {
    assert_eq!(layers.decide(request), first, "{point}: first answer");
    assert_eq!(layers.decide_under(request, Reading::FIRST), first, "{point}");
    assert_eq!(layers.compile().decide(request), first, "{point}: program");
    let reading = Reading::with_other([point]);
    assert_eq!(layers.decide_under(request, reading), other, "{point}: other answer");
    assert_eq!(layers.compile().decide_under(request, reading), other, "{point}: program");
    assert_eq!(layers.differing(request), [(point, other)], "{point}");
    assert_eq!(layers.decide_under(request, Readings::OPEN), Decision::Depends, "{point}");
}

#[test]
fn resources() {
    let named = Context::new().with("aws:PrincipalAccount", one("111122223333"));
    let queue = asked("arn:aws:sqs:eu-west-1:111122223333:q", named);
    let early = "arn:aws:sqs:eu-west-1:${aws:PrincipalAccount}:q";
    differs(Point::VariableInArn, &allowing(early, "{\"Null\": {\"x:k\": \"true\"}}"), &queue, YES, NO);
    differs(
        Point::VariableInArn,
        &stated("Deny", early, "{\"Null\": {\"x:k\": \"true\"}}"),
        &queue,
        DENIED,
        YES,
    );

    let mut short = Layers::new();
    short.identity =
        vec![policy(PolicyKind::Identity, r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3"}"#)];
    differs(Point::IncompleteArn, &short, &asked(OBJECT, Context::new()), YES, NO);
    let variable = r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:${x:k}"}"#;
    short.identity = vec![policy(PolicyKind::Identity, variable)];
    differs(Point::IncompleteArn, &short, &asked(OBJECT, key(one("s3:::bucket/key"))), NO, YES);

    let excluding = |effect: &str| {
        let mut layers = Layers::new();
        let statement =
            format!(r#"{{"Effect": "{effect}", "Action": "*", "NotResource": "arn:aws:s3:::${{x:k}}"}}"#);
        let all =
            if effect == "Deny" { ALL } else { r#"{"Effect": "Allow", "Action": "a:b", "Resource": "*"}"# };
        layers.identity = vec![policy(PolicyKind::Identity, &format!("{all}, {statement}"))];
        layers
    };
    let without = asked(OBJECT, Context::new());
    differs(Point::NullNotResource, &excluding("Allow"), &without, NO, YES);
    assert_eq!(excluding("Deny").decide(&without), DENIED);
    assert_eq!(excluding("Deny").decide_under(&without, Readings::OPEN), DENIED);
}

#[test]
fn texts() {
    let k = |value: &str| asked(OBJECT, key(one(value)));
    let on = |condition: &str| allowing("*", condition);
    let like = on(r#"{"StringLike": {"x:k": "a?b"}}"#);
    differs(Point::QuestionMark, &like, &k("a\u{10400}b"), NO, YES);
    let arn = on(r#"{"ArnLike": {"x:k": "arn:aws:s3:::a?b"}}"#);
    differs(Point::QuestionMark, &arn, &k("arn:aws:s3:::a\u{10400}b"), NO, YES);
    let resource = allowing("arn:aws:s3:::bucket/a?b", r#"{"Null": {"x:k": "true"}}"#);
    differs(
        Point::QuestionMark,
        &resource,
        &asked("arn:aws:s3:::bucket/a\u{10400}b", Context::new()),
        NO,
        YES,
    );

    let folded = on(r#"{"StringEqualsIgnoreCase": {"x:k": "KEY"}}"#);
    differs(Point::LetterCase, &folded, &k("\u{212A}ey"), YES, NO);
    assert_eq!(folded.decide_under(&k("key"), Readings::OPEN), YES);
    let filled = on(r#"{"StringEqualsIgnoreCase": {"x:k": "${x:other}Y"}}"#);
    let mut both = k("\u{e9}y");
    both.context.set("x:other", one("\u{c9}"));
    differs(Point::LetterCase, &filled, &both, YES, NO);

    let listed = on(r#"{"StringEquals": {"x:k": "${x:list, 'fallback'}"}}"#);
    let mut fallback = k("fallback");
    fallback.context.set("x:list", many(&["a"]));
    differs(Point::ListVariable, &listed, &fallback, NO, YES);

    let sets = on(r#"{"ForAllValues:StringEquals": {"x:k": "a"}}"#);
    differs(Point::EmptyTextList, &sets, &asked(OBJECT, key(many(&["", ""]))), YES, NO);
    let null = on(r#"{"Null": {"x:k": "false"}}"#);
    differs(Point::EmptyTextList, &null, &asked(OBJECT, key(many(&[""]))), NO, YES);
    assert_eq!(null.decide_under(&k(""), Readings::OPEN), YES);
}

#[test]
fn what_cannot_be_read() {
    let k = |value: &str| asked(OBJECT, key(one(value)));
    for (operator, wanted) in [("NumericNotEquals", "1"), ("DateNotEquals", "2026-03-01")] {
        let condition = format!(r#"{{"{operator}": {{"x:k": "{wanted}"}}}}"#);
        differs(Point::UnreadableNumber, &allowing("*", &condition), &k("junk"), YES, NO);
        differs(Point::UnreadableNumber, &stated("Deny", "*", &condition), &k("junk"), DENIED, YES);
    }
    // The same for a value of the policy.
    for (operator, seen) in [("NumericNotEquals", "1"), ("DateNotEquals", "2026-03-01")] {
        let condition = format!(r#"{{"{operator}": {{"x:k": "junk"}}}}"#);
        differs(Point::UnreadableNumber, &allowing("*", &condition), &k(seen), YES, NO);
        differs(Point::UnreadableNumber, &stated("Deny", "*", &condition), &k(seen), DENIED, YES);
    }
    let address = r#"{"NotIpAddress": {"x:k": "192.0.2.0/24"}}"#;
    differs(Point::UnreadableAddress, &stated("Deny", "*", address), &k("junk"), YES, DENIED);
    let arn = r#"{"ArnNotLike": {"x:k": "arn:aws:iam::*:role/a"}}"#;
    differs(Point::UnreadableArn, &stated("Deny", "*", arn), &k("junk"), YES, DENIED);

    let pattern = |list: &str, operator: &str| format!(r#"{{"{operator}": {{"x:k": [{list}]}}}}"#);
    let role = k("arn:aws:iam::111122223333:role/a");
    let bad_first = r#""junk", "arn:aws:iam::*:role/a""#;
    differs(Point::UnreadablePattern, &allowing("*", &pattern(bad_first, "ArnLike")), &role, NO, YES);
    differs(
        Point::UnreadablePattern,
        &stated("Deny", "*", &pattern(bad_first, "ArnNotLike")),
        &role,
        DENIED,
        YES,
    );
    // A match ends the comparison before the pattern that cannot be read.
    let good_first = r#""arn:aws:iam::*:role/a", "junk""#;
    assert_eq!(allowing("*", &pattern(good_first, "ArnLike")).decide_under(&role, Readings::OPEN), YES);
    assert_eq!(
        stated("Deny", "*", &pattern(good_first, "ArnNotLike")).decide_under(&role, Readings::OPEN),
        YES
    );
    // What is no ARN does not come to it.
    assert_eq!(
        stated("Deny", "*", &pattern(bad_first, "ArnLike")).decide_under(&k("x"), Readings::OPEN),
        YES
    );

    let network = r#"{"IpAddress": {"x:k": "2001:db8::5/64"}}"#;
    differs(Point::DeadNetwork, &allowing("*", network), &k("2001:db8::1"), NO, YES);
    let instant = r#"{"DateEquals": {"x:k": "2026-03-01T12:00:00Z"}}"#;
    differs(Point::Milliseconds, &allowing("*", instant), &k("2026-03-01T12:00:00.0004Z"), YES, NO);
    let mut flag = k("true");
    flag.context.set("x:flag", one("true"));
    differs(Point::BoolVariable, &allowing("*", r#"{"Bool": {"x:k": "${x:flag}"}}"#), &flag, YES, NO);
}

#[test]
fn layers_and_principals() {
    let service = || Principal::AwsService { service: "sns.amazonaws.com".into() };
    let call = |principal| {
        Request::new(
            principal,
            Action::new("sqs:SendMessage").unwrap(),
            "arn:aws:sqs:eu-west-1:111122223333:q",
        )
        .owned_by("111122223333")
    };
    let queue = |principal: &str| {
        let mut layers = Layers::new();
        let allow =
            format!(r#"{{"Effect": "Allow", "Principal": {principal}, "Action": "sqs:*", "Resource": "*"}}"#);
        layers.resource = Some(policy(PolicyKind::Resource, &allow));
        layers
    };
    differs(Point::StarAndServices, &queue(r#"{"AWS": "*"}"#), &call(service()), YES, NO);
    assert_eq!(queue(r#"{"AWS": "*"}"#).decide_under(&call(user()), Readings::OPEN), YES);

    // A service principal may have several names.
    let regional = queue(r#"{"Service": "sns.eu-west-1.amazonaws.com"}"#);
    let names = "aws:PrincipalServiceNamesList";
    assert_eq!(regional.decide(&call(service())), NO);
    let with = |value| call(service()).with_context(Context::new().with(names, value));
    assert_eq!(regional.decide(&with(many(&["sns.amazonaws.com", "sns.eu-west-1.amazonaws.com"]))), YES);
    assert_eq!(regional.decide(&with(ContextValue::Unknown)), Decision::Depends);
    assert_eq!(queue(r#"{"Service": "sns.amazonaws.com"}"#).decide(&with(ContextValue::Unknown)), YES);

    let mut two = allowing("*", r#"{"Null": {"x:k": "true"}}"#);
    let silent = policy(PolicyKind::Session, r#"{"Effect": "Allow", "Action": "a:b", "Resource": "*"}"#);
    two.session.as_mut().unwrap().push(silent);
    differs(Point::SessionPolicies, &two, &asked(OBJECT, Context::new()), YES, NO);

    let mut rcp = allowing("*", r#"{"Null": {"x:k": "true"}}"#);
    let control = r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}"#;
    let all = r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#;
    rcp.rcp = Some(vec![vec![policy(PolicyKind::Rcp, &format!("{control}, {all}"))]]);
    differs(Point::RcpWithoutResource, &rcp, &asked("*", Context::new()), DENIED, YES);
    assert_eq!(rcp.decide_under(&asked(OBJECT, Context::new()), Readings::OPEN), DENIED);
}

#[test]
fn get_caller_identity_needs_no_permission() {
    let deny = policy(PolicyKind::Identity, r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#);
    let mut layers = Layers::new();
    layers.identity = vec![Arc::clone(&deny)];
    layers.scp = Some(vec![]);
    let ask = |principal| Request::new(principal, Action::new("STS:getcalleridentity").unwrap(), "*");
    for principal in [user(), session(), crate::support::federated(), crate::support::service()] {
        let request = ask(principal);
        assert_eq!(layers.decide(&request), YES);
        assert_eq!(layers.compile().decide(&request), YES);
        let trace = layers.explain(&request);
        assert_eq!(trace.decision, YES);
        assert!(trace.layers.iter().all(|layer| layer.not_asked.is_some()), "{trace:?}");
    }
    assert_eq!(layers.decide(&ask(Principal::Anonymous)), NO);
    let mut endpoint = layers;
    let closed = r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}"#;
    endpoint.vpc_endpoint = Some(vec![policy(PolicyKind::VpcEndpoint, closed)]);
    assert_eq!(endpoint.decide(&ask(user())), DENIED);
}

#[test]
fn several_points_together_are_told_as_depends() {
    // Each other answer alone changes nothing, because the other statement still allows.
    let mut layers = allowing("*", r#"{"NumericNotEquals": {"x:k": "1"}}"#);
    let second =
        r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"x:flag": "${x:t}"}}}"#;
    layers.session = Some(vec![policy(
        PolicyKind::Session,
        &format!(
            r#"{second}, {{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {{"NumericNotEquals": {{"x:k": "1"}}}}}}"#
        ),
    )]);
    let context = key(one("junk")).with("x:flag", one("true")).with("x:t", one("true"));
    let request = asked(OBJECT, context);
    assert_eq!(layers.decide(&request), YES);
    assert_eq!(layers.differing(&request), []);
    assert_eq!(layers.decide_under(&request, Readings::OPEN), Decision::Depends);
    let both = Reading::with_other([Point::UnreadableNumber, Point::BoolVariable]);
    assert_eq!(layers.decide_under(&request, both), NO);
}

/// Not enough steps for every reading is no denial under every reading.
#[test]
fn a_budget_that_ends_under_several_readings_denies_nothing() {
    let slow = format!(
        r#"{ALL}, {{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::*{}z*"}}"#,
        "?".repeat(700)
    );
    let mut layers = Layers::new();
    layers.identity = vec![policy(PolicyKind::Identity, &slow)];
    let request = asked(&format!("arn:aws:s3:::{}\u{e9}", "a".repeat(60_000)), Context::new());
    assert_eq!(layers.decide(&request), YES);
    assert_ne!(layers.decide_under(&request, Readings::OPEN), NO);
}
