//! Explanations: a decision and the parts that it was made from.

use std::fmt;

use iam_policy::{
    ActionElement, Effect, Policy, Position, PrincipalElement, ResourceElement, Statement, Test,
};

use crate::combine::Decision;
use crate::context::ContextValue;
use crate::layers::{Layer, PolicyRef};
use crate::principal::Grant;
use crate::truth::{Certainty, Outcomes};

/// A decision and its reasons.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Trace<'l> {
    /// The decision that [`crate::Layers::decide`] returns.
    pub decision: Decision,
    /// The reason for the decision.
    pub reason: Reason,
    /// The statements that brought the decision about, in the order of the layers.
    ///
    /// - [`Decision::ExplicitDeny`]: the Deny statements that apply.
    /// - [`Decision::Allowed`]: the Allow statements of the layers that grant the request.
    /// - [`Decision::Depends`]: the statements that an unknown key switches.
    /// - [`Decision::ImplicitDeny`]: none. [`Trace::reason`] names the layers that would have to allow.
    pub deciding: Vec<StatementRef>,
    /// Each layer that exists, in the order of [`Layer::ALL`].
    pub layers: Vec<LayerTrace<'l>>,
    /// Single changes that would change the decision. If a key has several spellings, those that lead to the same for each of its values.
    pub flips: Vec<Flip>,
    /// For [`Decision::ImplicitDeny`]: everything that would have to allow and does not. If each of these had an Allow statement that applies,
    /// the request would be allowed. Empty if that is not so.
    pub lacks: Vec<Lack>,
    /// The absent and unknown keys that the decision depends on.
    pub keys: Vec<KeyNote>,
}

/// The reason for a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The request is allowed, because each of these layers allows.
    Granted {
        /// The layers.
        by: Vec<Layer>,
        /// How the resource policy names the principal, if it takes part.
        grant: Grant,
    },
    /// Deny statements apply in these layers.
    Denied {
        /// The layers.
        by: Vec<Layer>,
    },
    /// The request is not allowed, because these layers would have to allow and do not.
    NotGranted {
        /// The layers.
        missing: Vec<Layer>,
    },
    /// A federated user without a session policy has no permissions of its own (rule 6.14).
    FederatedWithoutSession,
    /// The principal and the resource lie in different partitions (rule 5.34).
    OtherPartition,
    /// The decision depends on the values of unknown keys.
    Unknown,
    /// The policies need more steps than a decision may take: see [`crate::Budget`].
    OverBudget,
}

/// The place of a statement among the layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct StatementRef {
    /// The place of its policy.
    pub policy: PolicyRef,
    /// Its index in the policy.
    pub index: usize,
}

impl StatementRef {
    /// The place of the statement with this index in a policy.
    pub const fn new(policy: PolicyRef, index: usize) -> Self {
        Self { policy, index }
    }
}

/// A statement that applies to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Applying {
    /// The place of the statement.
    pub at: StatementRef,
    /// Whether the statement certainly applies. It is never [`Certainty::Never`].
    pub certainty: Certainty,
}

impl Reason {
    /// The name in JSON output, such as `not_granted`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Granted { .. } => "granted",
            Self::Denied { .. } => "denied",
            Self::NotGranted { .. } => "not_granted",
            Self::FederatedWithoutSession => "federated_without_session",
            Self::OtherPartition => "other_partition",
            Self::Unknown => "unknown",
            Self::OverBudget => "over_budget",
        }
    }

    /// The layers that the reason names: those that grant, that deny, or that would have to allow.
    pub fn layers(&self) -> &[Layer] {
        match self {
            Self::Granted { by, .. } | Self::Denied { by } => by,
            Self::NotGranted { missing } => missing,
            Self::FederatedWithoutSession | Self::OtherPartition | Self::Unknown | Self::OverBudget => &[],
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a layer that exists is not asked about a request.
///
/// [`fmt::Display`] says it in words, with the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NotAsked {
    /// The principal has no account, so it has no policies of its own.
    NoAccount,
    /// Service control policies: the principal is not a user or role of an organization's account.
    NoMember,
    /// Service control policies: the role is service-linked.
    ServiceLinkedScp,
    /// Resource control policies: the role is service-linked.
    ServiceLinkedRcp,
    /// Resource control policies: the action is `kms:RetireGrant`.
    RetireGrant,
    /// The action needs no permission.
    NoPermissionNeeded,
}

impl fmt::Display for NotAsked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoAccount => "the principal has no account (rule 5.13)",
            Self::NoMember => {
                "service control policies are for users and roles of the organization (rule 5.40)"
            }
            Self::ServiceLinkedScp => "service-linked roles are exempt (rule 5.40)",
            Self::ServiceLinkedRcp => "service-linked roles are exempt (rule 5.41)",
            Self::RetireGrant => "kms:RetireGrant is exempt (rule 5.41)",
            Self::NoPermissionNeeded => "the action needs no permission (rule 5.55)",
        })
    }
}

/// One layer.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LayerTrace<'l> {
    /// The layer.
    pub layer: Layer,
    /// Why the layer was not asked. `None` if it was asked.
    pub not_asked: Option<NotAsked>,
    /// Whether it allows.
    pub allows: Certainty,
    /// Whether it denies.
    pub denies: Certainty,
    /// The strongest certain grant of the resource policy.
    pub grant: Grant,
    /// The statements of the layer. Empty if the layer was not asked.
    pub statements: Vec<StatementTrace<'l>>,
}

/// One statement.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StatementTrace<'l> {
    /// The place of the statement among the layers.
    pub at: StatementRef,
    /// The line and column of the statement's first character in its document.
    pub position: Position,
    /// The policy.
    pub policy: &'l Policy,
    /// The statement.
    pub statement: &'l Statement,
    /// Whether the statement applies. An indeterminate part keeps an Allow from applying, but not a Deny (rules 3.27, 4.22).
    pub applies: Certainty,
    /// How strongly the statement names the principal. [`Grant::Direct`] in policies that name none.
    pub principal: Grant,
    /// The names of the principal that its `NotPrincipal` does not list: with them, the principal would be exempt (rule 5.7). Empty if no names would
    /// exempt it, and for other statements.
    pub unlisted: Vec<Box<str>>,
    /// Whether the action element matches the request's action.
    pub action: bool,
    /// The index of the pattern that matched the action. For `NotAction`, the pattern that excluded it.
    pub action_pattern: Option<usize>,
    /// Whether the resource element matches the request's resource.
    pub resource: Outcomes,
    /// The index of the pattern that matched the resource. For `NotResource`, the pattern that excluded it.
    pub resource_pattern: Option<usize>,
    /// Each test of its condition, in order.
    pub conditions: Vec<ConditionTrace<'l>>,
}

impl StatementTrace<'_> {
    /// Whether the statement allows or denies.
    pub const fn effect(&self) -> Effect {
        self.statement.effect.value
    }

    /// The parts that keep the statement from certainly applying.
    pub fn failing(&self) -> Vec<Part> {
        let holds = |outcomes| Certainty::of(self.effect(), outcomes) == Certainty::Always;
        let mut parts = Vec::new();
        if self.principal == Grant::None {
            parts.push(Part::Principal);
        }
        if !self.action {
            parts.push(Part::Action);
        }
        if !holds(self.resource) {
            parts.push(Part::Resource);
        }
        parts.extend(
            self.conditions
                .iter()
                .enumerate()
                .filter(|(_, c)| !holds(c.outcomes))
                .map(|(i, _)| Part::Condition(i)),
        );
        parts
    }
}

/// A part of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// `Principal` or `NotPrincipal`.
    Principal,
    /// `Action` or `NotAction`.
    Action,
    /// `Resource` or `NotResource`.
    Resource,
    /// The test with this index.
    Condition(usize),
}

/// One test of a condition.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ConditionTrace<'l> {
    /// The operator.
    pub test: Test,
    /// The key, as the policy spells it.
    pub key: &'l str,
    /// The values in the policy, as written.
    pub wanted: Vec<&'l str>,
    /// The value in the request.
    pub seen: Seen,
    /// The outcomes that the test may have.
    pub outcomes: Outcomes,
    /// The line and column of the key in its document.
    pub position: Position,
}

/// The value that a request has for a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The key is absent.
    Absent,
    /// The value is not known.
    Unknown,
    /// The request has the key in several spellings, each with its value (rule 4.5).
    Twice(Vec<(Box<str>, ContextValue)>),
    /// One value.
    Single(Box<str>),
    /// A list of values. It may have one value or none.
    Multiple(Vec<Box<str>>),
}

/// A single change that would change the decision.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Flip {
    /// The statement that would have to start or stop applying. `None` if an Allow statement would have to be added.
    pub statement: Option<StatementRef>,
    /// The layer of the statement.
    pub layer: Layer,
    /// The level to which an Allow statement would have to be added, counted from the root, from 0. `None` in layers without levels.
    pub level: Option<usize>,
    /// How strongly a statement of the resource policy would have to name the principal: the least that suffices. `None` for other changes.
    pub grant: Option<Grant>,
    /// The change.
    pub change: Change,
    /// The decision after the change.
    pub decision: Decision,
}

/// A layer, or a level of one, that would have to allow and does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lack {
    /// The layer.
    pub layer: Layer,
    /// The level, counted from the root, from 0. `None` in layers without levels.
    pub level: Option<usize>,
    /// Whether it has no Allow statement at all, about whatever action.
    pub is_silent: bool,
}

/// A change to one statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// The statement would have to apply. Only this part of it does not match.
    Match(Part),
    /// The statement would have to stop applying.
    Stop,
    /// An Allow statement that applies would have to be added to the layer.
    AddAllow,
    /// The Allow statement of the resource policy would have to name the principal itself, or its role. It names the role or the account
    /// (rules 5.20 to 5.22).
    Name,
}

/// A key that is absent or unknown, and on which the decision depends.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyNote {
    /// The key, as the first policy that tests it spells it.
    pub key: Box<str>,
    /// Whether the value of the key is unknown. Otherwise the key is absent.
    pub is_unknown: bool,
    /// The statements whose tests of the key matter.
    pub statements: Vec<StatementRef>,
}

impl Seen {
    /// The name in JSON output: `absent`, `unknown`, `twice`, `single` or `multiple`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Unknown => "unknown",
            Self::Twice(_) => "twice",
            Self::Single(_) => "single",
            Self::Multiple(_) => "multiple",
        }
    }
}

impl Change {
    /// The name in JSON output: `match`, `stop`, `add_allow` or `name`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Match(_) => "match",
            Self::Stop => "stop",
            Self::AddAllow => "add_allow",
            Self::Name => "name",
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Part {
    /// The name of the element in this statement, such as `NotAction`.
    pub fn element(self, statement: &Statement) -> &'static str {
        match self {
            Self::Principal => match &statement.principal {
                Some(PrincipalElement::NotPrincipal(_)) => "NotPrincipal",
                Some(PrincipalElement::Principal(_)) | None => "Principal",
            },
            Self::Action => match &statement.action {
                ActionElement::Action(_) => "Action",
                ActionElement::NotAction(_) => "NotAction",
            },
            Self::Resource => match &statement.resource {
                Some(ResourceElement::NotResource(_)) => "NotResource",
                Some(ResourceElement::Resource(_)) | None => "Resource",
            },
            Self::Condition(_) => "Condition",
        }
    }
}
