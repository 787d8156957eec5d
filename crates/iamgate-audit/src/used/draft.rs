//! What a profile has to allow for what was used, in the words of the old profile.
//!
//! Each Allow statement of the old profile that is about a used action becomes one about these actions alone, with its resources and conditions.
//! A Deny statement of the old profile stays, for the patterns that some allowed action matches.

use std::collections::{BTreeMap, BTreeSet};

use iamgate::iam_analysis::overlap;
use iamgate::iam_catalog::{AccessLevel, Catalog, Lookup};
use iamgate::iam_eval::LetterCase;
use iamgate::{
    Action, ActionElement, ActionPattern, Condition, Effect, Profile, ResourceElement, ResourcePattern,
    Statement,
};

use crate::about::is_about;
use crate::targets::escape;

use super::{Group, Resources, Used, UsedAction};

/// What a profile has to allow, and what it has to deny.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    /// What it allows.
    pub(super) allows: Vec<Allowed>,
    /// The actions, each with the resources on which it has to be allowed as the old profile allows it. `None` stands for all of them.
    pub(super) actions: BTreeMap<Box<str>, Option<ResourceElement>>,
    /// Actions that would be allowed on some resources only, if the records told all on which they were used, and these were not too many.
    pub(super) untold: Vec<Box<str>>,
}

/// Actions that are allowed on the same resources under the same conditions.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Allowed {
    pub(super) actions: BTreeSet<Box<str>>,
    pub(super) resources: ResourceElement,
    pub(super) conditions: Vec<Condition>,
}

impl Allowed {
    /// Whether the actions are allowed on every resource, without a condition.
    pub(super) fn is_plain(&self) -> bool {
        is_any(&self.resources) && self.conditions.is_empty()
    }
}

impl Draft {
    /// What a profile has to allow. `is_possible` says whether the old profile allows an action in some request.
    pub(super) fn of(
        used: &Used,
        old: &Profile,
        resources: Resources,
        (catalog, details): (&Catalog<'_>, &dyn Lookup),
        mut is_possible: impl FnMut(&str) -> bool,
    ) -> Self {
        let possible: BTreeSet<&str> =
            used.actions.keys().map(|own| &**own).filter(|own| is_possible(own)).collect();
        let mut draft = Self::default();
        for action in chosen(&used.groups, &possible) {
            let Some(known) = used.actions.get(action) else { continue };
            let is_read = catalog
                .action(action)
                .is_some_and(|own| matches!(own.level, AccessLevel::List | AccessLevel::Read));
            let is_narrowed = details.has_resources(action) && (resources == Resources::Used || !is_read);
            let on = is_narrowed.then(|| narrowed(known)).flatten();
            if is_narrowed && on.is_none() {
                draft.untold.push(action.into());
            }
            draft.add(action, old, on);
        }
        draft
    }

    /// Allows an action as the old profile does: on these resources only, where that allows every one.
    fn add(&mut self, name: &str, old: &Profile, narrowed: Option<ResourceElement>) {
        let Some(action) = Action::new(name) else { return };
        let statements = old.policies().iter().flat_map(|own| &own.policy().statements);
        let own = statements.filter(|own| own.effect.value == Effect::Allow && is_about(own, &action));
        let mut pieces: Vec<(ResourceElement, Vec<Condition>)> = Vec::new();
        for statement in own {
            let resources = statement.resource.clone().unwrap_or_else(ResourceElement::any);
            if !pieces
                .iter()
                .any(|(own, conditions)| *own == resources && *conditions == statement.conditions)
            {
                pieces.push((resources, statement.conditions.clone()));
            }
        }
        // What is allowed everywhere and always needs no other statement.
        if let Some(plain) = pieces.iter().find(|(own, conditions)| is_any(own) && conditions.is_empty()) {
            pieces = vec![plain.clone()];
        }
        let is_narrowed = narrowed.is_some() && pieces.iter().all(|(own, _)| is_any(own));
        let narrowed = narrowed.filter(|_| is_narrowed);
        for (resources, conditions) in pieces {
            let resources = narrowed.clone().unwrap_or(resources);
            let like = |own: &&mut Allowed| own.resources == resources && own.conditions == conditions;
            if let Some(own) = self.allows.iter_mut().find(like) {
                own.actions.insert(name.into());
            } else {
                let actions = BTreeSet::from([name.into()]);
                self.allows.push(Allowed { actions, resources, conditions });
            }
        }
        self.actions.insert(name.into(), narrowed);
    }
}

/// The actions that are enough for every group: of a group of which any one is enough, one that the plan allowed by itself in every call, if
/// there is one; otherwise all.
fn chosen<'u>(groups: &'u BTreeMap<Group, Vec<bool>>, possible: &BTreeSet<&str>) -> BTreeSet<&'u str> {
    let is_possible = |own: &&'u str| possible.contains(own);
    let of = |group: &'u Group| group.actions.iter().map(|own| &**own).filter(is_possible);
    let is_choice = |group: &Group| group.is_any_enough && group.actions.len() > 1;
    let mut chosen: BTreeSet<&str> = groups.keys().filter(|own| !is_choice(own)).flat_map(of).collect();
    for (group, alone) in groups.iter().filter(|(own, _)| is_choice(own)) {
        let all = group.actions.iter().map(|own| &**own).zip(alone);
        let enough: Vec<&str> = all.filter(|(_, alone)| **alone).map(|(own, _)| own).collect();
        match enough.first() {
            Some(_) if enough.iter().any(|own| chosen.contains(own)) => {}
            Some(first) => drop(chosen.insert(first)),
            None => chosen.extend(of(group)),
        }
    }
    chosen
}

/// Whether actions are enough for a group.
pub(super) fn is_enough(
    group: &Group,
    alone: &[bool],
    is_there: impl Fn(&str) -> bool,
    is_possible: impl Fn(&str) -> bool,
) -> bool {
    let by_itself = group.actions.iter().zip(alone).any(|(own, alone)| *alone && is_there(own));
    (group.is_any_enough && by_itself) || group.actions.iter().all(|own| is_there(own) || !is_possible(own))
}

/// The resources on which an action was used. `None` if not all of them are known, or a pattern cannot be written.
fn narrowed(action: &UsedAction) -> Option<ResourceElement> {
    if action.has_others || action.resources.is_empty() {
        return None;
    }
    let pattern = |arn: &str| {
        let mut text = String::new();
        escape(arn, &mut text);
        text.parse::<ResourcePattern>().ok()
    };
    action
        .resources
        .iter()
        .map(|own| pattern(own))
        .collect::<Option<Vec<_>>>()
        .map(|all| all.into_iter().collect())
}

/// The Deny statements of the old profile, as far as they are about what these patterns allow.
pub(super) fn denies(old: &Profile, allowed: &[ActionPattern]) -> Vec<Statement> {
    let statements = old.policies().iter().flat_map(|own| &own.policy().statements);
    let denies = statements.filter(|own| own.effect.value == Effect::Deny);
    let is_about = |own: &ActionPattern| {
        own.is_any() || allowed.iter().any(|one| overlap(own.pattern(), one.pattern(), LetterCase::Ascii))
    };
    let kept = denies.filter_map(|own| {
        let action = match &own.action {
            // It is not looked at what a list leaves out.
            ActionElement::NotAction(_) => own.action.clone(),
            ActionElement::Action(list) => {
                let kept: Vec<ActionPattern> =
                    list.iter().map(|own| own.value.clone()).filter(is_about).collect();
                if kept.is_empty() {
                    return None;
                }
                kept.into_iter().collect()
            }
        };
        let mut own = own.clone();
        own.action = action;
        Some(own)
    });
    let mut all: Vec<Statement> = Vec::new();
    for own in kept {
        let is_same = |one: &Statement| {
            one.action == own.action && one.resource == own.resource && one.conditions == own.conditions
        };
        if !all.iter().any(is_same) {
            all.push(own);
        }
    }
    all
}

/// Whether an element names every resource.
pub(super) fn is_any(resources: &ResourceElement) -> bool {
    !resources.is_not() && resources.patterns().iter().any(|own| own.value.is_any())
}
