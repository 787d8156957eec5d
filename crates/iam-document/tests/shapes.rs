//! Each form in which people have policies: what it is said to be, and what is found in it.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use iam_document::{Found, Limits, code, decode, read};
use iam_json::Report;
use iam_policy::PolicyKind;

const POLICY: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}"#;
const TRUST: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"#;

#[track_caller]
fn found(text: &str) -> Found {
    named(text, "x.json")
}

#[track_caller]
fn named(text: &str, name: &str) -> Found {
    let found = read(text, name, &Limits::default()).unwrap_or_else(|report| panic!("{report}\n{text}"));
    for own in &found.documents {
        let read: Result<serde_json::Value, _> = serde_json::from_str(&own.text);
        assert!(read.is_ok(), "{}", own.text);
    }
    found
}

fn refused(text: &str, name: &str) -> Report {
    read(text, name, &Limits::default()).unwrap_err()
}

fn string(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// Checks what a text is said to be, and the names and kinds of the policies in it. All of them are POLICY or TRUST.
#[track_caller]
fn holds(text: &str, said: &str, expected: &[(&str, Option<PolicyKind>)]) {
    let found = found(text);
    assert!(found.said.contains(said), "{:?} {text}", found.said);
    let own: Vec<(&str, Option<PolicyKind>)> =
        found.documents.iter().map(|own| (own.name.as_str(), own.kind)).collect();
    assert_eq!(own, expected, "{text}");
    for own in &found.documents {
        assert!([POLICY, TRUST].contains(&own.text.as_str()), "{}", own.text);
    }
}

#[test]
fn a_bare_policy_is_itself() {
    let found = found(POLICY);
    assert!(found.is_bare() && found.problems.is_empty());
    assert_eq!(
        (found.documents[0].text.as_str(), found.documents[0].origin.verbatim_from()),
        (POLICY, Some(0))
    );
}

#[test]
fn outputs_of_iam_are_known() {
    use PolicyKind::{AwsManaged, Identity, Managed, Trust};
    holds(
        &format!(
            r#"{{"PolicyVersion": {{"Document": {POLICY}, "VersionId": "v3", "IsDefaultVersion": true}}}}"#
        ),
        "get-policy-version",
        &[("managed policy, version v3", Some(Managed))],
    );
    let role = format!(
        r#"{{"Role": {{"RoleName": "a", "Arn": "arn:aws:iam::111122223333:role/a", "AssumeRolePolicyDocument": {TRUST}}}}}"#
    );
    holds(&role, "get-role", &[("trust policy of role a", Some(Trust))]);
    assert!(found(&role).missing.contains("get-account-authorization-details"));
    holds(
        &format!(
            r#"{{"Roles": [{{"RoleName": "a", "AssumeRolePolicyDocument": {TRUST}}}, {{"RoleName": "b", "AssumeRolePolicyDocument": {TRUST}}}]}}"#
        ),
        "list-roles",
        &[("trust policy of role a", Some(Trust)), ("trust policy of role b", Some(Trust))],
    );
    for (member, word) in [("RoleName", "role"), ("UserName", "user"), ("GroupName", "group")] {
        holds(
            &format!(r#"{{"{member}": "a", "PolicyName": "p", "PolicyDocument": {POLICY}}}"#),
            &format!("get-{word}-policy"),
            &[(&format!("inline policy p of {word} a"), Some(Identity))],
        );
    }
    let version = |default: bool, id: &str| {
        format!(r#"{{"Document": {POLICY}, "VersionId": "{id}", "IsDefaultVersion": {default}}}"#)
    };
    let details = format!(
        r#"{{"UserDetailList": [{{"UserName": "u", "UserPolicyList": [{{"PolicyName": "q", "PolicyDocument": {POLICY}}}]}}],
        "RoleDetailList": [{{"RoleName": "a", "AssumeRolePolicyDocument": {TRUST}, "RolePolicyList": [{{"PolicyName": "p", "PolicyDocument": {POLICY}}}]}}],
        "Policies": [{{"PolicyName": "m", "Arn": "arn:aws:iam::111122223333:policy/m", "PolicyVersionList": [{}, {}]}},
                     {{"PolicyName": "n", "Arn": "arn:aws:iam::aws:policy/n", "PolicyVersionList": [{}]}}]}}"#,
        version(false, "v1"),
        version(true, "v2"),
        version(true, "v7"),
    );
    let all = [
        ("inline policy q of user u", Some(Identity)),
        ("trust policy of role a", Some(Trust)),
        ("inline policy p of role a", Some(Identity)),
        ("managed policy m, version v2", Some(Managed)),
        ("managed policy n, version v7", Some(AwsManaged)),
    ];
    holds(&details, "1 older version", &all);
    let two: Vec<_> = all.iter().chain(&all).map(|own| own.1).collect();
    for several in [
        format!("[{details}, {details}]"),
        format!("{details}\n{details}"),
        format!(r#"{{"111122223333": {details}, "444455556666": {details}}}"#),
    ] {
        let found = found(&several);
        assert!(found.said.contains("get-account-authorization-details"), "{}", found.said);
        assert_eq!(found.documents.iter().map(|own| own.kind).collect::<Vec<_>>(), two);
        let mut names: Vec<&str> = found.documents.iter().map(|own| own.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), if several.lines().count() > 1 { 10 } else { names.len() });
    }
}

#[test]
fn outputs_of_other_services_are_known() {
    use PolicyKind::{Identity, Rcp, Resource, Scp, VpcEndpoint};
    let text = string(POLICY);
    holds(&format!(r#"{{"Policy": {text}}}"#), "get-bucket-policy", &[("policy", None)]);
    holds(
        &format!(r#"{{"Policy": {text}, "PolicyName": "default"}}"#),
        "kms get-key-policy",
        &[("policy default", None)],
    );
    holds(
        &format!(r#"{{"Policy": {text}, "RevisionId": "1"}}"#),
        "lambda get-policy",
        &[("policy of function or table, revision 1", Some(Resource))],
    );
    holds(
        &format!(
            r#"{{"Attributes": {{"QueueArn": "arn:aws:sqs:eu-west-1:111122223333:q", "Policy": {text}}}}}"#
        ),
        "sqs get-queue-attributes",
        &[("policy of arn:aws:sqs:eu-west-1:111122223333:q", Some(Resource))],
    );
    holds(
        &format!(r#"{{"Attributes": {{"Policy": {text}, "TopicArn": "t"}}}}"#),
        "sns get-topic-attributes",
        &[("policy of t", Some(Resource))],
    );
    holds(
        &format!(r#"{{"ARN": "x", "Name": "s", "ResourcePolicy": {text}}}"#),
        "secretsmanager get-resource-policy",
        &[("policy of secret s", Some(Resource))],
    );
    holds(
        &format!(r#"{{"registryId": "111122223333", "repositoryName": "r", "policyText": {text}}}"#),
        "ecr get-repository-policy",
        &[("policy of repository r", Some(Resource))],
    );
    for (kind, own) in [("SERVICE_CONTROL_POLICY", Scp), ("RESOURCE_CONTROL_POLICY", Rcp)] {
        holds(
            &format!(
                r#"{{"Policy": {{"PolicySummary": {{"Name": "o", "Type": "{kind}"}}, "Content": {text}}}}}"#
            ),
            "organizations describe-policy",
            &[("policy o of the organization", Some(own))],
        );
    }
    let tags = found(
        r#"{"Policy": {"PolicySummary": {"Name": "o", "Type": "TAG_POLICY"}, "Content": "{\"tags\": {}}"}}"#,
    );
    assert_eq!((tags.documents.len(), tags.left.len()), (0, 1));
    holds(
        &format!(
            r#"{{"jobDetails": {{}}, "generatedPolicyResult": {{"generatedPolicies": [{{"policy": {text}}}]}}}}"#
        ),
        "get-generated-policy",
        &[("generated policy", Some(Identity))],
    );
    holds(
        &format!(r#"{{"VpcEndpoints": [{{"VpcEndpointId": "vpce-1", "PolicyDocument": {text}}}]}}"#),
        "describe-vpc-endpoints",
        &[("policy of endpoint vpce-1", Some(VpcEndpoint))],
    );
    let encoded = "%7B%22Version%22%3A%20%222012-10-17%22%2C%20%22Statement%22%3A%20%5B%7B%22Effect%22%3A%20%22Allow%22%2C%20%22Action%22%3A%20%22s3%3AGetObject%22%2C%20%22Resource%22%3A%20%22%2A%22%7D%5D%7D";
    holds(
        &format!(
            r#"{{"configurationItems": [{{"resourceType": "AWS::IAM::Role", "configuration": {}}}]}}"#,
            string(&format!(
                r#"{{"roleName": "a", "assumeRolePolicyDocument": "{encoded}", "rolePolicyList": [{{"policyName": "p", "policyDocument": "{encoded}"}}]}}"#
            ))
        ),
        "AWS Config",
        &[("trust policy of role a", Some(PolicyKind::Trust)), ("inline policy p of role a", Some(Identity))],
    );
    holds(
        &format!(
            r#"{{"resourceType": "AWS::S3::Bucket", "configuration": {{}}, "supplementaryConfiguration": {{"BucketPolicy": {}}}}}"#,
            string(&format!(r#"{{"policyText": {text}}}"#))
        ),
        "AWS Config",
        &[("policy", Some(Resource))],
    );
}

#[test]
fn policies_without_an_output_around_are_found() {
    holds(&format!("[{POLICY}, {TRUST}]"), "JSON with policies", &[("policy 1", None), ("policy 2", None)]);
    holds(
        &format!("{POLICY}\n{TRUST}\n"),
        "several JSON texts",
        &[("policy number 1", None), ("policy number 2", None)],
    );
    holds(
        &format!(r#"{{"a": {{"b/c": [{POLICY}]}}}}"#),
        "JSON with policies",
        &[("policy at /a/b~1c/0", None)],
    );
    let statement = r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#;
    for (text, name) in [(statement.to_owned(), "statement"), (format!("[{statement}]"), "statements")] {
        let found = found(&text);
        assert_eq!(found.documents[0].name, format!("{name} without a policy around"));
        assert!(found.documents[0].text.contains("2012-10-17"), "{text}");
    }
}

#[test]
fn texts_in_texts_are_unwrapped() {
    let once = string(POLICY);
    let thrice = string(&string(&once));
    let encoded = "%7B%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3AGetObject%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D";
    for text in [once, thrice] {
        let found = found(&text);
        assert_eq!((found.documents[0].text.as_str(), found.said.as_str()), (POLICY, "JSON in a string"));
    }
    assert!(found(&format!("{encoded}\n")).said.contains("URL-encoded"));
    assert!(found(&string(encoded)).documents.len() == 1);
    let mut deep = POLICY.to_owned();
    for _ in 0..9 {
        deep = string(&deep);
    }
    assert!(refused(&deep, "x.json").has(code::TOO_MANY_LAYERS));
}

#[test]
fn json_with_comments_is_read_and_said_to_be_no_json() {
    let text = "// why\n{\n  \"Version\": \"2012-10-17\", # x\n  \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"*\",},],\n}\n";
    let strict = found(text);
    let places: Vec<&str> = strict.problems.iter().map(|own| own.place.span.of(text)).collect();
    assert_eq!(places, ["// why", "# x", ",", ",", ","]);
    assert_eq!(strict.problems[1].position.to_string(), "3:28");
    assert_eq!(strict.documents.len(), 1);
    assert!(strict.problems.iter().all(|own| own.code == code::JSON_SYNTAX_ERROR));
    assert!(named(text, "x.jsonc").problems.is_empty());
}

#[test]
fn yaml_is_read() {
    let found = named(
        "Version: 2012-10-17\nStatement:\n  - Effect: Allow\n    Action: s3:GetObject\n    Resource: '*'\n",
        "p.yaml",
    );
    assert_eq!((found.said.as_str(), found.documents.len()), ("YAML", 1));
    assert!(found.documents[0].text.contains("\"2012-10-17\""));
}

#[test]
fn windows_texts_are_read() {
    let utf16: Vec<u8> = format!("\u{FEFF}{{\"Policy\": {}}}\r\n", string(POLICY))
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let text = decode(&utf16).unwrap();
    let found = found(&text);
    assert_eq!(found.documents[0].text, POLICY);
    assert_eq!(found.problems[0].code, code::BYTE_ORDER_MARK);
}

#[test]
fn parts_of_outputs_are_refused() {
    for more in [r#""IsTruncated": true, "Marker": "x""#, r#""NextToken": "x""#] {
        let report = refused(&format!(r#"{{"RoleDetailList": [], {more}}}"#), "x.json");
        assert!(report.has(code::TRUNCATED_OUTPUT), "{report}");
    }
    found(r#"{"RoleDetailList": [], "IsTruncated": false, "Marker": null}"#);
}

#[test]
fn what_has_no_policy_is_named() {
    for (text, said, missing) in [
        (r#"{"AttachedPolicies": []}"#, "list-attached-role-policies", "get-account-authorization-details"),
        (
            r#"{"Policy": {"Arn": "arn:x", "DefaultVersionId": "v4"}}"#,
            "get-policy",
            "--policy-arn arn:x --version-id v4",
        ),
        (r#"{"ContextKeyNames": ["a"]}"#, "condition keys", "policies"),
        (r#"{"EvaluationResults": []}"#, "simulate", "simulator"),
        (r#"{"name": "x", "version": "1.0.0", "scripts": {}}"#, "npm", "policy"),
        (r#"{"Records": [{"eventVersion": "1.1", "eventName": "GetObject"}]}"#, "CloudTrail", "why"),
        (r#"{"Credentials": {"AccessKeyId": "x", "SecretAccessKey": "y"}}"#, "credentials", "keep"),
        (r#"{"PolicyNames": ["x"]}"#, "list-role-policies", "documents"),
        (r#"{"a": 1}"#, "JSON without a policy", "AWS command"),
    ] {
        let found = found(text);
        assert_eq!(found.documents.len(), 0, "{text}");
        assert!(
            found.said.contains(said) && found.missing.contains(missing),
            "{text}: {} {}",
            found.said,
            found.missing
        );
    }
    for (text, part) in [
        ("{'Version': '2012-10-17'}", "Python"),
        ("{\u{201C}Version\u{201D}: 1}", "typographic"),
        ("resource \"aws_iam_policy\" \"x\" {\n  policy =\n}", "Terraform"),
        ("An error occurred (AccessDenied) when calling the GetRole operation: no", "error message"),
        ("<html><body>", "HTML"),
        ("[default]\naws_secret_access_key = abcdef", "credentials"),
        ("{\"a\": [1, 2", "cut"),
        ("hello: world: x", "neither"),
    ] {
        let report = refused(text, "x.json");
        assert!(report.to_string().contains(part), "{text}: {report}");
        assert!(!report.to_string().contains("abcdef"));
    }
}

#[test]
fn hostile_texts_are_refused_or_have_nothing() {
    let limits = Limits::default();
    for text in [
        "[".repeat(1_000_000),
        "{\"a\":".repeat(500_000),
        "\"".to_owned(),
        "\u{0}\u{0}".to_owned(),
        "{\"Statement\": \"\\ud800\"}".to_owned(),
        "{\"Policy\": \"{\\\"Policy\\\": \\\"{\\\\\\\"".to_owned(),
        format!("{{\"Policy\": {}}}", string(&"[".repeat(100_000))),
        "{}".repeat(300_000),
        "\"{\"".repeat(100_000),
        "//".repeat(100_000),
        ",]".repeat(100_000),
        "%7B".repeat(100_000),
        "{\"AssumeRolePolicyDocument\": \"%7B%ZZ\"}".to_owned(),
        String::new(),
        " \n".to_owned(),
    ] {
        for name in ["a.json", "a.yaml", "a.jsonc"] {
            let _ = read(&text, name, &limits);
        }
    }
}

#[test]
fn deep_texts_in_deep_texts_do_not_use_up_the_stack() {
    let mut text = "{}".to_owned();
    for _ in 0..6 {
        let nested = format!("{}{}{}", "{\"a\":[".repeat(55), string(&text), "]}".repeat(55));
        text = nested;
    }
    let _ = read(&text, "x.json", &Limits::default());
    let mut yaml = String::new();
    for depth in 0..120 {
        yaml.push_str(&format!("{}a:\n", " ".repeat(depth)));
    }
    let _ = read(&yaml, "x.yaml", &Limits::default());
}
