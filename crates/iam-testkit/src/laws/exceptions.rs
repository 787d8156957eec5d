//! Laws about resource policies that grant what the session policy does not: exceptions 5.20 and 5.24, and their limits.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Checked, Held, Trial};
use crate::case::{Caller, Case, Document, Layer, Names, Principals, ResourceKind, Statement, Test, Text};
use crate::format::{self, Decision};

/// A role session on a resource of its own account, apart from its policies. `None` if the caller is not a role session.
fn role_session(trial: &Trial<'_, '_>) -> Option<(Case, Text, Text)> {
    let mut case = trial.case.clone();
    let Caller::AssumedRole { arn, role_arn, account, .. } = case.request.principal.clone() else {
        return None;
    };
    case.request.resource_account = Some(account);
    case.request.resource_kind = ResourceKind::Generic;
    if case.is_cross_partition() || case.needs_no_permission() {
        return None;
    }
    Some((case, arn, role_arn))
}

fn nothing() -> Arc<Document> {
    let mut statement = Statement::plain(true);
    statement.action = Names::one("s3:Nothing");
    Document::of(vec![statement])
}

fn everything() -> Arc<Document> {
    Document::of(vec![Statement::plain(true)])
}

/// A resource policy that grants everything to this name.
fn grant(name: &Text) -> Arc<Document> {
    let mut statement = Statement::plain(true);
    statement.principal = Principals::Listed { not: false, names: vec![("AWS", name.clone())] };
    Document::of(vec![statement])
}

/// The case with these identity, boundary, session and resource policies. `None` removes the layer.
fn with(case: &Case, own: [Option<Arc<Document>>; 3], resource: Arc<Document>) -> Case {
    let mut case = case.clone();
    for (layer, document) in [Layer::Identity, Layer::Boundary, Layer::Session].into_iter().zip(own) {
        match document {
            Some(document) => drop(case.policies.insert(layer, vec![vec![document]])),
            None => drop(case.policies.remove(&layer)),
        }
    }
    case.policies.insert(Layer::Resource, vec![vec![resource]]);
    case
}

/// Whether a grant is independent of identity, boundary and session policies: the decision is the same if none of them allows and if all
/// do.
fn reaches_past(trial: &Trial<'_, '_>, case: &Case, resource: &Arc<Document>) -> Checked {
    let all = with(case, [Some(everything()), None, None], resource.clone());
    let Some(verdict) = trial.judge(&all)? else { return Ok(Held::Idle) };
    let silent = with(case, [None, Some(nothing()), Some(nothing())], resource.clone());
    let expected = format!("{}, whatever session policy and boundary allow", verdict.decision.name());
    trial.expect(&silent, &expected, |decision| decision == verdict.decision)
}

pub(super) fn session_arn(trial: &mut Trial<'_, '_>) -> Checked {
    let Some((case, arn, _)) = role_session(trial) else { return Ok(Held::Idle) };
    reaches_past(trial, &case, &grant(&arn))
}

pub(super) fn principal_arn_key(trial: &mut Trial<'_, '_>) -> Checked {
    const KEY: &str = "aws:PrincipalArn";
    let Some((mut case, _, role)) = role_session(trial) else { return Ok(Held::Idle) };
    case.request.context.push((Cow::Borrowed(KEY), format::Held::One(role.clone().into_owned())));
    let mut statement = Statement::plain(true);
    statement.conditions.push(Test {
        operator: Cow::Borrowed(*trial.source.pick(&["ArnEquals", "StringEquals", "ArnLike"])),
        key: Cow::Borrowed(KEY),
        values: vec![role],
    });
    reaches_past(trial, &case, &Document::of(vec![statement]))
}

pub(super) fn role_arn(trial: &mut Trial<'_, '_>) -> Checked {
    let Some((case, _, role)) = role_session(trial) else { return Ok(Held::Idle) };
    let resource = grant(&role);
    // Without limits, the grant to the role is enough, and identity policies are not asked (rule 5.21).
    let all = with(&case, [Some(everything()), None, None], resource.clone());
    let Some(verdict) = trial.judge(&all)? else { return Ok(Held::Idle) };
    let own = with(&case, [None, None, Some(everything())], resource.clone());
    trial.expect(&own, verdict.decision.name(), |decision| decision == verdict.decision)?;
    let silent = Some(nothing());
    let (boundary, session) = if trial.source.chance(50) { (silent, None) } else { (None, silent) };
    let limited = with(&case, [Some(everything()), boundary, session], resource);
    trial.expect(&limited, "not allowed, since session policy or boundary does not allow it", |d| {
        d != Decision::Allowed
    })
}

pub(super) fn across_accounts(trial: &mut Trial<'_, '_>) -> Checked {
    let Some((mut case, arn, role)) = role_session(trial) else { return Ok(Held::Idle) };
    case.request.resource_account = Some(Cow::Borrowed("999988887777"));
    let resource = match trial.source.below(3) {
        0 => everything(),
        1 => grant(&role),
        _ => grant(&arn),
    };
    let limited = with(&case, [Some(everything()), None, Some(nothing())], resource.clone());
    trial.expect(&limited, "not allowed, since the session policy does not allow it", |d| {
        d != Decision::Allowed
    })?;
    let unlisted = with(&case, [None, None, None], resource);
    trial.expect(&unlisted, "not allowed, since no identity policy allows it", |d| d != Decision::Allowed)
}

pub(super) fn identity_is_told(trial: &mut Trial<'_, '_>) -> Checked {
    let mut case = trial.case.clone();
    case.request.action = Cow::Borrowed("sts:GetCallerIdentity");
    case.request.resource = Cow::Borrowed("*");
    case.request.resource_kind = ResourceKind::Generic;
    if !case.needs_no_permission() {
        return Ok(Held::Idle);
    }
    let mut path = case.clone();
    path.policies.retain(|layer, _| *layer == Layer::VpcEndpoint);
    if path.policies.is_empty() {
        return trial.expect(&case, "allowed", |decision| decision == Decision::Allowed);
    }
    let Some(before) = trial.judge(&path)? else { return Ok(Held::Idle) };
    let expected = format!("{}, as the endpoint policy says", before.decision.name());
    trial.expect(&case, &expected, |decision| decision == before.decision)
}
