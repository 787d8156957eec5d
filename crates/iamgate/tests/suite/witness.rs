//! Every witness of a refusal is a case that reads back: the same request, the same policies, the same decision.

use super::plan;
use super::roles::{policy_text, profile, role_with, unguarded};
use iamgate::iam_eval::wire::{self, WireLimits};
use iamgate::iam_eval::{Decision, Layers};
use iamgate::iam_json::{Document, Kind, Limits as JsonLimits};
use iamgate::iam_policy::Mode;
use iamgate::{Profile, Refused, RoleSnapshot};

const ALL: &str = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;

/// A profile that breaks the promise in many ways.
pub(crate) fn weak() -> Profile {
    unguarded(
        "standard",
        r#"{"Effect": "Allow", "Action": ["ec2:*", "sts:AssumeRole", "iam:PassRole", "kms:*"], "Resource": "*"}"#,
    )
}

/// A role with every layer that a role may have besides its own policies, and further files.
pub(crate) fn layered(more: &[(&str, &str)]) -> RoleSnapshot {
    let all = policy_text(ALL);
    let boundary =
        policy_text(&format!(r#"{ALL}, {{"Effect": "Deny", "Action": "account:*", "Resource": "*"}}"#));
    let scp = policy_text(&format!(
        r#"{ALL}, {{"Effect": "Deny", "Action": "organizations:Leave*", "Resource": "*"}}"#
    ));
    let rcp = policy_text(r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#);
    let mut files = vec![
        ("managed/more.json", &*all),
        ("boundary.json", &*boundary),
        ("scp/0/own.json", &*all),
        ("scp/1/own.json", &*scp),
        ("rcp/0/own.json", &*rcp),
    ];
    files.extend(more);
    role_with(&files)
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
    let refused = plan::plan(&layered(&[]), &weak()).map(|plan| plan.record().to_owned()).unwrap_err();
    assert!(replays(&refused) > 5, "{refused}");
    let (_, layers) = refused.refusals.iter().find_map(iamgate::Refusal::witness).unwrap();
    assert!(layers.boundary.is_some() && layers.scp.is_some() && layers.rcp.is_some());
    assert!(refused.record.contains(r#""boundary":[{"#));
}

#[test]
fn resource_policies() {
    let session = plan::session_arn("standard");
    let grant = format!(
        r#"{{"Effect": "Allow", "Principal": {{"AWS": "{session}"}}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"}}"#
    );
    let role = layered(&[("resources/own.json", &policy_text(&grant))]);
    let refused = plan::plan(&role, &profile("standard")).map(|plan| plan.record().to_owned()).unwrap_err();
    assert!(replays(&refused) > 0, "{refused}");
    assert!(refused.refusals.iter().any(|r| r.code() == "RESOURCE_POLICY_REACHES_SESSION"), "{refused}");
}

/// The trust policy tests keys whose values are not known, so the request has unknown keys.
#[test]
fn trust_policies_with_unknown_keys() {
    let near = layered(&[("trust.json", &plan::from_an_address())]);
    let refused = plan::plan(&near, &profile("standard")).map(|plan| plan.record().to_owned()).unwrap_err();
    assert_eq!(replays(&refused), 1, "{refused}");
    let (request, layers) = refused.refusals[0].witness().unwrap();
    assert_eq!(layers.decide(request), Decision::Depends);
    assert!(refused.record.contains(r#""unknown":["#));
}
