//! CloudTrail's records: bytes to events, and events to the IAM requests behind them.
//!
//! - [`Event`] is one record.
//! - [`ActionMapping`] has the actions of IAM behind an event, or the reason why there are none.
#![forbid(unsafe_code)]

mod actions;
mod event;
mod parameters;

pub use actions::{ActionMapping, Asked, AskedGroup, Authorization, NoDecision, Unknown, UnknownReason};
pub use event::{
    Event, Flag, RecordedResource, SessionAttributes, SessionContext, SessionIssuer, Text, TlsDetails,
    UserIdentity, WebIdFederationData,
};
