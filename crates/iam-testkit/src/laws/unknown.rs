//! Laws about keys that no policy mentions, and about keys with unknown values.

use super::{Checked, Held, Trial};
use crate::format::{self, Decision};
use crate::generate::{FAMILIES, absent_key};

pub(super) fn unmentioned(trial: &mut Trial<'_, '_>) -> Checked {
    let mut case = trial.case.clone();
    let key = absent_key(trial.source);
    match trial.source.below(4) {
        0 => case.request.unknown.push(key),
        1 => case.request.context.push((key, format::Held::Many(vec!["red".to_owned(), "*".to_owned()]))),
        2 => case.request.context.push((key, format::Held::Many(Vec::new()))),
        _ => case.request.context.push((key, format::Held::One("red".to_owned()))),
    }
    trial.expect_same_statements(&case)
}

pub(super) fn never_contradicts(trial: &mut Trial<'_, '_>) -> Checked {
    // Some keys, including absent ones, become unknown. Then each gets a value or becomes absent.
    let mut unknown = trial.case.clone();
    let mut hidden: Vec<(&'static str, &'static crate::generate::Family)> = Vec::new();
    for family in FAMILIES {
        for key in family.keys.iter().filter(|_| trial.source.chance(30)) {
            hidden.push((key, family));
        }
    }
    let is_hidden = |name: &str| hidden.iter().any(|(key, _)| key.eq_ignore_ascii_case(name));
    unknown.request.context.retain(|(name, _)| !is_hidden(name));
    unknown.request.unknown.retain(|name| !is_hidden(name));
    let mut known = unknown.clone();
    unknown.request.unknown.extend(hidden.iter().map(|(key, _)| (*key).into()));
    let Some(before) = trial.judge(&unknown)? else { return Ok(Held::Idle) };
    for (key, family) in hidden {
        let mut value =
            || trial.source.choose(family.samples).map_or_else(String::new, |sample| sample.seen.to_owned());
        let held = match (value(), value()) {
            (one, _) if trial.source.chance(50) => format::Held::One(one),
            (one, other) if trial.source.chance(50) => format::Held::Many(vec![one, other]),
            _ if trial.source.chance(50) => format::Held::Many(Vec::new()),
            _ => continue,
        };
        known.request.context.push((key.into(), held));
    }
    let is_settled = known.request.unknown.is_empty() && !known.has_key_twice();
    let expected = format!("{}, as with the keys unknown", before.decision.name());
    trial.expect(&known, &expected, |after| match before.decision {
        Decision::Allowed | Decision::ExplicitDeny => after == before.decision,
        // The request is certainly denied. Whether a Deny applies may be open.
        Decision::ImplicitDeny => matches!(after, Decision::ImplicitDeny | Decision::ExplicitDeny),
        Decision::Depends => !(is_settled && after == Decision::Depends),
    })
}
