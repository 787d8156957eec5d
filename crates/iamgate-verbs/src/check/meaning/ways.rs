//! Ways to more permissions, at the statements that open them.

use std::sync::Arc;

use iamgate::iam_catalog::Lookup;
use iamgate::iam_eval::{Layers, Request};
use iamgate::iam_policy::{Effect, Policy};
use iamgate::{Escalation, escalations};

/// The ways that one statement opens, in words.
pub(super) struct Ways {
    /// The number of the policy.
    pub(super) policy: usize,
    /// The number of the statement in it.
    pub(super) statement: usize,
    pub(super) found: String,
    pub(super) help: String,
    /// The names of the ways, or that it is all of them: what stays when more ways get known and when they are told in other words.
    pub(super) names: String,
}

/// How many ways a finding names.
const NAMED: usize = 3;

/// The ways that policies of one principal open together, within its boundary. Each stands at the statement that allows its first step.
pub(super) fn ways(
    policies: &[&Arc<Policy>],
    boundary: Option<&Arc<Policy>>,
    details: &dyn Lookup,
) -> Vec<Ways> {
    let mut layers = Layers::new();
    layers.identity = policies.iter().map(|policy| Arc::clone(policy)).collect();
    layers.boundary = boundary.map(|own| vec![Arc::clone(own)]);
    let open = escalations(&layers, details);
    let mut by_statement: Vec<((usize, usize), Vec<&Escalation>)> = Vec::new();
    for own in &open {
        let place = own.requests.iter().find_map(|request| allowing(policies, request)).unwrap_or_default();
        match by_statement.iter_mut().find(|(known, _)| *known == place) {
            Some((_, ways)) => ways.push(own),
            None => by_statement.push((place, vec![own])),
        }
    }
    let paths = iamgate::escalation_paths().len();
    let is_everything = open.len() == paths && by_statement.len() == 1;
    let told = |ways: &[&Escalation]| {
        let mut says = ways.iter().map(|own| format!("{}: {}", own.steps, own.path.gives));
        if is_everything {
            let example = says.next().unwrap_or_default();
            return format!("all {paths} known ways to more permissions are open, such as {example}");
        }
        let more = ways.len().saturating_sub(NAMED);
        let ways = says.take(NAMED).collect::<Vec<_>>().join("; ");
        if more > 0 { format!("{ways}; and {more} more") } else { ways }
    };
    let names = |ways: &[&Escalation]| {
        if is_everything {
            return "every way".to_owned();
        }
        let mut names: Vec<&str> = ways.iter().map(|own| own.path.name).collect();
        names.sort_unstable();
        names.join("; ")
    };
    let mut told: Vec<Ways> = by_statement
        .into_iter()
        .map(|((policy, statement), ways)| Ways {
            policy,
            statement,
            found: told(&ways),
            help: {
                let source = ways.first().map(|own| own.path.source).unwrap_or_default();
                format!("{}; {source}", help(policies, policy, statement))
            },
            names: names(&ways),
        })
        .collect();
    told.sort_by_key(|own| (own.policy, own.statement));
    told
}

/// What to do about a statement that opens ways.
fn help(policies: &[&Arc<Policy>], policy: usize, statement: usize) -> String {
    let own = policies.get(policy).and_then(|policy| policy.statements.get(statement));
    let mut keys: Vec<&str> =
        own.into_iter().flat_map(|own| &own.conditions).map(|own| own.key.value.as_str()).collect();
    keys.dedup();
    match keys.as_slice() {
        [] => "name the resources, or add a condition that limits them".to_owned(),
        [key] => format!("name the resources: the condition on {key} leaves this open"),
        [..] => format!("name the resources: the conditions on {} leave this open", keys.join(" and ")),
    }
}

/// The first Allow statement that alone allows a request: numbers of the policy and of the statement.
fn allowing(policies: &[&Arc<Policy>], request: &Request) -> Option<(usize, usize)> {
    let all = policies.iter().enumerate().flat_map(|(number, policy)| {
        policy.statements.iter().enumerate().map(move |(statement, own)| (number, statement, *policy, own))
    });
    let mut allows = all.filter(|(.., own)| own.effect.value == Effect::Allow);
    let found = allows.find(|(_, _, policy, own)| {
        let mut layers = Layers::new();
        layers.identity.push(Arc::new(policy.with_only(vec![Clone::clone(*own)])));
        layers.decide(request).is_allowed()
    });
    found.map(|(policy, statement, ..)| (policy, statement))
}
