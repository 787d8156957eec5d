//! Strict JSON with positions: a reader, problems with their places, and a canonical writer.
//!
//! Start with [`Document::parse`]. It reads a text once into a flat list of values, each with its bytes, line and column. It refuses what
//! RFC 8259 refuses; for duplicate members, call [`Document::refuse_duplicates`]. An error is a [`Report`]: a list of [`Problem`]s, each
//! with a stable [`Code`], a place and advice.
//!
//! [`Form`] reads objects of a known form, and reports each member that is missing, unknown or of the wrong type. [`Json`] is a value to be
//! written: equal values are written as equal bytes.
//!
//! ```
//! use iam_json::{Document, Limits, code};
//!
//! let document = Document::parse(r#"{"name": "a", "size": 3}"#, &Limits::default())?;
//! assert_eq!(document.root().member("name").and_then(|name| name.as_string()).as_deref(), Some("a"));
//!
//! let report = Document::parse(r#"{"name": }"#, &Limits::default()).unwrap_err();
//! assert_eq!(report.problems()[0].code, code::JSON_SYNTAX_ERROR);
//! assert_eq!(report.problems()[0].position.to_string(), "1:10");
//! # Ok::<(), iam_json::Report>(())
//! ```
//!
//! # Untrusted input
//!
//! Reading takes time and memory linear in the length of the text. It does not recurse. [`Limits`] bounds it. Messages quote a document
//! through [`quoted`] and [`visible()`], so that no character of it can control a terminal or change the direction of text.
#![forbid(unsafe_code)]

pub mod code;
mod document;
mod edit;
mod form;
mod limits;
mod name;
mod parse;
mod problem;
mod span;
pub mod swar;
mod value;
mod visible;
mod write;

pub use code::{Code, Entry, Level, Mode};
pub use document::{Document, text_of};
pub use edit::{Change, Edit};
pub use form::Form;
pub use limits::Limits;
pub use name::NameError;
pub use problem::{Place, Problem, Related, Report};
pub use span::{LineIndex, Position, Span, Spanned};
pub use value::{Items, Kind, Member, Members, Value, escape_pointer};
pub use visible::{is_hidden, quoted, visible, visible_json};
pub use write::{Json, json_text, push_json_text, push_value};
