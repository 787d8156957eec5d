//! How a call ended.

use iam_denial::is_denial_code;

use crate::event::Event;

/// How a call ended, by its error code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Outcome {
    /// Without an error.
    Succeeded,
    /// AWS denied access.
    Denied,
    /// EC2 was asked whether it would do it, and said that it would. Nothing was done.
    DryRun,
    /// The service had too many requests. It may have answered before it looked at permissions.
    Throttled,
    /// With another error. Whether the service had looked at permissions before is not known.
    Failed,
}

impl Outcome {
    /// Every outcome, in the order of their declaration.
    pub const ALL: [Self; 5] = [Self::Succeeded, Self::Denied, Self::DryRun, Self::Throttled, Self::Failed];

    /// How the call of an event ended.
    pub fn of(event: &Event<'_>) -> Self {
        match event.error_code.as_deref().filter(|code| !code.is_empty()) {
            // A failed sign-in has a message alone.
            None if event.error_message.as_deref().is_some_and(|text| !text.is_empty()) => Self::Failed,
            None => Self::Succeeded,
            Some(code) if is_denial_code(code) => Self::Denied,
            Some(code) => Self::of_error(code),
        }
    }

    fn of_error(code: &str) -> Self {
        let name = code.rsplit(['.', '#', ':']).next().unwrap_or_default();
        if name == "DryRunOperation" {
            return Self::DryRun;
        }
        let is_one = THROTTLED.iter().any(|own| name.strip_suffix("Exception").unwrap_or(name) == *own);
        if is_one { Self::Throttled } else { Self::Failed }
    }

    /// Whether what was asked for was done.
    pub const fn is_done(self) -> bool {
        matches!(self, Self::Succeeded)
    }

    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Denied => "denied",
            Self::DryRun => "dry_run",
            Self::Throttled => "throttled",
            Self::Failed => "failed",
        }
    }
}

/// The codes, without `Exception`, with which services refuse a call because there are too many.
///
/// Source: AWS SDKs and Tools Reference Guide, "Retry behavior" (throttling errors), and the EC2 API's error codes.
const THROTTLED: [&str; 11] = [
    "BandwidthLimitExceeded",
    "EC2Throttled",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceeded",
    "RequestLimitExceeded",
    "RequestThrottled",
    "SlowDown",
    "Throttled",
    "Throttling",
    "TooManyRequests",
    "TransactionInProgress",
];
