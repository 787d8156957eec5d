//! What the help of findings says, where a careless one would mislead.

use super::{codes, found_of, has_not, help_of, on};

/// The number of findings with a code.
fn count(kind: &str, statement: &str, code: &str) -> usize {
    codes(kind, statement).iter().filter(|(own, _)| *own == code).count()
}

#[test]
fn the_key_of_a_claim_is_written_out() {
    let code = "INVALID_CONDITION_KEY_FORMAT";
    let trust = |key: &str| {
        let host = "token.actions.githubusercontent.com";
        format!(
            r#"{{"Effect": "Allow", "Principal": {{"Federated": "arn:aws:iam::123456789012:oidc-provider/{host}"}}, "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {{"StringEquals": {{"{host}:aud": "sts.amazonaws.com"}}, "StringLike": {{"{key}": "repo:a/b:*"}}}}}}"#
        )
    };
    for key in [
        "token.actions.githubusercontent.com/sub",
        "token.actions.githubusercontent.com.sub",
        "sub",
        ":sub",
        "https//token.actions.githubusercontent.com/sub",
    ] {
        let help = help_of("trust", &trust(key), code);
        assert!(help.starts_with("write token.actions.githubusercontent.com:sub"), "{key}: {help}");
    }
    // Of the provider alone, the claim is not known.
    let help = help_of("trust", &trust("token.actions.githubusercontent.com"), code);
    assert!(help.starts_with("write token.actions.githubusercontent.com:CLAIM"), "{help}");
    let other = "CONDITION_KEY_OF_ANOTHER_ISSUER";
    for key in ["https://token.actions.githubusercontent.com:sub", "token.actions.githubusercontent.com:sub:"]
    {
        let help = help_of("trust", &trust(key), other);
        assert!(help.starts_with("write token.actions.githubusercontent.com:sub"), "{key}: {help}");
    }
    assert!(help_of("trust", &trust("gitlab.com:sub"), other).starts_with("the statement names"));
    // Where no principal tells the provider, the text does.
    let tested = |key: &str| {
        format!(
            r#"{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {{"StringEquals": {{"{key}": "x"}}}}}}"#
        )
    };
    let help = help_of("identity", &tested("oidc.eks.eu-west-1.amazonaws.com/id/ABC/sub"), code);
    assert!(help.starts_with("write oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub"), "{help}");
    let help = help_of("identity", &tested("oidc.eks.eu-west-1.amazonaws.com/id/ABC"), code);
    assert!(help.starts_with("write oidc.eks.eu-west-1.amazonaws.com/id/ABC:CLAIM"), "{help}");
    let help = help_of("identity", &tested("SourceVpc"), code);
    assert_eq!(help, "write aws:SourceVpc");
    assert_eq!(help_of("identity", &tested("prefix"), code), "write s3:prefix");
    assert!(help_of("identity", &tested("nothing"), code).starts_with("write it like"));
}

#[test]
fn for_all_values_is_judged_for_each_action() {
    let code = "FORALLVALUES_WITHOUT_NULL_CHECK";
    let of = |effect: &str, actions: &str, key: &str| {
        format!(
            r#"{{"Effect": "{effect}", "Action": {actions}, "Resource": "*", "Condition": {{"ForAllValues:StringEquals": {{"{key}": ["a"]}}}}}}"#
        )
    };
    // To ask for the key would take away what never has it.
    let help =
        help_of("identity", &of("Allow", r#"["sqs:CreateQueue", "sqs:SendMessage"]"#, "aws:TagKeys"), code);
    assert!(help.contains("`sqs:SendMessage` never has the key"), "{help}");
    assert!(
        help.contains("split the statement") && help.contains(r#""Null": {"aws:TagKeys": "false"}"#),
        "{help}"
    );
    let help =
        help_of("identity", &of("Allow", r#"["ec2:CreateTags", "sqs:SendMessage"]"#, "aws:TagKeys"), code);
    assert!(help.contains("split the statement") && !help.contains("Null"), "{help}");
    // The action's own row comes first.
    let help = help_of("identity", &of("Allow", r#""s3:PutObject""#, "aws:TagKeys"), code);
    assert!(help.contains("such as s3:RequestObjectTagKeys"), "{help}");
    let help = help_of("identity", &of("Allow", r#""sqs:SendMessage""#, "aws:TagKeys"), code);
    assert!(help.starts_with("none of the actions has the key") && !help.contains("such as"), "{help}");
}

#[test]
fn a_type_that_the_tables_lack_may_be_newer_than_they() {
    let code = "INVALID_ARN_RESOURCE";
    let help = help_of("identity", &on("ec2:*", "arn:aws:ec2:us-east-1:123456789012:frobnicator/abc"), code);
    assert!(help.starts_with("the tables built in, of 20"), "{help}");
    assert!(help.contains("know no type `frobnicator` of ec2"), "{help}");
    let near =
        help_of("identity", &on("dynamodb:*", "arn:aws:dynamodb:us-east-1:123456789012:tabel/abc"), code);
    assert!(near.starts_with("write a form such as table/TableName"), "{near}");
}

#[test]
fn placeholders_of_templates_are_to_be_filled_in() {
    let identity = |resource: &str, test: &str| {
        format!(
            r#"{{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "{resource}", "Condition": {{{test}}}}}"#
        )
    };
    let tested = |test: &str| identity("*", test);
    let trust = |principal: &str| {
        format!(r#"{{"Effect": "Allow", "Principal": {principal}, "Action": "sts:AssumeRole"}}"#)
    };
    for (kind, statement, code, name) in [
        ("identity", identity("${QUEUE_ARN}", ""), "INVALID_ARN_PREFIX", "${QUEUE_ARN}"),
        ("identity", identity("<arn>", ""), "INVALID_ARN_PREFIX", "<arn>"),
        ("identity", identity("arn:aws:sqs:${REGION}:123456789012:q", ""), "UNKNOWN_VARIABLE", "${REGION}"),
        (
            "identity",
            tested(r#""IpAddress": {"aws:SourceIp": "${MY_IP}"}"#),
            "INVALID_VARIABLE_FOR_OPERATOR",
            "${MY_IP}",
        ),
        (
            "identity",
            tested(r#""IpAddress": {"aws:SourceIp": "<my address>"}"#),
            "TYPE_MISMATCH_IP_RANGE",
            "<my address>",
        ),
        (
            "identity",
            tested(r#""DateLessThan": {"aws:CurrentTime": "{{DATE}}"}"#),
            "TYPE_MISMATCH_DATE",
            "{{DATE}}",
        ),
        (
            "identity",
            tested(r#""Bool": {"aws:SecureTransport": "${SECURE}"}"#),
            "UNKNOWN_VARIABLE",
            "${SECURE}",
        ),
        (
            "trust",
            trust(r#"{"AWS": "arn:aws:iam::${ACCOUNT_ID}:root"}"#),
            "VARIABLE_UNSUPPORTED_IN_ELEMENT",
            "${ACCOUNT_ID}",
        ),
        (
            "trust",
            trust(r#"{"AWS": "arn:aws:iam::<account>:root"}"#),
            "INVALID_PRINCIPAL_FORMAT",
            "<account>",
        ),
        ("trust", trust(r#"{"AWS": "{{account}}"}"#), "INVALID_PRINCIPAL_FORMAT", "{{account}}"),
        (
            "trust",
            trust(r#"{"Service": "${SERVICE}.amazonaws.com"}"#),
            "VARIABLE_UNSUPPORTED_IN_ELEMENT",
            "${SERVICE}",
        ),
        ("identity", on("${SERVICE}:Get*", "*"), "VARIABLE_UNSUPPORTED_IN_ELEMENT", "${SERVICE}"),
        (
            "identity",
            tested(r#""StringEquals": {"${OIDC}:sub": "x"}"#),
            "VARIABLE_UNSUPPORTED_IN_ELEMENT",
            "${OIDC}",
        ),
    ] {
        let help = help_of(kind, &statement, code);
        assert!(help.starts_with(&format!("fill in the placeholder `{name}`")), "{code} {name}: {help}");
        // One fault is one finding.
        if code != "UNKNOWN_VARIABLE" {
            has_not(kind, &statement, "UNKNOWN_VARIABLE");
        }
    }
    let several = identity("arn:aws:sqs:${REGION}:${AWS::AccountId}:q", "");
    let help = help_of("identity", &several, "UNKNOWN_VARIABLE");
    assert!(help.starts_with("fill in the placeholders `${REGION}`, `${AWS::AccountId}`"), "{help}");
    // A variable of a policy is none.
    let help = help_of(
        "trust",
        &trust(r#"{"AWS": "arn:aws:iam::123456789012:user/${aws:username}"}"#),
        "VARIABLE_UNSUPPORTED_IN_ELEMENT",
    );
    assert!(help.starts_with("variables are replaced in"), "{help}");
}

#[test]
fn a_resource_that_is_no_arn_is_told_by_its_action() {
    let code = "INVALID_ARN_PREFIX";
    let of = |actions: &str, resources: &str| {
        format!(r#"{{"Effect": "Allow", "Action": {actions}, "Resource": {resources}}}"#)
    };
    let help = help_of("identity", &of(r#""sqs:SendMessage""#, r#""jobs""#), code);
    assert_eq!(
        help,
        "write an ARN such as arn:aws:sqs:Region:Account:QueueName, or \"*\" for every resource"
    );
    let help = help_of("identity", &of(r#""s3:*""#, r#"["*", "mybucket"]"#), code);
    assert!(help.starts_with("write an ARN such as arn:aws:s3:::"), "{help}");
    assert!(help.ends_with("; `*` beside it is every resource already"), "{help}");
    // What acts on no resource has no form.
    let help = help_of("identity", &of(r#""s3:ListAllMyBuckets""#, r#""mybucket""#), code);
    assert!(help.contains("\"*\""), "{help}");
    let one = of(r#""dynamodb:GetItem""#, r#"["${aws:NoSuch}"]"#);
    assert_eq!(count("identity", &one, code), 1);
    has_not("identity", &one, "UNKNOWN_VARIABLE");
}

#[test]
fn principals_are_no_patterns() {
    let of = |principal: &str| {
        format!(
            r#"{{"Effect": "Allow", "Principal": {principal}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}}"#
        )
    };
    let code = "UNSUPPORTED_WILDCARD_IN_PRINCIPAL";
    let root = of(r#"{"AWS": "arn:aws:iam::*:root"}"#);
    let help = help_of("resource", &root, code);
    assert!(help.contains("the whole value may be *"), "{help}");
    assert!(help.contains("arn:aws:iam::*:root"), "{help}");
    assert!(help.contains("aws:PrincipalArn"), "{help}");
    let service = of(r#"{"Service": "*.amazonaws.com"}"#);
    assert_eq!(found_of("resource", &service, code), "`*.amazonaws.com` under Service");
    assert!(help_of("resource", &service, code).starts_with("name each service"));
}

#[test]
fn a_deny_keeps_the_services_that_lack_a_key() {
    let code = "USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES";
    let of = |effect: &str, element: &str, operator: &str| {
        format!(
            r#"{{"Effect": "{effect}", "{element}": ["s3:*", "ec2:*"], "Resource": "*", "Condition": {{"{operator}": {{"aws:VpceOrgID": "o-1234567890"}}}}}}"#
        )
    };
    for element in ["Action", "NotAction"] {
        for (operator, does) in [
            ("StringNotEqualsIfExists", "always denied"),
            ("StringNotEquals", "always denied"),
            ("StringEquals", "never denied"),
        ] {
            let help = help_of("scp", &of("Deny", element, operator), code);
            assert!(help.contains(does) && help.contains("another Deny"), "{element} {operator}: {help}");
            for word in ["name only", "list actions", "leave"] {
                assert!(!help.contains(word), "{help}");
            }
        }
        for (operator, does) in
            [("StringEquals", "never allowed"), ("StringEqualsIfExists", "always allowed")]
        {
            let help = help_of("identity", &of("Allow", element, operator), code);
            assert!(help.contains(does), "{element} {operator}: {help}");
        }
    }
}

#[test]
fn a_service_of_another_name_and_a_retired_one_are_one_finding_each() {
    let code = "INVALID_SERVICE_IN_ACTION";
    let all = |actions: &str| format!(r#"{{"Effect": "Allow", "Action": {actions}, "Resource": "*"}}"#);
    let renamed = all(r#"["zocalo:DescribeGroups", "zocalo:*", "zocalo:Nothing"]"#);
    assert_eq!(count("identity", &renamed, code), 1);
    let help = help_of("identity", &renamed, code);
    assert!(help.starts_with("AWS has renamed the service: write workdocs:DescribeGroups"), "{help}");
    assert!(found_of("identity", &renamed, code).ends_with("; 3 entries of the list have it"));
    let retired = all(r#"["macie:GetFindings", "macie:ListFindings"]"#);
    assert_eq!(count("identity", &retired, code), 1);
    assert!(help_of("identity", &retired, code).starts_with("AWS has retired the service"));
}

#[test]
fn wildcards_inside_actions_of_control_policies_work() {
    let code = "SCP_SYNTAX_ERROR_ACTION_WILDCARD";
    let help = help_of("scp", r#"{"Effect": "Deny", "Action": "ec2:*Vpc", "Resource": "*"}"#, code);
    assert!(help.starts_with("nothing has to be changed"), "{help}");
    assert!(iam_lint::rule(code).unwrap().mend.starts_with("Nothing has to be changed"));
}

#[test]
fn documents_of_aws_are_not_to_be_edited() {
    let text = r#"{"Effect": "Allow", "Action": ["zocalo:Get*", "s3:GetObjects", "s3:Get*", "s3:GetObject", "iam:PassRole"], "Resource": "*",
        "Condition": {"StringEquals": {"aws:Foo": "x"}, "ForAllValues:StringEquals": {"aws:CalledVia": "x"}}}"#;
    let found = codes("aws_managed", text);
    assert!(found.len() > 5, "{found:?}");
    for (code, help) in found {
        assert!(help.starts_with("the document is AWS's"), "{code}: {help}");
    }
}
