//! What IAM stores, what STS takes, and what is said of a document that is stored already.
use iam_policy::{Code, Limits, Mode, Policy, PolicyKind, Values, code};

/// Whether the document is read, and the codes of what is said about it.
fn said(text: &str, kind: PolicyKind, mode: Mode) -> (bool, Vec<Code>) {
    match Policy::parse(text, kind, mode, &Limits::default()) {
        Ok(policy) => (true, policy.findings.iter().map(|p| p.code).collect()),
        Err(report) => (false, report.problems().iter().map(|p| p.code).collect()),
    }
}

/// A trust policy for a provider: its ARN, or its name if it is built into AWS.
fn trust(provider: &str, action: &str, conditions: &str) -> String {
    let name = match provider {
        "accounts.google.com" | "www.amazon.com" | "cognito-identity.amazonaws.com" => provider.to_owned(),
        _ => format!("arn:aws:iam::111122223333:oidc-provider/{provider}"),
    };
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"Federated":"{name}"}},"Action":"{action}","Condition":{conditions}}}}}"#
    )
}

const CALL: &str = "sts:AssumeRoleWithWebIdentity";

/// Rule 1.25: roles that exist are not checked by AWS, so a deployed document is warned of what is refused today.
#[test]
fn tests_of_the_tenant_that_do_not_count() {
    let github = "token.actions.githubusercontent.com";
    for (provider, conditions) in [
        (github, r#"{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}}"#),
        (github, r#"{"StringLike":{"token.actions.githubusercontent.com:sub":"*"}}"#),
        (github, r#"{"StringLike":{"token.actions.githubusercontent.com:sub":"*:ref:refs/heads/main"}}"#),
        (github, r#"{"StringLike":{"token.actions.githubusercontent.com:sub":["repo:acme/*"," "]}}"#),
        (github, r#"{"StringNotEquals":{"token.actions.githubusercontent.com:sub":"repo:acme/a"}}"#),
        (github, r#"{"StringLikeIfExists":{"token.actions.githubusercontent.com:sub":"repo:acme/*"}}"#),
        (github, r#"{"Null":{"token.actions.githubusercontent.com:sub":"false"}}"#),
        ("gitlab.com", r#"{"StringLike":{"gitlab.com:sub":"*"}}"#),
        ("www.amazon.com", r#"{"StringLike":{"www.amazon.com:app_id":"mine"}}"#),
        ("accounts.google.com", r#"{"StringEquals":{"accounts.google.com:SUB":"mine"}}"#),
        (
            "cognito-identity.amazonaws.com",
            r#"{"StringEquals":{"cognito-identity.amazonaws.com:sub":"mine"}}"#,
        ),
    ] {
        let text = trust(provider, CALL, conditions);
        let expected = vec![code::MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL];
        assert_eq!(said(&text, PolicyKind::Trust, Mode::Strict), (false, expected.clone()), "{text}");
        assert_eq!(said(&text, PolicyKind::Trust, Mode::Deployed), (true, expected), "{text}");
        // The gate looks at this call only, and a private provider has one tenant.
        let tag = trust(provider, "sts:TagSession", conditions);
        assert_eq!(said(&tag, PolicyKind::Trust, Mode::Strict), (true, vec![]), "{tag}");
        let private = trust("idp.example.com", CALL, conditions);
        assert_eq!(said(&private, PolicyKind::Trust, Mode::Strict), (true, vec![]), "{private}");
    }
}

/// Rule 1.25: what the gate lets pass may still admit every tenant.
#[test]
fn tests_of_the_tenant_that_every_tenant_passes() {
    for (provider, conditions) in [
        (
            "token.actions.githubusercontent.com",
            r#"{"StringLike":{"token.actions.githubusercontent.com:sub":"?*"}}"#,
        ),
        (
            "token.actions.githubusercontent.com",
            r#"{"StringLike":{"token.actions.githubusercontent.com:sub":["repo:acme/a:*","repo:*"]}}"#,
        ),
        ("gitlab.com", r#"{"StringLike":{"gitlab.com:sub":"**"}}"#),
        ("app.terraform.io", r#"{"StringLike":{"app.terraform.io:sub":"organization:*:run_phase:plan"}}"#),
    ] {
        let text = trust(provider, CALL, conditions);
        for mode in [Mode::Strict, Mode::Deployed] {
            let expected = vec![code::OIDC_CONDITION_ADMITS_EVERY_TENANT];
            assert_eq!(said(&text, PolicyKind::Trust, mode), (true, expected), "{text}");
        }
    }
}

#[test]
fn tests_of_the_tenant_that_keep_others_out() {
    for (provider, conditions) in [
        (
            "token.actions.githubusercontent.com",
            r#"{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:acme/*"}}"#,
        ),
        (
            "token.actions.githubusercontent.com",
            r#"{"StringEquals":{"token.actions.githubusercontent.com:repository_owner_id":"1"},"StringLike":{"token.actions.githubusercontent.com:sub":"?*"}}"#,
        ),
        (
            "token.actions.githubusercontent.com/acme",
            r#"{"StringEquals":{"token.actions.githubusercontent.com/acme:job_workflow_ref":"acme/x"}}"#,
        ),
        ("gitlab.com", r#"{"StringEqualsIgnoreCase":{"GITLAB.COM:SUB":"project_path:acme/x"}}"#),
        ("accounts.google.com", r#"{"StringEquals":{"accounts.google.com:oaud":"mine"}}"#),
        (
            "accounts.google.com",
            r#"{"NumericEquals":{"accounts.google.com:google/organization_number":"1"}}"#,
        ),
    ] {
        for action in [CALL, "sts:AssumeRole*"] {
            let text = trust(provider, action, conditions);
            for mode in [Mode::Strict, Mode::Deployed] {
                assert_eq!(said(&text, PolicyKind::Trust, mode), (true, vec![]), "{text}");
            }
        }
    }
}

/// Rule 1.20: STS takes values that it cannot read. IAM stores none of them.
#[test]
fn values_that_nobody_can_read_are_for_sessions() {
    for (test, refused) in [
        (r#"{"NumericEquals":{"s3:max-keys":"NaN"}}"#, code::TYPE_MISMATCH_NUMBER),
        (r#"{"DateNotEquals":{"aws:CurrentTime":"not-a-date"}}"#, code::INVALID_DATE_VALUE),
        (r#"{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/33"}}"#, code::TYPE_MISMATCH_IP_RANGE),
        (r#"{"ArnNotLike":{"aws:SourceArn":"not-an-arn"}}"#, code::INVALID_ARN_IN_CONDITION),
    ] {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{test}}}}}"#
        );
        for mode in [Mode::Strict, Mode::Deployed] {
            let taken = vec![code::UNREADABLE_CONDITION_VALUE];
            assert_eq!(said(&text, PolicyKind::Session, mode), (true, taken), "{text}");
            assert_eq!(said(&text, PolicyKind::Identity, mode), (false, vec![refused]), "{text}");
        }
        let policy = Policy::parse(&text, PolicyKind::Session, Mode::Strict, &Limits::default()).unwrap();
        let values = &policy.statements[0].conditions[0].values;
        assert_eq!(values.unreadable(), values.texts().first().copied(), "{text}");
        match values {
            Values::Numeric(numbers) => assert!(numbers.iter().all(|n| n.value.decimal().is_none())),
            Values::Date(dates) => assert!(dates.iter().all(|d| d.value.value().is_none())),
            Values::Ip(ranges) => assert!(ranges.iter().all(|r| r.value.value().is_none())),
            Values::Arn(_) => {}
            Values::String(_) | Values::Bool(_) | Values::Binary(_) | Values::Null(_) => {
                assert!(values.is_empty(), "{text}");
            }
        }
        // The document reads back from its print, and its statement belongs into no other kind of policy.
        let again = Policy::parse(&policy.to_string(), PolicyKind::Session, Mode::Strict, &Limits::default());
        assert_eq!(again.unwrap().statements[0].conditions[0].values.texts(), values.texts(), "{text}");
        let statements = || policy.statements.iter().cloned();
        assert!(Policy::new(PolicyKind::Session, statements()).is_ok(), "{text}");
        assert_eq!(Policy::new(PolicyKind::Identity, statements()).unwrap_err().code(), refused, "{text}");
    }
}

/// Rules 1.20, 4.15: every text under `Bool` and `Null` but `true` is false, in both gates.
#[test]
fn texts_under_bool_and_null_are_taken() {
    for kind in [PolicyKind::Identity, PolicyKind::Session] {
        for (test, expected) in [("yes", false), ("", false), ("TRUE", true)] {
            let text = format!(
                r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{{"Null":{{"aws:SourceVpc":"{test}"}}}}}}}}"#
            );
            let policy = Policy::parse(&text, kind, Mode::Strict, &Limits::default()).unwrap();
            let codes: Vec<Code> = policy.findings.iter().map(|p| p.code).collect();
            assert_eq!(codes.is_empty(), expected, "{text}: {codes:?}");
            let word = if expected { "true" } else { "false" };
            assert_eq!(policy.statements[0].conditions[0].values.texts(), [word], "{text}");
        }
    }
}
