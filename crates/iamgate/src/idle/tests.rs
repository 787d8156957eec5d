use iam_catalog::Details;
use iam_policy::{Limits, Mode, Policy, PolicyKind};

use super::{Idle, idle};

fn of(kind: PolicyKind, statements: &str) -> Vec<(usize, Idle)> {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    let policy = Policy::parse(&text, kind, Mode::Deployed, &Limits::default()).unwrap();
    idle(&policy, &Details::embedded().unwrap())
}

fn own(statements: &str) -> Vec<(usize, Idle)> {
    of(PolicyKind::Identity, statements)
}

const GET: &str = r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}"#;

#[test]
fn a_statement_that_others_include_is_told_with_them() {
    let wide = r#"{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}"#;
    assert_eq!(own(&format!("{GET}, {wide}")), [(0, Idle::Included(vec![1]))]);
    // Of two that say the same, the later one.
    assert_eq!(own(&format!("{GET}, {GET}")), [(1, Idle::Included(vec![0]))]);
    let other = r#"{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"}"#;
    let both =
        r#"{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::b/*"}"#;
    assert_eq!(own(&format!("{GET}, {other}, {both}")), [(2, Idle::Included(vec![0, 1]))]);
    let only = r#"{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}"#;
    assert!(own(&format!("{GET}, {only}")).is_empty());
}

#[test]
fn an_allow_that_a_deny_takes_back_is_told_with_it() {
    let deny = |more: &str| format!(r#"{{"Effect": "Deny", "Action": "s3:*", "Resource": "*"{more}}}"#);
    assert_eq!(own(&format!("{GET}, {}", deny(""))), [(0, Idle::Denied(vec![1]))]);
    let plain = r#", "Condition": {"Bool": {"aws:SecureTransport": "false"}}"#;
    assert!(own(&format!("{GET}, {}", deny(plain))).is_empty());
    // Only the two together.
    let (yes, no) = (
        r#", "Condition": {"StringLike": {"aws:PrincipalTag/a": "*"}}"#,
        r#", "Condition": {"StringNotLike": {"aws:PrincipalTag/a": "*"}}"#,
    );
    assert_eq!(own(&format!("{GET}, {}, {}", deny(yes), deny(no))), [(0, Idle::Denied(vec![1, 2]))]);
}

#[test]
fn conditions_that_exclude_each_other_are_told() {
    let with = |conditions: &str| {
        format!(r#"{{"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {{{conditions}}}}}"#)
    };
    let never = r#""StringEquals": {"aws:PrincipalTag/a": "x"}, "StringNotEquals": {"aws:PrincipalTag/a": ["x", "y"]}"#;
    assert_eq!(own(&with(never)), [(0, Idle::Unsatisfiable)]);
    let absent = r#""StringEquals": {"aws:PrincipalTag/a": "x"}, "Null": {"aws:PrincipalTag/a": "true"}"#;
    assert_eq!(own(&with(absent)), [(0, Idle::Unsatisfiable)]);
    let some =
        r#""StringLike": {"aws:PrincipalTag/a": "x*"}, "StringNotEquals": {"aws:PrincipalTag/a": "x"}"#;
    assert!(own(&with(some)).is_empty());
}

#[test]
fn principals_keep_statements_apart() {
    let to = |principal: &str, effect: &str, action: &str| {
        format!(
            r#"{{"Effect": "{effect}", "Principal": {principal}, "Action": "{action}", "Resource": "arn:aws:s3:::b/*"}}"#
        )
    };
    let (one, two) = (r#"{"AWS": "111122223333"}"#, r#"{"AWS": "444455556666"}"#);
    let resource = |statements: [String; 2]| of(PolicyKind::Resource, &statements.join(", "));
    assert!(resource([to(one, "Allow", "s3:GetObject"), to(two, "Allow", "s3:*")]).is_empty());
    assert_eq!(
        resource([to(one, "Allow", "s3:GetObject"), to(one, "Allow", "s3:*")]),
        [(0, Idle::Included(vec![1]))]
    );
    assert_eq!(
        resource([to(one, "Allow", "s3:GetObject"), to(r#""*""#, "Deny", "s3:*")]),
        [(0, Idle::Denied(vec![1]))]
    );
}
