//! DoiT's session rules over an AWS IAM engine: profiles, role snapshots, previews, proofs and plans of sessions.
//!
//! This crate says what DoiT's support sessions can do with a customer's role, and plans the call of STS that opens one. Start with
//! [`preview()`] to see what a role makes possible under a session profile, or with [`Gate::plan`] in a broker. A text that cannot be used is
//! an [`InputError`] with file, code and a way out; a session that may not be opened is a [`Refused`] with every reason.
//!
//! ```
//! use iamgate::{Catalog, File, Limits, Profile, built_in, preview};
//!
//! let managed = built_in::managed()?;
//! let role = built_in::support_gateway(&managed)?;
//! let profile = built_in::profile("standard", role.account(), &managed)?;
//! let catalog = Catalog::embedded()?;
//! let preview = preview(&role, &profile, &catalog);
//! assert!(preview.keeps_promise());
//!
//! let file = File { name: "profile.json".into(), text: "{}".into() };
//! if let Err(error) = Profile::load(&file, role.account(), &managed, &Limits::default()) {
//!     println!("{error}");
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The inputs are values: a [`RoleSnapshot`] and a [`Profile`] are read from texts that the caller has loaded, and [`ManagedPolicies`] has
//! the pinned documents to which both refer. [`built_in`] has DoiT's profiles and everything they need, so that a program needs no file but
//! the customer's role.
//!
//! Other entry points: [`prove_read_only`] proves the promise of a profile for every request, [`trust()`] says who a role's trust policy
//! admits, [`changes()`] compares two previews, [`restrict()`] writes a statement that keeps DoiT out of a resource, and [`outsiders()`] proves
//! that a resource policy lets nobody in from outside, or says who gets in.
//!
//! # How do I
//!
//! | Task | Where |
//! | --- | --- |
//! | read a policy, and tell what is wrong with it | `Policy::parse`, `Report`, `Problem` |
//! | decide a request | `Layers`, `Request`, `Layers::decide`; for many requests `Layers::compile` |
//! | explain a decision | `Layers::explain`, `Trace` |
//! | see whether AWS might decide otherwise | `Layers::differing`, `iam_eval::Point` |
//! | prove something for every request, or compare policies | `Analysis::never`, `Question`, `Verdict` |
//! | see what a role makes possible | [`preview()`], [`RoleSnapshot`], [`Profile`] |
//! | plan a session, for verified tokens | [`Gate::plan`], [`SessionRequest`], [`Refusal`] |
//! | try one out, with claims of nobody | [`Gate::rehearse`], [`Rehearsal`] |
//! | say where an input is wrong | [`InputError`] |
//!
//! Comments name rules by their numbers, such as "rule 5.2". They are those of `SEMANTICS.md` in the crate `iam-eval`.
//!
//! The crates below this one are modules here, with more than the root has: [`iam_json`] reads JSON with positions, [`iam_policy`] reads documents,
//! [`iam_eval`] decides and explains, [`iam_analysis`] answers questions about all requests, and [`iam_catalog`] knows which actions exist. The
//! types of [`iam_eval`] that a program needs besides are, for example, `iam_eval::{Point, Reading, Readings, Budget}`.
#![forbid(unsafe_code)]

mod access;
pub mod built_in;
mod changes;
mod content;
mod deciding;
mod difference;
mod escalation;
mod filled;
mod finding;
mod guard;
mod idle;
mod input;
mod later;
mod managed;
mod outsiders;
mod plan;
mod preflight;
mod premise;
mod preview;
mod profile;
mod proof;
mod restrict;
mod review;
mod schema;
mod smaller;
mod snapshot;
mod trust;

pub use access::{Cause, action_names};
pub use changes::{Change, Changes, Side, changes};
pub use content::{catalog_sha256, details_sha256};
pub use deciding::{DecidingStatement, described};
pub use difference::{
    Asker, Changed, ComparedKind, Comparing, Extent, HowFar, PolicyDifference, difference,
    difference_of_roles,
};
pub use escalation::{
    Escalation, EscalationPath, UnlimitedReads, escalation_paths, escalations, unlimited_reads,
};
pub use finding::{Example, Finding, FindingCode, Shown};
pub use guard::{
    Guard, GuardChanges, GuardError, GuardPattern, GuardReason, GuardRequest, NarrowDeny, RefusedAction,
    guard, guarded_text,
};
pub use iam_analysis::{
    self, Analysis, CallerKind, ClassAnswer, Doubt, Effective, Fact, Inside, Question, ResourcePolicies,
    Space, Verdict, VerdictKind, Witness, covers,
};
pub use iam_catalog::nearest;
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
pub use iamgate_token;
pub use idle::{Idle, idle};
pub use input::{File, InputError, InputErrorKind};
pub use later::{AddedLater, CREDENTIAL_NAMES};
pub use managed::{ManagedPolicies, ManagedPolicy, NamedPolicy};
pub use outsiders::{Held, Outsider, Outsiders, ServiceAccess, outsiders, strangers};
pub use plan::{
    Claims, DecisionRecord, Difference, DifferenceKind, Gate, Judgement, NotSent, PinnedKind, Pins, Plan,
    Quota, Refusal, Refused, Rehearsal, Replay, SessionRequest, StsCall, StsParameters, Summary,
};
pub use preflight::{Installation, Step, StepCheck};
pub use premise::Premise;
pub use preview::{
    Cell, LevelCounts, Outside, Preview, Removal, ServiceRow, Shadowed, Survivor, Trust, preview,
    preview_knowing,
};
pub use profile::{Exception, GuardWishes, Kept, ManagedArn, Profile, SessionTag};
pub use proof::{
    Claim, Premises, Proof, make_real, prove_read_only, session_layers, session_principal, space,
};
pub use restrict::{CallerGroup, Denied, NotRestricted, RestrictedKind, Restriction, Unchanged, restrict};
pub use review::{PolicyReview, ReviewedAction, review};
pub use schema::DocumentSchema;
pub use smaller::{Smaller, smaller};
pub use snapshot::{AccountRole, NamedVersion, RoleSnapshot, account_roles, role_files};
pub use trust::{
    Admitted, CallerTrust, IdentityProvider, IdentityProviders, KeyTrust, OthersAdmitted, ProviderTrust,
    TokenAnswer, TokenTrust, Trial, TrustCaller, TrustDoubt, TrustDoubtKind, TrustPlace, TrustReport,
    TrustVerdict, TrustWays, TrustedCaller, provider_of, trust, try_token,
};
