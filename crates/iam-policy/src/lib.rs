//! AWS IAM policy documents: strict reading with positions, typed statements, printing, findings.
//!
//! [`Policy::parse`] turns a text into a typed [`Policy`] or into a [`Report`] of everything that is wrong with it. Nothing is ever
//! skipped: an unknown element, operator or version, a duplicate member, a value that its operator cannot compare refuse the
//! document. [`Mode::Strict`] is for documents that somebody writes, [`Mode::Deployed`] for those that AWS has accepted.
//!
//! The numbers in "rule 1.3" are those of `SEMANTICS.md`, which lies beside the evaluator.
//!
//! # Untrusted input
//!
//! Reading takes time and memory linear in the text, does not recurse, and is bounded by [`Limits`].
#![forbid(unsafe_code)]

mod action;
mod arn;
mod build;
pub mod code;
mod condition;
mod fold;
mod limits;
mod operator;
mod pattern;
mod policy;
mod principal;
mod print;
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
    SessionArn, SessionName,
};
pub use build::{
    BuildError, Conditions, Grantees, IdentityStatement, ResourceStatement, Sid, TrustStatement,
};
pub use condition::{Condition, ConditionKey, Flag, Number, Typed, Values};
pub use fold::FoldedHash;
pub use iam_json::{
    Code, Level, LineIndex, Mode, NameError, Place, Position, Problem, Related, Report, Span, Spanned,
};
pub use limits::Limits;
pub use operator::{Family, Operator, Quantifier, Test, TestError};
pub use pattern::{Pattern, Piece, Syntax, Variable, VariableError, VariableErrorKind};
pub use policy::{Effect, Policy, PolicyKind, Statement, Version};
pub use principal::{Principal, PrincipalElement, PrincipalError, Principals, is_account};
pub use resource::{ResourceElement, ResourcePattern, count_fields};
pub use size::Size;
