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
mod code;
mod condition;
mod fold;
pub mod json;
mod limits;
mod operator;
mod pattern;
mod policy;
mod principal;
mod print;
mod problem;
mod read;
mod resource;
mod size;
mod span;
mod swar;
mod text;
pub mod value;

pub use action::{ActionElement, ActionPattern};
pub use code::{Code, Level};
pub use condition::{Condition, ConditionKey, Flag, Number, Typed, Values};
pub use fold::FoldedHash;
pub use limits::Limits;
pub use operator::{Family, Operator, Quantifier, Test, TestError};
pub use pattern::{Pattern, Piece, Syntax, Variable, VariableError, VariableErrorKind};
pub use policy::{Effect, Mode, Policy, PolicyKind, Statement, Version};
pub use principal::{Principal, PrincipalElement, PrincipalError, Principals, is_account};
pub use print::json_text;
pub use problem::{Place, Problem, Related, Report, quoted};
pub use resource::{ARN_FIELDS, ResourceElement, ResourcePattern, count_fields};
pub use size::Size;
pub use span::{LineIndex, Position, Span, Spanned};
