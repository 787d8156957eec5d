//! Who a trust policy admits: every possible fault is found by a token that shows it.

use super::roles::{ACCOUNT, profile, role};
use super::support::folder;
use iamgate::iam_catalog::Details;
use iamgate::iam_eval::Context;
use iamgate::iam_policy::value::Instant;
use iamgate::iam_policy::{Limits, Mode, Policy, PolicyKind};
use iamgate::{FindingCode, IdentityProviders, RoleSnapshot, TrustCaller, TrustReport, trust};

fn report(role: &RoleSnapshot) -> TrustReport {
    let file = folder("doit").into_iter().find(|f| f.name == "identity-providers.json").unwrap();
    let providers = IdentityProviders::load(&file, ACCOUNT, &Limits::default()).unwrap();
    trust(
        role,
        &providers,
        profile("standard").tag.as_ref(),
        Instant::from_epoch_seconds(1_795_000_000),
        &Context::new(),
        &Details::embedded().unwrap(),
    )
}

/// A report on the real role, with one text of its trust policy replaced.
fn with(from: &str, to: &str) -> TrustReport {
    let text = folder("doit/support-gateway").into_iter().find(|f| f.name == "trust.json").unwrap().text;
    let changed = text.replace(from, to);
    assert_ne!(changed, text, "{from}");
    of(&changed)
}

fn of(text: &str) -> TrustReport {
    let mut role = role("");
    let policy = Policy::parse(text, PolicyKind::Trust, Mode::Deployed, &Limits::default()).unwrap();
    role.trust = Some(policy.into());
    report(&role)
}

fn codes(report: &TrustReport) -> Vec<&'static str> {
    let mut codes: Vec<&str> = report.findings.iter().map(|finding| finding.code.name()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

#[test]
fn the_real_trust_policy() {
    let report = report(&role(""));
    assert!(report.admits_doit());
    assert_eq!(report.admits.len(), 2);
    assert!(report.admits.iter().all(|own| own.caller == TrustCaller::Doit && own.conditions.len() == 5));
    // Findings that its author may want to know: `IfExists` on both audiences, and no subject.
    assert_eq!(codes(&report), ["TRUST_IF_EXISTS", "TRUST_SUBJECT_NOT_PINNED"]);
    assert!(report.providers.iter().all(|own| own.trials.len() >= 5));
}

#[test]
fn what_keeps_doit_out_is_named() {
    let missing = with(",\n        \"sts:TagSession\"", "");
    assert_eq!((codes(&missing), missing.admits_doit()), (vec!["TRUST_TAG_SESSION_MISSING"], false));
    // DoiT's page and DoiT's tokens spell the tag differently. As keys the spellings are the same, as values they are not.
    let trap = with("\"DoitEnvironment\"\n", "\"DoiTEnvironment\"\n");
    // A token whose transitive keys are spelled as the policy has it gets in, and that is not the one that DoiT sends.
    let codes_of_trap = [
        "TRUST_IF_EXISTS",
        "TRUST_SUBJECT_NOT_PINNED",
        "TRUST_TAG_NEVER_MATCHES",
        "TRUST_TAG_NOT_TRANSITIVE",
    ];
    assert_eq!((codes(&trap), trap.admits_doit()), (codes_of_trap.to_vec(), false));
    assert!(with("aws:RequestTag/DoitEnvironment", "aws:RequestTag/DoiTEnvironment").admits_doit());
    // One of the two providers is not trusted.
    let one = with(
        ",\n          \"arn:aws:iam::123456789012:oidc-provider/securetoken.google.com/doit-support\"",
        "",
    );
    let admitted: Vec<bool> = one.providers.iter().map(iamgate::ProviderTrust::is_admitted).collect();
    assert_eq!((admitted, one.admits_doit()), (vec![true, false], false));
    let mut nobody = role("");
    nobody.trust = None;
    assert!(!report(&nobody).admits_doit());
}

#[test]
fn who_else_gets_in_is_shown() {
    let open = with("\"StringEqualsIfExists\"", "\"StringNotEqualsIfExists\"");
    assert!(!open.admits_doit());
    let statement = |principal: &str, action: &str, condition: &str| {
        of(&format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {principal}, "Action": {action}{condition}}}]}}"#
        ))
    };
    let federated = r#"{"Federated": ["arn:aws:iam::123456789012:oidc-provider/support.cre.doit-intl.com",
        "arn:aws:iam::123456789012:oidc-provider/securetoken.google.com/doit-support"]}"#;
    let both = r#"["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]"#;
    let bare = statement(federated, both, "");
    assert!(bare.admits_doit());
    assert_eq!(
        codes(&bare),
        [
            "TRUST_AUDIENCE_NOT_PINNED",
            "TRUST_SUBJECT_NOT_PINNED",
            "TRUST_TAG_NOT_REQUIRED",
            "TRUST_TAG_NOT_TRANSITIVE"
        ]
    );
    let everybody = statement(r#"{"AWS": "*"}"#, r#""sts:AssumeRole""#, "");
    let wild = everybody.findings.iter().find(|f| f.code == FindingCode::TrustWildcardPrincipal).unwrap();
    assert!(wild.example.is_some(), "{wild:?}");
    // Of those who meet the condition, one is shown.
    let organization = r#", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}"#;
    let within = statement(r#""*""#, r#""sts:AssumeRole""#, organization);
    let wild = within.findings.iter().find(|f| f.code == FindingCode::TrustWildcardPrincipal).unwrap();
    assert!(wild.example.is_some() && wild.says.contains("o-exampleorgid"), "{wild:?}");
    // If nobody does, nobody gets in.
    let root = r#", "Condition": {"StringEquals": {"aws:PrincipalType": "Account"}}"#;
    assert_eq!(codes(&statement(r#""*""#, r#""sts:AssumeRole""#, root)), [""; 0]);
    let other =
        statement(r#"{"Federated": "arn:aws:iam::123456789012:oidc-provider/evil.example.com"}"#, both, "");
    assert_eq!(codes(&other), ["TRUST_FOREIGN_PROVIDER"]);
    // The issuer is DoiT's, but the provider belongs to another account.
    let elsewhere = r#"{"Federated": "arn:aws:iam::999999999999:oidc-provider/support.cre.doit-intl.com"}"#;
    assert_eq!(codes(&statement(elsewhere, both, "")), ["TRUST_FOREIGN_PROVIDER"]);
    let account = statement(r#"{"AWS": "arn:aws:iam::210987654321:root"}"#, r#""sts:AssumeRole""#, "");
    assert_eq!(codes(&account), ["TRUST_OTHER_PRINCIPAL"]);
    let service = statement(r#"{"Service": "ec2.amazonaws.com"}"#, r#""sts:*""#, "");
    assert_eq!(codes(&service), ["TRUST_OTHER_PRINCIPAL"]);
    // A statement that opens no session admits nobody.
    assert!(statement(r#""*""#, r#""sts:TagSession""#, "").admits.is_empty());
}
