//! Digest files: honest chains are validated whole, and what was changed, left out or made up is told.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test stops at the first surprise"
)]

mod chain;
mod hash;
mod logs;
mod read;
mod tampered;
mod world;
