//! Reviews: what a version of a managed policy adds to another one, by class.

use std::collections::BTreeSet;
use std::sync::Arc;

use iam_analysis::{ActionNames, Actions, Analysis, ProofBudget, Question, Verdict};
use iam_catalog::{AccessLevel, Catalog, ClassReason, Classes, Details};
use iam_eval::Layers;
use iam_policy::{ActionElement, ActionPattern, Policy};

use crate::guard::allowed_by;
use crate::later::allowing;
use crate::managed::NamedPolicy;
use crate::proof::space;

/// What a version of a policy allows and another does not.
///
/// The versions are compared over every request. An action that only one version allows somewhere is told apart from one that both allow,
/// but one in more cases.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct PolicyReview<'t> {
    /// Actions that only the new version allows, sorted by name.
    pub added: Vec<ReviewedAction<'t>>,
    /// Actions that the new version allows in more cases, or may allow in more cases.
    pub wider: Vec<ReviewedAction<'t>>,
    /// Actions that only the old version allows.
    pub removed: Vec<ReviewedAction<'t>>,
    /// Actions that the old version allows in more cases, or may allow in more cases.
    pub narrower: Vec<ReviewedAction<'t>>,
    /// Names that only the new version lists, and that the catalogue does not have.
    pub unknown: Vec<Box<str>>,
    /// Patterns that only the new version has. They also allow names that AWS may add.
    pub wildcards: Vec<Box<str>>,
}

/// An action of a review.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReviewedAction<'t> {
    /// The action.
    pub action: Box<str>,
    /// Its level.
    pub level: AccessLevel,
    /// Its classes, with the evidence for each. Empty for an action without a class.
    pub classes: Vec<ClassReason<'t>>,
}

impl PolicyReview<'_> {
    /// Whether both versions allow the same, as far as names of actions are concerned.
    pub const fn is_same(&self) -> bool {
        self.added.is_empty()
            && self.wider.is_empty()
            && self.removed.is_empty()
            && self.narrower.is_empty()
            && self.unknown.is_empty()
            && self.wildcards.is_empty()
    }
}

/// Compares two versions of a managed policy.
///
/// # Cost
/// Less than a second for policies of the size of ReadOnlyAccess.
///
/// # Examples
/// ```
/// use iamgate::iam_catalog::{Catalog, Classes, Details};
/// use iamgate::{built_in, review};
///
/// let managed = built_in::managed()?;
/// let policy = |arn| managed.resolve(arn, "example").map(|found| found.policy().clone());
/// let (old, new) = (policy("arn:aws:iam::aws:policy/SecurityAudit")?, policy("arn:aws:iam::aws:policy/ReadOnlyAccess")?);
/// let found = review(&old, &new, &Catalog::embedded()?, &Details::embedded()?, &Classes::embedded()?);
/// let object = found.added.iter().find(|own| &*own.action == "s3:GetObject").ok_or("no s3:GetObject")?;
/// assert_eq!(object.classes[0].class.name(), "StoredData");
/// assert!(review(&old, &old, &Catalog::embedded()?, &Details::embedded()?, &Classes::embedded()?).is_same());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn review<'t>(
    old: &Arc<Policy>,
    new: &Arc<Policy>,
    catalog: &Catalog<'_>,
    details: &Details<'_>,
    classes: &Classes<'t>,
) -> PolicyReview<'t> {
    if old.to_json() == new.to_json() {
        return PolicyReview::default();
    }
    let full: Vec<String> = catalog.actions().map(|action| action.to_string()).collect();
    let names = ActionNames::new(full.iter().map(String::as_str));
    let places = |policy: &Arc<Policy>| allowed_by(&names, &[NamedPolicy::new("", Arc::clone(policy))]);
    let (before, after) = (places(old), places(new));
    let conditions = old.statements.iter().chain(&new.statements).flat_map(|statement| &statement.conditions);
    let mut analysis =
        Analysis::with_names(space(conditions, details), names.clone()).in_all(ProofBudget::ALL);
    let layers = |policy: &Arc<Policy>| {
        let mut layers = Layers::new();
        layers.identity.push(Arc::clone(policy));
        layers
    };
    // Both are about actions of the catalogue.
    let mut beyond = |allowed: &Layers, others: &Layers| -> BTreeSet<usize> {
        let question = Question::new(allowed).beyond(others).about(Actions::Listed);
        let answers = analysis.by_action(&question);
        answers
            .iter()
            .filter(|own| own.verdict != Verdict::Holds)
            .flat_map(|own| own.places.clone())
            .collect()
    };
    let (gained, lost) = (beyond(&layers(new), &layers(old)), beyond(&layers(old), &layers(new)));
    let told = |set: &BTreeSet<usize>, wanted: &dyn Fn(usize) -> bool| -> Vec<ReviewedAction<'t>> {
        set.iter()
            .filter(|place| wanted(**place))
            .filter_map(|place| {
                let action = names.name(*place)?;
                let level = catalog.action(action)?.level;
                Some(ReviewedAction {
                    action: action.into(),
                    level,
                    classes: classes.action(action).collect(),
                })
            })
            .collect()
    };
    let any = ActionElement::any();
    let listed = |policy: &Policy| -> BTreeSet<Box<str>> {
        allowing(policy, &any).map(ActionPattern::text).map(Into::into).collect()
    };
    let only_new: Vec<Box<str>> = listed(new).difference(&listed(old)).cloned().collect();
    let (wildcards, literal): (Vec<_>, Vec<_>) =
        only_new.into_iter().partition(|text| text.contains(['*', '?']));
    PolicyReview {
        added: told(&gained, &|place| !before.contains(&place)),
        wider: told(&gained, &|place| before.contains(&place)),
        removed: told(&lost, &|place| !after.contains(&place)),
        narrower: told(&lost, &|place| after.contains(&place)),
        unknown: literal.into_iter().filter(|name| !names.contains(name)).collect(),
        wildcards,
    }
}
