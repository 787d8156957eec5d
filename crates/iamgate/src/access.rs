//! Which actions are possible through a set of policies: some resource and some context may allow them.
//!
//! Action by action and statement by statement. An action is possible through a layer if an Allow statement of the layer can match it and
//! is alive: no Deny without condition covers every resource the statement can match. That over-approximates what is allowed: the
//! resources and conditions of two layers are not intersected, nor those of an Allow and a conditional Deny.

use iam_catalog::Catalog;
use iam_eval::action_matches;
use iam_policy::{ActionElement, Effect, Policy, ResourceElement, Statement};

use crate::cover::covers;
use crate::managed::NamedPolicy;

/// A statement of one of the policies of a [`Layer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct StatementId {
    /// Index of the policy.
    pub policy: usize,
    /// Index of the statement in it.
    pub statement: usize,
}

/// Policies of one kind, and which actions their statements match.
#[derive(Clone, Debug)]
pub struct Layer<'p> {
    policies: &'p [NamedPolicy],
    /// By action, in the order of the catalogue.
    allows: Vec<Vec<StatementId>>,
    /// Deny statements without condition, by action.
    denies: Vec<Vec<StatementId>>,
    /// Deny statements with a condition, by action.
    conditional_denies: Vec<Vec<StatementId>>,
}

impl<'p> Layer<'p> {
    /// Matches every statement with every action of the catalogue.
    pub fn new(policies: &'p [NamedPolicy], catalog: &Catalog<'_>) -> Self {
        let names: Vec<String> = catalog.actions().map(|action| action.to_string()).collect();
        let empty = vec![Vec::new(); names.len()];
        let mut layer =
            Self { policies, allows: empty.clone(), denies: empty.clone(), conditional_denies: empty };
        let ranges = service_ranges(catalog);
        for (policy, named) in policies.iter().enumerate() {
            for (statement, element) in named.policy.statements.iter().enumerate() {
                let slots = match (element.effect.value, element.conditions.is_empty()) {
                    (Effect::Allow, _) => &mut layer.allows,
                    (Effect::Deny, true) => &mut layer.denies,
                    (Effect::Deny, false) => &mut layer.conditional_denies,
                };
                let id = StatementId { policy, statement };
                for (slot, matches) in slots.iter_mut().zip(matching(&element.action, &names, &ranges)) {
                    if matches {
                        slot.push(id);
                    }
                }
            }
        }
        layer
    }

    /// The statement of an id.
    pub fn statement(&self, id: StatementId) -> Option<&'p Statement> {
        self.policies.get(id.policy)?.policy.statements.get(id.statement)
    }

    /// The policy of an id.
    pub fn policy(&self, id: StatementId) -> Option<&'p NamedPolicy> {
        self.policies.get(id.policy)
    }

    /// What people call a statement: its policy, and its Sid or number.
    pub fn name(&self, id: StatementId) -> String {
        let policy = self.policy(id).map(|p| &*p.name).unwrap_or_default();
        match self.statement(id).and_then(|s| s.sid.as_ref()).filter(|sid| !sid.value.is_empty()) {
            Some(sid) => format!("{policy}/{}", sid.value),
            None => format!("{policy}#{}", id.statement.saturating_add(1)),
        }
    }

    /// The policies.
    pub fn documents(&self) -> impl Iterator<Item = &'p Policy> + use<'p> {
        self.policies.iter().map(|named| &*named.policy)
    }

    /// The Allow statements that match an action, alive or not.
    pub fn allows(&self, action: usize) -> &[StatementId] {
        self.allows.get(action).map(Vec::as_slice).unwrap_or_default()
    }

    /// The Deny statements without condition that match an action.
    pub fn denies(&self, action: usize) -> &[StatementId] {
        self.denies.get(action).map(Vec::as_slice).unwrap_or_default()
    }

    /// The Deny statements with a condition that match an action.
    pub fn conditional_denies(&self, action: usize) -> &[StatementId] {
        self.conditional_denies.get(action).map(Vec::as_slice).unwrap_or_default()
    }

    /// The Allow statements that are alive beside the Denies of these layers.
    pub fn alive(&self, action: usize, beside: &[&Self]) -> Vec<StatementId> {
        let alive = |id: &&StatementId| match self.statement(**id) {
            Some(allow) => can_match(allow) && self.killer(allow, action, beside).is_none(),
            None => false,
        };
        self.allows(action).iter().filter(alive).copied().collect()
    }

    /// The Deny that leaves an Allow statement nothing: the index of its layer in `beside`, and the statement.
    pub fn killer(&self, allow: &Statement, action: usize, beside: &[&Self]) -> Option<(usize, StatementId)> {
        let kills =
            |layer: &Self, id: &StatementId| layer.statement(*id).is_some_and(|deny| covers_all(deny, allow));
        beside.iter().enumerate().find_map(|(index, layer)| {
            layer.denies(action).iter().find(|id| kills(layer, id)).map(|id| (index, *id))
        })
    }

    /// Whether an action is denied for every resource, without condition.
    pub fn denies_everywhere(&self, action: usize) -> bool {
        let everywhere = |id: &StatementId| match self.statement(*id).map(|s| &s.resource) {
            Some(Some(ResourceElement::Resource(patterns))) => patterns.iter().any(|p| p.value.is_any()),
            Some(Some(ResourceElement::NotResource(_)) | None) | None => false,
        };
        self.denies(action).iter().any(everywhere)
    }
}

/// Whether an Allow statement can match any resource at all.
fn can_match(allow: &Statement) -> bool {
    match &allow.resource {
        None => true,
        Some(ResourceElement::Resource(patterns)) => patterns.iter().any(|p| !p.value.is_null()),
        // Rule 3.27: with a null entry the statement does not apply.
        Some(ResourceElement::NotResource(patterns)) => {
            patterns.iter().all(|p| !p.value.is_null() && !p.value.is_any())
        }
    }
}

/// Whether a Deny without condition covers every resource that an Allow can match. A yes is certain.
fn covers_all(deny: &Statement, allow: &Statement) -> bool {
    let Some(ResourceElement::Resource(outer)) = &deny.resource else { return false };
    if outer.iter().any(|p| p.value.is_any()) {
        return true;
    }
    let Some(ResourceElement::Resource(inner)) = &allow.resource else { return false };
    let covered = |pattern: &iam_policy::Pattern| {
        outer.iter().any(|p| !p.value.is_null() && covers(p.value.pattern(), pattern))
    };
    // `*` also matches requests without a resource, which no ARN pattern matches (rule 3.6).
    inner.iter().filter(|p| !p.value.is_null()).all(|p| !p.value.is_any() && covered(p.value.pattern()))
}

/// The services of the catalogue and the indices of their actions.
fn service_ranges<'t>(catalog: &Catalog<'t>) -> Vec<(&'t str, std::ops::Range<usize>)> {
    let mut start = 0usize;
    let ranges = catalog.services().map(|service| {
        let end = start.saturating_add(service.actions().len());
        let range = start..end;
        start = end;
        (service.prefix(), range)
    });
    ranges.collect()
}

/// Which actions an element matches.
fn matching(
    element: &ActionElement,
    names: &[String],
    ranges: &[(&str, std::ops::Range<usize>)],
) -> Vec<bool> {
    let mut matches = vec![false; names.len()];
    for pattern in element.patterns() {
        let pattern = &pattern.value;
        let service = pattern.service().filter(|_| !pattern.has_wildcard_service());
        let wanted = ranges
            .iter()
            .filter(|(prefix, _)| service.is_none_or(|service| service.eq_ignore_ascii_case(prefix)));
        for (_, range) in wanted {
            let slots = matches.get_mut(range.clone()).unwrap_or_default();
            for (slot, name) in slots.iter_mut().zip(names.get(range.clone()).unwrap_or_default()) {
                *slot |= action_matches(pattern, name);
            }
        }
    }
    if element.is_not() {
        for slot in &mut matches {
            *slot = !*slot;
        }
    }
    matches
}
