//! The AWS actions that exist: access levels, resource types, condition keys, sensitivity.
//!
//! Start with [`Catalog::embedded`] and look up an action by name. The data is text inside the crate, in four parts, so that a program reads
//! only the part it needs:
//!
//! * [`Catalog`] has every service, and every action with its [`AccessLevel`] and [`Sensitivity`].
//! * [`Details`] has the resource types with their ARN patterns, and the condition keys with their types.
//! * [`Sections`] is the same text, of which only the services that are asked for are read.
//! * [`Classes`] says what an action returns or does beyond its level: credentials, stored data, signed URLs.
//! * [`Operations`] says which actions authorise an operation of an API, by the names that CloudTrail and SDKs use.
//!
//! There is no global state. Reading a text is an explicit call, and the result borrows the text. [`Catalog::parse`], [`Details::parse`],
//! [`Classes::parse`] and [`Operations::parse`] read a text from elsewhere, such as a newer catalogue that is loaded on demand. They refuse a malformed line with a [`DataError`]. The
//! embedded texts are tested, so reading them does not fail. A look-up returns `None` for an unknown name.
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
//! `source/PROVENANCE.md` names the origin, version and licence of every file that the data is made from.
#![forbid(unsafe_code)]

mod catalog;
mod classes;
mod details;
mod error;
mod fold;
mod key;
mod level;
mod lines;
mod near;
mod operations;
mod sensitivity;
mod word;

pub use catalog::{Catalog, CatalogAction, Service};
pub use classes::{ClassReason, Classes};
pub use details::{ActionDetails, ActionResource, Details, Lookup, ResourceType, Sections, is_of_form};
pub use error::DataError;
pub use key::{ConditionKey, KeyType};
pub use level::AccessLevel;
pub use near::{changes, nearest};
pub use operations::{
    ActionName, Choice, DecidedBy, Group, NameRule, Needed, Operations, Parameters, Resolved, Unresolved,
    When,
};
pub use sensitivity::{Sensitivity, SensitivityClass};
pub use word::WordError;
