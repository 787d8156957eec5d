//! What decisions cost, beside other engines on the same work: `cargo xtask bench` prints the table and writes `RESULTS.md`.

pub mod engines;
pub mod measure;
pub mod plot;
pub mod report;
pub mod table;
pub mod work;
