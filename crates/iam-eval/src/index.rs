//! An index of statements: it finds the statements that may apply to an action and a resource.
//!
//! A statement is filed under the key of each of its action patterns. If many statements have the same key, they are filed again under that
//! key joined with the keys of their resources. So neither a common action nor a common resource makes a decision slow.
//!
//! Statements with `NotAction` apply to nearly every action. They are in a list, and the patterns they exclude are filed separately.
//!
//! The index finds candidates only. The patterns of a candidate are compared before it counts.

mod keys;
mod table;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use iam_policy::{ActionElement, Policy, Statement};

use crate::request::Request;
use crate::statement::Subject;
pub(crate) use keys::ActionKeys;
use keys::{Filing, Key, Service, WHOLE_NAMES, probe_resource, resource_keys};
use table::{Item, Table};

/// The number of statements under one key from which their resources are used too.
const MANY: usize = 12;

/// An index of the Allow statements, or of the Deny statements, of some policies.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    table: Table,
    /// Sets of lengths, each a number with one bit for each length: of name prefixes in a service, or of resources under a key.
    lengths: Vec<u64>,
    /// The keys under which resources are used too, each with the index of its set of lengths. Decisions read markers in the table instead.
    narrowed: BTreeMap<Key, u32>,
    /// Whether a pattern has a wildcard before its colon.
    has_every_service: bool,
    /// The statements with `NotAction`.
    excluding: Vec<Excluding>,
}

/// A statement with `NotAction`.
#[derive(Clone, Copy, Debug)]
struct Excluding {
    statement: u32,
    /// Whether the excluded patterns are filed. If not, they are few and are compared one by one.
    is_filed: bool,
}

impl Index {
    /// An index with room for this many patterns.
    pub(crate) fn with_room(patterns: usize) -> Self {
        Self {
            table: Table::with_room(patterns),
            lengths: Vec::new(),
            narrowed: BTreeMap::new(),
            has_every_service: false,
            excluding: Vec::new(),
        }
    }

    /// Whether the index has no statements.
    pub(crate) fn is_empty(&self) -> bool {
        self.table.is_empty() && self.excluding.is_empty()
    }

    /// Frees memory that was reserved and not used.
    pub(crate) fn fit(&mut self) {
        self.table.fit();
    }

    /// The bytes of memory in use, without the few keys that are narrowed.
    pub(crate) const fn bytes(&self) -> usize {
        self.table.bytes().saturating_add(self.lengths.capacity().saturating_mul(size_of::<u64>()))
    }

    /// Adds a statement under a number. `known` returns the statements that were added before.
    pub(crate) fn add<'s>(
        &mut self,
        number: u32,
        statement: &Statement,
        known: impl Fn(u32) -> Option<&'s Statement>,
    ) {
        let (patterns, scope, resources) = match &statement.action {
            ActionElement::Action(patterns) => (patterns, None, Resources::of(statement)),
            ActionElement::NotAction(patterns) => {
                let is_filed = patterns.len() > MANY;
                self.excluding.push(Excluding { statement: number, is_filed });
                if !is_filed {
                    return;
                }
                (patterns, Some(u64::from(number)), Resources::Any)
            }
        };
        let mut last = Service::NONE;
        for (pattern, value) in (0..).zip(patterns) {
            let item = Item { statement: number, pattern };
            let filing = Filing::of(&value.value, &mut last);
            match filing {
                Filing::Service { service, length, .. } => {
                    let set = *last.set.get_or_insert_with(|| self.set_of(scoped(service, scope)));
                    self.note(set, length);
                }
                Filing::EveryService => self.has_every_service = true,
            }
            self.file(scoped(filing.key(), scope), item, &resources, &known);
        }
    }

    /// Removes a statement that was added under a number.
    pub(crate) fn remove(&mut self, number: u32, statement: &Statement) {
        self.excluding.retain(|excluding| excluding.statement != number);
        let (patterns, scope) = match &statement.action {
            ActionElement::Action(patterns) => (patterns, None),
            ActionElement::NotAction(patterns) => (patterns, Some(u64::from(number))),
        };
        // Whether the statement was filed by resource depends on what was filed before it, so both keys are searched.
        let resources = Resources::of(statement);
        let mut last = Service::NONE;
        for pattern in patterns {
            let key = scoped(Filing::of(&pattern.value, &mut last).key(), scope);
            self.table.remove(key, |item| item.statement == number);
            for (resource, _) in resources.keys() {
                self.table.remove(key.and(*resource), |item| item.statement == number);
            }
        }
    }

    /// Files an item under a key. If the key has many items, files it under the key joined with each resource.
    fn file<'s>(
        &mut self,
        key: Key,
        item: Item,
        resources: &Resources,
        known: &impl Fn(u32) -> Option<&'s Statement>,
    ) {
        let set = match self.narrowed.get(&key) {
            Some(set) => Some(*set),
            None if self.table.get(key).take(MANY).count() < MANY => None,
            None => Some(self.narrow(key, known)),
        };
        match (set, resources) {
            (Some(set), Resources::Keys(keys)) => self.file_narrowed(key, set, item, keys),
            (Some(_), Resources::Any) | (None, _) => self.table.insert(key, item),
        }
    }

    fn file_narrowed(&mut self, key: Key, set: u32, item: Item, resources: &[(u64, usize)]) {
        for (resource, length) in resources {
            self.note(set, *length);
            self.table.insert(key.and(*resource), item);
        }
    }

    /// Files the items of a key by resource from now on. Returns the index of the key's set of lengths.
    fn narrow<'s>(&mut self, key: Key, known: &impl Fn(u32) -> Option<&'s Statement>) -> u32 {
        let items: Vec<Item> = self.table.get(key).collect();
        let set = self.set_of(key);
        self.narrowed.insert(key, set);
        for item in items {
            // An item whose statement is not known has another key with the same tag.
            if let Some(Resources::Keys(keys)) = known(item.statement).map(Resources::of) {
                self.table.remove(key, |other| other == item);
                self.file_narrowed(key, set, item, &keys);
            }
        }
        set
    }

    /// Adds a length to a set.
    fn note(&mut self, set: u32, length: usize) {
        if let Some(lengths) = self.lengths.get_mut(set as usize) {
            *lengths |= 1_u64.checked_shl(u32::try_from(length).unwrap_or(u32::MAX)).unwrap_or_default();
        }
    }

    /// The index of the set of lengths that a key is marked with. A key without one gets an empty set.
    fn set_of(&mut self, key: Key) -> u32 {
        if let Some(marker) = self.table.get(key).find(|item| item.is_marker()) {
            return marker.pattern;
        }
        let set = u32::try_from(self.lengths.len()).unwrap_or(u32::MAX);
        self.lengths.push(0);
        self.table.insert(key, Item { statement: Item::MARKER, pattern: set });
        set
    }

    fn lengths(&self, marker: Item) -> u64 {
        self.lengths.get(marker.pattern as usize).copied().unwrap_or_default()
    }

    /// Calls `look` with each statement whose actions match and whose resources may match, until `look` breaks.
    ///
    /// A statement that is filed under several keys may be passed several times.
    #[inline]
    pub(crate) fn candidates<'s, B>(
        &self,
        subject: Subject<'_>,
        known: impl Fn(u32) -> Option<(&'s Policy, &'s Statement)>,
        mut look: impl FnMut(u32, &'s Policy, &'s Statement) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let request = subject.request;
        let matches = |item: Item| {
            let (policy, statement) = known(item.statement)?;
            let pattern = statement.action.patterns().get(item.pattern as usize)?;
            subject.action_pattern(&pattern.value).then_some((policy, statement))
        };
        let mut found = |item: Item| match matches(item) {
            Some((policy, statement)) => look(item.statement, policy, statement),
            None => ControlFlow::Continue(()),
        };
        self.keys(request, None, |key| {
            for item in self.table.get(key) {
                if !item.is_marker() {
                    found(item)?;
                    continue;
                }
                probe_resource(&request.resource, self.lengths(item), |resource| {
                    let mut items = self.table.get(key.and(resource)).filter(|item| !item.is_marker());
                    items.try_for_each(&mut found)
                })?;
            }
            ControlFlow::Continue(())
        })?;
        for excluding in &self.excluding {
            let Some((policy, statement)) = known(excluding.statement) else { continue };
            let is_excluded = if excluding.is_filed {
                let scope = Some(u64::from(excluding.statement));
                let filed = |key| {
                    let mut items = self.table.get(key).filter(|item| item.statement == excluding.statement);
                    match items.find_map(matches) {
                        Some(_) => ControlFlow::Break(()),
                        None => ControlFlow::Continue(()),
                    }
                };
                self.keys(request, scope, filed).is_break()
            } else {
                !subject.action(&statement.action)
            };
            if !is_excluded {
                look(excluding.statement, policy, statement)?;
            }
        }
        ControlFlow::Continue(())
    }

    /// Calls `look` with the keys of all patterns that can match the action, until it breaks.
    #[inline]
    fn keys<B>(
        &self,
        request: &Request,
        scope: Option<u64>,
        mut look: impl FnMut(Key) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let action = request.action.keys();
        for marker in self.table.get(scoped(action.service, scope)).filter(|item| item.is_marker()) {
            let mut left = self.lengths(marker);
            while left != 0 {
                let length = left.trailing_zeros() as usize;
                left &= left.wrapping_sub(1);
                if length == WHOLE_NAMES {
                    look(scoped(action.whole, scope))?;
                } else if let Some(prefix) = action.prefixes.get(length) {
                    look(scoped(*prefix, scope))?;
                }
            }
        }
        if self.has_every_service {
            look(scoped(Key::EVERY_SERVICE, scope))
        } else {
            ControlFlow::Continue(())
        }
    }
}

/// The key of a pattern of a `NotAction`. Only look-ups for its statement use it.
const fn scoped(key: Key, scope: Option<u64>) -> Key {
    match scope {
        None => key,
        Some(statement) => key.and(statement),
    }
}

/// How the resources of a statement are filed.
enum Resources {
    /// Under these keys, each with its length. Without keys, the statement matches no resource.
    Keys(Vec<(u64, usize)>),
    /// Not by resource: a pattern has no text at a known place, or there are too many patterns.
    Any,
}

impl Resources {
    /// The maximum number of resource keys of a statement, and of its pairs of action and resource. More are not worth their memory.
    const MOST: usize = 16;
    const MOST_PAIRS: usize = 256;

    fn of(statement: &Statement) -> Self {
        match resource_keys(statement.resource.as_ref()) {
            Some(keys)
                if keys.len() <= Self::MOST
                    && keys.len().saturating_mul(statement.action.patterns().len()) <= Self::MOST_PAIRS =>
            {
                Self::Keys(keys)
            }
            _ => Self::Any,
        }
    }

    fn keys(&self) -> &[(u64, usize)] {
        match self {
            Self::Keys(keys) => keys,
            Self::Any => &[],
        }
    }
}
