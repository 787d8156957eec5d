//! Statements that become fewer and shorter.

use super::*;

/// The statements that the statements of one policy become.
fn made(statements: &[String]) -> Vec<String> {
    exactly(&Space::new(), &alone(&policy(statements)))
}

/// `Action` or `NotAction`, and `Resource` or `NotResource`.
fn each(parts: [&str; 2]) -> String {
    let [actions, resources] = parts;
    allow(&format!("{actions},{resources}"))
}

#[test]
fn statements_that_differ_in_one_list_become_one() {
    let (get, put, any) = (r#""Action":"s3:GetObject""#, r#""Action":"s3:PutObject""#, r#""Resource":"*""#);
    let (a, b) = (r#""Resource":"arn:aws:s3:::a/*""#, r#""Resource":"arn:aws:s3:::b/*""#);
    assert_eq!(
        made(&[each([get, any]), each([put, any])]),
        [each([r#""Action":["s3:GetObject","s3:PutObject"]"#, any])]
    );
    assert_eq!(
        made(&[each([get, a]), each([get, b])]),
        [each([get, r#""Resource":["arn:aws:s3:::a/*","arn:aws:s3:::b/*"]"#])]
    );
    assert_eq!(
        made(&[each([get, a]), each([put, a]), each([get, b]), each([put, b])]),
        [each([
            r#""Action":["s3:GetObject","s3:PutObject"]"#,
            r#""Resource":["arn:aws:s3:::a/*","arn:aws:s3:::b/*"]"#
        ])]
    );
    let secure = r#""Condition":{"Bool":{"aws:SecureTransport":"true"}}"#;
    let with = |rest: &str| allow(&format!("{rest},{secure}"));
    assert_eq!(
        made(&[with(&format!("{get},{any}")), with(&format!("{put},{any}"))]),
        [with(&format!(r#""Action":["s3:GetObject","s3:PutObject"],{any}"#))]
    );
}

#[test]
fn statements_that_no_one_list_can_say_stay_apart() {
    let (get, put) = (r#""Action":"s3:GetObject""#, r#""Action":"s3:PutObject""#);
    let (a, b) = (r#""Resource":"arn:aws:s3:::a/*""#, r#""Resource":"arn:aws:s3:::b/*""#);
    let any = r#""Resource":"*""#;
    let secure = allow(&format!(r#"{put},{any},"Condition":{{"Bool":{{"aws:SecureTransport":"true"}}}}"#));
    for statements in [
        [each([get, a]), each([put, b])],
        [each([get, any]), secure],
        // What two of these exclude together is less than what each of them excludes.
        [act(r#""NotAction":["iam:*","s3:*"]"#), act(r#""NotAction":["iam:*","sqs:*"]"#)],
        [act(r#""NotAction":["iam:*","s3:*"]"#), act(r#""Action":"iam:Get*""#)],
        [act(r#""Action":"iam:Get*""#), act(r#""NotAction":["iam:*","s3:*"]"#)],
        [
            on(r#""NotResource":["arn:aws:s3:::a/*","arn:aws:s3:::b/*"]"#),
            on(r#""Resource":"arn:aws:s3:::a/b*""#),
        ],
    ] {
        assert_eq!(made(&statements), statements);
    }
}

#[test]
fn superfluous_statements_are_removed() {
    let all = act(r#""Action":"s3:Get*""#);
    let one = on(r#""Resource":"arn:aws:s3:::a/*""#);
    for statements in [[one.clone(), all.clone()], [all.clone(), one]] {
        assert_eq!(made(&statements), std::slice::from_ref(&all));
    }
    // A Deny that denies nothing that is allowed.
    let matters = deny(r#""Action":"s3:GetObject","Resource":"arn:aws:s3:::secret/*""#);
    let idle = deny(r#""Action":"sqs:*","Resource":"*""#);
    assert_eq!(made(&[idle, all.clone(), matters.clone()]), [all, matters]);
}

/// With other statements a condition of the other one is satisfied, too.
#[test]
fn a_statement_that_several_others_cover_is_superfluous() {
    let half = |value: &str| when(&format!(r#""Null":{{"s3:k":"{value}"}}"#));
    let narrow = on(r#""Resource":"arn:aws:s3:::a/*""#);
    assert_eq!(made(&[half("false"), narrow, half("true")]), [half("false"), half("true")]);
}

#[test]
fn a_pattern_within_another_one_is_removed() {
    for (list, wanted) in [
        (r#""Action":["s3:Get*","s3:GetObject"]"#, r#""Action":"s3:Get*""#),
        (r#""Action":["s3:GetObject","s3:getobject"]"#, r#""Action":"s3:GetObject""#),
        (r#""NotAction":["s3:Get*","s3:GetObject"]"#, r#""NotAction":"s3:Get*""#),
    ] {
        assert_eq!(made(&[act(list)]), [act(wanted)], "{list}");
    }
    for (list, wanted) in [
        // The wider one may come first or last.
        (r#""Resource":["arn:aws:s3:::b/*","arn:aws:s3:::b/1"]"#, r#""Resource":"arn:aws:s3:::b/*""#),
        (r#""Resource":["arn:aws:s3:::b/1x","arn:aws:s3:::b/?x"]"#, r#""Resource":"arn:aws:s3:::b/?x""#),
        (
            r#""Resource":["arn:aws:s3:::home/${aws:username}/*","arn:aws:s3:::home/*"]"#,
            r#""Resource":"arn:aws:s3:::home/*""#,
        ),
        // Of two that match the same, the first stays.
        (r#""Resource":["arn:aws:s3:::b/?*","arn:aws:s3:::b/*?"]"#, r#""Resource":"arn:aws:s3:::b/*?""#),
        (r#""NotResource":["arn:aws:s3:::b/*","arn:aws:s3:::b/1"]"#, r#""NotResource":"arn:aws:s3:::b/*""#),
        // If the variable has no value, the statement does not apply (rule 3.27).
        (
            r#""NotResource":["arn:aws:s3:::home/${aws:username}/*","arn:aws:s3:::home/*"]"#,
            r#""NotResource":["arn:aws:s3:::home/${aws:username}/*","arn:aws:s3:::home/*"]"#,
        ),
    ] {
        let patterns = |text: &str| -> Vec<String> {
            let mut parts: Vec<String> = text.split('"').map(str::to_owned).collect();
            parts.sort_unstable();
            parts
        };
        let [own] = &made(&[on(list)])[..] else { panic!("{list}") };
        assert_eq!(patterns(own), patterns(&on(wanted)), "{list}");
    }
}
