//! What is said of a principal that names nobody: what to write in its place.

use iam_policy::{Code, Limits, Mode, Policy, PolicyKind, Report, code};
use serde_json::{Value, json};

/// What is said with a code about a resource-based policy that denies, and has this principal element: what was found, and the advice.
fn said(element: &str, principal: &Value, mode: Mode, code: Code) -> Option<(String, String)> {
    let statement = json!({"Effect": "Deny", element: principal, "Action": "s3:GetObject", "Resource": "*"});
    let document = json!({"Version": "2012-10-17", "Statement": statement}).to_string();
    let read = Policy::parse(&document, PolicyKind::Resource, mode, &Limits::default());
    let problems = read.map_or_else(Report::into_problems, |policy| policy.findings);
    let own = problems.into_iter().find(|problem| problem.code == code);
    own.map(|problem| (problem.found, problem.help))
}

/// The advice about a text that is no principal of this kind.
fn advice(kind: &str, text: &str) -> String {
    let said = said("Principal", &json!({ kind: text }), Mode::Strict, code::INVALID_PRINCIPAL_FORMAT);
    said.map(|(_, help)| help).unwrap_or_default()
}

const AWS: &str =
    "write an account id, or the ARN of an account's root, a user, a role, a session or a federated user";

#[test]
fn a_principal_of_another_kind_is_to_be_written_under_that_kind() {
    for (kind, text, wanted, why) in [
        ("AWS", "ec2.amazonaws.com", "Service", "it is the name of a service"),
        ("AWS", "ec2.amazonaws.com.cn", "Service", "it is the name of a service"),
        ("AWS", "arn:aws:iam::111122223333:saml-provider/corp", "Federated", "it is an identity provider"),
        (
            "AWS",
            "arn:aws:iam::111122223333:oidc-provider/idp.example.com",
            "Federated",
            "it is an identity provider",
        ),
        ("Service", "111122223333", "AWS", "under Service stand names such as ec2.amazonaws.com"),
        (
            "Service",
            "arn:aws:iam::111122223333:root",
            "AWS",
            "under Service stand names such as ec2.amazonaws.com",
        ),
    ] {
        let own = json!({ wanted: text }).to_string().replace("\":\"", "\": \"");
        assert_eq!(advice(kind, text), format!("write {own}: {why}"), "{text}");
    }
}

/// An advice is one line that can be copied.
#[test]
fn a_long_or_hidden_text_is_not_repeated_in_the_advice() {
    let of_length = |length: usize| {
        let end = ".amazonaws.com";
        format!("{}{end}", "s".repeat(length.saturating_sub(end.len())))
    };
    let short = "write it under Service: it is the name of a service";
    assert_eq!(
        advice("AWS", &of_length(256)),
        format!("write {{\"Service\": \"{}\"}}: it is the name of a service", of_length(256))
    );
    assert_eq!(advice("AWS", &of_length(257)), short);
    assert_eq!(advice("AWS", "ec2\u{ad}.amazonaws.com"), short);
}

#[test]
fn a_text_of_no_kind_is_answered_with_the_form_of_the_kind() {
    for (kind, text, expected) in [
        ("AWS", "", AWS),
        ("AWS", "ana", AWS),
        ("AWS", "arn:aws:iam::111122223333:group/admins", AWS),
        ("AWS", "arn:aws:sts::111122223333:user/ana", AWS),
        ("Service", "ec2", "write the name of a service principal, such as ec2.amazonaws.com"),
        ("Service", "", "write the name of a service principal, such as ec2.amazonaws.com"),
        ("CanonicalUser", "79a5-9df9", "write the canonical user id of an account: 64 hexadecimal digits"),
    ] {
        assert_eq!(advice(kind, text), expected, "{kind} {text}");
    }
    for text in ["corp", "arn:aws:iam::111122223333:role/app", "111122223333"] {
        let advice = advice("Federated", text);
        assert!(advice.starts_with("write the ARN of a provider, such as arn:aws:iam::"), "{text}: {advice}");
    }
}

#[test]
fn the_wrong_field_of_an_arn_is_named() {
    for (text, expected) in [
        ("1234", "an account has twelve digits, and this one has 4"),
        ("arn:aws:iam::1234:root", "an account has twelve digits, and this one has 4"),
        (" 111122223333", "leave out the blanks before and behind it"),
        ("arn:aws:iam::111122223333:user/ana\n", "leave out the blanks before and behind it"),
        ("arn:gcp:iam::111122223333:user/ana", "write the partition, such as aws: `gcp` is none"),
        ("arn:aws:s3::111122223333:root", "principals are of iam or sts, and not of `s3`"),
        (
            "arn:aws:iam:us-east-1:111122223333:user/ana",
            "leave out `us-east-1`: ARNs of principals have no Region",
        ),
        (
            "arn:aws:sts:us-east-1:111122223333:assumed-role/app/s1",
            "leave out `us-east-1`: ARNs of principals have no Region",
        ),
        ("arn:aws:iam::acme:user/ana", "write the twelve digits of the account: `acme` is none"),
        ("arn:aws:iam:::user/ana", "write the twelve digits of the account: `` is none"),
        (
            "arn:aws-cn:sts::111122223333:root",
            "write arn:aws-cn:iam::111122223333:root, or the account alone: the root of an account is one of iam",
        ),
    ] {
        assert_eq!(advice("AWS", text), expected, "{text}");
    }
}

/// Rule 5.3: a wildcard stands for everyone under `AWS` alone, and only as a whole.
#[test]
fn a_wildcard_is_answered_by_the_kind_it_stands_under() {
    let code = code::UNSUPPORTED_WILDCARD_IN_PRINCIPAL;
    let wildcard = |kind: &str, text: &str| {
        said("Principal", &json!({ kind: text }), Mode::Strict, code).unwrap_or_default()
    };
    for (kind, what) in [("Service", "service"), ("Federated", "provider")] {
        let help = format!("name each {what}: AWS takes no wildcard under {kind}, not even a * alone");
        assert_eq!(wildcard(kind, "*"), (format!("`*` under {kind}"), help));
    }
    let (found, help) = wildcard("AWS", "arn:aws:iam::*:root");
    assert_eq!(found, "`arn:aws:iam::*:root`");
    assert!(help.starts_with("only the whole value may be *"), "{help}");
}

/// Rule 1.15: nobody is left whom such a Deny would deny.
#[test]
fn everyone_is_no_exemption() {
    let code = code::INVALID_PRINCIPAL_FORMAT;
    for mode in [Mode::Strict, Mode::Deployed] {
        for everyone in [json!("*"), json!({"AWS": "*"}), json!({"AWS": ["111122223333", "*"]})] {
            let found = said("NotPrincipal", &everyone, mode, code).map(|(found, _)| found);
            assert_eq!(found.as_deref(), Some("`*` under NotPrincipal"), "{everyone}");
        }
        for some in [json!({"AWS": ["111122223333"]}), json!({"Service": "ec2.amazonaws.com"})] {
            assert_eq!(said("NotPrincipal", &some, mode, code), None, "{some}");
        }
        let found = said("NotPrincipal", &json!("111122223333"), mode, code).map(|(found, _)| found);
        assert_eq!(found.as_deref(), Some("`111122223333`"));
    }
}

/// A document that is too long is told what holds more.
#[test]
fn a_long_document_is_told_the_quotas_of_its_kind() {
    let text =
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
    let mut limits = Limits::default();
    (limits.inline_policy_characters, limits.managed_policy_characters) = (20, 30);
    (limits.scp_characters, limits.session_policy_characters) = (20, 20);
    for (kind, expected) in [
        (
            PolicyKind::Identity,
            "a managed policy holds 30 characters, white space not counted; the inline policies of a role 20, of a group 5120, of a user 2048 together",
        ),
        (
            PolicyKind::Managed,
            "a customer managed policy holds at most 30 characters, white space not counted; AWS's own are of the kind aws_managed",
        ),
        (PolicyKind::Boundary, "a permissions boundary holds at most 30 characters, white space not counted"),
        (PolicyKind::Scp, "a service control policy holds at most 20 characters, white space counted"),
        (PolicyKind::Session, "a session policy holds at most 20 characters, white space counted"),
    ] {
        let report = Policy::parse(text, kind, Mode::Strict, &limits).unwrap_err();
        let helps: Vec<&str> = report.problems().iter().map(|problem| &*problem.help).collect();
        assert_eq!(helps, [expected], "{kind}");
    }
}
