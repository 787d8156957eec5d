//! The forms of names: actions, condition keys and principals.

use iam_policy::{
    ActionPattern, Code, ConditionKey, Limits, Mode, NamedPrincipal, Pattern, Policy, PolicyKind,
    PrincipalError, Report, ResourcePattern, Syntax, code,
};
use serde_json::json;

/// What is said about an identity policy with one action, as AWS may have stored it, and whether it is read.
fn said(action: &str) -> (bool, Vec<Code>) {
    let statement = json!({"Effect": "Deny", "Action": action, "Resource": "*"});
    let text = json!({"Version": "2012-10-17", "Statement": statement}).to_string();
    let read = Policy::parse(&text, PolicyKind::Identity, Mode::Deployed, &Limits::default());
    let is_read = read.is_ok();
    let problems = read.map_or_else(Report::into_problems, |policy| policy.findings);
    (is_read, problems.into_iter().map(|problem| problem.code).collect())
}

/// Rule 2.9: IAM stores blanks anywhere and full stops in the prefix, and no other odd characters.
#[test]
fn odd_actions_are_those_that_iam_stores() {
    for action in
        ["ec2: DescribeInstances", "ec2:Describe Instances ", "ec2 :*", "sns.amazonaws.com:Publish", ".:x"]
    {
        assert_eq!(said(action), (true, vec![code::ACTION_MATCHES_NOTHING]), "{action}");
    }
    for action in
        ["s;3:Get", "s;3:Get x", "s3:Get\tObject", "s\t3:Get", " :Get", "s3: ", "s3:Get::", "s3: : "]
    {
        assert_eq!(said(action), (false, vec![code::INVALID_ACTION]), "{action}");
    }
}

#[test]
fn a_second_colon_or_a_blank_is_refused_wherever_it_stands() {
    for text in ["s3:a:b", "s3:a:", "s3:a::", "s3::", "s3:a b", "s3:a ", "s3:a b ", "s3:  "] {
        assert!(ActionPattern::parse(text).is_none(), "{text}");
    }
}

/// Rule 1.21: a variable in an action stands for itself, and whoever wrote it is told.
#[test]
fn a_variable_in_an_action_is_told() {
    for action in ["s3:${user}", "s3:${user", "s3:Get${aws:username}*"] {
        let (_, codes) = said(action);
        assert!(codes.contains(&code::VARIABLE_UNSUPPORTED_IN_ELEMENT), "{action}: {codes:?}");
    }
    for action in ["s3:Get$", "s3:Get{user}"] {
        assert_eq!(said(action), (true, vec![]), "{action}");
    }
}

#[test]
fn an_action_has_a_service_and_a_name() {
    for (text, service, name) in [
        ("*", None, None),
        ("s3:*", Some("s3"), Some("*")),
        ("s3:Get*", Some("s3"), Some("Get*")),
        ("s*:G*t", Some("s*"), Some("G*t")),
        ("s*3:Get", Some("s*3"), Some("Get")),
        ("execute-api:Invoke", Some("execute-api"), Some("Invoke")),
    ] {
        let pattern = ActionPattern::parse(text).expect("an action");
        assert_eq!((pattern.service(), pattern.name()), (service, name), "{text}");
        assert_eq!(pattern.to_string(), text);
        assert_eq!(pattern.has_wildcard_service(), text.starts_with("s*"), "{text}");
        // Wildcards are wildcards on both sides of the colon.
        assert_eq!(Ok(pattern.pattern()), Pattern::parse(text, Syntax::new(true, false)).as_ref(), "{text}");
    }
}

#[test]
fn a_condition_key_has_a_prefix_and_a_name() {
    for text in ["", ":", "aws", "aws:", ":SourceIp"] {
        assert!(text.parse::<ConditionKey>().is_err(), "{text}");
    }
    for text in ["aws:SourceIp", "aws:PrincipalTag/a:b", "idp.example.com:sub"] {
        assert_eq!(text.parse::<ConditionKey>().map(|key| key.to_string()), Ok(text.to_owned()));
    }
}

/// Rule 4.4: whoever may choose names of tags can find two with the same hash, which is not secret.
#[test]
fn keys_with_the_same_hash_are_different_keys() {
    let [one, other] =
        ["aws:RequestTag/wy3iejm3i625g", "aws:RequestTag/o2tzhmetl4v5b"].map(ConditionKey::new);
    assert_eq!(one.hash(), other.hash());
    assert_ne!(one, other);
    assert_eq!(one, ConditionKey::new("AWS:requesttag/WY3IEJM3I625G"));
}

#[test]
fn a_canonical_user_is_letters_and_digits() {
    for text in ["", "79a5-9df9", "79a5 9df9", "79a5\u{e9}"] {
        assert_eq!(NamedPrincipal::parse_canonical(text), Err(PrincipalError::Format), "{text}");
    }
    assert_eq!(NamedPrincipal::parse_canonical("7*"), Err(PrincipalError::Wildcard));
    let user = NamedPrincipal::parse_canonical("79a59df900b949e5");
    assert_eq!(user.map(|user| user.to_string()), Ok("79a59df900b949e5".to_owned()));
}

/// Rule 5.8: AWS shows such an id in place of a user or a role that was deleted.
#[test]
fn a_unique_id_is_that_of_a_user_or_a_role() {
    let of_length = |length: usize| format!("AIDA{}", "X".repeat(length.saturating_sub(4)));
    for text in [&*of_length(16), &*of_length(128), "AROADBQP57FF2AEXAMPLE"] {
        assert_eq!(NamedPrincipal::parse_aws(text), Ok(NamedPrincipal::Deleted(text.into())), "{text}");
    }
    for text in [
        &*of_length(15),
        &*of_length(129),
        "AIDA",
        "AGPADBQP57FF2AEXAMPLE",
        "XAROADBQP57FF2AEXAMPLE",
        "AIDADBQP57FF2Aexample",
        "AIDADBQP57FF2A-EXAMPLE",
    ] {
        assert_eq!(NamedPrincipal::parse_aws(text), Err(PrincipalError::Format), "{text}");
    }
}

#[test]
fn a_service_is_a_domain_of_two_labels_at_least() {
    for text in ["ec2.amazonaws.com", "a-b_c.d", "1.2"] {
        assert_eq!(NamedPrincipal::parse_service(text), Ok(NamedPrincipal::Service(text.into())), "{text}");
    }
    for text in ["", ".", "ec2", "a..com", ".com", "com.", "a b.com", "a.b/c", "https://a.com"] {
        assert_eq!(NamedPrincipal::parse_service(text), Err(PrincipalError::Format), "{text}");
        assert_eq!(NamedPrincipal::parse_federated(text), Err(PrincipalError::Format), "{text}");
    }
}

#[test]
fn a_provider_has_an_account_and_a_name_and_no_region() {
    for text in [
        "arn:aws:iam::111122223333:saml-provider/corp",
        "arn:aws-cn:iam::111122223333:oidc-provider/idp.example.com/a",
        "accounts.google.com",
    ] {
        let provider = NamedPrincipal::parse_federated(text);
        assert_eq!(provider, Ok(NamedPrincipal::Federated(text.into())), "{text}");
    }
    for text in [
        "arn:aws:iam::111122223333:saml-provider/",
        "arn:aws:iam::111122223333:saml-provider",
        "arn:aws:iam::111122223333:oidc-provider/a b",
        "arn:aws:iam::111122223333:oidc-provider/\u{e9}",
        "arn:aws:iam::111122223333:saml-provider/${aws:username}",
        "arn:aws:iam:us-east-1:111122223333:saml-provider/corp",
        "arn:aws:iam::acme:saml-provider/corp",
        "arn:aws:iam:::saml-provider/corp",
        "arn:gcp:iam::111122223333:saml-provider/corp",
        "arn::iam::111122223333:saml-provider/corp",
        "arn:aws:iam::111122223333:role/corp",
    ] {
        assert_eq!(NamedPrincipal::parse_federated(text), Err(PrincipalError::Format), "{text}");
    }
}

/// Rule 3.29: what a variable before the fifth colon would stand for.
#[test]
fn an_early_variable_is_told_with_the_field_where_it_stands() {
    for (resource, field) in [
        ("arn:${aws:username}:s3:::b", "the partition"),
        ("arn:aws:${aws:username}:::b", "the service"),
        ("arn:aws:sqs:${aws:RequestedRegion}:123456789012:q", "the Region"),
        ("arn:aws:s?s:*${aws:RequestedRegion}:123456789012:q", "the Region"),
        ("arn:aws:sqs:eu-west-1:${aws:PrincipalAccount}:q", "the account"),
        ("arn:aws:sqs:${aws:RequestedRegion}:${aws:PrincipalAccount}:q", "the Region"),
    ] {
        let statement = json!({"Effect": "Allow", "Action": "sqs:*", "Resource": resource});
        let text = json!({"Version": "2012-10-17", "Statement": statement}).to_string();
        let read = Policy::parse(&text, PolicyKind::Identity, Mode::Deployed, &Limits::default());
        let problems = read.map_or_else(Report::into_problems, |policy| policy.findings);
        let help = problems.iter().find(|problem| problem.code == code::VARIABLE_BEFORE_RESOURCE_FIELD);
        let help = help.map(|problem| problem.help.clone()).unwrap_or_default();
        assert!(help.starts_with(&format!("it stands as {field}, ")), "{resource}: {help}");
        assert!(help.ends_with(&format!("write {field} or a wildcard")), "{resource}: {help}");
    }
}

#[test]
fn a_resource_is_shown_as_it_is_written() {
    for text in ["*", "arn:aws:s3", "arn:aws:s3:::b/*", "arn:aws:s3:::${aws:username}", "${aws:username}"] {
        let pattern = ResourcePattern::parse(text).expect("a resource");
        assert_eq!(pattern.to_string(), text);
        assert_eq!(pattern.written().map(Pattern::text), (text == "arn:aws:s3").then_some(text));
    }
}

/// Keys of conditions and of variables, wherever a variable may stand.
#[test]
fn the_keys_that_a_statement_asks_for_are_those_of_conditions_and_variables() {
    let statement = json!({
        "Effect": "Allow",
        "Action": "s3:${not:a_variable}",
        "Resource": ["arn:aws:s3:::b/${aws:username}/${aws:userid, 'x'}", "arn:aws:s3:::${*}"],
        "Condition": {
            "StringLike": {"s3:prefix": ["${aws:PrincipalTag/team}/*", "x"]},
            "ArnLike": {"aws:SourceArn": "arn:aws:s3:::${aws:SourceAccount}"},
            "Bool": {"aws:SecureTransport": ["true", "${aws:ViaAWSService}"]},
            "NumericEquals": {"s3:max-keys": "1"},
            "Null": {"aws:TokenIssueTime": "true"},
            "IpAddress": {"aws:SourceIp": "192.0.2.0/24"},
            "DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}
        }
    });
    let text = json!({"Version": "2012-10-17", "Statement": [statement.clone(), statement]}).to_string();
    let policy =
        Policy::parse(&text, PolicyKind::Identity, Mode::Deployed, &Limits::default()).expect("a policy");
    let mut keys: Vec<&str> = policy.asked_keys().collect();
    assert_eq!(keys.len(), 24);
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(
        keys,
        [
            "aws:CurrentTime",
            "aws:PrincipalTag/team",
            "aws:SecureTransport",
            "aws:SourceAccount",
            "aws:SourceArn",
            "aws:SourceIp",
            "aws:TokenIssueTime",
            "aws:ViaAWSService",
            "aws:userid",
            "aws:username",
            "s3:max-keys",
            "s3:prefix",
        ]
    );
}
