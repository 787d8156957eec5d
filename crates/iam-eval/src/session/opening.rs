//! The parts of a call to STS.

use std::fmt;

use iam_policy::ArnFields;
use iam_policy::value::Instant;

use super::refusal::Refusals;
use super::{Session, SessionLimits, Tags, Token, account_of, checks};
use crate::context::Context;
use crate::request::Principal;

/// A call of STS that creates a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `AssumeRole`
    AssumeRole,
    /// `AssumeRoleWithWebIdentity`
    AssumeRoleWithWebIdentity,
    /// `GetFederationToken`
    GetFederationToken,
}

impl Operation {
    /// The name of the call.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AssumeRole => "AssumeRole",
            Self::AssumeRoleWithWebIdentity => "AssumeRoleWithWebIdentity",
            Self::GetFederationToken => "GetFederationToken",
        }
    }

    pub(super) fn action(self) -> &'static str {
        match self {
            Self::AssumeRole => "sts:AssumeRole",
            Self::AssumeRoleWithWebIdentity => "sts:AssumeRoleWithWebIdentity",
            Self::GetFederationToken => "sts:GetFederationToken",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The role that is assumed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Role {
    /// Its ARN, with its path.
    pub arn: Box<str>,
    /// Its unique id, such as `AROA…`.
    pub id: Box<str>,
    /// The maximum session duration that the role is set to, in seconds: 3,600 to 43,200.
    pub max_session_duration: i64,
    /// Its tags.
    pub tags: Tags,
}

impl Role {
    /// A role without tags, with the default maximum of one hour.
    pub fn new(arn: impl Into<Box<str>>, id: impl Into<Box<str>>) -> Self {
        Self { arn: arn.into(), id: id.into(), max_session_duration: 3_600, tags: Tags::default() }
    }

    /// The name of the role without its path.
    pub(super) fn name(&self) -> &str {
        ArnFields::split(&self.arn).map_or("", |fields| fields.name())
    }
}

/// The parameters of the call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameters {
    /// `RoleSessionName`, or `Name` of a federated user.
    pub name: Box<str>,
    /// `DurationSeconds`.
    pub duration_seconds: Option<i64>,
    /// `Policy`: the inline session policy.
    pub policy: Option<Box<str>>,
    /// `PolicyArns`: the managed session policies. AWS reads them anew at each request of the session (rule 6.13).
    pub policy_arns: Vec<Box<str>>,
    /// `Tags`. A web identity passes its tags inside the token.
    pub tags: Tags,
    /// `TransitiveTagKeys`.
    pub transitive_tag_keys: Vec<Box<str>>,
    /// `SourceIdentity`.
    pub source_identity: Option<Box<str>>,
    /// `ExternalId`.
    pub external_id: Option<Box<str>>,
}

impl Parameters {
    /// Parameters of a session of that name.
    pub fn named(name: impl Into<Box<str>>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

/// The caller of STS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A caller without AWS credentials, authenticated by an identity provider.
    Provider {
        /// The ARN of the provider, or the domain of a built-in provider.
        provider: Box<str>,
        /// The claims of the token.
        token: Token,
    },
    /// An IAM user.
    IamUser {
        /// Its ARN.
        arn: Box<str>,
        /// Its tags.
        tags: Tags,
    },
    /// The root user of an account.
    Root {
        /// Its ARN.
        arn: Box<str>,
    },
    /// A session of a role: role chaining.
    AssumedRole {
        /// The session's ARN.
        arn: Box<str>,
        /// The role's ARN. If it is `None`, trust policies that name the role cannot be decided.
        role_arn: Option<Box<str>>,
        /// The session's principal tags.
        principal_tags: Tags,
        /// The principal tags that are transitive.
        transitive_tags: Tags,
        /// The session's source identity.
        source_identity: Option<Box<str>>,
    },
    /// A federated user.
    FederatedUser {
        /// Its ARN.
        arn: Box<str>,
    },
}

/// The parts of a call to STS.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Opening {
    /// The call.
    pub operation: Operation,
    /// The role. `None` for [`Operation::GetFederationToken`].
    pub role: Option<Role>,
    /// The parameters.
    pub parameters: Parameters,
    /// The caller.
    pub caller: Caller,
    /// The time of the call. It is `aws:CurrentTime` of the call and `aws:TokenIssueTime` of the session.
    pub now: Instant,
    /// Further condition keys of the call, such as `aws:SourceIp`, `aws:MultiFactorAuthPresent` or `aws:PrincipalOrgID`.
    ///
    /// Keys of this kind that are not here count as unknown, not as absent. A key that follows from the other parts is refused.
    pub call: Context,
}

impl Opening {
    /// A call of `AssumeRoleWithWebIdentity`.
    pub fn web_identity(
        role: Role,
        parameters: Parameters,
        provider: impl Into<Box<str>>,
        token: Token,
        now: Instant,
    ) -> Self {
        Self {
            operation: Operation::AssumeRoleWithWebIdentity,
            role: Some(role),
            parameters,
            caller: Caller::Provider { provider: provider.into(), token },
            now,
            call: Context::new(),
        }
    }

    /// A call of `AssumeRole`.
    pub fn assume_role(role: Role, parameters: Parameters, caller: Caller, now: Instant) -> Self {
        Self {
            operation: Operation::AssumeRole,
            role: Some(role),
            parameters,
            caller,
            now,
            call: Context::new(),
        }
    }

    /// A call of `GetFederationToken`.
    pub fn federation_token(parameters: Parameters, caller: Caller, now: Instant) -> Self {
        Self {
            operation: Operation::GetFederationToken,
            role: None,
            parameters,
            caller,
            now,
            call: Context::new(),
        }
    }

    /// The session that STS would create if the policies allow the call.
    ///
    /// # Errors
    /// Every reason for which STS refuses the call before it asks a policy.
    ///
    /// # Limits
    /// All of [`SessionLimits`].
    pub fn open(self, limits: &SessionLimits) -> Result<Session, Refusals> {
        checks::open(self, limits)
    }

    /// The ARN of the federated user that `GetFederationToken` creates.
    pub(super) fn federated_user_arn(&self) -> Box<str> {
        let (partition, account) = (self.partition(), self.account());
        format!("arn:{partition}:sts::{account}:federated-user/{}", self.parameters.name).into()
    }

    /// The partition in which the session is created.
    pub(super) fn partition(&self) -> &str {
        ArnFields::split(self.owner()).map_or("", |fields| fields.partition)
    }

    /// The account in which the session is created.
    pub(super) fn account(&self) -> &str {
        account_of(self.owner())
    }

    /// The ARN from which the session's account and partition are taken.
    fn owner(&self) -> &str {
        self.role.as_ref().map_or_else(|| self.caller.arn().unwrap_or_default(), |role| &role.arn)
    }
}

impl Caller {
    /// The caller's ARN. `None` if AWS does not know the caller.
    pub(super) fn arn(&self) -> Option<&str> {
        match self {
            Self::IamUser { arn, .. }
            | Self::Root { arn }
            | Self::AssumedRole { arn, .. }
            | Self::FederatedUser { arn } => Some(arn),
            Self::Provider { .. } => None,
        }
    }

    /// The tags that a session created with the caller's credentials inherits (rule 6.9).
    pub(super) fn inherited_tags(&self) -> Tags {
        match self {
            Self::AssumedRole { transitive_tags, .. } => transitive_tags.clone(),
            Self::Provider { .. } | Self::IamUser { .. } | Self::Root { .. } | Self::FederatedUser { .. } => {
                Tags::new()
            }
        }
    }

    /// The source identity that a session created with the caller's credentials inherits (rule 6.11).
    pub(super) fn source_identity(&self) -> Option<&str> {
        match self {
            Self::AssumedRole { source_identity, .. } => source_identity.as_deref(),
            Self::Provider { .. } | Self::IamUser { .. } | Self::Root { .. } | Self::FederatedUser { .. } => {
                None
            }
        }
    }

    /// The principal of the request to STS.
    pub(super) fn principal(&self) -> Principal {
        match self {
            Self::Provider { provider, .. } => Principal::WebIdentity { provider: provider.clone() },
            Self::IamUser { arn, .. } => {
                Principal::IamUser { arn: arn.clone(), account: account_of(arn).into() }
            }
            Self::Root { arn } => Principal::Root { arn: arn.clone(), account: account_of(arn).into() },
            Self::AssumedRole { arn, role_arn, .. } => Principal::AssumedRole {
                arn: arn.clone(),
                role_arn: role_arn.clone().unwrap_or_default(),
                account: account_of(arn).into(),
                service_linked: false,
            },
            Self::FederatedUser { arn } => Principal::FederatedUser {
                arn: arn.clone(),
                user_arn: Box::default(),
                account: account_of(arn).into(),
            },
        }
    }
}
