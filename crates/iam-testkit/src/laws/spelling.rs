//! Laws about notations of a policy that mean the same, and notations that do not.

use super::{Breach, Checked, Held, Trial};
use crate::case::{Layer, ResourceKind, Spelling};
use crate::format::{Decision, Held as Value};
use crate::generate::{FAMILIES, swap_case};
use crate::verdict::StatementPlace;

pub(super) fn keys_and_actions(trial: &mut Trial<'_, '_>) -> Checked {
    let mut case = trial.case.clone();
    let (in_request, in_policies) = *trial.source.pick(&[(true, true), (true, false), (false, true)]);
    if in_request {
        case.request.action = swap_case(&case.request.action).into();
        case.request.context.iter_mut().for_each(|(key, _)| *key = swap_case(key).into());
        case.request.unknown.iter_mut().for_each(|key| *key = swap_case(key).into());
    }
    if in_policies {
        // IAM stores a trust policy only with the calls in their own letter case (rule 1.24).
        let has_trust = case.request.resource_kind == ResourceKind::IamRoleTrust;
        for (layer, statement) in case.statements_mut() {
            if !(has_trust && layer == Layer::Resource) {
                statement.action.list.iter_mut().for_each(|action| *action = swap_case(action).into());
            }
            statement.conditions.iter_mut().for_each(|test| test.key = swap_case(&test.key).into());
        }
    }
    trial.expect_same_statements(&case)
}

pub(super) fn either_value(trial: &mut Trial<'_, '_>) -> Checked {
    let keys: Vec<&'static str> = FAMILIES.iter().flat_map(|family| family.keys.iter().copied()).collect();
    let is_tested = |key: &&&str| {
        let mut tests =
            trial.case.documents().flat_map(|(_, d)| d.statements.iter().flat_map(|s| &s.conditions));
        tests.any(|test| test.key.eq_ignore_ascii_case(key))
    };
    let tested: Vec<&'static str> = keys.iter().filter(is_tested).copied().collect();
    let pool = if tested.is_empty() { &keys } else { &tested };
    let Some(key) = trial.source.choose(pool).copied() else { return Ok(Held::Idle) };
    let Some(family) = FAMILIES.iter().find(|family| family.keys.contains(&key)) else {
        return Ok(Held::Idle);
    };
    let mut bare = trial.case.clone();
    bare.request.context.retain(|(name, _)| !name.eq_ignore_ascii_case(key));
    if bare.has_key_twice() || !bare.request.unknown.is_empty() {
        return Ok(Held::Idle);
    }
    let mut value = || {
        let of = |sample: &crate::generate::Sample| Value::One(sample.seen.to_owned());
        trial.source.choose(family.samples).map(of)
    };
    let (Some(one), Some(other)) = (value(), value()) else { return Ok(Held::Idle) };
    let with = |values: &[(&str, &Value)]| {
        let mut case = bare.clone();
        let pairs = values.iter().map(|(name, held)| ((*name).to_owned().into(), (*held).clone()));
        case.request.context.extend(pairs);
        case
    };
    let twin = swap_case(key);
    let (first, second) = (trial.judge(&with(&[(key, &one)]))?, trial.judge(&with(&[(key, &other)]))?);
    let (Some(first), Some(second)) = (first, second) else { return Ok(Held::Idle) };
    let both = with(&[(key, &one), (&twin, &other)]);
    let allowed = |decision: Decision| decision == Decision::Allowed;
    match (allowed(first.decision), allowed(second.decision)) {
        (true, true) => trial.expect(&both, "allowed, as with each value", allowed),
        (false, false) => trial.expect(&both, "denied, as with each value", |decision| {
            matches!(decision, Decision::ImplicitDeny | Decision::ExplicitDeny)
        }),
        (true, false) | (false, true) => {
            trial
                .expect(&both, "depends, because the values differ", |decision| decision == Decision::Depends)
        }
    }
}

pub(super) fn resources(trial: &mut Trial<'_, '_>) -> Checked {
    // The requested resource is put in another case into every list that could match it, so that no list matches.
    let asked = trial.case.request.resource.clone();
    let (head, tail) = asked.rsplit_once(':').unwrap_or(("", &asked));
    // IAM stores no types of its resources but its own (rule 3.12).
    let of_iam = head.split(':').nth(2) == Some("iam");
    let (kind, name) =
        tail.split_once('/').filter(|_| of_iam).map_or(("", tail), |(kind, name)| (kind, name));
    let slash = if kind.is_empty() { "" } else { "/" };
    let other = format!("{kind}{slash}{}", swap_case(name));
    // A policy cannot name a character above U+00FF (rule 1.4).
    if other == tail || asked.contains(|c| matches!(c, '*' | '?' | '$') || c > '\u{ff}') {
        return Ok(Held::Idle);
    }
    let mut case = trial.case.clone();
    // An Allow in an RCP can only allow everything (rule 1.23).
    for (_, statement) in case.statements_mut().filter(|(layer, s)| *layer != Layer::Rcp || !s.allow) {
        for names in statement.resource.iter_mut().filter(|names| !names.not) {
            names.list = vec![format!("{head}:{other}").into()];
        }
    }
    let Some(verdict) = trial.judge(&case)? else { return Ok(Held::Idle) };
    let Some(statements) = &verdict.statements else { return Ok(Held::Idle) };
    let names_resources = |place: &&StatementPlace| {
        let document =
            case.policies.get(&place.layer).and_then(|levels| levels.get(place.level)?.get(place.policy));
        let statement = document.and_then(|d| d.statements.get(place.statement));
        statement.and_then(|s| s.resource.as_ref()).is_some_and(|names| !names.not && names.list != ["*"])
    };
    match statements.applying.iter().chain(&statements.perhaps).find(names_resources) {
        None => Ok(Held::True),
        Some(place) => Err(super::breach(&case, &format!("{place} is about another resource"), &verdict)),
    }
}

pub(super) fn forms(trial: &mut Trial<'_, '_>) -> Checked {
    let spelling = *trial.source.pick(&[
        Spelling { single: true, bare: true },
        Spelling { single: true, bare: false },
        Spelling { single: false, bare: true },
    ]);
    let text = trial.case.to_json_spelled(spelling);
    let Some(verdict) = trial.settle(trial.case, trial.engine.judge_text(&text))? else {
        return Ok(Held::Idle);
    };
    if trial.verdict.differs(&verdict) {
        let expected = format!("{}, as before, of {text}", trial.verdict);
        return Err(Box::new(Breach { changed: None, expected, actual: verdict.to_string() }));
    }
    Ok(Held::True)
}

pub(super) fn reprinted(trial: &mut Trial<'_, '_>) -> Checked {
    let Some(answer) = trial.engine.judge_reprinted(trial.case) else { return Ok(Held::Idle) };
    let Some(verdict) = trial.settle(trial.case, answer)? else { return Ok(Held::Idle) };
    if trial.verdict.differs(&verdict) {
        let expected = format!("{}, as before printing", trial.verdict);
        return Err(Box::new(Breach { changed: None, expected, actual: verdict.to_string() }));
    }
    Ok(Held::True)
}
