//! Sessions: what STS makes of a role, a request and a token (part 6 of the rules).
//!
//! [`Opening`] holds what a call to STS is made of; [`Opening::open`] returns the [`Session`] it would create, or every reason why STS
//! would refuse. Whether policies let the caller in is a decision like any other: [`Session::authorization_requests`] are the
//! requests to decide, [`Session::authorize`] decides them all.
//!
//! Signature, issuer, registered audience and expiry of a token are the caller's to check. Time is an input.

mod checks;
mod context;
mod created;
mod limits;
mod opening;
mod provider;
mod refusal;
mod reserved;
mod tags;
mod token;
pub mod wire;

pub use created::{Authorization, Session};
pub use limits::SessionLimits;
pub use opening::{Caller, Opening, Operation, Parameters, Role};
pub use refusal::{Refusal, RefusalCode, Refusals, ReservedKeys};
pub use tags::Tags;
pub use token::{Claim, Token};

use crate::context::ContextValue;

/// A field of an ARN, counted from 0; empty if there is none.
fn arn_field(arn: &str, index: usize) -> &str {
    arn.split(':').nth(index).unwrap_or_default()
}

fn single(value: &str) -> ContextValue {
    ContextValue::single(value)
}
