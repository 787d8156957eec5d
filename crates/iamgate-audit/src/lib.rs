//! What a session did, by the records of CloudTrail, held against what it was promised to be able to do.
//!
//! A [`Promise`] is the measure: the policies of a role and of a session profile, and what is known of every request of the session. A
//! [`Judge`] holds events against it, one by one, and says a [`Judged`] of each: the [`EventVerdict`], and the [`Answer`] of the policies for
//! each action and resource.
//!
//! A record does not tell everything: condition keys are missing, parameters are left out, or a resource has no place in it. All of that is
//! unknown, and a verdict holds for every value of what is unknown. [`EventVerdict::Outside`] is therefore a finding and no guess: the call
//! succeeded, and by the plan there is no request of this action, on no resource that the record leaves open, with no value of an untold key,
//! that the plan allows. Its premise is that no resource-based policy names the session itself or everyone (rules 5.20, 5.24), as in the
//! proofs of `iamgate`.
//!
//! Comments name rules by their numbers, such as "rule 5.2". They are those of `SEMANTICS.md` in the crate `iam-eval`.
#![forbid(unsafe_code)]

mod about;
mod answer;
mod audit;
mod code;
mod coverage;
mod data;
mod digests;
mod issued;
mod judge;
mod ledger;
mod memory;
mod moment;
mod planned;
mod promise;
mod refine;
mod replayed;
mod report;
mod seen;
mod targets;
mod timeline;
mod used;
mod verdict;

pub use answer::{Answer, Missing, Says};
pub use audit::Audit;
pub use code::{AuditCode, CodeKind};
pub use coverage::Coverage;
pub use data::{DataProblem, Tables};
pub use digests::{DamagedFile, Delivered, Digests, NoTrail};
pub use issued::{Issued, Mismatch, Parameter};
pub use judge::{ActionAnswer, Judge, Judged};
pub use ledger::{CallKind, Calls, EventPlace};
pub use planned::PlannedSession;
pub use promise::Promise;
pub use replayed::{Change, ChangeKind, ChangedCalls, ReplayReport};
pub use report::{AuditReport, SessionReason, SessionReport, SessionVerdict, UnplannedSession};
pub use timeline::{Timeline, TimelineCell, TimelineCounts, When};
pub use used::{
    LEAST_DAYS, LEAST_SESSIONS, Lack, NotWritten, Resources, Used, UsedAction, UsedProfile, UsedProof,
    Writing,
};
pub use verdict::{CallVerdict, CannotBeJudged, EventVerdict, NotADecision};
