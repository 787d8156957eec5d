//! A list of action names, and what the statements of a policy are about of it.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::Arc;

use iam_eval::action_matches;
use iam_policy::{ActionElement, ActionPattern, Policy};
use rustc_hash::FxHasher;

use super::Bits;

/// A list of action names: a closed world of actions, such as those of a catalogue.
#[derive(Clone, Debug)]
pub struct ActionNames {
    /// As given, in the order of `folded`.
    names: Arc<[Box<str>]>,
    /// Without ASCII case, sorted.
    folded: Arc<[Box<str>]>,
}

impl ActionNames {
    /// The list of these names. Those that are no action names, or are there already in another case, are left out.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut list: Vec<(Box<str>, Box<str>)> = names
            .into_iter()
            .filter(|name| iam_eval::Action::new(name).is_some())
            .map(|name| (name.to_ascii_lowercase().into(), name.into()))
            .collect();
        list.sort_unstable();
        list.dedup_by(|a, b| a.0 == b.0);
        let (folded, names): (Vec<_>, Vec<_>) = list.into_iter().unzip();
        Self { names: names.into(), folded: folded.into() }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The name at a place in the order without case.
    pub fn name(&self, index: usize) -> Option<&str> {
        self.names.get(index).map(|name| &**name)
    }

    /// The name that many places behind the first one that does not come before `start`, in the order without case.
    pub fn first_from(&self, start: &str, behind: usize) -> Option<&str> {
        let first = self.position(&start.to_ascii_lowercase()).unwrap_or_else(|at| at);
        self.name(first.saturating_add(behind))
    }

    /// Whether the list has a name, whatever its case.
    pub fn contains(&self, name: &str) -> bool {
        self.position(&name.to_ascii_lowercase()).is_ok()
    }

    /// The places of those of its names that another list has too.
    pub(crate) fn places_of(&self, other: &Self) -> Bits {
        let mut places = Bits::default();
        other.folded.iter().filter_map(|name| self.position(name).ok()).for_each(|at| places.insert(at));
        places
    }

    /// The names proper behind a prefix that begin with a text, all in lower case.
    pub(super) fn behind(&self, prefix: &str, start: &str) -> impl Iterator<Item = String> {
        let whole = format!("{prefix}:{start}");
        let first = self.position(&whole).unwrap_or_else(|at| at);
        let from = prefix.len().saturating_add(1);
        let names = self.folded.iter().skip(first).take_while(move |name| name.starts_with(&whole));
        names.filter_map(move |name| name.get(from..).map(str::to_owned))
    }

    fn position(&self, folded: &str) -> Result<usize, usize> {
        self.folded.binary_search_by(|name| (**name).cmp(folded))
    }

    /// The actions of a pattern, by their places.
    pub(crate) fn of(&self, pattern: &ActionPattern, mut each: impl FnMut(usize)) {
        let text = pattern.text().to_ascii_lowercase();
        if pattern.is_any() {
            (0..self.len()).for_each(each);
            return;
        }
        let fixed = text.get(..text.bytes().position(|b| matches!(b, b'*' | b'?')).unwrap_or(text.len()));
        let fixed = fixed.unwrap_or_default();
        if fixed.len() == text.len() {
            if let Ok(found) = self.position(&text) {
                each(found);
            }
            return;
        }
        let is_prefix = text.len() == fixed.len().saturating_add(1) && text.ends_with('*');
        let first = self.position(fixed).unwrap_or_else(|at| at);
        let names = self.folded.iter().enumerate().skip(first);
        for (at, name) in names.take_while(|(_, name)| name.starts_with(fixed)) {
            if is_prefix || action_matches(pattern, name) {
                each(at);
            }
        }
    }

    /// The actions of an element.
    pub(super) fn of_element(&self, element: &ActionElement) -> Vec<usize> {
        let mut found = Vec::new();
        for pattern in element.patterns() {
            self.of(&pattern.value, |at| found.push(at));
        }
        found.sort_unstable();
        found.dedup();
        if element.is_not() {
            let mut listed = found.into_iter().peekable();
            return (0..self.len()).filter(|at| listed.next_if_eq(at).is_none()).collect();
        }
        found
    }
}

/// For each action of a list, which statements of a policy are about it.
#[derive(Debug)]
pub(crate) struct ActionTable {
    /// The class of each action.
    class: Vec<u32>,
    /// The statements of each class. The first is the class of no statement.
    pub(crate) statements: Vec<Bits>,
    /// The actions that some Allow statement is about, ascending.
    pub(crate) allowed: Vec<u32>,
}

impl ActionTable {
    pub(crate) fn new(policy: &Policy, names: &ActionNames) -> Self {
        let mut class = vec![0_u32; names.len()];
        let mut statements = vec![Bits::default()];
        for (number, statement) in policy.statements.iter().enumerate() {
            // Each class splits into the actions that the statement is about, and the others.
            let mut split: HashMap<u32, u32, BuildHasherDefault<FxHasher>> = HashMap::default();
            for action in names.of_element(&statement.action) {
                let Some(own) = class.get_mut(action) else { continue };
                let next = statements.len();
                let into = *split.entry(*own).or_insert_with(|| {
                    let mut with = statements.get(*own as usize).cloned().unwrap_or_default();
                    with.insert(number);
                    statements.push(with);
                    // INVARIANT (numbers): there are no more classes than actions and statements allow.
                    u32::try_from(next).unwrap_or(u32::MAX)
                });
                *own = into;
            }
        }
        let is_allow = |number: usize| {
            policy.statements.get(number).is_some_and(|s| s.effect.value == iam_policy::Effect::Allow)
        };
        let allows: Vec<bool> = statements.iter().map(|bits| bits.iter().any(is_allow)).collect();
        let allowed = class.iter().zip(0_u32..);
        let allowed = allowed.filter(|(class, _)| allows.get(**class as usize) == Some(&true));
        let allowed = allowed.map(|(_, action)| action).collect();
        Self { class, statements, allowed }
    }

    /// The class of an action.
    pub(crate) fn class(&self, action: u32) -> u32 {
        self.class.get(action as usize).copied().unwrap_or_default()
    }
}
