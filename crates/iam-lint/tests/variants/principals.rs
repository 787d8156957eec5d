//! Principals, and the kinds of policies that have them.

use iam_catalog::Sections;
use iam_policy::PolicyKind;

use super::{clean, codes, found_of, has, help_of};
use crate::common::findings;

#[test]
fn principals_and_trust() {
    let queue = |service: &str| {
        format!(
            r#"{{"Effect": "Allow", "Principal": {{"Service": "{service}"}}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q",
            "Condition": {{"StringEquals": {{"aws:SourceAccount": "123456789012"}}}}}}"#
        )
    };
    has("resource", &queue("cloudtrail"), "INVALID_SERVICE_PRINCIPAL_FORMAT");
    has("resource", &queue("CloudTrail.amazonaws.com"), "INVALID_SERVICE_PRINCIPAL_FORMAT");
    clean("resource", &queue("cloudtrail.amazonaws.com"));
    clean(
        "trust",
        r#"{"Effect": "Allow", "Principal": {"Service": "rolesanywhere.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        "Condition": {"StringEquals": {"aws:PrincipalTag/x509Subject/OU": "Ops"}}}"#,
    );
    has(
        "trust",
        r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/oidc.example.org/id/A"}, "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {"oidc.example.org/id/B:sub": "x"}}}"#,
        "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL",
    );
    clean(
        "trust",
        r#"{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}"#,
    );
}

#[test]
fn advice_of_a_resource_control_policy_does_not_contradict_itself() {
    let (principal, source) = (
        "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY",
        "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY",
    );
    let deny = |tests: &str| {
        format!(
            r#"{{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {{{tests}}}}}"#
        )
    };
    for key in ["aws:SourceOrgID", "aws:SourceOrgPaths", "aws:SourceAccount", "aws:SourceArn"] {
        let both = deny(&format!(
            r#""StringNotEqualsIfExists": {{"aws:PrincipalOrgID": "o-a1b2c3d4e5", "{key}": "x"}}"#
        ));
        let help = help_of("rcp", &both, source);
        assert!(help.contains("in two statements") && help == help_of("rcp", &both, principal), "{help}");
    }
    has("rcp", &deny(r#""StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}"#), principal);
    let without =
        r#""StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}, "Null": {"aws:SourceAccount": "true"}"#;
    has("rcp", &deny(without), principal);
}

#[test]
fn of_a_policy_that_is_not_read_it_is_not_said_whom_it_lets_in() {
    let everyone =
        r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}"#;
    let found = |statements: &str| {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
        let sections = Sections::embedded().unwrap();
        let found = findings(&text, PolicyKind::Resource, false, &sections);
        found.into_iter().find(|own| own.code.name() == "RESOURCE_POLICY_ADMITS_EVERYONE").unwrap().found
    };
    assert!(!found(everyone).contains("not read"));
    let refused = format!("{everyone}, {}", everyone.replace("Allow", "Denny"));
    assert!(
        found(&refused).starts_with("the statement names everyone") && found(&refused).contains("not read")
    );
}

#[test]
fn the_service_of_a_policy_is_that_of_its_statements_with_principals() {
    let of = |statements: &[&str]| {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(", "));
        let sections = Sections::embedded().unwrap();
        let found = findings(&text, PolicyKind::Resource, false, &sections);
        let found = found.into_iter().filter(|own| own.code.name() == "UNSUPPORTED_RESOURCE_ARN_IN_POLICY");
        found.map(|own| own.found).collect::<Vec<_>>()
    };
    let queue = r#"{"Effect": "Deny", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"#;
    let mixed = r#"{"Effect": "Deny", "Principal": "*", "Action": "sqs:SendMessage", "Resource": ["arn:aws:sqs:us-east-1:123456789012:q", "arn:aws:sns:us-east-1:123456789012:t"]}"#;
    let bucket =
        r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}"#;
    let role = r#"{"Effect": "Deny", "Action": ["iam:GetRole", "iam:PassRole"], "Resource": ["arn:aws:iam::123456789012:role/a", "arn:aws:iam::123456789012:role/b"]}"#;
    let with_role = role.replace("\"Action\"", "\"Principal\": \"*\", \"Action\"");
    assert_eq!(of(&[mixed]), ["`arn:aws:sns:us-east-1:123456789012:t`"]);
    assert_eq!(of(&[queue, bucket]), [""; 0]);
    assert_eq!(of(&[&with_role, queue]).len(), 2, "the policy is one of a queue");
    assert_eq!(of(&[role]), [""; 0]);
    assert_eq!(of(&[&with_role]), [""; 0]);
    assert_eq!(of(&[role, mixed]), ["`arn:aws:sns:us-east-1:123456789012:t`"]);
}

#[test]
fn a_wildcard_that_organizations_accepts_is_no_error() {
    let rule = iam_lint::rule("SCP_SYNTAX_ERROR_ACTION_WILDCARD").unwrap();
    assert_eq!(rule.level(), iam_json::Level::Suggestion);
    assert!(
        rule.aws_page()
            .unwrap()
            .ends_with("-error-scp_syntax_error_action_wildcard".replace('_', "-").as_str())
    );
}

#[test]
fn principals_that_name_nobody_are_told_by_their_case() {
    let help = |principal: &str| {
        let statement = format!(
            r#"{{"Effect": "Deny", "Principal": {principal}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}}"#
        );
        let found = codes("resource", &statement);
        let own = found.iter().find(|(name, _)| name.contains("PRINCIPAL_FORMAT"));
        own.unwrap_or_else(|| panic!("{found:?} of {principal}")).1.clone()
    };
    for (principal, expected) in [
        (r#"{"AWS": "12345"}"#, "twelve digits, and this one has 5"),
        (r#"{"AWS": "arn:aws:iam::1234567:user/a"}"#, "twelve digits, and this one has 7"),
        (r#"{"AWS": "lambda.amazonaws.com"}"#, r#"write {"Service": "lambda.amazonaws.com"}"#),
        (r#"{"AWS": "arn:aws:sts::123456789012:root"}"#, "write arn:aws:iam::123456789012:root"),
        (r#"{"AWS": "arn:aws-cn:sts::123456789012:root"}"#, "write arn:aws-cn:iam::123456789012:root"),
        (r#"{"AWS": "arn:aws:iam::123456789012:oidc-provider/oidc.example.org"}"#, r#"write {"Federated": "#),
        (r#"{"AWS": "alice"}"#, "write an account id"),
        (r#"{"Service": "arn:aws:iam::123456789012:root"}"#, r#"write {"AWS": "#),
        (r#"{"CanonicalUser": "alice@example.org"}"#, "64 hexadecimal digits"),
    ] {
        let help = help(principal);
        assert!(help.contains(expected), "{principal}: {help}");
    }
    // What is to be copied is whole, or not there.
    let role = |length: usize| format!("arn:aws:iam::123456789012:role/{}", "x".repeat(length));
    let service = |name: &str| help(&format!(r#"{{"Service": "{name}"}}"#));
    assert!(service(&role(100)).starts_with(&format!(r#"write {{"AWS": "{}"}}: "#, role(100))));
    for name in [role(300), role(1).replace('x', "\\u202e")] {
        let help = service(&name);
        assert!(help.starts_with("write it under AWS: "), "{help}");
    }
    let federated =
        r#"{"Effect": "Allow", "Principal": {"Federated": "okta"}, "Action": "sts:AssumeRoleWithSAML"}"#;
    let found = codes("trust", federated);
    assert!(found.iter().any(|(_, help)| help.starts_with("write the ARN of a provider")), "{found:?}");
}

#[test]
fn an_allow_with_not_principal_is_told_whoever_is_in_it() {
    let allow = |name: &str| {
        format!(
            r#"{{"Effect": "Allow", "NotPrincipal": {{"AWS": "{name}"}}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}}"#
        )
    };
    for name in ["arn:aws:iam::123456789012:root", "arn:aws:sts::1234567:assumed-role/a/b"] {
        has("resource", &allow(name), "ALLOW_WITH_NOT_PRINCIPAL");
        let found = codes("resource", &allow(name).replace("Allow", "Deny"));
        assert!(!found.iter().any(|(code, _)| *code == "ALLOW_WITH_NOT_PRINCIPAL"), "{found:?}");
    }
}

#[test]
fn a_policy_belongs_to_the_service_that_its_arns_and_actions_say() {
    let code = "UNSUPPORTED_ACTION_IN_POLICY";
    let of = |actions: &str, resources: &str| {
        format!(r#"{{"Effect": "Deny", "Principal": "*", "Action": [{actions}], "Resource": [{resources}]}}"#)
    };
    let cluster = r#""arn:aws:kafka:us-east-1:111122223333:cluster/c/x""#;
    let queue = r#""arn:aws:batch:us-east-1:111122223333:job-queue/q""#;
    let (table, bucket) =
        (r#""arn:aws:dynamodb:us-east-1:111122223333:table/*/backup/*""#, r#""arn:aws:s3:::b/*""#);
    let vault = r#""arn:aws:backup:us-east-1:111122223333:backup-vault:v""#;
    // Recovery points of a vault have ARNs of the services that they are of.
    clean("resource", &of(r#""backup:DeleteRecoveryPoint", "backup:StartRestoreJob""#, table));
    clean("resource", &of(r#""backup:DeleteRecoveryPoint""#, &format!("{vault}, {table}")));
    // A service whose resources have no policies is none of those that a policy belongs to, and hides no other.
    clean("resource", &of(r#""batch:SubmitJob", "s3:GetObject""#, queue));
    clean("resource", &of(r#""batch:SubmitJob""#, &format!("{queue}, {bucket}")));
    has("resource", &of(r#""kafka:CreateVpcConnection", "s3:GetObject""#, cluster), code);
    has("resource", &of(r#""kms:Decrypt""#, bucket), code);
    let statements = [of(r#""kafka:DescribeClusterV2""#, cluster), of(r#""ec2:DescribeVpcs""#, bucket)];
    let help = |code: &str| help_of("resource", &statements.join(", "), code);
    assert_eq!(help(code), "leave it out: the policy belongs to a resource of kafka");
    assert_eq!(
        help("UNSUPPORTED_RESOURCE_ARN_IN_POLICY"),
        "leave it out: the policy belongs to a resource of kafka"
    );
}

#[test]
fn what_is_no_service_is_not_let_in() {
    let code = "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL";
    let of = |services: &str| {
        let statement = format!(
            r#"{{"Effect": "Allow", "Principal": {{"Service": [{services}]}}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}}"#
        );
        codes("resource", &statement)
            .iter()
            .any(|(own, _)| *own == code)
            .then(|| found_of("resource", &statement, code))
    };
    let none = r#""arn:aws:iam::111122223333:role/r", "ec2", "*.amazonaws.com""#;
    assert_eq!(of(none), None);
    let found = of(&format!(r#"{none}, "ec2.amazonaws.com""#)).unwrap();
    assert!(found.starts_with("`ec2.amazonaws.com`: "), "{found}");
}
