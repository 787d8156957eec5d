//! What fixes make of a document.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod common;

use iam_catalog::Sections;
use iam_json::{Document, Edit};
use iam_lint::{Fixes, Settings};
use iam_policy::{Limits, PolicyKind};

use common::findings;

/// The first fix of a code: whether it is safe, and the document with it. `None` if there is none.
#[track_caller]
fn mended(kind: &str, text: &str, code: &str) -> Option<(bool, String)> {
    let sections = Sections::embedded().unwrap();
    let kind = PolicyKind::from_name(kind).unwrap();
    let found = findings(text, kind, false, &sections);
    let problem =
        found.iter().find(|own| own.code.name() == code).unwrap_or_else(|| panic!("{code} in {found:?}"));
    let document = Document::parse(text, &Limits::default()).unwrap();
    let mut settings = Settings::new(kind);
    settings.sections = Some(&sections);
    let fix = Fixes::new(document.root(), &settings).of(problem)?;
    assert!(!fix.says.is_empty() && !fix.says.ends_with('.'));
    let edits: Vec<Edit> = fix.changes.iter().flat_map(|own| own.edits(text, text).unwrap()).collect();
    Some((fix.is_safe, Edit::apply(text, &edits).unwrap()))
}

fn policy(statements: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#)
}

/// The fix of a policy of one statement replaces a text by another one.
#[track_caller]
fn replaces(kind: &str, statement: &str, code: &str, is_safe: bool, from: &str, to: &str) {
    let text = policy(statement);
    assert!(text.contains(from), "{from} is not in {text}");
    let (safe, new) = mended(kind, &text, code).unwrap_or_else(|| panic!("no fix of {code} in {statement}"));
    assert_eq!(new, text.replacen(from, to, 1), "{code}");
    assert_eq!(safe, is_safe, "{code}");
}

#[track_caller]
fn never(kind: &str, statement: &str, code: &str) {
    assert_eq!(mended(kind, &policy(statement), code), None, "{code} in {statement}");
}

fn on(action: &str, resource: &str) -> String {
    format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}"}}"#)
}

fn tested(test: &str) -> String {
    format!(r#"{{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {{{test}}}}}"#)
}

#[test]
fn elements_have_the_names_and_words_that_aws_has() {
    for (name, is_safe) in [("\"effect\"", true), ("\"Efect\"", false)] {
        let statement = on("sqs:SendMessage", "*").replace("\"Effect\"", name);
        replaces("identity", &statement, "INVALID_POLICY_ELEMENT", is_safe, name, "\"Effect\"");
    }
    for (word, is_safe) in [("allow", true), ("ALLOW", true), ("Alow", false)] {
        let statement = on("sqs:SendMessage", "*").replace("Allow", word);
        replaces("identity", &statement, "INVALID_EFFECT", is_safe, word, "Allow");
    }
    never("identity", &on("sqs:SendMessage", "*").replace("Allow", "Permit"), "INVALID_EFFECT");
    // Of two elements that say different things, nobody knows which one is meant.
    let both = r#"{"Effect": "Deny", "Actions": "ec2:*", "Action": "sqs:*", "Resource": "*"}"#;
    never("identity", both, "INVALID_POLICY_ELEMENT");
    let same = both.replace("sqs:*", "ec2:*");
    replaces("identity", &same, "INVALID_POLICY_ELEMENT", true, "\"Actions\": \"ec2:*\", ", "");
}

#[test]
fn a_version_is_safe_where_no_text_has_a_variable() {
    for (resource, is_safe) in [("*", true), ("arn:aws:s3:::a/${aws:username}", false)] {
        let text = format!(r#"{{"Statement": [{}]}}"#, on("s3:GetObject", resource));
        let (safe, new) = mended("identity", &text, "MISSING_VERSION").unwrap();
        assert_eq!(new, text.replacen('{', r#"{"Version": "2012-10-17", "#, 1));
        assert_eq!(safe, is_safe);
        let old = text.replacen('{', r#"{"Version": "2020-01-01", "#, 1);
        assert_eq!(mended("identity", &old, "INVALID_VERSION").unwrap(), (is_safe, new));
    }
}

#[test]
fn sids_stay_different() {
    let text = policy(
        &["A", "A2", "A", "A"]
            .map(|sid| on("sqs:*", "*").replacen('{', &format!(r#"{{"Sid": "{sid}", "#), 1))
            .join(", "),
    );
    let (safe, new) = mended("identity", &text, "UNIQUE_SIDS_REQUIRED").unwrap();
    assert!(safe);
    let sids: Vec<&str> =
        new.split("\"Sid\": \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(sids, ["A", "A2", "A3", "A"]);
    let sid = |sid: &str| on("sqs:*", "*").replacen('{', &format!(r#"{{"Sid": "{sid}", "#), 1);
    replaces("identity", &sid("no sqs-here"), "UNSUPPORTED_SID", true, "no sqs-here", "nosqshere");
    replaces("identity", &sid("é"), "UNSUPPORTED_SID", true, "\"Sid\": \"é\", ", "");
    replaces("identity", &sid(""), "EMPTY_SID_VALUE", true, "\"Sid\": \"\", ", "");
}

#[test]
fn a_statement_that_does_nothing_goes_unless_it_is_the_only_one() {
    for (kind, dead, code) in [
        ("identity", r#"{"Effect": "Deny", "Action": [], "Resource": "*"}"#, "EMPTY_ARRAY_ACTION"),
        ("identity", r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": []}"#, "EMPTY_ARRAY_RESOURCE"),
        (
            "resource",
            r#"{"Effect": "Deny", "Principal": {"AWS": []}, "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}"#,
            "EMPTY_ARRAY_PRINCIPAL",
        ),
    ] {
        never(kind, dead, code);
        let other = dead
            .replace("[]", "\"123456789012\"")
            .replace("\"Action\": \"123456789012\"", "\"Action\": \"sqs:*\"");
        let text = policy(&format!("{dead}, {other}"));
        let (safe, new) = mended(kind, &text, code).unwrap();
        assert_eq!((safe, new), (true, policy(&other)), "{code}");
    }
    let own = on("sqs:*", "*");
    let (safe, new) = mended("identity", &policy(&format!("{own},\n {own}")), "REDUNDANT_STATEMENT").unwrap();
    assert_eq!((safe, new), (true, policy(&own)));
}

#[test]
fn names_are_mended_where_one_alone_is_near() {
    replaces("identity", &on("sqs:SendMesage", "*"), "INVALID_ACTION", false, "SendMesage", "SendMessage");
    replaces(
        "identity",
        &on("dyanmodb:GetItem", "*"),
        "INVALID_SERVICE_IN_ACTION",
        false,
        "dyanmodb",
        "dynamodb",
    );
    never("identity", &on("sqs:Frobnicate", "*"), "INVALID_ACTION");
    let key = |name: &str| tested(&format!(r#""StringEquals": {{"{name}": "111122223333"}}"#));
    replaces(
        "identity",
        &key("aws:SourceAcount"),
        "INVALID_GLOBAL_CONDITION_KEY",
        false,
        "Acount",
        "Account",
    );
    // It may be aws:SourceVpc or aws:SourceVpce.
    never("identity", &key("aws:SourceVpcs"), "INVALID_GLOBAL_CONDITION_KEY");
    let bare = tested(r#""StringEquals": {"SourceVpc": "vpc-12345678"}"#);
    replaces("identity", &bare, "INVALID_CONDITION_KEY_FORMAT", false, "\"SourceVpc", "\"aws:SourceVpc");
}

#[test]
fn operators_are_spelt_as_aws_spells_them() {
    let of = |operator: &str| tested(&format!(r#""{operator}": {{"aws:SourceVpc": "vpc-12345678"}}"#));
    for (from, to, is_safe) in [
        ("stringequals", "StringEquals", true),
        ("StringEqual", "StringEquals", false),
        ("StringNotEqualsIfexists", "StringNotEqualsIfExists", true),
    ] {
        replaces("identity", &of(from), "INVALID_CONDITION_OPERATOR", is_safe, from, to);
    }
    never("identity", &of("Matches"), "INVALID_CONDITION_OPERATOR");
}

#[test]
fn tests_move_to_the_operator_that_is_meant() {
    // Alone under its operator, with a neighbour, and beside a test that is already there.
    let code = "WILDCARD_WITHOUT_LIKE_OPERATOR";
    let alone = tested(r#""StringEquals": {"aws:PrincipalTag/a": "x*"}"#);
    replaces("identity", &alone, code, false, "StringEquals", "StringLike");
    let two = tested(r#""StringEquals": {"aws:PrincipalTag/a": "x*", "aws:PrincipalTag/b": "y"}"#);
    let moved =
        tested(r#""StringEquals": {"aws:PrincipalTag/b": "y"}, "StringLike": {"aws:PrincipalTag/a": "x*"}"#);
    assert_eq!(mended("identity", &policy(&two), code).unwrap(), (false, policy(&moved)));
    let both =
        tested(r#""StringEquals": {"aws:PrincipalTag/a": "x*"}, "StringLike": {"aws:PrincipalTag/b": "y*"}"#);
    let joined = tested(r#""StringLike": {"aws:PrincipalTag/b": "y*", "aws:PrincipalTag/a": "x*"}"#);
    assert_eq!(mended("identity", &policy(&both), code).unwrap(), (false, policy(&joined)));
    let taken =
        tested(r#""StringEquals": {"aws:PrincipalTag/a": "x*"}, "StringLike": {"aws:PrincipalTag/a": "y*"}"#);
    never("identity", &taken, code);
    // Under StringLike, a star alone would be a test of presence.
    for values in [r#""*""#, r#"["*", "x*"]"#] {
        never("identity", &tested(&format!(r#""StringEquals": {{"aws:PrincipalTag/a": {values}}}"#)), code);
    }
}

#[test]
fn tests_of_everything_are_tests_of_presence() {
    let every = tested(r#""StringLike": {"aws:PrincipalTag/a": "*"}"#);
    let null = tested(r#""Null": {"aws:PrincipalTag/a": "false"}"#);
    assert_eq!(
        mended("identity", &policy(&every), "EQUIVALENT_TO_NULL_FALSE").unwrap(),
        (true, policy(&null))
    );
    // A value of ForAnyValue may be empty, and Null then takes the key for absent.
    let any = tested(r#""ForAnyValue:StringLike": {"aws:CalledVia": "*"}"#);
    assert!(!mended("identity", &policy(&any), "EQUIVALENT_TO_NULL_FALSE").unwrap().0);
    let always = tested(r#""StringLikeIfExists": {"aws:PrincipalTag/a": "*"}"#);
    let without = r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}"#;
    assert_eq!(
        mended("identity", &policy(&always), "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION").unwrap(),
        (true, policy(without))
    );
}

#[test]
fn values_are_written_as_they_are_compared() {
    let of =
        |operator: &str, key: &str, value: &str| tested(&format!(r#""{operator}": {{"{key}": {value}}}"#));
    for (operator, key, from, to, code, is_safe) in [
        ("NotIpAddress", "aws:SourceIp", "198.51.100.7/24", "198.51.100.0/24", "IMPROVE_IP_RANGE", true),
        ("NotIpAddress", "aws:SourceIp", "198.51.*.*", "198.51.0.0/16", "TYPE_MISMATCH_IP_RANGE", false),
        ("Bool", "aws:SecureTransport", "off", "false", "TYPE_MISMATCH_BOOLEAN", true),
        ("Bool", "aws:SecureTransport", "yes", "true", "TYPE_MISMATCH_BOOLEAN", false),
        (
            "DateGreaterThan",
            "aws:CurrentTime",
            "1803902400",
            "2027-03-01T12:00:00Z",
            "INVALID_DATE_VALUE",
            true,
        ),
        ("StringNotEquals", "aws:SourceVpc", "vpc12345678", "vpc-12345678", "INVALID_VPC_FORMAT", false),
    ] {
        replaces("identity", &of(operator, key, &format!("\"{from}\"")), code, is_safe, from, to);
    }
    let bounds = of("NumericGreaterThan", "aws:MultiFactorAuthAge", r#"["900", "600", "1000"]"#);
    let code = "REDUNDANT_CONDITION_VALUE_NUM";
    replaces("identity", &bounds, code, true, r#"["900", "600", "1000"]"#, "\"600\"");
    let mixed = of("StringEquals", "aws:PrincipalTag/n", r#"["1", true, 2]"#);
    replaces("identity", &mixed, "INVALID_CONDITION_DATA_TYPE", true, "true, 2", "\"true\", \"2\"");
}

#[test]
fn fields_of_arns_are_mended_alone() {
    for (from, to, code) in [
        (
            "arn:aws:SQS:us-east-1:123456789012:q",
            "arn:aws:sqs:us-east-1:123456789012:q",
            "INVALID_ARN_SERVICE_CASE",
        ),
        (
            "arn:aws:sqs:us-esat-1:123456789012:q",
            "arn:aws:sqs:us-east-1:123456789012:q",
            "INVALID_ARN_REGION",
        ),
        (
            "arn:aws:sqs:us-east-1:1234-5678-9012:q",
            "arn:aws:sqs:us-east-1:123456789012:q",
            "INVALID_ARN_ACCOUNT",
        ),
        ("arn:aws:sqs:us-east-1::q", "arn:aws:sqs:us-east-1:*:q", "MISSING_ARN_ACCOUNT"),
        ("sqs:us-east-1:123456789012:q", "arn:aws:sqs:us-east-1:123456789012:q", "INVALID_ARN_PREFIX"),
    ] {
        replaces("identity", &on("sqs:SendMessage", from), code, false, from, to);
    }
    let function = on("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:123456789012:functions/mailer");
    replaces("identity", &function, "INVALID_ARN_RESOURCE", false, "functions/mailer", "function:mailer");
    let bucket = on("s3:ListBucket", "arn:aws:s3:backups");
    replaces("identity", &bucket, "MISSING_ARN_FIELD", false, "s3:backups", "s3:::backups");
    let short = on("sqs:SendMessage", "arn:aws:sqs");
    replaces("identity", &short, "MISSING_ARN_FIELD", true, "arn:aws:sqs", "arn:aws:sqs:*:*:*");
}

#[test]
fn variables_are_mended() {
    let of = |variable: &str| on("s3:GetObject", &format!("arn:aws:s3:::homes/{variable}/*"));
    for (from, to, code) in [
        ("&{aws:username}", "${aws:username}", "ESCAPED_VARIABLE"),
        ("${ aws:username}", "${aws:username}", "UNSUPPORTED_SPACE_IN_VARIABLE"),
        ("${aws:username, nobody}", "${aws:username, 'nobody'}", "MISSING_QUOTE_IN_VARIABLE"),
        ("${aws:usrname}", "${aws:username}", "UNKNOWN_VARIABLE"),
        ("${aws:username", "${aws:username}", "MISSING_BRACE_IN_VARIABLE"),
    ] {
        replaces("identity", &of(from), code, false, from, to);
    }
}

#[test]
fn a_deny_keeps_what_another_policy_may_have_meant() {
    let of = |effect: &str, more: &str, resource: &str| {
        format!(
            r#"{{"Effect": "{effect}", "Principal": "*", "Action": ["s3:GetObject"{more}], "Resource": ["arn:aws:s3:::b/*"{resource}]}}"#
        )
    };
    let (action, key) = (r#", "kms:Decrypt""#, r#", "arn:aws:kms:us-east-1:111122223333:key/k""#);
    for (more, resource, code) in
        [(action, "", "UNSUPPORTED_ACTION_IN_POLICY"), ("", key, "UNSUPPORTED_RESOURCE_ARN_IN_POLICY")]
    {
        never("resource", &of("Deny", more, resource), code);
        let allow = of("Allow", more, resource);
        replaces("resource", &allow, code, false, &format!("{more}{resource}"), "");
    }
}

#[test]
fn a_deny_of_services_and_others_is_not_mended_twice() {
    let both = r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:SourceOrgID": "o-a1b2c3d4e5"}}}"#;
    never("rcp", both, "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY");
    never("rcp", both, "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY");
}

#[test]
fn arns_are_mended_as_the_help_says() {
    for (action, code, from, to) in [
        (
            "lambda:InvokeFunction",
            "MISSING_ARN_FIELD",
            "arn:aws:lambda:function:x",
            "arn:aws:lambda:*:*:function:x",
        ),
        (
            "dynamodb:GetItem",
            "MISSING_ARN_FIELD",
            "arn:aws:dynamodb:us-east-1:table/x",
            "arn:aws:dynamodb:us-east-1:*:table/x",
        ),
        ("s3:GetObject", "MISSING_ARN_FIELD", "arn:aws:s3:b/*", "arn:aws:s3:::b/*"),
        ("sqs:SendMessage", "MISSING_ARN_REGION", "arn:aws:sqs:::q", "arn:aws:sqs:*:*:q"),
        (
            "apigateway:GET",
            "INVALID_ARN_RESOURCE",
            "arn:aws:apigateway:us-east-1::restapis/abc",
            "arn:aws:apigateway:us-east-1::/restapis/abc",
        ),
        (
            "ec2:StopInstances",
            "INVALID_ARN_RESOURCE",
            "arn:aws:ec2:us-east-1:123456789012:i-0123456789",
            "arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789",
        ),
    ] {
        replaces("identity", &on(action, from), code, false, from, to);
    }
    for (action, resource, code) in [
        ("sqs:SendMessage", "arn:something", "MISSING_ARN_FIELD"),
        ("sqs:SendMessage", "arn:aws:sqs:no/where", "MISSING_ARN_FIELD"),
        ("sqs:SendMessage", "arn:<partition>:sqs:us-east-1:123456789012:q", "INVALID_PARTITION"),
        ("sqs:SendMessage", "arn:aws:sqs:<region>:123456789012:q", "INVALID_ARN_REGION"),
        (
            "lambda:InvokeFunction",
            "arn:aws:lambda:us-east-1:123456789012:function/<name>",
            "INVALID_ARN_RESOURCE",
        ),
    ] {
        never("identity", &on(action, resource), code);
    }
    replaces(
        "identity",
        &on("sqs:*", "arn:aws:sqs"),
        "MISSING_ARN_FIELD",
        true,
        "arn:aws:sqs",
        "arn:aws:sqs:*:*:*",
    );
}

#[test]
fn another_type_of_resources_is_no_slip() {
    let other = "arn:aws:redshift-serverless:us-east-1:123456789012:snapshotcopyconfiguration/*";
    never("identity", &on("redshift-serverless:*", other), "INVALID_ARN_RESOURCE");
    never("identity", &on("sqs:*", "arn:aws:lambdafunction:us-east-1:123456789012:x"), "INVALID_SERVICE");
    replaces(
        "identity",
        &on("sqs:*", "arn:aws:sqqs:us-east-1:123456789012:x"),
        "INVALID_SERVICE",
        false,
        ":sqqs:",
        ":sqs:",
    );
}

#[test]
fn what_needs_several_actions_is_not_half_granted() {
    for action in ["kms:ReEncrypt", "s3:CopyObject", "dynamodb:TransactWriteItems"] {
        never("identity", &on(action, "*"), "INVALID_ACTION");
    }
    never("identity", &on("s3:ListBuckets", "arn:aws:s3:::backups"), "INVALID_ACTION");
    replaces(
        "identity",
        &on("s3:ListBuckets", "*"),
        "INVALID_ACTION",
        false,
        "s3:ListBuckets",
        "s3:ListAllMyBuckets",
    );
}

#[test]
fn a_variable_of_a_template_in_an_old_document_is_filled_in() {
    let old = |name: &str| {
        format!(
            r#"{{"Version": "2008-10-17", "Statement": [{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b-${{{name}}}/*"}}]}}"#
        )
    };
    for name in ["OIDC_BUCKET", "AWS::AccountId", "Log.Arn"] {
        assert_eq!(mended("identity", &old(name), "UNKNOWN_VARIABLE"), None);
    }
    let (is_safe, new) = mended("identity", &old("aws:username"), "VARIABLE_UNSUPPORTED_IN_VERSION").unwrap();
    assert!(!is_safe && new.contains("2012-10-17"));
}

#[test]
fn what_is_meant_by_a_value_of_another_type_nobody_knows() {
    let code = "TYPE_MISMATCH";
    let of = |key: &str, value: &str| tested(&format!(r#""StringEquals": {{"{key}": "{value}"}}"#));
    let (via, age) = ("aws:ViaAWSService", "aws:MultiFactorAuthAge");
    replaces("identity", &of(via, "false"), code, false, "StringEquals", "Bool");
    replaces("identity", &of(age, "600"), code, false, "StringEquals", "NumericEquals");
    for (from, value, to) in [
        ("ArnEquals", "ops-*", "StringLike"),
        ("ArnNotLike", "ops-?", "StringNotLike"),
        ("ArnEquals", "ops", "StringEquals"),
    ] {
        let tag = of("aws:PrincipalTag/a", value).replace("StringEquals", from);
        replaces("identity", &tag, code, false, from, to);
    }
    for (key, value) in [
        (via, "amplify.amazonaws.com"),
        (via, "yes"),
        (age, "big"),
        ("aws:CurrentTime", "yesterday"),
        ("aws:SourceIp", "office"),
    ] {
        never("identity", &of(key, value), code);
    }
}

#[test]
fn wildcards_move_to_the_operator_of_their_key() {
    let code = "WILDCARD_WITHOUT_LIKE_OPERATOR";
    let of = |key: &str, value: &str| tested(&format!(r#""StringEquals": {{"{key}": "{value}"}}"#));
    let role = of("aws:PrincipalArn", "arn:aws:iam::*:role/a");
    replaces("identity", &role, code, false, "StringEquals", "ArnLike");
    never("identity", &of("aws:PrincipalArn", "*:role/a"), code);
    never("identity", &of("aws:PrincipalOrgID", "o-*"), code);
    let tag = of("aws:PrincipalTag/a", "x*");
    replaces("identity", &tag, code, false, "StringEquals", "StringLike");
}

#[test]
fn a_star_beside_a_test_of_presence_goes() {
    let both = tested(r#""Null": {"aws:username": "false"}, "StringLike": {"aws:username": "*"}"#);
    let one = tested(r#""Null": {"aws:username": "false"}"#);
    let mended = mended("identity", &policy(&both), "EQUIVALENT_TO_NULL_FALSE").unwrap();
    assert_eq!(mended, (true, policy(&one)));
}

#[test]
fn a_call_with_claims_of_a_provider_may_have_the_wrong_principal() {
    let of = |tests: &str| {
        format!(
            r#"{{"Effect": "Allow", "Principal": {{"AWS": "111122223333"}}, "Action": "sts:AssumeRoleWithSAML"{tests}}}"#
        )
    };
    let code = "MISMATCHED_ACTION_FOR_PRINCIPAL";
    replaces("trust", &of(""), code, false, "sts:AssumeRoleWithSAML", "sts:AssumeRole");
    never("trust", &of(r#", "Condition": {"StringEquals": {"SAML:aud": "a"}}"#), code);
}

#[test]
fn names_of_families_are_mended_with_their_tags() {
    let code = "INVALID_GLOBAL_CONDITION_KEY";
    let of = |key: &str| tested(&format!(r#""StringEquals": {{"{key}": "x"}}"#));
    replaces("identity", &of("aws:ResourceTags/a"), code, false, "aws:ResourceTags/a", "aws:ResourceTag/a");
    never("identity", &of("aws:PrincipalOrg"), code);
}

#[test]
fn an_address_in_the_range_of_all_is_not_made_everybody() {
    let of = |value: &str| tested(&format!(r#""NotIpAddress": {{"aws:SourceIp": "{value}"}}"#));
    never("identity", &of("203.0.113.4/0"), "IMPROVE_IP_RANGE");
    replaces("identity", &of("203.0.113.4/8"), "IMPROVE_IP_RANGE", true, "203.0.113.4/8", "203.0.0.0/8");
}

#[test]
fn a_source_is_asked_for_where_nothing_asks_for_its_organization() {
    let of = |more: &str| {
        format!(
            r#"{{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {{"StringNotEquals": {{"aws:SourceOrgID": "o-a1b2c3d4e5"}}, "Bool": {{"aws:PrincipalIsAWSService": "true"}}{more}}}}}"#
        )
    };
    let code = "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK";
    assert!(mended("rcp", &policy(&of("")), code).is_some());
    never("rcp", &of(r#", "Null": {"aws:SourceOrgID": "false"}"#), code);
}
