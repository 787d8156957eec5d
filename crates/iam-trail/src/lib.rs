//! CloudTrail's records: bytes to events, and events to the IAM requests behind them.
//!
//! - [`Event`] is one record.
//! - [`Outcome`] says how its call ended, [`Way`] how it came to AWS, and [`principal`] whose permissions AWS asked for.
//! - [`Stated`] has the condition keys that the record states. All others are unknown.
#![forbid(unsafe_code)]

mod caller;
mod event;
mod outcome;
mod stated;

pub use caller::{NoCaller, Way, principal};
pub use event::{
    Event, Flag, RecordedResource, SessionAttributes, SessionContext, SessionIssuer, Text, TlsDetails,
    UserIdentity, WebIdFederationData,
};
pub use outcome::Outcome;
pub use stated::Stated;
