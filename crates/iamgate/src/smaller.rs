//! A shorter document that decides the same, for policies of whatever kind.
//!
//! Every step is proven by [`difference`] in both directions: for every request, and for every caller if the document names principals. A step
//! that is not proven is not made.

use std::sync::Arc;

use iam_analysis::{ProofBudget, covers};
use iam_eval::LetterCase;
use iam_policy::{
    ActionElement, NamedPrincipal, Policy, PrincipalElement, Principals, ResourceElement, Spanned, Statement,
};

use crate::difference::{Comparing, difference};

/// A shorter document.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Smaller {
    /// The document.
    pub policy: Arc<Policy>,
    /// The number of characters of the given document and of this one in canonical JSON.
    pub characters: (usize, usize),
    /// Why there may be a shorter document that decides the same, as a sentence without a full stop. `None` if every step was tried that is known.
    pub unfinished: Option<Box<str>>,
    /// What the proof rests on, as sentences.
    pub premises: Vec<Box<str>>,
}

/// With more statements than this, superfluous ones are not searched for.
const FEW: usize = 48;
/// The same for documents that name principals, of which every kind of caller is asked about.
const FEW_WITH_CALLERS: usize = 12;

/// Writes a shorter document that decides the same as a given one.
///
/// Values that others cover are left out, statements that differ in one list are merged, and superfluous statements are removed. `Sid` and `Id`
/// are left out.
///
/// # Examples
/// ```
/// use iamgate::iam_analysis::ActionNames;
/// use iamgate::iam_policy::value::Instant;
/// use iamgate::{ComparedKind, Comparing, Details, Limits, Mode, Policy, PolicyKind, smaller};
/// use std::sync::Arc;
///
/// let text = r#"{"Version": "2012-10-17", "Statement": [
///     {"Effect": "Deny", "Action": ["ec2:*", "ec2:RunInstances"], "Resource": "*"},
///     {"Effect": "Deny", "Action": "rds:*", "Resource": "*"}]}"#;
/// let policy = Arc::new(Policy::parse(text, PolicyKind::Scp, Mode::Strict, &Limits::default())?);
/// let (names, details) = (ActionNames::new(["ec2:RunInstances"]), Details::embedded()?);
/// let about = Comparing::new(ComparedKind::Scp, &names, &details, Instant::from_epoch_seconds(0));
/// let shorter = smaller(&policy, &about).policy.to_string();
/// assert!(shorter.ends_with(r#"[{"Effect":"Deny","Action":["ec2:*","rds:*"],"Resource":"*"}]}"#), "{shorter}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn smaller(policy: &Arc<Policy>, about: &Comparing<'_>) -> Smaller {
    let mut judge = Judge { about: about.clone().briefly(), premises: Vec::new(), refused: 0 };
    let mut best = (**policy).clone();
    best.id = None;
    best.statements.iter_mut().for_each(|own| own.sid = None);
    let mut best = Arc::new(best);
    for step in [without_covered, merged] {
        let whole = step(&best);
        if judge.is_same(&best, &whole) {
            best = whole;
        }
    }
    let count = best.statements.len();
    let mut unfinished = None;
    let names_principals = policy.statements.iter().any(|own| own.principal.is_some());
    if count > if names_principals { FEW_WITH_CALLERS } else { FEW } {
        unfinished = Some(format!("superfluous statements were not looked for, because there are {count}"));
    } else {
        let mut at = 0_usize;
        while at < best.statements.len() && best.statements.len() > 1 {
            let mut without = (*best).clone();
            without.statements.remove(at);
            let without = Arc::new(without);
            if judge.is_same(&best, &without) {
                best = without;
            } else {
                at = at.saturating_add(1);
            }
        }
    }
    // What was proven step by step is proven as a whole.
    if !judge.is_same(policy, &best) {
        judge.refused = judge.refused.saturating_add(1);
        best = Arc::clone(policy);
    }
    if judge.refused > 0 && unfinished.is_none() {
        unfinished = Some("a shorter document was written, and is not proven to decide the same".to_owned());
    }
    let length = |own: &Policy| own.to_string().chars().count();
    let characters = (length(policy), length(&best));
    let premises = judge.premises;
    Smaller { policy: best, characters, unfinished: unfinished.map(Into::into), premises }
}

impl Smaller {
    /// The given document, if this one is not shorter.
    #[must_use]
    pub fn or_given(self, given: &Arc<Policy>) -> Self {
        let (before, after) = self.characters;
        if after < before {
            self
        } else {
            Self { policy: Arc::clone(given), characters: (before, before), ..self }
        }
    }
}

struct Judge<'c> {
    about: Comparing<'c>,
    premises: Vec<Box<str>>,
    /// The number of steps that are neither proven nor disproven.
    refused: usize,
}

impl Judge<'_> {
    fn is_same(&mut self, old: &Arc<Policy>, new: &Arc<Policy>) -> bool {
        if old == new {
            return true;
        }
        let found = difference(old, new, &self.about);
        self.about.budget = found.left.unwrap_or(ProofBudget::steps(0));
        let is_open = |own: &crate::Changed| own.answer.verdict.kind() == iam_analysis::VerdictKind::Unknown;
        let is_unknown = found.gained.iter().chain(&found.lost).all(is_open);
        if !found.is_none() && is_unknown {
            self.refused = self.refused.saturating_add(1);
        }
        self.premises.clone_from(&found.premises);
        found.is_none()
    }
}

/// The policy without values that other values of the same list cover.
fn without_covered(policy: &Arc<Policy>) -> Arc<Policy> {
    let mut own = (**policy).clone();
    for statement in &mut own.statements {
        statement.action = match statement.action.clone() {
            ActionElement::Action(list) => ActionElement::Action(uncovered(list, |own, other| {
                covers(own.pattern(), other.pattern(), LetterCase::Ascii)
            })),
            ActionElement::NotAction(list) => ActionElement::NotAction(uncovered(list, |own, other| {
                covers(own.pattern(), other.pattern(), LetterCase::Ascii)
            })),
        };
        statement.resource = statement.resource.take().map(|element| match element {
            ResourceElement::Resource(list) => ResourceElement::Resource(uncovered(list, |own, other| {
                covers(own.pattern(), other.pattern(), LetterCase::Sensitive)
            })),
            // A variable without a value keeps an Allow with `NotResource` from applying, whatever else the list has (rule 3.27).
            other @ ResourceElement::NotResource(_) => other,
        });
        if let Some(PrincipalElement::Principal(principals) | PrincipalElement::NotPrincipal(principals)) =
            &mut statement.principal
            && let Principals::Entries(entries) = principals
        {
            *entries = uncovered(std::mem::take(entries), |own, other| own == other);
        }
    }
    Arc::new(own)
}

/// The values of a list that no other value covers. Of two that cover each other, the first stays.
fn uncovered<T: Clone>(list: Vec<Spanned<T>>, covers: impl Fn(&T, &T) -> bool) -> Vec<Spanned<T>> {
    let mut kept: Vec<Spanned<T>> = Vec::new();
    for own in list {
        if kept.iter().any(|other| covers(&other.value, &own.value)) {
            continue;
        }
        kept.retain(|other| !covers(&own.value, &other.value));
        kept.push(own);
    }
    kept
}

/// The policy in which statements that differ in one list are one.
fn merged(policy: &Arc<Policy>) -> Arc<Policy> {
    let mut own = (**policy).clone();
    let mut count = own.statements.len().saturating_add(1);
    // A merged statement may be like another one that its parts were not like.
    while own.statements.len() < count {
        count = own.statements.len();
        let mut kept: Vec<Statement> = Vec::new();
        for statement in std::mem::take(&mut own.statements) {
            let joined = kept.iter_mut().find_map(|other| Some((joined(other, &statement)?, other)));
            match joined {
                Some((joined, other)) => *other = joined,
                None => kept.push(statement),
            }
        }
        own.statements = kept;
    }
    without_covered(&Arc::new(own))
}

/// Two statements as one, if they differ in one list at most, and that list names what they are about.
fn joined(one: &Statement, other: &Statement) -> Option<Statement> {
    if one.effect.value != other.effect.value || one.conditions != other.conditions {
        return None;
    }
    let same = [one.principal == other.principal, one.action == other.action, one.resource == other.resource];
    let mut joined = one.clone();
    match same {
        [true, true, true] => {}
        [false, true, true] => {
            joined.principal = principals(one.principal.as_ref()?, other.principal.as_ref()?);
        }
        [true, false, true] => {
            let (ActionElement::Action(own), ActionElement::Action(more)) = (&one.action, &other.action)
            else {
                return None;
            };
            joined.action = ActionElement::Action(own.iter().chain(more).cloned().collect());
        }
        [true, true, false] => {
            let (Some(ResourceElement::Resource(own)), Some(ResourceElement::Resource(more))) =
                (&one.resource, &other.resource)
            else {
                return None;
            };
            joined.resource = Some(ResourceElement::Resource(own.iter().chain(more).cloned().collect()));
        }
        [_, _, _] => return None,
    }
    (same != [false, true, true] || joined.principal.is_some()).then_some(joined)
}

/// The principals of both. `None` if an element names everyone but some.
fn principals(one: &PrincipalElement, other: &PrincipalElement) -> Option<PrincipalElement> {
    let (PrincipalElement::Principal(own), PrincipalElement::Principal(more)) = (one, other) else {
        return None;
    };
    Some(PrincipalElement::Principal(match (own, more) {
        (Principals::Everyone(place), _) | (_, Principals::Everyone(place)) => Principals::Everyone(*place),
        (Principals::Entries(own), Principals::Entries(more)) => {
            let mut all: Vec<Spanned<NamedPrincipal>> = own.iter().chain(more).cloned().collect();
            // Entries of one key stand together in JSON.
            all.sort_by_key(|entry| entry.value.key());
            Principals::Entries(all)
        }
    }))
}
