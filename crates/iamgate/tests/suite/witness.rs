//! Every witness of a refusal is a case that reads back: the same request, the same policies, the same decision.

use std::sync::Arc;

use super::plan;
use super::roles::{ACCOUNT, profile, role};
use iamgate::iam_eval::wire::{self, WireLimits};
use iamgate::iam_eval::{Decision, Layers};
use iamgate::iam_json::{Document, Kind, Limits as JsonLimits};
use iamgate::iam_policy::{Limits, Mode, Policy, PolicyKind};
use iamgate::{NamedPolicy, Profile, Refused, RoleSnapshot};

fn named(kind: PolicyKind, statements: &str) -> NamedPolicy {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    NamedPolicy::new("own", Arc::new(Policy::parse(&text, kind, Mode::Strict, &Limits::default()).unwrap()))
}

const ALL: &str = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;

/// A profile that breaks the promise in many ways.
fn weak() -> Profile {
    let mut weak = profile("standard");
    weak.policies[0] = named(
        PolicyKind::Session,
        r#"{"Effect": "Allow", "Action": ["ec2:*", "sts:AssumeRole", "iam:PassRole", "kms:*"], "Resource": "*"}"#,
    );
    weak.never_allowed.clear();
    weak.always_denied.clear();
    weak
}

/// A role with every layer that a role may have besides its own policies.
fn layered() -> RoleSnapshot {
    let mut role = role("AdministratorAccess");
    role.boundary = Some(named(
        PolicyKind::Boundary,
        &format!(r#"{ALL}, {{"Effect": "Deny", "Action": "account:*", "Resource": "*"}}"#),
    ));
    let scp = format!(r#"{ALL}, {{"Effect": "Deny", "Action": "organizations:Leave*", "Resource": "*"}}"#);
    role.scp = Some(vec![vec![named(PolicyKind::Scp, ALL)], vec![named(PolicyKind::Scp, &scp)]]);
    let rcp = r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#;
    role.rcp = Some(vec![vec![named(PolicyKind::Rcp, rcp)]]);
    role
}

/// Reads every witness in the record of a refusal, and returns their number.
fn replays(refused: &Refused) -> usize {
    let document = Document::parse(&refused.record, JsonLimits::of_bytes(usize::MAX)).unwrap();
    let listed = document.root().member("refusals").unwrap();
    let mut count = 0;
    for (refusal, written) in refused.refusals.iter().zip(listed.items()) {
        let witness = written.member("witness").unwrap();
        let Some((request, layers)) = refusal.witness() else {
            assert_eq!(witness.kind(), Kind::Null, "{refusal}");
            continue;
        };
        let case = wire::read_case(witness.raw(), Mode::Deployed, &WireLimits::default())
            .unwrap_or_else(|report| panic!("{refusal}: {report}\n{}", witness.raw()));
        assert_eq!(&case.request, request, "{refusal}");
        assert_eq!(case.layers.decide(&case.request), layers.decide(request), "{refusal}");
        let places = |layers: &Layers| layers.policies().map(|(place, _)| place).collect::<Vec<_>>();
        assert_eq!(places(&case.layers), places(layers), "{refusal}");
        count = usize::saturating_add(count, 1);
    }
    count
}

#[test]
fn roles_with_boundary_and_control_policies() {
    let refused = plan::plan(&layered(), &weak()).map(|plan| plan.record().to_owned()).unwrap_err();
    assert!(replays(&refused) > 5, "{refused}");
    let (_, layers) = refused.refusals.iter().find_map(iamgate::Refusal::witness).unwrap();
    assert!(layers.boundary.is_some() && layers.scp.is_some() && layers.rcp.is_some());
    assert!(refused.record.contains(r#""boundary":[{"#));
}

#[test]
fn resource_policies() {
    let mut role = layered();
    let session = format!("arn:aws:sts::{ACCOUNT}:assumed-role/DoiT-Support-Gateway/ana@doit.com+4711");
    let grant = format!(
        r#"{{"Effect": "Allow", "Principal": {{"AWS": "{session}"}}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"}}"#
    );
    role.resources.push(named(PolicyKind::Resource, &grant));
    let refused = plan::plan(&role, &profile("standard")).map(|plan| plan.record().to_owned()).unwrap_err();
    assert!(replays(&refused) > 0, "{refused}");
    assert!(refused.refusals.iter().any(|r| r.code() == "RESOURCE_POLICY_REACHES_SESSION"), "{refused}");
}

/// The trust policy tests keys whose values are not known, so the request has unknown keys.
#[test]
fn trust_policies_with_unknown_keys() {
    let mut near = layered();
    let text = near.trust.as_ref().unwrap().to_json();
    let text =
        text.replacen(r#""Condition":{"#, r#""Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"},"#, 1);
    let trust = Policy::parse(&text, PolicyKind::Trust, Mode::Strict, &Limits::default()).unwrap();
    near.trust = Some(trust.into());
    let refused = plan::plan(&near, &profile("standard")).map(|plan| plan.record().to_owned()).unwrap_err();
    assert_eq!(replays(&refused), 1, "{refused}");
    let (request, layers) = refused.refusals[0].witness().unwrap();
    assert_eq!(layers.decide(request), Decision::Depends);
    assert!(refused.record.contains(r#""unknown":["#));
}
