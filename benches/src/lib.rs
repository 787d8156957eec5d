//! The cost of decisions, compared with other engines on the same work: `cargo xtask bench` prints the table and writes `RESULTS.md`.

pub mod engines;
pub mod measure;
pub mod plans;
pub mod plot;
pub mod report;
pub mod table;
pub mod work;

/// The examples of the README, compiled and run as tests. They are here because this package is in no registry, so it may read files outside
/// its folder.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
