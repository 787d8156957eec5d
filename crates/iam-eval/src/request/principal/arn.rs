//! Principals from ARNs.

use std::fmt;

use iam_json::quoted;
use iam_policy::{ArnFields, IamResource, NamedPrincipal, is_account};

use super::Principal;

/// Why an ARN does not identify a principal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PrincipalArnError {
    /// The text is not the ARN of a user, session, federated user, root user or identity provider.
    Nobody {
        /// The text, in backticks.
        found: Box<str>,
    },
    /// The text is the ARN of a role. A role acts through a session.
    Role {
        /// The ARN of a session of the role, with `SESSION` in place of its name.
        session: Box<str>,
    },
    /// The text is the ARN of a federated user. It does not say which IAM user's permissions apply.
    FederatedUser {
        /// The account of the federated user.
        account: Box<str>,
    },
}

impl Principal {
    /// The principal that an ARN identifies: a user, a role session, a root user, or an identity provider.
    ///
    /// The ARN of an identity provider stands for the callers that it has authenticated.
    ///
    /// The ARN of a session does not contain the path of its role (rule 5.4), so the role is assumed to have no path. If you know the role,
    /// use [`Principal::assumed_role`].
    ///
    /// # Errors
    /// [`PrincipalArnError`] if the ARN is that of a role or a federated user, which says too little, or not that of a principal.
    ///
    /// # Examples
    /// ```
    /// use iam_eval::Principal;
    ///
    /// let session = Principal::from_arn("arn:aws:sts::111122223333:assumed-role/app/s1")?;
    /// assert!(matches!(&session, Principal::AssumedRole { role_arn, .. } if &**role_arn == "arn:aws:iam::111122223333:role/app"));
    ///
    /// let role = Principal::from_arn("arn:aws:iam::111122223333:role/app").unwrap_err();
    /// assert_eq!(role.to_string(), "a role acts through a session, such as arn:aws:sts::111122223333:assumed-role/app/SESSION");
    /// # Ok::<(), iam_eval::PrincipalArnError>(())
    /// ```
    pub fn from_arn(arn: &str) -> Result<Self, PrincipalArnError> {
        let nobody = || PrincipalArnError::Nobody { found: quoted(arn).into() };
        // What a policy cannot name is nobody's ARN: an empty or foreign partition, a Region, names with wildcards.
        let is_named = NamedPrincipal::parse_aws(arn).is_ok() || NamedPrincipal::parse_federated(arn).is_ok();
        let fields = ArnFields::split(arn)
            .filter(|fields| is_named && is_account(fields.account))
            .ok_or_else(nobody)?;
        let (partition, account) = (fields.partition, fields.account);
        let owned = || (Box::from(arn), Box::from(account));
        match fields.iam() {
            Some(IamResource::Root) => {
                let (arn, account) = owned();
                Ok(Self::Root { arn, account })
            }
            Some(IamResource::User(_)) => {
                let (arn, account) = owned();
                Ok(Self::IamUser { arn, account })
            }
            Some(IamResource::OidcProvider(_)) => Ok(Self::WebIdentity { provider: arn.into() }),
            Some(IamResource::SamlProvider(_)) => Ok(Self::Saml { provider: arn.into() }),
            Some(IamResource::AssumedRole { role, .. }) => {
                let (arn, own) = owned();
                let role_arn = IamResource::Role(role).arn(partition, account).into();
                Ok(Self::AssumedRole { arn, role_arn, account: own, service_linked: false })
            }
            Some(IamResource::Role(_)) => {
                let session = IamResource::AssumedRole { role: fields.name(), session: "SESSION" };
                Err(PrincipalArnError::Role { session: session.arn(partition, account).into() })
            }
            Some(IamResource::FederatedUser(_)) => {
                Err(PrincipalArnError::FederatedUser { account: account.into() })
            }
            Some(IamResource::Policy(_)) | None => Err(nobody()),
        }
    }
}

impl fmt::Display for PrincipalArnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody { found } => write!(
                f,
                "{found} is not the ARN of a user, a session, a federated user, a root user or an identity provider"
            ),
            Self::Role { session } => write!(f, "a role acts through a session, such as {session}"),
            Self::FederatedUser { .. } => f.write_str(
                "a federated user has the permissions of the user who made it, whom its ARN does not name",
            ),
        }
    }
}

impl std::error::Error for PrincipalArnError {}
