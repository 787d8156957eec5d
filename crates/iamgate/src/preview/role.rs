//! What stands out in a role, regardless of the session.

use iam_catalog::{Catalog, CatalogAction};
use iam_eval::action_matches;
use iam_policy::{
    ActionElement, Effect, Limits, Mode, Policy, PolicyKind, PrincipalElement, Principals, Problem, Statement,
};

use super::{Shadowed, Trust};
use crate::access::Access;
use crate::managed::NamedPolicy;
use crate::snapshot::RoleSnapshot;

/// Allow statements that Deny statements of the role make ineffective, entirely or for some actions.
pub(super) fn shadowed(access: &Access<'_>, catalog: &Catalog<'_>) -> Vec<Shadowed> {
    if access.shadows.is_empty() {
        return Vec::new();
    }
    let names: Vec<CatalogAction<'_>> = catalog.actions().collect();
    let shadowed = access.shadows.iter().filter_map(|shadow| {
        Some(Shadowed {
            allow: access.describe([shadow.allow]).pop()?,
            denies: access.describe(shadow.denies.iter().copied()),
            actions: shadow.actions.iter().filter_map(|at| names.get(*at)).map(ToString::to_string).collect(),
            entirely: shadow.is_entire,
        })
    });
    shadowed.collect()
}

/// Patterns of Allow statements that include every action of a service, and every `NotAction`.
pub(super) fn open_ended(policies: &[NamedPolicy]) -> Vec<String> {
    let statements = policies.iter().flat_map(|named| allows(named.policy()));
    let mut found: Vec<String> = statements
        .flat_map(|statement| statement.action.patterns().iter().map(move |p| (&statement.action, &p.value)))
        .filter_map(|(element, pattern)| match element {
            ActionElement::NotAction(_) => Some(format!("NotAction {}", pattern.text())),
            ActionElement::Action(_) => {
                let all = pattern.is_any() || pattern.name() == Some("*");
                all.then(|| pattern.text().to_owned())
            }
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

/// Who may assume a role, according to its Allow statements.
pub(super) fn trust(policy: &Policy) -> Trust {
    let mut principals = Vec::new();
    for element in allows(policy).filter_map(|s| s.principal.as_ref()) {
        let not = if matches!(element, PrincipalElement::NotPrincipal(_)) { "not " } else { "" };
        match element.principals() {
            Principals::Everyone(_) => principals.push(format!("{not}*")),
            Principals::Entries(entries) => {
                principals.extend(entries.iter().map(|e| format!("{not}{}", e.value.text())));
            }
        }
    }
    let texts = |statement: &Statement| {
        let not = if statement.action.is_not() { "not " } else { "" };
        let texts = statement.action.patterns().iter().map(|p| format!("{not}{}", p.value.text()));
        texts.collect::<Vec<_>>()
    };
    let mut actions: Vec<String> = allows(policy).flat_map(texts).collect();
    for list in [&mut principals, &mut actions] {
        list.sort();
        list.dedup();
    }
    let tags = |statement: &Statement| {
        let named = statement.action.patterns().iter().any(|p| action_matches(&p.value, "sts:TagSession"));
        named != statement.action.is_not()
    };
    Trust { principals, actions, tags_sessions: allows(policy).any(tags) }
}

/// Findings about every document of a role.
pub(super) fn findings(snapshot: &RoleSnapshot) -> Vec<(Box<str>, Problem)> {
    let named = snapshot.policies().iter().chain(snapshot.boundary()).map(|p| (p.name(), p.policy()));
    let trust = snapshot.trust().map(|policy| ("trust", policy));
    let policies = snapshot.policies().iter().map(|named| &**named.policy());
    let inline: Vec<&Policy> = policies.filter(|policy| policy.kind == PolicyKind::Identity).collect();
    let sum = Policy::beyond_role_quota(&inline, Mode::Deployed, &Limits::default());
    let own = named
        .chain(trust)
        .flat_map(|(name, policy)| policy.findings.iter().map(move |f| (name.into(), f.clone())));
    own.chain(sum.map(|finding| ("inline".into(), finding))).collect()
}

fn allows(policy: &Policy) -> impl Iterator<Item = &Statement> {
    policy.statements.iter().filter(|s| s.effect.value == Effect::Allow)
}
