//! Which AWS actions exist: access level, resource types, condition keys, sensitivity.
//!
//! The data is text inside the crate, in two parts, so that a program pays only for what it asks:
//!
//! * [`Catalog`]: every service and every action with its [`AccessLevel`] and [`Sensitivity`].
//! * [`Details`]: resource types with their ARN patterns, and condition keys with their types.
//!
//! Neither keeps a global: reading the text is an explicit call, and what it returns borrows the text.
//! A text of the same form that comes from elsewhere (a newer catalogue loaded on demand) is read by
//! [`Catalog::parse`] and [`Details::parse`], which refuse a malformed line.
//!
//! ```
//! use iam_catalog::{AccessLevel, Catalog, Details, KeyType};
//!
//! let catalog = Catalog::embedded()?;
//! let action = catalog.action("s3:getobject").expect("a known action");
//! assert_eq!(action.to_string(), "s3:GetObject");
//! assert_eq!(action.level, AccessLevel::Read);
//! assert!(action.sensitivity.reads_data());
//!
//! let details = Details::embedded()?;
//! let key = details.condition_key("aws:principaltag/DoiTEnvironment").expect("a known key");
//! assert_eq!((key.key_type, key.multivalued), (KeyType::String, false));
//! # Ok::<(), iam_catalog::DataError>(())
//! ```
//!
//! # Source
//!
//! `source/PROVENANCE.md` names the origin, version and licence of every file the data is made from.
#![forbid(unsafe_code)]

mod catalog;
mod details;
mod error;
mod fold;
mod key;
mod level;
mod lines;
mod sensitivity;

pub use catalog::{Action, Catalog, Service};
pub use details::{ActionDetails, ActionResource, Details, ResourceType};
pub use error::DataError;
pub use key::{ConditionKey, KeyType};
pub use level::AccessLevel;
pub use sensitivity::{Sensitivity, SensitivityClass};
