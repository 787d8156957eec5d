//! Statements that change nothing: no request satisfies them, a Deny of the same document takes back all that they allow, or other
//! statements say what they say.
//!
//! Each answer is proven by the analysis, for every action, every resource and every value of every condition key, under every reading of the
//! rules that AWS leaves open. A statement about which the proof does not end within the budget is not listed.

use std::sync::Arc;

use iam_analysis::{Analysis, ProofBudget, Question, Verdict, covers};
use iam_catalog::Lookup;
use iam_eval::{Layers, LetterCase};
use iam_policy::{
    ActionElement, Condition, Effect, Policy, PolicyKind, PrincipalElement, Principals, ResourceElement,
    Statement,
};

use crate::proof::space;

/// Why a statement changes nothing. Statements are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Idle {
    /// No request satisfies its conditions.
    Unsatisfiable,
    /// These Deny statements together deny every request that it allows.
    Denied(Vec<usize>),
    /// These statements of the same effect together apply to every request to which it applies.
    Included(Vec<usize>),
}

/// The budget of all questions about one document.
const BUDGET: ProofBudget = ProofBudget::steps(1 << 19);
/// The budget of one question.
const OF_ONE: ProofBudget = ProofBudget::steps(1 << 16);
/// The most comparisons of patterns to find out which statements may be related. A document that needs more is not looked at.
const COMPARISONS: usize = 250_000;

/// The statements of a policy that change nothing, with their numbers.
///
/// If two statements say the same, the later one is listed. What a policy grants or denies stays the same if all listed statements that are
/// included in others are taken out together.
pub fn idle(policy: &Policy, details: &dyn Lookup) -> Vec<(usize, Idle)> {
    let mut asking = Asking { policy, details, left: BUDGET };
    let mut kept: Vec<bool> = vec![true; policy.statements.len()];
    let mut found = Vec::new();
    if comparisons(policy) > COMPARISONS {
        return found;
    }
    for (number, own) in policy.statements.iter().enumerate().rev() {
        let others = |effect: Effect| -> Vec<usize> {
            let others = policy.statements.iter().enumerate();
            let others = others.filter(|(at, other)| *at != number && other.effect.value == effect);
            let others = others.filter(|(at, other)| kept.get(*at) == Some(&true) && may_include(other, own));
            others.map(|(at, _)| at).collect()
        };
        let idle = if asking.is_unsatisfiable(own) {
            Some(Idle::Unsatisfiable)
        } else if let Some(denies) =
            (own.effect.value == Effect::Allow).then(|| asking.within(own, &others(Effect::Deny))).flatten()
        {
            Some(Idle::Denied(denies))
        } else {
            asking.within(own, &others(own.effect.value)).map(Idle::Included)
        };
        // What no request meets is within everything, and another finding says what is wrong with it.
        let idle = idle.filter(|idle| *idle == Idle::Unsatisfiable || !asking.never(own, &[]));
        if let (Some(idle), Some(kept)) = (idle, kept.get_mut(number)) {
            *kept = false;
            found.push((number, idle));
        }
    }
    found.reverse();
    found
}

/// The questions about one policy.
struct Asking<'a> {
    policy: &'a Policy,
    details: &'a dyn Lookup,
    left: ProofBudget,
}

impl<'a> Asking<'a> {
    /// Whether no request satisfies a statement. Only conditions can exclude each other.
    fn is_unsatisfiable(&mut self, own: &Statement) -> bool {
        let keys = || own.conditions.iter().map(|condition| condition.key.value.as_str());
        let is_repeated =
            keys().enumerate().any(|(at, key)| keys().take(at).any(|other| other.eq_ignore_ascii_case(key)));
        let has_empty = own.conditions.iter().any(|condition| condition.values.texts().is_empty());
        (is_repeated || has_empty) && self.never(own, &[])
    }

    /// The statements with these numbers.
    fn some(&self, numbers: &[usize]) -> Vec<&'a Statement> {
        numbers.iter().filter_map(|at| self.policy.statements.get(*at)).collect()
    }

    /// The statements that together apply whenever a statement does: the first that does so alone, or all.
    fn within(&mut self, own: &Statement, others: &[usize]) -> Option<Vec<usize>> {
        if others.is_empty() || !is_covered(own, &self.some(others)) {
            return None;
        }
        let alone = others.iter().find(|other| self.never(own, std::slice::from_ref(*other)));
        if let Some(alone) = alone {
            return Some(vec![*alone]);
        }
        (others.len() > 1 && self.never(own, others)).then(|| others.to_vec())
    }

    /// Whether it is proven that each request to which a statement applies is one to which some of the others apply.
    fn never(&mut self, own: &Statement, others: &[usize]) -> bool {
        let others = self.some(others);
        let conditions: Vec<&Condition> =
            std::iter::once(&own).chain(&others).flat_map(|statement| &statement.conditions).collect();
        let (allowed, beyond) = (self.layers(&[own]), self.layers(&others));
        let space = space(conditions, self.details);
        let mut analysis = Analysis::new(space).within(OF_ONE).in_all(self.left);
        let mut question = Question::new(&allowed);
        let nothing = Layers::new();
        question = question.beyond(if others.is_empty() { &nothing } else { &beyond });
        let verdict = analysis.never(&question);
        self.left = analysis.left();
        verdict == Verdict::Holds
    }

    /// Layers that allow what these statements apply to, for principals that they name.
    fn layers(&self, statements: &[&Statement]) -> Layers {
        let mut policy = self.policy.with_only(statements.iter().map(|own| plain(own)).collect());
        policy.kind = PolicyKind::Managed;
        let mut layers = Layers::new();
        if !policy.statements.is_empty() {
            layers.identity.push(Arc::new(policy));
        }
        layers
    }
}

/// The statement as an Allow of an identity-based policy: without its principals, and about every resource if it names none.
fn plain(statement: &Statement) -> Statement {
    let mut own = statement.clone();
    own.effect.value = Effect::Allow;
    own.principal = None;
    own.resource.get_or_insert_with(ResourceElement::any);
    own
}

/// Whether a statement may apply whenever another one does, as far as their principals show: it names the same, or everyone.
fn may_include(outer: &Statement, inner: &Statement) -> bool {
    match (&outer.principal, &inner.principal) {
        (None, None) => true,
        (Some(outer), Some(inner)) => is_everyone(outer) || is_same(outer, inner),
        (Some(_), None) | (None, Some(_)) => false,
    }
}

const fn is_everyone(principal: &PrincipalElement) -> bool {
    matches!(principal, PrincipalElement::Principal(Principals::Everyone(_)))
}

fn is_same(one: &PrincipalElement, other: &PrincipalElement) -> bool {
    let texts = |principals: &Principals| {
        let mut texts: Vec<String> =
            principals.entries().iter().map(|entry| format!("{:?}", entry.value)).collect();
        texts.sort_unstable();
        texts
    };
    match (one, other) {
        (PrincipalElement::Principal(one), PrincipalElement::Principal(other))
        | (PrincipalElement::NotPrincipal(one), PrincipalElement::NotPrincipal(other)) => {
            let is_everyone = |own: &Principals| matches!(own, Principals::Everyone(_));
            is_everyone(one) == is_everyone(other) && texts(one) == texts(other)
        }
        (PrincipalElement::Principal(_), PrincipalElement::NotPrincipal(_))
        | (PrincipalElement::NotPrincipal(_), PrincipalElement::Principal(_)) => false,
    }
}

/// Whether each pattern of a statement is within one of the others, as it must be if these apply whenever it does. Where a statement names all
/// but some, that is not known, and the answer is yes.
fn is_covered(own: &Statement, others: &[&Statement]) -> bool {
    let actions = |element: &ActionElement| (!element.is_not()).then(|| element.patterns().to_vec());
    let has_all_but = others.iter().any(|other| other.action.is_not());
    let is_about_actions = has_all_but
        || actions(&own.action).is_none_or(|patterns| {
            patterns.iter().all(|inner| {
                let outer = others.iter().flat_map(|other| other.action.patterns());
                outer.into_iter().any(|outer| {
                    let (outer, inner) = (&outer.value, &inner.value);
                    outer.is_any()
                        || outer.text().eq_ignore_ascii_case(inner.text())
                        || (is_of_same_service(outer.text(), inner.text())
                            && covers(outer.pattern(), inner.pattern(), LetterCase::Ascii))
                })
            })
        });
    let resources = |own: &Statement| {
        own.resource.as_ref().filter(|own| !own.is_not()).map(|own| own.patterns().to_vec())
    };
    is_about_actions
        && resources(own).is_none_or(|patterns| {
            patterns.iter().all(|inner| {
                others.iter().any(|other| match &other.resource {
                    Some(element) if !element.is_not() => element.patterns().iter().any(|outer| {
                        covers(outer.value.pattern(), inner.value.pattern(), LetterCase::Sensitive)
                    }),
                    Some(_) | None => true,
                })
            })
        })
}

/// Whether two patterns may be about the same service: one has wildcards in its service, or both have the same one.
fn is_of_same_service(one: &str, other: &str) -> bool {
    let service = |text: &str| text.split_once(':').map(|(service, _)| service.to_ascii_lowercase());
    let (one, other) = (service(one), service(other));
    let is_open = |service: &Option<String>| service.as_ref().is_none_or(|own| own.contains(['*', '?']));
    is_open(&one) || one == other
}

/// The most comparisons of patterns that [`is_covered`] makes for all statements.
fn comparisons(policy: &Policy) -> usize {
    let patterns = |own: &Statement| {
        let resources = own.resource.as_ref().map_or(0, |element| element.patterns().len());
        own.action.patterns().len().saturating_add(resources)
    };
    let counts: Vec<usize> = policy.statements.iter().map(patterns).collect();
    let all = counts.iter().fold(0, |sum: usize, count| sum.saturating_add(*count));
    counts.iter().fold(0, |sum: usize, own| sum.saturating_add(own.saturating_mul(all.saturating_sub(*own))))
}

#[cfg(test)]
mod tests;
