//! Whether a principal agrees with itself.

use std::fmt;

use iam_json::quoted;
use iam_policy::{ArnFields, NamedPrincipal, is_account};

use super::{Principal, PrincipalArnError};

/// A member of a principal that cannot be right: it is not of its kind, or contradicts another member.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidPrincipal {
    /// The member, as it is named in JSON: `arn`, `role_arn`, `user_arn`, `account`, `service` or `provider`.
    pub member: &'static str,
    /// What is wrong with it.
    pub found: Box<str>,
    /// What it may be.
    pub help: &'static str,
}

impl fmt::Display for InvalidPrincipal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.member, self.found, self.help)
    }
}

impl std::error::Error for InvalidPrincipal {}

impl Principal {
    /// Checks that each member is of its kind, and that the members agree: accounts, partitions, and the names of role and session.
    ///
    /// Requests are not checked when they are decided. A principal that contradicts itself is decided member by member. Readers of requests
    /// check it for this reason.
    ///
    /// # Errors
    /// The first member that is wrong.
    ///
    /// # Examples
    /// ```
    /// use iam_eval::Principal;
    ///
    /// let arn = "arn:aws:iam::111122223333:user/ana";
    /// let ana = |account: &str| Principal::IamUser { arn: arn.into(), account: account.into() };
    /// assert!(ana("111122223333").check().is_ok());
    /// assert_eq!(ana("444455556666").check().unwrap_err().member, "account");
    /// ```
    pub fn check(&self) -> Result<(), InvalidPrincipal> {
        match self {
            Self::IamUser { arn, account } => {
                let is_user = matches!(Self::from_arn(arn), Ok(Self::IamUser { .. }));
                need(is_user, "arn", arn, "the ARN of a user, such as arn:aws:iam::111122223333:user/ana")?;
                of_account(arn, account)
            }
            Self::Root { arn, account } => {
                let is_root = matches!(Self::from_arn(arn), Ok(Self::Root { .. }));
                need(is_root, "arn", arn, "the ARN of a root user, such as arn:aws:iam::111122223333:root")?;
                of_account(arn, account)
            }
            Self::AssumedRole { arn, role_arn, account, .. } => {
                const SESSION: &str =
                    "the ARN of a session, such as arn:aws:sts::111122223333:assumed-role/app/s1";
                const ROLE: &str = "the ARN of the session's role: same partition, account and name";
                let own = Self::from_arn(arn);
                let Ok(Self::AssumedRole { role_arn: plain, .. }) = own else {
                    return need(false, "arn", arn, SESSION);
                };
                of_account(arn, account)?;
                let is_role = matches!(NamedPrincipal::parse_aws(role_arn), Ok(NamedPrincipal::Role(_)));
                let name = |arn: &str| ArnFields::split(arn).map(|fields| fields.name().to_owned());
                let is_its = same_owner(arn, role_arn) && name(role_arn) == name(&plain);
                need(is_role && is_its, "role_arn", role_arn, ROLE)
            }
            Self::FederatedUser { arn, user_arn, account } => {
                const FEDERATED: &str =
                    "the ARN of a federated user, such as arn:aws:sts::111122223333:federated-user/fred";
                const USER: &str =
                    "the ARN of the user who made the federated user: same partition and account";
                let is_federated =
                    matches!(Self::from_arn(arn), Err(PrincipalArnError::FederatedUser { .. }));
                need(is_federated, "arn", arn, FEDERATED)?;
                of_account(arn, account)?;
                let is_user =
                    matches!(Self::from_arn(user_arn), Ok(Self::IamUser { .. } | Self::Root { .. }));
                need(is_user && same_owner(arn, user_arn), "user_arn", user_arn, USER)
            }
            Self::AwsService { service } => {
                let is_service = NamedPrincipal::parse_service(service).is_ok();
                need(is_service, "service", service, "the name of a service, such as sns.amazonaws.com")
            }
            Self::WebIdentity { provider } => {
                const PROVIDER: &str = "the ARN of a provider, or a domain such as accounts.google.com";
                // A case may call everybody whom a provider knows a web identity. Both are decided alike.
                let is_arn =
                    matches!(Self::from_arn(provider), Ok(Self::WebIdentity { .. } | Self::Saml { .. }));
                let is_domain = !provider.contains(':') && NamedPrincipal::parse_federated(provider).is_ok();
                need(is_arn || is_domain, "provider", provider, PROVIDER)
            }
            Self::Saml { provider } => {
                const PROVIDER: &str =
                    "the ARN of a SAML provider, such as arn:aws:iam::111122223333:saml-provider/corp";
                need(
                    matches!(Self::from_arn(provider), Ok(Self::Saml { .. })),
                    "provider",
                    provider,
                    PROVIDER,
                )
            }
            Self::Anonymous => Ok(()),
        }
    }
}

fn need(
    is_right: bool,
    member: &'static str,
    text: &str,
    help: &'static str,
) -> Result<(), InvalidPrincipal> {
    if is_right { Ok(()) } else { Err(InvalidPrincipal { member, found: quoted(text).into(), help }) }
}

/// Checks that an account is one, and the ARN's.
fn of_account(arn: &str, account: &str) -> Result<(), InvalidPrincipal> {
    need(is_account(account), "account", account, "an account id has 12 digits")?;
    need(ArnFields::account_of(arn) == Some(account), "account", account, "the account in the ARN")
}

/// Whether two ARNs have the same partition and account.
fn same_owner(one: &str, other: &str) -> bool {
    let owner = |arn| ArnFields::split(arn).map(|fields: ArnFields<'_>| (fields.partition, fields.account));
    owner(one).is_some() && owner(one) == owner(other)
}
