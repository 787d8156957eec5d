//! Claims that hold under one reading of AWS's rules, and not under another one: none of them is proven.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use iam_analysis::{Actions, Analysis, Doubt, Fact, KeyShape, KeyText, KeyValues, Question, Space, Verdict};
use iam_eval::{Action, ContextValue, Layers, Point, Principal, Reading};
use iam_policy::{Limits, Mode, Policy, PolicyKind};

fn policy(statements: &[String], kind: PolicyKind) -> Arc<Policy> {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(","));
    Arc::new(Policy::parse(&text, kind, Mode::Deployed, &Limits::default()).unwrap())
}

fn layers(statements: &[String]) -> Layers {
    let mut layers = Layers::new();
    layers.identity.push(policy(statements, PolicyKind::Identity));
    layers
}

fn statement(effect: &str, rest: &str) -> String {
    format!(r#"{{"Effect": "{effect}", "Action": "iam:TagUser", {rest}}}"#)
}

fn if_(effect: &str, condition: &str) -> String {
    statement(effect, &format!(r#""Resource": "*", "Condition": {{{condition}}}"#))
}

fn never(layers: &Layers, space: Space) -> Verdict {
    let action = Actions::One(Action::new("iam:TagUser").unwrap());
    Analysis::new(space).never(&Question::new(layers).about(action))
}

/// The points that the answer rests on. Empty if it fails.
#[track_caller]
fn points(layers: &Layers, space: Space) -> Vec<Point> {
    match never(layers, space) {
        Verdict::Fails(_) => Vec::new(),
        Verdict::Unknown(doubts) => match doubts.as_slice() {
            [Doubt::Readings { points, request }] => {
                let action = Actions::One(request.action.clone());
                let question = Question::new(layers).about(action);
                assert!(question.is_shown_under(request, Reading::with_other(points.iter().copied())));
                assert!(!question.is_shown_by(request));
                points.clone()
            }
            doubts => panic!("{doubts:?}"),
        },
        Verdict::Holds => panic!("proven"),
    }
}

/// Both of a Deny for a text and a Deny for all other texts.
fn both(positive: &str, negated: &str, key: &str, value: &str) -> Vec<String> {
    vec![
        if_("Allow", &format!(r#""Null": {{"{key}": "false"}}"#)),
        if_("Deny", &format!(r#""{positive}": {{"{key}": "{value}"}}"#)),
        if_("Deny", &format!(r#""{negated}": {{"{key}": "{value}"}}"#)),
    ]
}

#[test]
fn an_account_variable_in_an_arn_may_be_replaced() {
    let allow = [statement("Allow", r#""Resource": "arn:aws:kms:us-east-1:${aws:PrincipalAccount}:key/*""#)];
    assert_eq!(points(&layers(&allow), Space::new()), [], "it is, where decisions are made");
    let mut space = Space::new();
    space.set_fact("aws:PrincipalAccount", Fact::Value(ContextValue::single("111122223333")));
    assert_eq!(points(&layers(&allow), space.clone()), []);
    // A Deny counts only if it is replaced under every reading.
    let deny = [
        statement("Allow", r#""Resource": "arn:aws:kms:us-east-1:111122223333:key/*""#),
        statement("Deny", r#""Resource": "arn:aws:kms:us-east-1:${aws:PrincipalAccount}:key/*""#),
    ];
    assert_eq!(points(&layers(&deny), space.clone()), [Point::VariableInArn]);
    // With NotResource, the Deny spares what the variable names, or nothing.
    let but = [
        statement("Allow", r#""Resource": "*""#),
        statement("Deny", r#""NotResource": "arn:aws:kms:*:${aws:PrincipalAccount}:key/*""#),
    ];
    assert_eq!(points(&layers(&but), space), []);
}

#[test]
fn neither_operator_is_true_of_what_cannot_be_compared() {
    // Several values under an operator without set operator.
    assert_eq!(
        points(&layers(&both("StringEquals", "StringNotEquals", "aws:TagKeys", "team")), Space::new()),
        []
    );
    // A text that is no ARN.
    let arns = both("ArnLike", "ArnNotLike", "aws:RequestTag/value", "arn:aws:iam::*:user/*");
    assert_eq!(points(&layers(&arns), Space::new()), []);
    // A key that is always an ARN matches one of both.
    let arns = both("ArnLike", "ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:user/*");
    assert_eq!(never(&layers(&arns), Space::new()), Verdict::Holds);
    // An address that cannot be read, and one that can.
    let mut space = Space::new();
    space.set_shape("aws:SourceIp", KeyShape { text: KeyText::Ip, ..KeyShape::of(KeyValues::Single) });
    let addresses = layers(&both("IpAddress", "NotIpAddress", "aws:SourceIp", "192.0.2.0/24"));
    assert_eq!(points(&addresses, Space::new()), []);
    assert_eq!(never(&addresses, space), Verdict::Holds);
    // A number that cannot be read is unequal, or it is not.
    let numbers = layers(&both("NumericEquals", "NumericNotEquals", "aws:RequestTag/n", "1"));
    assert_eq!(points(&numbers, Space::new()), [Point::UnreadableNumber]);
}

#[test]
fn a_letter_may_be_another_in_lower_case() {
    let kelvin = [
        if_("Allow", r#""StringEqualsIgnoreCase": {"aws:RequestTag/value": "k"}"#),
        if_("Deny", r#""StringEquals": {"aws:RequestTag/value": ["k", "K"]}"#),
    ];
    let Verdict::Fails(witness) = never(&layers(&kelvin), Space::new()) else { panic!("proven") };
    let seen = witness.request.context.value("aws:RequestTag/value").cloned();
    assert_eq!(seen, Some(ContextValue::single("\u{212A}")));
    // The other way round: if it is no other letter, the Deny spares it.
    let spared = [
        if_("Allow", "\"StringEquals\": {\"aws:RequestTag/value\": [\"\u{e9}\", \"\u{c9}\"]}"),
        if_("Deny", "\"StringEqualsIgnoreCase\": {\"aws:RequestTag/value\": \"\u{e9}\"}"),
    ];
    assert_eq!(points(&layers(&spared), Space::new()), [Point::LetterCase]);
}

#[test]
fn each_open_point_keeps_a_claim_from_being_proven() {
    let of = |condition: &str, deny: &str| layers(&[if_("Allow", condition), if_("Deny", deny)]);
    let key = "aws:RequestTag/k";
    let t = |operator: &str, value: &str| format!(r#""{operator}": {{"{key}": "{value}"}}"#);
    let date = "2026-01-01T00:00:00Z";
    let later = "2026-01-01T00:00:00.000000001Z";
    for (allow, deny, point) in [
        (t("DateGreaterThan", date), t("DateGreaterThan", later), Some(Point::Milliseconds)),
        (
            t("DateGreaterThan", date),
            t("DateGreaterThanEquals", "2026-01-01T00:00:00.001Z"),
            Some(Point::Milliseconds),
        ),
        (t("DateLessThan", date), t("DateLessThan", later), None),
        (t("IpAddress", "2001:db8::1"), t("IpAddress", "2001:db8::5/32"), None),
        (t("IpAddress", "2001:db8::5/32"), t("IpAddress", "192.0.2.1"), Some(Point::DeadNetwork)),
        (
            format!("{}, {}", t("ArnNotLike", "arn:aws:s3:::a"), t("Null", "false")),
            t("StringLike", "arn:*:*:*:*:*"),
            Some(Point::UnreadableArn),
        ),
    ] {
        let verdict = never(&of(&allow, &deny), Space::new());
        let known = of(&allow, &deny);
        match point {
            Some(point) => assert_eq!(points(&known, Space::new()), [point], "{allow} {deny}"),
            None => assert!(!matches!(verdict, Verdict::Unknown(_)), "{allow} {deny}: {verdict:?}"),
        }
    }
    let mut space = Space::new();
    space.set_shape("s3:k", KeyShape::of(KeyValues::Multiple));
    let blank =
        of(r#""Null": {"s3:k": "false"}, "ForAllValues:StringEquals": {"s3:k": ""}"#, &t("Null", "false"));
    assert_eq!(points(&blank, space), [Point::EmptyTextList]);
    let incomplete = layers(&[
        statement("Allow", r#""Resource": "arn:aws:iam:us-*-1:*:user/x""#),
        statement("Deny", r#""Resource": "arn:aws:iam:*-1""#),
    ]);
    assert_eq!(points(&incomplete, Space::new()), [Point::IncompleteArn]);
    let flag = of(&t("Bool", "${aws:username}"), &t("Null", "true"));
    assert!(!matches!(never(&flag, Space::new()), Verdict::Holds));
}

/// An early variable makes an entry null under one reading, whether or not the ARN is complete (rules 3.7, 3.29).
#[test]
fn an_early_variable_of_an_incomplete_arn_may_be_null() {
    let all = layers(&[if_("Allow", r#""Null": {"aws:PrincipalTag/k": "false"}"#)]);
    let but_one = layers(&[statement("Allow", r#""NotResource": "arn:aws:${aws:PrincipalTag/k}""#)]);
    let mut space = Space::new();
    space.set_fact("aws:PrincipalTag/k", Fact::Value(ContextValue::single("iam")));
    let tagged = Actions::One(Action::new("iam:TagUser").unwrap());
    let verdict = Analysis::new(space).never(&Question::new(&all).beyond(&but_one).about(tagged));
    let Verdict::Unknown(doubts) = verdict else { panic!("{verdict:?}") };
    let [Doubt::Readings { points, .. }] = doubts.as_slice() else { panic!("{doubts:?}") };
    assert_eq!(points, &[Point::VariableInArn]);
}

#[test]
fn session_policies_are_joined_in_one_of_two_ways() {
    let all = statement("Allow", r#""Resource": "*""#);
    let mut several = layers(std::slice::from_ref(&all));
    let a = statement("Allow", r#""Resource": "arn:aws:iam::111122223333:user/a""#);
    let b = statement("Allow", r#""Resource": "arn:aws:iam::111122223333:user/b""#);
    several.session = Some([&a, &b].map(|one| policy(std::slice::from_ref(one), PolicyKind::Session)).into());
    let mut one = several.clone();
    one.session = Some(vec![policy(&[a, b], PolicyKind::Session)]);
    let action = || Actions::One(Action::new("iam:TagUser").unwrap());
    let within = Question::new(&several).beyond(&one).about(action());
    assert_eq!(Analysis::new(Space::new()).never(&within), Verdict::Holds, "what each allows, one allows");
    let covers = Question::new(&one).beyond(&several).about(action());
    let Verdict::Unknown(doubts) = Analysis::new(Space::new()).never(&covers) else { panic!("known") };
    assert!(
        matches!(doubts.as_slice(), [Doubt::Readings { points, .. }] if points == &[Point::SessionPolicies])
    );
}

#[test]
fn an_allow_for_everyone_may_not_be_for_services() {
    let service = Principal::AwsService { service: "cloudwatch.amazonaws.com".into() };
    let named = |who: &str| {
        let mut layers = Layers::new();
        let rest = format!(r#""Principal": {{{who}}}, "Resource": "*""#);
        layers.resource = Some(policy(&[statement("Allow", &rest)], PolicyKind::Resource));
        layers
    };
    let (star, own) = (named(r#""AWS": "*""#), named(r#""Service": "cloudwatch.amazonaws.com""#));
    let ask = |allowed: &Layers, beyond: &Layers| {
        Analysis::new(Space::new()).never(&Question::new(allowed).beyond(beyond).asked_by(&service))
    };
    assert_eq!(ask(&star, &own), Verdict::Holds);
    let Verdict::Unknown(doubts) = ask(&own, &star) else { panic!("known") };
    assert!(
        matches!(doubts.as_slice(), [Doubt::Readings { points, .. }] if points == &[Point::StarAndServices])
    );
    // The name of another service is its own if the request says so.
    let other = named(r#""Service": "cloudwatch.eu-south-1.amazonaws.com""#);
    let Verdict::Fails(witness) = ask(&other, &Layers::new()) else { panic!("proven") };
    assert!(witness.request.context.value("aws:PrincipalServiceNamesList").is_some());
    let mut denied = own.clone();
    let deny = r#""Principal": {"Service": "cloudwatch.eu-south-1.amazonaws.com"}, "Resource": "*""#;
    let allow = r#""Principal": {"Service": "cloudwatch.amazonaws.com"}, "Resource": "*""#;
    let both = [statement("Allow", allow), statement("Deny", deny)];
    denied.resource = Some(policy(&both, PolicyKind::Resource));
    assert!(matches!(ask(&denied, &Layers::new()), Verdict::Fails(_)), "it may have no such name");
}

#[test]
fn resource_control_policies_may_not_bear_where_there_is_no_resource() {
    let mut denied = layers(&[statement("Allow", r#""Resource": "*""#)]);
    let full = r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#.to_owned();
    let none = statement("Deny", r#""Principal": "*", "Resource": "*""#);
    denied.rcp = Some(vec![vec![policy(&[full], PolicyKind::Rcp), policy(&[none], PolicyKind::Rcp)]]);
    assert_eq!(points(&denied, Space::new()), [Point::RcpWithoutResource]);
    denied.rcp = Some(vec![Vec::new()]);
    assert_eq!(points(&denied, Space::new()), [Point::RcpWithoutResource], "a level that allows nothing");
}

/// A Deny of a resource control policy bears on everything under the first reading. Under the other, what it spares may depend on a further
/// point.
#[test]
fn denies_of_resource_control_policies_have_readings_beside_those_of_others() {
    let full = r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#.to_owned();
    let with_rcp = |own: &[String], condition: &str| {
        let mut own = layers(own);
        let rest = format!(r#""Principal": "*", "Resource": "*"{condition}"#);
        let deny = statement("Deny", &rest);
        own.rcp = Some(vec![vec![
            policy(std::slice::from_ref(&full), PolicyKind::Rcp),
            policy(&[deny], PolicyKind::Rcp),
        ]]);
        own
    };
    let allow = [statement("Allow", r#""Resource": "*""#)];
    for condition in [
        r#", "Condition": {"StringNotEquals": {"aws:RequestTag/k": "x"}}"#,
        r#", "Condition": {"StringEquals": {"aws:RequestTag/k": "x"}}"#,
    ] {
        assert_eq!(points(&with_rcp(&allow, condition), Space::new()), [], "{condition}");
    }
    let unreadable = both("NumericEquals", "NumericNotEquals", "aws:RequestTag/n", "1");
    assert_eq!(
        points(&with_rcp(&unreadable, ""), Space::new()),
        [Point::UnreadableNumber, Point::RcpWithoutResource]
    );
}

/// A doubt names the points that a request rests on, and none that the search chose besides.
#[test]
fn a_doubt_names_no_point_that_does_not_matter() {
    let unreadable = both("NumericEquals", "NumericNotEquals", "aws:RequestTag/a", "1");
    let mut needed: Vec<String> = unreadable.into_iter().filter(|own| own.contains("Deny")).collect();
    needed.push(if_("Deny", "\"StringEqualsIgnoreCase\": {\"aws:RequestTag/b\": \"\u{e9}\"}"));
    let not_here = |key: &str| format!(r#""NotIpAddress": {{"aws:RequestTag/{key}": "192.0.2.0/24"}}"#);
    let needless: Vec<String> = ["c", "d", "e"].map(|key| if_("Deny", &not_here(key))).into();
    let letter = "\"StringEquals\": {\"aws:RequestTag/b\": [\"\u{e9}\", \"\u{c9}\"]}";
    let allow = if_("Allow", &format!(r#"{letter}, "Null": {{"aws:RequestTag/a": "false"}}"#));
    for statements in [
        [std::slice::from_ref(&allow), &needed, &needless].concat(),
        [std::slice::from_ref(&allow), &needless, &needed].concat(),
        [&needless, &needed[..], std::slice::from_ref(&allow)].concat(),
    ] {
        assert_eq!(points(&layers(&statements), Space::new()), [Point::UnreadableNumber, Point::LetterCase]);
    }
}

/// A policy is within itself under every reading, although each reading makes another policy of it.
#[test]
fn readings_are_the_same_for_all_policies_of_a_question() {
    let own = layers(&[
        statement(
            "Allow",
            r#""Resource": ["arn:aws:iam:*:${aws:PrincipalAccount}:user/*", "arn:aws:iam:*-1"]"#,
        ),
        if_("Allow", r#""StringEqualsIgnoreCase": {"aws:RequestTag/v": "k"}"#),
        if_("Deny", r#""NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24", "2001:db8::5/64"]}"#),
        if_("Deny", r#""DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}"#),
        if_("Deny", r#""ArnNotLike": {"aws:RequestTag/arn": "arn:aws:iam::*:user/*"}"#),
    ]);
    let other = layers(&own.identity[0].statements.iter().map(ToString::to_string).collect::<Vec<_>>());
    let mut space = Space::new();
    space.set_fact("aws:PrincipalAccount", Fact::Value(ContextValue::single("111122223333")));
    let question = Question::new(&own).beyond(&other);
    assert_eq!(Analysis::new(space).never(&question), Verdict::Holds);
}

#[test]
fn who_asks_who_he_is_is_always_answered() {
    let nothing = Layers::new();
    let own = Actions::One(Action::new("sts:GetCallerIdentity").unwrap());
    let asked = Question::new(&nothing).about(own.clone());
    assert!(matches!(Analysis::new(Space::new()).never(&asked), Verdict::Fails(_)));
    assert!(matches!(Analysis::new(Space::new()).never(&Question::new(&nothing)), Verdict::Fails(_)));
    let denied = layers(&[r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#.to_owned()]);
    assert!(matches!(Analysis::new(Space::new()).never(&Question::new(&denied)), Verdict::Fails(_)));
    assert_eq!(Analysis::new(Space::new()).never(&Question::new(&denied).beyond(&nothing)), Verdict::Holds);
    let anonymous = Question::new(&nothing).about(own).asked_by(&Principal::Anonymous);
    assert_eq!(Analysis::new(Space::new()).never(&anonymous), Verdict::Holds);
}

/// Each typed operator with a negation: what cannot be read is unequal, or it is not.
#[test]
fn what_cannot_be_read_is_unequal_or_it_is_not() {
    for (positive, negated, value, text, point) in [
        ("NumericEquals", "NumericNotEquals", "1", KeyText::Number, Point::UnreadableNumber),
        ("DateEquals", "DateNotEquals", "2026-01-01T00:00:00Z", KeyText::Date, Point::UnreadableNumber),
    ] {
        let key = "s3:k";
        let layers = layers(&both(positive, negated, key, value));
        let mut space = Space::new();
        assert_eq!(points(&layers, space.clone()), [point], "{negated}");
        // A key whose values can all be read has none that is neither.
        space.set_shape(key, KeyShape { text, ..KeyShape::of(KeyValues::Single) });
        assert_eq!(never(&layers, space), Verdict::Holds, "{negated}");
    }
}

/// A value that is known is compared under every reading that tells it apart.
#[test]
fn what_is_known_is_compared_under_every_reading() {
    let space = |value: ContextValue| {
        let mut space = Space::new();
        space.set_fact("s3:k", Fact::Value(value));
        space
    };
    let denied =
        |condition: &str| layers(&[statement("Allow", r#""Resource": "*""#), if_("Deny", condition)]);
    // The Kelvin sign is `k` in lower case, or another letter.
    let kelvin = denied(r#""StringEqualsIgnoreCase": {"s3:k": "k"}"#);
    assert_eq!(points(&kelvin, space(ContextValue::single("\u{212A}"))), [Point::LetterCase]);
    assert_eq!(never(&kelvin, space(ContextValue::single("K"))), Verdict::Holds);
    // A list of nothing but empty texts is a list without values, or it is not.
    let blank = denied(r#""ForAllValues:StringEquals": {"s3:k": "x"}"#);
    assert_eq!(points(&blank, space(ContextValue::multiple([""]))), [Point::EmptyTextList]);
    assert_eq!(never(&blank, space(ContextValue::multiple(["x"]))), Verdict::Holds);
    // `?` is one character beyond U+FFFF, or half of one.
    let wild = denied(r#""StringLike": {"s3:k": "??"}"#);
    assert!(!points(&wild, space(ContextValue::single("\u{1F600}"))).contains(&Point::LetterCase));
    // An unreadable number, whose test is not about texts.
    let number = denied(r#""NumericNotEquals": {"s3:k": "1"}"#);
    assert_eq!(points(&number, space(ContextValue::single("x"))), [Point::UnreadableNumber]);
}

/// A key with several values is no value for a variable (rule 3.23), unless the default counts.
#[test]
fn a_list_may_leave_a_variable_its_default() {
    let mut space = Space::new();
    space.set_fact("aws:TagKeys", Fact::Value(ContextValue::multiple(["a", "b"])));
    let if_equal = |variable: &str| {
        layers(&[if_("Allow", &format!(r#""StringEquals": {{"aws:RequestTag/x": "{variable}"}}"#))])
    };
    assert_eq!(points(&if_equal("${aws:TagKeys, 'd'}"), space.clone()), [Point::ListVariable]);
    assert_eq!(never(&if_equal("${aws:TagKeys}"), space.clone()), Verdict::Holds);
    // Also where the key is known, and another variable is free.
    let mut known = space.clone();
    known.set_fact("aws:RequestTag/x", Fact::Value(ContextValue::single("dog")));
    let verdict = never(&if_equal("${aws:TagKeys, 'd'}${aws:PrincipalTag/t}"), known);
    assert!(!matches!(verdict, Verdict::Holds), "{verdict:?}");
    let named = |variable: &str| {
        layers(&[statement("Allow", &format!(r#""Resource": "arn:aws:iam::111122223333:user/{variable}""#))])
    };
    assert_eq!(points(&named("${aws:TagKeys, 'd'}"), space.clone()), [Point::ListVariable]);
    assert_eq!(never(&named("${aws:TagKeys}"), space), Verdict::Holds);
}

/// `NotResource` with a variable that has no value: everything is listed, or nothing (rule 3.27).
#[test]
fn an_allow_for_all_but_nobody_knows_what_may_allow() {
    let mut space = Space::new();
    space.set_fact("aws:username", Fact::Absent);
    let rest = r#""NotResource": "arn:aws:iam::111122223333:user/${aws:username}""#;
    let allow = layers(&[statement("Allow", rest)]);
    assert_eq!(points(&allow, space.clone()), [Point::NullNotResource]);
    // A Deny applies in any case.
    let deny = layers(&[statement("Allow", r#""Resource": "*""#), statement("Deny", rest)]);
    assert_eq!(never(&deny, space), Verdict::Holds);
}

/// A pattern of an ARN operator that is no ARN for some value of its variable ends the comparison then (rule 4.22).
#[test]
fn a_variable_may_make_a_pattern_unreadable() {
    let only = |resource: &str| {
        let all = format!(r#""StringEquals": {{"aws:RequestTag/arn": "{resource}"}}"#);
        layers(&[if_("Allow", &all)])
    };
    let but = |pattern: &str| {
        layers(&[
            statement("Allow", r#""Resource": "*""#),
            if_("Deny", &format!(r#""ArnLike": {{"aws:RequestTag/arn": "{pattern}"}}"#)),
        ])
    };
    let ask = |one: &Layers, other: &Layers| {
        let action = Actions::One(Action::new("iam:TagUser").unwrap());
        Analysis::new(Space::new()).never(&Question::new(one).beyond(other).about(action))
    };
    let other = only("arn:aws-cn:iam::111122223333:user/a");
    let verdict = ask(&other, &but("arn:aws:${aws:RequestTag/rest}"));
    assert!(matches!(verdict, Verdict::Fails(_)), "with a text without colons it is no ARN: {verdict:?}");
    // With one that has colons, it is another ARN.
    let both = layers(&[
        if_("Allow", r#""StringEquals": {"aws:RequestTag/arn": "arn:aws-cn:iam::111122223333:user/a"}"#),
        if_("Deny", r#""ArnLike": {"aws:RequestTag/arn": "arn:aws:${aws:RequestTag/rest}"}"#),
    ]);
    assert!(!matches!(never(&both, Space::new()), Verdict::Holds));
    // A pattern that is never one ends the comparison, or it matches nothing.
    let both = layers(&[
        if_("Allow", r#""StringEquals": {"aws:RequestTag/arn": "arn:aws-cn:iam::111122223333:user/a"}"#),
        if_("Deny", r#""ArnLike": {"aws:RequestTag/arn": "arn:aws:${aws:RequestTag/rest}"}"#),
    ]);
    let mut space = Space::new();
    space.set_fact("aws:RequestTag/rest", Fact::Value(ContextValue::single("x")));
    assert_eq!(points(&both, space), [Point::UnreadablePattern]);
    // So it is with one that has no variable. STS takes such patterns in session policies.
    for pattern in ["arn:aws:x", "arn:aws:iam::111122223333", "arn"] {
        let mut own = layers(&[if_(
            "Allow",
            r#""StringEquals": {"aws:RequestTag/arn": "arn:aws-cn:iam::111122223333:user/a"}"#,
        )]);
        let session = [
            statement("Allow", r#""Resource": "*""#),
            if_("Deny", &format!(r#""ArnLike": {{"aws:RequestTag/arn": "{pattern}"}}"#)),
        ];
        own.session = Some(vec![policy(&session, PolicyKind::Session)]);
        assert_eq!(points(&own, Space::new()), [Point::UnreadablePattern], "{pattern}");
    }
    // With six fields it is an ARN whatever the variable is, and one of another partition.
    assert_eq!(ask(&other, &but("arn:aws:iam::111122223333:${aws:RequestTag/rest}")), Verdict::Holds);
    // A pattern that no ARN matches is unequal to every ARN; a text that is no ARN is neither, or unequal.
    let not = layers(&[if_(
        "Allow",
        r#""ArnNotLike": {"aws:RequestTag/arn": "x:aws:s3:::b"}, "StringEquals": {"aws:RequestTag/arn": "none"}"#,
    )]);
    assert_eq!(points(&not, Space::new()), [Point::UnreadableArn]);
}

/// Of characters beyond U+FFFF it is not known what `?` matches. That is a doubt, and no contradiction of the analysis with the evaluator.
#[test]
fn characters_of_two_units_leave_a_doubt() {
    let own = layers(&[statement("Allow", "\"Resource\": \"arn:aws:iam::111122223333:user/\u{1F600}\"")]);
    match never(&own, Space::new()) {
        Verdict::Fails(witness) => assert!(witness.request.resource.ends_with('\u{1F600}')),
        Verdict::Unknown(doubts) => {
            assert!(doubts.iter().all(|doubt| matches!(doubt, Doubt::Characters { .. })), "{doubts:?}");
        }
        Verdict::Holds => panic!("proven"),
    }
}

/// Conditions of which each has one point, so that together they have 256 ways to be met. With the resource it is 512.
const MANY_POINTS: [&str; 8] = [
    "\"StringEqualsIgnoreCase\": {\"aws:RequestTag/a\": \"\u{e9}\"}",
    r#""NumericNotEquals": {"aws:RequestTag/b": "1"}"#,
    r#""NotIpAddress": {"aws:RequestTag/c": "192.0.2.0/24"}"#,
    r#""ArnNotLike": {"aws:RequestTag/d": "arn:aws:iam::*:user/*"}"#,
    r#""DateGreaterThan": {"aws:RequestTag/e": "2026-01-01T00:00:00Z"}"#,
    r#""IpAddress": {"aws:RequestTag/f": "2001:db8::5/32"}"#,
    r#""Bool": {"aws:RequestTag/g": "${aws:username}"}"#,
    r#""ForAllValues:StringEquals": {"s3:k": "x"}"#,
];

fn with_many_points(resource: &str) -> String {
    let conditions = MANY_POINTS.join(", ");
    statement("Allow", &format!(r#""Resource": "{resource}", "Condition": {{{conditions}}}"#))
}

/// A statement that depends on more points than are told apart is proven of nothing.
#[test]
fn a_statement_with_too_many_points_leaves_the_answer_open() {
    let deny = statement("Deny", r#""Resource": "*""#);
    let of = |resource: &str| layers(&[with_many_points(resource), deny.clone()]);
    assert_eq!(never(&of("arn:aws:iam::111122223333:user/a"), Space::new()), Verdict::Holds);
    // There is nothing to search for under the first reading, or nothing is found.
    let deny_them = statement("Deny", r#""Resource": ["arn:aws:iam:*-1*", "arn:aws:iam::*:*"]"#);
    for own in [of("arn:aws:iam:*-1"), layers(&[with_many_points("arn:aws:iam:*-1"), deny_them])] {
        let verdict = never(&own, Space::new());
        let Verdict::Unknown(doubts) = verdict else { panic!("{verdict:?}") };
        assert!(matches!(doubts.as_slice(), [Doubt::OutOfSteps { action: Some(_), .. }]), "{doubts:?}");
    }
}

/// Decisions are made under the first reading. What it allows refutes a claim, however many points there are.
#[test]
fn a_request_of_the_first_reading_refutes_a_claim_with_too_many_points() {
    let other = statement("Allow", r#""Resource": "arn:aws:iam::111122223333:user/b""#);
    let own = layers(&[with_many_points("arn:aws:iam:*-1"), other]);
    let nothing = Layers::new();
    let action = Actions::One(Action::new("iam:TagUser").unwrap());
    let question = Question::new(&own).beyond(&nothing).about(action);
    let Verdict::Fails(witness) = Analysis::new(Space::new()).never(&question) else { panic!("not found") };
    assert!(question.is_shown_by(&witness.request));
    // A Deny with as many points is read under the first reading too.
    let deny = with_many_points("arn:aws:iam:*-1").replace("Allow", "Deny");
    let own = layers(&[statement("Allow", r#""Resource": "*""#), deny]);
    assert!(matches!(never(&own, Space::new()), Verdict::Fails(_)));
}

/// A statement whose variables never fit does not hide another one that allows.
#[test]
fn what_does_not_fit_hides_nothing_that_does() {
    let own = layers(&[
        if_(
            "Allow",
            r#""StringEquals": {"aws:RequestTag/x": "${aws:RequestTag/k}"},
               "StringNotEquals": {"aws:RequestTag/x": "${aws:RequestTag/k}"}"#,
        ),
        if_("Allow", r#""NumericEquals": {"aws:RequestTag/k": "7"}"#),
    ]);
    let Verdict::Fails(witness) = never(&own, Space::new()) else { panic!("not found") };
    assert_eq!(witness.request.context.value("aws:RequestTag/k"), Some(&ContextValue::single("7")));
}

/// A variable under `Bool` may have any value.
#[test]
fn a_variable_may_be_true() {
    let own = layers(&[if_("Allow", r#""Bool": {"aws:RequestTag/g": "${aws:RequestTag/v}"}"#)]);
    match never(&own, Space::new()) {
        Verdict::Fails(_) => {}
        Verdict::Unknown(doubts) => {
            assert!(doubts.iter().all(|doubt| matches!(doubt, Doubt::Variables { .. })), "{doubts:?}");
        }
        Verdict::Holds => panic!("proven"),
    }
}

/// What is known of a key may be of another type than its values are: it is compared as what it is, under every reading.
#[test]
fn what_is_known_may_be_of_another_type() {
    for (key, text, test) in [
        (
            "aws:SourceArn",
            KeyText::Arn,
            r#""ArnNotLike": {"aws:SourceArn": "arn:aws:s3:::${aws:RequestTag/t}"}"#,
        ),
        ("aws:SourceArn", KeyText::Arn, r#""ArnNotLike": {"aws:SourceArn": "arn:aws:s3:::b"}"#),
        ("aws:SourceIp", KeyText::Ip, r#""NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}"#),
        ("s3:number", KeyText::Number, r#""NumericNotEquals": {"s3:number": "1"}"#),
        ("s3:date", KeyText::Date, r#""DateNotEquals": {"s3:date": "2026-01-01T00:00:00Z"}"#),
    ] {
        let mut space = Space::new();
        space.set_shape(key, KeyShape { text, ..KeyShape::of(KeyValues::Single) });
        space.set_fact(key, Fact::Value(ContextValue::single("none")));
        for effect in ["Allow", "Deny"] {
            let own = layers(&[
                if_(effect, test),
                statement("Allow", r#""Resource": "arn:aws:iam::111122223333:user/b""#),
            ]);
            let none = layers(&[statement("Allow", r#""Resource": "arn:aws:iam::111122223333:user/b""#)]);
            let action = Actions::One(Action::new("iam:TagUser").unwrap());
            let (one, other) = if effect == "Allow" { (&own, &none) } else { (&none, &own) };
            let verdict = Analysis::new(space.clone()).never(&Question::new(one).beyond(other).about(action));
            assert!(!matches!(verdict, Verdict::Holds), "{effect} {test}: {verdict:?}");
        }
    }
}
