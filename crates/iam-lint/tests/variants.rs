//! Forms of the same mistakes, and forms that are no mistakes.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use iam_catalog::Sections;
use iam_policy::PolicyKind;

use common::findings;

/// The findings of IAM Access Analyzer on a statement, with their help.
#[track_caller]
fn codes(kind: &str, statement: &str) -> Vec<(&'static str, String)> {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
    let sections = Sections::embedded().unwrap();
    let found = findings(&text, PolicyKind::from_name(kind).unwrap(), false, &sections);
    found.into_iter().map(|problem| (problem.code.name(), problem.help)).collect()
}

#[track_caller]
fn has(kind: &str, statement: &str, code: &str) {
    let found = codes(kind, statement);
    assert!(found.iter().any(|(name, _)| *name == code), "{code} is not in {found:?} of {statement}");
}

#[track_caller]
fn clean(kind: &str, statement: &str) {
    let found = codes(kind, statement);
    assert!(found.is_empty(), "{found:?} in {statement}");
}

fn on(action: &str, resource: &str) -> String {
    format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}"}}"#)
}

fn tested(effect: &str, test: &str) -> String {
    format!(
        r#"{{"Effect": "{effect}", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::backups", "Condition": {{{test}}}}}"#
    )
}

#[test]
fn arns_are_compared_with_the_forms_of_their_service() {
    for (action, resource, code) in [
        ("s3:GetObject", "arn:aws:s3:::bucket1:*", "INVALID_ARN_RESOURCE"),
        ("dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:111122223333:tables/Orders", "INVALID_ARN_RESOURCE"),
        ("ec2:StopInstances", "arn:aws:ec2:eu-west-1::instance/i-0123456789abcdef0", "MISSING_ARN_ACCOUNT"),
        ("iam:GetRole", "arn:aws:iam:::role/web", "MISSING_ARN_ACCOUNT"),
        ("kms:Decrypt", "arn:aws:kms::111122223333:key/*", "MISSING_ARN_REGION"),
        ("s3:GetObject", "arn:aws:s3:eu-west-1::backups/*", "ARN_REGION_NOT_ALLOWED"),
        ("sqs:SendMessage", "arn:aws:sqs:cn-north-1:111122223333:q", "INVALID_ARN_REGION"),
        ("sqs:SendMessage", "arn:aws:sqqs:eu-west-1:111122223333:q", "INVALID_SERVICE"),
        ("s3:*", "arn:aws:s*:::backups", "WILDCARD_IN_SERVICE_NAME"),
    ] {
        has("identity", &on(action, resource), code);
    }
    for (action, resource) in [
        ("ec2:RunInstances", "arn:aws:ec2:eu-west-1::image/ami-0123456789abcdef0"),
        ("ssm:SendCommand", "arn:aws:ssm:eu-west-1::document/AWS-RunShellScript"),
        ("logs:PutLogEvents", "arn:aws:logs:*:*:log-group:/aws/lambda/x:*"),
        ("execute-api:Invoke", "arn:aws:execute-api:us-east-1:123456789012:abc123/*"),
        ("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:123456789012:function:mailer:*"),
        ("iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ("s3:GetObject", "arn:aws:s3:us-east-1:123456789012:accesspoint/mine/object/*"),
        ("s3:GetObject", "arn:aws-cn:s3:::backups/*"),
        ("sqs:SendMessage", "arn:aws:sqs:*:${aws:PrincipalTag/account}:q*"),
        ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-??????"),
    ] {
        let found = codes("identity", &on(action, resource));
        let found: Vec<_> =
            found.iter().filter(|(name, _)| *name != "VARIABLE_BEFORE_RESOURCE_FIELD").collect();
        assert!(found.is_empty(), "{found:?} in {resource}");
    }
}

#[test]
fn unknown_actions_say_what_is_meant() {
    let help = |action: &str| codes("identity", &on(action, "*"))[0].1.clone();
    assert!(help("s3:HeadBucket").contains("s3:ListBucket grants it"));
    assert!(help("s3:GetObjects").contains("did you mean s3:GetObject?"));
    assert!(help("s4:GetObject").contains("did you mean s3:GetObject?"));
    assert!(help("codestar:CreateProject").contains("retired"));
    has("identity", &on("s3:Fetch*", "*"), "ACTION_PATTERN_MATCHES_NOTHING");
    clean("identity", &on("S3:getobject", "*"));
}

#[test]
fn keys_and_values_of_conditions() {
    for (effect, test, code) in [
        ("Allow", r#""StringLike": {"aws:userid": "*"}"#, "WILDCARD_USAGE_TOO_PERMISSIVE"),
        ("Allow", r#""StringLike": {"aws:SourceVpce": "vpce-1*"}"#, "WILDCARD_USAGE_TOO_PERMISSIVE"),
        (
            "Allow",
            r#""ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-*/r-ab12/*"}"#,
            "WILDCARD_USAGE_TOO_PERMISSIVE",
        ),
        (
            "Allow",
            r#""StringEquals": {"kms:ViaService": "s3.amazonaws.com"}"#,
            "INVALID_SERVICE_PRINCIPAL_FORMAT",
        ),
        ("Allow", r#""StringEquals": {"aws:MultiFactorAuthPresent": "true"}"#, "TYPE_MISMATCH"),
        ("Allow", r#""NumericLessThan": {"aws:CurrentTime": "5"}"#, "TYPE_MISMATCH"),
        ("Deny", r#""StringEquals": {"s3:prefix": "secret/"}"#, "S3_PREFIX_IN_NEGATIVE_CONTEXT"),
        ("Allow", r#""StringNotLike": {"s3:prefix": "secret/*"}"#, "S3_PREFIX_IN_NEGATIVE_CONTEXT"),
        ("Allow", r#""StringEquals": {"ec2:ResourceTag/": "x"}"#, "MISSING_TAG_KEY_IN_CONDITION"),
        (
            "Allow",
            r#""ForAllValues:StringLike": {"aws:PrincipalArn": "*"}"#,
            "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION",
        ),
        ("Allow", r#""IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "fd00::/8"]}"#, "PRIVATE_IP_ADDRESS"),
    ] {
        has("identity", &tested(effect, test), code);
    }
    for (effect, test) in [
        ("Allow", r#""StringLike": {"aws:userid": "AROAEXAMPLEID:*"}"#),
        ("Allow", r#""StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}"#),
        ("Allow", r#""ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}"#),
        ("Allow", r#""StringEquals": {"AWS:SourceAccount": "111122223333"}"#),
        ("Allow", r#""NumericLessThan": {"aws:MultiFactorAuthAge": "300"}"#),
        ("Allow", r#""DateLessThan": {"aws:EpochTime": "1803902400"}"#),
        ("Deny", r#""StringNotLike": {"s3:prefix": "public/*"}"#),
        ("Allow", r#""StringLike": {"s3:prefix": ["", "public/*"]}"#),
        ("Deny", r#""ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}"#),
    ] {
        clean("identity", &tested(effect, test));
    }
}

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
fn roles_of_services_may_be_passed() {
    clean("identity", &on("iam:PassRole", "arn:aws:iam::*:role/service-role/AWSGlueServiceRole*"));
    clean("identity", &on("iam:PassRole", "arn:aws:iam::*:role/worker"));
    has(
        "identity",
        &on("iam:PassRole", "arn:aws:iam::123456789012:role/*"),
        "PASS_ROLE_WITH_STAR_IN_RESOURCE",
    );
    has("session", &on("*", "*"), "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE");
    clean("boundary", &on("*", "*"));
    has("session", &tested("Allow", r#""NumericLessThan": {"s3:max-keys": "many"}"#), "TYPE_MISMATCH_NUMBER");
}

#[test]
fn forms_of_arns_are_those_of_the_actions() {
    let help = |action: &str, resource: &str| {
        let found = codes("identity", &on(action, resource));
        found.into_iter().find(|(code, _)| *code == "INVALID_ARN_RESOURCE").unwrap().1
    };
    assert_eq!(help("s3:GetObject", "arn:aws:s3:::bucket1:*"), "write a form such as BucketName/ObjectName");
    assert_eq!(help("s3:ListBucket", "arn:aws:s3:::bucket1:*"), "write a form such as BucketName");
    let function = "arn:aws:lambda:us-east-1:123456789012:functions/mailer";
    assert_eq!(help("lambda:InvokeFunction", function), "write a form such as function:FunctionName");
    let table = "arn:aws:dynamodb:eu-west-1:111122223333:tables/Orders";
    assert_eq!(help("dynamodb:GetItem", table), "write a form such as table/TableName");
    // Without an action that has resources, the forms of the service are those that there are.
    assert!(help("lambda:ListFunctions", function).contains("function:"));
}
