//! CloudTrail's records: bytes to events, and events to the IAM requests behind them.
//!
//! - [`Event`] is one record.
#![forbid(unsafe_code)]

mod event;

pub use event::{
    Event, Flag, RecordedResource, SessionAttributes, SessionContext, SessionIssuer, Text, TlsDetails,
    UserIdentity, WebIdFederationData,
};
