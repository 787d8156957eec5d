//! Which statements of two documents are not in both.
//!
//! What a comparison does not reach matters only where the documents are not the same. A statement that both have still matters there, because
//! it may allow or deny what the others are about.

use std::collections::BTreeSet;

use iam_analysis::{covers, overlap};
use iam_eval::{LetterCase, action_matches};
use iam_policy::{
    ActionElement, Effect, Pattern, Policy, PrincipalElement, Principals, ResourceElement, Statement,
};

/// The statements of two documents that matter where they differ.
pub(super) struct Apart {
    /// Those that one document has and the other does not.
    pub(super) changed: Vec<Statement>,
    /// Those, and the ones of both that are about an action of one of them.
    pub(super) touched: Policy,
}

impl Apart {
    /// Takes two documents apart. `both` has the statements of both.
    pub(super) fn of(old: &Policy, new: &Policy, both: &Policy) -> Self {
        let meanings = |policy: &Policy| -> BTreeSet<Meaning> {
            policy.statements.iter().map(|own| Meaning::of(own, policy)).collect()
        };
        let (of_old, of_new) = (meanings(old), meanings(new));
        let not_in = |policy: &Policy, others: &BTreeSet<Meaning>| -> Vec<Statement> {
            let own = policy.statements.iter().filter(|own| !others.contains(&Meaning::of(own, policy)));
            own.cloned().collect()
        };
        let changed = [not_in(old, &of_new), not_in(new, &of_old)].concat();
        let is_touched =
            |own: &&Statement| changed.iter().any(|other| share_an_action(&own.action, &other.action));
        let touched = both.with_only(both.statements.iter().filter(is_touched).cloned().collect());
        Self { changed, touched }
    }
}

/// Whether the statements of two documents that are about an action differ, whatever else they are about.
pub(super) fn differ_about(old: &Policy, new: &Policy, action: &str) -> bool {
    let meanings = |policy: &Policy| -> BTreeSet<Meaning> {
        let about = policy.statements.iter().filter(|own| is_about(own, action));
        about.map(|own| Meaning { actions: (false, Vec::new()), ..Meaning::of(own, policy) }).collect()
    };
    meanings(old) != meanings(new)
}

/// Whether a statement is about an action.
fn is_about(statement: &Statement, action: &str) -> bool {
    let mut patterns = statement.action.patterns().iter();
    patterns.any(|pattern| action_matches(&pattern.value, action)) != statement.action.is_not()
}

/// Whether two elements may match the same action. A yes may be wrong for `NotAction`.
fn share_an_action(one: &ActionElement, other: &ActionElement) -> bool {
    if one.is_not() || other.is_not() {
        return true;
    }
    let mut own = one.patterns().iter().map(|own| own.value.pattern());
    own.any(|own| {
        let mut others = other.patterns().iter().map(|other| other.value.pattern());
        others.any(|other| overlap(own, other, LetterCase::Ascii))
    })
}

/// What a statement says, without its `Sid` and the order of its lists. Two statements that have the same decide the same.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Meaning {
    version: String,
    is_allow: bool,
    principals: Option<(bool, Vec<String>)>,
    actions: (bool, Vec<String>),
    resources: Option<(bool, Vec<String>)>,
    conditions: Vec<(String, String, Vec<String>)>,
}

impl Meaning {
    fn of(statement: &Statement, policy: &Policy) -> Self {
        let principals = statement.principal.as_ref().map(|element| {
            let own = element.principals();
            let everyone = matches!(own, Principals::Everyone(_)).then(|| "*".to_owned());
            let entries = own.entries().iter().map(|own| format!("{:?}", own.value));
            let is_not = matches!(element, PrincipalElement::NotPrincipal(_));
            (is_not, in_order(everyone.into_iter().chain(entries)))
        });
        let actions: Vec<&Pattern> =
            statement.action.patterns().iter().map(|own| own.value.pattern()).collect();
        let actions = uncovered(&actions, LetterCase::Ascii);
        let actions = in_order(actions.into_iter().map(|own| own.text().to_ascii_lowercase()));
        let resources = statement.resource.as_ref().map(|element| {
            let all: Vec<&Pattern> = element.patterns().iter().map(|own| own.value.pattern()).collect();
            // A variable without a value has its own effect, whatever else the list has (rule 3.27), and so has `*` (rule 3.6).
            let is_own = |text: &str| text.contains('$') || (text != "*" && text.chars().all(|c| c == '*'));
            let is_plain =
                matches!(element, ResourceElement::Resource(_)) && !all.iter().any(|own| is_own(own.text()));
            let kept = if is_plain { uncovered(&all, LetterCase::Sensitive) } else { all };
            (element.is_not(), in_order(kept.into_iter().map(|own| own.text().to_owned())))
        });
        let mut conditions: Vec<(String, String, Vec<String>)> = statement
            .conditions
            .iter()
            .map(|own| {
                let values = own.values.texts().into_iter().map(str::to_owned);
                let key = own.key.value.as_str().to_ascii_lowercase();
                (format!("{:?}", own.test.value), key, in_order(values))
            })
            .collect();
        conditions.sort();
        Self {
            version: format!("{:?}", policy.version),
            is_allow: statement.effect.value == Effect::Allow,
            principals,
            actions: (statement.action.is_not(), actions),
            resources,
            conditions,
        }
    }
}

/// The texts of a list, sorted, each once.
fn in_order(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    let own: BTreeSet<String> = texts.into_iter().collect();
    own.into_iter().collect()
}

/// The patterns of a list that no other one covers. Of two that cover each other, the first stays.
fn uncovered<'p>(list: &[&'p Pattern], case: LetterCase) -> Vec<&'p Pattern> {
    let mut kept: Vec<&Pattern> = Vec::new();
    for own in list {
        if kept.iter().any(|other| covers(other, own, case)) {
            continue;
        }
        kept.retain(|other| !covers(own, other, case));
        kept.push(own);
    }
    kept
}
