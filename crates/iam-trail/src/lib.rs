//! CloudTrail's records: bytes to events, and events to the IAM requests behind them.
//!
//! - [`Event`] is one record.
//! - [`Reader`] reads the events of a file in chunks, and says what it did not read. It joins `Unpack` (gzip) and [`Frames`] (bytes to records).
#![forbid(unsafe_code)]

mod event;
mod finding;
mod frames;
mod limits;
mod reader;
#[cfg(feature = "gzip")]
mod unpack;

pub use event::{
    Event, Flag, RecordedResource, SessionAttributes, SessionContext, SessionIssuer, Text, TlsDetails,
    UserIdentity, WebIdFederationData,
};
pub use finding::{Finding, Place, TrailCode};
pub use frames::{Found, Frames};
pub use limits::Limits;
pub use reader::{Item, Reader};
#[cfg(feature = "gzip")]
pub use unpack::Unpack;
