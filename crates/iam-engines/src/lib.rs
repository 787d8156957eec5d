//! Adapters that connect the engines of this workspace to the test kit.
//!
//! Each adapter implements [`iam_testkit::Engine`]. [`Compiled`] is the engine that programs use. `Reference` (with the feature
//! `reference`) is the second implementation of the semantics, written from the rules alone. Both must agree on every case: on the
//! decision, and on every statement that applies. [`crowd`] compares the engine with and without its index. [`SmallQuestion`] compares the
//! analysis with enumeration. [`CallerQuestion`]s are for comparison with another solver.
//!
//! ```
//! use iam_engines::Compiled;
//! use iam_policy::Mode;
//! use iam_testkit::{run_text, vectors};
//!
//! let (_, text) = vectors::FILES.iter().find(|(name, _)| *name == "aws/decisions.json").unwrap();
//! let score = run_text(text, &Compiled::new(Mode::Deployed))?;
//! assert!(score.failed.is_empty());
//! # Ok::<(), iam_policy::Report>(())
//! ```
//!
//! Only tests, benchmarks, fuzz targets, `iam-harness` and the command `conformance` of the program use this crate.
#![forbid(unsafe_code)]

mod answers;
mod callers;
mod compiled;
mod convert;
mod crowd;
mod digest;
mod questions;
mod recorded;
#[cfg(feature = "reference")]
mod reference;

pub use answers::{Answers, Sides, answers_digest};
pub use callers::{CallerQuestion, Fault};
pub use compiled::Compiled;
pub use crowd::{Crowds, crowd};
pub use digest::{Digest, digest};
pub use questions::{SmallKey, SmallQuestion};
pub use recorded::Recorded;
#[cfg(feature = "reference")]
pub use reference::Reference;

/// A session of a role without a path, in the account of the questions.
pub fn session(partition: &str, role: &str) -> iam_eval::Principal {
    use iam_policy::IamResource;

    const ACCOUNT: &str = "111122223333";
    iam_eval::Principal::AssumedRole {
        arn: IamResource::AssumedRole { role, session: "s" }.arn(partition, ACCOUNT).into(),
        role_arn: IamResource::Role(role).arn(partition, ACCOUNT).into(),
        account: ACCOUNT.into(),
        service_linked: false,
    }
}
