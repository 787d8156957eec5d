//! Fuzz targets of the workspace, as plain functions. libFuzzer runs them (`cargo xtask fuzz`). An ordinary test (`tests/replay.rs`) runs them
//! on every committed find and on seeds.
#![forbid(unsafe_code)]

pub mod input;
pub mod seeds;
pub mod targets;
