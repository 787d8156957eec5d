//! Laws about session policies: they only restrict, their union counts, and they intersect with the role's permissions.

use super::denials::deny_all;
use super::{Checked, Held, Trial};
use std::sync::Arc;

use crate::case::{Caller, Case, Document, Layer, Principals, ResourceKind, Statement};
use crate::format::Decision;
use crate::generate::{is_for_sessions, levels};

/// The case with session policies: its own, or random ones.
fn with_session(trial: &mut Trial<'_, '_>) -> Case {
    let mut case = trial.case.clone();
    case.policies
        .entry(Layer::Session)
        .or_insert_with(|| levels(trial.source, trial.case, Layer::Session, 70));
    case
}

fn without(case: &Case, layer: Layer) -> Case {
    let mut case = case.clone();
    case.policies.remove(&layer);
    case
}

/// Whether session policies certainly limit the caller.
///
/// The caller must have an account and not be its root user, and no resource policy in the account may grant directly (rules 5.20, 5.24).
pub(super) fn is_limited(case: &Case) -> bool {
    let principal = &case.request.principal;
    let has_limits = case.bears(Layer::Session) && !matches!(principal, Caller::Root { .. });
    has_limits && (case.is_cross_account() || !case.policies.contains_key(&Layer::Resource))
}

const fn is_federated(case: &Case) -> bool {
    matches!(case.request.principal, Caller::FederatedUser { .. })
}

/// The request with the policies of this layer only, as identity policies of a user of its account.
fn alone(case: &Case, layer: Layer) -> Case {
    let mut alone = case.clone();
    let levels = alone.policies.remove(&layer).unwrap_or_default();
    alone.policies.clear();
    // A federated user also needs a session policy (rule 6.14).
    if is_federated(case) {
        alone.policies.insert(Layer::Session, levels.clone());
    }
    alone.policies.insert(Layer::Identity, levels);
    alone.request.resource_account = alone.request.principal.account().cloned();
    alone.request.resource_kind = ResourceKind::Generic;
    alone
}

pub(super) fn only_shrinks(trial: &mut Trial<'_, '_>) -> Checked {
    let with = with_session(trial);
    if is_federated(&with) || trial.judge(&with)?.is_none_or(|v| v.decision != Decision::Allowed) {
        return Ok(Held::Idle);
    }
    trial.expect(&without(&with, Layer::Session), "allowed, as with the session policy", |d| {
        d == Decision::Allowed
    })
}

pub(super) fn union(trial: &mut Trial<'_, '_>) -> Checked {
    let case = with_session(trial);
    let Some(before) = trial.judge(&case)? else { return Ok(Held::Idle) };
    let mut cut = case.clone();
    for level in cut.policies.get_mut(&Layer::Session).into_iter().flatten() {
        *level = level
            .iter()
            .flat_map(|document| {
                let variables = document.variables;
                document
                    .statements
                    .iter()
                    .map(move |s| Arc::new(Document { variables, statements: vec![s.clone()] }))
            })
            .collect();
    }
    if cut == case {
        return Ok(Held::Idle);
    }
    trial.expect(&cut, before.decision.name(), |after| after == before.decision)
}

pub(super) fn intersection(trial: &mut Trial<'_, '_>) -> Checked {
    let with = with_session(trial);
    // The session policies become identity policies.
    let may_move =
        with.policies.get(&Layer::Session).into_iter().flatten().flatten().all(|d| !is_for_sessions(d));
    if !with.bears(Layer::Session) || !may_move || matches!(with.request.principal, Caller::Root { .. }) {
        return Ok(Held::Idle);
    }
    let without = without(&with, Layer::Session);
    let alone = alone(&with, Layer::Session);
    let (Some(role), Some(session)) = (trial.judge(&without)?, trial.judge(&alone)?) else {
        return Ok(Held::Idle);
    };
    let allowed = Decision::Allowed;
    if role.decision == allowed && session.decision == allowed {
        return trial.expect(&with, "allowed, since role and session policy allow it", |d| d == allowed);
    }
    if session.decision != allowed && session.decision != Decision::Depends && is_limited(&with) {
        return trial.expect(&with, "not allowed, since the session policy does not", |d| d != allowed);
    }
    Ok(Held::Idle)
}

pub(super) fn absent_is_not_empty(trial: &mut Trial<'_, '_>) -> Checked {
    let absent = without(trial.case, Layer::Session);
    if is_federated(&absent) || !is_limited(&absent) {
        return Ok(Held::Idle);
    }
    if trial.judge(&absent)?.is_none_or(|v| v.decision != Decision::Allowed) {
        return Ok(Held::Idle);
    }
    let mut empty = absent;
    let mut nothing = Statement::plain(true);
    nothing.action = crate::case::Names::one("s3:Nothing");
    let documents = if trial.source.chance(50) { vec![Document::of(vec![nothing])] } else { Vec::new() };
    empty.policies.insert(Layer::Session, vec![documents]);
    trial.expect(&empty, "implicit_deny: allowed without session policies, which now allow nothing", |d| {
        d == Decision::ImplicitDeny
    })
}

pub(super) fn deny_wins(trial: &mut Trial<'_, '_>) -> Checked {
    let mut case = with_session(trial);
    if !case.bears(Layer::Session) {
        return Ok(Held::Idle);
    }
    if case.request.resource_kind == ResourceKind::Generic {
        case.policies.insert(Layer::Resource, vec![vec![Document::of(vec![Statement::plain(true)])]]);
    }
    let deny = deny_all(&case, Layer::Session);
    if let Some(level) = case.policies.get_mut(&Layer::Session).and_then(|levels| levels.first_mut()) {
        level.push(Document::of(vec![deny]));
    }
    trial.expect(&case, "explicit_deny", |d| d == Decision::ExplicitDeny)
}

/// The case with one document as boundary and the other as the only session policy.
fn between(case: &Case, boundary: &Arc<Document>, session: &Arc<Document>) -> Case {
    let mut case = case.clone();
    case.policies.insert(Layer::Boundary, vec![vec![boundary.clone()]]);
    case.policies.insert(Layer::Session, vec![vec![session.clone()]]);
    case
}

/// Two documents that are valid as session policies and as boundaries.
fn two(trial: &mut Trial<'_, '_>) -> Option<(Arc<Document>, Arc<Document>)> {
    let mut draw = || {
        let mut documents = levels(trial.source, trial.case, Layer::Session, 85).into_iter().flatten();
        documents.find(|document| !is_for_sessions(document))
    };
    Some((draw()?, draw()?))
}

pub(super) fn boundary_is_alike(trial: &mut Trial<'_, '_>) -> Checked {
    let Some((one, other)) = two(trial) else { return Ok(Held::Idle) };
    let Some(before) = trial.judge(&between(trial.case, &one, &other))? else { return Ok(Held::Idle) };
    let swapped = between(trial.case, &other, &one);
    trial.expect(&swapped, before.decision.name(), |after| after == before.decision)
}

pub(super) fn composes(trial: &mut Trial<'_, '_>) -> Checked {
    // With a boundary, a `NotPrincipal` may apply that otherwise would not (rule 5.7).
    let mut case = trial.case.clone();
    if case
        .documents()
        .flat_map(|(_, d)| &d.statements)
        .any(|s| matches!(s.principal, Principals::Listed { not: true, .. }))
    {
        return Ok(Held::Idle);
    }
    let Some((one, other)) = two(trial) else { return Ok(Held::Idle) };
    case.policies.remove(&Layer::Boundary);
    let mut narrowed = |session: &Arc<Document>| {
        case.policies.insert(Layer::Session, vec![vec![session.clone()]]);
        trial.judge(&case)
    };
    let (Some(first), Some(second)) = (narrowed(&one)?, narrowed(&other)?) else { return Ok(Held::Idle) };
    let both = between(&case, &one, &other);
    match (first.decision, second.decision) {
        (Decision::Depends, _) | (_, Decision::Depends) => Ok(Held::Idle),
        (Decision::Allowed, Decision::Allowed) => {
            trial.expect(&both, "allowed, as by each alone", |d| d == Decision::Allowed)
        }
        (Decision::ExplicitDeny, _) | (_, Decision::ExplicitDeny) => {
            trial.expect(&both, "explicit_deny, as by one alone", |d| d == Decision::ExplicitDeny)
        }
        (Decision::ImplicitDeny, _) | (_, Decision::ImplicitDeny) => {
            trial.expect(&both, "implicit_deny, as by one alone", |d| d == Decision::ImplicitDeny)
        }
    }
}
