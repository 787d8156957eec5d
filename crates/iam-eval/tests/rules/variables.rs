//! Policy variables: part 3b of the rules, and rules 1.6 and 1.7.

use crate::support::{ALL, covers, document, effects, identity, many, one, outcome, request, user};
use iam_eval::{Context, ContextValue, Decision, Layers, Outcomes};
use iam_policy::PolicyKind;

fn named(value: ContextValue) -> Context {
    Context::new().with("aws:username", value)
}

fn on(layers: &Layers, resource: &str, context: &Context) -> Decision {
    let mut request = request(user()).with_context(context.clone());
    request.resource = resource.into();
    layers.decide(&request)
}

fn excluding(effect: &str, patterns: &str) -> Layers {
    let statement = format!(r#"{{"Effect": "{effect}", "Action": "*", "NotResource": {patterns}}}"#);
    identity(&if effect == "Deny" { format!("{ALL}, {statement}") } else { statement })
}

#[test]
fn a_variable_stands_for_the_value_and_its_key_ignores_case() {
    let ana = named(one("ana"));
    assert!(covers("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/ana/x", &ana));
    assert!(covers("arn:aws:s3:::b/${AWS:UserName}/*", "arn:aws:s3:::b/ana/x", &ana));
    assert!(!covers("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/Ana/x", &ana));
}

#[test]
fn wildcards_and_variables_in_a_value_are_literal() {
    for hostile in ["*", "?", "an*", "${aws:userid}", "${*}"] {
        let context = named(one(hostile)).with("aws:userid", one("ana"));
        let pattern = "arn:aws:s3:::b/${aws:username}";
        assert!(!covers(pattern, "arn:aws:s3:::b/ana", &context), "{hostile}");
        assert!(covers(pattern, &format!("arn:aws:s3:::b/{hostile}"), &context), "{hostile}");
        let condition = r#"{"StringLike": {"x:k": "${aws:username}"}}"#;
        let with = |value: &str| context.clone().with("x:k", one(value));
        assert_eq!(outcome(condition, &with("ana")), Outcomes::FALSE, "{hostile}");
        assert_eq!(outcome(condition, &with(hostile)), Outcomes::TRUE, "{hostile}");
    }
}

#[test]
fn a_star_before_a_variable_finds_the_last_place_for_the_value() {
    let aba = named(one("aba"));
    assert!(covers("arn:aws:s3:::b/*${aws:username}", "arn:aws:s3:::b/abababa", &aba));
    assert!(covers("arn:aws:s3:::b/*${aws:username}*c", "arn:aws:s3:::b/ababac", &aba));
    assert!(!covers("arn:aws:s3:::b/*${aws:username}", "arn:aws:s3:::b/abab", &aba));
    let empty = named(one(""));
    assert!(covers("arn:aws:s3:::b/*${aws:username}", "arn:aws:s3:::b/x", &empty));
    assert!(covers("arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/", &empty));
    assert!(!covers("arn:aws:s3:::b/?${aws:username}", "arn:aws:s3:::b/xy", &empty));
}

#[test]
fn a_default_counts_when_the_key_is_absent_and_only_then() {
    let pattern = "arn:aws:s3:::b/${aws:username, 'guest'}";
    assert!(covers(pattern, "arn:aws:s3:::b/guest", &Context::new()));
    assert!(!covers(pattern, "arn:aws:s3:::b/guest", &named(one("ana"))));
    assert!(!covers(pattern, "arn:aws:s3:::b/guest", &named(one(""))));
    assert!(covers(pattern, "arn:aws:s3:::b/", &named(one(""))));
    // A default is text as much as a value is.
    assert!(!covers("arn:aws:s3:::b/${aws:username, '*'}", "arn:aws:s3:::b/ana", &Context::new()));
    assert!(covers("arn:aws:s3:::b/${aws:username, '*'}", "arn:aws:s3:::b/*", &Context::new()));
}

#[test]
fn a_multivalued_key_counts_as_having_no_value() {
    for values in [&["ana"][..], &["ana", "bob"], &[]] {
        let context = named(many(values));
        assert!(!covers("arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/ana", &context));
        // The default does not stand in for a list; a list without values is an absent key.
        let guest = covers("arn:aws:s3:::b/${aws:username, 'guest'}", "arn:aws:s3:::b/guest", &context);
        assert_eq!(guest, values.is_empty(), "{values:?}");
    }
}

#[test]
fn a_null_entry_of_resource_matches_nothing_and_others_still_work() {
    let none = Context::new();
    assert!(!covers("arn:aws:s3:::b/*${aws:username}", "arn:aws:s3:::b/x", &none));
    let layers = identity(
        r#"{"Effect": "Allow", "Action": "*", "Resource": ["arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/shared"]}"#,
    );
    assert_eq!(on(&layers, "arn:aws:s3:::b/shared", &none), Decision::Allowed);
    assert_eq!(on(&layers, "arn:aws:s3:::b/", &none), Decision::ImplicitDeny);
    let layers = identity(&format!(
        r#"{ALL}, {{"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::b/${{aws:username}}"}}"#
    ));
    assert_eq!(on(&layers, "arn:aws:s3:::b/ana", &none), Decision::Allowed);
}

#[test]
fn a_null_entry_of_not_resource_denies_everything_and_allows_nothing() {
    let none = Context::new();
    let null = r#"["arn:aws:s3:::b/${aws:username}"]"#;
    for resource in ["arn:aws:s3:::b/ana", "arn:aws:s3:::other"] {
        assert_eq!(on(&excluding("Deny", null), resource, &none), Decision::ExplicitDeny, "{resource}");
        assert_eq!(on(&excluding("Allow", null), resource, &none), Decision::ImplicitDeny, "{resource}");
    }
    // Another entry that matches excludes for certain.
    let both = r#"["arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::shared"]"#;
    assert_eq!(on(&excluding("Deny", both), "arn:aws:s3:::shared", &none), Decision::Allowed);
    assert_eq!(on(&excluding("Allow", both), "arn:aws:s3:::shared", &none), Decision::ImplicitDeny);
}

#[test]
fn a_null_entry_of_not_resource_allows_no_request_without_resource() {
    let null = r#"["arn:aws:s3:::b/${aws:username}"]"#;
    assert_eq!(on(&excluding("Deny", null), "*", &Context::new()), Decision::ExplicitDeny);
    assert_eq!(on(&excluding("Allow", null), "*", &Context::new()), Decision::ImplicitDeny);
}

#[test]
fn a_variable_before_the_fifth_colon_is_replaced() {
    let context = Context::new().with("aws:PrincipalAccount", one("111122223333"));
    let queue = "arn:aws:sqs:eu-west-1:111122223333:q";
    let early = "arn:aws:sqs:eu-west-1:${aws:PrincipalAccount}:q";
    assert!(covers(early, queue, &context));
    assert!(!covers(early, queue, &Context::new()));
    let list = format!(r#"["{early}"]"#);
    for (resource, excluded) in [(queue, true), ("*", false), ("arn:aws:s3:::b", false)] {
        let allowed = if excluded { Decision::ImplicitDeny } else { Decision::Allowed };
        assert_eq!(on(&excluding("Allow", &list), resource, &context), allowed, "{resource}");
        let denied = if excluded { Decision::Allowed } else { Decision::ExplicitDeny };
        assert_eq!(on(&excluding("Deny", &list), resource, &context), denied, "{resource}");
    }
    // An escape is no variable.
    assert!(covers("arn:aws:sqs:eu${$}:1:q", "arn:aws:sqs:eu$:1:q", &context));
}

#[test]
fn null_in_a_condition_is_never_equal_to_anything() {
    for (operator, expected) in [
        ("StringEquals", Outcomes::FALSE),
        ("StringLike", Outcomes::FALSE),
        ("StringEqualsIgnoreCase", Outcomes::FALSE),
        ("StringNotEquals", Outcomes::TRUE),
        ("StringNotLike", Outcomes::TRUE),
        ("StringNotEqualsIgnoreCase", Outcomes::TRUE),
        ("ArnLike", Outcomes::FALSE),
        ("ArnNotEquals", Outcomes::TRUE),
    ] {
        let condition = format!(r#"{{"{operator}": {{"x:k": "${{aws:PrincipalArn}}"}}}}"#);
        for value in ["", "arn:aws:iam::1:user/a", "${aws:PrincipalArn}"] {
            // What is no ARN matches neither operator (rule 4.22).
            if operator == "ArnNotEquals" && !value.starts_with("arn:") {
                continue;
            }
            let context = Context::new().with("x:k", one(value));
            assert_eq!(outcome(&condition, &context), expected, "{operator} {value}");
        }
    }
    // Other values of the list still count.
    let context = Context::new().with("x:k", one("a"));
    let list = |operator: &str| format!(r#"{{"{operator}": {{"x:k": ["${{aws:username}}", "a"]}}}}"#);
    assert_eq!(outcome(&list("StringEquals"), &context), Outcomes::TRUE);
    assert_eq!(outcome(&list("StringNotEquals"), &context), Outcomes::FALSE);
}

#[test]
fn escapes_are_literal_in_every_place() {
    let with = |value: &str| Context::new().with("x:k", one(value));
    for (operator, text, value, expected) in [
        ("StringEquals", "${*}", "*", Outcomes::TRUE),
        ("StringEquals", "${*}", "${*}", Outcomes::FALSE),
        ("StringEquals", "a${?}${$}", "a?$", Outcomes::TRUE),
        ("StringLike", "${*}", "a", Outcomes::FALSE),
        ("StringLike", "${*}*", "*a", Outcomes::TRUE),
        ("StringLike", "${?}", "a", Outcomes::FALSE),
        ("StringLike", "${$}{aws:username}", "${aws:username}", Outcomes::TRUE),
        ("StringEquals", "a*", "ab", Outcomes::FALSE),
        ("StringEquals", "a*", "a*", Outcomes::TRUE),
        ("ArnLike", "arn:aws:s3:::${*}", "arn:aws:s3:::b", Outcomes::FALSE),
        ("ArnLike", "arn:aws:s3:::${*}", "arn:aws:s3:::*", Outcomes::TRUE),
        ("StringEquals", "cost$5$", "cost$5$", Outcomes::TRUE),
    ] {
        let condition = format!(r#"{{"{operator}": {{"x:k": "{text}"}}}}"#);
        assert_eq!(outcome(&condition, &with(value)), expected, "{operator} {text} {value}");
    }
}

#[test]
fn a_variable_may_hold_a_whole_arn() {
    let condition = r#"{"ArnLike": {"x:k": "${aws:PrincipalArn}"}}"#;
    let context =
        |own: &str, seen: &str| Context::new().with("aws:PrincipalArn", one(own)).with("x:k", one(seen));
    let arn = "arn:aws:iam::111122223333:role/a:b";
    assert_eq!(outcome(condition, &context(arn, arn)), Outcomes::TRUE);
    assert_eq!(outcome(condition, &context(arn, "arn:aws:iam::111122223333:role/a")), Outcomes::FALSE);
    assert_eq!(
        outcome(condition, &context("arn:aws:iam::*:role/a", "arn:aws:iam::1:role/a")),
        Outcomes::FALSE
    );
    // A pattern that is no ARN: an error if the request has an ARN.
    assert_eq!(outcome(condition, &context("nonsense", "nonsense")), Outcomes::FALSE);
    assert_eq!(outcome(condition, &context("nonsense", arn)), Outcomes::INDETERMINATE);
    // The value may bring fields, and the text may go on behind it.
    let behind = r#"{"ArnLike": {"x:k": "${aws:PrincipalArn}/*"}}"#;
    assert_eq!(outcome(behind, &context("arn:aws:iam::1:role/a", "arn:aws:iam::1:role/a/b")), Outcomes::TRUE);
    let middle = r#"{"ArnLike": {"x:k": "arn:aws:*:${x:two}:role/*"}}"#;
    let two =
        |value: &str| Context::new().with("x:two", one(value)).with("x:k", one("arn:aws:iam:eu:1:role/a"));
    assert_eq!(outcome(middle, &two("eu:1")), Outcomes::TRUE);
    assert_eq!(outcome(middle, &two("eu:2")), Outcomes::FALSE);
    assert_eq!(outcome(middle, &two("eu1")), Outcomes::INDETERMINATE);
}

#[test]
fn variables_are_plain_text_in_older_documents() {
    for version in [r#""Version": "2008-10-17", "#, ""] {
        let read = |resource: &str| {
            let mut layers = Layers::new();
            layers.identity.push(document(
                PolicyKind::Identity,
                &format!(r#"{{{version}"Statement": {{"Effect": "Allow", "Action": "*", "Resource": "{resource}"}}}}"#),
            ));
            layers
        };
        let ana = named(one("ana"));
        let layers = read("arn:aws:s3:::b/${aws:username}");
        assert_eq!(on(&layers, "arn:aws:s3:::b/ana", &ana), Decision::ImplicitDeny);
        assert_eq!(on(&layers, "arn:aws:s3:::b/${aws:username}", &ana), Decision::Allowed);
        let layers = read("arn:aws:s3:::b/${aws:username, 'x'}");
        assert_eq!(on(&layers, "arn:aws:s3:::b/x", &Context::new()), Decision::ImplicitDeny);
        // Rule 1.7: the star inside is a wildcard.
        let layers = read("arn:aws:s3:::b/${*}");
        assert_eq!(on(&layers, "arn:aws:s3:::b/*", &ana), Decision::ImplicitDeny);
        assert_eq!(on(&layers, "arn:aws:s3:::b/${anything}", &ana), Decision::Allowed);
    }
}

#[test]
fn each_document_of_a_request_keeps_its_own_version() {
    let statement = r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b/${aws:username}"}"#;
    let old = document(PolicyKind::Identity, &format!(r#"{{"Statement": {statement}}}"#));
    let new = crate::support::policy(PolicyKind::Identity, statement);
    let mut layers = Layers::new();
    layers.identity = vec![old, new];
    let ana = named(one("ana"));
    for resource in ["arn:aws:s3:::b/ana", "arn:aws:s3:::b/${aws:username}"] {
        assert_eq!(on(&layers, resource, &ana), Decision::Allowed, "{resource}");
    }
}

#[test]
fn a_variable_under_bool_is_true_or_false() {
    let condition = r#"{"Bool": {"x:k": "${x:flag}"}}"#;
    let context = |flag: Option<ContextValue>, seen: &str| {
        let context = Context::new().with("x:k", one(seen));
        flag.map_or(context.clone(), |flag| context.with("x:flag", flag))
    };
    assert_eq!(outcome(condition, &context(Some(one("True")), "true")), Outcomes::TRUE);
    assert_eq!(outcome(condition, &context(Some(one("false")), "true")), Outcomes::FALSE);
    assert_eq!(outcome(condition, &context(Some(one("yes")), "true")), Outcomes::FALSE);
    assert_eq!(outcome(condition, &context(Some(one("yes")), "false")), Outcomes::TRUE);
    assert_eq!(outcome(condition, &context(Some(one("*")), "true")), Outcomes::FALSE);
    assert_eq!(outcome(condition, &context(Some(one("true")), "yes")), Outcomes::FALSE);
    assert_eq!(outcome(condition, &context(None, "false")), Outcomes::FALSE);
    assert_eq!(outcome(condition, &context(Some(ContextValue::Unknown), "true")), Outcomes::OPEN);
    let never = r#"{"Bool": {"x:k": "t${x:flag}"}}"#;
    assert_eq!(outcome(never, &context(Some(ContextValue::Unknown), "true")), Outcomes::OPEN);
    assert_eq!(
        outcome(r#"{"Bool": {"x:k": "x${x:flag}"}}"#, &context(Some(ContextValue::Unknown), "true")),
        Outcomes::FALSE
    );
    assert_eq!(outcome(condition, &context(None, "true")), Outcomes::FALSE);
}

#[test]
fn an_unknown_value_in_an_arn_may_be_any_text() {
    let of = |pattern: &str, operator: &str, seen: &str| {
        let context = Context::new().with("x:k", one(seen)).with("x:team", ContextValue::Unknown);
        outcome(&format!(r#"{{"{operator}": {{"x:k": "{pattern}"}}}}"#), &context)
    };
    let (blue, other) = ("arn:aws:iam::111122223333:role/blue", "arn:aws:iam::444455556666:role/blue");
    let whole = "arn:aws:iam::111122223333:role/${x:team}";
    assert_eq!(of(whole, "ArnLike", blue), Outcomes::OPEN);
    assert_eq!(of(whole, "ArnLike", other), Outcomes::FALSE);
    assert_eq!(of(whole, "ArnNotLike", blue), Outcomes::OPEN);
    assert_eq!(of(whole, "ArnNotLike", other), Outcomes::TRUE);
    // A value may make a pattern without six fields one that has them, or leave it as it is (rule 4.22).
    let (no, yes, open) = (Decision::ImplicitDeny, Decision::Allowed, Decision::Depends);
    for (pattern, like, unlike) in [
        ("arn:xyz:${x:team}", (no, open), (open, Decision::ExplicitDeny)),
        ("arn:xyz:iam::${x:team}", (no, open), (open, Decision::ExplicitDeny)),
        ("arn:xyz:iam::111122223333:role/${x:team}", (no, yes), (yes, Decision::ExplicitDeny)),
        ("arn:xyz:iam::111122223333:role/a:${x:team}", (no, yes), (yes, Decision::ExplicitDeny)),
    ] {
        let context = Context::new().with("x:k", one(blue)).with("x:team", ContextValue::Unknown);
        let decided =
            |operator: &str| effects(&format!(r#"{{"{operator}": {{"x:k": "{pattern}"}}}}"#), &context);
        assert_eq!((decided("ArnLike"), decided("ArnNotLike")), (like, unlike), "{pattern}");
    }
}
