//! Tests that limit requests, and tests that only look as if they did.

use super::{clean, codes, found_of, has, has_not, help_of, on, tested};

fn service(service: &str, tests: &str) -> String {
    format!(
        r#"{{"Effect": "Allow", "Principal": {{"Service": "{service}"}}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:q", "Condition": {{{tests}}}}}"#
    )
}

#[test]
fn a_service_is_let_in_for_any_account_if_no_test_names_one() {
    let code = "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL";
    for tests in [
        r#""Null": {"aws:SourceArn": "true"}"#,
        r#""Null": {"aws:SourceArn": "false"}"#,
        r#""StringNotEquals": {"aws:SourceAccount": "999999999999"}"#,
        r#""StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}"#,
        r#""StringLike": {"aws:SourceAccount": "*"}"#,
        r#""StringLike": {"aws:SourceOrgID": "o-*"}"#,
        r#""ForAnyValue:StringLike": {"aws:SourceOrgPaths": "o-*/r-*"}"#,
        r#""ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}"#,
        r#""ArnLike": {"aws:SourceArn": ["arn:aws:sns:*:111122223333:*", "arn:aws:sns:*:1111*:t"]}"#,
        r#""ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}"#,
        r#""StringEquals": {"sns:Protocol": "sqs"}"#,
    ] {
        has("resource", &service("sns.amazonaws.com", tests), code);
    }
    for tests in [
        r#""StringEquals": {"aws:SourceAccount": "111122223333"}"#,
        r#""StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}, "Null": {"aws:SourceAccount": "false"}"#,
        r#""StringLike": {"aws:SourceAccount": ["111122223333", "444455556666"]}"#,
        r#""ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:*"}"#,
        r#""ArnLike": {"aws:SourceArn": "arn:aws:s3:::uploads-*"}"#,
        r#""ArnLike": {"aws:SourceArn": "arn:aws:sns:*:${aws:ResourceAccount}:*"}"#,
        r#""ForAnyValue:StringLike": {"aws:SourceOrgPaths": "o-a1b2c3d4e5/*"}"#,
    ] {
        has_not("resource", &service("sns.amazonaws.com", tests), code);
    }
    let open = service("sns.amazonaws.com", r#""ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}"#);
    assert!(help_of("resource", &open, code).contains("leaves other accounts in"));
}

#[test]
fn the_context_of_an_encryption_names_whose_call_it_is() {
    let code = "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL";
    let of = |test: &str| {
        format!(
            r#"{{"Effect": "Allow", "Principal": {{"Service": "logs.us-east-1.amazonaws.com"}}, "Action": "kms:Decrypt", "Resource": "*", "Condition": {{{test}}}}}"#
        )
    };
    let arn = |account: &str| {
        of(&format!(
            r#""ArnLike": {{"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:{account}:log-group:app"}}"#
        ))
    };
    has_not("kms", &arn("111122223333"), code);
    has("kms", &arn("*"), code);
    has("kms", &of(r#""StringEquals": {"kms:EncryptionContext:team": "a"}"#), code);
    has(
        "kms",
        &of(
            r#""StringNotEquals": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:111122223333:log-group:a"}"#,
        ),
        code,
    );
}

#[test]
fn a_deny_of_other_sources_limits_a_service() {
    let code = "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL";
    let allow = service("sns.amazonaws.com", "").replace(r#", "Condition": {}"#, "");
    let deny = |principal: &str, action: &str, tests: &str| {
        format!(
            r#"{allow}, {{"Effect": "Deny", "Principal": {principal}, "Action": "{action}", "Resource": "*", "Condition": {{{tests}}}}}"#
        )
    };
    let (everyone, all) = (r#""*""#, "sqs:*");
    let other = r#""StringNotEquals": {"aws:SourceAccount": "111122223333"}"#;
    let of_services = r#""Bool": {"aws:PrincipalIsAWSService": "true"}"#;
    for statements in [
        deny(everyone, all, &format!("{other}, {of_services}")),
        deny(everyone, "SQS:Send*", other),
        deny(r#"{"Service": "sns.amazonaws.com"}"#, all, other),
        deny(r#"{"AWS": "*"}"#, all, &format!(r#"{other}, "Null": {{"aws:SourceArn": "false"}}"#)),
    ] {
        has_not("resource", &statements, code);
    }
    for statements in [
        deny(everyone, "sqs:DeleteMessage", other),
        deny(r#"{"Service": "s3.amazonaws.com"}"#, all, other),
        deny(everyone, all, &format!(r#"{other}, "Bool": {{"aws:SecureTransport": "false"}}"#)),
        deny(everyone, all, r#""StringEquals": {"aws:SourceAccount": "999999999999"}"#),
        deny(everyone, all, r#""StringNotLike": {"aws:SourceAccount": "*"}"#),
    ] {
        has("resource", &statements, code);
    }
}

#[test]
fn roles_are_limited_by_tests_that_name_services() {
    let of = |action: &str, tests: &str| {
        format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "*", "Condition": {{{tests}}}}}"#)
    };
    for (action, key, code) in [
        ("iam:PassRole", "iam:PassedToService", "PASS_ROLE_WITH_STAR_IN_RESOURCE"),
        ("iam:CreateServiceLinkedRole", "iam:AWSServiceName", "CREATE_SLR_WITH_STAR_IN_RESOURCE"),
    ] {
        for test in [
            format!(r#""Null": {{"{key}": "false"}}"#),
            format!(r#""StringLike": {{"{key}": "*"}}"#),
            format!(r#""StringLike": {{"{key}": ["ec2.amazonaws.com", "*.amazonaws.com"]}}"#),
            format!(r#""StringNotEquals": {{"{key}": "ec2.amazonaws.com"}}"#),
            format!(r#""ForAllValues:StringEquals": {{"{key}": "ec2.amazonaws.com"}}"#),
        ] {
            has("identity", &of(action, &test), code);
        }
        for test in [
            format!(r#""StringEquals": {{"{key}": "ec2.amazonaws.com"}}"#),
            format!(r#""StringLike": {{"{key}": "ec2.*"}}"#),
            format!(
                r#""ForAllValues:StringEquals": {{"{key}": "ec2.amazonaws.com"}}, "Null": {{"{key}": "false"}}"#
            ),
        ] {
            has_not("identity", &of(action, &test), code);
        }
    }
    let deny = |test: &str| {
        format!(
            r#"{}, {{"Effect": "Deny", "Action": "iam:PassRole", "Resource": "*", "Condition": {{{test}}}}}"#,
            on("*", "*")
        )
    };
    let code = "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE";
    has_not("identity", &deny(r#""StringNotEquals": {"iam:PassedToService": "ec2.amazonaws.com"}"#), code);
    has_not(
        "identity",
        &deny(r#""StringNotEqualsIfExists": {"iam:PassedToService": "ec2.amazonaws.com"}"#),
        code,
    );
    has("identity", &deny(r#""StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}"#), code);
    has("identity", &deny(r#""StringNotLike": {"iam:PassedToService": "*"}"#), code);
    has("identity", &deny(r#""Bool": {"aws:MultiFactorAuthPresent": "false"}"#), code);
}

#[test]
fn a_second_deny_makes_up_for_the_first_where_it_is_about_as_much() {
    let code = "DENY_MISSES_ABSENT_KEY";
    let both = |first: &str, second: &str, test: &str| {
        format!(
            r#"{{"Effect": "Deny", {first}, "Resource": "*", "Condition": {{"Bool": {{"aws:MultiFactorAuthPresent": "false"}}}}}},
            {{"Effect": "Deny", {second}, "Resource": "*", "Condition": {{{test}}}}}"#
        )
    };
    let null = r#""Null": {"aws:MultiFactorAuthAge": "true"}"#;
    for (first, second) in [
        (r#""Action": "iam:*""#, r#""Action": "IAM:*""#),
        (r#""Action": "iam:Get*""#, r#""NotAction": "s3:*""#),
        (r#""NotAction": "iam:*""#, r#""NotAction": "iam:*""#),
        (r#""NotAction": ["iam:*", "sts:*"]"#, r#""NotAction": "iam:Get*""#),
        (r#""NotAction": "iam:*""#, r#""Action": "*""#),
    ] {
        has_not("identity", &both(first, second, null), code);
    }
    for (first, second) in [
        (r#""NotAction": "iam:*""#, r#""Action": "s3:DeleteBucket""#),
        (r#""NotAction": "iam:*""#, r#""Action": "iam:*""#),
        (r#""Action": "iam:*""#, r#""NotAction": "iam:Get*""#),
        (r#""NotAction": "iam:*""#, r#""NotAction": ["iam:*", "s3:*"]"#),
    ] {
        has("identity", &both(first, second, null), code);
    }
    // The key is a boolean.
    let text = tested("Deny", r#""StringEquals": {"aws:MultiFactorAuthPresent": "false"}"#);
    assert!(help_of("identity", &text, code).starts_with("write BoolIfExists"));
}

#[test]
fn a_resource_control_policy_does_not_stop_those_whom_another_test_leaves_out() {
    let deny = |tests: &str| {
        format!(
            r#"{{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {{{tests}}}}}"#
        )
    };
    let (principal, source) = (
        "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY",
        "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY",
    );
    let org = r#""StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}"#;
    let tag = r#""StringNotEquals": {"aws:PrincipalTag/team": "a"}"#;
    let of_source = r#""StringNotEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}"#;
    for (own, other, code) in [
        (org, r#""Null": {"aws:PrincipalOrgID": "false"}"#, principal),
        (tag, r#""StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}"#, principal),
        (org, r#""Null": {"aws:PrincipalServiceName": "true"}"#, principal),
        (of_source, r#""Null": {"aws:SourceArn": "false"}"#, source),
        (of_source, r#""Null": {"aws:PrincipalServiceName": "false"}"#, source),
    ] {
        has_not("rcp", &deny(&format!("{own}, {other}")), code);
        has("rcp", &deny(own), code);
    }
    for (own, other, code) in [
        (org, r#""Null": {"aws:PrincipalOrgID": "true"}"#, principal),
        (org, r#""Null": {"aws:PrincipalServiceName": "false"}"#, principal),
        (org, r#""Bool": {"aws:SecureTransport": "false"}"#, principal),
        (of_source, r#""Null": {"aws:SourceArn": "true"}"#, source),
        (of_source, r#""Null": {"aws:PrincipalServiceName": "true"}"#, source),
    ] {
        has("rcp", &deny(&format!("{own}, {other}")), code);
    }
    let code = "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK";
    let with_org = deny(&format!(r#"{of_source}, "Null": {{"aws:SourceOrgID": "false"}}"#));
    let help = help_of("rcp", &with_org, code);
    assert!(help.contains("in place of the Null test of aws:SourceOrgID"), "{help}");
    assert!(!help_of("rcp", &deny(of_source), code).contains("in place"));
}

#[test]
fn an_allow_of_a_resource_control_policy_is_not_turned_into_a_deny_of_the_same() {
    let allow = r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}"#;
    let help = help_of("rcp", allow, "RCP_SYNTAX_ERROR_ALLOW");
    assert!(help.starts_with("leave the statement out") && help.contains("opposite"), "{help}");
}

#[test]
fn for_all_values_is_told_where_requests_may_lack_the_key() {
    let code = "FORALLVALUES_WITHOUT_NULL_CHECK";
    let of = |action: &str, key: &str| {
        format!(
            r#"{{"Effect": "Allow", "Action": {action}, "Resource": "*", "Condition": {{"ForAllValues:StringEquals": {{"{key}": ["a", "b"]}}}}}}"#
        )
    };
    let help = |statement: &str| {
        codes("identity", statement).into_iter().find(|(own, _)| *own == code).map(|(_, help)| help)
    };
    for (action, key) in [
        (r#""route53:ChangeResourceRecordSets""#, "route53:ChangeResourceRecordSetsNormalizedRecordNames"),
        (r#""kms:CreateGrant""#, "kms:GrantOperations"),
        (r#"["sqs:TagQueue", "sqs:UntagQueue"]"#, "aws:TagKeys"),
        (r#""ec2:CreateTags""#, "aws:TagKeys"),
        (r#""dynamodb:Tag*""#, "aws:TagKeys"),
    ] {
        assert_eq!(help(&of(action, key)), None, "{action}");
    }
    for (action, key) in [
        (r#"["sqs:TagQueue", "sqs:CreateQueue"]"#, "aws:TagKeys"),
        (r#""ec2:DeleteTags""#, "aws:TagKeys"),
        (r#""ec2:*""#, "aws:TagKeys"),
        (r#""dynamodb:GetItem""#, "dynamodb:LeadingKeys"),
        (r#""sts:AssumeRoleWithWebIdentity""#, "login.example.org:amr"),
        (r#""sqs:SendMessage""#, "aws:CalledVia"),
    ] {
        assert!(help(&of(action, key)).unwrap().starts_with("add \"Null\""), "{action}");
    }
    for (action, key) in [
        (r#""sqs:List*""#, "aws:TagKeys"),
        (r#""kms:Encrypt""#, "kms:GrantOperations"),
        (r#""s3:PutObject""#, "s3:PutObject"),
    ] {
        assert!(help(&of(action, key)).unwrap().starts_with("none of the actions has the key"), "{action}");
    }
}

#[test]
fn permissions_of_a_call_have_the_keys_of_the_call() {
    let code = "UNSUPPORTED_ACTION_FOR_CONDITION_KEY";
    let trust = |test: &str| {
        format!(
            r#"{{"Effect": "Allow", "Principal": {{"AWS": "111122223333"}}, "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"], "Condition": {{"StringEquals": {{{test}}}}}}}"#
        )
    };
    for test in [r#""sts:ExternalId": "x""#, r#""sts:RoleSessionName": "x""#] {
        has_not("trust", &trust(test), code);
    }
    has("trust", &trust(r#""sts:AWSServiceName": "x""#), code);
    let subscribe = |key: &str| {
        tested("Allow", &format!(r#""ForAnyValue:StringEquals": {{"{key}": "x"}}"#))
            .replace("s3:ListBucket", "aws-marketplace:Subscribe")
    };
    has_not("identity", &subscribe("aws-marketplace:ProductId"), code);
}

#[test]
fn patterns_of_actions_lack_keys_too() {
    let code = "UNSUPPORTED_ACTION_FOR_CONDITION_KEY";
    let of = |action: &str| {
        format!(
            r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "*", "Condition": {{"StringEquals": {{"s3:prefix": "a"}}}}}}"#
        )
    };
    has("identity", &of("s3:PutBucket*"), code);
    has_not("identity", &of("s3:List*"), code);
    has_not("identity", &of("s3:Frobnicate*"), code);
    let all = tested("Allow", r#""ForAllValues:StringEquals": {"dynamodb:LeadingKeys": "a"}"#)
        .replace("s3:ListBucket", "dynamodb:ListTables");
    assert!(help_of("identity", &all, code).contains("does not limit the action"));
}

#[test]
fn a_permission_may_be_allowed_in_another_statement() {
    let code = "MISSING_ACTION_FOR_CONDITION_KEY";
    let call = |tests: &str| {
        format!(
            r#"{{"Effect": "Allow", "Principal": {{"AWS": "111122223333"}}, "Action": "sts:AssumeRole", "Condition": {{{tests}}}}}"#
        )
    };
    let tag = r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:TagSession"}"#;
    let tests = r#""StringEquals": {"aws:RequestTag/team": "a"}"#;
    has("trust", &call(tests), code);
    has_not("trust", &format!("{}, {tag}", call(tests)), code);
    has("trust", &format!("{}, {}", call(tests), tag.replace("Allow", "Deny")), code);
    for tests in [
        r#""Null": {"aws:RequestTag/team": "true"}"#,
        r#""StringEqualsIfExists": {"aws:RequestTag/team": "a"}"#,
        r#""StringNotEquals": {"aws:RequestTag/team": "a"}"#,
    ] {
        has_not("trust", &call(tests), code);
    }
    let pass = tested("Allow", r#""StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}"#);
    has("identity", &format!("{pass}, {}", on("iam:PassRole", "arn:aws:iam::111122223333:role/r")), code);
}

#[test]
fn keys_of_families_and_beginnings_of_keys_are_guessed() {
    let help = |key: &str, code: &str| {
        help_of("identity", &tested("Allow", &format!(r#""StringEquals": {{"{key}": "x"}}"#)), code)
    };
    let global = "INVALID_GLOBAL_CONDITION_KEY";
    for (key, expected) in [
        ("aws:ResourceTags/team", "did you mean aws:ResourceTag/team?"),
        ("aws:PrincipalTags/team", "did you mean aws:PrincipalTag/team?"),
        ("aws:PrincipalOrg", "did you mean aws:PrincipalOrgID or aws:PrincipalOrgPaths?"),
        ("aws:MultiFactorAuth", "did you mean aws:MultiFactorAuthAge or aws:MultiFactorAuthPresent?"),
        ("aws:SourceAcount", "did you mean aws:SourceAccount?"),
    ] {
        assert_eq!(help(key, global), expected);
    }
    assert_eq!(
        help("ec2:ResourceTags/team", "INVALID_SERVICE_CONDITION_KEY"),
        "did you mean ec2:ResourceTag/team?"
    );
    let session = r#""ArnLike": {"aws:SignInSessionArn": "arn:aws:signin:*:111122223333:session/*"}"#;
    has_not("identity", &tested("Allow", session), global);
}

#[test]
fn a_key_of_one_value_needs_no_set_operator() {
    let code = "MISSING_QUALIFIER";
    let of = |key: &str| {
        tested("Allow", &format!(r#""StringEquals": {{"{key}": "x"}}"#))
            .replace("s3:ListBucket", "events:PutEvents")
    };
    has_not("identity", &of("events:detail-type"), code);
    has("identity", &of("events:source"), code);
}

#[test]
fn stars_are_told_once_and_by_their_key() {
    let null = "EQUIVALENT_TO_NULL_FALSE";
    // Without a set operator, a list is compared with nothing.
    has_not("identity", &tested("Allow", r#""StringLike": {"aws:TagKeys": "*"}"#), null);
    has("identity", &tested("Allow", r#""ForAnyValue:StringLike": {"aws:TagKeys": "*"}"#), null);
    let account = tested("Allow", r#""StringLike": {"aws:SourceAccount": "*"}"#);
    has_not("identity", &account, null);
    has("identity", &account, "WILDCARD_USAGE_TOO_PERMISSIVE");
    let both = tested("Allow", r#""StringLike": {"aws:username": "*"}, "Null": {"aws:username": "false"}"#);
    assert!(help_of("identity", &both, null).starts_with("leave the test out"));
    let code = "WILDCARD_WITHOUT_LIKE_OPERATOR";
    for (test, expected) in [
        (r#""StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::*:policy/b"}"#, "use ArnLike"),
        (r#""StringEquals": {"aws:PrincipalOrgID": "o-*"}"#, "write whole identifiers"),
        (r#""StringEquals": {"kms:CallerAccount": "*"}"#, "write what is meant"),
        (r#""StringEquals": {"aws:PrincipalTag/a": "x*"}"#, "use StringLike"),
    ] {
        let statement = tested("Allow", test).replace("s3:ListBucket", "iam:CreateRole");
        assert!(help_of("identity", &statement, code).starts_with(expected), "{test}");
    }
}

#[test]
fn patterns_of_arns_become_whole_ones() {
    let code = "STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS";
    let help = |operator: &str, value: &str| {
        help_of(
            "identity",
            &tested("Deny", &format!(r#""{operator}": {{"aws:PrincipalArn": "{value}"}}"#)),
            code,
        )
    };
    for (value, expected) in [
        ("arn:*:role/admin", "`arn:*:*:*:*:role/admin`"),
        ("arn:aws:*:role/admin", "`arn:aws:*:*:*:role/admin`"),
        ("arn:aws:iam:*", "`arn:aws:iam:*:*:*`"),
        ("*:role/admin", "`arn:*:*:*:*:role/admin`"),
    ] {
        assert!(help("StringLike", value).ends_with(expected), "{}", help("StringLike", value));
    }
    for value in ["AROA*", "arn:aws:iam"] {
        let help = help("StringNotLike", value);
        assert!(help.contains(&format!("ArnNotLike: AWS refuses `{value}` there")), "{help}");
    }
    for (operator, right) in
        [("StringLikeIfExists", "ArnLikeIfExists"), ("ForAnyValue:StringNotLike", "ForAnyValue:ArnNotLike")]
    {
        assert!(help(operator, "arn:aws:iam::*:role/a").starts_with(&format!("write {right}:")));
    }
}

#[test]
fn values_of_another_type_are_told() {
    let code = "TYPE_MISMATCH";
    let help = |test: &str| help_of("identity", &tested("Allow", test), code);
    for (test, expected) in [
        (r#""StringEquals": {"aws:ViaAWSService": "amplify.amazonaws.com"}"#, "test aws:CalledVia"),
        (r#""StringEquals": {"aws:ViaAWSService": "yes"}"#, "use Bool, with a value of its type: `yes`"),
        (r#""StringEquals": {"aws:MultiFactorAuthAge": "big"}"#, "use a numeric operator, with a value"),
        (r#""StringEquals": {"aws:ViaAWSService": "TRUE"}"#, "use Bool"),
    ] {
        assert!(help(test).starts_with(expected), "{}", help(test));
    }
    assert_eq!(help(r#""StringEquals": {"aws:MultiFactorAuthAge": "3600"}"#), "use a numeric operator");
}

#[test]
fn a_test_for_the_key_beside_for_all_values_is_seen() {
    let code = "FORALLVALUES_WITH_SINGLE_VALUED_KEY";
    let of = |more: &str| {
        tested(
            "Allow",
            &format!(r#""ForAllValues:StringEquals": {{"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}{more}"#),
        )
    };
    let help = |more: &str| help_of("identity", &of(more), code);
    assert!(help(r#", "Null": {"aws:PrincipalOrgID": "false"}"#).contains("changes nothing"));
    assert!(help(r#", "Null": {"aws:PrincipalOrgID": "true"}"#).contains("then false"));
    assert!(help("").contains("then false"));
}

#[test]
fn a_role_is_open_to_every_account_if_it_can_be_assumed_and_nothing_keeps_strangers_out() {
    let code = "TRUST_POLICY_ADMITS_EVERY_ACCOUNT";
    let allow =
        |action: &str| format!(r#"{{"Effect": "Allow", "Principal": {{"AWS": "*"}}, "Action": "{action}"}}"#);
    let deny = |action: &str, principal: &str, tests: &str| {
        format!(
            r#"{}, {{"Effect": "Deny", "Principal": {{"AWS": "{principal}"}}, "Action": "{action}", "Condition": {{{tests}}}}}"#,
            allow("sts:AssumeRole")
        )
    };
    let org = r#""StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}"#;
    has("trust", &allow("sts:AssumeRole"), code);
    has("trust", &allow("sts:*"), code);
    for statements in [
        allow("sts:TagSession"),
        deny("sts:AssumeRole", "*", org),
        deny("sts:*", "*", r#""ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}"#),
    ] {
        has_not("trust", &statements, code);
    }
    for statements in [
        deny("sts:TagSession", "*", org),
        deny("sts:AssumeRole", "111122223333", org),
        deny("sts:AssumeRole", "*", r#""StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}"#),
        deny("sts:AssumeRole", "*", r#""ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/a"}"#),
        deny("sts:AssumeRole", "*", &format!(r#"{org}, "Bool": {{"aws:MultiFactorAuthPresent": "false"}}"#)),
    ] {
        has("trust", &statements, code);
    }
}

#[test]
fn trust_policies_say_what_is_meant() {
    let of = |effect: &str, principal: &str, action: &str, tests: &str| {
        format!(
            r#"{{"Effect": "{effect}", "Principal": {principal}, "Action": "{action}", "Condition": {{{tests}}}}}"#
        )
    };
    let star = "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL";
    let org = r#""StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}"#;
    let deny = of("Deny", r#""*""#, "sts:AssumeRole", org);
    assert!(help_of("trust", &deny, star).starts_with(r#"write {"AWS": "*"}"#));
    let allow = of("Allow", r#""*""#, "sts:AssumeRole", &org.replace("Not", ""));
    assert!(help_of("trust", &allow, star).contains(r#"or write {"AWS": "*"} if the condition"#));
    let bare = r#"{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}"#;
    assert!(!help_of("trust", bare, star).contains("AWS"));

    let saml = of(
        "Allow",
        r#"{"AWS": "111122223333"}"#,
        "sts:AssumeRoleWithSAML",
        r#""StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}"#,
    );
    let mismatched = "MISMATCHED_ACTION_FOR_PRINCIPAL";
    assert!(help_of("trust", &saml, mismatched).starts_with("name the SAML provider"));
    let plain =
        r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRoleWithSAML"}"#;
    assert_eq!(help_of("trust", plain, mismatched), "these principals call sts:AssumeRole");

    let provider = r#"{"Federated": "arn:aws:iam::111122223333:oidc-provider/login.example.org"}"#;
    let web = |tests: &str| of("Allow", provider, "sts:AssumeRoleWithWebIdentity", tests);
    let key = "INVALID_CONDITION_KEY_FORMAT";
    assert!(help_of("trust", &web(r#""StringEquals": {"roles": "a"}"#), key).contains("PROVIDER:CLAIM"));
    assert!(
        help_of("identity", &tested("Allow", r#""StringEquals": {"roles": "a"}"#), key).contains("s3:prefix")
    );
    let missing = "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL";
    for tests in [
        r#""StringNotEquals": {"login.example.org:aud": "a"}"#,
        r#""Null": {"login.example.org:aud": "false"}"#,
        r#""StringLike": {"login.example.org:sub": "*"}"#,
    ] {
        has("trust", &web(tests), missing);
    }
    has_not("trust", &web(r#""StringEqualsIfExists": {"login.example.org:aud": "a"}"#), missing);
}

#[test]
fn an_empty_condition_is_read_in_a_trust_policy() {
    let trust = r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole", "Condition": {}}"#;
    let code = "EMPTY_OBJECT_CONDITION";
    assert!(!help_of("trust", trust, code).contains("not read"));
    assert!(help_of("identity", &tested("Allow", ""), code).contains("not read"));
    let inner = trust.replace("{}", r#"{"StringEquals": {}}"#);
    assert!(help_of("trust", &inner, code).contains("not read"));
}

#[test]
fn regions_of_services_and_ranges_of_everything_are_told() {
    let code = "INVALID_SERVICE_PRINCIPAL_FORMAT";
    let via = |value: &str| {
        help_of(
            "identity",
            &tested("Allow", &format!(r#""StringEquals": {{"kms:ViaService": "{value}"}}"#)),
            code,
        )
    };
    assert_eq!(via("ec2.us-esat-1.amazonaws.com"), "there is no Region us-esat-1; did you mean us-east-1?");
    assert!(via("ec2.us-test-1.amazonaws.com").starts_with("there is no Region us-test-1"));
    assert!(via("ec2.amazonaws.com").starts_with("write the service with its Region"));
    let range = |value: &str| {
        let test = format!(r#""IpAddress": {{"aws:SourceIp": "{value}"}}"#);
        help_of("identity", &tested("Allow", &test), "IMPROVE_IP_RANGE")
    };
    assert_eq!(range("203.0.113.4/0"), "write 0.0.0.0/0 for every address, or 203.0.113.4 for this one");
    assert_eq!(range("203.0.113.4/24"), "write 203.0.113.0/24");
}

#[test]
fn principals_with_one_wrong_field_are_told_which() {
    let help = |principal: &str| {
        let statement = format!(
            r#"{{"Effect": "Deny", "Principal": {{"AWS": "{principal}"}}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}}"#
        );
        help_of("resource", &statement, "INVALID_PRINCIPAL_FORMAT")
    };
    for (principal, expected) in [
        ("arn:<partition>:iam::111122223333:root", "fill in the placeholder `<partition>`"),
        ("arn:aws:iam::%{account}:role/x", "fill in the placeholder `%{account}`"),
        (
            "arn:aws:iam:us-east-1:111122223333:root",
            "leave out `us-east-1`: ARNs of principals have no Region",
        ),
        ("arn:aws:iam::111122223333:root ", "leave out the blanks before and behind it"),
        ("arn:aws:s3:::bucket", "principals are of iam or sts, and not of `s3`"),
    ] {
        assert_eq!(help(principal), expected);
    }
}

#[test]
fn a_key_of_some_services_is_told_once_with_all_others() {
    let code = "USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES";
    let statement = r#"{"Effect": "Deny", "Action": ["kms:Decrypt", "sns:Publish", "glue:GetTable"], "Resource": "*", "Condition": {"StringNotEquals": {"aws:VpceAccount": "111122223333"}, "Null": {"aws:VpceAccount": "false"}}}"#;
    assert_eq!(
        found_of("identity", statement, code),
        "`aws:VpceAccount` with `sns:Publish`, `glue:GetTable`"
    );
    assert_eq!(codes("identity", statement).iter().filter(|(own, _)| *own == code).count(), 1);
}

#[test]
fn what_is_made_has_the_tags_of_the_request() {
    let code = "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE";
    let of = |action: &str| {
        format!(
            r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "*", "Condition": {{"StringEquals": {{"aws:ResourceTag/team": "a"}}}}}}"#
        )
    };
    clean("identity", &of("bedrock:CreateAgent"));
    let help = help_of("identity", &of("polly:GetLexicon"), code);
    assert!(help.contains("never have the tag") && help.contains("name the resources"), "{help}");
    clean("identity", &of("dynamodb:DescribeTable"));
}

#[test]
fn a_source_of_any_account_is_everyone() {
    let code = "RESOURCE_POLICY_ADMITS_EVERYONE";
    let of = |tests: &str| service("x", tests).replace(r#"{"Service": "x"}"#, r#""*""#);
    let any = r#""ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}"#;
    has("resource", &of(any), code);
    has(
        "resource",
        &of(&any.replace("ArnLike", "ArnEquals")).replace(r#""*", "Action""#, r#"{"AWS": "*"}, "Action""#),
        code,
    );
    for tests in [
        any.replace("*:*:*", "*:111122223333:*"),
        any.replace("arn:aws:sns:*:*:*", "arn:aws:s3:::uploads"),
        any.replace("ArnLike", "ArnNotLike"),
        format!(r#"{any}, "StringEquals": {{"aws:SourceAccount": "111122223333"}}"#),
        format!(r#"{any}, "StringEquals": {{"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#),
    ] {
        has_not("resource", &of(&tests), code);
    }
    let deny = r#"{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:SourceAccount": "111122223333"}}}"#;
    has_not("resource", &format!("{}, {deny}", of(any)), code);
}

#[test]
fn a_wildcard_for_every_branch_is_told() {
    let code = "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED";
    let of = |subject: &str| {
        format!(
            r#"{{"Effect": "Allow", "Principal": {{"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {{"StringLike": {{"token.actions.githubusercontent.com:sub": "{subject}"}}}}}}"#
        )
    };
    for subject in [
        "repo:o/r:*",
        "repo:o/*:ref:refs/heads/main",
        "repo:o/r:ref:refs/heads/*",
        "repo:o/r:ref:refs/tags/*",
        "repo:o/r:ref:*",
    ] {
        assert!(help_of("trust", &of(subject), code).starts_with("name the repository"), "{subject}");
    }
    assert!(help_of("trust", &of("repo:o/r:environment:*"), code).starts_with("name the environment"));
    for subject in
        ["repo:o/r:ref:refs/heads/release-*", "repo:o/r:ref:refs/tags/v?.0", "repo:o/r:ref:refs/heads/main"]
    {
        has_not("trust", &of(subject), code);
    }
}
