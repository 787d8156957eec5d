//! Whom the principal element of a statement names, as a language of the caller's text (rules 5.2 to 5.7).
//!
//! An entry names callers by their own ARN, by the ARN of their role or user, or by their account. Each is a pattern on the text of the
//! caller. So `Principal` is a union of globs, and `NotPrincipal` everything outside a union: the callers of whom every name is listed.

use iam_eval::Grant;
use iam_policy::{
    ArnFields, Effect, IamResource, NamedPrincipal as Entry, PrincipalElement, Principals, Spanned,
};

use super::tuple::{Shape, Tuple};
use super::{CallerKind, Callers};
use crate::glob::{Glob, Union};

/// The callers of a kind that a statement names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Whom {
    /// All of them, or none.
    All(bool),
    /// Those with a text in the union, or outside it.
    Those { union: Union, inside: bool },
}

impl Callers {
    /// The callers that a statement names. `None` if they have no names of their own: services, and callers without credentials.
    ///
    /// An entry counts if it names them with at least the strength `least` (rule 5.2). `has_boundary` says that a boundary limits them. A
    /// `NotPrincipal` then never exempts one (rule 5.7).
    pub(crate) fn named(
        &self,
        element: &PrincipalElement,
        effect: Effect,
        has_boundary: bool,
        least: Grant,
    ) -> Option<Whom> {
        let tuple = match self.kind {
            CallerKind::User | CallerKind::Session | CallerKind::FederatedUser | CallerKind::Root => {
                self.tuples.first()?
            }
            CallerKind::Anonymous | CallerKind::Service => return None,
        };
        Some(match element {
            PrincipalElement::Principal(Principals::Everyone(_)) => Whom::All(true),
            PrincipalElement::Principal(Principals::Entries(entries)) => {
                // A Deny for a canonical user applies to every account (rule 7.39).
                let is_everybody = |entry: &Spanned<Entry>| {
                    matches!(entry.value, Entry::Aws)
                        || matches!(entry.value, Entry::CanonicalUser(_)) && effect == Effect::Deny
                };
                if entries.iter().any(is_everybody) {
                    return Some(Whom::All(true));
                }
                let strong = entries.iter().filter(|entry| self.strength(&entry.value) >= least);
                let globs = strong.flat_map(|entry| self.of_entry(tuple, &entry.value));
                those(globs.collect(), true)
            }
            PrincipalElement::NotPrincipal(_) if has_boundary => Whom::All(true),
            PrincipalElement::NotPrincipal(principals) => {
                those(self.exempt(tuple, principals.entries()), false)
            }
        })
    }

    /// How strongly an entry names the callers that it names (rule 5.2).
    const fn strength(&self, entry: &Entry) -> Grant {
        match (entry, self.kind) {
            (Entry::Account { .. }, _) => Grant::Account,
            (Entry::Role(_), CallerKind::Session) | (Entry::User(_), CallerKind::FederatedUser) => {
                Grant::Limited
            }
            (
                Entry::User(_)
                | Entry::Role(_)
                | Entry::FederatedUser(_)
                | Entry::Session(_)
                | Entry::Aws
                | Entry::Deleted(_)
                | Entry::Service(_)
                | Entry::Federated(_)
                | Entry::CanonicalUser(_),
                _,
            ) => Grant::Direct,
        }
    }

    /// The federated users whom a root user makes: they have every permission of the account, within their session policies (rule 6.19).
    pub(crate) fn federated_by_root(&self) -> Option<Union> {
        if self.kind != CallerKind::FederatedUser {
            return None;
        }
        let glob = self.tuples.first()?.glob([Shape::Any, Shape::Any, Shape::Text("root")]);
        Some(Union::new(vec![glob]))
    }

    fn of_entry(&self, tuple: &Tuple, entry: &Entry) -> Vec<Glob> {
        match (entry, self.kind) {
            (Entry::Account { .. }, _) => self.account(tuple, entry).into_iter().collect(),
            (Entry::User(arn), CallerKind::User)
            | (Entry::Role(arn), CallerKind::Session)
            | (Entry::FederatedUser(arn), CallerKind::FederatedUser) => {
                of_key(tuple, "aws:PrincipalArn", arn)
            }
            (Entry::Session(arn), CallerKind::Session) => of_key(tuple, "session", arn),
            (Entry::User(arn), CallerKind::FederatedUser) => of_key(tuple, "user", arn),
            (
                Entry::User(_)
                | Entry::Role(_)
                | Entry::FederatedUser(_)
                | Entry::Session(_)
                | Entry::Aws
                | Entry::Deleted(_)
                | Entry::Service(_)
                | Entry::Federated(_)
                | Entry::CanonicalUser(_),
                _,
            ) => Vec::new(),
        }
    }

    /// The callers of an account. The same number in another partition is another account (rule 7.46).
    fn account(&self, tuple: &Tuple, entry: &Entry) -> Option<Glob> {
        let partition = ArnFields::partition_of(entry.text());
        let account = entry.account().filter(|_| partition.is_none_or(|own| own == self.partition()))?;
        Some(tuple.with_field(tuple.account_field()?, account))
    }

    /// The callers of whom every name is listed (rule 5.7).
    fn exempt(&self, tuple: &Tuple, entries: &[Spanned<Entry>]) -> Vec<Glob> {
        let accounts: Vec<&str> = entries
            .iter()
            .filter(|entry| self.account(tuple, &entry.value).is_some())
            .filter_map(|entry| entry.value.account())
            .collect();
        let is_listed = |arn: &str| {
            ArnFields::split(arn)
                .is_some_and(|f| f.partition == self.partition() && accounts.contains(&f.account))
        };
        let of = |wanted: &dyn Fn(&Entry) -> Option<&str>| -> Vec<String> {
            let arns = entries.iter().filter_map(|entry| wanted(&entry.value));
            arns.filter(|arn| is_listed(arn)).map(ToOwned::to_owned).collect()
        };
        let users = of(&|e| if let Entry::User(arn) = e { Some(arn) } else { None });
        let roles = of(&|e| if let Entry::Role(arn) = e { Some(arn) } else { None });
        let sessions = of(&|e| if let Entry::Session(arn) = e { Some(arn) } else { None });
        let federated = of(&|e| if let Entry::FederatedUser(arn) = e { Some(arn) } else { None });
        match self.kind {
            CallerKind::User => users.iter().flat_map(|arn| of_key(tuple, "aws:PrincipalArn", arn)).collect(),
            CallerKind::Root => accounts
                .iter()
                .filter_map(|account| Some(tuple.with_field(tuple.account_field()?, account)))
                .collect(),
            CallerKind::Session => {
                pairs(&sessions, &roles).filter_map(|(s, r)| session(tuple, s, r)).collect()
            }
            CallerKind::FederatedUser => {
                pairs(&federated, &users).filter_map(|(f, u)| federated_user(tuple, f, u)).collect()
            }
            CallerKind::Anonymous | CallerKind::Service => Vec::new(),
        }
    }
}

fn those(globs: Vec<Glob>, inside: bool) -> Whom {
    if globs.is_empty() { Whom::All(!inside) } else { Whom::Those { union: Union::new(globs), inside } }
}

/// The callers of whom this is an ARN. A literal is cut in few ways, so the cutting never ends early.
fn of_key(tuple: &Tuple, key: &str, arn: &str) -> Vec<Glob> {
    let literal = Union::new(vec![Glob::literal(arn)]);
    let embedded = tuple.place(key).and_then(|key| tuple.embedded(key, &literal));
    embedded.map(|union| union.globs.into_vec()).unwrap_or_default()
}

fn pairs<'t>(one: &'t [String], other: &'t [String]) -> impl Iterator<Item = (&'t str, &'t str)> {
    one.iter().flat_map(move |a| other.iter().map(move |b| (&**a, &**b)))
}

/// The session of this ARN, of the role of the other ARN.
fn session(tuple: &Tuple, session: &str, role: &str) -> Option<Glob> {
    let (own, of) = (ArnFields::split(session)?, ArnFields::split(role)?);
    let (Some(IamResource::AssumedRole { role: name, session }), Some(IamResource::Role(whole))) =
        (own.iam(), of.iam())
    else {
        return None;
    };
    let path = whole.strip_suffix(name).filter(|path| path.is_empty() || path.ends_with('/'))?;
    if own.account != of.account {
        return None;
    }
    let shapes =
        [Shape::Text(own.account), Shape::Text(path), Shape::Text(name), Shape::Any, Shape::Text(session)];
    Some(tuple.glob(shapes))
}

/// The federated user of this ARN, of the user of the other ARN.
fn federated_user(tuple: &Tuple, federated: &str, user: &str) -> Option<Glob> {
    let (own, of) = (ArnFields::split(federated)?, ArnFields::split(user)?);
    let is_same = own.account == of.account;
    let shapes = [Shape::Text(own.account), Shape::Text(own.name()), Shape::Text(of.resource)];
    is_same.then(|| tuple.glob(shapes))
}
