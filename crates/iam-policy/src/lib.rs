//! AWS IAM policy documents: strict reading with positions, typed statements, printing, findings.
//!
//! Start with [`Policy::parse`]. It turns a text into a typed [`Policy`], or into a [`Report`] of every problem in the text. Nothing is
//! skipped: an unknown element, an unknown operator or version, a duplicate member, or a value that its operator cannot compare refuses the
//! document. [`Mode::Strict`] is for documents that somebody writes. [`Mode::Deployed`] is for documents that AWS has accepted.
//!
//! ```
//! use iam_policy::{Limits, Mode, Policy, PolicyKind};
//!
//! let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;
//! let policy = Policy::parse(text, PolicyKind::Managed, Mode::Strict, &Limits::default())?;
//! assert_eq!(policy.statements[0].action.patterns()[0].value.text(), "s3:Get*");
//!
//! let typo = text.replace("Action", "Actoin");
//! let report = Policy::parse(&typo, PolicyKind::Managed, Mode::Strict, &Limits::default()).unwrap_err();
//! for problem in report.problems() {
//!     println!("{problem}");
//! }
//! # Ok::<(), iam_policy::Report>(())
//! ```
//!
//! To make a policy in a program, put [`IdentityStatement`], [`ResourceStatement`] or [`TrustStatement`] values together with
//! [`Policy::new`]. A part that does not fit is a [`BuildError`].
//!
//! References such as "rule 1.3" point into `SEMANTICS.md` of the crate `iam-eval`.
//!
//! # Untrusted input
//!
//! Reading takes time and memory linear in the length of the text. It does not recurse. [`Limits`] bounds it.
#![forbid(unsafe_code)]

mod action;
mod arn;
mod asked;
mod build;
pub mod code;
mod condition;
mod error;
mod fold;
mod limits;
mod operator;
mod pattern;
mod policy;
mod principal;
mod print;
mod rcp;
mod read;
mod resource;
mod size;
mod text;
pub mod value;
#[cfg(feature = "serde")]
mod wire;

pub use action::{ActionElement, ActionPattern};
#[doc(hidden)]
pub use arn::Literal;
pub use arn::{
    ARN_FIELDS, AccountId, Arn, ArnError, ArnField, ArnFields, IamResource, Partition, RoleArn, RoleName,
    SessionArn, SessionName, is_account,
};
pub use build::{Conditions, Grantees, IdentityStatement, ResourceStatement, Sid, TrustStatement};
pub use condition::{Condition, ConditionKey, Flag, Number, Typed, Values};
pub use error::BuildError;
pub use fold::FoldedHash;
pub use iam_json::{
    Code, Level, LineIndex, Mode, NameError, Place, Position, Problem, Related, Report, Span, Spanned,
};
pub use limits::Limits;
pub use operator::{Family, Operator, Quantifier, Test, TestError};
pub use pattern::{Pattern, Piece, Syntax, Variable, VariableError, VariableErrorKind};
pub use policy::{Effect, Policy, PolicyKind, Statement, Version};
pub use principal::{NamedPrincipal, PrincipalElement, PrincipalError, Principals};
pub use rcp::RCP_SERVICES;
pub use resource::{ResourceElement, ResourcePattern, count_fields, may_be_arn};
pub use size::Size;
