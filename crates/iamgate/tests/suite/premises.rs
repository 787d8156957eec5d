//! What a proof takes for true stands beside it: limits above the role, versions that the snapshot does not show, other partitions, known keys.

use super::plan::plan;
use super::roles::{edited, policy_text, profile, role_file, role_with, widened};
use iamgate::iam_analysis::VerdictKind;
use iamgate::iam_catalog::{Catalog, Details};
use iamgate::iam_eval::{ContextValue, Layer};
use iamgate::{FindingCode, Premise, Premises, Profile, Proof, RoleSnapshot, prove_read_only};

fn prove(role: &RoleSnapshot, profile: &Profile, premises: &Premises) -> Proof {
    let (catalog, details) = (Catalog::embedded().unwrap(), Details::embedded().unwrap());
    prove_read_only(Some(role), profile, &catalog, &details, premises)
}

fn codes(proof: &Proof) -> Vec<FindingCode> {
    proof.premises.iter().map(Premise::code).collect()
}

/// A profile that is kept only by what stands above the role.
fn loose() -> Profile {
    widened("standard", r#"{"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*"}"#)
}

const ALL: &str = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
const NO_RUN: &str = r#"{"Effect": "Deny", "Action": "ec2:Run*", "Resource": "*"}"#;

/// The files of the layer and of an administrator's role.
fn limited(files: &[&str]) -> RoleSnapshot {
    let (all, limit) = (policy_text(ALL), policy_text(&format!("{ALL}, {NO_RUN}")));
    let rcp = policy_text(r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}"#);
    let mut role = vec![("inline/all.json", all.as_str())];
    role.extend(
        files
            .iter()
            .map(|name| (*name, if name.starts_with("rcp/") { rcp.as_str() } else { limit.as_str() })),
    );
    role_with(&role)
}

#[test]
fn a_limit_that_the_proof_needs_is_a_premise_with_what_is_possible_without_it() {
    for (files, needed) in [
        (&["scp/1/limit.json"][..], &[Layer::Scp][..]),
        (&["boundary.json"], &[Layer::Boundary]),
        // Each of the two is enough, so that only together are they needed.
        (&["scp/1/limit.json", "boundary.json"], &[Layer::Boundary, Layer::Scp]),
        (&["scp/1/limit.json", "rcp/1/limit.json"], &[Layer::Scp]),
    ] {
        let role = limited(files);
        let proof = prove(&role, &loose(), &Premises::default());
        assert_eq!(proof.verdict(), VerdictKind::Holds, "{files:?}");
        let limits: Vec<(Layer, Option<&str>)> = proof
            .premises
            .iter()
            .filter_map(|own| {
                if let Premise::Limit { layer, without } = own {
                    Some((*layer, without.as_deref()))
                } else {
                    None
                }
            })
            .collect();
        let expected: Vec<_> = needed.iter().map(|layer| (*layer, Some("ec2:RunInstances"))).collect();
        assert_eq!(limits, expected, "{files:?}");
        // A promise that holds whatever the role allows needs no limit.
        let strict = prove(&role, &profile("standard"), &Premises::default());
        assert_eq!(strict.verdict(), VerdictKind::Holds);
        assert!(strict.premises.iter().all(|own| !matches!(own, Premise::Limit { .. })), "{files:?}");
    }
}

#[test]
fn a_profile_can_refuse_a_premise() {
    let role = limited(&["scp/1/limit.json"]);
    let open = |code: Option<&str>| {
        let refusing = edited("standard", |json| {
            let statements = json["Policy"]["Statement"].as_array_mut().unwrap();
            statements
                .push(serde_json::json!({"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*"}));
            json["budget"] = 100_000.into();
            json["refuse"] = code.into_iter().collect();
        });
        match plan(&role, &refusing) {
            Ok(_) => Vec::new(),
            Err(refused) => refused.refusals.iter().map(|own| own.code().to_owned()).collect(),
        }
    };
    let without = open(None);
    assert!(!without.contains(&"PREMISE_SCP".to_owned()), "{without:?}");
    let with = open(Some("PREMISE_SCP"));
    assert!(with.contains(&"PREMISE_SCP".to_owned()), "{with:?}");
    // Every premise has a code that a profile can have.
    for code in FindingCode::ALL.iter().filter(|code| code.name().starts_with("PREMISE_")) {
        assert_eq!(edited("standard", |json| json["refuse"] = vec![code.name()].into()).refuse(), [*code]);
    }
}

#[test]
fn versions_that_the_snapshot_does_not_show_are_premises() {
    let bundled = |role: &RoleSnapshot| {
        let proof = prove(role, &profile("standard"), &Premises::default());
        let arns = proof.premises.iter().filter_map(|own| {
            let Premise::ManagedVersion { arn, .. } = own else { return None };
            Some(arn.rsplit('/').next().unwrap().to_owned())
        });
        arns.collect::<Vec<_>>()
    };
    let all = bundled(&role_with(&[]));
    assert!(
        all.contains(&"ReadOnlyAccess".to_owned()) && all.contains(&"ViewOnlyAccess".to_owned()),
        "{all:?}"
    );
    let only = bundled(&role_with(&[("managed-arns.json", ""), ("inline/all.json", &policy_text(ALL))]));
    assert!(only.len() < all.len() && !only.contains(&"ViewOnlyAccess".to_owned()), "{only:?}");
}

#[test]
fn another_partition_is_a_premise() {
    let [role, arns] = ["role.json", "managed-arns.json"]
        .map(|name| role_file(name).replace("arn:aws:iam::", "arn:aws-cn:iam::"));
    let other = role_with(&[("role.json", &role), ("managed-arns.json", &arns)]);
    let proof = prove(&other, &profile("standard"), &Premises::default());
    assert!(codes(&proof).contains(&FindingCode::PremisePartition), "{:?}", proof.premises);
    assert!(
        !codes(&prove(&role_with(&[]), &profile("standard"), &Premises::default()))
            .contains(&FindingCode::PremisePartition)
    );
}

#[test]
fn known_keys_are_premises() {
    let known = Premises::default().knowing("aws:PrincipalTag/team", ContextValue::single("x"));
    let proof = prove(&role_with(&[]), &profile("standard"), &known);
    let says: Vec<String> = proof.premises.iter().map(ToString::to_string).collect();
    assert!(says.contains(&r#"every request has `aws:PrincipalTag/team` = "x""#.to_owned()), "{says:?}");
    assert!(says.iter().any(|clause| clause.contains("catalogue of")), "{says:?}");
}
