//! Chains that are intact, and every way in which one can be changed.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::string_slice,
    reason = "a test stops at the first surprise"
)]

#[cfg(test)]
mod bounds;
#[cfg(test)]
mod chains;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod tampering;
#[cfg(test)]
mod told;
#[cfg(test)]
mod world;
