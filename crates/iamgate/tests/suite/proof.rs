//! The promise of every profile, proven for the real role and for worse ones. What breaks it is shown.

use std::sync::Arc;

use super::roles::{ATTACHED, PROFILES, edited, profile, role, widened};
use iamgate::iam_analysis::{
    Analysis, Doubt, ProofBudget, Question, ResourcePolicies, Space, Verdict, VerdictKind,
};
use iamgate::iam_catalog::{Catalog, Details};
use iamgate::iam_eval::{Decision, Layers};
use iamgate::{Premises, Profile, Proof, RoleSnapshot, prove_read_only, session_layers};

fn prove(role: Option<&RoleSnapshot>, profile: &Profile, resource_policies: ResourcePolicies) -> Proof {
    let (catalog, details) = (Catalog::embedded().unwrap(), Details::embedded().unwrap());
    let mut premises = Premises::default();
    premises.resource_policies = resource_policies;
    prove_read_only(role, profile, &catalog, &details, &premises)
}

#[test]
fn every_profile_keeps_its_promise_with_every_role() {
    for name in PROFILES {
        let profile = profile(name);
        for more in ATTACHED {
            let proof = prove(Some(&role(more)), &profile, ResourcePolicies::NoneNamesTheSession);
            assert_eq!(proof.verdict(), VerdictKind::Holds, "{name} {more} {proof:#?}");
            // Each part is about at least one action.
            assert!(proof.claims.len() >= 4 && proof.claims.iter().all(|c| c.actions != Some(0)), "{name}");
        }
        assert_eq!(
            prove(None, &profile, ResourcePolicies::NoneNamesTheSession).verdict(),
            VerdictKind::Holds,
            "{name}"
        );
    }
}

/// Rule 5.55: AWS asks for no permission for `sts:GetCallerIdentity`, whatever the levels are.
#[test]
fn a_profile_without_reads_leaves_what_needs_no_permission() {
    let profile = edited("standard", |json| json["levels"] = serde_json::json!(["List"]));
    let proof = prove(Some(&role("")), &profile, ResourcePolicies::NoneNamesTheSession);
    let levels = |proof: &Proof| proof.claims.first().unwrap().says.clone();
    assert!(levels(&proof).contains("and sts:GetCallerIdentity, for which AWS asks for no permission"));
    let with_reads =
        prove(Some(&role("")), &super::roles::profile("standard"), ResourcePolicies::NoneNamesTheSession);
    assert!(!levels(&with_reads).contains("GetCallerIdentity"));
}

/// A resource policy that names the session is limited only by Denies, and the profiles deny only the guard.
#[test]
fn a_resource_policy_that_names_the_session_breaks_the_promise() {
    let profile = profile("standard");
    let proof = prove(Some(&role("")), &profile, ResourcePolicies::Any);
    assert_eq!(proof.verdict(), VerdictKind::Fails);
    let last = proof.claims.last().unwrap();
    assert_eq!((last.verdict(), last.resource_policies), (VerdictKind::Holds, ResourcePolicies::Any));
    for answer in proof.claims.iter().flat_map(|claim| &claim.broken) {
        let Verdict::Fails(witness) = &answer.verdict else { panic!("{answer:?}") };
        let denied = session_layers(Some(&role("")), &profile).decide(&witness.request);
        assert_ne!(denied, Decision::ExplicitDeny, "{answer:?}");
    }
}

#[test]
fn a_weak_profile_is_broken_by_a_request() {
    let role = role("AdministratorAccess");
    for (weakness, broken) in [
        (
            r#"{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::logs/*"}"#,
            "s3:PutObject",
        ),
        (r#"{"Effect": "Allow", "Action": "ec2:*Tags", "Resource": "*"}"#, "ec2:CreateTags"),
        // No action of today is a write, but an action that AWS adds may be.
        (r#"{"Effect": "Allow", "Action": "polly:S*", "Resource": "*"}"#, "polly:s"),
        (
            r#"{"Effect": "Allow", "Action": "brandnew:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "x"}}}"#,
            "brandnew:",
        ),
    ] {
        let profile = widened("standard", weakness);
        let proof = prove(Some(&role), &profile, ResourcePolicies::NoneNamesTheSession);
        assert_eq!(proof.verdict(), VerdictKind::Fails, "{weakness}");
        let layers = session_layers(Some(&role), &profile);
        let shown: Vec<String> = proof
            .claims
            .iter()
            .flat_map(|claim| &claim.broken)
            .map(|answer| {
                let Verdict::Fails(witness) = &answer.verdict else { panic!("{answer:?}") };
                assert_eq!(layers.decide(&witness.request), Decision::Allowed, "{answer:?}");
                witness.request.action.as_str().to_owned()
            })
            .collect();
        assert!(shown.iter().any(|action| action.starts_with(broken)), "{weakness}: {shown:?}");
    }
}

/// Role and profile together are one policy that decides the same.
#[test]
fn the_session_as_one_policy_is_exact() {
    for (name, roles) in [("standard", &[""][..]), ("narrow", &["", "AdministratorAccess"])] {
        for more in roles.iter().copied() {
            let (role, profile) = (role(more), profile(name));
            let layers = session_layers(Some(&role), &profile);
            let effective = Analysis::effective(&Space::new(), &layers).unwrap();
            // Whether one session policy has to allow, or each of several, is open (rule 5.14).
            let is_proven = [&effective.within, &effective.covers].map(Verdict::holds_at_first);
            assert_eq!(is_proven, [true; 2], "{name} {more}: {effective:?}");
            assert_eq!(effective.is_exact(), profile.policies().len() < 2, "{name} {more}: {effective:?}");
            let mut own = Layers::new();
            own.identity.push(Arc::clone(&effective.policy));
            // The reason is not that nothing is allowed.
            assert!(
                matches!(Analysis::new(Space::new()).never(&Question::new(&own)), Verdict::Fails(_)),
                "{name}"
            );
        }
    }
}

/// What is not proven for want of steps names a document of the role or the profile, with its largest statement, and what to do.
#[test]
fn a_proof_without_enough_steps_names_what_was_too_large() {
    let (catalog, details) = (Catalog::embedded().unwrap(), Details::embedded().unwrap());
    let mut premises = Premises::default();
    premises.budget = ProofBudget::steps(2_000);
    let proof = prove_read_only(Some(&role("")), &profile("standard"), &catalog, &details, &premises);
    let broken = proof.claims.iter().flat_map(|claim| &claim.broken);
    let mut count = 0;
    for answer in broken {
        let Verdict::Unknown(doubts) = &answer.verdict else { panic!("{answer:?}") };
        for doubt in doubts {
            let Doubt::OutOfSteps { load, .. } = doubt else { panic!("{doubt}") };
            let largest = load.largest.as_ref().unwrap();
            let name = largest.name.as_deref().unwrap();
            assert!(name.starts_with("identity ") || name.starts_with("session "), "{name}");
            assert!(largest.statements > 0 && largest.line > 0, "{largest:?}");
            assert!(doubt.to_string().contains("; write fewer or shorter ones"), "{doubt}");
            count += 1;
        }
    }
    assert!(count > 0);
}
