//! Good and bad tokens, keys and times.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::string_slice,
    clippy::needless_pass_by_value,
    reason = "a test stops at the first surprise, and its tables pass values made in place"
)]

#[cfg(test)]
mod bounds;
#[cfg(test)]
mod cache;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod library;
#[cfg(test)]
mod mint;
#[cfg(test)]
mod seen;
#[cfg(test)]
mod table;
#[cfg(test)]
mod told;
#[cfg(test)]
mod world;
