//! Laws about the effect of one added or removed statement.

use super::{Checked, Held, Trial};
use crate::case::{Caller, Case, Layer, Names, ResourceKind, Statement};
use crate::format::Decision;
use crate::generate::{Aim, covering, statement};

/// Draws a layer that has a document. Returns the layer and the document's number among all documents.
pub(super) fn place(trial: &mut Trial<'_, '_>, wanted: impl Fn(Layer) -> bool) -> Option<(Layer, usize)> {
    let places: Vec<(Layer, usize)> = trial
        .case
        .documents()
        .enumerate()
        .map(|(i, (layer, _))| (layer, i))
        .filter(|(l, _)| wanted(*l))
        .collect();
    trial.source.choose(&places).copied()
}

/// The case with one more statement at a random place in the document with this number.
pub(super) fn with_statement(trial: &mut Trial<'_, '_>, number: usize, added: Statement) -> Case {
    let mut case = trial.case.clone();
    if let Some(document) = case.document_mut(number) {
        let at = trial.source.below(document.statements.len().saturating_add(1));
        document.statements.insert(at.min(document.statements.len()), added);
    }
    case
}

/// A Deny of everything that is valid in the layer. In an RCP it names the service of the action (rule 1.23).
pub(super) fn deny_all(case: &Case, layer: Layer) -> Statement {
    let mut deny = Statement::plain(false);
    if layer == Layer::Rcp {
        let service = case.request.action.split(':').next().unwrap_or_default();
        deny.action = Names::one(format!("{service}:*"));
    }
    fit(case, layer, &mut deny);
    deny
}

/// Changes a statement so that it applies to no generated request. In an RCP it becomes a Deny, because an Allow there allows everything
/// (rule 1.23).
pub(super) fn hush(layer: Layer, statement: &mut Statement) {
    statement.action = Names::one("s3:Nothing");
    statement.allow &= layer != Layer::Rcp;
}

/// Removes what a trust policy may not have: resources, and everyone as principal (rules 1.12, 1.24).
pub(super) fn fit(case: &Case, layer: Layer, statement: &mut Statement) {
    if is_trust(case, layer) {
        statement.resource = None;
        statement.principal = covering(&case.request.principal);
    }
}

pub(super) fn is_trust(case: &Case, layer: Layer) -> bool {
    layer == Layer::Resource && case.request.resource_kind == ResourceKind::IamRoleTrust
}

pub(super) fn silence(trial: &mut Trial<'_, '_>) -> Checked {
    let mut case = trial.case.clone();
    for (layer, statement) in case.statements_mut() {
        hush(layer, statement);
    }
    let request = &case.request;
    let limited = [Layer::Scope, Layer::Scp, Layer::Rcp, Layer::VpcEndpoint]
        .iter()
        .any(|layer| case.policies.contains_key(layer) && case.bears(*layer));
    let is_root = matches!(request.principal, Caller::Root { .. });
    let own = !case.is_cross_account() && request.resource_kind == ResourceKind::Generic;
    // Rules 5.25 and 5.55.
    let has_all = case.needs_no_permission() || (is_root && own && !case.is_cross_partition());
    let expected = if has_all && !limited { Decision::Allowed } else { Decision::ImplicitDeny };
    trial.expect(&case, expected.name(), |decision| decision == expected)
}

pub(super) fn plain_deny(trial: &mut Trial<'_, '_>) -> Checked {
    let Some((layer, number)) = place(trial, |_| true) else { return Ok(Held::Idle) };
    let deny = deny_all(trial.case, layer);
    let case = with_statement(trial, number, deny);
    if case.bears(layer) {
        trial.expect(&case, "explicit_deny", |decision| decision == Decision::ExplicitDeny)
    } else {
        trial.expect_same(&case)
    }
}

pub(super) fn deny_more(trial: &mut Trial<'_, '_>) -> Checked {
    let before = trial.verdict.decision;
    let Some((layer, number)) = place(trial, |_| true) else { return Ok(Held::Idle) };
    let aim = if trial.source.chance(50) { Aim::Near } else { Aim::Any };
    let deny = statement(trial.source, trial.case, layer, false, aim, variables(trial.case, number));
    let case = with_statement(trial, number, deny);
    let open = before == Decision::Depends;
    trial.expect(&case, "as before, or explicit_deny", |after| {
        // With unknown keys, a Deny that may apply turns an implicit denial into one that may be explicit.
        after == before
            || after == Decision::ExplicitDeny
            || (after == Decision::Depends && (open || before == Decision::Allowed))
            || (open && after == Decision::ImplicitDeny)
    })
}

pub(super) fn allow_more(trial: &mut Trial<'_, '_>) -> Checked {
    let before = trial.verdict.decision;
    let Some((layer, number)) = place(trial, |layer| layer != Layer::Rcp) else { return Ok(Held::Idle) };
    let aim = if trial.source.chance(50) { Aim::Hit } else { Aim::Any };
    let allow = statement(trial.source, trial.case, layer, true, aim, variables(trial.case, number));
    let case = with_statement(trial, number, allow);
    trial.expect(&case, "as before, or allowed after an implicit denial", |after| match before {
        Decision::Allowed | Decision::ExplicitDeny => after == before,
        Decision::ImplicitDeny => after != Decision::ExplicitDeny,
        Decision::Depends => matches!(after, Decision::Depends | Decision::Allowed),
    })
}

/// Whether the document with this number has variables.
pub(super) fn variables(case: &Case, number: usize) -> bool {
    case.documents().nth(number).is_some_and(|(_, document)| document.variables)
}
