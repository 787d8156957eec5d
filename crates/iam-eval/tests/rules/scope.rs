//! Where layers reach: SCPs, RCPs, VPC endpoint policies, trust and key policies (rules 5.11, 5.12, 5.40 to 5.53).

use std::sync::Arc;

use crate::support::{
    ACCOUNT, ALL, ELSE, NOTHING, OTHER, PROVIDER, ROLE, SAML, USER, action, federated, grant, identity,
    linked, policy, request, root, saml, service, session, user, web, with_resource,
};
use iam_eval::{Decision, Layers, Principal, ResourceKind};
use iam_policy::{Policy, PolicyKind};

const ALLOWED: Decision = Decision::Allowed;
const DENIED: Decision = Decision::ImplicitDeny;
const EXPLICIT: Decision = Decision::ExplicitDeny;

/// Levels of policies as text.
fn levels(kind: PolicyKind, texts: &[&[&str]]) -> Vec<Vec<Arc<Policy>>> {
    texts.iter().map(|level| level.iter().map(|text| policy(kind, text)).collect()).collect()
}

const RCP_ALL: &str = r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#;
const RCP_NOTHING: &str = r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}"#;

#[test]
fn every_level_of_scps_must_allow_and_one_policy_of_a_level_is_enough() {
    for (texts, expected) in [
        (&[&[ALL][..]][..], ALLOWED),
        (&[&[ALL], &[ALL], &[ALL]], ALLOWED),
        (&[&[ALL], &[ELSE], &[ALL]], DENIED),
        (&[&[ELSE], &[ALL]], DENIED),
        (&[&[ALL], &[ELSE]], DENIED),
        (&[&[ALL], &[ELSE, ALL]], ALLOWED),
        (&[&[ALL], &[]], DENIED),
        (&[&[], &[ALL]], DENIED),
        (&[&[ALL, NOTHING], &[ALL]], EXPLICIT),
        (&[&[ELSE], &[NOTHING]], EXPLICIT),
    ] {
        let mut layers = identity(ALL);
        layers.scp = Some(levels(PolicyKind::Scp, texts));
        assert_eq!(layers.decide(&request(user())), expected, "{texts:?}");
    }
}

#[test]
fn every_level_of_rcps_must_allow() {
    for (texts, expected) in [
        (&[&[RCP_ALL][..]][..], ALLOWED),
        (&[&[RCP_ALL], &[]], DENIED),
        (&[&[RCP_ALL], &[RCP_NOTHING]], EXPLICIT),
        (&[&[RCP_ALL], &[RCP_ALL, RCP_NOTHING]], EXPLICIT),
    ] {
        let mut layers = identity(ALL);
        layers.rcp = Some(levels(PolicyKind::Rcp, texts));
        assert_eq!(layers.decide(&request(user())), expected, "{texts:?}");
    }
}

/// What `Layers` promises: an empty list is a layer that exists and allows nothing.
#[test]
fn a_layer_of_no_levels_exists_and_allows_nothing() {
    let mut layers = identity(ALL);
    layers.scp = Some(Vec::new());
    assert_eq!(layers.decide(&request(user())), DENIED, "scp");
    let mut layers = identity(ALL);
    layers.rcp = Some(Vec::new());
    assert_eq!(layers.decide(&request(user())), DENIED, "rcp");
}

#[test]
fn no_grant_passes_a_control_policy() {
    for named in [r#""*""#, r#"{"AWS": "arn:aws:iam::111122223333:user/ana"}"#] {
        let mut layers = with_resource(identity(ALL), &grant("Allow", named));
        layers.scp = Some(levels(PolicyKind::Scp, &[&[ELSE]]));
        assert_eq!(layers.decide(&request(user())), DENIED);
        layers.scp = None;
        layers.rcp = Some(levels(PolicyKind::Rcp, &[&[]]));
        assert_eq!(layers.decide(&request(user())), DENIED);
    }
    // And control policies grant nothing.
    let mut layers = Layers::new();
    layers.scp = Some(levels(PolicyKind::Scp, &[&[ALL]]));
    layers.rcp = Some(levels(PolicyKind::Rcp, &[&[RCP_ALL]]));
    assert_eq!(layers.decide(&request(user())), DENIED);
}

#[test]
fn scps_and_rcps_reach_whom_rules_5_40_and_5_41_say() {
    for (caller, scp, rcp) in [
        (user(), true, true),
        (session(), true, true),
        (root(), true, true),
        (federated(), true, true),
        (linked(), false, false),
        (service(), false, true),
        (Principal::Anonymous, false, true),
    ] {
        let mut layers = with_resource(identity(ALL), &grant("Allow", r#""*""#));
        layers.session =
            matches!(caller, Principal::FederatedUser { .. }).then(|| vec![policy(PolicyKind::Session, ALL)]);
        layers.scp = Some(levels(PolicyKind::Scp, &[&[NOTHING]]));
        let decision = layers.decide(&request(caller.clone()));
        assert_eq!(decision, if scp { EXPLICIT } else { ALLOWED }, "scp {caller:?}");
        layers.scp = None;
        layers.rcp = Some(levels(PolicyKind::Rcp, &[&[RCP_ALL, RCP_NOTHING]]));
        let decision = layers.decide(&request(caller.clone()));
        assert_eq!(decision, if rcp { EXPLICIT } else { ALLOWED }, "rcp {caller:?}");
    }
}

#[test]
fn retiring_a_grant_is_beyond_rcps_in_any_case_and_nothing_else_is() {
    let mut layers = identity(ALL);
    layers.rcp = Some(levels(
        PolicyKind::Rcp,
        &[&[RCP_ALL, r#"{"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*"}"#]],
    ));
    for (name, expected) in [
        ("kms:RetireGrant", ALLOWED),
        ("KMS:retiregrant", ALLOWED),
        ("kms:RevokeGrant", EXPLICIT),
        ("kms:RetireGrants", EXPLICIT),
    ] {
        let mut request = request(user());
        request.action = action(name);
        assert_eq!(layers.decide(&request), expected, "{name}");
    }
}

#[test]
fn a_vpc_endpoint_policy_limits_everyone_and_grants_nothing() {
    let endpoint = |statements: &str| Some(vec![policy(PolicyKind::VpcEndpoint, statements)]);
    let all = grant("Allow", r#""*""#);
    let mut layers = Layers::new();
    layers.vpc_endpoint = endpoint(&all);
    assert_eq!(layers.decide(&request(user())), DENIED);
    for caller in [user(), session(), root(), service(), Principal::Anonymous, linked()] {
        let mut layers = with_resource(identity(ALL), &grant("Allow", r#""*""#));
        for (statements, expected) in [
            (all.clone(), ALLOWED),
            (all.replace(r#""Action": "*""#, r#""Action": "s3:Put*""#), DENIED),
            (format!("{all}, {}", grant("Deny", r#""*""#)), EXPLICIT),
            (grant("Allow", r#"{"AWS": "444455556666"}"#), DENIED),
        ] {
            layers.vpc_endpoint = endpoint(&statements);
            assert_eq!(layers.decide(&request(caller.clone())), expected, "{statements} {caller:?}");
        }
        layers.vpc_endpoint = Some(Vec::new());
        assert_eq!(layers.decide(&request(caller.clone())), DENIED, "{caller:?}");
    }
    // Naming the account, the role or the user is enough to pass: the endpoint only has to let through.
    for named in [ACCOUNT, ROLE] {
        let mut layers = identity(ALL);
        layers.vpc_endpoint = endpoint(&grant("Allow", &format!(r#"{{"AWS": "{named}"}}"#)));
        assert_eq!(layers.decide(&request(session())), ALLOWED, "{named}");
    }
}

fn trust(statements: &str) -> Layers {
    let mut layers = Layers::new();
    layers.resource = Some(policy(PolicyKind::Trust, statements));
    layers
}

#[test]
fn web_identities_and_saml_have_the_trust_policy_and_rcps_alone() {
    for (caller, name, call) in
        [(web(), PROVIDER, "AssumeRoleWithWebIdentity"), (saml(), SAML, "AssumeRoleWithSAML")]
    {
        let named = |provider: &str| {
            format!(
                r#"{{"Effect": "Allow", "Principal": {{"Federated": "{provider}"}}, "Action": "sts:{call}"}}"#
            )
        };
        let mut request = request(caller).on(ResourceKind::IamRoleTrust);
        request.action = action(&format!("sts:{call}"));
        request.resource = ROLE.into();
        assert_eq!(trust(&named(name)).decide(&request), ALLOWED);
        assert_eq!(trust(&named("accounts.google.com")).decide(&request), DENIED);
        assert_eq!(trust(&named(&format!("{name}x"))).decide(&request), DENIED);
        for entry in [r#""*""#, r#"{"AWS": "*"}"#, r#"{"AWS": "111122223333"}"#] {
            let statement = format!(r#"{{"Effect": "Allow", "Principal": {entry}, "Action": "sts:{call}"}}"#);
            assert_eq!(trust(&statement).decide(&request), DENIED, "{entry}");
        }
        let mut layers = trust(&named(name));
        layers.identity = identity(NOTHING).identity;
        layers.scp = Some(levels(PolicyKind::Scp, &[&[NOTHING]]));
        assert_eq!(layers.decide(&request), ALLOWED);
        layers.rcp = Some(levels(PolicyKind::Rcp, &[&[]]));
        assert_eq!(layers.decide(&request), DENIED);
    }
}

#[test]
fn assuming_a_role_follows_rules_5_50_and_5_51() {
    let named = |arn: &str| {
        format!(r#"{{"Effect": "Allow", "Principal": {{"AWS": "{arn}"}}, "Action": "sts:AssumeRole"}}"#)
    };
    let ask = |mut layers: Layers, identity: &str, caller: Principal, owner: &str| {
        layers.identity.push(policy(PolicyKind::Identity, identity));
        let mut request = request(caller).on(ResourceKind::IamRoleTrust).owned_by(owner);
        request.action = action("sts:AssumeRole");
        request.resource = format!("arn:aws:iam::{owner}:role/teams/ops").into();
        layers.decide(&request)
    };
    for (arn, caller, owner, without, with) in [
        (USER, user(), ACCOUNT, ALLOWED, ALLOWED),
        (ROLE, session(), ACCOUNT, ALLOWED, ALLOWED),
        (ACCOUNT, user(), ACCOUNT, DENIED, ALLOWED),
        // An administrator, and the role itself, need to be named as well.
        ("arn:aws:iam::111122223333:role/other", session(), ACCOUNT, DENIED, DENIED),
        (USER, user(), OTHER, DENIED, ALLOWED),
        (ROLE, session(), OTHER, DENIED, ALLOWED),
        (ACCOUNT, session(), OTHER, DENIED, ALLOWED),
        (OTHER, session(), OTHER, DENIED, DENIED),
    ] {
        assert_eq!(ask(trust(&named(arn)), ELSE, caller.clone(), owner), without, "{arn} {owner}");
        assert_eq!(ask(trust(&named(arn)), ALL, caller, owner), with, "{arn} {owner}");
    }
}

#[test]
fn a_service_is_named_by_its_exact_name() {
    let layers = with_resource(Layers::new(), &grant("Allow", r#"{"Service": "cloudtrail.amazonaws.com"}"#));
    for (name, expected) in [
        ("cloudtrail.amazonaws.com", ALLOWED),
        ("cloudtrail.eu-west-1.amazonaws.com", DENIED),
        ("CloudTrail.amazonaws.com", DENIED),
    ] {
        let caller = Principal::AwsService { service: name.into() };
        assert_eq!(layers.decide(&request(caller)), expected, "{name}");
    }
}
