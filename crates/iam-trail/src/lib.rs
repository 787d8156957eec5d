//! CloudTrail's records: bytes to events, and events to the IAM requests behind them.
//!
//! - [`Reader`] reads the events of a file in chunks, and says what it did not read. It joins `Unpack` (gzip) and [`Frames`] (bytes to records).
//! - [`Event`] is one record.
//! - [`ActionMapping`] has the actions of IAM behind an event, or the reason why there are none.
//! - [`Outcome`] says how its call ended, [`Way`] how it came to AWS, and [`principal`] whose permissions AWS asked for.
//! - [`ResourceReader`] says on which resources the call acted.
//! - [`Stated`] has the condition keys that the record states. All others are unknown.
//! - `digest` validates log files by CloudTrail's digest files, without a network: which are as CloudTrail delivered them, which are changed or
//!   missing, and from when until when the chain of digest files has no hole. Hashes and signatures are checked with the keys that AWS lists. What
//!   rests on a signature or a key that is not given is told, and does not count. What was removed from the end of a chain cannot be seen. It is
//!   behind the feature of that name, which is on by default.
#![forbid(unsafe_code)]

mod actions;
mod caller;
#[cfg(feature = "digest")]
pub mod digest;
mod event;
mod finding;
mod frames;
mod limits;
mod outcome;
mod parameters;
mod reader;
mod resources;
mod stated;
#[cfg(feature = "gzip")]
mod unpack;

pub use actions::{ActionMapping, Asked, AskedGroup, Authorization, NoDecision, Unknown, UnknownReason};
pub use caller::{NoCaller, Way, principal};
pub use event::{
    Event, Flag, RecordedResource, SessionAttributes, SessionContext, SessionIssuer, Text, TlsDetails,
    UserIdentity, WebIdFederationData,
};
pub use finding::{Finding, Place, TrailCode};
pub use frames::{Found, Frames};
pub use limits::Limits;
pub use outcome::Outcome;
pub use reader::{Item, Reader};
pub use resources::{
    ArnPattern, Origin, Piece, RequestResource, ResourceReader, ResourceRules, Resources, RuleError,
    UnknownResource, Untold,
};
pub use stated::Stated;
#[cfg(feature = "gzip")]
pub use unpack::Unpack;
