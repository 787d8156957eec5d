//! Statements that keep DoiT out of one resource.

use std::sync::Arc;

use super::roles::{ACCOUNT, profile};
use iamgate::iam_analysis::Verdict;
use iamgate::iam_policy::{Limits, Mode, Policy, PolicyKind};
use iamgate::{NotRestricted, Restriction, SessionTag, restrict};

fn keep_out(arn: &str, policy: Option<&str>) -> Result<Restriction, NotRestricted> {
    let policy = policy.map(|text| {
        Arc::new(Policy::parse(text, PolicyKind::Resource, Mode::Deployed, &Limits::default()).unwrap())
    });
    restrict(arn, ACCOUNT, policy.as_ref(), profile("standard").tag().unwrap())
}

#[test]
fn every_kind_of_resource_is_closed_to_sessions_with_the_tag_and_to_nobody_else() {
    for (arn, what) in [
        ("arn:aws:s3:::payroll", "bucket"),
        ("arn:aws:s3:::payroll/2026/11.csv", "object"),
        ("arn:aws:s3:eu-west-1:123456789012:accesspoint/finance", "access point"),
        ("arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap", "access point"),
        ("arn:aws:s3:eu-west-1:123456789012:accesspoint/finance/object/11.csv", "object"),
        ("arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab", "key"),
        ("arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf", "secret"),
        ("arn:aws:sqs:eu-west-1:123456789012:orders", "queue"),
        ("arn:aws:sns:eu-west-1:123456789012:alarms", "topic"),
        ("arn:aws:dynamodb:eu-west-1:123456789012:table/users", "table"),
        ("arn:aws:dynamodb:eu-west-1:123456789012:table/users/index/by-name", "index"),
        ("arn:aws:dynamodb:eu-west-1:123456789012:table/users/stream/2026-11-26T00:00:00.000", "stream"),
        ("arn:aws-cn:ecr:cn-north-1:123456789012:repository/app", "repository"),
    ] {
        let made = keep_out(arn, None).unwrap();
        assert!(made.is_proven() && made.kind.name() == what, "{arn}: {made:#?}");
        assert_eq!(made.unchanged.len(), 4);
    }
}

/// The proof is about the resource with all that is in it, and so is the statement.
#[test]
fn a_restriction_covers_the_whole_resource() {
    let table = "arn:aws:dynamodb:eu-west-1:123456789012:table/users";
    let point = "arn:aws:s3:eu-west-1:123456789012:accesspoint/finance";
    for (arn, holder, inside) in [
        ("arn:aws:s3:::payroll", "bucket", &["arn:aws:s3:::payroll/a/b"][..]),
        ("arn:aws:s3:::payroll/a", "bucket", &[]),
        (point, "access point", &[&format!("{point}/object/a/b")]),
        (&format!("{point}/object/a"), "access point", &[]),
        (table, "table", &[&format!("{table}/index/by-name")]),
        (&format!("{table}/index/by-name"), "table", &[]),
        (&format!("{table}/stream/1"), "stream", &[]),
    ] {
        let made = keep_out(arn, None).unwrap();
        assert!(made.is_proven() && made.holder.name() == holder, "{arn}: {made:#?}");
        let patterns = made.statement.statement().resource.as_ref().unwrap().patterns();
        let all: Vec<&str> = patterns.iter().map(|own| own.value.text()).collect();
        for own in inside.iter().chain([&arn]) {
            assert!(
                all.iter().any(|p| p == own || p.strip_suffix('*').is_some_and(|p| own.starts_with(p))),
                "{own} {all:?}"
            );
        }
        assert_eq!(all.len(), inside.len() + 1, "{all:?}");
    }
}

#[test]
fn a_statement_that_is_there_is_not_added_again() {
    for arn in [
        "arn:aws:s3:::payroll",
        "arn:aws:sns:eu-west-1:123456789012:alarms",
        "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws-cn:ecr:cn-north-1:123456789012:repository/app",
    ] {
        let once = keep_out(arn, None).unwrap();
        let twice = keep_out(arn, Some(&once.policy.to_json())).unwrap();
        assert!(once.is_new && !twice.is_new && twice.is_proven(), "{arn}: {twice:#?}");
        assert_eq!(twice.policy.to_json(), once.policy.to_json());
    }
    // AWS and people may write it in another form.
    let other = r#"{"Version": "2012-10-17", "Statement": {"Sid": "Out", "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": ["S3:*"],
        "Resource": ["arn:aws:s3:::payroll/*", "arn:aws:s3:::payroll"], "Condition": {"Null": {"aws:principaltag/DoitEnvironment": ["false"]}}}}"#;
    let again = keep_out("arn:aws:s3:::payroll", Some(other)).unwrap();
    assert!(!again.is_new && again.policy.statements.len() == 1, "{again:#?}");
    assert_eq!(&*again.statement.statement().sid.as_ref().unwrap().value, "Out");
    // A statement that says something else is no such statement. Its Sid is not used again.
    for (from, to) in [
        ("Deny", "Allow"),
        ("s3:*", "s3:Get*"),
        ("arn:aws:s3:::payroll/*", "arn:aws:s3:::payroll/a/*"),
        ("false", "true"),
        ("DoitEnvironment", "Other"),
        (r#""Principal":"*""#, r#""Principal":{"AWS":"123456789012"}"#),
        (r#""Resource""#, r#""NotResource""#),
    ] {
        let once = keep_out("arn:aws:s3:::payroll", None).unwrap().policy.to_json();
        let other = once.replace(from, to);
        assert_ne!(once, other);
        let made = keep_out("arn:aws:s3:::payroll", Some(&other)).unwrap();
        let sids: Vec<&str> =
            made.policy.statements.iter().map(|own| &*own.sid.as_ref().unwrap().value).collect();
        assert_eq!((made.is_new, sids), (true, vec!["NoDoitSessions", "NoDoitSessions2"]), "{to}");
    }
}

#[test]
fn names_and_tags_that_aws_does_not_permit_are_refused() {
    for name in [
        "payroll ",
        "pay\u{202e}roll",
        "Payroll",
        "pay_roll",
        "pa",
        "-payroll",
        "pay..roll",
        "192.168.0.1",
        "päyroll",
        "payroll/",
    ] {
        let told = keep_out(&format!("arn:aws:s3:::{name}"), None);
        assert!(matches!(told, Err(NotRestricted::NoName { .. })), "{name}: {told:?}");
    }
    for arn in [
        "arn:aws:s3:eu-west-1:123456789012:accesspoint/Finance",
        "arn:aws:s3:eu-west-1:123456789012:accesspoint/finance/",
        "arn:aws:s3:eu-west-1:123456789012:accesspoint/finance/11.csv",
        "arn:aws:kms:eu-west-1:123456789012:key/a b",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a b",
        "arn:aws:sqs:eu-west-1:123456789012:orders ",
        "arn:aws:sns:eu-west-1:123456789012:alarms:2bcfbf39-05c3-41de-beaa-fcfcc21c8f55",
        "arn:aws:dynamodb:eu-west-1:123456789012:table/u",
        "arn:aws:dynamodb:eu-west-1:123456789012:table/users/index/",
        "arn:aws:ecr:eu-west-1:123456789012:repository/App",
    ] {
        assert!(matches!(keep_out(arn, None), Err(NotRestricted::NoName { .. })), "{arn}");
    }
    for arn in [
        "arn:aws:s3:eu-west-1:123456789012:job/1",
        "arn:aws:kms:eu-west-1:123456789012:alias/own",
        "arn:aws:dynamodb:eu-west-1:123456789012:table/users/backup/1",
    ] {
        assert!(matches!(keep_out(arn, None), Err(NotRestricted::NoPolicy { .. })), "{arn}");
    }
    for key in ["", "a*", "a?", "${x}", "a\u{202e}", "aws:x", "AWS:x", &"x".repeat(129)] {
        let told = restrict("arn:aws:s3:::payroll", ACCOUNT, None, &SessionTag::new(key, "x"));
        assert!(matches!(told, Err(NotRestricted::NoTag { .. })), "{key}: {told:?}");
    }
    for key in ["DoitEnvironment", "doit:environment", "a b", "é", &"x".repeat(128)] {
        let made = restrict("arn:aws:s3:::payroll", ACCOUNT, None, &SessionTag::new(key, "x")).unwrap();
        assert!(made.is_proven(), "{key}");
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
