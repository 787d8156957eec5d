//! Laws about what must not matter: order, repetition, the division into statements, and earlier questions.

use std::sync::Arc;

use super::denials::hush;
use super::{Breach, Checked, Held, Trial, breach};
use crate::case::{Case, Layer, Names, Statement, Test};
use crate::format::{self, Decision};
use crate::source::Source;
use crate::verdict::StatementPlace;

fn rotate<T>(source: &mut Source<'_>, items: &mut [T]) {
    let by = source.below(items.len());
    items.rotate_left(by);
    if source.chance(50) {
        items.reverse();
    }
}

/// Whether a pattern has six fields, whatever its variables hold.
fn is_arn(pattern: &str) -> bool {
    pattern.starts_with("arn:") && pattern.split("${").next().is_some_and(|head| head.split(':').count() >= 6)
}

pub(super) fn shuffled(trial: &mut Trial<'_, '_>) -> Checked {
    let mut case = trial.case.clone();
    let source = &mut *trial.source;
    for levels in case.policies.values_mut() {
        rotate(source, levels);
        for level in levels.iter_mut() {
            rotate(source, level);
        }
    }
    for (_, document) in case.documents_mut() {
        rotate(source, &mut document.statements);
    }
    for (_, statement) in case.statements_mut() {
        rotate(source, &mut statement.action.list);
        statement.resource.iter_mut().for_each(|names| rotate(source, &mut names.list));
        rotate(source, &mut statement.conditions);
        // A pattern of an ARN operator that cannot be read ends the comparison (rule 4.22).
        let is_free =
            |test: &&mut Test| !test.operator.contains("Arn") || test.values.iter().all(|v| is_arn(v));
        statement.conditions.iter_mut().filter(is_free).for_each(|test| rotate(source, &mut test.values));
    }
    rotate(source, &mut case.request.context);
    for (_, held) in &mut case.request.context {
        if let format::Held::Many(values) = held {
            rotate(source, values);
        }
    }
    let count = |verdict: &crate::verdict::Verdict| {
        verdict.statements.as_ref().map(|s| (s.applying.len(), s.perhaps.len()))
    };
    let Some(verdict) = trial.judge(&case)? else { return Ok(Held::Idle) };
    let same = verdict.decision == trial.verdict.decision && count(&verdict) == count(trial.verdict);
    if same { Ok(Held::True) } else { Err(breach(&case, &format!("as before: {}", trial.verdict), &verdict)) }
}

/// Repeats the first item.
fn again<T: Clone>(items: &mut Vec<T>) {
    items.extend(items.first().cloned());
}

pub(super) fn repeated(trial: &mut Trial<'_, '_>) -> Checked {
    let mut case = trial.case.clone();
    let source = &mut *trial.source;
    for (layer, levels) in &mut case.policies {
        if *layer != Layer::Resource {
            for level in levels.iter_mut().filter(|_| source.chance(50)) {
                level.extend_from_within(..);
            }
        }
        // An organization has at most seven levels.
        if layer.has_levels() && levels.len() <= 3 && source.chance(50) {
            levels.extend_from_within(..);
        }
    }
    for (_, document) in case.documents_mut().filter(|_| source.chance(50)) {
        document.statements.extend_from_within(..);
    }
    for (_, statement) in case.statements_mut() {
        if source.chance(30) {
            again(&mut statement.action.list);
        }
        for names in statement.resource.iter_mut().filter(|_| source.chance(30)) {
            again(&mut names.list);
        }
        for test in &mut statement.conditions {
            // Bool and Null take one value.
            if test.values.len() > 1 {
                again(&mut test.values);
            }
        }
    }
    trial.expect_same(&case)
}

pub(super) fn asked_again(trial: &mut Trial<'_, '_>) -> Checked {
    let other = crate::generate::case(trial.source);
    trial.judge(&other)?;
    trial.expect_same_statements(trial.case)
}

pub(super) fn split(trial: &mut Trial<'_, '_>) -> Checked {
    let mut case = trial.case.clone();
    let mut cut = false;
    for (_, document) in case.documents_mut() {
        let statements = std::mem::take(&mut document.statements);
        for statement in statements {
            let parts = parts(&statement);
            cut |= parts.len() > 1;
            document.statements.extend(parts);
        }
    }
    if cut { trial.expect_same(&case) } else { Ok(Held::Idle) }
}

/// One statement for each action and each resource. A `Not` element is not divided, because it is not the sum of its parts.
fn parts(statement: &Statement) -> Vec<Statement> {
    let each = |names: &Names| -> Vec<Names> {
        if names.not {
            vec![names.clone()]
        } else {
            names.list.iter().map(|n| Names::one(n.clone())).collect()
        }
    };
    let resources: Vec<Option<Names>> = match &statement.resource {
        None => vec![None],
        Some(names) => each(names).into_iter().map(Some).collect(),
    };
    let with = |action: &Names, resource: &Option<Names>| Statement {
        action: action.clone(),
        resource: resource.clone(),
        ..statement.clone()
    };
    each(&statement.action).iter().flat_map(|action| resources.iter().map(move |r| with(action, r))).collect()
}

pub(super) fn explained(trial: &mut Trial<'_, '_>) -> Checked {
    let Some(explanation) = trial.engine.explain(trial.case) else { return Ok(Held::Idle) };
    let wrong = |expected: &str, actual: String| {
        Err(Box::new(Breach { changed: None, expected: expected.to_owned(), actual }))
    };
    if explanation.decision != trial.verdict.decision {
        return wrong(trial.verdict.decision.name(), format!("explained as {}", explanation.decision.name()));
    }
    if let Some(statements) = &trial.verdict.statements {
        let known = |place: &&StatementPlace| {
            statements.applying.contains(place) || statements.perhaps.contains(place)
        };
        if let Some(place) = explanation.deciding.iter().find(|place| !known(place)) {
            return wrong("deciding statements that apply", format!("{place} decides and does not apply"));
        }
    }
    match explanation.decision {
        Decision::Allowed => {
            let alone = only(trial.case, |place| explanation.deciding.contains(&place));
            trial.expect(&alone, "allowed by the deciding statements alone", |d| d == Decision::Allowed)
        }
        Decision::ExplicitDeny => {
            let rest = only(trial.case, |place| !explanation.deciding.contains(&place));
            trial.expect(&rest, "not denied explicitly without the deciding statements", |d| {
                d != Decision::ExplicitDeny
            })
        }
        Decision::ImplicitDeny if explanation.deciding.is_empty() => Ok(Held::True),
        Decision::ImplicitDeny => wrong("no deciding statement", format!("{:?}", explanation.deciding)),
        Decision::Depends => Ok(Held::True),
    }
}

/// The case with the wanted statements only. The other statements keep their places and apply to no request.
fn only(case: &Case, wanted: impl Fn(StatementPlace) -> bool) -> Case {
    let mut case = case.clone();
    for (layer, levels) in &mut case.policies {
        for (level, documents) in levels.iter_mut().enumerate() {
            for (policy, document) in documents.iter_mut().enumerate() {
                for (statement, found) in Arc::make_mut(document).statements.iter_mut().enumerate() {
                    if !wanted(StatementPlace { layer: *layer, level, policy, statement }) {
                        hush(*layer, found);
                    }
                }
            }
        }
    }
    case
}
