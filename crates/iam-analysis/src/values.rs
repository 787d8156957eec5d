//! Example values for policy variables.

use std::collections::BTreeSet;

use iam_policy::{Policy, Values};

/// A value for each variable. `None` for a variable whose key is absent.
pub(crate) type Assigned = Vec<(Box<str>, Option<Box<str>>)>;

/// The maximum number of values from policies that are tried.
const MOST: usize = 24;

/// Sets of values: the variables all different, all absent, all alike, or equal to values that the policies compare keys with.
pub(crate) fn sets<'p>(free: &[Box<str>], policies: impl Iterator<Item = &'p Policy>) -> Vec<Assigned> {
    let all = |value: &dyn Fn(usize) -> Option<Box<str>>| -> Assigned {
        free.iter().enumerate().map(|(at, key)| (key.clone(), value(at))).collect()
    };
    let fresh = |at: usize| -> Option<Box<str>> { Some(format!("fresh{at}").into()) };
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
