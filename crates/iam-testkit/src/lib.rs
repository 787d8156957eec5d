//! Conformance vectors for AWS IAM policy engines, their format and a runner.
//!
//! [`vectors::FILES`] holds the vectors: requests with policies and the decision that AWS documents, policy texts that must be
//! accepted or refused, and calls that create a session. Any engine can be put to them: implement [`Engine`] and call [`run_text`].
//! The format is described in `conformance/aws/FORMAT.md`; [`format::read`] reads it strictly.
//!
//! ```
//! use iam_testkit::{Answer, Engine, Loaded, SessionAnswer, format, run_text, vectors};
//!
//! /// Says no to everything: right surprisingly often, which is why a score is a list of failures and not a percentage.
//! struct Never;
//!
//! impl Engine for Never {
//!     fn name(&self) -> &str {
//!         "never"
//!     }
//!     fn decide(&self, _: &format::DecisionCase<'_>) -> Answer {
//!         Answer::Decided(format::Decision::ImplicitDeny)
//!     }
//!     fn load(&self, _: &format::DocumentCase<'_>) -> Loaded {
//!         Loaded::Refused("never".to_owned())
//!     }
//!     fn session(&self, _: &format::SessionCase<'_>) -> SessionAnswer {
//!         SessionAnswer::Skipped("not implemented".to_owned())
//!     }
//! }
//!
//! let (_, text) = vectors::FILES.iter().find(|(name, _)| *name == "aws/decisions.json").unwrap();
//! let score = run_text(text, &Never)?;
//! assert!(!score.failed.is_empty());
//! # Ok::<(), iam_policy::Report>(())
//! ```
#![forbid(unsafe_code)]

mod compare;
mod engine;
pub mod format;
mod runner;
pub mod vectors;

pub use engine::{Answer, Engine, Loaded, Session, SessionAnswer};
pub use runner::{Failure, Note, Score, run, run_text};
