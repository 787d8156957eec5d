//! The principals that make requests.

mod arn;
mod check;
mod keys;

use crate::principal::Grant;
pub use arn::PrincipalArnError;
pub use check::InvalidPrincipal;
use iam_policy::{ArnFields, IamResource, RoleArn, SessionArn};

/// The principal that makes a request (rule 5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// An IAM user, with credentials of its own or from `GetSessionToken`.
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
        /// The role's ARN with its path. The session's ARN does not contain the path (rule 5.4).
        role_arn: Box<str>,
        /// The role's account.
        account: Box<str>,
        /// Whether the role is service-linked: SCPs and RCPs do not apply to it (rules 5.40, 5.41).
        service_linked: bool,
    },
    /// A federated user of `GetFederationToken`. The IAM user's identity policies and boundary apply to it.
    FederatedUser {
        /// The federated user's ARN.
        arn: Box<str>,
        /// The ARN of the IAM user who called `GetFederationToken`.
        user_arn: Box<str>,
        /// The account of the federated user and of the IAM user.
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
        /// The ARN of the provider, or the domain of a built-in provider.
        provider: Box<str>,
    },
    /// The caller of `AssumeRoleWithSAML`.
    Saml {
        /// The ARN of the provider.
        provider: Box<str>,
    },
}

impl Principal {
    /// The ARN by which a statement names the principal with this strength (rule 5.2): its own, or that of its role or its user. `None` for
    /// [`Grant::None`], and for principals without one.
    pub fn named_as(&self, grant: Grant) -> Option<&str> {
        match (self, grant) {
            (_, Grant::None) => None,
            (Self::AssumedRole { role_arn, .. }, Grant::Limited) => Some(role_arn),
            (Self::FederatedUser { user_arn, .. }, Grant::Limited) => Some(user_arn),
            (_, Grant::Account) => self.account(),
            (_, Grant::Limited | Grant::Direct) => self.arn(),
        }
    }

    /// A session of a role that is not service-linked.
    ///
    /// # Examples
    /// ```
    /// use iam_eval::Principal;
    /// use iam_policy::RoleArn;
    ///
    /// let role: RoleArn = "arn:aws:iam::111122223333:role/ops/app".parse()?;
    /// let session = Principal::assumed_role(&"arn:aws:sts::111122223333:assumed-role/app/s1".parse()?, &role);
    /// assert_eq!(session.account(), Some("111122223333"));
    /// # Ok::<(), iam_policy::ArnError>(())
    /// ```
    pub fn assumed_role(session: &SessionArn, role: &RoleArn) -> Self {
        Self::AssumedRole {
            arn: session.as_str().into(),
            role_arn: role.as_str().into(),
            account: role.account().as_str().into(),
            service_linked: false,
        }
    }

    /// The principal's account. `None` if it has no account (rule 5.13).
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::IamUser { account, .. }
            | Self::AssumedRole { account, .. }
            | Self::FederatedUser { account, .. }
            | Self::Root { account, .. } => Some(account),
            Self::AwsService { .. } | Self::Anonymous | Self::WebIdentity { .. } | Self::Saml { .. } => None,
        }
    }

    /// Whether the principal has every permission of its account without an identity policy: the root user, and the federated users that the
    /// root user makes (rules 5.25, 6.19).
    ///
    /// # Examples
    /// ```
    /// use iam_eval::Principal;
    ///
    /// let root = "arn:aws:iam::111122223333:root";
    /// assert!(Principal::from_arn(root).unwrap().has_every_permission());
    /// let kiosk = Principal::FederatedUser {
    ///     arn: "arn:aws:sts::111122223333:federated-user/kiosk".into(),
    ///     user_arn: root.into(),
    ///     account: "111122223333".into(),
    /// };
    /// assert!(kiosk.has_every_permission());
    /// ```
    pub fn has_every_permission(&self) -> bool {
        match self {
            Self::Root { .. } => true,
            Self::FederatedUser { user_arn, .. } => {
                ArnFields::split(user_arn).and_then(|fields| fields.iam()) == Some(IamResource::Root)
            }
            Self::IamUser { .. }
            | Self::AssumedRole { .. }
            | Self::AwsService { .. }
            | Self::Anonymous
            | Self::WebIdentity { .. }
            | Self::Saml { .. } => false,
        }
    }

    /// The principal's ARN. `None` if it has no ARN.
    pub fn arn(&self) -> Option<&str> {
        match self {
            Self::IamUser { arn, .. }
            | Self::AssumedRole { arn, .. }
            | Self::FederatedUser { arn, .. }
            | Self::Root { arn, .. } => Some(arn),
            Self::AwsService { .. } | Self::Anonymous | Self::WebIdentity { .. } | Self::Saml { .. } => None,
        }
    }
    /// Whether the principal signs its requests with credentials of AWS (rule 5.55).
    ///
    /// Users, sessions and services do. Callers without credentials do not, and neither do those whom an identity provider has
    /// authenticated: they send a token or an assertion, and get credentials from STS. The call `sts:GetCallerIdentity` needs no permission,
    /// but it needs a signature.
    ///
    /// # Source
    /// AWS STS API Reference, `API_GetCallerIdentity`; rule 5.55.
    ///
    /// # Examples
    /// ```
    /// use iam_eval::Principal;
    ///
    /// let ana = Principal::from_arn("arn:aws:iam::111122223333:user/ana")?;
    /// assert!(ana.is_signed());
    /// assert!(!Principal::Anonymous.is_signed());
    /// # Ok::<(), iam_eval::PrincipalArnError>(())
    /// ```
    pub const fn is_signed(&self) -> bool {
        match self {
            Self::IamUser { .. }
            | Self::AssumedRole { .. }
            | Self::FederatedUser { .. }
            | Self::Root { .. }
            | Self::AwsService { .. } => true,
            Self::Anonymous | Self::WebIdentity { .. } | Self::Saml { .. } => false,
        }
    }
}
