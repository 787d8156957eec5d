//! Lists of action names, and the actions of a list that the statements of a policy match.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::Arc;

use iam_eval::action_matches;
use iam_policy::{ActionElement, ActionPattern, Policy};
use rustc_hash::FxHasher;

use super::Bits;

/// A list of action names, such as the names in a catalogue.
///
/// It is a closed world of actions. Copies share their memory.
#[derive(Clone, Debug)]
pub struct ActionNames(Arc<List>);

/// Names sorted without ASCII case, stored in one text.
#[derive(Debug, Default)]
struct List {
    names: String,
    /// The same names in lower case.
    folded: String,
    /// The offset at which each name begins in both texts, and the end of the last name.
    bounds: Vec<usize>,
    /// The place of each given name. `None` if the name was left out.
    places: Vec<Option<u32>>,
}

impl List {
    fn bounds(&self, place: usize) -> Option<std::ops::Range<usize>> {
        Some(*self.bounds.get(place)?..*self.bounds.get(place.checked_add(1)?)?)
    }

    fn folded(&self, place: usize) -> &str {
        self.bounds(place).and_then(|bounds| self.folded.get(bounds)).unwrap_or_default()
    }

    /// The same list in order, with each name once.
    fn in_order(self) -> Self {
        let mut order: Vec<usize> = (0..self.bounds.len().saturating_sub(1)).collect();
        order.sort_by(|a, b| self.folded(*a).cmp(self.folded(*b)));
        let mut sorted = Self { bounds: vec![0], ..Self::default() };
        // The new place of each given name.
        let mut moved = vec![0_u32; order.len()];
        let mut last = None;
        for from in order {
            let folded = self.folded(from);
            if last != Some(folded) {
                let name = self.bounds(from).and_then(|bounds| self.names.get(bounds));
                sorted.names.push_str(name.unwrap_or_default());
                sorted.folded.push_str(folded);
                sorted.bounds.push(sorted.folded.len());
                last = Some(folded);
            }
            if let Some(slot) = moved.get_mut(from) {
                *slot = number32(sorted.bounds.len().saturating_sub(2));
            }
        }
        let place = |given: &Option<u32>| moved.get(usize::try_from((*given)?).ok()?).copied();
        sorted.places = self.places.iter().map(place).collect();
        sorted
    }
}

/// Some actions of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionSet {
    places: Bits,
    count: usize,
}

impl ActionSet {
    /// The number of actions in the set.
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether the set is empty.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether the set has the action at a place of the list.
    pub fn contains(&self, place: usize) -> bool {
        self.places.contains(place)
    }
}

impl ActionNames {
    /// A list of these names.
    ///
    /// Texts that are not action names are left out, as are names that are already there in another case.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        // First the names are stored as given, then sorted. Most lists are nearly sorted.
        let mut list = List::default();
        list.bounds.push(0);
        for name in names {
            let is_name = is_name(name);
            list.places.push(is_name.then(|| number32(list.bounds.len().saturating_sub(1))));
            if is_name {
                list.names.push_str(name);
                list.bounds.push(list.names.len());
            }
        }
        list.folded = list.names.to_ascii_lowercase();
        Self(Arc::new(list.in_order()))
    }

    /// The actions of the list that one of the patterns matches.
    pub fn matching(&self, patterns: &[ActionPattern]) -> ActionSet {
        let mut places = Bits::default();
        for pattern in patterns {
            self.of(pattern, |at| places.insert(at));
        }
        let count = places.iter().count();
        ActionSet { places, count }
    }

    /// The number of names in the list.
    pub fn len(&self) -> usize {
        self.0.bounds.len().saturating_sub(1)
    }

    /// Whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The names for which `wanted` is true.
    ///
    /// `wanted` gets the number of each name in the order in which the names were given.
    pub fn select(&self, wanted: impl Fn(usize) -> bool) -> ActionSet {
        let mut places = Bits::default();
        let mut count = 0_usize;
        for (number, place) in self.0.places.iter().enumerate() {
            if let Some(place) = place.filter(|_| wanted(number))
                && !places.contains(place as usize)
            {
                places.insert(place as usize);
                count = count.saturating_add(1);
            }
        }
        ActionSet { places, count }
    }

    /// The name at a place, in the order without case. `None` if there is no such place.
    pub fn name(&self, place: usize) -> Option<&str> {
        self.0.names.get(self.0.bounds(place)?)
    }

    fn folded(&self, place: usize) -> &str {
        self.0.folded(place)
    }

    /// The name `behind` places after the first name that is not less than `start`, in the order without case.
    pub fn first_from(&self, start: &str, behind: usize) -> Option<&str> {
        let first = self.position(&start.to_ascii_lowercase()).unwrap_or_else(|at| at);
        self.name(first.saturating_add(behind))
    }

    /// Whether the list has a name, ignoring case.
    pub fn contains(&self, name: &str) -> bool {
        self.position(&name.to_ascii_lowercase()).is_ok()
    }

    /// The place of a name, ignoring case.
    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        self.position(&name.to_ascii_lowercase()).ok().map(number32)
    }

    /// The places of the names that `other` also has.
    pub(crate) fn places_of(&self, other: &Self) -> Bits {
        let mut places = Bits::default();
        let found = (0..other.len()).filter_map(|at| self.position(other.folded(at)).ok());
        found.for_each(|at| places.insert(at));
        places
    }

    /// The names with a service prefix. The prefix must be in lower case.
    pub(super) fn service(&self, prefix: &str) -> Service<'_> {
        let whole = format!("{prefix}:");
        let first = self.position(&whole).unwrap_or_else(|at| at);
        // All names that are less than the prefix followed by `;`, which is the character after the colon.
        let behind = self.position(&format!("{prefix};")).unwrap_or_else(|at| at);
        Service { names: self, places: first..behind, skip: whole.len() }
    }

    /// The place of a name, or the place where it would be inserted.
    fn position(&self, folded: &str) -> Result<usize, usize> {
        halve(0..self.len(), |at| self.folded(at).cmp(folded))
    }

    /// Calls `each` with the place of every action that a pattern matches.
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
        let names = (first..self.len()).map(|at| (at, self.folded(at)));
        for (at, name) in names.take_while(|(_, name)| name.starts_with(fixed)) {
            if is_prefix || action_matches(pattern, name) {
                each(at);
            }
        }
    }

    /// The number of names that were given, including those that were left out.
    pub fn given(&self) -> usize {
        self.0.places.len()
    }

    /// The place of the name that was given as this number, counted from 0. `None` if it was left out.
    ///
    /// Places are in the order without case.
    pub fn place(&self, number: usize) -> Option<usize> {
        self.0.places.get(number).copied().flatten().map(|place| place as usize)
    }

    /// The places of the actions that an element matches, in ascending order.
    pub fn of_element(&self, element: &ActionElement) -> Vec<usize> {
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

/// The names of one service, without their prefix and in lower case.
pub(super) struct Service<'n> {
    names: &'n ActionNames,
    places: std::ops::Range<usize>,
    /// The length of the prefix with its colon.
    skip: usize,
}

impl Service<'_> {
    fn name(&self, place: usize) -> &str {
        self.names.folded(place).get(self.skip..).unwrap_or_default()
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        halve(self.places.clone(), |at| self.name(at).cmp(name)).is_ok()
    }

    /// The names that begin with a text.
    pub(super) fn beginning(&self, start: &str) -> impl Iterator<Item = &str> {
        let first = halve(self.places.clone(), |at| self.name(at).cmp(start)).unwrap_or_else(|at| at);
        (first..self.places.end).map(|at| self.name(at)).take_while(move |name| name.starts_with(start))
    }
}

/// Binary search: the place that compares as equal, or the place where it would be.
fn halve(places: std::ops::Range<usize>, compare: impl Fn(usize) -> Ordering) -> Result<usize, usize> {
    let (mut low, mut high) = (places.start, places.end);
    while low < high {
        let middle = low.midpoint(high);
        match compare(middle) {
            Ordering::Less => low = middle.saturating_add(1),
            Ordering::Equal => return Ok(middle),
            Ordering::Greater => high = middle,
        }
    }
    Err(low)
}

/// Whether a text is an action name, as [`iam_eval::Action::new`] defines it.
fn is_name(text: &str) -> bool {
    let plain =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b > b' ' && !matches!(b, b'*' | b'?' | b':'));
    text.split_once(':').is_some_and(|(service, name)| plain(service) && plain(name))
}

/// INVARIANT (numbers): a list of names fits into memory, and four billion names do not.
fn number32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The statements of a policy that match each action of a list.
#[derive(Debug)]
pub(crate) struct ActionTable {
    /// The class of each action.
    class: Vec<u32>,
    /// The statements of each class. The first class has no statement.
    pub(crate) statements: Vec<Bits>,
    /// The actions that at least one Allow statement matches, in ascending order.
    pub(crate) allowed: Vec<u32>,
}

impl ActionTable {
    pub(crate) fn new(policy: &Policy, names: &ActionNames) -> Self {
        let mut class = vec![0_u32; names.len()];
        let mut statements = vec![Bits::default()];
        for (number, statement) in policy.statements.iter().enumerate() {
            // Each class is split into the actions that the statement matches, and the others.
            let mut split: HashMap<u32, u32, BuildHasherDefault<FxHasher>> = HashMap::default();
            for action in names.of_element(&statement.action) {
                let Some(own) = class.get_mut(action) else { continue };
                let next = statements.len();
                let into = *split.entry(*own).or_insert_with(|| {
                    let mut with = statements.get(*own as usize).cloned().unwrap_or_default();
                    with.insert(number);
                    statements.push(with);
                    // INVARIANT (numbers): the number of classes is bounded by the numbers of actions and statements.
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
