//! Fewer and shorter statements with the same meaning. The analysis checks each step.

use std::collections::BTreeSet;
use std::sync::Arc;

use iam_eval::{Layers, LetterCase};
use iam_policy::Effect;

use super::draft::{Draft, Element, List, policy};
use super::{Dead, Origin, Unfinished, of};
use crate::analysis::{Analysis, Question};
use crate::budget::{Meter, ProofBudget};
use crate::glob::relate::is_within;
use crate::glob::{Bound, Compared, Glob, Replaced};
use crate::space::Space;
use crate::verdict::Verdict;

/// With more statements than this, superfluous ones are not searched for.
const FEW: usize = 160;

/// Fewer and shorter statements.
pub(super) struct Minimised {
    /// The statements without those that do not matter, Allows first.
    pub(super) drafts: Vec<Draft>,
    /// The Allows that have no request left.
    pub(super) dead: Vec<Dead>,
    /// Why some were not looked at.
    pub(super) unfinished: Option<Unfinished>,
}

pub(super) fn minimised(space: &Space, allows: Vec<Draft>, denies: Vec<Draft>) -> Minimised {
    let mut allows = allows;
    let mut denies = merged(denies);
    let mut dead = Vec::new();
    let mut judge = Judge { analysis: Analysis::new(space.clone()), meter: Meter::new(BUDGET) };
    let is_few = |drafts: &[Draft]| drafts.len() <= FEW;
    if is_few(&allows) {
        judge.bury(&mut allows, &denies, &mut dead);
    }
    allows = merged(allows);
    if is_few(&allows) && is_few(&denies) {
        judge.thin(&mut allows, &mut denies);
    }
    for draft in allows.iter_mut().chain(&mut denies) {
        shorten(&mut draft.actions);
        shorten(&mut draft.resources);
    }
    let statements = allows.len().saturating_add(denies.len());
    let unfinished = if !(is_few(&allows) && is_few(&denies)) {
        Some(Unfinished::ManyStatements { statements, most: FEW })
    } else if judge.meter.left() == 0 {
        let length = |sum: usize, draft: &Draft| sum.saturating_add(draft.length());
        let characters = allows.iter().chain(&denies).fold(0, length);
        Some(Unfinished::OutOfSteps { statements, characters })
    } else {
        None
    };
    allows.extend(denies);
    Minimised { drafts: allows, dead, unfinished }
}

/// Merges statements that differ only in their actions, or only in their resources.
fn merged(mut drafts: Vec<Draft>) -> Vec<Draft> {
    for by_actions in [true, false] {
        let mut kept: Vec<Draft> = Vec::new();
        for draft in drafts {
            let same = kept.iter_mut().find(|other| {
                let is_mergeable = if by_actions {
                    is_mergeable([&draft.resources, &other.resources], [&draft.actions, &other.actions])
                } else {
                    is_mergeable([&draft.actions, &other.actions], [&draft.resources, &other.resources])
                };
                is_mergeable && draft.conditions == other.conditions
            });
            match same {
                Some(other) => {
                    other.actions.patterns.extend(draft.actions.patterns);
                    other.resources.patterns.extend(draft.resources.patterns);
                    other.origins.extend(draft.origins);
                    other.origins.sort_unstable();
                    other.origins.dedup();
                }
                None => kept.push(draft),
            }
        }
        drafts = kept;
    }
    drafts
}

/// Whether the first two lists are equal and the others can be one list.
fn is_mergeable<P: Element, Q: Element>(rest: [&List<P>; 2], [a, b]: [&List<Q>; 2]) -> bool {
    let [own, other] = rest;
    own == other && (a == b || !a.is_not && !b.is_not)
}

/// Removes patterns from a list that are within other patterns of it.
pub(super) fn shorten<P: Element>(list: &mut List<P>) {
    let read = |pattern: &P| match Glob::of(pattern.pattern(), P::COMPARED, |_| Bound::Free) {
        Replaced::Exact(glob) => Some((glob, true)),
        Replaced::Within(glob) | Replaced::Loose(glob) => Some((glob, false)),
        Replaced::Null | Replaced::Unreadable => None,
    };
    let wide: Vec<(Box<str>, Glob)> = list
        .patterns
        .iter()
        .filter(|(text, _)| text.contains(['*', '?']))
        .filter_map(|(text, own)| Some((text.clone(), read(own).filter(|(_, is_exact)| *is_exact)?.0)))
        .collect();
    let is_not = list.is_not;
    if P::COMPARED == Compared::Text(LetterCase::Ascii) {
        let mut seen = BTreeSet::new();
        list.patterns.retain(|text, _| seen.insert(text.to_ascii_lowercase()));
    }
    list.patterns.retain(|text, own| {
        let Some((glob, is_exact)) = read(own) else { return true };
        // A variable without value keeps an Allow with `NotResource` from applying, whatever else the list has (rule 3.27).
        if is_not && !is_exact {
            return true;
        }
        !wide.iter().any(|(other, outer)| {
            // Of two equal patterns, the first stays. No pattern comes before itself.
            is_within(&glob, outer) && (!is_within(outer, &glob) || other < text)
        })
    });
}

/// The steps of all questions that are asked to make one policy smaller. Without steps, it stays as it is.
const BUDGET: ProofBudget = ProofBudget::steps(1 << 24);

struct Judge {
    analysis: Analysis,
    meter: Meter,
}

impl Judge {
    /// The statements as a policy. A byte that is read costs a step. `None` if no steps are left.
    fn layers(&self, drafts: &[&Draft]) -> Option<Layers> {
        let bytes = drafts.iter().fold(0_usize, |sum, draft| sum.saturating_add(draft.length()));
        self.meter.spend(bytes).ok()?;
        Some(of(&Arc::new(policy(drafts.iter().copied()))))
    }

    /// Whether `inner` is proven to allow nothing that `outer` does not allow.
    fn is_within(&mut self, inner: &[&Draft], outer: &[&Draft]) -> bool {
        let Some((inner, outer)) = self.layers(inner).zip(self.layers(outer)) else { return false };
        self.holds(&Question::new(&inner).beyond(&outer))
    }

    /// Whether the statements are proven to allow nothing but what everyone may do.
    fn is_nothing(&mut self, drafts: &[&Draft]) -> bool {
        let nothing = Layers::new();
        let Some(layers) = self.layers(drafts) else { return false };
        self.holds(&Question::new(&layers).beyond(&nothing))
    }

    fn holds(&mut self, question: &Question<'_>) -> bool {
        let posed = self.analysis.pose(question);
        let part = self.meter.part(ProofBudget::DEFAULT);
        let verdict = self.analysis.never_with(&posed, &question.actions, &part);
        self.meter.settle(&part, ProofBudget::DEFAULT);
        // Each question has policies of its own.
        self.analysis.release();
        verdict == Verdict::Holds
    }

    /// Removes the Allows of which the Denies leave nothing.
    fn bury(&mut self, allows: &mut Vec<Draft>, denies: &[Draft], dead: &mut Vec<Dead>) {
        allows.retain(|allow| {
            let all: Vec<&Draft> = std::iter::once(allow).chain(denies).collect();
            if !self.is_nothing(&all) {
                return true;
            }
            let alone = denies.iter().find(|deny| self.is_nothing(&[allow, deny]));
            let by: Vec<&Draft> = alone.map_or_else(|| denies.iter().collect(), |deny| vec![deny]);
            let shadowed_by: Vec<Origin> = by.iter().flat_map(|deny| deny.origins.iter().copied()).collect();
            for origin in &allow.origins {
                dead.push(Dead { allow: *origin, shadowed_by: shadowed_by.clone() });
            }
            false
        });
        // An Allow that is alive in another combination is not dead.
        let lives = |origin: &Origin| allows.iter().any(|allow| allow.origins.contains(origin));
        dead.retain(|dead| !lives(&dead.allow));
    }

    /// Removes Allows that other Allows make superfluous, and Denies that deny nothing that is allowed.
    fn thin(&mut self, allows: &mut Vec<Draft>, denies: &mut Vec<Draft>) {
        for effect in [Effect::Allow, Effect::Deny] {
            let mut at = 0_usize;
            loop {
                let (own, others) = match effect {
                    Effect::Allow => (&*allows, &*denies),
                    Effect::Deny => (&*denies, &*allows),
                };
                if at >= own.len() {
                    break;
                }
                let all: Vec<&Draft> = own.iter().chain(others).collect();
                let kept = own.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, draft)| draft);
                let without: Vec<&Draft> = kept.chain(others).collect();
                let is_same = match effect {
                    Effect::Allow => self.is_within(&all, &without),
                    Effect::Deny => self.is_within(&without, &all),
                };
                if !is_same {
                    at = at.saturating_add(1);
                } else if effect == Effect::Allow {
                    allows.remove(at);
                } else {
                    denies.remove(at);
                }
            }
        }
    }
}
