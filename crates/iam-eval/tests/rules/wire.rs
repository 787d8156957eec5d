//! Requests and layers as JSON: everything that is wrong with one is told, with its place; at a bound accepted, one more refused.
#![expect(clippy::unwrap_used, clippy::string_slice, reason = "a test stops at the first surprise")]

use iam_eval::ResourceKind;
use iam_eval::wire::{Wire, WireLimits, read_case};
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
        r#"{"type": "iam_user", "arn": "arn:aws:iam::111122223333:user/ana", "account": "111122223333"}"#,
        r#"{"type": "iam_user", "arn": "arn:aws-cn:iam::111122223333:user/p/ana", "account": "111122223333"}"#,
        r#"{"type": "root", "arn": "arn:aws:iam::111122223333:root", "account": "111122223333"}"#,
        r#"{"type": "assumed_role", "arn": "arn:aws:sts::111122223333:assumed-role/r/s1", "role_arn": "arn:aws:iam::111122223333:role/r", "account": "111122223333"}"#,
        r#"{"type": "assumed_role", "arn": "arn:aws:sts::111122223333:assumed-role/r/s1", "role_arn": "arn:aws:iam::111122223333:role/aws-service-role/x/r", "account": "111122223333", "service_linked": true}"#,
        r#"{"type": "federated_user", "arn": "arn:aws:sts::111122223333:federated-user/fred", "user_arn": "arn:aws:iam::111122223333:user/ana", "account": "111122223333"}"#,
        r#"{"type": "federated_user", "arn": "arn:aws:sts::111122223333:federated-user/fred", "user_arn": "arn:aws:iam::111122223333:root", "account": "111122223333"}"#,
        r#"{"type": "aws_service", "service": "sns.amazonaws.com"}"#,
        r#"{"type": "web_identity", "provider": "accounts.google.com"}"#,
        r#"{"type": "web_identity", "provider": "arn:aws:iam::111122223333:oidc-provider/idp.example.com"}"#,
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
            r#"{"type": "iam_user", "arn": "arn:aws:iam::111122223333:user/ana", "account": "111122223333", "path": "/"}"#,
            &["UNKNOWN_MEMBER /principal/path"],
        ),
        (
            r#"{"type": "root", "arn": "arn:aws:iam::111122223333:root", "account": "111122223333", "service_linked": true}"#,
            &["UNKNOWN_MEMBER /principal/service_linked"],
        ),
        (
            r#"{"type": "assumed_role", "arn": "arn:aws:sts::111122223333:assumed-role/r/s1", "role_arn": "arn:aws:iam::111122223333:role/r", "account": "111122223333", "service_linked": "true"}"#,
            &["INVALID_MEMBER /principal/service_linked"],
        ),
        (r#"{"type": "anonymous", "arn": "a"}"#, &["UNKNOWN_MEMBER /principal/arn"]),
    ] {
        assert_eq!(by(principal), expected, "{principal}");
    }
}

/// A principal that contradicts itself would be decided by whichever member a rule looks at.
#[test]
fn a_principal_agrees_with_itself() {
    const ACCOUNT: &str = "111122223333";
    let user = |arn: &str, account: &str| {
        format!(r#"{{"type": "iam_user", "arn": "{arn}", "account": "{account}"}}"#)
    };
    let root =
        |arn: &str, account: &str| format!(r#"{{"type": "root", "arn": "{arn}", "account": "{account}"}}"#);
    let role = |arn: &str, role: &str, account: &str| {
        format!(r#"{{"type": "assumed_role", "arn": "{arn}", "role_arn": "{role}", "account": "{account}"}}"#)
    };
    let federated = |arn: &str, user: &str, account: &str| {
        format!(
            r#"{{"type": "federated_user", "arn": "{arn}", "user_arn": "{user}", "account": "{account}"}}"#
        )
    };
    let service = |name: &str| format!(r#"{{"type": "aws_service", "service": "{name}"}}"#);
    let by_provider =
        |kind: &str, provider: &str| format!(r#"{{"type": "{kind}", "provider": "{provider}"}}"#);
    let (ana, session) =
        ("arn:aws:iam::111122223333:user/ana", "arn:aws:sts::111122223333:assumed-role/r/s1");
    let (fred, own) = ("arn:aws:sts::111122223333:federated-user/fred", "arn:aws:iam::111122223333:role/p/r");
    let oidc = "arn:aws:iam::111122223333:oidc-provider/idp.example.com";
    let cases = [
        (user(ana, "x"), "account"),
        (user(ana, ""), "account"),
        (user(ana, "444455556666"), "account"),
        (user("", ACCOUNT), "arn"),
        (user("a", ACCOUNT), "arn"),
        (user(own, ACCOUNT), "arn"),
        (user("arn:aws:iam::x:user/ana", "x"), "arn"),
        (user("arn:aws:iam::111122223333:user/*", ACCOUNT), "arn"),
        (user("arn:aws:iam::111122223333:root", ACCOUNT), "arn"),
        (root(ana, ACCOUNT), "arn"),
        (root("arn:aws:iam::111122223333:root", "444455556666"), "account"),
        (role(ana, own, ACCOUNT), "arn"),
        (role(own, own, ACCOUNT), "arn"),
        (role(session, own, "444455556666"), "account"),
        (role(session, session, ACCOUNT), "role_arn"),
        (role(session, "", ACCOUNT), "role_arn"),
        (role(session, "arn:aws:iam::111122223333:role/other", ACCOUNT), "role_arn"),
        (role(session, "arn:aws:iam::444455556666:role/r", ACCOUNT), "role_arn"),
        (role(session, "arn:aws-cn:iam::111122223333:role/r", ACCOUNT), "role_arn"),
        (federated(ana, ana, ACCOUNT), "arn"),
        (federated(fred, ana, "444455556666"), "account"),
        (federated(fred, own, ACCOUNT), "user_arn"),
        (federated(fred, "arn:aws:iam::444455556666:user/ana", ACCOUNT), "user_arn"),
        (federated(fred, "arn:aws-cn:iam::111122223333:user/ana", ACCOUNT), "user_arn"),
        (service(""), "service"),
        (service("sns amazonaws"), "service"),
        (service("*"), "service"),
        (by_provider("web_identity", ""), "provider"),
        (by_provider("web_identity", own), "provider"),
        (by_provider("web_identity", "https://idp.example.com"), "provider"),
        (by_provider("saml", oidc), "provider"),
        (by_provider("saml", "corp"), "provider"),
    ];
    for (principal, member) in &cases {
        assert_eq!(by(principal), [format!("INVALID_MEMBER /principal/{member}")], "{principal}");
    }
}

#[test]
fn resources_are_arns_or_none() {
    let of = |resource: &str| {
        request(&format!(r#"{{{USER}, "action": "s3:GetObject", "resource": "{resource}"}}"#))
    };
    for resource in ["*", "arn:aws:s3:::bucket", "arn:"] {
        assert_eq!(of(resource), Vec::<String>::new(), "{resource}");
    }
    for resource in ["", "bucket", " arn:aws:s3:::bucket", "**"] {
        assert_eq!(of(resource), ["INVALID_MEMBER /resource"], "{resource}");
    }
    // AWS's own policies belong to the account `aws`.
    let owned = |resource: &str, owner: &str| {
        request(&format!(
            r#"{{{USER}, "action": "s3:GetObject", "resource": "{resource}", "resource_account": "{owner}"}}"#
        ))
    };
    assert_eq!(owned("arn:aws:iam::aws:policy/A", "aws"), Vec::<String>::new());
    assert_eq!(owned("arn:aws:iam::aws:policy/A", "cloudfront"), ["INVALID_MEMBER /resource_account"]);
    assert_eq!(owned("arn:aws:s3:::bucket", ""), ["INVALID_MEMBER /resource_account"]);
}

#[test]
fn what_is_wrong_with_a_request_is_told() {
    assert_eq!(request("[]"), ["INVALID_MEMBER "]);
    assert_eq!(request("{}"), ["MISSING_MEMBER ", "MISSING_MEMBER ", "MISSING_MEMBER "]);
    for (members, expected) in [
        (r#""resource_account": null, "resource_kind": "kms_key", "context": {}, "unknown": []"#, &[][..]),
        (r#""resource_account": 1"#, &["INVALID_MEMBER /resource_account"]),
        (r#""resource_account": """#, &["INVALID_MEMBER /resource_account"]),
        (r#""resource_account": "x""#, &["INVALID_MEMBER /resource_account"]),
        (r#""resource_account": "111122223333""#, &[]),
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

/// A session may be scoped down as often as it has policies; an organization has few levels.
#[test]
fn levels_are_bounded_by_what_they_are_levels_of() {
    let mut limits = WireLimits::default();
    (limits.policies, limits.levels) = (4, 2);
    let count = |layer: &str, levels: usize| {
        let text = format!(r#"{{"{layer}": [{}]}}"#, vec!["[]"; levels].join(", "));
        let document = Document::parse(&text, &Limits::default()).unwrap();
        Wire::new(&document, Mode::Strict, &limits).layers(document.root(), ResourceKind::Generic).is_ok()
    };
    for (layer, most) in [("scope", 4), ("scp", 2), ("rcp", 2)] {
        assert!(count(layer, most), "{layer}");
        assert!(!count(layer, most.saturating_add(1)), "{layer}");
    }
}

/// What does not refuse a policy is still said about it.
#[test]
fn a_case_that_is_read_has_the_findings_on_its_policies() {
    let with = |action: &str| {
        let policy = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}}}"#
        );
        format!(
            r#"{{"request": {{{USER}, "action": "s3:GetObject", "resource": "*"}}, "policies": {{"identity": [{policy}]}}}}"#
        )
    };
    let found = |action: &str| {
        let case = read_case(&with(action), Mode::Deployed, &WireLimits::default()).unwrap();
        case.findings.iter().map(|p| format!("{} {}", p.code, p.place.pointer)).collect::<Vec<_>>()
    };
    assert_eq!(found("s3:Get*"), Vec::<String>::new());
    assert_eq!(found("s*:Get*"), ["WILDCARD_IN_SERVICE_NAME /policies/identity/0/Statement/Action"]);
}

/// Whatever cannot be read, nothing is decided without it.
#[test]
fn layers_with_a_policy_that_cannot_be_read_are_not_read() {
    for layer in ["identity", "boundary", "session", "vpc_endpoint"] {
        let text = format!(r#"{{"{layer}": [{{}}]}}"#);
        assert!(layers(&text).iter().any(|said| said.ends_with(&format!("/{layer}/0"))), "{layer}");
    }
    for layer in ["scope", "scp", "rcp"] {
        let text = format!(r#"{{"{layer}": [[{{}}]]}}"#);
        assert!(layers(&text).iter().any(|said| said.ends_with(&format!("/{layer}/0/0"))), "{layer}");
    }
    assert!(layers(r#"{"resource": {}}"#).iter().any(|said| said.ends_with(" /resource")));
}
