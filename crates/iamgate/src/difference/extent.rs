//! How far a document allows an action, in words: always, never, or only when one of its statements applies.

use std::sync::Arc;

use iam_analysis::{Actions, Analysis, Verdict};
use iam_eval::{Action, Decision, Layer, Layers, ResourceKind, action_matches};
use iam_policy::{Condition, Effect, PrincipalElement, Principals, ResourceElement, Statement};

use super::views::View;
use super::{Asker, Changed, Described};
use crate::snapshot::RoleSnapshot;

/// How far an action is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HowFar {
    /// By no request.
    Never,
    /// By some requests.
    Limited,
    /// By every request.
    Always,
    /// It is not known.
    Unknown,
}

impl HowFar {
    /// Every answer.
    pub const ALL: &'static [Self] = &[Self::Never, Self::Limited, Self::Always, Self::Unknown];

    /// The name: `never`, `limited`, `always` or `unknown`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Limited => "limited",
            Self::Always => "always",
            Self::Unknown => "unknown",
        }
    }
}

impl std::fmt::Display for HowFar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// How far a document allows an action, and what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Extent {
    /// How far.
    pub reach: HowFar,
    /// For [`HowFar::Limited`]: what the Allow statements about the action ask for, one of which must apply. Empty if one asks for nothing.
    pub when: Vec<Box<str>>,
    /// For [`HowFar::Limited`]: what the Deny statements about the action ask for, none of which may apply, and what the boundary asks for.
    pub besides: Vec<Box<str>>,
}

/// The maximum number of statements that are told.
const STATEMENTS: usize = 4;

/// The maximum number of values of an element that are told.
const VALUES: usize = 3;

impl Extent {
    pub(super) const fn unknown() -> Self {
        Self::of(HowFar::Unknown)
    }

    const fn of(reach: HowFar) -> Self {
        Self { reach, when: Vec::new(), besides: Vec::new() }
    }

    fn limited(action: &str, described: &Described) -> Self {
        let mut own = Self::of(HowFar::Limited);
        for (layer, policies) in described {
            let about = |effect: Effect| -> Vec<Box<str>> {
                let statements = policies.iter().flat_map(|policy| &policy.statements);
                let own = statements.filter(|s| s.effect.value == effect && is_about(s, action));
                let mut all: Vec<Box<str>> = own.map(|s| words(s).into()).collect();
                all.dedup();
                all
            };
            let (allows, denies) = (about(Effect::Allow), about(Effect::Deny));
            let is_free = allows.iter().any(|own| own.is_empty());
            if !is_free && *layer == Layer::Identity {
                own.when.extend(cut(allows));
            } else if !is_free {
                let alternatives = cut(allows).join(", or ");
                own.besides.push(format!("by {} only {alternatives}", layer.description()).into());
            }
            own.besides.extend(cut(denies).into_iter().map(|own| {
                Box::from(if own.is_empty() { "never".to_owned() } else { format!("not {own}") })
            }));
        }
        own
    }
}

/// The first of some texts, with the number of the others.
fn cut(mut texts: Vec<Box<str>>) -> Vec<Box<str>> {
    let left = texts.len().saturating_sub(STATEMENTS);
    texts.truncate(STATEMENTS);
    if left > 0 {
        texts.push(format!("by {left} more").into());
    }
    texts
}

/// Finds out how far the example was and is allowed.
pub(super) fn tell(
    changed: &mut Changed,
    is_gain: bool,
    view: &View,
    analysis: &mut Analysis,
    described: &[Described; 2],
) {
    let Some(action) = Action::new(&changed.answer.example) else { return };
    let ([old, new], [old_words, new_words]) = (&view.layers, described);
    let (wider, narrower) =
        if is_gain { ((new, new_words), (old, old_words)) } else { ((old, old_words), (new, new_words)) };
    // Callers of the owner's account need no Allow of the document if their own policies allow it. So only its Denies limit them.
    let needs_allow = !matches!(view.asker, Some(Asker::Own { may_everything: true, .. }))
        || matches!(view.resource, ResourceKind::KmsKey | ResourceKind::IamRoleTrust);
    let limited = |own: &Described| {
        let mut extent = Extent::limited(action.as_str(), own);
        if !needs_allow {
            extent.when.clear();
        }
        extent
    };
    let mut ask = |allowed: &Layers, beyond: Option<&Layers>| {
        let mut question = view.question(allowed).about(Actions::One(action.clone()));
        question.beyond = beyond;
        analysis.never(&question)
    };
    // The wider document allows something, and the narrower one not everything.
    let (is_shown, is_everything) = match &changed.answer.verdict {
        Verdict::Fails(witness) => (true, view.everything.decide(&witness.request) == Decision::Allowed),
        Verdict::Holds | Verdict::Unknown(_) => (false, false),
    };
    let wide = match ask(&view.everything, Some(wider.0)) {
        Verdict::Holds if is_everything => Extent::of(HowFar::Always),
        Verdict::Fails(_) if is_shown => limited(wider.1),
        Verdict::Holds | Verdict::Fails(_) | Verdict::Unknown(_) => Extent::unknown(),
    };
    let narrow = match ask(narrower.0, None) {
        Verdict::Holds => Extent::of(HowFar::Never),
        Verdict::Fails(_) if is_shown => limited(narrower.1),
        Verdict::Fails(_) | Verdict::Unknown(_) => Extent::unknown(),
    };
    (changed.before, changed.after) = if is_gain { (narrow, wide) } else { (wide, narrow) };
}

/// The policies of a role that say how far it may do something.
pub(super) fn of_role(role: &RoleSnapshot) -> Described {
    let own = role.policies().iter().map(|named| Arc::clone(named.policy())).collect();
    let boundary = role.boundary().map(|named| (Layer::Boundary, vec![Arc::clone(named.policy())]));
    let controls = role.scp().into_iter().flatten();
    let controls =
        controls.map(|level| (Layer::Scp, level.iter().map(|named| Arc::clone(named.policy())).collect()));
    std::iter::once((Layer::Identity, own)).chain(boundary).chain(controls).collect()
}

fn is_about(statement: &Statement, action: &str) -> bool {
    let mut patterns = statement.action.patterns().iter();
    patterns.any(|pattern| action_matches(&pattern.value, action)) != statement.action.is_not()
}

/// What a statement asks for besides the action. Empty if it asks for nothing.
fn words(statement: &Statement) -> String {
    let mut parts: Vec<String> = Vec::new();
    match &statement.principal {
        Some(PrincipalElement::Principal(Principals::Entries(entries))) => {
            parts.push(format!("to {}", listed(entries.iter().map(|entry| entry.value.text()))));
        }
        Some(PrincipalElement::NotPrincipal(principals)) => {
            let names = principals.entries().iter().map(|entry| entry.value.text());
            parts.push(format!("to all but {}", listed(names)));
        }
        Some(PrincipalElement::Principal(Principals::Everyone(_))) | None => {}
    }
    if let Some(element) = &statement.resource {
        let texts = || element.patterns().iter().map(|pattern| pattern.value.text());
        if element.is_not() {
            parts.push(format!("on all but {}", listed(texts())));
        } else if !is_any(element) {
            parts.push(format!("on {}", listed(texts())));
        }
    }
    let tests: Vec<String> = statement.conditions.iter().map(test).collect();
    if !tests.is_empty() {
        parts.push(format!("if {}", tests.join(" and ")));
    }
    parts.join(" ")
}

fn is_any(element: &ResourceElement) -> bool {
    element.patterns().iter().any(|pattern| pattern.value.text() == "*")
}

fn test(condition: &Condition) -> String {
    let values = listed(condition.values.texts().into_iter());
    format!("{} {} {values}", condition.test.value, condition.key.value.as_str())
}

fn listed<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let all: Vec<&str> = texts.collect();
    let mut shown: Vec<String> = all.iter().take(VALUES).map(|text| (*text).to_owned()).collect();
    if let Some(left) = all.len().checked_sub(VALUES).filter(|left| *left > 0) {
        shown.push(format!("{left} more"));
    }
    shown.join(" or ")
}
