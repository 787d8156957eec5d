//! Values that hardly ever matter: each question has one kind of them that answers it, and the analysis must think of that kind.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use iam_analysis::{Analysis, KeyShape, KeyValues, Question, Space, Verdict};
use iam_eval::{ContextValue, Layers};
use iam_policy::{Limits, Mode, Policy, PolicyKind};

/// The values of `k`, or of `one`, in a request that statements (given as effect and condition) allow. `None` if there is no such request.
fn values(statements: &[(&str, &str)]) -> Option<Vec<String>> {
    let statements: Vec<String> = statements
        .iter()
        .map(|(effect, condition)| {
            format!(
                r#"{{"Effect": "{effect}", "Action": "s3:*", "Resource": "*", "Condition": {{{condition}}}}}"#
            )
        })
        .collect();
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(","));
    let policy = Policy::parse(&text, PolicyKind::Identity, Mode::Deployed, &Limits::default()).unwrap();
    let mut layers = Layers::new();
    layers.identity.push(Arc::new(policy));
    let mut space = Space::new();
    space.set_shape("s3:k", KeyShape::of(KeyValues::Multiple));
    space.set_shape("s3:one", KeyShape::of(KeyValues::Single));
    // What everyone may do is not asked for.
    let nothing = Layers::new();
    match Analysis::new(space).never(&Question::new(&layers).beyond(&nothing)) {
        Verdict::Holds => None,
        Verdict::Fails(witness) => Some(match witness.request.context.value("s3:k") {
            Some(ContextValue::Multiple(values)) => {
                let mut values: Vec<String> = values.iter().map(ToString::to_string).collect();
                values.sort();
                values
            }
            None => match witness.request.context.value("s3:one") {
                Some(ContextValue::Single(value)) => vec![value.to_string()],
                _ => vec!["absent".to_owned()],
            },
            other => panic!("{other:?}"),
        }),
        Verdict::Unknown(doubts) => panic!("{doubts:?}"),
    }
}

#[test]
fn sets_of_every_kind_are_thought_of() {
    let present = r#""Null": {"s3:k": "false"}"#;
    let all = |texts: &str| format!(r#""ForAllValues:StringLike": {{"s3:k": [{texts}]}}"#);
    let some = |texts: &str| format!(r#""ForAnyValue:StringLike": {{"s3:k": [{texts}]}}"#);
    let found = |values: &[&str]| Some(values.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>());
    let (a, b, ab, any, one) =
        (all(r#""a""#), all(r#""b""#), all(r#""a", "b""#), all(r#""*""#), some(r#""?*""#));

    assert_eq!(values(&[("Allow", &ab)]), found(&["absent"]));
    // Not all are a, and not all are b: one of each.
    let both = format!("{present}, {ab}");
    assert_eq!(values(&[("Allow", &both), ("Deny", &a), ("Deny", &b)]), found(&["a", "b"]));
    // Nothing but what no text is.
    let neither = format!("{present}, {a}");
    assert_eq!(values(&[("Allow", &neither), ("Deny", &a)]), None);
    assert_eq!(values(&[("Allow", present), ("Deny", &any)]), None);
    // One is a, and one is b, and all are one of both.
    let each = format!(r#"{both}, "ForAnyValue:StringEquals": {{"s3:k": "a"}}"#);
    assert_eq!(values(&[("Allow", &each), ("Deny", &a)]), found(&["a", "b"]));
    assert_eq!(values(&[("Allow", &each), ("Deny", &some(r#""b""#))]), found(&["a"]));
    // A set of nothing but the empty text passes whatever is asked of all, and counts as no set for `Null` (rule 4.8).
    let blank = format!(r#"{a}, "ForAnyValue:StringEquals": {{"s3:k": ""}}"#);
    assert_eq!(values(&[("Allow", &blank), ("Deny", &one)]), found(&[""]));
    assert_eq!(values(&[("Allow", &neither), ("Deny", &one)]), None);
    assert_eq!(values(&[("Allow", &neither), ("Deny", &some(r#""*""#))]), None);
}

#[test]
fn gaps_between_ranges_and_numbers_are_thought_of() {
    let test = |operator: &str, texts: &str| format!(r#""{operator}": {{"s3:one": [{texts}]}}"#);
    let only = |allow: (&str, &str), denies: &[(&str, &str)]| {
        let denies: Vec<String> = denies.iter().map(|(operator, texts)| test(operator, texts)).collect();
        let mut statements = vec![("Allow", test(allow.0, allow.1))];
        statements.extend(denies.into_iter().map(|deny| ("Deny", deny)));
        let statements: Vec<(&str, &str)> = statements.iter().map(|(e, c)| (*e, c.as_str())).collect();
        values(&statements)
    };
    // The lower half and a piece of the upper are out: what follows them is not.
    let address = only(("IpAddress", r#""0.0.0.0/0""#), &[("IpAddress", r#""0.0.0.0/1", "192.0.2.0/24""#)]);
    assert!(address.is_some_and(|found| found == ["128.0.0.0"] || found == ["192.0.3.0"]));
    assert_eq!(
        only(("IpAddress", r#""0.0.0.0/0""#), &[("IpAddress", r#""0.0.0.0/1", "128.0.0.0/1""#)]),
        None
    );
    let six = only(("IpAddress", r#""::/0""#), &[("IpAddress", r#""::/1", "c000::/2""#)]);
    assert_eq!(six, Some(vec!["8000::".to_owned()]));
    // Between two numbers, and between two that nothing is between but smaller parts.
    let number = only(
        ("NumericGreaterThan", r#""1.5""#),
        &[("NumericGreaterThanEquals", r#""1.6""#), ("NumericEquals", r#""1.55", "1.51", "1.501""#)],
    );
    assert!(number.is_some_and(|found| found[0].starts_with("1.5")));
    assert_eq!(only(("NumericGreaterThan", r#""1.5""#), &[("NumericGreaterThanEquals", r#""1.5""#)]), None);
    let date = only(
        ("DateGreaterThan", r#""2026-01-01T00:00:00Z""#),
        &[("DateGreaterThan", r#""2026-01-01T00:00:01Z""#)],
    );
    assert!(date.is_some());
}

#[test]
fn a_key_that_always_has_an_arn_is_never_another_text() {
    let of = |text: &str, key: &str| {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {{{text}}}}}}}"#
        );
        let text = text.replace("KEY", key);
        let policy = Policy::parse(&text, PolicyKind::Identity, Mode::Deployed, &Limits::default()).unwrap();
        let mut layers = Layers::new();
        layers.identity.push(Arc::new(policy));
        let nothing = Layers::new();
        Analysis::new(Space::new()).never(&Question::new(&layers).beyond(&nothing)) == Verdict::Holds
    };
    for text in [
        r#""StringEquals": {"KEY": "hello"}"#,
        r#""StringLike": {"KEY": "h?llo*"}"#,
        r#""Null": {"KEY": "false"}, "ArnNotLike": {"KEY": "arn:*:*:*:*:*"}"#,
        r#""StringNotLike": {"KEY": "arn:*"}, "Null": {"KEY": "false"}"#,
        r#""StringLike": {"KEY": "x*"}, "ArnNotLike": {"KEY": "arn:aws:s3:::b"}, "Null": {"KEY": "false"}"#,
    ] {
        assert!(of(text, "aws:SourceArn"), "{text}");
        // A key of a service may have what the caller says.
        assert!(!of(text, "s3:key") || text.contains("ArnNotLike"), "{text}");
    }
}
