//! The decision semantics of AWS IAM a second time: slow and plain, as a second opinion on the engine `iam-eval`.
//!
//! Call [`decide`] with a request, its policies and a [`Reading`], or [`decide_text`] with a case in JSON. The result is an [`Answer`]: a
//! [`Verdict`] with the decision and the statements that apply, or the reason why the case cannot be read. Nothing that is not understood is
//! ignored. The default reading has the first answer of every point that the rules leave open.
//!
//! ```
//! use iam_reference::{Answer, Decision, Reading, decide_text};
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
//! let Answer::Decided(verdict) = decide_text(case, &Reading::default()) else { panic!("refused") };
//! assert_eq!(verdict.decision, Decision::Allowed);
//! ```
//!
//! The crate was written from the numbered rules (`crates/iam-eval/SEMANTICS.md`) and the case format (`crates/iam-testkit/conformance`)
//! alone. "Rule 4.9" is a rule of the former. It is not a validator: a value that its operator cannot read is compared as the rules say.

#![forbid(unsafe_code)]

mod address;
mod condition;
mod decision;
pub mod json;
mod number;
mod operator;
mod pattern;
mod principal;
mod reading;
mod request;
mod statement;
mod value;

use json::Json;
pub use reading::{Point, Reading};

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
    /// The statements of these layers for which this depends on unknown keys, or on which of two keys in different case counts, sorted.
    pub perhaps: Vec<Place>,
}

/// A decision (rule 5.15), or the fact that it depends on unknown keys or on which of two keys in different case counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Allowed.
    Allowed,
    /// A Deny statement certainly applies.
    ExplicitDeny,
    /// A layer that must allow does not, and no Deny certainly applies.
    ImplicitDeny,
    /// These keys decide which of the other decisions it is.
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
    /// The scope-down policies of scoped credentials.
    Scope,
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

/// Decides a request with its policies. Null and a missing member are no layer; `scp` and `rcp` are lists of levels, `resource` is one
/// policy, `boundary` is one policy or a list, and the others are lists.
pub fn decide(request: &Json, policies: &Json, reading: &Reading) -> Answer {
    decision::verdict(request, policies, reading).map_or_else(Answer::Refused, Answer::Decided)
}

/// Decides a case in JSON: `{"request": …, "policies": …}`. Other members are ignored.
pub fn decide_text(text: &str, reading: &Reading) -> Answer {
    let case = json::parse(text)
        .and_then(|case| Ok((case.must("request")?.clone(), case.must("policies")?.clone())));
    match case {
        Ok((request, policies)) => decide(&request, &policies, reading),
        Err(reason) => Answer::Refused(reason),
    }
}
