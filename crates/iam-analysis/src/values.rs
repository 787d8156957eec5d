//! Example values for policy variables.

use std::collections::BTreeSet;

use iam_policy::{Policy, Values};

use crate::who::Callers;

/// A value for each variable. `None` for a variable whose key is absent.
pub(crate) type Assigned = Vec<(Box<str>, Option<Box<str>>)>;

/// As [`sets`], with the values of example callers for the keys that belong to the caller.
pub(crate) fn sets_of_callers<'p>(
    free: &[Box<str>],
    callers: &Callers,
    policies: impl Iterator<Item = &'p Policy> + Clone,
) -> Vec<Assigned> {
    let (own, others): (Vec<Box<str>>, Vec<Box<str>>) =
        free.iter().cloned().partition(|key| callers.tied(key).is_some());
    let rest = if others.is_empty() { vec![Vec::new()] } else { sets(&others, policies.clone()) };
    if own.is_empty() {
        return rest;
    }
    let mut found = Vec::new();
    for text in callers.examples(&accounts(policies)) {
        let value = |key: &str| (key.into(), callers.example_value(&text, key).map(Into::into));
        let own: Assigned = own.iter().map(|key| value(key)).collect();
        found.extend(rest.iter().map(|rest| [own.clone(), rest.clone()].concat()));
    }
    found
}

/// The account ids in the texts of policies.
fn accounts<'p>(policies: impl Iterator<Item = &'p Policy>) -> Vec<String> {
    let mut found = BTreeSet::new();
    for statement in policies.flat_map(|policy| &policy.statements) {
        let entries = statement.principal.iter().flat_map(|element| element.principals().entries());
        let mut texts: Vec<&str> = entries.map(|entry| entry.value.text()).collect();
        texts.extend(statement.conditions.iter().flat_map(|condition| condition.values.texts()));
        for text in texts {
            let runs = text.split(|c: char| !c.is_ascii_digit());
            found.extend(runs.filter(|run| iam_policy::is_account(run)).map(ToOwned::to_owned));
        }
    }
    found.into_iter().collect()
}

/// The maximum number of values from policies that are tried.
const MOST: usize = 24;

/// Sets of values: the variables all different, all absent, all alike, or equal to values that the policies compare keys with.
pub(crate) fn sets<'p>(free: &[Box<str>], policies: impl Iterator<Item = &'p Policy>) -> Vec<Assigned> {
    let all = |value: &dyn Fn(usize) -> Option<Box<str>>| -> Assigned {
        free.iter().enumerate().map(|(at, key)| (key.clone(), value(at))).collect()
    };
    let fresh = |at: usize| -> Option<Box<str>> {
        let is_organization = free.get(at).is_some_and(|key| key.ends_with("orgid"));
        Some(if is_organization { format!("o-example{at}org") } else { format!("fresh{at}") }.into())
    };
    let mut sets =
        vec![all(&fresh), all(&|_| None), all(&|_| Some("alike".into())), all(&|_| Some("".into()))];
    if free.len() > 1 {
        for own in 0..free.len() {
            sets.push(all(&|at| if at == own { None } else { fresh(at) }));
            sets.push(all(&|at| if at == own { fresh(at) } else { None }));
        }
    }
    let mut texts: BTreeSet<Box<str>> = BTreeSet::new();
    for condition in policies.flat_map(|p| &p.statements).flat_map(|s| &s.conditions) {
        match &condition.values {
            Values::String(values) | Values::Arn(values) => {
                let plain = values.iter().filter(|v| !v.value.has_variables());
                texts.extend(plain.map(|v| v.value.text().replace(['*', '?'], "x").into()));
            }
            Values::Numeric(_)
            | Values::Date(_)
            | Values::Bool(_)
            | Values::Binary(_)
            | Values::Ip(_)
            | Values::Null(_) => {}
        }
    }
    for text in texts.into_iter().take(MOST) {
        sets.push(all(&|_| Some(text.clone())));
        if free.len() > 1 {
            sets.extend(
                (0..free.len()).map(|own| all(&|at| if at == own { Some(text.clone()) } else { fresh(at) })),
            );
        }
    }
    sets
}
