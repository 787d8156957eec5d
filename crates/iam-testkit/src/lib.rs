//! Tests for AWS IAM policy engines: conformance vectors, laws, and comparisons of engines.
//!
//! To test an engine, implement [`Engine`] for it and call [`run_text`] with the text of a vector file. The result is a [`Score`] with
//! every failed case. A malformed vector file is an [`iam_policy::Report`].
//!
//! [`vectors::FILES`] has the vectors: requests with policies and the decision that AWS documents, policy texts that must be accepted or
//! refused, and calls that create a session. `conformance/aws/FORMAT.md` describes the format, and [`format::read`] reads it strictly.
//!
//! ```
//! use iam_testkit::{Answer, Engine, Question, format::Decision, run_text, vectors};
//!
//! /// Denies everything. Surprisingly many answers are right, so a score is a list of failures and not a percentage.
//! struct Never;
//!
//! impl Engine for Never {
//!     fn name(&self) -> &str {
//!         "never"
//!     }
//!     fn decide(&self, _: &Question<'_>) -> Answer {
//!         Decision::ImplicitDeny.into()
//!     }
//! }
//!
//! let (_, text) = vectors::FILES.iter().find(|(name, _)| *name == "aws/decisions.json").unwrap();
//! let score = run_text(text, &Never)?;
//! assert!(!score.failed.is_empty());
//! # Ok::<(), iam_policy::Report>(())
//! ```
//!
//! Vectors are the cases that somebody thought of. [`generate`] makes further cases, and [`laws`] hold for every policy and request:
//!
//! ```
//! # use iam_testkit::{Answer, Engine, Question, format::Decision};
//! # struct Never;
//! # impl Engine for Never {
//! #     fn name(&self) -> &str { "never" }
//! #     fn decide(&self, _: &Question<'_>) -> Answer { Decision::ImplicitDeny.into() }
//! # }
//! use iam_testkit::laws::{self, Run};
//!
//! let deny_wins = laws::ALL.iter().find(|law| law.id == "D2").unwrap();
//! let report = Run::new(1, 200).of(deny_wins, &Never);
//! // `Never` returns no explicit denial if a Deny applies. The report has the smallest such case, also as a vector.
//! println!("{}", report.broken.unwrap());
//! ```
#![forbid(unsafe_code)]

pub mod case;
mod census;
mod compare;
mod engine;
pub mod format;
pub mod generate;
pub mod laws;
pub mod process;
pub mod readings;
pub mod ring;
mod runner;
mod source;
#[cfg(feature = "proptest")]
pub mod strategy;
pub mod vectors;
mod verdict;

pub use census::Census;
pub use engine::{Answer, Engine, Explanation, Loaded, Question, Session, SessionAnswer};
pub use runner::{Failure, Note, Score, run, run_text};
pub use source::Source;
pub use verdict::{StatementPlace, Statements, Verdict};
