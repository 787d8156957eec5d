//! Sessions: what STS makes of a role, a request and a token (part 6 of the rules).
//!
//! [`Opening`] holds what a call to STS is made of; [`Opening::open`] returns the [`Session`] it would create, or every reason why STS
//! would refuse. Whether policies let the caller in is a decision like any other: [`Session::authorization_requests`] are the
//! requests to decide, [`Session::authorize`] decides them all.
//!
//! Signature, issuer, registered audience and expiry of a token are the caller's to check. Time is an input.
//!
//! # Examples
//! ```
//! use std::sync::Arc;
//! use iam_eval::Layers;
//! use iam_eval::session::{Caller, Opening, Parameters, Role, SessionLimits, Tags};
//! use iam_policy::value::Instant;
//! use iam_policy::{Limits, Mode, Policy, PolicyKind};
//!
//! let ana = Caller::IamUser { arn: "arn:aws:iam::111122223333:user/ana".into(), tags: Tags::new() };
//! let role = Role::new("arn:aws:iam::111122223333:role/ops/app", "AROAEXAMPLE");
//! let now = Instant::from_epoch_seconds(1_767_225_600);
//! let session = Opening::assume_role(role, Parameters::named("s1"), ana, now).open(&SessionLimits::default())?;
//! assert_eq!(&*session.arn, "arn:aws:sts::111122223333:assumed-role/app/s1");
//!
//! let trust = r#"{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
//!     "Principal": {"AWS": "arn:aws:iam::111122223333:user/ana"}}}"#;
//! let mut layers = Layers::new();
//! layers.resource = Some(Arc::new(Policy::parse(trust, PolicyKind::Trust, Mode::Strict, &Limits::default())?));
//! assert!(session.authorize(&layers).is_allowed());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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

use iam_policy::ArnFields;

use crate::context::ContextValue;

/// The account of an ARN, or an empty text if it names none.
fn account_of(arn: &str) -> &str {
    ArnFields::split(arn).map_or("", |fields| fields.account)
}

fn single(value: &str) -> ContextValue {
    ContextValue::single(value)
}
