//! Facts about the requests, put into the statements.

use iam_analysis::Fact;
use iam_eval::ContextValue;

use super::*;

/// A space in which keys have values, or are absent.
fn knowing(facts: &[(&str, Option<&str>)]) -> Space {
    let mut space = Space::new();
    for (key, value) in facts {
        let value = value.map(ContextValue::single);
        space.set_fact(key, value.map_or(Fact::Absent, Fact::Value));
    }
    space
}

fn known(facts: &[(&str, Option<&str>)], statements: &[String]) -> Vec<String> {
    exactly(&knowing(facts), &alone(&policy(statements)))
}

#[test]
fn a_condition_that_facts_decide_is_not_written() {
    let team = r#""StringEquals":{"aws:PrincipalTag/team":"a"}"#;
    let secure = r#""Bool":{"aws:SecureTransport":"true"}"#;
    let both = [when(&format!("{team},{secure}"))];
    assert_eq!(known(&[("aws:principaltag/TEAM", Some("a"))], &both), [when(secure)]);
    assert_eq!(known(&[("aws:PrincipalTag/team", Some("b"))], &both), [NOTHING]);
    assert_eq!(known(&[("aws:PrincipalTag/team", None)], &both), [NOTHING]);
    assert_eq!(known(&[("aws:PrincipalTag/other", Some("a"))], &both), [when(&format!("{secure},{team}"))]);
    // The value that it is compared with is not known.
    let tied = [when(r#""StringEquals":{"aws:PrincipalTag/team":"${aws:RequestTag/team}"}"#)];
    assert_eq!(known(&[("aws:PrincipalTag/team", Some("a"))], &tied), tied);
    let facts = [("aws:PrincipalTag/team", Some("a")), ("aws:RequestTag/team", Some("a"))];
    assert_eq!(known(&facts, &tied), [on(r#""Resource":"*""#)]);
}

/// The value of a variable is plain text, whatever characters it has (rule 3.28).
#[test]
fn the_value_of_a_variable_stands_for_itself() {
    let name = |value: &'static str| [("aws:username", Some(value))];
    let home = [on(r#""Resource":"arn:aws:s3:::home/${aws:username}/*""#)];
    for (value, wanted) in [
        ("ann", r#""Resource":"arn:aws:s3:::home/ann/*""#),
        ("a*?", r#""Resource":"arn:aws:s3:::home/a${*}${?}/*""#),
        ("x${y}", r#""Resource":"arn:aws:s3:::home/x${$}{y}/*""#),
        ("a$b{c}", r#""Resource":"arn:aws:s3:::home/a$b{c}/*""#),
    ] {
        assert_eq!(known(&name(value), &home), [on(wanted)], "{value}");
    }
    // Under one operator stars are wildcards, and under the other one plain characters.
    for (written, value, wanted) in [
        (
            r#""StringLike":{"s3:prefix":"${aws:username}/${*}*"}"#,
            "u*",
            r#""StringLike":{"s3:prefix":"u${*}/${*}*"}"#,
        ),
        (r#""StringEquals":{"s3:prefix":"${aws:username}*"}"#, "u*", r#""StringEquals":{"s3:prefix":"u**"}"#),
        (
            r#""ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:${aws:username}${*}*"}"#,
            "u",
            r#""ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:u${*}*"}"#,
        ),
    ] {
        assert_eq!(known(&name(value), &[when(written)]), [when(wanted)], "{written}");
        // Without a fact, it stays as it is written.
        assert_eq!(known(&[], &[when(written)]), [when(written)], "{written}");
    }
}

#[test]
fn the_default_of_a_variable_stands_for_an_absent_key() {
    let own = [on(r#""Resource":"arn:aws:s3:::home/${aws:username, 'no*body'}/*""#)];
    assert_eq!(known(&[], &own), own);
    assert_eq!(
        known(&[("aws:username", None)], &own),
        [on(r#""Resource":"arn:aws:s3:::home/no${*}body/*""#)]
    );
    assert_eq!(
        known(&[("aws:username", Some("ann"))], &own),
        [on(r#""Resource":"arn:aws:s3:::home/ann/*""#)]
    );
}

/// Older documents have no variables (rule 3.20).
#[test]
fn what_looks_like_a_variable_in_an_older_document_is_text() {
    let old = policy_of("2008-10-17", &[on(r#""Resource":"arn:aws:s3:::a$b/${aws:username}/*""#)]);
    let space = knowing(&[("aws:username", Some("ann"))]);
    assert_eq!(exactly(&space, &alone(&old)), [on(r#""Resource":"arn:aws:s3:::a$b/${$}{aws:username}/*""#)]);
}

/// An entry with a variable that has no value matches nothing (rule 3.25), and keeps an Allow with `NotResource` from applying (rule 3.27).
#[test]
fn an_entry_without_value_matches_nothing() {
    let absent = [("aws:username", None)];
    let entries = r#"["arn:aws:s3:::a/*","arn:aws:s3:::home/${aws:username}/*"]"#;
    let listed = format!(r#""Resource":{entries}"#);
    let excluded = format!(r#""NotResource":{entries}"#);
    assert_eq!(known(&absent, &[on(&listed)]), [on(r#""Resource":"arn:aws:s3:::a/*""#)]);
    assert_eq!(known(&absent, &[on(&excluded)]), [NOTHING]);
    let denied = |rest: &str| {
        let all = act(r#""Action":"s3:*""#);
        known(&absent, &[all, deny(&format!(r#""Action":"s3:Put*",{rest}"#))])
    };
    assert_eq!(
        denied(&excluded),
        [act(r#""Action":"s3:*""#), deny(r#""Action":"s3:Put*","NotResource":"arn:aws:s3:::a/*""#)]
    );
    assert_eq!(
        denied(r#""NotResource":"arn:aws:s3:::home/${aws:username}/*""#),
        [act(r#""Action":"s3:*""#), deny(r#""Action":"s3:Put*","Resource":"*""#)]
    );
    // A key with several values has no value as a variable (rule 3.23).
    let mut several = Space::new();
    several.set_fact("aws:username", Fact::Value(ContextValue::multiple(["a", "b"])));
    assert_eq!(exactly(&several, &alone(&policy(&[on(&listed)]))), [on(r#""Resource":"arn:aws:s3:::a/*""#)]);
}

/// An ARN with missing fields is completed, but one with a variable matches nothing (rule 3.7), whatever the value of the variable is.
#[test]
fn an_incomplete_arn_with_a_variable_matches_nothing() {
    let facts = [("aws:username", Some("eu-west-1"))];
    let queue = "arn:aws:sqs:eu-west-1:111122223333:q";
    let entries = |list: &str| format!(r#"{list}:["arn:aws:sqs:${{aws:username}}","{queue}"]"#);
    let sqs = |resources: &str| allow(&format!(r#""Action":"sqs:*",{resources}"#));
    let (only, but) = (format!(r#""Resource":"{queue}""#), format!(r#""NotResource":"{queue}""#));
    let listed = [sqs(&entries(r#""Resource""#))];
    assert_eq!(known(&facts, &listed), [sqs(&only)]);
    assert_eq!(openly(&Space::new(), &alone(&policy(&listed))), [sqs(&only)]);
    // In `NotResource`, the variable may have no value, and then the statement does not apply.
    let excluded = [sqs(&entries(r#""NotResource""#))];
    assert_eq!(known(&facts, &excluded), [sqs(&but)]);
    assert_eq!(known(&[], &excluded), excluded);
    // Without variables it stays as it is written.
    let short = [sqs(r#""Resource":"arn:aws:sqs""#)];
    assert_eq!(known(&facts, &short), short);
}
