//! Actions, resources and what they grant.

use super::{clean, codes, found_of, has, has_not, help_of, on, tested};

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

#[test]
fn an_entry_of_not_action_is_no_action() {
    let code = "USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES";
    let deny = |actions: &str| {
        format!(
            r#"{{"Effect": "Deny", {actions}, "Resource": "*", "Condition": {{"StringNotEquals": {{"aws:VpceOrgID": "o-a1b2c3d4e5"}}}}}}"#
        )
    };
    let not = found_of("identity", &deny(r#""NotAction": ["ec2:*", "sqs:*"]"#), code);
    assert!(not.contains("NotAction leaves in all other services") && !not.contains("ec2"), "{not}");
    assert!(found_of("identity", &deny(r#""Action": ["s3:*", "ec2:*"]"#), code).contains("`ec2:*`"));
    has_not("identity", &deny(r#""Action": "s3:*""#), code);

    let grant = |actions: &str| format!(r#"{{"Effect": "Allow", {actions}, "Resource": "*"}}"#);
    let pass = "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION";
    let found = found_of("identity", &grant(r#""NotAction": ["s3:*", "ec2:*"]"#), pass);
    assert_eq!(found, "NotAction does not exclude iam:PassRole: it is allowed on `*`");
}

#[test]
fn types_of_any_service_have_any_last_part() {
    for part in ["recovery-point:*", "recovery-point:1-2", "snapshot/x", "anything"] {
        let resource = format!("arn:aws:backup:us-east-1:123456789012:{part}");
        has_not("identity", &on("backup:StartRestoreJob", &resource), "INVALID_ARN_RESOURCE");
    }
    let help = help_of(
        "identity",
        &on("dynamodb:*", "arn:aws:dynamodb:*:123456789012:tables/A/index/B"),
        "INVALID_ARN_RESOURCE",
    );
    assert_eq!(help.matches('/').count(), 3, "{help}");
}

#[test]
fn what_is_denied_is_not_granted() {
    let allow = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
    let (pass, create) =
        ("PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE", "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE");
    let with = |deny: &str| format!("{allow}, {{\"Effect\": \"Deny\", {deny}}}");
    for deny in [
        r#""Action": "iam:*", "Resource": "*""#,
        r#""NotAction": "s3:*", "Resource": "*""#,
        r#""Action": ["s3:*", "iam:PassRole", "iam:Create*"], "Resource": ["arn:aws:iam::*:role/*"]"#,
    ] {
        has_not("identity", &with(deny), pass);
        has_not("identity", &with(deny), create);
    }
    for deny in [
        r#""Action": "iam:*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}"#,
        r#""NotAction": "iam:*", "Resource": "*""#,
        r#""Action": "iam:*", "Resource": "arn:aws:iam::*:role/admin""#,
    ] {
        has("identity", &with(deny), pass);
        has("identity", &with(deny), create);
    }
}

#[test]
fn guesses_are_near_and_stand_nowhere_else() {
    let help = |actions: &str, code: &str| {
        help_of("identity", &format!(r#"{{"Effect": "Allow", {actions}, "Resource": "*"}}"#), code)
    };
    let service = |action: &str| help(&format!(r#""Action": "{action}""#), "INVALID_SERVICE_IN_ACTION");
    assert!(service("macie:GetFindings").contains("did you mean macie2:GetFindings?"));
    assert!(service("macie:Associate*Nothing").contains("leave it out"));
    assert_eq!(service("elastic-inference:Connect"), "leave it out: AWS has retired the service");
    assert!(!service("abcd:GetItem").contains("did you mean"));
    assert!(service("dyanmodb:GetItem").contains("dynamodb:GetItem"));

    let action = |action: &str| help(&format!(r#""Action": {action}"#), "INVALID_ACTION");
    assert!(!action(r#""ec2:DescribeVpcConnections""#).contains("Vpn"));
    assert!(action(r#""ec2:DescribeInstance""#).contains("did you mean ec2:DescribeInstances?"));
    assert!(action(r#""sqs:SendMesage""#).contains("did you mean sqs:SendMessage?"));
    assert_eq!(
        action(r#"["sqs:SendMesage", "sqs:SendMessage"]"#),
        "leave it out: sqs:SendMessage is already there"
    );
    assert_eq!(
        action(r#"["sqs:SendMesage", "sqs:Send*"]"#),
        "leave it out: sqs:Send* already includes sqs:SendMessage"
    );

    let pattern = |action: &str| help(action, "ACTION_PATTERN_MATCHES_NOTHING");
    assert!(
        pattern(r#""Action": "ec2:DescribeInstanecs*""#).contains("did you mean ec2:DescribeInstances*?")
    );
    assert!(!pattern(r#""Action": "ec2:DescribeInsx*""#).contains("did you mean"));
    assert!(
        pattern(r#""NotAction": ["ec2:Xyz*", "iam:*"]"#).starts_with("the entry excludes nothing; take the")
    );
    let nothing = "no entry excludes anything, so that the statement allows every action; ";
    assert!(pattern(r#""NotAction": "ec2:Xyz*""#).starts_with(nothing));
    assert!(action(r#""sqs:SendMesage""#).starts_with("did you mean"));
    let all = help(r#""NotAction": ["sqs:SendMesage", "ec2:Xyz*"]"#, "INVALID_ACTION");
    assert!(all.starts_with(nothing) && all.ends_with("did you mean sqs:SendMessage?"), "{all}");
}

#[test]
fn fields_of_arns_that_are_wrong_or_lacking() {
    let help = |resource: &str, code: &str| help_of("identity", &on("s3:*", resource), code);
    let region = |resource: &str| help(resource, "INVALID_ARN_REGION");
    assert!(region("arn:awss:sqs:eu-wset-1:123456789012:q").contains("did you mean eu-west-1?"));
    has_not("identity", &on("s3:*", "arn:aws-test:sqs:us-test-1:123456789012:q"), "INVALID_ARN_REGION");
    assert!(region("arn:aws:sqs:eu-wset-1:123456789012:q").contains("did you mean eu-west-1?"));
    assert!(region("arn:aws:sqs:cn-north-1:123456789012:q").contains("a Region of the partition aws-cn"));
    assert!(!region("arn:aws:sqs:frankfurt:123456789012:q").contains("did you mean"));
    let field = |resource: &str| help(resource, "MISSING_ARN_FIELD");
    for (written, meant) in [
        ("arn:aws:s3::backups", "arn:aws:s3:::backups"),
        ("arn:aws:s3::backups/*", "arn:aws:s3:::backups/*"),
        ("arn:aws:iam:123456789012:role/web", "arn:aws:iam::123456789012:role/web"),
    ] {
        assert_eq!(field(written), format!("did you mean `{meant}`?"));
    }
    assert!(!field("arn:aws:sqs:eu-west-1:q").contains("did you mean"));
    let about =
        help_of("identity", &on("s3:GetObject", "arn:aws:s3:::backups"), "ACTION_WITHOUT_ITS_RESOURCE");
    assert_eq!(about, "it is about resources such as arn:aws:s3:::BucketName/ObjectName");
}

#[test]
fn wording_says_what_is_refused() {
    let bucket = |principal: &str| {
        format!(
            r#"{{"Effect": "Deny", "Principal": {principal}, "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}}"#
        )
    };
    let code = "UNSUPPORTED_WILDCARD_IN_PRINCIPAL";
    assert_eq!(found_of("resource", &bucket(r#"{"Service": "*"}"#), code), "`*` under Service");
    assert!(help_of("resource", &bucket(r#"{"Service": "*"}"#), code).starts_with("name each service: "));
    let trust = r#"{"Effect": "Allow", "Principal": {"Federated": "*"}, "Action": "sts:AssumeRoleWithSAML"}"#;
    assert_eq!(found_of("trust", trust, code), "`*` under Federated");
    let rcp = |action: &str| {
        format!(r#"{{"Effect": "Deny", "Principal": "*", "Action": "{action}", "Resource": "*"}}"#)
    };
    let code = "RCP_SYNTAX_ERROR_ACTION";
    assert_eq!(found_of("rcp", &rcp("*"), code), "`*` is not accepted as the action of an RCP");
    assert!(found_of("rcp", &rcp("ec2:*"), code).contains("AWS has no RCP for ec2"));
}

#[test]
fn paths_of_an_api_are_resources_of_its_policy_alone() {
    let of = |resource: &str| {
        format!(
            r#"{{"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "{resource}", "Condition": {{"NotIpAddress": {{"aws:SourceIp": "203.0.113.0/24"}}}}}}"#
        )
    };
    for resource in ["execute-api:/*", "execute-api:/prod/GET/pets"] {
        clean("resource", &of(resource));
        clean("resource", &of(resource).replace("\"Resource\"", "\"NotResource\""));
        has("vpc_endpoint", &of(resource), "INVALID_ARN_PREFIX");
        has("identity", &on("execute-api:Invoke", resource), "INVALID_ARN_PREFIX");
    }
    has("resource", &of("execute-api:prod"), "INVALID_ARN_PREFIX");
}

#[test]
fn help_says_what_is_meant() {
    let help = |kind: &str, statement: &str, code: &str| {
        let found = codes(kind, statement);
        let own = found.iter().find(|(name, _)| *name == code);
        own.unwrap_or_else(|| panic!("{code} is not in {found:?} of {statement}")).1.clone()
    };
    for (operator, meant) in [
        ("StringEqual", "did you mean StringEquals?"),
        ("ForAnyValues:StringEquals", "did you mean ForAnyValue:StringEquals?"),
        ("StringEquelsIfExists", "did you mean StringEqualsIfExists?"),
    ] {
        let statement = tested("Deny", &format!(r#""{operator}": {{"aws:SourceVpc": "vpc-12345678"}}"#));
        assert_eq!(help("identity", &statement, "INVALID_CONDITION_OPERATOR"), meant);
    }
    for (resource, field) in [
        ("arn:${aws:PrincipalTag/p}:sqs:us-east-1:123456789012:q", "the partition"),
        ("arn:aws:sqs:${aws:RequestedRegion}:123456789012:q", "the Region"),
        ("arn:aws:sqs:*:${aws:PrincipalAccount}:q", "the account"),
    ] {
        let help = help("identity", &on("sqs:SendMessage", resource), "VARIABLE_BEFORE_RESOURCE_FIELD");
        assert!(help.contains(&format!("write {field} or a wildcard")), "{help}");
    }
    for (resource, code, expected) in [
        (
            "arn:*:sqs:us-east-1:123456789012:q",
            "WILDCARD_IN_ARN_FIELD",
            "name the partition, unless every one is meant",
        ),
        (
            "arn:aws:s?s:us-east-1:123456789012:q",
            "WILDCARD_IN_SERVICE_NAME",
            "name the service, unless every one is meant",
        ),
    ] {
        assert_eq!(help("identity", &on("sqs:SendMessage", resource), code), expected);
    }
    let key = |name: &str| tested("Deny", &format!(r#""StringEquals": {{"{name}": "x"}}"#));
    assert_eq!(help("identity", &key("sqqs:x"), "INVALID_SERVICE"), "did you mean sqs?");
    assert_eq!(help("identity", &key("okta:sub"), "INVALID_SERVICE"), "write the prefix of a service");
    let trust = r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/oidc.example.org"}, "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {"oidc:sub": "x"}}}"#;
    assert!(help("trust", trust, "INVALID_SERVICE").contains("PROVIDER:CLAIM"));
}

#[test]
fn roles_are_those_of_the_partition_that_is_granted() {
    let of = |effect: &str, action: &str, resource: &str| {
        on(action, resource).replace("Allow", effect).replace(&format!("\"{resource}\""), &{
            let all: Vec<String> = resource.split(' ').map(|own| format!("\"{own}\"")).collect();
            format!("[{}]", all.join(", "))
        })
    };
    let (aws, china) = ("arn:aws:iam::*:role/*", "arn:aws-cn:iam::*:role/*");
    let slr = |roles: &str| roles.replace("role/*", "role/aws-service-role/*");
    for (action, code, one, other) in [
        ("iam:PassRole", "PASS_ROLE_WITH_STAR_IN_RESOURCE", aws.to_owned(), china.to_owned()),
        ("iam:CreateServiceLinkedRole", "CREATE_SLR_WITH_STAR_IN_RESOURCE", slr(aws), slr(china)),
    ] {
        let both = format!("{one} {other}");
        for (allowed, denied, is_found) in [
            (&other, &one, true),
            (&one, &other, true),
            (&one, &one, false),
            (&other, &other, false),
            (&both, &one, true),
            (&both, &other, true),
            (&both, &both, false),
        ] {
            let statements = format!("{}, {}", of("Allow", action, allowed), of("Deny", action, denied));
            let found = codes("identity", &statements).iter().any(|(own, _)| *own == code);
            assert_eq!(found, is_found, "{statements}");
        }
    }
}

#[test]
fn operations_are_not_half_granted() {
    let help = |action: &str, resource: &str| help_of("identity", &on(action, resource), "INVALID_ACTION");
    for (action, needed) in [
        ("kms:ReEncrypt", "kms:ReEncryptFrom and kms:ReEncryptTo"),
        ("s3:CopyObject", "s3:PutObject and one or more of s3:GetObject, s3:GetObjectVersion"),
        ("s3:UploadPartCopy", "s3:PutObject and one or more of s3:GetObject, s3:GetObjectVersion"),
        ("s3:DeleteObjects", "one or more of s3:DeleteObject, s3:DeleteObjectVersion"),
        ("dynamodb:TransactWriteItems", "one or more of dynamodb:PutItem, dynamodb:UpdateItem, "),
        ("dynamodb:ExecuteStatement", "one or more of dynamodb:PartiQLSelect, dynamodb:PartiQLInsert, "),
    ] {
        let said = help(action, "*");
        assert!(said.contains("what it does needs ") && said.contains(needed), "{said}");
    }
    assert!(help("sso:GetRoleCredentials", "*").ends_with("needs no permission"));
    assert!(help("apigateway:GetRestApis", "*").ends_with("apigateway:GET grants it"));
    assert!(help("s3:GetObjectx", "*").starts_with("did you mean s3:GetObject?"));
    assert!(help("s3:SelectObjectContent", "*").ends_with("s3:GetObject grants it"));
    assert!(help("s3:ListBuckets", "*").ends_with("s3:ListAllMyBuckets grants it"));
    assert!(help("s3:ListBuckets", "arn:aws:s3:::backups").starts_with("did you mean s3:ListBucket?"));
}

#[test]
fn services_have_other_names_elsewhere() {
    let code = "INVALID_SERVICE_IN_ACTION";
    let help = |action: &str| help_of("identity", &on(action, "*"), code);
    for (written, meant) in [
        ("efs:CreateFileSystem", "elasticfilesystem:CreateFileSystem"),
        ("efs:*", "elasticfilesystem:*"),
        ("waf2:ListWebACLs", "wafv2:ListWebACLs"),
        ("elbv2:Describe*", "elasticloadbalancing:Describe*"),
        ("eventbridge:PutRule", "events:PutRule"),
        ("stepfunctions:StartExecution", "states:StartExecution"),
        ("cognito:AdminGetUser", "cognito-idp:AdminGetUser"),
        ("cognito:GetId", "cognito-identity:GetId"),
        ("cognito:List*", "cognito-identity:List* or cognito-idp:List*"),
    ] {
        assert_eq!(help(written), format!("did you mean {meant}?"));
    }
    // Of one service of which nobody knows what is meant, one finding.
    let many = r#"{"Effect": "Allow", "Action": ["codestar:A", "CodeStar:B*", "sumerian:C", "macie:GetFindings", "macie:ListFindings"], "Resource": "*"}"#;
    let own: Vec<_> = codes("identity", many).into_iter().filter(|(own, _)| *own == code).collect();
    assert_eq!(own.len(), 3, "{own:?}");
    assert!(found_of("identity", many, code).ends_with("; 2 entries of the list have it"));
}
