//! DoiT's session rules over an AWS IAM engine: profiles, role snapshots, the access matrix.
//!
//! [`preview()`] says what a role makes possible under a session profile. A [`RoleSnapshot`] and a [`Profile`] are read from texts that
//! the caller has loaded; [`ManagedPolicies`] holds the pinned documents that both refer to.
//!
//! [`built_in`] has DoiT's profiles and what belongs to them, so that a program needs no file but the customer's role; [`Gate`] plans sessions.
//!
//! The public API of the crates below it is here too: [`iam_policy`] reads documents, [`iam_eval`] decides and explains,
//! [`iam_catalog`] knows which actions exist.
#![forbid(unsafe_code)]

mod access;
pub mod built_in;
mod changes;
mod deciding;
mod filled;
mod finding;
mod input;
mod managed;
mod outsiders;
mod plan;
mod preflight;
mod preview;
mod profile;
mod proof;
mod restrict;
mod snapshot;
mod trust;

pub use access::{Cause, action_names};
pub use changes::{Change, Changes, Side, changes};
pub use deciding::DecidingStatement;
pub use finding::{Example, Finding, FindingCode, Shown};
pub use iam_analysis::{
    self, Analysis, ClassAnswer, Doubt, Effective, Fact, Question, ResourcePolicies, Space, Verdict,
    VerdictKind, Witness, covers,
};
pub use iam_catalog::{self, AccessLevel, Catalog, Details, SensitivityClass};
pub use iam_eval::{
    self, Action, Compiler, Context, ContextValue, Decision, Flip, Layer, LayerTrace, Layers, Principal,
    Program, Reason, Request, ResourceKind, StatementTrace, Trace, session, wire,
};
pub use iam_json::{self, Code, Level, LineIndex, Mode, Place, Position, Problem, Report, Span, Spanned};
pub use iam_policy::{
    self, AccountId, ActionElement, ActionPattern, Arn, ArnError, ArnFields, BuildError, Condition,
    ConditionKey, Conditions, Effect, Grantees, IdentityStatement, Limits, Operator, Partition, Policy,
    PolicyKind, PrincipalElement, ResourceElement, ResourcePattern, ResourceStatement, RoleArn, RoleName,
    SessionArn, SessionName, Sid, Statement, TrustStatement, Version,
};
pub use input::{File, InputError, InputErrorKind};
pub use managed::{ManagedPolicies, ManagedPolicy, NamedPolicy};
pub use outsiders::{Insiders, Outsider, outsiders};
pub use plan::{Claims, Gate, Plan, Quota, Refusal, Refused, SessionRequest, StsCall, Summary};
pub use preflight::{Installation, Step, StepCheck};
pub use preview::{
    Cell, LevelCounts, Outside, Preview, Removal, ServiceRow, Shadowed, Survivor, Trust, preview,
    preview_knowing,
};
pub use profile::{Exception, ManagedArn, Profile, SessionTag};
pub use proof::{
    Claim, Premises, Proof, make_real, prove_read_only, session_layers, session_principal, space,
};
pub use restrict::{NotRestricted, Restriction, restrict};
pub use snapshot::{AccountRole, RoleSnapshot, account_roles, role_files};
pub use trust::{
    Admitted, IdentityProvider, IdentityProviders, ProviderTrust, Trial, TrustCaller, TrustReport, trust,
};
