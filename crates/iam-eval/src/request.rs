//! Requests: who asks for what, on which resource.

use crate::context::Context;
use crate::index::ActionKeys;

/// One request. Its context is complete: keys that are not in it are absent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// Who asks.
    pub principal: Principal,
    /// What is asked for: service prefix, colon, name. Case does not matter.
    pub action: Action,
    /// On what: an ARN, or `*` for requests that have no resource (rule 3.6). Wildcards in it are ordinary characters. Compared as
    /// it is: give the canonical form that the service uses.
    pub resource: Box<str>,
    /// The account that owns the resource, if there is one: it decides between same and cross account (rule 5.13). Without it the account
    /// in the resource's ARN counts, and without that the principal's own.
    pub resource_account: Option<Box<str>>,
    /// What the resource is, as far as the decision rules differ.
    pub resource_kind: ResourceKind,
    /// The values of condition keys.
    pub context: Context,
}

impl Request {
    /// A request on a generic resource, without context.
    pub fn new(principal: Principal, action: Action, resource: impl Into<Box<str>>) -> Self {
        Self {
            principal,
            action,
            resource: resource.into(),
            resource_account: None,
            resource_kind: ResourceKind::Generic,
            context: Context::new(),
        }
    }

    /// The same with the account that owns the resource.
    #[must_use]
    pub fn owned_by(mut self, account: impl Into<Box<str>>) -> Self {
        self.resource_account = Some(account.into());
        self
    }

    /// The same on another kind of resource.
    #[must_use]
    pub fn on(mut self, kind: ResourceKind) -> Self {
        self.resource_kind = kind;
        self
    }

    /// The same with that context.
    #[must_use]
    pub fn with_context(mut self, context: Context) -> Self {
        self.context = context;
        self
    }
}

/// The name of an action: `service:Name`, no wildcards.
#[derive(Clone, Debug)]
pub struct Action {
    name: Box<str>,
    keys: ActionKeys,
}

impl Action {
    /// The action of that name, or nothing if it is not a prefix, a colon and a name without wildcards.
    pub fn new(name: &str) -> Option<Self> {
        let (service, rest) = name.split_once(':')?;
        let plain =
            |t: &str| !t.is_empty() && t.bytes().all(|b| b > b' ' && !matches!(b, b'*' | b'?' | b':'));
        if !plain(service) || !plain(rest) {
            return None;
        }
        Some(Self { name: name.into(), keys: ActionKeys::of(service, rest) })
    }

    /// The name as given.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    pub(crate) const fn keys(&self) -> &ActionKeys {
        &self.keys
    }
}

impl PartialEq for Action {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Action {}

/// What the resource is, as far as the decision rules differ (rule 5.23).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a new kind must be looked at wherever layers are combined")]
pub enum ResourceKind {
    /// Anything else.
    Generic,
    /// A role that is to be assumed; the resource policy is its trust policy.
    IamRoleTrust,
    /// A KMS key; the resource policy is its key policy.
    KmsKey,
}

/// Who asks (rule 5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a new principal must be looked at wherever principals are matched"
)]
pub enum Principal {
    /// An IAM user, also with credentials of `GetSessionToken`.
    IamUser {
        /// The user's ARN.
        arn: Box<str>,
        /// The user's account.
        account: Box<str>,
    },
    /// A session of a role.
    AssumedRole {
        /// The session's ARN.
        arn: Box<str>,
        /// The role's ARN, with its path, which the session's ARN does not have (rule 5.4).
        role_arn: Box<str>,
        /// The role's account.
        account: Box<str>,
        /// Whether the role is service-linked: SCPs and RCPs do not apply to it (rules 5.40, 5.41).
        service_linked: bool,
    },
    /// A federated user of `GetFederationToken`. Identity policies and boundary are those of the IAM user.
    FederatedUser {
        /// The federated user's ARN.
        arn: Box<str>,
        /// The ARN of the IAM user who called `GetFederationToken`.
        user_arn: Box<str>,
        /// The account of both.
        account: Box<str>,
    },
    /// The root user of an account.
    Root {
        /// The root user's ARN.
        arn: Box<str>,
        /// The account.
        account: Box<str>,
    },
    /// A service principal that calls on its own behalf.
    AwsService {
        /// The service principal's name, such as `cloudtrail.amazonaws.com`.
        service: Box<str>,
    },
    /// A request without credentials.
    Anonymous,
    /// The caller of `AssumeRoleWithWebIdentity`, authenticated by an identity provider.
    WebIdentity {
        /// ARN of the provider, or the domain of a built-in one.
        provider: Box<str>,
    },
    /// The caller of `AssumeRoleWithSAML`.
    Saml {
        /// ARN of the provider.
        provider: Box<str>,
    },
}

impl Principal {
    /// A session of a role that is not service-linked.
    pub fn assumed_role(
        arn: impl Into<Box<str>>,
        role_arn: impl Into<Box<str>>,
        account: impl Into<Box<str>>,
    ) -> Self {
        Self::AssumedRole {
            arn: arn.into(),
            role_arn: role_arn.into(),
            account: account.into(),
            service_linked: false,
        }
    }

    /// An IAM user.
    pub fn iam_user(arn: impl Into<Box<str>>, account: impl Into<Box<str>>) -> Self {
        Self::IamUser { arn: arn.into(), account: account.into() }
    }

    /// The account, of principals that have one (rule 5.13).
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::IamUser { account, .. }
            | Self::AssumedRole { account, .. }
            | Self::FederatedUser { account, .. }
            | Self::Root { account, .. } => Some(account),
            Self::AwsService { .. } | Self::Anonymous | Self::WebIdentity { .. } | Self::Saml { .. } => None,
        }
    }

    /// The ARN, of principals that have one.
    pub fn arn(&self) -> Option<&str> {
        match self {
            Self::IamUser { arn, .. }
            | Self::AssumedRole { arn, .. }
            | Self::FederatedUser { arn, .. }
            | Self::Root { arn, .. } => Some(arn),
            Self::AwsService { .. } | Self::Anonymous | Self::WebIdentity { .. } | Self::Saml { .. } => None,
        }
    }
}

/// The partition of an ARN.
pub(crate) fn arn_partition(arn: &str) -> Option<&str> {
    let rest = arn.strip_prefix("arn:")?;
    let end = rest.bytes().position(|b| b == b':').unwrap_or(rest.len());
    rest.get(..end).filter(|partition| !partition.is_empty())
}

/// A field of an ARN, counted from 0: the text between two colons, or behind the last.
pub(crate) fn field(arn: &str, number: usize) -> Option<&str> {
    let (mut start, mut left) = (0_usize, number);
    for (at, byte) in arn.bytes().enumerate() {
        if byte == b':' {
            if left == 0 {
                return arn.get(start..at);
            }
            left = left.saturating_sub(1);
            start = at.saturating_add(1);
        }
    }
    if left == 0 { arn.get(start..) } else { None }
}
