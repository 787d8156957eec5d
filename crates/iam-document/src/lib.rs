//! Finds the IAM policies in what people have: outputs of AWS commands, templates, plans, YAML, encoded and nested texts.
//!
//! [`decode`] makes a text of bytes, also of the UTF-16 that Windows PowerShell writes. [`read`] says what the text is, and gives each policy in it
//! as a JSON text of its own, with its name and kind, and with an [`OriginMap`] from its characters to those of the original. A reader of policies
//! needs to know nothing about what was around them.
//!
//! ```
//! use iam_document::{Limits, decode, read};
//!
//! let text = decode(b"Statement:\n  - Effect: Allow\n    Action: s3:GetObject\n    Resource: '*'\n")?;
//! let found = read(&text, "policy.yaml", &Limits::default())?;
//! let policy = &found.documents[0];
//! assert_eq!(policy.text, r#"{"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}"#);
//!
//! let at = policy.text.find("s3:GetObject").unwrap() as u32;
//! let span = policy.origin.span(iam_json::Span::new(at, at + 12));
//! assert_eq!(span.of(&text), "s3:GetObject");
//! # Ok::<(), iam_json::Report>(())
//! ```
//!
//! # Features
//!
//! With `hcl`, code of Terraform is read as well: `jsonencode`, heredocs, strings, and blocks `data "aws_iam_policy_document"`. Without it, such a
//! text is refused with the command that prints a plan.
//!
//! # Untrusted input
//!
//! Reading takes time and memory linear in the length of the text and of what its aliases expand to. [`Limits`] bounds both, the nesting of values,
//! and that of texts in texts. Messages quote a text through [`iam_json::quoted`]; what looks like credentials is never quoted.
#![forbid(unsafe_code)]

mod accounts;
pub mod code;
mod decode;
mod edit;
mod encoded;
mod extracted;
mod find;
#[cfg(feature = "hcl")]
mod hcl;
mod limits;
mod origin;
mod read;
mod relaxed;
mod resource;
mod scan;
mod stream;
mod syntax;
mod table;
mod template;
mod trail;
mod unlike;
mod yaml;

pub use accounts::{Account, accounts};
pub use decode::decode;
pub use extracted::{Extracted, Found, Left, Unknown, UnknownKind};
pub use limits::Limits;
pub use origin::OriginMap;
pub use read::read;
pub use template::UNKNOWN;
