//! The principals of a trust policy's Allow statements.

use iam_json::quoted;
use iam_policy::{
    ArnFields, Effect, IamResource, NamedPrincipal as Entry, PrincipalElement, Principals, Statement,
};

use super::asked::{WITH_ASSERTION, WITH_CREDENTIALS, WITH_TOKEN};
use super::combined::is_about;
use super::providers::IdentityProviders;
use super::tokens::Named;
use crate::snapshot::RoleSnapshot;

/// A principal that a statement of a trust policy admits, under its conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Admitted {
    /// The principal, as the policy names it.
    pub principal: Box<str>,
    /// The kind of caller.
    pub caller: TrustCaller,
    /// The number of the statement, counted from 1, and its `Sid`.
    pub statement: (usize, Option<Box<str>>),
    /// The calls it may make: the action patterns of the statement.
    pub actions: Vec<Box<str>>,
    /// The conditions of the statement: operator, key and values.
    pub conditions: Vec<Box<str>>,
}

/// The kinds of callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrustCaller {
    /// One of DoiT's identity providers.
    Doit,
    /// Another identity provider.
    OtherProvider,
    /// A principal of AWS: an account, a role, a user.
    Aws,
    /// A service of AWS.
    Service,
    /// Everybody, or everybody with exceptions.
    Everybody,
}

impl TrustCaller {
    /// Every kind.
    pub const ALL: &'static [Self] =
        &[Self::Doit, Self::OtherProvider, Self::Aws, Self::Service, Self::Everybody];

    /// The name of the kind.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Doit => "doit",
            Self::OtherProvider => "other provider",
            Self::Aws => "aws principal",
            Self::Service => "service",
            Self::Everybody => "everybody",
        }
    }
}

impl std::fmt::Display for TrustCaller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

fn opens(statement: &Statement) -> bool {
    let calls = [WITH_CREDENTIALS, WITH_ASSERTION, WITH_TOKEN];
    statement.effect.value == Effect::Allow && calls.iter().any(|call| is_about(statement, call))
}

/// The principals that a role's trust policy admits, in the order of its statements.
pub(super) fn of(role: &RoleSnapshot, providers: &IdentityProviders) -> Vec<Admitted> {
    let mut found = Vec::new();
    let statements = role.trust.iter().flat_map(|trust| &trust.statements).enumerate();
    for (number, statement) in statements.filter(|(_, statement)| opens(statement)) {
        let Some(element) = &statement.principal else { continue };
        let mut admit = |principal: String, caller: TrustCaller| {
            found.push(Admitted {
                principal: principal.into(),
                caller,
                statement: (number.saturating_add(1), statement.sid.as_ref().map(|sid| sid.value.clone())),
                actions: statement.action.patterns().iter().map(|p| p.value.text().into()).collect(),
                conditions: conditions(statement),
            });
        };
        if let PrincipalElement::NotPrincipal(others) = element {
            let texts: Vec<&str> = others.entries().iter().map(|entry| entry.value.text()).collect();
            admit(format!("everybody but {}", texts.join(", ")), TrustCaller::Everybody);
            continue;
        }
        match element.principals() {
            Principals::Everyone(_) => admit("*".to_owned(), TrustCaller::Everybody),
            Principals::Entries(entries) => {
                for entry in entries {
                    admit(entry.value.text().to_owned(), caller(&entry.value, role, providers));
                }
            }
        }
    }
    found
}

fn caller(entry: &Entry, role: &RoleSnapshot, providers: &IdentityProviders) -> TrustCaller {
    match entry {
        Entry::Aws => TrustCaller::Everybody,
        Entry::Federated(arn) if providers.of_arn(arn, role.partition(), role.account()).is_some() => {
            TrustCaller::Doit
        }
        Entry::Federated(_) => TrustCaller::OtherProvider,
        Entry::Service(_) => TrustCaller::Service,
        Entry::Account { .. }
        | Entry::User(_)
        | Entry::Role(_)
        | Entry::Session(_)
        | Entry::FederatedUser(_)
        | Entry::CanonicalUser(_)
        | Entry::Deleted(_) => TrustCaller::Aws,
    }
}

fn conditions(statement: &Statement) -> Vec<Box<str>> {
    statement
        .conditions
        .iter()
        .map(|condition| {
            let values: Vec<String> = condition.values.texts().iter().map(|text| quoted(text)).collect();
            let (test, key) = (&condition.test.value, condition.key.value.as_str());
            format!("{test} {key} {}", values.join(", ")).into()
        })
        .collect()
}

/// The identity providers that Allow statements name, each once.
///
/// No other provider is in question: an Allow with `NotPrincipal` is no valid document, and neither `*` nor `{"AWS": "*"}` names the callers of
/// providers (rule 5.6).
pub(super) fn providers(role: &RoleSnapshot) -> Vec<Named> {
    let mut found: Vec<Named> = Vec::new();
    let statements = role.trust.iter().flat_map(|trust| &trust.statements);
    for statement in statements.filter(|statement| statement.effect.value == Effect::Allow) {
        for entry in statement.principal.iter().flat_map(|element| element.principals().entries()) {
            let Entry::Federated(provider) = &entry.value else { continue };
            let arn = ArnFields::split(provider);
            let is_saml = matches!(arn.and_then(|fields| fields.iam()), Some(IamResource::SamlProvider(_)));
            let named = Named { provider: provider.clone(), is_saml };
            let call = if is_saml { WITH_ASSERTION } else { WITH_TOKEN };
            if is_about(statement, call) && !found.contains(&named) {
                found.push(named);
            }
        }
    }
    found
}
