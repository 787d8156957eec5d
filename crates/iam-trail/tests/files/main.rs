//! Files of records: their shapes, their damages, and how they are packed.

mod broken;
mod common;
mod containers;
mod recorded;
mod shapes;
#[cfg(feature = "gzip")]
mod unpack;
