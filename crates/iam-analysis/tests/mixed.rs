//! Keys that are compared as texts and as numbers, words or ARNs at once: what is found, what is proven, and what stays open.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use iam_analysis::{Analysis, Doubt, Fact, KeyShape, KeyText, KeyValues, Question, Space, Verdict};
use iam_eval::{ContextValue, Layers};
use iam_policy::{Limits, Mode, Policy, PolicyKind};

/// Layers with statements that are given as effect and condition.
fn layers(statements: &[(&str, &str)]) -> Layers {
    let statement = |(effect, condition): &(&str, &str)| {
        format!(
            r#"{{"Effect": "{effect}", "Action": "s3:*", "Resource": "*", "Condition": {{{condition}}}}}"#
        )
    };
    let statements: Vec<String> = statements.iter().map(statement).collect();
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(","));
    let policy = Policy::parse(&text, PolicyKind::Identity, Mode::Deployed, &Limits::default()).unwrap();
    let mut layers = Layers::new();
    layers.identity.push(Arc::new(policy));
    layers
}

fn never(space: Space, statements: &[(&str, &str)]) -> Verdict {
    let layers = layers(statements);
    // What everyone may do is not asked for.
    Analysis::new(space).never(&Question::new(&layers).beyond(&Layers::new()))
}

/// The value of `s3:k` that a request has which is allowed, `-` if there is none, and `?` if it is open because of the types of that key.
fn value(text: KeyText, statements: &[(&str, &str)]) -> String {
    let mut space = Space::new();
    space.set_shape("s3:k", KeyShape { text, ..KeyShape::of(KeyValues::Single) });
    match never(space, statements) {
        Verdict::Holds => "-".into(),
        Verdict::Fails(witness) => match witness.request.context.value("s3:k") {
            Some(ContextValue::Single(value)) => value.to_string(),
            other => panic!("{other:?}"),
        },
        Verdict::Unknown(doubts) => {
            assert!(
                doubts.iter().all(|doubt| matches!(doubt, Doubt::MixedTypes { key, .. } if &**key == "s3:k")),
                "{doubts:?}"
            );
            "?".into()
        }
    }
}

fn test(operator: &str, values: &str) -> String {
    format!(r#""{operator}": {{"s3:k": [{values}]}}"#)
}

#[test]
fn texts_that_are_numbers_are_found() {
    let both = |one: (&str, &str), other: (&str, &str)| {
        value(KeyText::Any, &[("Allow", &[test(one.0, one.1), test(other.0, other.1)].join(", "))])
    };
    // One of finitely many texts.
    assert_eq!(both(("StringEquals", r#""0010.00""#), ("NumericEquals", r#""10""#)), "0010.00");
    assert_eq!(both(("StringEquals", r#""a", "7""#), ("NumericLessThan", r#""5""#)), "-");
    // The same number in another notation.
    assert_eq!(both(("StringLike", r#""*.0""#), ("NumericEquals", r#""5""#)), "5.0");
    assert_eq!(both(("StringLike", r#""0*""#), ("NumericEquals", r#""5""#)), "05");
    assert_eq!(both(("StringNotEquals", r#""5""#), ("NumericEquals", r#""5""#)), "5.0");
    // What no notation that is tried has stays open.
    assert_eq!(both(("StringLike", r#""a*""#), ("NumericEquals", r#""5""#)), "?");
    // A text that is no number is another number than 5.
    assert!(both(("StringLike", r#""a*""#), ("NumericNotEquals", r#""5""#)).starts_with('a'));
}

#[test]
fn comparisons_of_two_types_stay_open_where_none_of_the_values_fits() {
    let both = |text: KeyText| {
        let tests = [test("NumericLessThan", r#""5""#), test("IpAddress", r#""192.0.2.0/24""#)].join(", ");
        value(text, &[("Allow", &tests)])
    };
    assert_eq!(both(KeyText::Any), "?");
    assert_eq!(both(KeyText::Number), "?");
    // Of one type, all values beside which another could lie are tried.
    let tests = [test("NumericLessThan", r#""5""#), test("NumericGreaterThan", r#""5""#)].join(", ");
    assert_eq!(value(KeyText::Any, &[("Allow", &tests)]), "-");
    assert_eq!(value(KeyText::Number, &[("Allow", &tests)]), "-");
}

#[test]
fn true_is_one_word_in_any_case() {
    let (yes, no) = (test("Bool", r#""true""#), test("Bool", r#""false""#));
    let (word, other) = (test("StringEquals", r#""true""#), test("StringEquals", r#""false""#));
    let found = value(KeyText::Any, &[("Allow", &yes), ("Deny", &word)]);
    assert!(found != "true" && found.eq_ignore_ascii_case("true"), "{found}");
    let found = value(KeyText::Any, &[("Allow", &no), ("Deny", &other)]);
    assert!(!found.eq_ignore_ascii_case("true") && found != "false", "{found}");
    assert_eq!(value(KeyText::Any, &[("Allow", &yes), ("Deny", &no), ("Deny", &yes)]), "-");
    let like = |pattern: &str| test("StringLike", pattern);
    assert_eq!(value(KeyText::Any, &[("Allow", &yes), ("Deny", &like(r#""t*", "T*""#))]), "-");
    // A key whose values are `true` and `false` as AWS writes them has no others.
    assert_eq!(value(KeyText::Bool, &[("Allow", &yes), ("Deny", &word)]), "-");
    assert_eq!(value(KeyText::Bool, &[("Allow", &like(r#""t*""#)), ("Deny", &yes)]), "-");
    assert_eq!(value(KeyText::Bool, &[("Allow", &like(r#""f*""#)), ("Deny", &yes)]), "false");
}

#[test]
fn texts_are_arns_or_are_not() {
    let deny = test("ArnLike", r#""arn:aws:s3:::a""#);
    let like = |pattern: &str| test("StringLike", pattern);
    // Every text that fits is an ARN, and each ARN but one.
    assert_eq!(value(KeyText::Any, &[("Allow", &like(r#""arn:aws:s3:::a""#)), ("Deny", &deny)]), "-");
    let found = value(KeyText::Any, &[("Allow", &like(r#""arn:aws:s3:::?""#)), ("Deny", &deny)]);
    assert!(found.starts_with("arn:aws:s3:::") && !found.ends_with('a'), "{found}");
    // No ARN ends so and is a number, and the number itself is no ARN.
    let number = test("NumericEquals", r#""5""#);
    let both = format!("{}, {number}", like(r#""*5""#));
    assert_eq!(value(KeyText::Any, &[("Allow", &both), ("Deny", &deny)]), "5");
    let both = format!("{}, {number}", like(r#""arn:*:*:*:*:*""#));
    assert_eq!(value(KeyText::Any, &[("Allow", &both), ("Deny", &deny)]), "?");
    let both = format!("{}, {number}", like(r#""arn:aws:s3""#));
    assert_eq!(value(KeyText::Any, &[("Allow", &both), ("Deny", &deny)]), "-");
}

/// Texts of session names and tags have the characters that AWS lets them have.
#[test]
fn session_names_and_tags_have_their_characters() {
    for (text, pattern, fits) in [
        (KeyText::SessionName, "a b", false),
        (KeyText::SessionName, "a", false),
        (KeyText::SessionName, "a.b", true),
        (KeyText::SessionName, "a:b", false),
        (KeyText::TagKey, "aws:x", false),
        (KeyText::TagKey, "AWS:x", false),
        (KeyText::TagKey, "a b", true),
        (KeyText::TagKey, "", false),
        (KeyText::TagValue, "", true),
        (KeyText::TagValue, "a;b", false),
        (KeyText::TagValue, "ä", true),
        (KeyText::TagValue, "a/b+c=d-e@f:g", true),
    ] {
        let found = value(text, &[("Allow", &test("StringEquals", &format!("{pattern:?}")))]);
        assert_eq!(found, if fits { pattern } else { "-" }, "{text:?} {pattern}");
    }
    // A name of no character that a bound list has, in either case.
    let all = r#""*a*", "*b*""#;
    let found = value(
        KeyText::SessionName,
        &[("Allow", &test("StringNotLike", all)), ("Deny", r#""Null": {"s3:k": "true"}"#)],
    );
    assert!(found.len() > 1 && !found.contains(['a', 'b']), "{found}");
}

/// A fact holds in every request. A set without values is an absent key (rule 4.8), and what is not known is no fact.
#[test]
fn a_known_value_is_the_only_one() {
    let space = |fact: Fact| {
        let mut space = Space::new();
        space.set_fact("S3:K", fact);
        space
    };
    let multiple = |values: &[&str]| Fact::Value(ContextValue::multiple(values.iter().copied()));
    let single = |value: &str| Fact::Value(ContextValue::single(value));
    let is = test("StringEquals", r#""a""#);
    let not = test("StringNotEquals", r#""a""#);
    let any = r#""ForAnyValue:StringEquals": {"s3:k": "a"}"#;
    let all = r#""ForAllValues:StringEquals": {"s3:k": "a"}"#;
    let absent = r#""Null": {"s3:k": "true"}"#;
    for (fact, condition, holds) in [
        (single("a"), is.as_str(), false),
        (single("b"), &is, true),
        (single("b"), &not, false),
        (Fact::Absent, &is, true),
        (Fact::Absent, &not, false),
        (Fact::Absent, absent, false),
        (single("a"), absent, true),
        (multiple(&["a", "b"]), any, false),
        (multiple(&["a", "b"]), all, true),
        (multiple(&["b"]), any, true),
        (multiple(&["a"]), all, false),
        (multiple(&[]), absent, false),
        (multiple(&[]), any, true),
        (Fact::Value(ContextValue::Unknown), &is, false),
        (Fact::Value(ContextValue::Unknown), absent, false),
    ] {
        let verdict = never(space(fact.clone()), &[("Allow", condition)]);
        assert_eq!(matches!(verdict, Verdict::Holds), holds, "{fact:?} {condition}: {verdict:?}");
        assert!(!matches!(verdict, Verdict::Unknown(_)), "{fact:?} {condition}: {verdict:?}");
    }
}

/// By default the resource of a request has the form of an ARN, or there is none.
#[test]
fn resources_may_be_any_text_if_the_space_has_them() {
    let text = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:*:*:*:*:*"}]}"#;
    let policy = Policy::parse(text, PolicyKind::Identity, Mode::Deployed, &Limits::default()).unwrap();
    let mut own = Layers::new();
    own.identity.push(Arc::new(policy));
    let ask = |space: Space| Analysis::new(space).never(&Question::new(&own).beyond(&Layers::new()));
    let Verdict::Fails(witness) = ask(Space::new()) else { panic!() };
    assert_eq!(&*witness.request.resource, "*");
    let text = text.replace(r#""Resource": "*"}"#, r#""Resource": "?*:*"}"#);
    let policy = Policy::parse(&text, PolicyKind::Identity, Mode::Deployed, &Limits::default()).unwrap();
    let mut own = Layers::new();
    own.identity.push(Arc::new(policy));
    let ask = |space: Space| Analysis::new(space).never(&Question::new(&own).beyond(&Layers::new()));
    assert_eq!(ask(Space::new()), Verdict::Holds);
    let Verdict::Fails(witness) = ask(Space::new().with_any_resource()) else { panic!() };
    assert!(!witness.request.resource.starts_with("arn:"), "{:?}", witness.request);
}

/// Several variables: an answer is found with each of them absent, present, or equal to a text of the policies.
#[test]
fn values_of_variables_are_thought_of() {
    let tag = |name: &str| format!("aws:PrincipalTag/{name}");
    let absent = |name: &str| format!(r#""{}": "true""#, tag(name));
    let equals = |name: &str, variable: &str, default: bool| {
        let default = if default { ", 'none'" } else { "" };
        format!(r#""aws:RequestTag/{name}": "${{{}{default}}}""#, tag(variable))
    };
    let ask = |null: &[String], strings: &[String], more: &str| {
        let mut tests = vec![format!(r#""StringEquals": {{{}}}"#, strings.join(", "))];
        if !null.is_empty() {
            tests.push(format!(r#""Null": {{{}}}"#, null.join(", ")));
        }
        if !more.is_empty() {
            tests.push(more.to_owned());
        }
        never(Space::new(), &[("Allow", &tests.join(", "))])
    };
    let with = |names: [bool; 3]| -> Vec<String> {
        ["a", "b", "c"].iter().zip(names).map(|(name, default)| equals(name, name, default)).collect()
    };
    // One of three is absent.
    for (at, name) in ["a", "b", "c"].iter().enumerate() {
        let verdict = ask(&[absent(name)], &with([0, 1, 2].map(|own| own == at)), "");
        assert!(matches!(verdict, Verdict::Fails(_)), "{name}: {verdict:?}");
        // One of three is present.
        let others: Vec<String> =
            ["a", "b", "c"].iter().filter(|own| *own != name).map(|own| absent(own)).collect();
        let verdict = ask(&others, &with([0, 1, 2].map(|own| own != at)), "");
        assert!(matches!(verdict, Verdict::Fails(_)), "{name}: {verdict:?}");
        // One of three has a value that a policy names, and the others have not.
        let red = format!(r#""StringLike": {{"{}": "red*"}}"#, tag(name));
        let others: Vec<String> = ["a", "b", "c"]
            .iter()
            .filter(|own| *own != name)
            .map(|own| format!(r#""{}": "red*""#, tag(own)))
            .collect();
        let not = format!(r#"{red}, "StringNotLike": {{{}}}"#, others.join(", "));
        let verdict = ask(&[], &with([false; 3]), &not);
        assert!(matches!(verdict, Verdict::Fails(_)), "{name}: {verdict:?}");
    }
    // One variable: absent, empty, or a text of a policy.
    for (null, more, default) in [
        (vec![absent("a")], String::new(), true),
        (vec![], format!(r#""StringLike": {{"{}": ""}}"#, tag("a")), false),
        (vec![], format!(r#""StringLike": {{"{}": "red"}}"#, tag("a")), false),
    ] {
        let verdict = ask(&null, &[equals("a", "a", default)], &more);
        assert!(matches!(verdict, Verdict::Fails(_)), "{null:?} {more}: {verdict:?}");
    }
}

/// A text that is no ARN is unequal to every pattern of an ARN, or it is neither equal nor unequal.
#[test]
fn texts_under_negated_arn_operators_are_arns_or_are_not() {
    let deny = test("ArnNotLike", r#""arn:aws:s3:::a""#);
    let like = |pattern: &str| test("StringLike", pattern);
    assert_eq!(
        value(KeyText::Any, &[("Allow", &like(r#""arn:aws:s3:::?""#)), ("Deny", &deny)]),
        "arn:aws:s3:::a"
    );
    let number = test("NumericEquals", r#""5""#);
    let deny = test("ArnNotLike", r#""arn:aws:s3:::*5""#);
    let both = format!("{}, {number}", like(r#""*5""#));
    assert_eq!(value(KeyText::Any, &[("Allow", &both), ("Deny", &deny)]), "5");
    let both = format!("{}, {number}", like(r#""arn:*:*:*:*:*""#));
    assert_eq!(value(KeyText::Any, &[("Allow", &both), ("Deny", &deny)]), "?");
    let both = format!("{}, {number}", like(r#""arn:aws:s3""#));
    assert_eq!(value(KeyText::Any, &[("Allow", &both), ("Deny", &deny)]), "-");
}

/// A set without values is an absent key, and a variable then has its default (rules 3.23, 4.8).
#[test]
fn a_set_without_values_leaves_a_variable_its_default() {
    let mut space = Space::new();
    space.set_fact("s3:list", Fact::Value(ContextValue::multiple(Vec::<&str>::new())));
    let verdict = never(space, &[("Allow", r#""StringEquals": {"s3:x": "${s3:list, 'd'}"}"#)]);
    assert!(matches!(verdict, Verdict::Fails(_)), "{verdict:?}");
}

/// A list of no values under a negated operator: true of one value and of none, and not of several.
#[test]
fn nothing_is_unequal_to_a_list_without_values_but_several() {
    let mut space = Space::new();
    space.set_shape("s3:k", KeyShape::of(KeyValues::Multiple));
    let tests = format!(r#"{}, "Null": {{"s3:k": "false"}}"#, test("StringNotEquals", ""));
    assert_eq!(never(space, &[("Allow", &tests)]), Verdict::Holds);
    assert_ne!(value(KeyText::Any, &[("Allow", &tests)]), "-");
}

/// Every text that fits is an ARN, and whether one of them is the number as well stays open.
#[test]
fn what_stays_open_among_arns_is_not_closed_by_the_texts_that_are_none() {
    let number = test("NumericEquals", r#""5""#);
    for (operator, denied) in [("ArnLike", r#""arn:aws:s3:::bc""#), ("ArnNotLike", r#""arn:aws:s3:::*c""#)] {
        let both = format!("{}, {number}", test("StringLike", r#""arn:aws:s3:::b*""#));
        let deny = test(operator, denied);
        assert_eq!(value(KeyText::Any, &[("Allow", &both), ("Deny", &deny)]), "?", "{operator}");
        assert_eq!(value(KeyText::Any, &[("Deny", &deny), ("Allow", &both)]), "?", "{operator}");
    }
    // Where the ARN operator allows, what is no ARN is out of the question.
    let both = |arns: &str| format!("{}, {}", test("ArnLike", arns), test("NumericEquals", r#""5""#));
    let deny = test("StringNotLike", r#""arn:aws:s3:::b*""#);
    for arns in [r#""arn:aws:s3:::b*""#, r#""arn:aws:s3:::*""#] {
        assert_eq!(value(KeyText::Any, &[("Deny", &deny), ("Allow", &both(arns))]), "?", "{arns}");
    }
}

/// Rule 3.6: only `*` matches a request without a resource.
#[test]
fn a_pattern_of_every_arn_is_not_one_of_requests_without_a_resource() {
    let layers = |resource: &str| {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "s3:*", "Resource": {resource}}}]}}"#
        );
        let policy = Policy::parse(&text, PolicyKind::Identity, Mode::Deployed, &Limits::default()).unwrap();
        let mut layers = Layers::new();
        layers.identity.push(Arc::new(policy));
        layers
    };
    for every in [r#""*:*""#, r#"["*:*", "?*"]"#, r#""*?""#, r#""*:*:*:*:*:*""#] {
        let (all, arns) = (layers(r#""*""#), layers(every));
        let ask = |allowed: &Layers, beyond: &Layers| {
            Analysis::new(Space::new()).never(&Question::new(allowed).beyond(beyond))
        };
        assert_eq!(ask(&arns, &all), Verdict::Holds, "{every}");
        let Verdict::Fails(witness) = ask(&all, &arns) else { panic!("{every}") };
        assert_eq!(&*witness.request.resource, "*", "{every}");
        let Verdict::Fails(witness) = ask(&arns, &Layers::new()) else { panic!("{every}") };
        assert!(witness.request.resource.starts_with("arn:"), "{every}: {:?}", witness.request);
    }
}
