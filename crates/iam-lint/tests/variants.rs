//! Forms of the same mistakes, and forms that are no mistakes.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

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

/// The help of the first finding with a code.
#[track_caller]
fn help_of(kind: &str, statement: &str, code: &str) -> String {
    let found = codes(kind, statement);
    found.into_iter().find(|(own, _)| *own == code).unwrap_or_else(|| panic!("{code} in {statement}")).1
}

/// What a finding with a code says was found.
#[track_caller]
fn found_of(kind: &str, statement: &str, code: &str) -> String {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
    let sections = Sections::embedded().unwrap();
    let found = findings(&text, PolicyKind::from_name(kind).unwrap(), false, &sections);
    found
        .into_iter()
        .find(|own| own.code.name() == code)
        .unwrap_or_else(|| panic!("{code}: {statement}"))
        .found
}

#[track_caller]
fn has_not(kind: &str, statement: &str, code: &str) {
    let found = codes(kind, statement);
    assert!(!found.iter().any(|(name, _)| *name == code), "{code} is in {found:?} of {statement}");
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
fn leaving_for_all_values_out_is_told_as_it_is() {
    let code = "FORALLVALUES_WITH_SINGLE_VALUED_KEY";
    let help = |operator: &str, value: &str| {
        help_of("identity", &tested("Deny", &format!(r#""ForAllValues:{operator}": {{"{value}"}}"#)), code)
    };
    assert!(help("StringEquals", r#"aws:PrincipalOrgID": "o-a1b2c3d4e5"#).contains("then false"));
    for (operator, test) in [
        ("StringNotEquals", r#"aws:PrincipalOrgID": "o-a1b2c3d4e5"#),
        ("StringNotLike", r#"aws:userid": "AROAEXAMPLEID:*"#),
        ("NotIpAddress", r#"aws:SourceIp": "203.0.113.0/24"#),
        ("StringEqualsIfExists", r#"aws:PrincipalOrgID": "o-a1b2c3d4e5"#),
    ] {
        let help = help(operator, test);
        assert!(
            help.contains("changes nothing") && help.contains("\"Null\"") && !help.contains("then false"),
            "{help}"
        );
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
    assert!(pattern(r#""NotAction": "ec2:Xyz*""#).starts_with("the entry excludes nothing"));
}

#[test]
fn fields_of_arns_that_are_wrong_or_lacking() {
    let help = |resource: &str, code: &str| help_of("identity", &on("s3:*", resource), code);
    let region = |resource: &str| help(resource, "INVALID_ARN_REGION");
    assert!(region("arn:awss:sqs:eu-wset-1:123456789012:q").contains("partition `awss` does not exist"));
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
    assert_eq!(
        found_of("resource", &bucket(r#"{"Service": "*"}"#), code),
        "`*` is not allowed under Service"
    );
    assert_eq!(help_of("resource", &bucket(r#"{"Service": "*"}"#), code), "name the service");
    let trust = r#"{"Effect": "Allow", "Principal": {"Federated": "*"}, "Action": "sts:AssumeRoleWithSAML"}"#;
    assert_eq!(found_of("trust", trust, code), "`*` is not allowed under Federated");
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
fn a_star_that_requests_have_is_no_wildcard() {
    let code = "WILDCARD_WITHOUT_LIKE_OPERATOR";
    let lacks = |test: &str| {
        let found = codes("identity", &tested("Deny", test));
        assert!(!found.iter().any(|(name, _)| *name == code), "{found:?} in {test}");
    };
    lacks(r#""StringEquals": {"lambda:Principal": "*"}"#);
    lacks(r#""StringNotEquals": {"lambda:principal": ["*", "sns.amazonaws.com"]}"#);
    lacks(r#""ForAnyValue:StringEquals": {"acm:DomainNames": "*.example.com"}"#);
    for test in [
        r#""StringEquals": {"lambda:Principal": "*.amazonaws.com"}"#,
        r#""StringEquals": {"lambda:FunctionUrlAuthType": "*"}"#,
        r#""ForAnyValue:StringEquals": {"acm:DomainNames": "*.*.example.com"}"#,
    ] {
        has("identity", &tested("Deny", test), code);
    }
}

#[test]
fn a_request_with_a_tag_has_the_list_of_its_tags() {
    let code = "FORALLVALUES_WITHOUT_NULL_CHECK";
    let of = |key: &str, other: &str| {
        tested("Allow", &format!(r#""ForAllValues:StringEquals": {{"{key}": ["a", "b"]}}, {other}"#))
    };
    for (key, other) in [
        ("aws:TagKeys", r#""StringEquals": {"aws:RequestTag/a": "x"}"#),
        ("aws:TagKeys", r#""StringLike": {"AWS:requesttag/a": "*"}"#),
        ("aws:TagKeys", r#""Null": {"aws:RequestTag/b": "false"}"#),
        ("aws:TagKeys", r#""ForAnyValue:StringEquals": {"aws:RequestTag/b": "x"}"#),
        ("s3:RequestObjectTagKeys", r#""StringEquals": {"s3:RequestObjectTag/a": "x"}"#),
    ] {
        let found = codes("identity", &of(key, other));
        assert!(!found.iter().any(|(name, _)| *name == code), "{found:?} in {other}");
    }
    for (key, other) in [
        ("aws:TagKeys", r#""StringEqualsIfExists": {"aws:RequestTag/a": "x"}"#),
        ("aws:TagKeys", r#""StringNotEquals": {"aws:RequestTag/a": "x"}"#),
        ("aws:TagKeys", r#""Null": {"aws:RequestTag/b": "true"}"#),
        ("aws:TagKeys", r#""StringEquals": {"aws:ResourceTag/a": "x"}"#),
        ("aws:TagKeys", r#""StringEquals": {"s3:RequestObjectTag/a": "x"}"#),
        ("s3:RequestObjectTagKeys", r#""StringEquals": {"aws:RequestTag/a": "x"}"#),
        ("aws:TagKeys", r#""ForAllValues:StringLike": {"aws:RequestTag/b": "x*"}"#),
    ] {
        has("identity", &of(key, other), code);
    }
}

#[test]
fn keys_that_an_action_lacks_are_told_with_what_follows() {
    let code = "UNSUPPORTED_ACTION_FOR_CONDITION_KEY";
    let help = |effect: &str, test: &str| {
        let statement =
            tested(effect, test).replace("s3:ListBucket", "s3:GetObject").replace("backups", "backups/*");
        codes("identity", &statement).into_iter().find(|(name, _)| *name == code).map(|own| own.1)
    };
    for (effect, test, outcome) in [
        ("Allow", r#""StringEquals": {"s3:prefix": "a/"}"#, "is false"),
        ("Allow", r#""StringNotEquals": {"s3:prefix": "a/"}"#, "is true"),
        ("Deny", r#""StringEquals": {"s3:prefix": "a/"}"#, "is false"),
        ("Deny", r#""StringNotEquals": {"s3:prefix": "a/"}"#, "is true"),
        ("Deny", r#""Null": {"s3:prefix": "true"}"#, "is true"),
    ] {
        assert!(help(effect, test).unwrap().contains(outcome), "{test}");
    }
    // Of such a key the tables do not say which requests have it.
    let sections = Sections::embedded().unwrap();
    let given = |service: &str, key: &str| {
        sections.actions(service).any(|own| own.condition_keys().iter().any(|own| own.matches(key)))
    };
    let is_plain = |key: &str| !key.contains(['$', '{', '/']);
    let unused = sections.services().find_map(|service| {
        let mut keys = sections.keys_of(service).map(|key| key.name).filter(|key| is_plain(key));
        let key = keys.find(|key| key.starts_with(&format!("{service}:")) && !given(service, key))?;
        Some((*sections.action_names(service).first()?, service, key))
    });
    let (action, service, key) = unused.unwrap();
    let statement = format!(
        r#"{{"Effect": "Allow", "Action": "{service}:{action}", "Resource": "*", "Condition": {{"StringEquals": {{"{key}": "x"}}}}}}"#
    );
    assert!(!codes("identity", &statement).iter().any(|(name, _)| *name == code), "{statement}");
}

#[test]
fn keys_of_aws_policies_exist() {
    for (test, code) in [
        (
            r#""StringNotEquals": {"aws:PrincipalOrgMasterAccountId": "${aws:PrincipalAccount}"}"#,
            "INVALID_GLOBAL_CONDITION_KEY",
        ),
        (r#""StringEquals": {"lakeformation:GlueARN": "x"}"#, "INVALID_SERVICE_CONDITION_KEY"),
        (
            r#""StringEquals": {"aws:PrincipalTag/a": "${aws:PrincipalOrgMasterAccountId}"}"#,
            "UNKNOWN_VARIABLE",
        ),
    ] {
        let found = codes("identity", &tested("Allow", test));
        assert!(!found.iter().any(|(name, _)| *name == code), "{found:?}");
    }
    has(
        "identity",
        &tested("Allow", r#""StringEquals": {"aws:PrincipalOrgMasterAcount": "x"}"#),
        "INVALID_GLOBAL_CONDITION_KEY",
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
        ("arn:*:sqs:us-east-1:123456789012:q", "WILDCARD_IN_ARN_FIELD", "name the partition"),
        ("arn:aws:s?s:us-east-1:123456789012:q", "WILDCARD_IN_SERVICE_NAME", "name the service"),
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
fn arn_keys_are_compared_field_by_field() {
    let code = "STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS";
    let found = |operator: &str, value: &str| {
        let test = tested("Deny", &format!(r#""{operator}": {{"aws:PrincipalArn": "{value}"}}"#));
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{test}]}}"#);
        let sections = Sections::embedded().unwrap();
        let found = findings(&text, PolicyKind::Identity, false, &sections);
        found.into_iter().find(|own| own.code.name() == code).map(|own| (own.found, own.help))
    };
    let (text, help) = found("StringNotLikeIfExists", "arn:aws:iam::*:role/a*").unwrap();
    assert!(text.ends_with("under `StringNotLikeIfExists`") && help.starts_with("write ArnNotLike"));
    assert!(!help.contains("all six"));
    let (_, help) = found("StringLike", "arn:aws:iam::1*").unwrap();
    assert!(help.ends_with("`arn:aws:iam::1*:*`"), "{help}");
    assert_eq!(found("StringLike", "*"), None);
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
fn a_key_that_an_action_does_not_have_decides_its_own_test_alone() {
    let of = |operator: &str| {
        let statement = format!(
            r#"{{"Effect": "Deny", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": "*", "Condition": {{"{operator}": {{"s3:prefix": "x"}}, "Bool": {{"aws:SecureTransport": "false"}}}}}}"#
        );
        help_of("identity", &statement, "UNSUPPORTED_ACTION_FOR_CONDITION_KEY")
    };
    let says = |word: &str| {
        format!(
            "AWS's tables do not give it the key, and without it this test is {word}: move it into a statement without `s3:prefix`"
        )
    };
    assert_eq!(of("StringNotEquals"), says("true"));
    assert_eq!(of("StringEquals"), says("false"));
}

#[test]
fn a_test_of_the_source_that_holds_without_one_is_about_others_too() {
    let code = "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY";
    let of = |source: &str| {
        let statement = format!(
            r#"{{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {{"StringNotEqualsIfExists": {{"aws:PrincipalOrgID": "o-1234567890"}}, {source}}}}}"#
        );
        codes("rcp", &statement).iter().any(|(own, _)| *own == code)
    };
    assert!(of(r#""StringNotEquals": {"aws:SourceOrgID": "o-1234567890"}"#));
    assert!(!of(r#""StringEquals": {"aws:SourceOrgID": "o-1234567890"}"#));
    assert!(!of(r#""Null": {"aws:SourceAccount": "false"}"#));
}

#[test]
fn a_list_with_a_star_alone_is_no_list_of_arns() {
    let code = "STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS";
    let found = |values: &str| {
        let test = format!(r#""StringLike": {{"aws:PrincipalArn": [{values}]}}"#);
        codes("identity", &tested("Allow", &test)).iter().any(|(own, _)| *own == code)
    };
    let role = r#""arn:aws:iam::111122223333:role/a*""#;
    assert!(found(role) && !found(&format!(r#""*", {role}"#)) && !found(&format!(r#"{role}, "**""#)));
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
