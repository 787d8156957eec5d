//! AWS IAM decisions: is this one request allowed, and why.
//!
//! [`Layers`] hold the policies that a request meets; [`Layers::decide`] says what follows, [`Layers::explain`] says why, and both go
//! through the same code. The rules are written down, numbered and with their sources, in `SEMANTICS.md` beside this crate.
#![forbid(unsafe_code)]

mod combine;
mod condition;
mod context;
mod decide;
mod explain;
mod glob;
mod index;
mod layers;
mod meter;
mod principal;
mod program;
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
pub use glob::{Case, matches};
pub use layers::{Layer, Layers, PolicyRef};
pub use meter::Budget;
pub use principal::Grant;
pub use program::{Compiler, Metered, Program};
pub use request::{Action, Principal, PrincipalArnError, Request, ResourceKind};
pub use statement::{action_matches, grant_of};
pub use trace::{
    Applying, Change, ConditionTrace, Flip, KeyNote, LayerTrace, NotAsked, Part, Reason, Seen, StatementRef,
    StatementTrace, Trace,
};
pub use truth::{Certainty, Outcomes};
