//! What is said of one event.

use iam_trail::{NoDecision, UnknownReason};

/// What is said of one event, held against a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum EventVerdict {
    /// The call succeeded, and the plan allows it whatever the record does not tell.
    AsPlanned,
    /// AWS denied access, and the plan denies it whatever the record does not tell.
    DeniedAsPlanned,
    /// AWS denied access, and the plan allows it: something else denied, such as a policy of the resource or of the organization.
    RefusedByOthers,
    /// The call succeeded, and the plan denies it whatever the record does not tell. The event is the witness.
    Outside,
    /// It hangs on what the record does not tell whether the plan allows the call.
    NotProven,
    /// Nobody knows which permission the call needed.
    CannotBeJudged(CannotBeJudged),
    /// Policies of the session did not decide, or it is not known that they did.
    NotADecision(NotADecision),
}

impl EventVerdict {
    /// The name in JSON, such as `outside_the_plan`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AsPlanned => "as_planned",
            Self::DeniedAsPlanned => "denied_as_planned",
            Self::RefusedByOthers => "refused_by_others",
            Self::Outside => "outside_the_plan",
            Self::NotProven => "not_proven",
            Self::CannotBeJudged(_) => "cannot_be_judged",
            Self::NotADecision(_) => "not_a_decision",
        }
    }

    /// The code of the reason, where a verdict has one.
    pub const fn reason(self) -> Option<&'static str> {
        match self {
            Self::CannotBeJudged(reason) => Some(reason.name()),
            Self::NotADecision(reason) => Some(reason.name()),
            Self::AsPlanned
            | Self::DeniedAsPlanned
            | Self::RefusedByOthers
            | Self::Outside
            | Self::NotProven => None,
        }
    }
}

/// Why an event cannot be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum CannotBeJudged {
    /// The record has no source or no name.
    NoName,
    /// The type of the event is none of those that CloudTrail documents.
    EventType,
    /// The service is unknown.
    Service,
    /// The operation is unknown: the service is known.
    Operation,
    /// An operation of a console that no page describes.
    ConsoleInternal,
}

impl CannotBeJudged {
    /// Every reason.
    pub const ALL: [Self; 5] =
        [Self::NoName, Self::EventType, Self::Service, Self::Operation, Self::ConsoleInternal];

    /// The code in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoName => "no_name",
            Self::EventType => "event_type",
            Self::Service => "unknown_service",
            Self::Operation => "unknown_operation",
            Self::ConsoleInternal => "console_internal",
        }
    }
}

impl From<UnknownReason> for CannotBeJudged {
    fn from(reason: UnknownReason) -> Self {
        match reason {
            UnknownReason::NoName => Self::NoName,
            UnknownReason::EventType => Self::EventType,
            UnknownReason::Service => Self::Service,
            UnknownReason::Operation => Self::Operation,
            UnknownReason::ConsoleInternal => Self::ConsoleInternal,
        }
    }
}

/// Why an event is no decision of the session's policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NotADecision {
    /// A sign-in to the console.
    SignIn,
    /// Something that a service did by itself.
    ServiceEvent,
    /// An unusual rate of calls or errors, which CloudTrail Insights found.
    Insight,
    /// A request as the owner of a VPC endpoint sees it. The request itself has another event.
    NetworkActivity,
    /// An operation that everybody may call.
    NoPermissionNeeded,
    /// The trust policy of a role alone decided.
    TrustPolicy,
    /// EC2 said that it would do it, and did not do it.
    DryRun,
    /// The service had too many requests. It may have answered before it looked at permissions.
    Throttled,
    /// Another error. Whether the service had looked at permissions before is not known.
    Failed,
}

impl NotADecision {
    /// Every reason.
    pub const ALL: [Self; 9] = [
        Self::SignIn,
        Self::ServiceEvent,
        Self::Insight,
        Self::NetworkActivity,
        Self::NoPermissionNeeded,
        Self::TrustPolicy,
        Self::DryRun,
        Self::Throttled,
        Self::Failed,
    ];

    /// The code in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::ServiceEvent => "service_event",
            Self::Insight => "insight",
            Self::NetworkActivity => "network_activity",
            Self::NoPermissionNeeded => "no_permission_needed",
            Self::TrustPolicy => "trust_policy",
            Self::DryRun => "dry_run",
            Self::Throttled => "throttled",
            Self::Failed => "failed",
        }
    }
}

impl From<NoDecision<'_>> for NotADecision {
    fn from(reason: NoDecision<'_>) -> Self {
        match reason {
            NoDecision::SignIn => Self::SignIn,
            NoDecision::ServiceEvent => Self::ServiceEvent,
            NoDecision::Insight => Self::Insight,
            NoDecision::NetworkActivity => Self::NetworkActivity,
            NoDecision::NoPermissionNeeded(_) => Self::NoPermissionNeeded,
        }
    }
}
