//! Requests with keys in several spellings: AWS takes one of the values of such a key, and which one cannot be relied on (rule 4.5).
//!
//! Such a request is decided once for each choice of values. Only keys that a policy names count, and only values that differ. If there are
//! too many choices, the values are taken for unknown.

use std::collections::BTreeSet;

use crate::combine::Decision;
use crate::context::{Context, ContextValue};
use crate::decide::same;
use crate::layers::Layers;
use crate::meter::Meter;
use crate::request::Request;
use crate::trace::{Applying, StatementRef};
use crate::truth::Certainty;

/// The maximum number of choices of values.
const MOST: usize = 64;

/// The decision on a request. `decide` makes it for a request, and takes the values of keys in several spellings for unknown.
///
/// All choices share one meter. If its steps run out, the decision is a denial.
pub(crate) fn decision(
    layers: &Layers,
    request: &Request,
    meter: &Meter,
    decide: impl Fn(&Request) -> Decision,
) -> Decision {
    if !request.context.has_twice() {
        return decide(request);
    }
    let mut decisions: Vec<Decision> = Vec::new();
    if !each(layers, request, |one| decisions.push(decide(one))) {
        return decide(request);
    }
    if meter.is_spent() {
        return Decision::ImplicitDeny;
    }
    match decisions.as_slice() {
        [first, rest @ ..] if rest.iter().all(|other| other == first) => *first,
        all if all.iter().all(|one| same(*one, Decision::ImplicitDeny)) => Decision::ImplicitDeny,
        _ => Decision::Depends,
    }
}

/// The decision on a request, and the statements that apply for some choice. They certainly apply if they do so for every choice.
pub(crate) fn applying(
    layers: &Layers,
    request: &Request,
    meter: &Meter,
    find: impl Fn(&Request) -> (Decision, Vec<Applying>),
) -> (Decision, Vec<Applying>) {
    if !request.context.has_twice() {
        return find(request);
    }
    let mut lists: Vec<Vec<Applying>> = Vec::new();
    if !each(layers, request, |one| lists.push(find(one).1)) {
        return find(request);
    }
    let among = |list: &[Applying], at| {
        list.iter().find(|one| one.at == at).map_or(Certainty::Never, |one| one.certainty)
    };
    let mut all: Vec<StatementRef> = lists.iter().flatten().map(|one| one.at).collect();
    all.sort_unstable();
    all.dedup();
    let certainty = |at| {
        let is_certain = lists.iter().all(|list| among(list, at) == Certainty::Always);
        if is_certain { Certainty::Always } else { Certainty::Maybe }
    };
    let applying = all.into_iter().map(|at| Applying { at, certainty: certainty(at) }).collect();
    (decision(layers, request, meter, |one| find(one).0), applying)
}

/// Calls `look` with the request for each choice of values. False if there are too many, or if no key has several spellings.
pub(crate) fn each(layers: &Layers, request: &Request, mut look: impl FnMut(&Request)) -> bool {
    if !request.context.has_twice() {
        return false;
    }
    let named = named(layers, request);
    let mut one = request.clone();
    let mut open: Vec<(&str, Vec<&ContextValue>)> = Vec::new();
    for (key, values) in request.context.twice() {
        if let Some(value) = values.first() {
            one.context.set(key, (*value).clone());
        }
        if values.len() > 1 && named.contains(key) {
            open.push((key, values));
        }
    }
    let count = open.iter().try_fold(1_usize, |count, (_, values)| {
        count.checked_mul(values.len()).filter(|count| *count <= MOST)
    });
    let Some(count) = count else { return false };
    for number in 0..count {
        let mut rest = number;
        for (key, values) in &open {
            let value = rest.checked_rem(values.len()).and_then(|at| values.get(at));
            rest = rest.checked_div(values.len()).unwrap_or_default();
            if let Some(value) = value {
                one.context.set(*key, (*value).clone());
            }
        }
        look(&one);
    }
    true
}

/// The keys in several spellings that a policy names, as the context spells them.
fn named<'r>(layers: &Layers, request: &'r Request) -> BTreeSet<&'r str> {
    let context: &'r Context = &request.context;
    let mut found: BTreeSet<&'r str> = BTreeSet::new();
    let mut add = |key: &str| {
        if let Some((spelling, ContextValue::Twice(_))) = context.entry_of(key) {
            found.insert(spelling);
        }
    };
    // The names of a service principal are in a key.
    add("aws:PrincipalServiceNamesList");
    layers.policies().flat_map(|(_, policy)| policy.asked_keys()).for_each(add);
    found
}
