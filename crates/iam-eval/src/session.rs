//! Sessions: what STS creates from a role, a request and a token (part 6 of the rules).
//!
//! An [`Opening`] has the parts of a call to STS. [`Opening::open`] returns the [`Session`] that STS would create, or every reason why STS
//! would refuse the call. The policies must also allow the call: [`Session::authorization_requests`] returns the requests that must be
//! allowed, and [`Session::authorize`] decides all of them.
//!
//! The caller must check the signature, the issuer, the registered audience and the expiry of a token. The time is an input.
//!
//! The inline session policy of a session never changes. A managed session policy does: AWS reads it anew at each request of the session, so
//! that a new version of it widens or narrows sessions that already exist (rule 6.13). What is decided with the documents of
//! [`Session::policy_arns`] holds for the versions that were read.
//!
//! Where AWS was observed to be laxer, this module is stricter in one point: a token that has a claim twice is refused, and STS takes the last.
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
mod claims;
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

pub use claims::{ClaimType, ProviderClaim};
pub use created::{Authorization, Session};
pub use limits::SessionLimits;
pub use opening::{Caller, Opening, Operation, Parameters, Role};
pub use refusal::{Refusal, RefusalCode, Refusals, ReservedKeys};
pub use tags::Tags;
pub use token::{Claim, Token};

use iam_policy::ArnFields;

use crate::context::ContextValue;

/// The account of an ARN. Empty if the ARN has none.
fn account_of(arn: &str) -> &str {
    ArnFields::split(arn).map_or("", |fields| fields.account)
}

fn single(value: &str) -> ContextValue {
    ContextValue::single(value)
}
