//! Principals of whom a document does not say who they are: canonical users, and identities of CloudFront.
//!
//! No request shows what they may do. So each gets an account of its own that nothing else names, and a difference for it is a doubt.

use std::collections::BTreeMap;
use std::sync::Arc;

use iam_analysis::{Doubt, Verdict};
use iam_policy::{
    ArnFields, Effect, NamedPrincipal as Entry, Policy, PrincipalElement, Principals, Spanned, Statement,
};

use super::apart::Apart;
use super::{Asker, Changed, ComparedKind, Comparing, Extent, PolicyDifference, compared, views};
use crate::outsiders::doubtful;

/// Whether an entry does not say who it is.
fn is_unidentified(entry: &Entry, kind: ComparedKind) -> bool {
    match entry {
        Entry::CanonicalUser(_) => true,
        // Those of a trust policy are asked about by themselves.
        Entry::Federated(_) => kind != ComparedKind::Trust,
        Entry::User(arn) => ArnFields::account_of(arn).is_none(),
        Entry::Aws
        | Entry::Account { .. }
        | Entry::Role(_)
        | Entry::Session(_)
        | Entry::FederatedUser(_)
        | Entry::Deleted(_)
        | Entry::Service(_) => false,
    }
}

/// The names in Allow statements.
fn allowed(policy: &Policy, kind: ComparedKind) -> Vec<String> {
    let allows = policy.statements.iter().filter(|own| own.effect.value == Effect::Allow && !excludes(own));
    names(allows, kind)
}

/// The names of those whom statements keep out, where that may hide a difference. A Deny may be about anybody of whom it is not known who it is,
/// so one that both documents have may hide what is allowed to all others.
fn kept_out(apart: &Apart, kind: ComparedKind) -> Vec<String> {
    let is_kept = |own: &&Statement| own.effect.value == Effect::Deny || excludes(own);
    names(apart.touched.statements.iter().filter(is_kept), kind)
}

/// Whether a statement is for all but some.
const fn excludes(statement: &Statement) -> bool {
    matches!(statement.principal, Some(PrincipalElement::NotPrincipal(_)))
}

/// The names of those of whom some statements do not say who they are, sorted.
fn names<'s>(statements: impl Iterator<Item = &'s Statement>, kind: ComparedKind) -> Vec<String> {
    let elements = statements.flat_map(|own| &own.principal);
    let entries = elements.flat_map(|element| element.principals().entries());
    let own = entries.filter(|entry| is_unidentified(&entry.value, kind));
    let mut list: Vec<String> = own.map(|entry| entry.value.text().to_owned()).collect();
    list.sort();
    list.dedup();
    list
}

/// The policy in which the names of Allow statements are accounts.
fn replaced(policy: &Policy, accounts: &BTreeMap<String, String>, kind: ComparedKind) -> Arc<Policy> {
    let mut changed = policy.clone();
    for statement in changed.statements.iter_mut().filter(|own| own.effect.value == Effect::Allow) {
        if let Some(PrincipalElement::Principal(Principals::Entries(entries))) = &mut statement.principal {
            for entry in entries.iter_mut().filter(|entry| is_unidentified(&entry.value, kind)) {
                if let Some(account) = accounts.get(entry.value.text()) {
                    *entry = Spanned::placeless(Entry::Account { text: account.as_str().into() });
                }
            }
        }
    }
    Arc::new(changed)
}

/// Adds the doubts about those of whom it is not known who they are. The steps of `about` are those that are left.
pub(super) fn add(found: &mut PolicyDifference, old: &Arc<Policy>, new: &Arc<Policy>, about: &Comparing<'_>) {
    let mut names = [allowed(old, about.kind), allowed(new, about.kind)].concat();
    names.sort();
    names.dedup();
    let kept_out = kept_out(&views::apart(old, new, about), about.kind);
    if names.is_empty() && kept_out.is_empty() {
        return;
    }
    let taken = views::fresh_accounts(&[old, new], names.len());
    let accounts: BTreeMap<String, String> =
        names.into_iter().zip(taken.iter().map(|own| own.as_str().to_owned())).collect();
    let all: Vec<&String> = accounts.keys().chain(&kept_out).collect();
    let first = all.first().map(|own| own.as_str()).unwrap_or_default().to_owned();
    found.premises.push(
        "Canonical users and identities of CloudFront are taken for accounts that the documents do not name otherwise."
            .into(),
    );
    if let Some(name) = kept_out.first() {
        // Whom the Denies keep out cannot be told, so neither direction is proven.
        for list in [&mut found.gained, &mut found.lost] {
            let doubt = Doubt::Unidentified { named: name.as_str().into(), action: "*".into() };
            list.push(Changed::unknown(doubt, Some(Asker::Unidentified(name.as_str().into()))));
        }
    }
    let briefly = Comparing { tells_extents: false, ..about.clone() };
    let (old, new) = (replaced(old, &accounts, about.kind), replaced(new, &accounts, about.kind));
    let (mut views, _) = views::of(&old, &new, &briefly);
    views.retain(|view| matches!(view.asker, Some(Asker::Outside(_))));
    let own = compared(&views, &[Vec::new(), Vec::new()], &briefly);
    found.left = own.left;
    for (list, more) in [(&mut found.gained, own.gained), (&mut found.lost, own.lost)] {
        for changed in more {
            if list.iter().any(|known| super::is_same(&known.answer, &changed.answer)) {
                continue;
            }
            let who = match &changed.answer.verdict {
                Verdict::Fails(witness) => witness.request.principal.account(),
                Verdict::Holds | Verdict::Unknown(_) => None,
            };
            let name = accounts.iter().find(|(_, account)| who == Some(account.as_str()));
            let name = name.map_or(first.as_str(), |(name, _)| name.as_str());
            list.push(Changed {
                askers: vec![Asker::Unidentified(name.into())],
                answer: doubtful(changed.answer, name),
                before: Extent::unknown(),
                after: Extent::unknown(),
            });
        }
    }
}
