#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod call;
mod cloud;
mod digest;
mod enforced;
mod error;
mod live;
mod misdeed;
mod operation;
mod random;
mod record;
mod scenario;
mod setup;
mod sts;
mod trail;

pub use call::Done;
pub use cloud::{Cloud, Origin};
pub use digest::{DigestFile, DigestKey};
pub use error::ApiError;
pub use live::Credentials;
pub use misdeed::{Misdeed, Planted};
pub use operation::ServiceCall;
pub use record::{Decided, Entry, TrailRecord};
pub use scenario::{Scenario, Stage, StageError, StagedSession};
pub use setup::{Account, CloudSetup, Provider};
pub use sts::{CallerIdentity, Granted, RoleCall, WebIdentityCall};
pub use trail::{Delivery, LogFile};
