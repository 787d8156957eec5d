//! ARNs: what they lack, what somebody must fill in, and what is meant by them.

use super::{codes, found_of, has, has_not, help_of, on};

fn all_codes(statement: &str) -> Vec<&'static str> {
    codes("identity", statement).into_iter().map(|(code, _)| code).collect()
}

#[test]
fn placeholders_of_an_arn_are_one_finding() {
    for (resource, code, found, help) in [
        (
            "arn:<partition>:sqs:<region>:<account>:<queue:1>",
            "INVALID_PARTITION",
            "`<partition>`",
            "placeholders `<partition>`, `<region>`, `<account>`, `<queue:1>`",
        ),
        ("arn:aws:sqs:{{region}}:123456789012:q", "INVALID_ARN_REGION", "`{{region}}`", "`{{region}}`"),
        ("arn:aws:sqs:eu-west-1:<YOUR ACCOUNT ID>:q", "INVALID_ARN_ACCOUNT", "ACCOUNT ID", "placeholder `<"),
        ("arn:aws:sqs:eu-west-1:123456789012:<resource:1>", "INVALID_ARN_RESOURCE", "<res", "placeholder `<"),
        ("arn:aws:sqs:eu-west-1:123456789012:<resource>", "INVALID_ARN_RESOURCE", "<res", "placeholder `<"),
        ("arn:aws:s3:::<bucket>/*", "INVALID_ARN_RESOURCE", "`<bucket>/*`", "placeholder `<bucket>`"),
    ] {
        let statement = on("*", resource);
        let own: Vec<&str> = all_codes(&statement)
            .into_iter()
            .filter(|name| name.starts_with("INVALID") || name.starts_with("MISSING"))
            .collect();
        assert_eq!(own, [code], "{resource}");
        assert!(found_of("identity", &statement, code).contains(found), "{resource}");
        let said = help_of("identity", &statement, code);
        assert!(said.starts_with("fill in the placeholder") && said.contains(help), "{said}");
    }
    // The rest of the ARN is judged as ever.
    let codes = all_codes(&on("sqs:SendMessage", "arn:aws:sqs:us-esat-1:<account>:q"));
    assert_eq!(codes, ["INVALID_ARN_ACCOUNT", "INVALID_ARN_REGION"]);
    let codes = all_codes(&on("lambda:InvokeFunction", "arn:aws:lambda:<region>:123456789012:functions/x"));
    assert!(codes.contains(&"INVALID_ARN_RESOURCE") && codes.contains(&"INVALID_ARN_REGION"), "{codes:?}");
    let other = on("sqs:SendMessage", "arn:aws:efs:us-east-1:123456789012:file-system/fs-1");
    assert_eq!(help_of("identity", &other, "INVALID_SERVICE"), "did you mean elasticfilesystem?");
    // Keys of objects may be any text.
    has_not("identity", &on("s3:GetObject", "arn:aws:s3:::backups/<key>"), "INVALID_ARN_RESOURCE");
    has("identity", &on("s3:ListBucket", "arn:aws:s3:::<bucket>"), "INVALID_ARN_RESOURCE");
}

#[test]
fn fields_that_lack_are_named_together() {
    let help = |resource: &str, code: &str| help_of("identity", &on("sqs:SendMessage", resource), code);
    assert_eq!(
        help("arn:aws:sqs:::q", "MISSING_ARN_REGION"),
        "write the Region and the account, or * for any"
    );
    assert_eq!(help("arn:aws:sqs::123456789012:q", "MISSING_ARN_REGION"), "write the Region, or * for any");
    for (written, meant) in [
        ("arn:aws:s3:backups/*", "did you mean `arn:aws:s3:::backups/*`?"),
        ("arn:aws:s3::backups", "did you mean `arn:aws:s3:::backups`?"),
        ("arn:aws:iam:role/web", "write `arn:aws:iam::*:role/web`, or the account in place of the star"),
        (
            "arn:aws:lambda:function:mailer",
            "write `arn:aws:lambda:*:*:function:mailer`, or the Region and the account in place of the star",
        ),
        (
            "arn:aws:dynamodb:us-east-1:table/Orders",
            "write `arn:aws:dynamodb:us-east-1:*:table/Orders`, or the account in place of the star",
        ),
        (
            "arn:aws:sns:123456789012:t",
            "write `arn:aws:sns:*:123456789012:t`, or the Region in place of the star",
        ),
        ("arn:something", "write all six fields: arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE"),
        ("arn:aws:sqs:nowhere/1:2", "write all six fields: arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE"),
        ("arn:aws:sqs", "write `arn:aws:sqs:*:*:*` if that is meant"),
        ("arn:aws:sqs:us-east-1", "write `arn:aws:sqs:us-east-1:*:*:*` if that is meant"),
    ] {
        let said = help(written, "MISSING_ARN_FIELD").replace(":*:*:*:*`", ":*:*:*`");
        assert_eq!(said.replace("us-east-1:*:*`", "us-east-1:*:*:*`"), meant, "{written}");
    }
}

#[test]
fn an_account_that_has_no_place_is_one_finding() {
    let own = all_codes(&on("ec2:RunInstances", "arn:aws:ec2:us-east-1:amazon:image/ami-0123456789abcdef0"));
    assert_eq!(own, ["ARN_ACCOUNT_NOT_ALLOWED"]);
    let own = on("rds:StartDBInstance", "arn:aws:rds:us-east-1:us-east-1:db:test");
    assert!(
        help_of("identity", &own, "INVALID_ARN_ACCOUNT").starts_with("a Region stands where the account")
    );
}

#[test]
fn last_parts_that_have_no_form_say_what_is_meant() {
    let help =
        |action: &str, resource: &str| help_of("identity", &on(action, resource), "INVALID_ARN_RESOURCE");
    let of = |service: &str, last: &str| format!("arn:aws:{service}:us-east-1:123456789012:{last}");
    for (action, resource, expected) in [
        (
            "apigateway:GET",
            "arn:aws:apigateway:us-east-1::restapis/abc".to_owned(),
            "did you mean `/restapis/abc`?",
        ),
        ("elasticfilesystem:*", of("elasticfilesystem", "fs-1"), "did you mean `file-system/fs-1`?"),
        ("ec2:StopInstances", of("ec2", "i-0123456789"), "did you mean `instance/i-0123456789`?"),
        ("ec2:*", of("ec2", "vol-0123456789"), "did you mean `volume/vol-0123456789`?"),
        ("ssm:GetParameter", of("ssm", "name"), "did you mean `parameter/name`?"),
        (
            "redshift-serverless:*",
            of("redshift-serverless", "snapshotcopyconfiguration/*"),
            "the tables built in, of 20",
        ),
        (
            "sts:AssumeRole",
            "arn:aws:sts::123456789012:assumed-role/r/*".to_owned(),
            "the actions are about resources such as arn:aws:iam::Account:role/",
        ),
    ] {
        let said = help(action, &resource);
        assert!(said.starts_with(expected), "{said}");
    }
    // A call about no resource may be decided on an ARN without a last part.
    has_not(
        "identity",
        &on("organizations:ListRoots", "arn:aws:organizations::123456789012:"),
        "INVALID_ARN_RESOURCE",
    );
    has(
        "identity",
        &on("organizations:TagResource", "arn:aws:organizations::123456789012:"),
        "INVALID_ARN_RESOURCE",
    );
}

#[test]
fn actions_are_about_what_has_fewest_slashes_in_its_name() {
    let code = "ACTION_WITHOUT_ITS_RESOURCE";
    let table = "arn:aws:dynamodb:us-east-1:123456789012:table/t";
    for (action, resource) in [
        ("s3:ListBucket", "arn:aws:s3:::backups/*"),
        ("s3:ListBucket", "arn:aws:s3:::backups/a/b"),
        ("s3:GetBucketPolicy", "arn:aws:s3:::backups/*"),
        ("dynamodb:PutItem", "arn:aws:dynamodb:us-east-1:123456789012:table/t/index/*"),
        // What stands before the first wildcard of a field has its place.
        ("ec2:StopInstances", "arn:aws:license-manager:*:*:license-configuration:*"),
        ("sqs:SendMessage", "arn:aws:sns:*:123456789012:*"),
    ] {
        has("identity", &on(action, resource), code);
    }
    for (action, resource) in [
        ("s3:ListBucket", "arn:aws:s3:::*"),
        ("s3:ListBucket", "arn:aws:s3:::backups*"),
        ("sqs:SendMessage", "arn:aws:sqs:*:123456789012:*"),
        ("sqs:SendMessage", "arn:aws:sq*:123456789012:*"),
        ("sqs:SendMessage", "arn:*:sqs:*:*:*"),
        ("sqs:SendMessage", "arn:aws:*:*:*:*"),
        ("s3:GetObject", "arn:aws:s3:::backups/a/b/*"),
        ("dynamodb:Query", "arn:aws:dynamodb:us-east-1:123456789012:table/t/index/*"),
        ("dynamodb:PutItem", "arn:aws:dynamodb:us-east-1:123456789012:table/*"),
        ("dynamodb:PutItem", table),
        ("iam:GetRole", "arn:aws:iam::123456789012:role/a/b/c"),
        ("logs:CreateLogStream", "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/x:*"),
        ("ssm:GetParameter", "arn:aws:ssm:us-east-1:123456789012:parameter/a/b"),
        ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:123456789012:secret:a/b-??????"),
    ] {
        has_not("identity", &on(action, resource), code);
    }
    // What lacks one form is one finding, and a wrong ARN is none besides its own.
    let many = r#"{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"], "Resource": "arn:aws:s3:::backups"}"#;
    let own = all_codes(many);
    assert_eq!(own.iter().filter(|name| **name == code).count(), 1);
    assert_eq!(found_of("identity", many, code), "`s3:GetObject` and 2 more actions of the statement");
    has_not(
        "identity",
        &on("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:123456789012:functions/x"),
        code,
    );
    let bus =
        help_of("identity", &on("events:PutEvents", "arn:aws:events:us-east-1:123456789012:rule/x"), code);
    assert!(bus.ends_with(":event-bus/EventBusName"), "{bus}");
}

#[test]
fn variables_of_templates_are_told_from_those_of_policies() {
    let of = |name: &str| on("s3:GetObject", &format!("arn:aws:s3:::homes/${{{name}}}/*"));
    let help = |name: &str| help_of("identity", &of(name), "UNKNOWN_VARIABLE");
    for name in ["ACCOUNT_ID", "AWS::AccountId", "Function.Arn", "account", "self:custom.bucket"] {
        assert!(help(name).starts_with("fill in the placeholder "), "{name}");
    }
    for (name, meant) in [
        ("aws:usrname", "aws:username"),
        ("username", "aws:username"),
        ("aws.username", "aws:username"),
        ("aws_userid", "aws:userid"),
    ] {
        assert_eq!(help(name), format!("did you mean ${{{meant}}}?"));
    }
    assert!(help("aws:nothing-like-it").starts_with("write the name of a condition key"));
    for name in [
        "transfer:HomeBucket",
        "credentials-iot:ThingName",
        "iot:Connection.Thing.ThingName",
        "iot:ClientId",
        "cognito-identity.amazonaws.com:sub",
    ] {
        has_not("identity", &of(name), "UNKNOWN_VARIABLE");
    }
    has("identity", &of("transfer:Nothing"), "UNKNOWN_VARIABLE");

    // One fault is one finding, whatever the version and the place.
    let early = on("sqs:SendMessage", "arn:${PARTITION}:sqs:${AWS::Region}:123456789012:q");
    assert_eq!(all_codes(&early), ["UNKNOWN_VARIABLE"]);
    let known = on("sqs:SendMessage", "arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:q-${STAGE}");
    assert_eq!(all_codes(&known), ["UNKNOWN_VARIABLE", "VARIABLE_BEFORE_RESOURCE_FIELD"]);
}
