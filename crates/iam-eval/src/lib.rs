//! AWS IAM decisions: is this one request allowed, and why.
//!
//! Put the policies that a request meets into [`Layers`], and call [`Layers::decide`] with a [`Request`]. The result is a [`Decision`].
//! [`Layers::explain`] runs the same code and also returns the reasons. For many requests, call [`Layers::compile`] once and ask the
//! [`Program`]; it decides alike, and faster.
//!
//! ```
//! use iam_eval::{Action, Decision, Layers, Principal, Request};
//! use iam_policy::{Limits, Mode, Policy, PolicyKind};
//! use std::sync::Arc;
//!
//! let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;
//! let mut layers = Layers::new();
//! layers.identity.push(Arc::new(Policy::parse(text, PolicyKind::Identity, Mode::Strict, &Limits::default())?));
//!
//! let ana = Principal::from_arn("arn:aws:iam::111122223333:user/ana")?;
//! let request = Request::new(ana, Action::new("s3:GetObject").unwrap(), "arn:aws:s3:::bucket/key");
//! assert_eq!(layers.decide(&request), Decision::Allowed);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A decision has no error: a document that cannot be evaluated is refused when it is read, with an [`iam_policy::Report`]. The module
//! [`session`] says which session STS creates, or why it refuses. The module [`wire`] reads and writes requests and layers as JSON.
//!
//! `SEMANTICS.md` beside this crate has the numbered rules, and what each rests on: what AWS was observed to do, a page, or a judgement. At
//! some points the evidence leaves two answers open. Decisions are made by the first answer of each [`Point`]; [`Layers::differing`] lists
//! the points that would change a decision.
#![forbid(unsafe_code)]

mod by_spelling;
mod combine;
mod condition;
mod context;
mod decide;
mod explain;
mod glob;
mod index;
mod layers;
mod lower;
mod meter;
mod name;
mod principal;
mod program;
mod reading;
mod request;
pub mod session;
mod statement;
mod tally;
mod trace;
mod truth;
pub mod wire;

pub use combine::{Decision, Facts, Relation, combine};
pub use condition::condition_outcomes;
pub use context::{Context, ContextValue};
pub use glob::{LetterCase, matches};
pub use layers::{Layer, Layers, PolicyRef};
pub use meter::Budget;
pub use principal::{Grant, Naming};
pub use program::{Compiler, Metered, Program};
pub use reading::{Point, PointError, Reading, Readings};
pub use request::{Action, InvalidPrincipal, Principal, PrincipalArnError, Request, ResourceKind};
pub use statement::{action_matches, naming_of};
pub use trace::{
    Applying, Change, ConditionTrace, Flip, KeyNote, Lack, LayerTrace, NotAsked, Part, Reason, Seen,
    StatementRef, StatementTrace, Trace,
};
pub use truth::{Certainty, Outcomes};
