//! The permissions of the installer: those of DoiT's page, and those that suffice.

use std::sync::Arc;

use super::roles::ACCOUNT;
use super::support::folder;
use iamgate::iam_catalog::Details;
use iamgate::iam_policy::{Limits, Mode, Policy, PolicyKind};
use iamgate::{File, Installation};

fn file(name: &str) -> File {
    folder("doit").into_iter().find(|f| f.name == name).unwrap()
}

/// The calls that policies do not allow, with the reasons.
fn missing(policies: &[&str]) -> Vec<(String, String)> {
    let limits = Limits::default();
    let installation = Installation::load(&file("installation.json"), ACCOUNT, &limits).unwrap();
    let policies: Vec<Arc<Policy>> = policies
        .iter()
        .map(|text| {
            let text = text.replace("CUSTOMER_AWS_ACCOUNT_ID", ACCOUNT);
            Arc::new(Policy::parse(&text, PolicyKind::Identity, Mode::Strict, &limits).unwrap())
        })
        .collect();
    let checks = installation.check(&policies, ACCOUNT, &Details::embedded().unwrap());
    assert!(
        checks.len() > 40
            && checks.iter().all(|check| check.decision.is_allowed() == check.reasons.is_empty())
    );
    let denied = checks.iter().filter(|check| !check.decision.is_allowed());
    let mut all: Vec<(String, String)> =
        denied.map(|check| (check.step.action.as_str().to_owned(), check.reasons.join("; "))).collect();
    all.dedup();
    all
}

/// Two actions of the page support no resource, and the resources of the page can never grant them (the second golden fault).
#[test]
fn the_page_lacks_what_its_resources_can_never_grant() {
    let missing = missing(&[&file("installer-permissions.json").text]);
    let of = |reason: &str| -> Vec<&str> {
        let mut names: Vec<&str> =
            missing.iter().filter(|(_, why)| why.contains(reason)).map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    };
    assert_eq!(
        of("takes no resource: only \"*\" grants it"),
        ["iam:ListOpenIDConnectProviders", "iam:ListRoles"]
    );
    assert_eq!(
        of("no statement allows it"),
        ["iam:DeleteOpenIDConnectProvider", "iam:TagOpenIDConnectProvider"]
    );
    assert_eq!(missing.len(), 6);
}

#[test]
fn the_corrected_policy_suffices_and_allows_no_other_role() {
    let corrected = file("installer-permissions-corrected.json").text;
    assert_eq!(missing(&[&corrected]), []);
    // The policy names no resource except the two roles and the two providers, and no policy except theirs.
    assert!(!corrected.contains("role/*") && corrected.contains("iam:PolicyARN"));
}

#[test]
fn reasons_tell_denies_resources_and_conditions_apart() {
    let corrected = file("installer-permissions-corrected.json").text;
    let statement = |effect: &str, rest: &str| {
        format!(r#"{{"Version": "2012-10-17", "Statement": [{{"Sid": "S", "Effect": "{effect}", {rest}}}]}}"#)
    };
    let denied = statement("Deny", r#""Action": "iam:CreateRole", "Resource": "*""#);
    let found = missing(&[&corrected, &denied]);
    assert!(
        found
            .iter()
            .all(|(name, why)| name == "iam:CreateRole" && why == "statement 1 (S) of policy 2 denies it")
    );
    let elsewhere =
        statement("Allow", r#""Action": "iam:*", "NotResource": "arn:aws:iam::123456789012:role/DoiT*""#);
    let found = missing(&[&elsewhere]);
    assert!(
        found.iter().any(|(name, why)| name == "iam:GetRole" && why.contains("all but arn:aws:iam")),
        "{found:?}"
    );
    let tied = statement(
        "Allow",
        r#""Action": "iam:*", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}"#,
    );
    let found = missing(&[&tied]);
    assert!(
        found.iter().all(|(_, why)| why.contains("under conditions on aws:RequestedRegion")),
        "{found:?}"
    );
    // What a variable stands for is not known, unless the step says it.
    let own =
        statement("Allow", r#""Action": "iam:*", "Resource": "arn:aws:iam::${aws:PrincipalAccount}:role/*""#);
    let found = missing(&[&own]);
    let of_role = found.iter().filter(|(name, _)| name == "iam:CreateRole").map(|(_, why)| why);
    let wanted = "statement 1 (S) of policy 1 allows it under conditions on aws:PrincipalAccount";
    assert!(of_role.clone().count() > 0 && of_role.clone().all(|why| why == wanted), "{found:?}");
}
