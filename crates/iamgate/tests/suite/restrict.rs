//! Statements that keep DoiT out of one resource.

use std::sync::Arc;

use super::roles::{ACCOUNT, profile};
use iamgate::iam_analysis::Verdict;
use iamgate::iam_policy::{Limits, Mode, Policy, PolicyKind};
use iamgate::{NotRestricted, Restriction, restrict};

fn keep_out(arn: &str, policy: Option<&str>) -> Result<Restriction, NotRestricted> {
    let policy = policy.map(|text| {
        Arc::new(Policy::parse(text, PolicyKind::Resource, Mode::Deployed, &Limits::default()).unwrap())
    });
    restrict(arn, ACCOUNT, policy.as_ref(), &profile("standard").tag.unwrap())
}

#[test]
fn every_kind_of_resource_is_closed_to_sessions_with_the_tag_and_to_nobody_else() {
    for (arn, what) in [
        ("arn:aws:s3:::payroll", "bucket"),
        ("arn:aws:s3:::payroll/2026/11.csv", "bucket"),
        ("arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab", "key"),
        ("arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf", "secret"),
        ("arn:aws:sqs:eu-west-1:123456789012:orders", "queue"),
        ("arn:aws:sns:eu-west-1:123456789012:alarms", "topic"),
        ("arn:aws:dynamodb:eu-west-1:123456789012:table/users", "table"),
        ("arn:aws-cn:ecr:cn-north-1:123456789012:repository/app", "repository"),
    ] {
        let made = keep_out(arn, None).unwrap();
        assert!(made.is_proven() && made.kind.name() == what, "{arn}: {made:#?}");
        assert_eq!(made.unchanged.len(), 4);
    }
}

#[test]
fn what_a_policy_grants_others_stays() {
    let granting = r#"{"Version": "2012-10-17", "Id": "x", "Statement": {"Sid": "All", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::payroll/*"}}"#;
    let made = keep_out("arn:aws:s3:::payroll", Some(granting)).unwrap();
    assert!(made.is_proven(), "{made:#?}");
    assert_eq!(made.policy.statements.len(), 2);
    // The restriction holds although something is allowed.
    assert!(made.policy.to_json().contains(r#""Sid":"All""#));
}

#[test]
fn what_cannot_be_restricted_says_what_can_be_done() {
    for text in ["payroll", "arn:aws:s3:::", "arn:aws:s3:::*", "", "arn::s3:::x", "arn:aws"] {
        assert!(matches!(keep_out(text, None), Err(NotRestricted::NoArn { .. })), "{text}");
    }
    let Err(NotRestricted::NoPolicy { in_role, .. }) =
        keep_out("arn:aws:ec2:eu-west-1:123456789012:instance/i-1", None)
    else {
        panic!("instances have no policy")
    };
    let policy = format!(r#"{{"Version": "2012-10-17", "Statement": {in_role}}}"#);
    assert!(
        Policy::parse(&policy, PolicyKind::Identity, Mode::Strict, &Limits::default()).is_ok(),
        "{policy}"
    );
}

/// The trap that the statement avoids: on an absent tag `StringNotEquals` is true, so everybody is locked out.
#[test]
fn the_statement_is_not_the_trap() {
    let made = keep_out("arn:aws:s3:::payroll", None).unwrap();
    let trap = made.statement.to_string().replace(
        r#"{"Null":{"aws:PrincipalTag/DoitEnvironment":"false"}}"#,
        r#"{"StringNotEquals":{"aws:PrincipalTag/DoitEnvironment":"x"}}"#,
    );
    assert_ne!(trap, made.statement.to_string());
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{trap}]}}"#);
    let locked = keep_out("arn:aws:s3:::other", Some(&text)).unwrap();
    // Even there, the restriction itself changes nothing for others.
    assert!(locked.unchanged.iter().all(|(_, verdict)| *verdict == Verdict::Holds));
}
