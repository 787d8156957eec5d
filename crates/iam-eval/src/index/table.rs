//! A multimap from keys to pairs of small numbers, in two flat lists. A look-up does not allocate.

use super::keys::Key;

/// An item that is filed under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// The number of a statement, or [`Item::MARKER`].
    pub(super) statement: u32,
    /// The index of one of the statement's action patterns. In a marker, the index of a set of lengths.
    pub(super) pattern: u32,
}

impl Item {
    /// The statement number of a marker. A marker says for which lengths there are finer keys with more items.
    pub(super) const MARKER: u32 = u32::MAX;

    pub(super) const fn is_marker(self) -> bool {
        self.statement == Self::MARKER
    }
}

/// The multimap. Keys may share a tag, so a look-up may also return items of another key. Callers must compare.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// The first entry of each chain, indexed by the low bits of a tag. The length is a power of two, or 0.
    heads: Vec<u32>,
    /// The mask for those low bits: the number of heads less one, or 0.
    mask: u32,
    entries: Vec<Entry>,
    /// The first unused entry. Unused entries are chained like the others.
    free: u32,
    used: usize,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    tag: u32,
    next: u32,
    item: Item,
}

/// The end of a chain.
const END: u32 = u32::MAX;

/// The part of a key that an entry stores. Its low bits number the chain, and the other bits distinguish keys in a chain.
#[inline]
const fn tag(key: Key) -> u32 {
    (key.number() >> 32) as u32
}

impl Table {
    pub(super) const fn new() -> Self {
        Self { heads: Vec::new(), mask: 0, entries: Vec::new(), free: END, used: 0 }
    }

    /// A table with room for this many items.
    pub(super) fn with_room(items: usize) -> Self {
        let mut table = Self { entries: Vec::with_capacity(items), ..Self::new() };
        table.widen(items);
        table
    }

    const fn slot(&self, tag: u32) -> usize {
        (tag & self.mask) as usize
    }

    /// Makes at least as many chains as items, and files every entry again.
    ///
    /// All entries must be in use, because unused ones would be filed too. There are at least as many chains as entries, so the table is
    /// widened only when no entry is unused.
    fn widen(&mut self, items: usize) {
        let width = items.max(4).next_power_of_two();
        self.heads.clear();
        self.heads.resize(width, END);
        self.mask = u32::try_from(width.saturating_sub(1)).unwrap_or(u32::MAX);
        for (number, index) in (0_u32..).zip(0..self.entries.len()) {
            let Some(tag) = self.entries.get(index).map(|entry| entry.tag) else { continue };
            let slot = self.slot(tag);
            if let (Some(head), Some(entry)) = (self.heads.get_mut(slot), self.entries.get_mut(index)) {
                entry.next = *head;
                *head = number;
            }
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// Files an item.
    ///
    /// INVARIANT (numbers): fewer than `u32::MAX` items are filed, because each has a pattern in a document. An item beyond that would not
    /// be found.
    pub(super) fn insert(&mut self, key: Key, item: Item) {
        if self.used >= self.heads.len() {
            self.widen(self.used.saturating_mul(2).saturating_add(1));
        }
        let tag = tag(key);
        let slot = self.slot(tag);
        let Some(head) = self.heads.get_mut(slot) else { return };
        let entry = Entry { tag, next: *head, item };
        if let Some(unused) = self.entries.get_mut(self.free as usize) {
            *head = self.free;
            self.free = unused.next;
            *unused = entry;
        } else {
            *head = u32::try_from(self.entries.len()).unwrap_or(END);
            self.entries.push(entry);
        }
        self.used = self.used.saturating_add(1);
    }

    /// Removes the items under a key for which `is_out` is true.
    pub(super) fn remove(&mut self, key: Key, is_out: impl Fn(Item) -> bool) {
        let tag = tag(key);
        let slot = self.slot(tag);
        let mut before: Option<u32> = None;
        let mut at = self.heads.get(slot).copied().unwrap_or(END);
        while let Some(entry) = self.entries.get(at as usize).copied() {
            if entry.tag == tag && is_out(entry.item) {
                let link = match before {
                    None => self.heads.get_mut(slot),
                    Some(before) => self.entries.get_mut(before as usize).map(|e| &mut e.next),
                };
                if let Some(link) = link {
                    *link = entry.next;
                }
                if let Some(unused) = self.entries.get_mut(at as usize) {
                    unused.next = self.free;
                }
                self.free = at;
                self.used = self.used.saturating_sub(1);
            } else {
                before = Some(at);
            }
            at = entry.next;
        }
    }

    /// The items under a key, the latest first. Items of another key may be among them.
    #[inline]
    pub(super) fn get(&self, key: Key) -> Chain<'_> {
        let tag = tag(key);
        let at = self.heads.get(self.slot(tag)).copied().unwrap_or(END);
        Chain { entries: &self.entries, tag, at }
    }

    /// Frees memory that was reserved and not used.
    pub(super) fn fit(&mut self) {
        self.entries.shrink_to_fit();
    }

    /// The bytes of memory in use.
    pub(super) const fn bytes(&self) -> usize {
        let heads = self.heads.capacity().saturating_mul(size_of::<u32>());
        heads.saturating_add(self.entries.capacity().saturating_mul(size_of::<Entry>()))
    }
}

/// The items of a chain with one tag.
pub(super) struct Chain<'t> {
    entries: &'t [Entry],
    tag: u32,
    at: u32,
}

impl Iterator for Chain<'_> {
    type Item = Item;

    #[inline]
    fn next(&mut self) -> Option<Item> {
        loop {
            let entry = self.entries.get(self.at as usize)?;
            self.at = entry.next;
            if entry.tag == self.tag {
                return Some(entry.item);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn item(n: u32) -> Item {
        Item { statement: n, pattern: n ^ 1 }
    }

    #[test]
    fn an_empty_table_has_nothing() {
        assert_eq!(Table::new().get(Key::of_number(0)).next(), None);
        assert_eq!(Table::with_room(0).get(Key::of_number(7)).next(), None);
    }

    #[test]
    fn items_come_and_go() {
        let mut table = Table::new();
        let mut plain: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
        let mut state = 1_u64;
        for n in 0..20_000_u32 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let hash = (state >> 33) % 700;
            table.insert(Key::of_number(hash), item(n));
            plain.entry(hash).or_default().push(n);
            if n % 3 == 0 {
                let other = (state >> 40) % 700;
                table.remove(Key::of_number(other), |item| item.statement % 2 == 0);
                plain.entry(other).or_default().retain(|n| n % 2 != 0);
            }
        }
        for hash in 0..700 {
            let mut found: Vec<u32> = table.get(Key::of_number(hash)).map(|item| item.statement).collect();
            found.sort_unstable();
            assert_eq!(found, plain.remove(&hash).unwrap_or_default(), "{hash}");
        }
    }

    #[test]
    fn room_is_reserved_and_freed_again() {
        let chains = |table: &Table| table.heads.len() * size_of::<u32>();
        let mut table = Table::with_room(100);
        let own = table.bytes() - chains(&table);
        assert!((100 * size_of::<Entry>()..200 * size_of::<Entry>()).contains(&own), "{own}");
        assert!(table.heads.len() >= 100);
        table.insert(Key::of_number(1), item(1));
        assert_eq!(table.bytes() - chains(&table), own);
        table.fit();
        assert_eq!(table.bytes() - chains(&table), size_of::<Entry>());
        assert_eq!(Table::new().bytes(), 0);
    }

    #[test]
    fn a_table_is_empty_until_an_item_is_filed() {
        let mut table = Table::with_room(4);
        assert!(table.is_empty());
        table.insert(Key::of_number(1), item(1));
        assert!(!table.is_empty());
        table.remove(Key::of_number(1), |_| true);
        assert!(table.is_empty());
    }

    /// Chains are short: each tag has the chain of its low bits.
    #[test]
    fn tags_are_spread_over_the_chains() {
        let table = Table::with_room(8);
        assert_eq!((0..8).map(|tag| table.slot(tag)).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(table.slot(u32::MAX), 7);
    }
}
