//! Shrinking of failing cases in steps that keep the case valid.

use super::{Case, Layer, Names, Principals, Statement};
use crate::format::Held;

/// The smallest case found for which `still` is true.
///
/// The steps leave parts out or simplify them. If the first case is valid, every case passed to `still` is valid. The steps are tried from
/// the largest to the smallest, repeatedly, until none succeeds or `tries` cases have been tried.
pub fn shrink(case: &Case, tries: usize, mut still: impl FnMut(&Case) -> bool) -> Case {
    let mut smallest = case.clone();
    let mut left = tries;
    'again: loop {
        for candidate in smaller(&smallest) {
            if left == 0 {
                return smallest;
            }
            left = left.saturating_sub(1);
            if still(&candidate) {
                smallest = candidate;
                continue 'again;
            }
        }
        return smallest;
    }
}

/// The cases that are one step smaller.
pub(crate) fn smaller(case: &Case) -> Vec<Case> {
    let mut steps = Steps { case, found: Vec::new() };
    for (layer, levels) in &case.policies {
        steps.add(|c| drop(c.policies.remove(layer)));
        for (at, level) in levels.iter().enumerate() {
            if levels.len() > 1 {
                steps.add(|c| drop(c.policies.get_mut(layer).map(|levels| levels.remove(at))));
            }
            for document in 0..level.len() {
                steps.add(|c| {
                    if let Some(level) = c.policies.get_mut(layer).and_then(|levels| levels.get_mut(at)) {
                        level.remove(document);
                    }
                });
            }
        }
    }
    for (number, (_, document)) in case.documents().enumerate() {
        for at in (0..document.statements.len()).filter(|_| document.statements.len() > 1) {
            steps.add(|c| drop(c.document_mut(number).map(|d| d.statements.remove(at))));
        }
    }
    for (number, (layer, document)) in case.documents().enumerate() {
        for (at, statement) in document.statements.iter().enumerate() {
            for simpler in simpler(layer, statement) {
                steps.add(|c| {
                    if let Some(old) = c.document_mut(number).and_then(|d| d.statements.get_mut(at)) {
                        *old = simpler;
                    }
                });
            }
        }
    }
    for (at, (_, held)) in case.request.context.iter().enumerate() {
        steps.add(|c| drop(c.request.context.remove(at)));
        if let Held::Many(values) = held {
            for value in 0..values.len() {
                steps.add(|c| {
                    if let Some((_, Held::Many(values))) = c.request.context.get_mut(at) {
                        values.remove(value);
                    }
                });
            }
        }
    }
    for at in 0..case.request.unknown.len() {
        steps.add(|c| drop(c.request.unknown.remove(at)));
    }
    steps.add(|c| c.request.resource_account = None);
    steps.found
}

struct Steps<'c> {
    case: &'c Case,
    found: Vec<Case>,
}

impl Steps<'_> {
    fn add(&mut self, change: impl FnOnce(&mut Case)) {
        let mut candidate = self.case.clone();
        change(&mut candidate);
        if candidate != *self.case {
            self.found.push(candidate);
        }
    }
}

/// The statements that are one step simpler and valid in this layer.
fn simpler(layer: Layer, statement: &Statement) -> Vec<Statement> {
    let mut found = Vec::new();
    let mut add = |change: &dyn Fn(&mut Statement)| {
        let mut candidate = statement.clone();
        change(&mut candidate);
        found.push(candidate);
    };
    for at in 0..statement.conditions.len() {
        add(&|s| drop(s.conditions.remove(at)));
    }
    match &statement.principal {
        Principals::Everyone => {}
        Principals::Listed { names, .. } => {
            // The last name stays: a trust policy may not name everyone (rule 1.24), and everyone is not simpler than one name.
            for at in (0..names.len()).filter(|_| names.len() > 1) {
                add(&|s| {
                    if let Principals::Listed { names, .. } = &mut s.principal {
                        names.remove(at);
                    }
                });
            }
        }
    }
    // A Deny in an RCP must name a service (rule 1.23).
    for action in simpler_names(&statement.action, layer != Layer::Rcp) {
        add(&|s| s.action = action.clone());
    }
    for resource in statement.resource.iter().flat_map(|r| simpler_names(r, true)) {
        add(&|s| s.resource = Some(resource.clone()));
    }
    for (at, test) in statement.conditions.iter().enumerate() {
        for value in (0..test.values.len()).filter(|_| test.values.len() > 1) {
            add(&|s| drop(s.conditions.get_mut(at).map(|test| test.values.remove(value))));
        }
    }
    found.retain(|candidate| candidate != statement);
    found
}

fn simpler_names(names: &Names, may_be_all: bool) -> Vec<Names> {
    let mut found = Vec::new();
    if may_be_all && !names.not {
        found.push(Names::one("*"));
    }
    for at in (0..names.list.len()).filter(|_| names.list.len() > 1) {
        let mut list = names.list.clone();
        list.remove(at);
        found.push(Names { not: names.not, list });
    }
    found
}
