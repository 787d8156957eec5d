//! A policy that fits a number of characters.

use std::collections::BTreeMap;
use std::sync::Arc;

use iam_eval::Case;
use iam_policy::{ActionPattern, Effect, Policy, Size};

use super::draft::{Draft, document};
use super::{Origin, of, parse, smaller};
use crate::actions::{ActionNames, Bits};
use crate::analysis::{Analysis, ClassAnswer, Question};
use crate::classes::Actions;
use crate::glob::Compared;
use crate::space::Space;
use crate::verdict::Verdict;

/// A smaller policy, and what it changes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Fitted {
    /// The policy.
    pub policy: Arc<Policy>,
    /// Its shortest text.
    pub text: String,
    /// Characters of the policy that was given, in its shortest text, and of this one.
    pub characters: (usize, usize),
    /// Whether it fits.
    pub fits: bool,
    /// Whether it is proven to allow what the given policy allows, for every request.
    pub covers: Verdict,
    /// What it allows beyond the given policy: actions of the list, and names that are not in it. Empty if it is proven equal.
    pub adds: Vec<ClassAnswer>,
}

/// How dear an action is that a wildcard takes in beside those that are meant, in characters; the first that lets the policy fit is taken.
const PRICES: [usize; 12] = [usize::MAX, 4_096, 1_024, 256, 96, 48, 24, 12, 6, 3, 1, 0];

impl Analysis {
    /// A policy of at most so many characters that allows all that a policy allows: equal if that can be, else the one that adds little.
    ///
    /// First statements are merged and what is superfluous left out, which changes nothing. If that does not fit, actions of a list are said
    /// by wildcards: at first only by those that take in no other action of the list, so that nothing but names that are not in it is
    /// added; then by wider ones, but never by one that takes in a `barred` action. Resources, conditions and Denies are never changed.
    ///
    /// # Errors
    /// The policy has no statements that could apply.
    pub fn fit(
        space: &Space,
        policy: &Arc<Policy>,
        names: &ActionNames,
        barred: &ActionNames,
        most: usize,
    ) -> Option<Fitted> {
        let before = Size::of(&policy.to_json()).characters;
        let (mut allows, mut denies) = (Vec::new(), Vec::new());
        for (number, statement) in policy.statements.iter().enumerate() {
            let origin =
                Origin { layer: iam_eval::Layer::Identity, policy: 1, statement: number.saturating_add(1) };
            let Some(draft) = Draft::of(statement, policy.version, &Space::new(), origin) else { continue };
            if draft.effect == Effect::Allow { allows.push(draft) } else { denies.push(draft) }
        }
        let (drafts, _) = smaller::minimised(space, allows, denies);
        let mut best = document(&drafts, false);
        let barred = names.places_of(barred);
        let tries: Vec<Option<Tries<'_>>> =
            drafts.iter().map(|draft| Tries::of(draft, names, &barred)).collect();
        for (price, words) in PRICES.into_iter().flat_map(|price| [(price, true), (price, false)]) {
            if length(&best) <= most {
                break;
            }
            let wider = drafts.iter().zip(&tries).map(|(draft, tries)| match tries {
                Some(tries) => tries.widened(draft, names, Terms { price, words }),
                None => draft.clone(),
            });
            let wider: Vec<Draft> = wider.collect();
            let text = document(&wider, false);
            if length(&text) < length(&best) {
                best = text;
            }
        }
        let fitted = parse(&best)?;
        let (given, own) = (of(policy), of(&fitted));
        let mut judge = Self::with_names(space.clone(), names.clone());
        let covers = judge.never(&Question::new(&given).beyond(&own));
        let mut adds = Vec::new();
        for actions in [Actions::Listed, Actions::Unlisted] {
            adds.extend(judge.by_action(&Question::new(&own).beyond(&given).about(actions)));
        }
        adds.retain(|answer| answer.verdict != Verdict::Holds);
        let characters = length(&best);
        Some(Fitted {
            policy: fitted,
            characters: (before, characters),
            fits: characters <= most,
            text: best,
            covers,
            adds,
        })
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}

/// The names of a list by service, and which of them a statement is about.
struct Tries<'n> {
    services: BTreeMap<&'n str, Node>,
    patterns: Vec<ActionPattern>,
}

impl<'n> Tries<'n> {
    /// Nothing for a statement that is not to be widened.
    fn of(draft: &Draft, names: &'n ActionNames, barred: &Bits) -> Option<Self> {
        if draft.effect == Effect::Deny || draft.actions.is_not || draft.actions.is_any() {
            return None;
        }
        let patterns: Vec<ActionPattern> =
            draft.actions.patterns.iter().filter_map(|text| ActionPattern::parse(text)).collect();
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

    /// The statement with its actions said by as few characters as the price of others allows.
    fn widened(&self, draft: &Draft, names: &ActionNames, terms: Terms) -> Draft {
        let mut wider = draft.clone();
        wider.actions.patterns.clear();
        for (service, trie) in &self.services {
            // Quotation marks, comma, prefix and colon of each pattern.
            let fixed = service.len().saturating_add(4);
            let Said { patterns, .. } = trie.said(&mut String::new(), fixed, terms);
            wider
                .actions
                .patterns
                .extend(patterns.into_iter().map(|name| format!("{service}:{name}").into()));
        }
        // Names that the list does not have stay as they are, and wildcards, which may match such names, unless a wider one has them.
        let stays =
            |pattern: &&ActionPattern| pattern.pattern().has_wildcards() || !names.contains(pattern.text());
        wider
            .actions
            .patterns
            .extend(self.patterns.iter().filter(stays).map(|pattern| pattern.text().into()));
        smaller::shorten(&mut wider.actions, Compared::Text(Case::Ascii));
        wider
    }
}

/// Names by their letters.
#[derive(Default)]
struct Node {
    next: BTreeMap<char, Node>,
    /// Whether a name ends here, and whether it is meant.
    end: Option<bool>,
    /// How many names begin with this, meant and not, and whether one of those is barred.
    meant: usize,
    others: usize,
    is_barred: bool,
}

/// Which wildcards may be used.
#[derive(Clone, Copy)]
struct Terms {
    /// Of an action that is not meant, in characters.
    price: usize,
    /// Only behind whole words, as people write them.
    words: bool,
}

/// Patterns and what they cost.
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

    /// The cheapest patterns for the names that are meant. Names have tens of letters, so the depth is bounded by the list.
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
        // A word ends where the next one begins with a capital.
        let ends_word = before.is_empty() || !self.next.keys().any(char::is_ascii_lowercase);
        let is_allowed = ends_word || !terms.words;
        let dear = self.others.checked_mul(terms.price).or((self.others == 0).then_some(0));
        let together = dear.and_then(|dear| own.checked_add(1)?.checked_add(dear));
        match together {
            // A star is no shorter for one name, and says more.
            Some(cost) if cost < apart.cost && self.meant > 1 && !self.is_barred && is_allowed => {
                Said { patterns: vec![format!("{before}*")], cost }
            }
            _ => apart,
        }
    }
}
