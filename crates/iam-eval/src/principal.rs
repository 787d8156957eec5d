//! Principals: whom a statement names, and how strongly (rules 5.2 to 5.7).

use std::fmt;

use iam_policy::{ArnFields, Effect, NamedPrincipal as Entry, PrincipalElement, Principals, Spanned};

use crate::request::Principal;

/// How strongly a resource policy names the principal. It decides what an Allow is worth (rule 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grant {
    /// The principal is not named.
    None,
    /// Its account is named: the account's own policies decide.
    Account,
    /// Its role is named, or the IAM user of a federated user. Boundary and session policies still limit it.
    Limited,
    /// The principal itself is named. In its own account, no other policy has to allow.
    Direct,
}

impl Grant {
    /// The name in JSON output: `none`, `account`, `limited` or `direct`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Account => "account",
            Self::Limited => "limited",
            Self::Direct => "direct",
        }
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The parts of a request that decide whether a statement names its principal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller<'r> {
    pub(crate) principal: &'r Principal,
    /// Whether the principal has a boundary. If so, a `NotPrincipal` never exempts it (rule 5.7).
    pub(crate) has_boundary: bool,
}

impl Caller<'_> {
    /// How strongly a statement names the caller.
    ///
    /// `is_trust` says that the statement is part of a role's trust policy. A Deny applies if the result is not [`Grant::None`].
    pub(crate) fn grant(self, element: &PrincipalElement, effect: Effect, is_trust: bool) -> Grant {
        match element {
            PrincipalElement::Principal(Principals::Everyone(_)) => self.everyone(effect, is_trust),
            PrincipalElement::Principal(Principals::Entries(entries)) => {
                entries.iter().map(|entry| self.entry(&entry.value, effect)).max().unwrap_or(Grant::None)
            }
            PrincipalElement::NotPrincipal(principals) => {
                if self.is_exempt(principals.entries()) {
                    Grant::None
                } else {
                    Grant::Direct
                }
            }
        }
    }

    /// The grant of the bare `*`. In a trust policy, it does not name callers whom only a provider knows (rule 5.6).
    fn everyone(self, effect: Effect, is_trust: bool) -> Grant {
        let by_provider = matches!(self.principal, Principal::WebIdentity { .. } | Principal::Saml { .. });
        if by_provider && is_trust && effect == Effect::Allow { Grant::None } else { Grant::Direct }
    }

    fn entry(self, entry: &Entry, effect: Effect) -> Grant {
        let when = |matches: bool, grant: Grant| if matches { grant } else { Grant::None };
        match entry {
            Entry::Aws => when(effect == Effect::Deny || self.is_aws_principal(), Grant::Direct),
            Entry::Account { .. } => when(self.is_of_account(entry), Grant::Account),
            Entry::User(user) => match self.principal {
                Principal::IamUser { arn, .. } => when(arn == user, Grant::Direct),
                Principal::FederatedUser { user_arn, .. } => when(user_arn == user, Grant::Limited),
                Principal::AssumedRole { .. }
                | Principal::Root { .. }
                | Principal::AwsService { .. }
                | Principal::Anonymous
                | Principal::WebIdentity { .. }
                | Principal::Saml { .. } => Grant::None,
            },
            Entry::Role(role) => when(
                matches!(self.principal, Principal::AssumedRole { role_arn, .. } if role_arn == role),
                Grant::Limited,
            ),
            Entry::Session(session) => when(
                matches!(self.principal, Principal::AssumedRole { arn, .. } if arn == session),
                Grant::Direct,
            ),
            Entry::FederatedUser(user) => when(
                matches!(self.principal, Principal::FederatedUser { arn, .. } if arn == user),
                Grant::Direct,
            ),
            Entry::Service(name) => when(
                matches!(self.principal, Principal::AwsService { service } if service == name),
                Grant::Direct,
            ),
            Entry::Federated(name) => when(
                matches!(self.principal, Principal::WebIdentity { provider } | Principal::Saml { provider } if provider == name),
                Grant::Direct,
            ),
            // Requests do not have the canonical id of the account. No comparison can be made, so a Deny applies (rule 4.9).
            Entry::CanonicalUser(_) => {
                when(effect == Effect::Deny && self.principal.account().is_some(), Grant::Direct)
            }
            Entry::Deleted(_) => Grant::None,
        }
    }

    /// Whether an account entry names the caller's account. The same number in another partition is another account.
    fn is_of_account(self, entry: &Entry) -> bool {
        let partitions =
            (ArnFields::partition_of(entry.text()), self.principal.arn().and_then(ArnFields::partition_of));
        let other_partition = matches!(partitions, (Some(named), Some(own)) if named != own);
        self.principal.account().is_some() && self.principal.account() == entry.account() && !other_partition
    }

    /// Whether an Allow with `"AWS": "*"` names the caller (rule 5.6): everyone but services and callers whom only a provider knows.
    const fn is_aws_principal(self) -> bool {
        match self.principal {
            Principal::IamUser { .. }
            | Principal::AssumedRole { .. }
            | Principal::FederatedUser { .. }
            | Principal::Root { .. }
            | Principal::Anonymous => true,
            Principal::AwsService { .. } | Principal::WebIdentity { .. } | Principal::Saml { .. } => false,
        }
    }

    /// Whether every name of the caller is listed (rule 5.7).
    fn is_exempt(self, entries: &[Spanned<Entry>]) -> bool {
        let listed = |wanted: &dyn Fn(&Entry) -> bool| entries.iter().any(|entry| wanted(&entry.value));
        let account = || listed(&|e| e.account().is_some() && self.is_of_account(e));
        let user = |user: &str| listed(&|e| matches!(e, Entry::User(arn) if **arn == *user));
        !self.has_boundary
            && match self.principal {
                Principal::IamUser { arn, .. } => user(arn) && account(),
                Principal::AssumedRole { arn, role_arn, .. } => {
                    listed(&|e| matches!(e, Entry::Session(session) if session == arn))
                        && listed(&|e| matches!(e, Entry::Role(role) if role == role_arn))
                        && account()
                }
                Principal::FederatedUser { arn, user_arn, .. } => {
                    listed(&|e| matches!(e, Entry::FederatedUser(name) if name == arn))
                        && user(user_arn)
                        && account()
                }
                Principal::Root { .. } => account(),
                Principal::AwsService { service } => {
                    listed(&|e| matches!(e, Entry::Service(name) if name == service))
                }
                Principal::Anonymous => false,
                Principal::WebIdentity { provider } | Principal::Saml { provider } => {
                    listed(&|e| matches!(e, Entry::Federated(name) if name == provider))
                }
            }
    }
}
