//! Callers with credentials of AWS, and services: who of them can assume the role by `sts:AssumeRole`.

use std::collections::BTreeSet;
use std::sync::Arc;

use iam_analysis::{ActsFor, CallerKind, Callers, Inside};
use iam_policy::{
    AccountId, ActionPattern, ArnFields, Effect, NamedPrincipal as Entry, Policy, PrincipalElement,
    Principals, Spanned, Statement,
};

use super::asked::{About, Asked, WITH_CREDENTIALS};
use super::caller::TrustVerdict;
use super::combined::{SET_SOURCE_IDENTITY, TAG_SESSION, is_about};

/// Whether callers of one kind can assume the role by a statement.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CallerTrust {
    /// The number of the statement, counted from 1.
    pub statement: usize,
    /// The kind of the callers.
    pub kind: CallerKind,
    /// The service; `None` for other callers, and for a statement that names all services.
    pub service: Option<Box<str>>,
    /// Whether one of them can, and which.
    pub verdict: TrustVerdict,
    /// Whether one of an account can that no policy names.
    pub stranger: TrustVerdict,
}

/// The kinds of callers that can assume roles. Root users cannot, and neither can federated users (rule 6.12).
const KINDS: [CallerKind; 2] = [CallerKind::Session, CallerKind::User];

/// The answers for each Allow statement about `sts:AssumeRole`, together with all Denies.
pub(super) fn of(about: About<'_>) -> Vec<CallerTrust> {
    let mut found = Vec::new();
    let Some(trust) = &about.role.trust() else { return found };
    let (partition, owner) = (about.role.arn().own_partition(), about.role.arn().account());
    for (number, own) in trust.statements.iter().enumerate() {
        if own.effect.value != Effect::Allow || !is_about(own, WITH_CREDENTIALS) {
            continue;
        }
        // Further requests of the call may be allowed by any statement.
        let mut role = about.role.clone();
        role = role.trusting(alone(trust, number));
        let about = About { role: &role, ..about };
        // Each with the same callers without those of accounts that the statement names.
        let mut ask = |callers: Vec<(Callers, Callers)>, service: Option<Box<str>>| {
            let Some(kind) = callers.first().map(|(own, _)| own.kind()) else { return };
            let (mut verdict, mut stranger) = (TrustVerdict::Never, TrustVerdict::Never);
            for (callers, strangers) in callers {
                let own = Asked::callers(about, callers).any();
                if !own.is_never() {
                    stranger = stranger.or(Asked::callers(about, strangers).any());
                }
                verdict = verdict.or(own);
            }
            let statement = number.saturating_add(1);
            found.push(CallerTrust { statement, kind, service, verdict, stranger });
        };
        if names_people(own) {
            for kind in KINDS {
                let mut inside = Inside::of(owner);
                inside.accounts = accounts(own);
                let everybody = Callers::everywhere(kind, &partition, owner);
                ask(vec![(everybody, Callers::of(kind, &partition, &inside))], None);
            }
        }
        for service in services(own) {
            let inside = Inside::of(owner);
            // A service acts for a resource whose ARN tells its account, or for one such as a bucket.
            let callers = [ActsFor::InAccount, ActsFor::Elsewhere].map(|acts_for| {
                let callers = match &service {
                    Some(name) => Callers::service(name, acts_for, &partition, &inside),
                    None => Callers::any_service(acts_for, &partition, &inside),
                };
                (callers.clone().with_those_inside(), callers)
            });
            ask(callers.into(), service.map(Into::into));
        }
    }
    found
}

/// The trust policy in which no other statement allows the call. They may still allow the further requests that it makes.
fn alone(trust: &Policy, number: usize) -> Arc<Policy> {
    let mut alone = trust.clone();
    alone.statements.clear();
    for (at, own) in trust.statements.iter().enumerate() {
        let mut own = own.clone();
        if at != number && own.effect.value == Effect::Allow {
            let further = [TAG_SESSION, SET_SOURCE_IDENTITY].into_iter();
            let still = further.filter(|action| is_about(&own, action)).filter_map(ActionPattern::parse);
            own.action = still.collect();
            if own.action.patterns().is_empty() {
                continue;
            }
        }
        alone.statements.push(own);
    }
    Arc::new(alone)
}

fn entries(statement: &Statement) -> &[Spanned<Entry>] {
    statement.principal.as_ref().map_or(&[], |element| element.principals().entries())
}

/// Whether a statement names everybody, or everybody but some.
pub(super) fn is_for_everybody(statement: &Statement) -> bool {
    match &statement.principal {
        Some(PrincipalElement::NotPrincipal(_)) => true,
        Some(PrincipalElement::Principal(principals)) => {
            matches!(principals, Principals::Everyone(_))
                || entries(statement).iter().any(|entry| matches!(entry.value, Entry::Aws))
        }
        None => false,
    }
}

fn names_people(statement: &Statement) -> bool {
    let is_one = |entry: &Entry| !matches!(entry, Entry::Service(_) | Entry::Federated(_));
    is_for_everybody(statement) || entries(statement).iter().any(|entry| is_one(&entry.value))
}

/// The services that a statement names; `None` among them stands for all others.
fn services(statement: &Statement) -> BTreeSet<Option<String>> {
    let mut found = BTreeSet::new();
    if is_for_everybody(statement) {
        found.insert(None);
    }
    if let Some(PrincipalElement::Principal(_)) = &statement.principal {
        for entry in entries(statement) {
            if let Entry::Service(name) = &entry.value {
                found.insert(Some(name.to_string()));
            }
        }
    }
    found
}

/// The accounts that a statement names.
fn accounts(statement: &Statement) -> Vec<AccountId> {
    let named = entries(statement).iter().map(|entry| entry.value.text());
    named.filter_map(|text| AccountId::new(ArnFields::account_of(text).unwrap_or(text))).collect()
}
