//! What decisions cost, beside other engines on the same work: `cargo xtask bench` prints the table and writes `RESULTS.md`.

pub mod engines;
pub mod measure;
pub mod plot;
pub mod report;
pub mod table;
pub mod work;

/// The examples of the README, compiled and run as tests: here, because this package is in no registry and may read outside its folder.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
