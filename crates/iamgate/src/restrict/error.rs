//! The reasons why there is no restriction.

use std::fmt;

use iam_json::quoted;
use iam_policy::{BuildError, IdentityStatement};

use super::words::RestrictedKind;

/// The reasons why there is no restriction.
#[derive(Clone, Debug)]
pub enum NotRestricted {
    /// The text is not the ARN of a resource.
    NoArn {
        /// The text, in backticks.
        found: String,
    },
    /// The ARN has a wildcard or a variable, so that it does not name one resource.
    NotOne {
        /// The ARN, in backticks.
        found: String,
        /// What it has, such as `a wildcard`.
        what: &'static str,
    },
    /// AWS permits no resource with such a name.
    NoName {
        /// The ARN, in backticks.
        found: String,
        /// What AWS permits.
        rule: &'static str,
    },
    /// AWS permits no session tag with such a key, or policies cannot name it.
    NoTag {
        /// The key, in backticks.
        found: String,
        /// What AWS permits.
        rule: &'static str,
    },
    /// No policy of such resources is known that could have the statement.
    NoPolicy {
        /// The service.
        service: Box<str>,
        /// Why, and by which source.
        why: String,
        /// The statement with the same effect in a policy of the role.
        in_role: Box<IdentityStatement>,
    },
    /// The policy that the resource has must be given.
    PolicyNeeded {
        /// The kind of the resource that has the policy.
        holder: RestrictedKind,
        /// Why.
        why: &'static str,
        /// The command that prints it.
        fetch: String,
    },
    /// The given account is not an account id.
    NoAccount {
        /// The text, in backticks.
        found: String,
    },
    /// The given account is not the one in the ARN.
    OtherAccount {
        /// The given account.
        given: Box<str>,
        /// The account in the ARN, in backticks.
        found: String,
    },
    /// The policy is not a policy of a resource.
    Policy(BuildError),
}

/// Writes a sentence without its full stop.
impl fmt::Display for NotRestricted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoArn { found } => write!(f, "{found} is no ARN of a resource"),
            Self::NotOne { found, what } => {
                write!(f, "{found} has {what}, so that it does not name one resource")
            }
            Self::NoPolicy { service, why, in_role } => write!(
                f,
                "such resources of {} have no policy of their own that could hold the statement: {why}; put this into a policy of the role instead: {in_role}",
                quoted(service)
            ),
            Self::PolicyNeeded { holder, why, fetch } => {
                write!(f, "the policy of the {holder} is needed: {why}; `{fetch}` prints it")
            }
            Self::NoName { found, rule } => {
                write!(f, "AWS permits no resource with the name in {found}: {rule}")
            }
            Self::NoTag { found, rule } => write!(f, "{found} is no key of a session tag: {rule}"),
            Self::NoAccount { found } => write!(f, "{found} is no account"),
            Self::OtherAccount { given, found } => {
                write!(f, "the account is {given}, and the ARN says {found}")
            }
            Self::Policy(error) => write!(f, "the statement does not belong into the policy: {error}"),
        }
    }
}

impl std::error::Error for NotRestricted {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Policy(error) => Some(error),
            Self::NoArn { .. }
            | Self::NotOne { .. }
            | Self::NoName { .. }
            | Self::NoTag { .. }
            | Self::NoPolicy { .. }
            | Self::PolicyNeeded { .. }
            | Self::NoAccount { .. }
            | Self::OtherAccount { .. } => None,
        }
    }
}
