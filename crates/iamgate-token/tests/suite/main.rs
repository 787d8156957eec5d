//! Good and bad tokens, keys and times.
#![cfg(feature = "verify")]

mod cache;
mod changes;
mod keys;
mod library;
mod mint;
mod seen;
mod table;
mod world;
