//! Keys, operators and values of conditions.

use iam_catalog::Sections;
use iam_policy::PolicyKind;

use super::{clean, codes, has, has_not, help_of, tested};
use crate::common::findings;

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
fn a_text_that_is_an_arn_is_compared_as_one() {
    let code = "TYPE_MISMATCH";
    let of = |value: &str| tested("Deny", &format!(r#""ArnLike": {{"aws:PrincipalTag/made-for": {value}}}"#));
    has_not("identity", &of(r#""arn:aws:ecs:*:*:service/*/*""#), code);
    has("identity", &of(r#"["arn:aws:ecs:*:*:service/*/*", "yes"]"#), code);
}
