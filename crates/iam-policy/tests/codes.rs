//! One minimal document for every code: what it says, where, and at which level. And the page of codes names them all.
//!
//! Long because every code has its document here.

use std::borrow::Cow;
use std::collections::BTreeSet;

use iam_json::{Document, Form, Value, text_of};
use iam_policy::{Code, Level, Limits, Mode, Policy, PolicyKind, Problem, Report, code};

use Mode::{Deployed, Strict};
use PolicyKind::{Boundary, Identity, Kms, Managed, Rcp, Resource, Scp, Session, Trust, VpcEndpoint};

/// Codes of documents that are not policies; [`Form`] produces them.
const OF_FORMS: [Code; 3] = [code::MISSING_MEMBER, code::UNKNOWN_MEMBER, code::INVALID_MEMBER];

/// The code of several documents together; `Policy::beyond_role_quota` produces it.
const OF_SUMS: [Code; 1] = [code::INLINE_POLICIES_EXCEED_ROLE_QUOTA];

/// A document that has this code at this JSON pointer, and no other code.
struct Row {
    code: Code,
    kind: PolicyKind,
    mode: Mode,
    pointer: Cow<'static, str>,
    text: Vec<u8>,
}

fn row(code: Code, kind: PolicyKind, mode: Mode, pointer: impl Into<Cow<'static, str>>, text: String) -> Row {
    Row { code, kind, mode, pointer: pointer.into(), text: text.into_bytes() }
}

/// A policy with one statement of these members.
fn policy(members: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":{{{members}}}}}"#)
}

fn action(value: &str) -> String {
    policy(&format!(r#""Effect":"Allow","Action":{value},"Resource":"*""#))
}

fn resource(value: &str) -> String {
    policy(&format!(r#""Effect":"Allow","Action":"s3:GetObject","Resource":{value}"#))
}

fn condition(value: &str) -> String {
    policy(&format!(r#""Effect":"Deny","Action":"s3:GetObject","Resource":"*","Condition":{value}"#))
}

fn principal(value: &str) -> String {
    policy(&format!(r#""Effect":"Allow","Action":"s3:GetObject","Resource":"*","Principal":{value}"#))
}

/// A role trust policy.
fn trust(principal: &str, action: &str) -> String {
    policy(&format!(r#""Effect":"Allow","Action":"{action}","Principal":{principal}"#))
}

/// A resource control policy.
fn rcp(effect: &str, action: &str, principal: &str) -> String {
    policy(&format!(r#""Effect":"{effect}",{action},"Resource":"*","Principal":{principal}"#))
}

/// Two statements with these members more.
fn two(first: &str, second: &str) -> String {
    let statement =
        |more: &str| format!(r#"{{"Effect":"Deny","Action":"s3:*","Resource":"*","Principal":"*",{more}}}"#);
    format!(r#"{{"Version":"2012-10-17","Statement":[{},{}]}}"#, statement(first), statement(second))
}

/// `count` texts as a JSON list.
fn list(count: usize, text: impl Fn(usize) -> String) -> String {
    let texts: Vec<String> = (0..count).map(|i| format!("\"{}\"", text(i))).collect();
    format!("[{}]", texts.join(","))
}

/// The object `text` with so much white space in it that it has one byte more than `length`.
fn longer(text: &str, length: usize) -> String {
    let spaces = " ".repeat(length.saturating_add(1).saturating_sub(text.len()));
    text.replacen('{', &format!("{{{spaces}"), 1)
}

/// Actions that make a policy longer than `length` without white space.
fn many_actions(length: usize) -> String {
    list(length.div_euclid(20).saturating_add(1), |i| format!("s3:GetObject{i:06}"))
}

fn text_rows() -> Vec<Row> {
    let deep = format!("{}{}", "[".repeat(33), "]".repeat(33));
    let mut bytes = action("\"s3:*\"").into_bytes();
    bytes.push(0xFF);
    vec![
        row(code::EMPTY_DOCUMENT, Identity, Strict, "", " \n".into()),
        Row { code: code::NOT_UTF8, kind: Identity, mode: Strict, pointer: "".into(), text: bytes },
        row(code::BYTE_ORDER_MARK, Identity, Strict, "", format!("\u{FEFF}{}", action("\"s3:*\""))),
        row(code::JSON_SYNTAX_ERROR, Identity, Strict, "", "{".into()),
        row(
            code::DUPLICATE_JSON_KEY,
            Identity,
            Deployed,
            "/Statement/Action",
            policy(r#""Effect":"Deny","Action":"s3:*","Action":"s3:*","Resource":"*""#),
        ),
        row(
            code::UNSUPPORTED_CHARACTER,
            Identity,
            Strict,
            "/Statement/Resource",
            resource("\"arn:aws:s3:::b/\u{2026}\""),
        ),
        row(
            code::UNSUPPORTED_CHARACTER,
            Identity,
            Deployed,
            "/Statement/Resource",
            resource("\"arn:aws:s3:::b/\u{2026}\""),
        ),
        row(code::DOCUMENT_TOO_LARGE, Identity, Strict, "", longer(&action("\"s3:*\""), 524_288)),
        row(code::NESTING_TOO_DEEP, Identity, Strict, "", deep),
        row(
            code::TOO_MANY_STATEMENTS,
            Resource,
            Strict,
            "/Statement",
            format!(r#"{{"Version":"2012-10-17","Statement":[{}{{}}]}}"#, "{},".repeat(1_000)),
        ),
        row(
            code::TOO_MANY_VALUES,
            Resource,
            Strict,
            "/Statement/Principal/Service",
            principal(&format!("{{\"Service\":{}}}", list(8_193, |_| "a.com".into()))),
        ),
        row(
            code::TOO_MANY_CONDITION_KEYS,
            Identity,
            Strict,
            "/Statement/Condition",
            condition(&format!(
                "{{\"Null\":{{{}\"a:b\":true}}}}",
                (0..256).map(|i| format!("\"a:{i}\":true,")).collect::<Vec<_>>().concat()
            )),
        ),
        row(
            code::PATTERN_TOO_LONG,
            Identity,
            Strict,
            "/Statement/Resource/1",
            resource(&format!("[\"*\",\"arn:aws:s3:::{}\"]", "b".repeat(2_036))),
        ),
        row(
            code::TOO_MANY_WILDCARDS,
            Identity,
            Strict,
            "/Statement/Resource",
            resource(&format!("\"arn:aws:s3:::{}\"", "b*".repeat(65))),
        ),
        row(
            code::TOO_MANY_VARIABLES,
            Identity,
            Strict,
            "/Statement/Resource",
            resource(&format!("\"arn:aws:s3:::{}\"", "${aws:userid}".repeat(17))),
        ),
    ]
}

fn statement_rows() -> Vec<Row> {
    let plain = r#""Effect":"Allow","Action":"s3:*","Resource":"*""#;
    let without_version = format!(r#"{{"Statement":{{{plain}}}}}"#);
    vec![
        row(code::NOT_A_POLICY, Identity, Strict, "", "[]".into()),
        row(
            code::INVALID_POLICY_ELEMENT,
            Identity,
            Strict,
            "/Statement/Comment",
            policy(&format!("{plain},\"Comment\":\"\"")),
        ),
        row(code::DATA_TYPE_MISMATCH, Identity, Strict, "/Statement/Action/1", action("[\"s3:*\",1]")),
        row(
            code::INVALID_VERSION,
            Identity,
            Strict,
            "/Version",
            format!(r#"{{"Version":"2012-10-18","Statement":{{{plain}}}}}"#),
        ),
        row(code::MISSING_VERSION, Identity, Strict, "", without_version),
        row(
            code::MISSING_VERSION,
            Rcp,
            Deployed,
            "",
            rcp("Deny", "\"Action\":\"s3:*\"", "\"*\"").replace("\"Version\":\"2012-10-17\",", ""),
        ),
        row(
            code::UNSUPPORTED_ID,
            Identity,
            Strict,
            "/Id",
            format!(r#"{{"Version":"2012-10-17","Id":"x","Statement":{{{plain}}}}}"#),
        ),
        row(code::MISSING_STATEMENT, Identity, Strict, "", r#"{"Version":"2012-10-17"}"#.into()),
        row(
            code::EMPTY_ARRAY_STATEMENT,
            Identity,
            Deployed,
            "/Statement",
            r#"{"Version":"2012-10-17","Statement":[]}"#.into(),
        ),
        row(
            code::UNSUPPORTED_SID,
            Identity,
            Strict,
            "/Statement/Sid",
            policy(&format!("{plain},\"Sid\":\"a b\"")),
        ),
        row(
            code::EMPTY_SID_VALUE,
            Identity,
            Strict,
            "/Statement/Sid",
            policy(&format!("{plain},\"Sid\":\"\"")),
        ),
        row(
            code::UNIQUE_SIDS_REQUIRED,
            Rcp,
            Strict,
            "/Statement/1/Sid",
            two("\"Sid\":\"a\"", "\"Sid\":\"a\""),
        ),
        row(
            code::UNIQUE_SIDS_RECOMMENDED,
            Resource,
            Strict,
            "/Statement/1/Sid",
            two("\"Sid\":\"a\"", "\"Sid\":\"a\""),
        ),
        row(
            code::MISSING_EFFECT,
            Identity,
            Strict,
            "/Statement",
            policy(r#""Action":"s3:*","Resource":"*""#),
        ),
        row(
            code::INVALID_EFFECT,
            Identity,
            Strict,
            "/Statement/Effect",
            policy(&plain.replace("Allow", "allow")),
        ),
        row(
            code::MISSING_ACTION,
            Identity,
            Strict,
            "/Statement",
            policy(r#""Effect":"Allow","Resource":"*""#),
        ),
        row(code::MISSING_RESOURCE, Scp, Strict, "/Statement", policy(r#""Effect":"Allow","Action":"s3:*""#)),
        row(
            code::UNSUPPORTED_ELEMENT_COMBINATION,
            Identity,
            Strict,
            "/Statement",
            policy(&format!("{plain},\"NotAction\":\"s3:Get*\"")),
        ),
    ]
}

fn action_and_resource_rows() -> Vec<Row> {
    let (of_action, of_resource) = ("/Statement/Action", "/Statement/Resource");
    vec![
        row(code::INVALID_ACTION, Identity, Strict, of_action, action("\"s3\"")),
        row(code::WILDCARD_IN_SERVICE_NAME, Identity, Strict, of_action, action("\"s*:Get\"")),
        row(
            code::VARIABLE_UNSUPPORTED_IN_ELEMENT,
            Identity,
            Strict,
            of_action,
            action("\"s3:${aws:username}\""),
        ),
        row(
            code::ACTION_MATCHES_NOTHING,
            Identity,
            Deployed,
            of_action,
            action("\"ec2: DescribeInstances\""),
        ),
        row(code::EMPTY_ARRAY_ACTION, Identity, Strict, of_action, action("[]")),
        row(
            code::EMPTY_ARRAY_NOT_ELEMENT,
            Identity,
            Strict,
            "/Statement/NotAction",
            policy(r#""Effect":"Deny","NotAction":[],"Resource":"*""#),
        ),
        row(code::INVALID_ARN_PREFIX, Identity, Strict, of_resource, resource("\"bucket\"")),
        row(code::RESOURCE_NOT_AN_ARN, Identity, Strict, of_resource, resource("\"*bucket\"")),
        row(code::INCOMPLETE_ARN, Identity, Strict, of_resource, resource("\"arn:aws:sqs\"")),
        row(code::MISSING_ARN_FIELD, Session, Strict, of_resource, resource("\"arn:aws:sqs\"")),
        row(code::EMPTY_ARRAY_RESOURCE, Identity, Strict, of_resource, resource("[]")),
        row(code::INVALID_PARTITION, Identity, Strict, of_resource, resource("\"arn:awss:s3:::b\"")),
        row(code::INVALID_ARN_REGION, Managed, Strict, of_resource, resource("\"arn:aws:s3:eu-west-1::b\"")),
        row(
            code::INVALID_ARN_RESOURCE,
            Boundary,
            Strict,
            of_resource,
            resource("\"arn:aws:iam::111122223333:usr/ana\""),
        ),
        row(code::WILDCARD_IN_ARN_FIELD, Identity, Strict, of_resource, resource("\"arn:*:s3:::b\"")),
        row(
            code::VARIABLE_BEFORE_RESOURCE_FIELD,
            Identity,
            Strict,
            of_resource,
            resource("\"arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:q\""),
        ),
        row(
            code::MISSING_BRACE_IN_VARIABLE,
            Identity,
            Strict,
            of_resource,
            resource("\"arn:aws:s3:::b/${aws:userid\""),
        ),
        row(code::EMPTY_VARIABLE, Identity, Strict, of_resource, resource("\"arn:aws:s3:::b/${}\"")),
        row(
            code::UNSUPPORTED_SPACE_IN_VARIABLE,
            Identity,
            Strict,
            of_resource,
            resource("\"arn:aws:s3:::b/${aws: userid}\""),
        ),
        row(
            code::MISSING_QUOTE_IN_VARIABLE,
            Identity,
            Strict,
            of_resource,
            resource("\"arn:aws:s3:::b/${aws:userid, x}\""),
        ),
        row(
            code::VARIABLE_UNSUPPORTED_IN_VERSION,
            Identity,
            Strict,
            of_resource,
            resource("\"arn:aws:s3:::b/${aws:userid}\"").replace("2012", "2008"),
        ),
    ]
}

fn principal_rows() -> Vec<Row> {
    let of_principal = "/Statement/Principal";
    let everyone = principal("\"*\"");
    let github =
        r#"{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}"#;
    let saml = r#"{"Federated":"arn:aws:iam::111122223333:saml-provider/x"}"#;
    let account = r#"{"AWS":"111122223333"}"#;
    vec![
        row(code::MISSING_PRINCIPAL, Kms, Strict, "/Statement", action("\"s3:*\"")),
        row(code::UNSUPPORTED_PRINCIPAL, Identity, Strict, "/Statement/Principal", everyone.clone()),
        row(code::SCP_SYNTAX_ERROR_PRINCIPAL, Scp, Strict, "/Statement/Principal", everyone),
        row(
            code::INVALID_PRINCIPAL_KEY,
            Resource,
            Strict,
            "/Statement/Principal/aws",
            principal(r#"{"aws":"*"}"#),
        ),
        row(code::INVALID_PRINCIPAL_FORMAT, Resource, Strict, of_principal, principal("\"111122223333\"")),
        row(
            code::DELETED_PRINCIPAL,
            Resource,
            Strict,
            "/Statement/Principal/AWS",
            principal(r#"{"AWS":"AROAEXAMPLEEXAMPLE01"}"#),
        ),
        row(
            code::UNSUPPORTED_WILDCARD_IN_PRINCIPAL,
            Resource,
            Strict,
            "/Statement/Principal/AWS/0",
            principal(r#"{"AWS":["arn:aws:iam::111122223333:role/*"]}"#),
        ),
        row(
            code::FEDERATED_PRINCIPAL_NOT_SUPPORTED,
            Resource,
            Strict,
            "/Statement/Principal/Federated",
            principal(saml),
        ),
        row(
            code::EMPTY_ARRAY_PRINCIPAL,
            Resource,
            Strict,
            "/Statement/Principal/AWS",
            principal(r#"{"AWS":[]}"#),
        ),
        row(code::EMPTY_OBJECT_PRINCIPAL, Resource, Strict, of_principal, principal("{}")),
        row(
            code::ALLOW_WITH_NOT_PRINCIPAL,
            Resource,
            Strict,
            "/Statement/NotPrincipal",
            principal(account).replace("\"Principal", "\"NotPrincipal"),
        ),
        row(
            code::ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL,
            Trust,
            Strict,
            "/Statement/NotPrincipal",
            trust(account, "sts:AssumeRole")
                .replace("\"Principal", "\"NotPrincipal")
                .replace("Allow", "Deny"),
        ),
        row(
            code::ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE,
            Trust,
            Strict,
            "/Statement/Resource",
            trust(&format!("{account},\"Resource\":\"*\""), "sts:AssumeRole"),
        ),
        row(
            code::ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL,
            Trust,
            Strict,
            of_principal,
            trust("\"*\"", "sts:AssumeRole"),
        ),
        row(
            code::MISMATCHED_ACTION_FOR_PRINCIPAL,
            Trust,
            Strict,
            "/Statement",
            trust(saml, "sts:AssumeRoleWithWebIdentity"),
        ),
        row(
            code::MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL,
            Trust,
            Strict,
            "/Statement",
            trust(github, "sts:AssumeRoleWithWebIdentity"),
        ),
        row(
            code::OIDC_CONDITION_ADMITS_EVERY_TENANT,
            Trust,
            Strict,
            "/Statement",
            policy(&format!(
                r#""Effect":"Allow","Action":"sts:AssumeRole*","Principal":{github},"Condition":{{"StringLike":{{"token.actions.githubusercontent.com:sub":"?*"}}}}"#
            )),
        ),
        row(
            code::TRUST_POLICY_ADMITS_EVERY_ACCOUNT,
            Trust,
            Strict,
            "/Statement",
            trust(r#"{"AWS":"*"}"#, "sts:AssumeRole"),
        ),
        row(
            code::EMPTY_TRUST_CONDITION,
            Trust,
            Strict,
            "/Statement/Condition",
            policy(
                r#""Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"111122223333"},"Condition":{}"#,
            ),
        ),
        row(
            code::PRINCIPAL_IN_GATEWAY_ENDPOINT_POLICY,
            VpcEndpoint,
            Strict,
            "/Statement/Principal",
            principal(r#"{"AWS":"111122223333"}"#),
        ),
        row(code::SCP_WITHOUT_ALLOW, Scp, Strict, "", action("\"s3:*\"").replace("Allow", "Deny")),
        row(
            code::UNSUPPORTED_ACTION_IN_TRUST_POLICY,
            Trust,
            Strict,
            "/Statement/Action/1",
            trust(r#"{"AWS":"111122223333"}"#, "sts:TagSession\",\"STS:AssumeRole")
                .replace("\"sts:Tag", "[\"sts:Tag")
                .replace("AssumeRole\"", "AssumeRole\"]"),
        ),
        row(
            code::RCP_SYNTAX_ERROR_PRINCIPAL,
            Rcp,
            Strict,
            of_principal,
            rcp("Deny", "\"Action\":\"s3:*\"", account),
        ),
        row(
            code::RCP_SYNTAX_ERROR_ALLOW,
            Rcp,
            Strict,
            "/Statement/Effect",
            rcp("Allow", "\"Action\":\"s3:*\"", "\"*\""),
        ),
        row(
            code::RCP_SYNTAX_ERROR_NOTACTION,
            Rcp,
            Strict,
            "/Statement/NotAction",
            rcp("Deny", "\"NotAction\":\"s3:*\"", "\"*\""),
        ),
        row(
            code::RCP_SYNTAX_ERROR_ACTION,
            Rcp,
            Strict,
            "/Statement/Action",
            rcp("Deny", "\"Action\":\"*\"", "\"*\""),
        ),
        row(
            code::RCP_UNSUPPORTED_SERVICE,
            Rcp,
            Strict,
            "/Statement/Action/1",
            rcp("Deny", "\"Action\":[\"S3:*\",\"iam:PassRole\"]", "{\"AWS\":\"*\"}"),
        ),
    ]
}

fn condition_rows() -> Vec<Row> {
    let rows = [
        (code::UNKNOWN_OPERATOR_WITHOUT_TESTS, "/StringEqual", r#"{"StringEqual":{}}"#),
        (code::INVALID_CONDITION_OPERATOR, "/StringEqual", r#"{"StringEqual":{"aws:userid":"x"}}"#),
        (code::CONDITION_OPERATOR_CASE, "/stringEquals", r#"{"stringEquals":{"aws:userid":"x"}}"#),
        (code::NULL_WITH_IF_EXISTS, "/NullIfExists", r#"{"NullIfExists":{"aws:userid":true}}"#),
        (code::NULL_WITH_QUALIFIER, "/ForAnyValue:Null", r#"{"ForAnyValue:Null":{"aws:userid":true}}"#),
        (code::INVALID_CONDITION_KEY_FORMAT, "/Bool/x", r#"{"Bool":{"x":true}}"#),
        (
            code::MISSING_TAG_KEY_IN_CONDITION,
            "/StringEquals/aws:ResourceTag~1",
            r#"{"StringEquals":{"aws:ResourceTag/":"x"}}"#,
        ),
        (
            code::DUPLICATE_KEYS_WITH_DIFFERENT_CASE,
            "/StringEquals/aws:userid",
            r#"{"StringEquals":{"aws:UserId":"x","aws:userid":"y"}}"#,
        ),
        (
            code::INVALID_CONDITION_DATA_TYPE,
            "/StringEquals/aws:userid/1",
            r#"{"StringEquals":{"aws:userid":["x",null]}}"#,
        ),
        (
            code::MIXED_CONDITION_DATA_TYPES,
            "/StringEquals/aws:userid",
            r#"{"StringEquals":{"aws:userid":["x",1]}}"#,
        ),
        (code::EMPTY_OBJECT_CONDITION, "", "{}"),
        (code::EMPTY_ARRAY_CONDITION, "/StringEquals/aws:userid", r#"{"StringEquals":{"aws:userid":[]}}"#),
        (
            code::INVALID_CONDITION_MULTIPLE_BOOLEAN,
            "/Bool/aws:SecureTransport",
            r#"{"Bool":{"aws:SecureTransport":[true,false]}}"#,
        ),
        (code::MISSING_QUALIFIER, "/StringEquals/aws:TagKeys", r#"{"StringEquals":{"aws:TagKeys":"x"}}"#),
        (
            code::INVALID_VARIABLE_FOR_OPERATOR,
            "/NumericEquals/s3:max-keys",
            r#"{"NumericEquals":{"s3:max-keys":"${aws:userid}"}}"#,
        ),
        (
            code::TYPE_MISMATCH_BOOLEAN,
            "/Bool/aws:SecureTransport",
            r#"{"Bool":{"aws:SecureTransport":"yes"}}"#,
        ),
        (
            code::TYPE_MISMATCH_NUMBER,
            "/NumericEquals/s3:max-keys",
            r#"{"NumericEquals":{"s3:max-keys":"ten"}}"#,
        ),
        (
            code::INVALID_DATE_VALUE,
            "/DateLessThan/aws:CurrentTime/0",
            r#"{"DateLessThan":{"aws:CurrentTime":["2026"]}}"#,
        ),
        (
            code::TYPE_MISMATCH_IP_RANGE,
            "/IpAddress/aws:SourceIp",
            r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/33"}}"#,
        ),
        (
            code::UNSUPPORTED_IPV6_RANGE,
            "/IpAddress/aws:SourceIp/1",
            r#"{"IpAddress":{"aws:SourceIp":["2001:db8::/64","2001:db8::5/64"]}}"#,
        ),
        (
            code::DEAD_IP_RANGE,
            "/IpAddress/aws:SourceIp",
            r#"{"IpAddress":{"aws:SourceIp":"::ffff:c000:200/120"}}"#,
        ),
        (code::TYPE_MISMATCH_BINARY, "/BinaryEquals/a:b", r#"{"BinaryEquals":{"a:b":"Zg"}}"#),
        (
            code::INVALID_ARN_IN_CONDITION,
            "/ArnLike/aws:SourceArn",
            r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sqs"}}"#,
        ),
        (
            code::WILDCARD_WITHOUT_LIKE_OPERATOR,
            "/StringEquals/aws:userid",
            r#"{"StringEquals":{"aws:userid":"x*"}}"#,
        ),
    ];
    let mut rows: Vec<Row> = rows
        .into_iter()
        .map(|(code, pointer, text)| {
            let pointer = format!("/Statement/Condition{pointer}");
            row(code, Identity, Strict, pointer, condition(text))
        })
        .collect();
    let of_endpoint =
        |test: &str| condition(test).replace("\"Resource\":\"*\"", "\"Resource\":\"*\",\"Principal\":\"*\"");
    rows.push(row(
        code::IDENTIFIER_IN_ENDPOINT_POLICY,
        VpcEndpoint,
        Strict,
        "/Statement/Condition/StringLike/aws:SourceVpc",
        of_endpoint(r#"{"StringLike":{"aws:SourceVpc":"vpc-1a*"}}"#),
    ));
    rows.push(row(
        code::UNREADABLE_CONDITION_VALUE,
        Session,
        Strict,
        "/Statement/Condition/NotIpAddress/aws:SourceIp/0",
        condition(r#"{"NotIpAddress":{"aws:SourceIp":["not-an-ip","192.0.2.0/24"]}}"#),
    ));
    rows.push(row(
        code::FORALLVALUES_WITHOUT_NULL_CHECK,
        Identity,
        Strict,
        "/Statement/Condition/ForAllValues:StringEquals/aws:TagKeys",
        condition(r#"{"ForAllValues:StringEquals":{"aws:TagKeys":"x"}}"#).replace("Deny", "Allow"),
    ));
    rows
}

fn size_rows() -> Vec<Row> {
    let long_trust = |length| {
        policy(&format!(
            r#""Effect":"Allow","Action":{},"Principal":{{"AWS":"111122223333"}}"#,
            many_actions(length)
        ))
    };
    let long_rcp = |length| rcp("Deny", &format!("\"Action\":{}", many_actions(length)), "\"*\"");
    vec![
        row(
            code::POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA,
            Identity,
            Strict,
            "",
            action(&many_actions(10_240)),
        ),
        row(
            code::POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA,
            Managed,
            Strict,
            "",
            action(&many_actions(6_144)),
        ),
        row(
            code::POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA,
            Boundary,
            Deployed,
            "",
            action(&many_actions(6_144)),
        ),
        row(code::POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA, Trust, Strict, "", long_trust(8_192)),
        row(code::POLICY_SIZE_EXCEEDS_DEFAULT_ROLE_TRUST_POLICY_QUOTA, Trust, Strict, "", long_trust(2_048)),
        row(code::POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA, Kms, Strict, "", long_rcp(32_768)),
        row(
            code::POLICY_SIZE_EXCEEDS_ENDPOINT_POLICY_QUOTA,
            VpcEndpoint,
            Strict,
            "",
            longer(&principal("\"*\""), 20_480),
        ),
        row(code::POLICY_SIZE_EXCEEDS_SCP_QUOTA, Scp, Strict, "", longer(&action("\"s3:*\""), 10_240)),
        row(code::POLICY_SIZE_EXCEEDS_RCP_QUOTA, Rcp, Strict, "", long_rcp(5_120)),
        row(code::SESSION_POLICY_TOO_LONG, Session, Strict, "", action(&many_actions(2_048))),
    ]
}

fn table() -> Vec<Row> {
    let parts = [
        text_rows(),
        statement_rows(),
        action_and_resource_rows(),
        principal_rows(),
        condition_rows(),
        size_rows(),
    ];
    parts.into_iter().flatten().collect()
}

/// Everything that is said about a document, and whether it was accepted.
fn said(bytes: &[u8], kind: PolicyKind, mode: Mode) -> (bool, Vec<Problem>) {
    let read = text_of(bytes).and_then(|text| Policy::parse(text, kind, mode, &Limits::default()));
    match read {
        Ok(policy) => (true, policy.findings),
        Err(report) => (false, report.into_problems()),
    }
}

#[test]
fn each_document_has_its_code_and_no_other() {
    let mut other = Vec::new();
    for Row { code, kind, mode, pointer, text } in table() {
        let (accepted, problems) = said(&text, kind, mode);
        let about = format!("{code} as {} {mode:?}", kind.name());
        let codes: Vec<Code> = problems.iter().map(|p| p.code).collect();
        let pointers: Vec<&str> = problems.iter().map(|p| p.place.pointer.as_str()).collect();
        if codes != [code] || pointers != [&*pointer] {
            other.push(format!("{about} at {pointer}: {codes:?} at {pointers:?}"));
            continue;
        }
        let problem = problems.first().unwrap();
        assert_eq!(problem.level, code.level(mode), "{about}");
        assert_eq!(accepted, problem.level != Level::Error, "{about}");
        assert!(!problem.found.is_empty() && !problem.help.is_empty(), "{about}");
        assert!(problem.place.span.start <= problem.place.span.end, "{about}");
        assert!(problem.place.span.end as usize <= text.len(), "{about}");
        assert!(problem.to_string().starts_with(&format!("{code} at {}", problem.position)), "{about}");
    }
    assert!(other.is_empty(), "{}", other.join("\n"));
}

/// The level of every code in the other mode is what the document gets there, too.
#[test]
fn levels_of_both_modes_hold() {
    for Row { code, kind, text, .. } in table() {
        for mode in [Strict, Deployed] {
            let (accepted, problems) = said(&text, kind, mode);
            // AWS's own managed policies have no quota.
            if (code, kind, mode) == (code::POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA, Managed, Deployed) {
                assert!(accepted && problems.is_empty());
                continue;
            }
            let levels: Vec<Level> = problems.iter().filter(|p| p.code == code).map(|p| p.level).collect();
            assert_eq!(levels, [code.level(mode)], "{code} as {} {mode:?}", kind.name());
            assert_eq!(accepted, code.level(mode) != Level::Error, "{code} as {} {mode:?}", kind.name());
        }
    }
}

#[test]
fn the_table_has_every_code() {
    let tested: BTreeSet<Code> = table().iter().map(|row| row.code).chain(OF_FORMS).chain(OF_SUMS).collect();
    let missing: Vec<&str> = code::ALL.iter().filter(|c| !tested.contains(c)).map(|c| c.name()).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let names: BTreeSet<&str> = code::ALL.iter().map(|c| c.name()).collect();
    assert_eq!(names.len(), code::ALL.len());
}

#[test]
fn the_page_names_every_code_in_order() {
    let page = include_str!("../CODES.md");
    let headings: Vec<&str> =
        page.lines().filter_map(|l| l.strip_prefix("## ").or_else(|| l.strip_prefix("### "))).collect();
    let names: Vec<&str> = code::ALL.iter().map(|c| c.name()).collect();
    assert_eq!(headings, names);
}

/// What a form with the members `name` (required) and `count` says about a text.
fn form(text: &str) -> Result<(Box<str>, i64), Report> {
    let limits = Limits::default();
    let document = Document::parse(text, &limits)?.refuse_duplicates()?;
    let mut form = Form::new(&document, 4);
    let read = read_form(&mut form, document.root());
    form.finish(read)
}

fn read_form(form: &mut Form, root: Value<'_>) -> Option<(Box<str>, i64)> {
    let [name, count] = form.members(root, ["name", "count"], 1)?;
    let count = match count {
        Some(count) => form.integer(count),
        None => Some(0),
    };
    Some((form.text(name?, "a text")?, count?))
}

#[test]
fn forms_say_what_is_wrong_with_members() {
    assert_eq!(form(r#"{"name":"abcd","count":-3}"#).unwrap(), ("abcd".into(), -3));
    for (code, pointer, text) in [
        (code::MISSING_MEMBER, "", r#"{"count":1}"#),
        (code::UNKNOWN_MEMBER, "/Name", r#"{"name":"a","Name":"b"}"#),
        (code::INVALID_MEMBER, "", "[]"),
        (code::INVALID_MEMBER, "/name", r#"{"name":1}"#),
        (code::INVALID_MEMBER, "/name", r#"{"name":"abcde"}"#),
        (code::INVALID_MEMBER, "/count", r#"{"name":"a","count":1.5}"#),
        (code::INVALID_MEMBER, "/count", r#"{"name":"a","count":9223372036854775808}"#),
        (code::DUPLICATE_JSON_KEY, "/name", r#"{"name":"a","name":"a"}"#),
    ] {
        let report = form(text).unwrap_err();
        let said: Vec<(Code, &str)> =
            report.problems().iter().map(|p| (p.code, p.place.pointer.as_str())).collect();
        assert_eq!(said, [(code, pointer)], "{text}");
        assert!(report.problems().iter().all(|p| !p.found.is_empty() && !p.help.is_empty()), "{text}");
    }
}
