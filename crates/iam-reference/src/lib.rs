//! The decision semantics of AWS IAM a second time: slow and plain, as a second opinion on the engine `iam-eval`.
//!
//! Call [`decide`] with a case in JSON: a request and its policies. The result is an [`Answer`]: a [`Verdict`] with the decision and the
//! statements that apply, or the reason why the case cannot be read. Nothing that is not understood is ignored.
//!
//! ```
//! use iam_reference::{Answer, Decision, decide};
//!
//! let case = r#"{
//!     "request": {
//!         "principal": {"type": "iam_user", "arn": "arn:aws:iam::111122223333:user/ana", "account": "111122223333"},
//!         "action": "s3:GetObject",
//!         "resource": "arn:aws:s3:::bucket/key"
//!     },
//!     "policies": {"identity": [
//!         {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}
//!     ]}
//! }"#;
//! let Answer::Decided(verdict) = decide(case) else { panic!("refused") };
//! assert_eq!(verdict.decision, Decision::Allowed);
//! ```
//!
//! The crate was written from the numbered rules (`crates/iam-eval/SEMANTICS.md`) and the case format (`crates/iam-testkit/conformance`)
//! alone. "Rule 4.9" is a rule of the former. It reads policies as AWS has accepted them, and is not a validator.

#![forbid(unsafe_code)]

mod condition;
pub mod json;
mod pattern;
mod request;
mod statement;
mod value;

use json::Json;
use request::{Request, only};
use statement::{Said, Strength, statements};

/// The reference's answer to a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The decision, and the statements that apply.
    Decided(Verdict),
    /// The reason why the case is refused: the text is not JSON or not a case, or a policy cannot be read.
    Refused(String),
}

/// A decision, and the statements that apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The decision.
    pub decision: Decision,
    /// The Allow and Deny statements that certainly apply, of every layer that is asked, sorted.
    pub applying: Vec<Place>,
    /// The statements of these layers for which this depends on unknown keys, sorted.
    pub perhaps: Vec<Place>,
}

/// A decision (rule 5.15), or the fact that it depends on unknown keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Allowed.
    Allowed,
    /// A Deny statement certainly applies.
    ExplicitDeny,
    /// A layer that must allow does not, and no Deny certainly applies.
    ImplicitDeny,
    /// Unknown keys decide which of the other decisions it is.
    Depends,
}

/// A layer of policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// Identity policies.
    Identity,
    /// The permissions boundary.
    Boundary,
    /// Session policies.
    Session,
    /// The policy of the resource, including trust and key policies.
    Resource,
    /// The policy of the VPC endpoint that the request passes.
    VpcEndpoint,
    /// Service control policies.
    Scp,
    /// Resource control policies.
    Rcp,
}

/// The place of a statement. All numbers are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The layer of the policy.
    pub layer: Layer,
    /// The level of an SCP or RCP, counted from the root. 0 in other layers.
    pub level: usize,
    /// The index of the policy in its level or layer.
    pub policy: usize,
    /// The index of the statement in its policy.
    pub statement: usize,
}

/// Decides a case in JSON: `{"request": …, "policies": …}`. Other members are ignored.
pub fn decide(text: &str) -> Answer {
    json::parse(text).map_or_else(Answer::Refused, |case| decide_tree(&case))
}

/// Decides a case that has been parsed.
pub fn decide_tree(case: &Json) -> Answer {
    verdict(case).map_or_else(Answer::Refused, Answer::Decided)
}

/// Rules 5.10, 5.13, 5.15, 5.40, 5.41, 5.43, 5.52, 7.44. Null is no layer; `scp` and `rcp` are lists of levels, `resource` is one policy,
/// `boundary` is one policy or a list, and the others are lists. Policies of layers that are not asked are read all the same.
fn verdict(case: &Json) -> Result<Verdict, String> {
    let policies = case.must("policies")?;
    only(policies, "identity boundary session resource vpc_endpoint scp rcp")?;
    let member = |name: &str| policies.get(name).filter(|member| **member != Json::Null);
    let request = Request::read(case.must("request")?, member("boundary").is_some())?;
    // The layers that are asked, each with its number of levels, and the statements of these layers that may apply.
    let (mut layers, mut said) = (Vec::new(), Vec::new());
    let (has_account, linked) = (request.account.is_some(), request.service_linked);
    for (layer, name, bears) in [
        (Layer::Identity, "identity", has_account),
        (Layer::Boundary, "boundary", has_account),
        (Layer::Session, "session", has_account),
        (Layer::Resource, "resource", true),
        (Layer::VpcEndpoint, "vpc_endpoint", true),
        (Layer::Scp, "scp", has_account && !linked),
        (Layer::Rcp, "rcp", !linked && !request.action.eq_ignore_ascii_case("kms:RetireGrant")),
    ] {
        let Some(member) = member(name) else { continue };
        let levels = match layer {
            Layer::Scp | Layer::Rcp => member.array()?.iter().map(Json::array).collect::<Result<_, _>>()?,
            Layer::Resource => vec![std::slice::from_ref(member)],
            // A boundary may be given without a list.
            Layer::Boundary => vec![member.one_or_more()],
            Layer::Identity | Layer::Session | Layer::VpcEndpoint => vec![member.array()?],
        };
        for (level, policies) in levels.iter().enumerate() {
            for (policy, json) in policies.iter().enumerate() {
                let statements = statements(json, Place { layer, level, policy, statement: 0 }, &request)?;
                said.extend(statements.into_iter().filter(|_| bears));
            }
        }
        layers.extend(bears.then_some((layer, levels.len())));
    }
    let grants = |certain| grants(&request, &layers, &said, certain);
    let decision = if said.iter().any(|s| s.deny && s.certain) {
        Decision::ExplicitDeny
    } else if !grants(false) {
        Decision::ImplicitDeny
    } else if grants(true) && !said.iter().any(|s| s.deny) {
        Decision::Allowed
    } else {
        Decision::Depends
    };
    let places = |certain| said.iter().filter(|s| s.certain == certain).map(|s| s.place).collect();
    Ok(Verdict { decision, applying: places(true), perhaps: places(false) })
}

/// Rules 5.11 to 5.53 without the Denies. If `certain`, Allows that only may apply do not count.
fn grants(request: &Request<'_>, layers: &[(Layer, usize)], said: &[Said], certain: bool) -> bool {
    let counting: Vec<&Said> = said.iter().filter(|s| !s.deny && (s.certain || !certain)).collect();
    let allowing = |layer: Layer| counting.iter().filter(move |s| s.place.layer == layer);
    // Rules 5.11, 5.12, 5.14, 7.37: whether every level of the layer has an Allow. `None` if there is no such layer.
    let allows = |layer: Layer| {
        let (_, levels) = layers.iter().find(|(l, _)| *l == layer)?;
        Some(*levels > 0 && (0..*levels).all(|level| allowing(layer).any(|s| s.place.level == level)))
    };
    // Rules 5.11, 5.12, 5.34, 5.42, and the endpoint: no grant overrides these layers.
    let blocked = [Layer::VpcEndpoint, Layer::Scp, Layer::Rcp].map(allows).contains(&Some(false));
    // Rule 5.25. Part 5c: a federated user without session policy has none of the IAM user's permissions.
    let own = |layer: Layer, without: bool| request.who == "root" || allows(layer).unwrap_or(without);
    let (identity, boundary) = (own(Layer::Identity, false), own(Layer::Boundary, true));
    let session = own(Layer::Session, request.who != "federated_user");
    let own_side = identity && boundary && session;
    // Rules 5.13, 5.20 to 5.24, 5.30 to 5.33, 5.52.
    match allowing(Layer::Resource).map(|s| s.strength).max() {
        _ if blocked || request.crosses_partitions() => false,
        Some(_) if request.account.is_none() => true,
        Some(_) if !request.is_same_account() => own_side,
        Some(Strength::Direct) => true,
        Some(Strength::Limited) => boundary && session,
        Some(Strength::Account) => own_side,
        None => own_side && request.kind == "generic" && request.is_same_account(),
    }
}
