//! The engines of this workspace, as the test kit asks them.
//!
//! [`Compiled`] is the engine that programs use. [`Reference`] is the semantics once more, written from the rules alone. They must
//! agree on every case: on the decision, and on every statement that applies.
#![forbid(unsafe_code)]

mod compiled;
mod convert;
mod crowd;
mod digest;
mod questions;
#[cfg(feature = "reference")]
mod reference;

pub use compiled::Compiled;
pub use crowd::{Crowds, crowd};
pub use digest::{Digest, digest};
pub use questions::{Answers, SmallKey, SmallQuestion, answers_digest};
#[cfg(feature = "reference")]
pub use reference::Reference;
