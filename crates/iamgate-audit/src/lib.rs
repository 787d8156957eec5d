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

mod answer;
mod data;
mod judge;
mod memory;
mod needed;
mod promise;
mod refine;
mod verdict;

pub use answer::{Answer, Missing, Says};
pub use data::DataProblem;
pub use judge::{ActionAnswer, Judge, Judged};
pub use promise::Promise;
pub use verdict::{CannotBeJudged, EventVerdict, NotADecision};
