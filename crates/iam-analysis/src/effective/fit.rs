//! A policy that fits into a number of characters.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use iam_eval::Layers;
use iam_policy::{ActionPattern, BuildError, Effect, Policy, Statement};

use super::draft::{Draft, List, policy};
use super::{Origin, Unfinished, of, smaller};
use crate::actions::{ActionNames, Bits};
use crate::analysis::{Analysis, ClassAnswer, Question};
use crate::budget::ProofBudget;
use crate::classes::Actions;
use crate::space::Space;
use crate::verdict::Verdict;

/// A smaller policy, and the differences from the given one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Fitted {
    /// The policy.
    pub policy: Arc<Policy>,
    /// The number of characters of the given policy and of this policy in canonical JSON.
    pub characters: (usize, usize),
    /// Whether the policy fits into the given number of characters.
    pub fits: bool,
    /// Whether the policy is proven to allow, for every request, what the given policy allows.
    pub covers: Verdict,
    /// What the policy allows beyond the given one: actions of the list, and names outside it. Empty if both are proven equal.
    pub adds: Vec<ClassAnswer>,
    /// Why there may be a shorter policy that allows the same. `None` if everything was tried.
    pub unfinished: Option<Unfinished>,
}

/// Whether a shorter policy may allow more than the given one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Widening {
    /// It is proven to allow nothing more.
    Never,
    /// It may, and says what.
    IfNeeded,
}

/// The prices to try: the cost, in characters, of each unwanted action that a wildcard matches.
///
/// The first price at which the policy fits is taken.
const PRICES: [usize; 12] = [usize::MAX, 4_096, 1_024, 256, 96, 48, 24, 12, 6, 3, 1, 0];

impl Analysis {
    /// A policy of at most `most` characters that allows everything that a policy allows.
    ///
    /// First, statements are merged and superfluous parts are removed, which does not change what is allowed. If the result is not proven to
    /// add nothing, it is the given policy. If it does not fit, and `widening` permits more, actions of the list are replaced by wildcards. At first these match no unwanted action of the list, so that only names outside the
    /// list are added. Then wider wildcards are used. A wildcard never matches a `barred` action. Resources and conditions never change, and
    /// together the Denies deny what they denied, also what nothing in the policy allows.
    ///
    /// # Errors
    /// A pattern of the policy or a name of the list exceeds a limit of patterns, or cannot be written as one.
    pub fn fit(
        space: &Space,
        given: &Arc<Policy>,
        names: &ActionNames,
        barred: &ActionNames,
        most: usize,
        widening: Widening,
    ) -> Result<Fitted, BuildError> {
        let before = length(given);
        let (mut allows, mut denies) = (Vec::new(), Vec::new());
        for (number, statement) in given.statements.iter().enumerate() {
            let origin =
                Origin { layer: iam_eval::Layer::Identity, policy: 1, statement: number.saturating_add(1) };
            let Some(draft) = Draft::of(statement, given.version, &Space::new(), origin)? else { continue };
            if draft.effect == Effect::Allow { allows.push(draft) } else { denies.push(draft) }
        }
        // Beside other policies a Deny matters that nothing in this one allows. So Denies are shortened by themselves.
        let turned = |effect: Effect, own: Vec<Draft>| -> Vec<Draft> {
            own.into_iter().map(|draft| Draft { effect, ..draft }).collect()
        };
        let shorter = smaller::minimised(space, turned(Effect::Allow, denies), Vec::new());
        let denies_left = turned(Effect::Deny, shorter.drafts);
        let minimised = smaller::minimised(space, allows, denies_left.clone());
        let smaller::Minimised { drafts, unfinished, .. } = minimised;
        let unfinished = unfinished.or(shorter.unfinished);
        let allows = drafts.into_iter().filter(|draft| draft.effect == Effect::Allow);
        let drafts: Vec<Draft> = allows.chain(denies_left).collect();
        let mut best = policy(&drafts);
        let mut characters = length(&best);
        let barred = names.places_of(barred);
        let by_service = Names::of(names);
        let tries: Vec<Option<Tries<'_>>> =
            drafts.iter().map(|draft| Tries::of(draft, names, &by_service, &barred)).collect();
        for (price, words) in PRICES.into_iter().flat_map(|price| [(price, true), (price, false)]) {
            if characters <= most || widening == Widening::Never {
                break;
            }
            let wider = drafts.iter().zip(&tries).map(|(draft, tries)| match tries {
                Some(tries) => tries.widened(draft, names, Terms { price, words }),
                None => Ok(draft.clone()),
            });
            let wider = policy(&wider.collect::<Result<Vec<Draft>, BuildError>>()?);
            let length = length(&wider);
            if length < characters {
                (best, characters) = (wider, length);
            }
        }
        let fitted = Arc::new(best);
        let (layers, own) = (of(given), of(&fitted));
        let mut judge = Self::with_names(space.clone(), names.clone())
            .in_all(ProofBudget::steps(1 << 25))
            .called([(Arc::clone(given), "given policy")]);
        let mut covers = judge.never(&Question::new(&layers).beyond(&own));
        let (denied, own_denied) = (denying(given), denying(&fitted));
        for (one, other) in [(&denied, &own_denied), (&own_denied, &denied)] {
            if covers == Verdict::Holds {
                covers = judge.never(&Question::new(one).beyond(other));
            }
        }
        let mut adds = Vec::new();
        for actions in [Actions::Listed, Actions::Unlisted] {
            adds.extend(judge.by_action(&Question::new(&own).beyond(&layers).about(actions)));
        }
        adds.retain(|answer| answer.verdict != Verdict::Holds);
        if widening == Widening::Never && !(adds.is_empty() && covers == Verdict::Holds) {
            let policy = Arc::clone(given);
            let characters = (before, before);
            let verdicts = std::iter::once(covers).chain(adds.into_iter().map(|answer| answer.verdict));
            let doubts = verdicts.filter_map(|verdict| match verdict {
                Verdict::Unknown(doubts) => Some(doubts),
                Verdict::Holds | Verdict::Fails(_) => None,
            });
            let unfinished = Some(Unfinished::NotProven(doubts.flatten().collect()));
            return Ok(Fitted {
                policy,
                characters,
                fits: before <= most,
                covers: Verdict::Holds,
                adds: Vec::new(),
                unfinished,
            });
        }
        Ok(Fitted {
            policy: fitted,
            characters: (before, characters),
            fits: characters <= most,
            covers,
            adds,
            unfinished,
        })
    }
}

/// Layers that allow what the Deny statements of a policy deny.
fn denying(policy: &Policy) -> Layers {
    let denies = policy.statements.iter().filter(|own| own.effect.value == Effect::Deny);
    let turned: Vec<Statement> = denies
        .cloned()
        .map(|mut own| {
            own.effect.value = Effect::Allow;
            own
        })
        .collect();
    let mut layers = Layers::new();
    if !turned.is_empty() {
        layers.identity.push(Arc::new(policy.with_only(turned)));
    }
    layers
}

/// The number of characters in canonical JSON.
fn length(policy: &Policy) -> usize {
    policy.to_json().chars().count()
}

/// The names of a list by service, each with its place in the list, in order.
struct Names<'n>(BTreeMap<&'n str, Vec<(&'n str, usize)>>);

impl<'n> Names<'n> {
    fn of(names: &'n ActionNames) -> Self {
        let mut services: BTreeMap<&str, Vec<(&str, usize)>> = BTreeMap::new();
        for at in 0..names.len() {
            if let Some((service, name)) = names.name(at).and_then(|name| name.split_once(':')) {
                services.entry(service).or_default().push((name, at));
            }
        }
        for own in services.values_mut() {
            own.sort_unstable();
        }
        Self(services)
    }
}

/// The names of a list by service, marked with those that a statement matches.
struct Tries<'n> {
    services: Vec<Marked<'n>>,
    patterns: Vec<ActionPattern>,
}

/// The names of a service, with marks.
struct Marked<'n> {
    service: &'n str,
    names: &'n [(&'n str, usize)],
    /// At each place, the number of wanted names before it, and of unwanted names that are barred.
    meant: Vec<usize>,
    barred: Vec<usize>,
}

impl<'n> Tries<'n> {
    /// Marks the names. `None` for a statement that must not be widened.
    fn of(draft: &Draft, list: &ActionNames, names: &'n Names<'n>, barred: &Bits) -> Option<Self> {
        if draft.effect == Effect::Deny || draft.actions.is_not || draft.actions.is_any() {
            return None;
        }
        let patterns: Vec<ActionPattern> = draft.actions.patterns.values().cloned().collect();
        let mut meant = Bits::default();
        for pattern in &patterns {
            list.of(pattern, |at| meant.insert(at));
        }
        let marked = names.0.iter().map(|(service, names)| Marked::of(service, names, &meant, barred));
        Some(Self { services: marked.filter(|own| own.count(0..own.names.len()) != 0).collect(), patterns })
    }

    /// The statement with its actions written as patterns in few characters. `terms` says which wildcards are permitted and what they cost.
    fn widened(&self, draft: &Draft, names: &ActionNames, terms: Terms) -> Result<Draft, BuildError> {
        let mut texts: Vec<String> = Vec::new();
        for marked in &self.services {
            // The quotation marks, comma, prefix and colon of each pattern.
            let fixed = marked.service.len().saturating_add(4);
            let Said { patterns, .. } = marked.said(0..marked.names.len(), 0, fixed, terms);
            texts.extend(patterns.into_iter().map(|name| format!("{}:{name}", marked.service)));
        }
        let mut actions = List::read(false, texts)?;
        // Names outside the list stay, unless a wider pattern matches them. So do wildcards, which may match such names.
        let stays =
            |pattern: &&ActionPattern| pattern.pattern().has_wildcards() || !names.contains(pattern.text());
        let kept = self.patterns.iter().filter(stays);
        actions.patterns.extend(kept.map(|pattern| (pattern.text().into(), pattern.clone())));
        smaller::shorten(&mut actions);
        Ok(Draft { actions, ..draft.clone() })
    }
}

/// The wildcards that may be used, and their cost.
#[derive(Clone, Copy)]
struct Terms {
    /// The price of an unwanted action, in characters.
    price: usize,
    /// Whether wildcards may stand only after whole words, as people write them.
    words: bool,
}

/// Patterns and their cost.
struct Said {
    patterns: Vec<String>,
    cost: usize,
}

impl<'n> Marked<'n> {
    fn of(service: &'n str, names: &'n [(&'n str, usize)], meant: &Bits, barred: &Bits) -> Self {
        let counts = |is_counted: &dyn Fn(usize) -> bool| -> Vec<usize> {
            let mut sum = 0_usize;
            let mut sums = vec![0];
            for (_, at) in names {
                sum = sum.saturating_add(usize::from(is_counted(*at)));
                sums.push(sum);
            }
            sums
        };
        let is_barred = |at: usize| barred.contains(at) && !meant.contains(at);
        Self { service, names, meant: counts(&|at| meant.contains(at)), barred: counts(&is_barred) }
    }

    /// The number of wanted names at some places.
    fn count(&self, places: Range<usize>) -> usize {
        within(&self.meant, &places)
    }

    /// The cheapest patterns for the wanted names at some places, which have their first `depth` bytes in common. The recursion is as deep as
    /// the longest name of the list, some tens of characters.
    fn said(&self, places: Range<usize>, depth: usize, fixed: usize, terms: Terms) -> Said {
        let meant = self.count(places.clone());
        let own = fixed.saturating_add(depth);
        let names = self.names.get(places.clone()).unwrap_or_default();
        let text = |name: &str| name.get(..depth).unwrap_or_default().to_owned();
        let Some((first, _)) = names.first().filter(|_| meant != 0) else {
            return Said { patterns: Vec::new(), cost: 0 };
        };
        if meant == 1 {
            // For one name, a star is not shorter and allows more.
            let mut at = places.clone();
            let only = at.find(|at| self.count(*at..at.saturating_add(1)) == 1);
            let name = only.and_then(|at| self.names.get(at)).map_or("", |(name, _)| *name);
            return Said { patterns: vec![name.to_owned()], cost: fixed.saturating_add(name.len()) };
        }
        let others = names.len().saturating_sub(meant);
        let is_barred = within(&self.barred, &places) > 0;
        let next = |name: &str| name.get(depth..).and_then(|rest| rest.chars().next());
        // A word ends if no next character is a lower-case letter.
        let ends_word =
            depth == 0 || !names.iter().any(|(name, _)| next(name).is_some_and(|c| c.is_ascii_lowercase()));
        let is_allowed = !is_barred && (ends_word || !terms.words);
        let star = || vec![format!("{}*", text(first))];
        if others == 0 && is_allowed {
            // Any two names cost more.
            return Said { patterns: star(), cost: own.saturating_add(1) };
        }
        let mut apart = Said { patterns: Vec::new(), cost: 0 };
        let mut at = places.start;
        while at < places.end {
            let rest = self.names.get(at..places.end).unwrap_or_default();
            let c = rest.first().and_then(|(name, _)| next(name));
            // The name that ends here comes first.
            let length = c.map_or(1, |c| rest.partition_point(|(name, _)| next(name) == Some(c)));
            let end = at.saturating_add(length.max(1));
            let said = match c {
                Some(c) => self.said(at..end, depth.saturating_add(c.len_utf8()), fixed, terms),
                None if self.count(at..end) > 0 => Said { patterns: vec![text(first)], cost: own },
                None => Said { patterns: Vec::new(), cost: 0 },
            };
            apart.cost = apart.cost.saturating_add(said.cost);
            apart.patterns.extend(said.patterns);
            at = end;
        }
        let dear = others.checked_mul(terms.price);
        let together = dear.and_then(|dear| own.checked_add(1)?.checked_add(dear));
        match together {
            Some(cost) if cost < apart.cost && is_allowed => Said { patterns: star(), cost },
            _ => apart,
        }
    }
}

/// The number that is counted at some places, from the numbers before each place.
fn within(sums: &[usize], places: &Range<usize>) -> usize {
    let before = |at: usize| sums.get(at).copied().unwrap_or_default();
    before(places.end).saturating_sub(before(places.start))
}
