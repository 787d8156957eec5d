//! AWS's messages that access is denied, taken apart.
//!
//! [`read`] finds the messages in a text as people have it: the error of the AWS CLI or of an SDK, a box of Terraform with its lines broken
//! anywhere, XML of S3, JSON of a service, events of CloudTrail (one, `Records`, a line each, or the output of `lookup-events`), the decoded text
//! of `sts:DecodeAuthorizationMessage`, and the output of `GetRequestAuthorizationDetails`. Each message becomes a [`Denial`]: who was denied,
//! which action, on which resource, the type of policy that AWS names, whether a statement denies it or none allows it, and what leads to more
//! details. What a message does not say is `None`; nothing is guessed.
//!
//! ```
//! use iam_denial::{Cause, PolicyType, read};
//!
//! let text = "User: arn:aws:sts::111122223333:assumed-role/Support/ana is not authorized to perform: s3:GetObject on resource: \
//!             \"arn:aws:s3:::payroll/x\" because no session policy allows the s3:GetObject action";
//! let denial = read(text).remove(0);
//! assert_eq!(denial.who.unwrap().role_and_session(), Some(("Support", "ana")));
//! assert_eq!(denial.action.unwrap().value, "s3:GetObject");
//! assert_eq!(denial.resource.unwrap().arn(), Some("arn:aws:s3:::payroll/x"));
//! assert_eq!((denial.cause, denial.layer.unwrap().policy_type), (Cause::NotAllowed, Some(PolicyType::Session)));
//! ```
//!
//! # Untrusted input
//!
//! Reading takes time and memory linear in the length of the text. [`MOST_BYTES`] bounds the text that is looked at, and [`MOST_DENIALS`] the
//! messages that are returned. Encoded messages and tokens are not repeated: [`Denial::encoded`] has only the place of one.
//!
//! # Source
//!
//! IAM User Guide, "Troubleshoot access denied error messages" and "Troubleshoot access denied error messages with authorization ID"; API
//! references of `sts:DecodeAuthorizationMessage` and `iam-toolbox:GetRequestAuthorizationDetails`; CloudTrail User Guide, "CloudTrail record
//! contents".
#![forbid(unsafe_code)]

mod clause;
mod denial;
mod details;
mod event;
mod flow;
mod json;
mod lines;
mod mapped;
mod marks;
mod message;
mod policy_type;
mod records;
mod resource;
mod who;

pub use denial::{Cause, Denial, Form, NamedLayer};
pub use event::is_denial_code;
pub use iam_json::{Span, Spanned};
pub use policy_type::PolicyType;
pub use resource::{Resource, ResourceForm};
pub use who::Who;

/// The number of bytes of a text that are looked at: 8 MiB.
pub const MOST_BYTES: usize = 8 << 20;

/// The number of messages that [`read`] returns at most.
pub const MOST_DENIALS: usize = 10_000;

/// The messages in a text, in the order of the text.
///
/// # Shape
/// Empty if the text has no message that access is denied. Spans are bytes of the text.
///
/// # Limits
/// [`MOST_BYTES`] and [`MOST_DENIALS`].
///
/// # Cost
/// Linear in the length of the text.
pub fn read(text: &str) -> Vec<Denial> {
    let mut end = text.len().min(MOST_BYTES);
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    let mut denials = json::read(&mapped::Mapped::whole(text.get(..end).unwrap_or_default()));
    denials.truncate(MOST_DENIALS);
    denials
}
