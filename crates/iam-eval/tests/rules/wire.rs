//! Requests and layers as JSON: everything that is wrong with one is told, with its place; at a bound accepted, one more refused.
#![expect(clippy::unwrap_used, clippy::string_slice, reason = "a test stops at the first surprise")]

use iam_eval::ResourceKind;
use iam_eval::wire::{Wire, WireLimits};
use iam_json::Document;
use iam_policy::{Limits, Mode};

const USER: &str = r#""principal": {"type": "iam_user", "arn": "arn:aws:iam::111122223333:user/ana", "account": "111122223333"}"#;

fn small() -> WireLimits {
    let mut limits = WireLimits::default();
    (limits.context_keys, limits.context_values, limits.value_bytes) = (2, 2, 64);
    (limits.policies, limits.levels) = (2, 2);
    limits
}

/// Codes with pointers, in the order of the text. Empty if the request is read.
fn request(text: &str) -> Vec<String> {
    let document = Document::parse(text, &Limits::default()).unwrap();
    let limits = small();
    match Wire::new(&document, Mode::Strict, &limits).request(document.root()) {
        Ok(_) => Vec::new(),
        Err(report) => report.problems().iter().map(|p| format!("{} {}", p.code, p.place.pointer)).collect(),
    }
}

fn layers(text: &str) -> Vec<String> {
    let document = Document::parse(text, &Limits::default()).unwrap();
    let limits = small();
    match Wire::new(&document, Mode::Strict, &limits).layers(document.root(), ResourceKind::Generic) {
        Ok(_) => Vec::new(),
        Err(report) => report.problems().iter().map(|p| format!("{} {}", p.code, p.place.pointer)).collect(),
    }
}

/// A request with that principal.
fn by(principal: &str) -> Vec<String> {
    request(&format!(r#"{{"principal": {principal}, "action": "s3:GetObject", "resource": "*"}}"#))
}

/// A request with those members beside the required ones.
fn with(members: &str) -> Vec<String> {
    request(&format!(r#"{{{USER}, "action": "s3:GetObject", "resource": "*", {members}}}"#))
}

#[test]
fn every_kind_of_principal_is_read() {
    for principal in [
        r#"{"type": "iam_user", "arn": "a", "account": "1"}"#,
        r#"{"type": "root", "arn": "a", "account": "1"}"#,
        r#"{"type": "assumed_role", "arn": "a", "role_arn": "r", "account": "1"}"#,
        r#"{"type": "assumed_role", "arn": "a", "role_arn": "r", "account": "1", "service_linked": true}"#,
        r#"{"type": "federated_user", "arn": "a", "user_arn": "u", "account": "1"}"#,
        r#"{"type": "aws_service", "service": "sns.amazonaws.com"}"#,
        r#"{"type": "web_identity", "provider": "accounts.google.com"}"#,
        r#"{"type": "saml", "provider": "arn:aws:iam::111122223333:saml-provider/corp"}"#,
        r#"{"type": "anonymous"}"#,
    ] {
        assert_eq!(by(principal), Vec::<String>::new(), "{principal}");
    }
}

#[test]
fn what_is_wrong_with_a_principal_is_told() {
    for (principal, expected) in [
        (r#"{"arn": "a"}"#, &["MISSING_MEMBER /principal"][..]),
        (r#"{"type": 1}"#, &["INVALID_MEMBER /principal/type"]),
        (r#"{"type": "group"}"#, &["INVALID_MEMBER /principal/type"]),
        (r#"{"type": "iam_user", "arn": "a"}"#, &["MISSING_MEMBER /principal"]),
        (r#"{"type": "iam_user"}"#, &["MISSING_MEMBER /principal", "MISSING_MEMBER /principal"]),
        (r#"{"type": "iam_user", "arn": 1, "account": "1"}"#, &["INVALID_MEMBER /principal/arn"]),
        (
            r#"{"type": "iam_user", "arn": "a", "account": "1", "path": "/"}"#,
            &["UNKNOWN_MEMBER /principal/path"],
        ),
        (
            r#"{"type": "root", "arn": "a", "account": "1", "service_linked": true}"#,
            &["UNKNOWN_MEMBER /principal/service_linked"],
        ),
        (
            r#"{"type": "assumed_role", "arn": "a", "role_arn": "r", "account": "1", "service_linked": "true"}"#,
            &["INVALID_MEMBER /principal/service_linked"],
        ),
        (r#"{"type": "anonymous", "arn": "a"}"#, &["UNKNOWN_MEMBER /principal/arn"]),
    ] {
        assert_eq!(by(principal), expected, "{principal}");
    }
}

#[test]
fn what_is_wrong_with_a_request_is_told() {
    assert_eq!(request("[]"), ["INVALID_MEMBER "]);
    assert_eq!(request("{}"), ["MISSING_MEMBER ", "MISSING_MEMBER ", "MISSING_MEMBER "]);
    for (members, expected) in [
        (r#""resource_account": null, "resource_kind": "kms_key", "context": {}, "unknown": []"#, &[][..]),
        (r#""resource_account": 1"#, &["INVALID_MEMBER /resource_account"]),
        (r#""resource_kind": 1"#, &["INVALID_MEMBER /resource_kind"]),
        (r#""resource_kind": "iam_role_trust""#, &[]),
        (r#""resource_kind": "bucket""#, &["INVALID_MEMBER /resource_kind"]),
        (r#""tags": {}"#, &["UNKNOWN_MEMBER /tags"]),
        (r#""context": []"#, &["INVALID_MEMBER /context"]),
        (r#""context": {"a:b": null}"#, &["INVALID_MEMBER /context/a:b"]),
        (r#""context": {"a:b": {}}"#, &["INVALID_MEMBER /context/a:b"]),
        (r#""context": {"a:b": [[]]}"#, &["INVALID_MEMBER /context/a:b/0"]),
        (r#""context": {"a:b": [1, true, "x"]}"#, &["INVALID_MEMBER /context/a:b"]),
        (r#""context": {"a:b": [1, true]}"#, &[]),
        (r#""context": {"a:b": 1, "a:c": 10.50}"#, &[]),
        (r#""context": {"a:b": 1, "a:c": 2, "a:d": 3}"#, &["INVALID_MEMBER /context"]),
        (r#""unknown": "a:b""#, &["INVALID_MEMBER /unknown"]),
        (r#""unknown": [1]"#, &["INVALID_MEMBER /unknown/0"]),
        (r#""context": {"a:b": 1}, "unknown": ["A:B"]"#, &["INVALID_MEMBER /unknown/0"]),
        (r#""unknown": ["a:b", "a:c"]"#, &[]),
    ] {
        assert_eq!(with(members), expected, "{members}");
    }
    let long = "x".repeat(65);
    assert_eq!(with(&format!(r#""context": {{"a:b": "{long}"}}"#)), ["INVALID_MEMBER /context/a:b"]);
    assert_eq!(with(&format!(r#""context": {{"a:b": "{}"}}"#, &long[1..])), Vec::<String>::new());
}

#[test]
fn actions_are_names() {
    let asked = |action: &str| request(&format!(r#"{{{USER}, "action": {action}, "resource": "*"}}"#));
    assert_eq!(asked(r#""s3:GetObject""#), Vec::<String>::new());
    for action in
        [r#""s3:*""#, r#""*""#, r#""GetObject""#, r#""s3:""#, r#"":GetObject""#, r#""""#, "1", "null"]
    {
        assert_eq!(asked(action), ["INVALID_MEMBER /action"], "{action}");
    }
}

#[test]
fn what_is_wrong_with_layers_is_told() {
    let allow =
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
    let of = |text: &str| layers(&text.replace("ALLOW", allow));
    assert_eq!(
        of(r#"{"identity": [ALLOW, ALLOW], "scp": [[ALLOW], []], "rcp": null}"#),
        Vec::<String>::new()
    );
    assert_eq!(
        of(r#"{"identity": null, "boundary": [], "session": [ALLOW], "resource": null}"#),
        Vec::<String>::new()
    );
    for (text, expected) in [
        ("[]", &["INVALID_MEMBER "][..]),
        (r#"{"identities": []}"#, &["UNKNOWN_MEMBER /identities"]),
        (r#"{"identity": ALLOW}"#, &["INVALID_MEMBER /identity"]),
        (r#"{"identity": [ALLOW, ALLOW, ALLOW]}"#, &["INVALID_MEMBER /identity"]),
        (r#"{"scp": ALLOW}"#, &["INVALID_MEMBER /scp"]),
        (r#"{"scp": [ALLOW]}"#, &["INVALID_MEMBER /scp/0"]),
        (r#"{"scp": [[], [], []]}"#, &["INVALID_MEMBER /scp"]),
        (r#"{"resource": [ALLOW]}"#, &["NOT_A_POLICY /resource"]),
        (r#"{"resource": ALLOW}"#, &["MISSING_PRINCIPAL /resource/Statement"]),
        (r#"{"session": [{}]}"#, &["MISSING_STATEMENT /session/0"]),
    ] {
        assert_eq!(of(text), expected, "{text}");
    }
}
