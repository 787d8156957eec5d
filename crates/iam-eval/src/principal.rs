//! Principals: whom a statement names, and how strongly (rules 5.2 to 5.7).

use std::fmt;

use iam_policy::{ArnFields, Effect, NamedPrincipal as Entry, PrincipalElement, Principals, Spanned};

use crate::context::ContextValue;
use crate::reading::{Point, Readings};
use crate::request::{Principal, Request};

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

/// How strongly a statement names the principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Naming {
    /// The strength.
    pub grant: Grant,
    /// Whether the strength is certain. If not, the statement may also name nobody: the readings differ, or the names of the service that
    /// asks are not known.
    pub is_certain: bool,
}

impl Naming {
    pub(crate) const fn certain(grant: Grant) -> Self {
        Self { grant, is_certain: true }
    }
}

/// The parts of a request that decide whether a statement names its principal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller<'r> {
    pub(crate) principal: &'r Principal,
    /// Whether the principal has a boundary. If so, a `NotPrincipal` never exempts it (rule 5.7).
    pub(crate) has_boundary: bool,
    /// The names of the service that asks, besides its own. `None` if the principal is no service, or has one name.
    pub(crate) names: Option<&'r ContextValue>,
    pub(crate) readings: Readings,
}

/// Whether an entry names the caller: certainly, perhaps, or not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    No,
    Perhaps,
    Yes,
}

impl Named {
    const fn naming(self) -> Naming {
        match self {
            Self::Yes => Naming::certain(Grant::Direct),
            Self::Perhaps => Naming { grant: Grant::Direct, is_certain: false },
            Self::No => Naming::certain(Grant::None),
        }
    }
}

impl<'r> Caller<'r> {
    pub(crate) fn of(request: &'r Request, has_boundary: bool, readings: Readings) -> Self {
        let names = match request.principal {
            Principal::AwsService { .. } => request.context.value("aws:PrincipalServiceNamesList"),
            Principal::IamUser { .. }
            | Principal::AssumedRole { .. }
            | Principal::FederatedUser { .. }
            | Principal::Root { .. }
            | Principal::Anonymous
            | Principal::WebIdentity { .. }
            | Principal::Saml { .. } => None,
        };
        Self { principal: &request.principal, has_boundary, names, readings }
    }

    /// How strongly a statement names the caller.
    ///
    /// `is_trust` says that the statement is part of a role's trust policy. A Deny applies if the grant is not [`Grant::None`].
    pub(crate) fn naming(self, element: &PrincipalElement, effect: Effect, is_trust: bool) -> Naming {
        match element {
            PrincipalElement::Principal(Principals::Everyone(_)) => {
                Naming::certain(self.everyone(effect, is_trust))
            }
            PrincipalElement::Principal(Principals::Entries(entries)) => {
                let namings = entries.iter().map(|entry| self.entry(&entry.value, effect));
                let strength =
                    |naming: &Naming| (naming.grant != Grant::None, naming.is_certain, naming.grant);
                namings.max_by_key(strength).unwrap_or(Naming::certain(Grant::None))
            }
            PrincipalElement::NotPrincipal(principals) => {
                let (grant, is_certain) = match self.exempt(principals.entries()) {
                    Named::Yes => (Grant::None, true),
                    Named::Perhaps => (Grant::Direct, false),
                    Named::No => (Grant::Direct, true),
                };
                Naming { grant, is_certain }
            }
        }
    }

    /// The grant of the bare `*`. In a trust policy, it does not name callers whom only a provider knows (rule 5.6).
    fn everyone(self, effect: Effect, is_trust: bool) -> Grant {
        let by_provider = matches!(self.principal, Principal::WebIdentity { .. } | Principal::Saml { .. });
        if by_provider && is_trust && effect == Effect::Allow { Grant::None } else { Grant::Direct }
    }

    /// Whether `{"AWS": "*"}` names the caller (rule 5.6).
    const fn star(self, effect: Effect) -> Named {
        match self.principal {
            Principal::IamUser { .. }
            | Principal::AssumedRole { .. }
            | Principal::FederatedUser { .. }
            | Principal::Root { .. }
            | Principal::Anonymous => Named::Yes,
            _ if matches!(effect, Effect::Deny) => Named::Yes,
            Principal::AwsService { .. } => {
                let readings = self.readings;
                match (readings.has_first(Point::StarAndServices), readings.has_other(Point::StarAndServices))
                {
                    (true, false) => Named::Yes,
                    (true, true) => Named::Perhaps,
                    (false, _) => Named::No,
                }
            }
            Principal::WebIdentity { .. } | Principal::Saml { .. } => Named::No,
        }
    }

    /// Whether this is a name of the service that asks (rule 5.2).
    fn is_service(self, name: &str) -> Named {
        match self.principal {
            Principal::AwsService { service } if **service == *name => Named::Yes,
            Principal::AwsService { .. } => match self.names {
                Some(ContextValue::Single(one)) if **one == *name => Named::Yes,
                Some(ContextValue::Multiple(names)) if names.iter().any(|own| **own == *name) => Named::Yes,
                None | Some(ContextValue::Single(_) | ContextValue::Multiple(_)) => Named::No,
                Some(ContextValue::Unknown | ContextValue::Twice(_)) => Named::Perhaps,
            },
            Principal::IamUser { .. }
            | Principal::AssumedRole { .. }
            | Principal::FederatedUser { .. }
            | Principal::Root { .. }
            | Principal::Anonymous
            | Principal::WebIdentity { .. }
            | Principal::Saml { .. } => Named::No,
        }
    }

    fn entry(self, entry: &Entry, effect: Effect) -> Naming {
        let when = |matches: bool, grant: Grant| Naming::certain(if matches { grant } else { Grant::None });
        match entry {
            Entry::Aws => self.star(effect).naming(),
            Entry::Service(name) => self.is_service(name).naming(),
            Entry::Deleted(_) => Naming::certain(Grant::None),
            Entry::Account { .. } => when(self.is_of_account(entry), Grant::Account),
            Entry::User(user) => match self.principal {
                Principal::IamUser { arn, .. } => when(arn == user, Grant::Direct),
                Principal::FederatedUser { user_arn, .. } => when(user_arn == user, Grant::Limited),
                Principal::AssumedRole { .. }
                | Principal::Root { .. }
                | Principal::AwsService { .. }
                | Principal::Anonymous
                | Principal::WebIdentity { .. }
                | Principal::Saml { .. } => Naming::certain(Grant::None),
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
            Entry::Federated(name) => when(
                matches!(self.principal, Principal::WebIdentity { provider } | Principal::Saml { provider } if provider == name),
                Grant::Direct,
            ),
            // Requests do not have the canonical id of the account. A Deny applies to every account (7.39).
            Entry::CanonicalUser(_) => {
                when(effect == Effect::Deny && self.principal.account().is_some(), Grant::Direct)
            }
        }
    }

    /// Whether an account entry names the caller's account. The same number in another partition is another account.
    fn is_of_account(self, entry: &Entry) -> bool {
        let partitions =
            (ArnFields::partition_of(entry.text()), self.principal.arn().and_then(ArnFields::partition_of));
        let other_partition = matches!(partitions, (Some(named), Some(own)) if named != own);
        self.principal.account().is_some() && self.principal.account() == entry.account() && !other_partition
    }

    /// Whether every name of the caller is listed (rule 5.7).
    fn exempt(self, entries: &[Spanned<Entry>]) -> Named {
        if let Principal::AwsService { .. } = self.principal {
            let of = |entry: &Spanned<Entry>| {
                if let Entry::Service(name) = &entry.value { self.is_service(name) } else { Named::No }
            };
            return entries.iter().map(of).max().unwrap_or(Named::No);
        }
        if self.is_exempt(entries) { Named::Yes } else { Named::No }
    }

    fn is_exempt(self, entries: &[Spanned<Entry>]) -> bool {
        self.unlisted(entries).is_some_and(|names| names.iter().all(Option::is_none))
    }

    /// The names of the caller that the entries of a `NotPrincipal` lack: with them, it would be exempt. `None` if no entries exempt it (rule 5.7).
    pub(crate) fn unlisted(self, entries: &[Spanned<Entry>]) -> Option<[Option<&'r str>; 3]> {
        let is_listed = |wanted: &dyn Fn(&Entry) -> bool| entries.iter().any(|entry| wanted(&entry.value));
        let lacks = |name: &'r str, is_listed: bool| Some(name).filter(|_| !is_listed);
        let account =
            |account| lacks(account, is_listed(&|e| e.account().is_some() && self.is_of_account(e)));
        let user =
            |user: &'r str| lacks(user, is_listed(&|e| matches!(e, Entry::User(arn) if **arn == *user)));
        if self.has_boundary {
            return None;
        }
        Some(match self.principal {
            Principal::IamUser { arn, account: own } => [user(arn), account(own), None],
            Principal::AssumedRole { arn, role_arn, account: own, .. } => [
                lacks(arn, is_listed(&|e| matches!(e, Entry::Session(session) if session == arn))),
                lacks(role_arn, is_listed(&|e| matches!(e, Entry::Role(role) if role == role_arn))),
                account(own),
            ],
            Principal::FederatedUser { arn, user_arn, account: own } => [
                lacks(arn, is_listed(&|e| matches!(e, Entry::FederatedUser(name) if name == arn))),
                user(user_arn),
                account(own),
            ],
            Principal::Root { account: own, .. } => [account(own), None, None],
            Principal::AwsService { service } => {
                let is_named =
                    |e: &Entry| matches!(e, Entry::Service(name) if self.is_service(name) == Named::Yes);
                [lacks(service, is_listed(&is_named)), None, None]
            }
            Principal::Anonymous => return None,
            Principal::WebIdentity { provider } | Principal::Saml { provider } => [
                lacks(provider, is_listed(&|e| matches!(e, Entry::Federated(name) if name == provider))),
                None,
                None,
            ],
        })
    }
}
