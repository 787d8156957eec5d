//! A policy that fits into a number of characters.

use std::collections::BTreeMap;
use std::sync::Arc;

use iam_policy::{ActionPattern, BuildError, Effect, Policy};

use super::draft::{Draft, List, policy};
use super::{Origin, of, smaller};
use crate::actions::{ActionNames, Bits};
use crate::analysis::{Analysis, ClassAnswer, Question};
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
}

/// The prices to try: the cost, in characters, of each unwanted action that a wildcard matches.
///
/// The first price at which the policy fits is taken.
const PRICES: [usize; 12] = [usize::MAX, 4_096, 1_024, 256, 96, 48, 24, 12, 6, 3, 1, 0];

impl Analysis {
    /// A policy of at most `most` characters that allows everything that a policy allows.
    ///
    /// First, statements are merged and superfluous parts are removed, which does not change what is allowed. If the result does not fit,
    /// actions of the list are replaced by wildcards. At first these match no unwanted action of the list, so that only names outside the
    /// list are added. Then wider wildcards are used. A wildcard never matches a `barred` action. Resources, conditions and Denies never
    /// change.
    ///
    /// # Errors
    /// A pattern of the policy or a name of the list exceeds a limit of patterns, or cannot be written as one.
    pub fn fit(
        space: &Space,
        given: &Arc<Policy>,
        names: &ActionNames,
        barred: &ActionNames,
        most: usize,
    ) -> Result<Fitted, BuildError> {
        let before = length(given);
        let (mut allows, mut denies) = (Vec::new(), Vec::new());
        for (number, statement) in given.statements.iter().enumerate() {
            let origin =
                Origin { layer: iam_eval::Layer::Identity, policy: 1, statement: number.saturating_add(1) };
            let Some(draft) = Draft::of(statement, given.version, &Space::new(), origin)? else { continue };
            if draft.effect == Effect::Allow { allows.push(draft) } else { denies.push(draft) }
        }
        let (drafts, _) = smaller::minimised(space, allows, denies);
        let mut best = policy(&drafts);
        let mut characters = length(&best);
        let barred = names.places_of(barred);
        let tries: Vec<Option<Tries<'_>>> =
            drafts.iter().map(|draft| Tries::of(draft, names, &barred)).collect();
        for (price, words) in PRICES.into_iter().flat_map(|price| [(price, true), (price, false)]) {
            if characters <= most {
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
        let mut judge = Self::with_names(space.clone(), names.clone());
        let covers = judge.never(&Question::new(&layers).beyond(&own));
        let mut adds = Vec::new();
        for actions in [Actions::Listed, Actions::Unlisted] {
            adds.extend(judge.by_action(&Question::new(&own).beyond(&layers).about(actions)));
        }
        adds.retain(|answer| answer.verdict != Verdict::Holds);
        Ok(Fitted {
            policy: fitted,
            characters: (before, characters),
            fits: characters <= most,
            covers,
            adds,
        })
    }
}

/// The number of characters in canonical JSON.
fn length(policy: &Policy) -> usize {
    policy.to_json().chars().count()
}

/// The names of a list by service, marked with those that a statement matches.
struct Tries<'n> {
    services: BTreeMap<&'n str, Node>,
    patterns: Vec<ActionPattern>,
}

impl<'n> Tries<'n> {
    /// Marks the names. `None` for a statement that must not be widened.
    fn of(draft: &Draft, names: &'n ActionNames, barred: &Bits) -> Option<Self> {
        if draft.effect == Effect::Deny || draft.actions.is_not || draft.actions.is_any() {
            return None;
        }
        let patterns: Vec<ActionPattern> = draft.actions.patterns.values().cloned().collect();
        let mut meant = Bits::default();
        for pattern in &patterns {
            names.of(pattern, |at| meant.insert(at));
        }
        let mut services: BTreeMap<&str, Node> = BTreeMap::new();
        for at in 0..names.len() {
            let Some((service, name)) = names.name(at).and_then(|name| name.split_once(':')) else {
                continue;
            };
            services.entry(service).or_default().insert(name, meant.contains(at), barred.contains(at));
        }
        services.retain(|_, trie| trie.meant > 0);
        Some(Self { services, patterns })
    }

    /// The statement with its actions written as patterns in few characters. `terms` says which wildcards are permitted and what they cost.
    fn widened(&self, draft: &Draft, names: &ActionNames, terms: Terms) -> Result<Draft, BuildError> {
        let mut texts: Vec<String> = Vec::new();
        for (service, trie) in &self.services {
            // The quotation marks, comma, prefix and colon of each pattern.
            let fixed = service.len().saturating_add(4);
            let Said { patterns, .. } = trie.said(&mut String::new(), fixed, terms);
            texts.extend(patterns.into_iter().map(|name| format!("{service}:{name}")));
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

/// A tree of names by their characters.
#[derive(Default)]
struct Node {
    next: BTreeMap<char, Node>,
    /// Whether the name that ends here is wanted. `None` if no name ends here.
    end: Option<bool>,
    /// The number of wanted and of unwanted names that begin with this text, and whether one of them is barred.
    meant: usize,
    others: usize,
    is_barred: bool,
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

impl Node {
    fn insert(&mut self, name: &str, is_meant: bool, is_barred: bool) {
        let mut node = self;
        node.count(is_meant, is_barred);
        for c in name.chars() {
            node = node.next.entry(c).or_default();
            node.count(is_meant, is_barred);
        }
        node.end = Some(is_meant);
    }

    const fn count(&mut self, is_meant: bool, is_barred: bool) {
        self.is_barred |= is_barred && !is_meant;
        if is_meant {
            self.meant = self.meant.saturating_add(1);
        } else {
            self.others = self.others.saturating_add(1);
        }
    }

    /// The cheapest patterns for the wanted names. The recursion is as deep as the longest name of the list, some tens of characters.
    fn said(&self, before: &mut String, fixed: usize, terms: Terms) -> Said {
        if self.meant == 0 {
            return Said { patterns: Vec::new(), cost: 0 };
        }
        let own = fixed.saturating_add(before.len());
        let mut apart = Said { patterns: Vec::new(), cost: 0 };
        if self.end == Some(true) {
            apart = Said { patterns: vec![before.clone()], cost: own };
        }
        for (c, node) in &self.next {
            before.push(*c);
            let said = node.said(before, fixed, terms);
            before.pop();
            apart.cost = apart.cost.saturating_add(said.cost);
            apart.patterns.extend(said.patterns);
        }
        // A word ends if no next character is a lower-case letter.
        let ends_word = before.is_empty() || !self.next.keys().any(char::is_ascii_lowercase);
        let is_allowed = ends_word || !terms.words;
        let dear = self.others.checked_mul(terms.price).or((self.others == 0).then_some(0));
        let together = dear.and_then(|dear| own.checked_add(1)?.checked_add(dear));
        match together {
            // For one name, a star is not shorter and allows more.
            Some(cost) if cost < apart.cost && self.meant > 1 && !self.is_barred && is_allowed => {
                Said { patterns: vec![format!("{before}*")], cost }
            }
            _ => apart,
        }
    }
}
