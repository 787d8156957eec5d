//! CloudTrail's records: bytes to events, and events to the IAM requests behind them.
//!
//! - [`Event`] is one record.
//! - [`ResourceReader`] says on which resources it acted.
#![forbid(unsafe_code)]

mod event;
mod resources;

pub use event::{
    Event, Flag, RecordedResource, SessionAttributes, SessionContext, SessionIssuer, Text, TlsDetails,
    UserIdentity, WebIdFederationData,
};
pub use resources::{
    ArnPattern, Origin, Piece, RequestResource, ResourceReader, ResourceRules, Resources, RuleError,
    UnknownResource, Untold,
};
