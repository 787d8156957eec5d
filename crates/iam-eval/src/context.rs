//! The request context: values of condition keys, each absent, unknown or present.

use iam_policy::{ConditionKey, FoldedHash};

/// The values of condition keys in a request.
///
/// A key that is not in the context is absent: the request does not have it. A key whose value is not known must be set to
/// [`ContextValue::Unknown`].
///
/// No key is derived from another. The caller must set the keys that AWS would fill in; [`crate::Principal::keys`] and [`crate::session`]
/// return them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// The hashes of the keys without ASCII case, sorted.
    hashes: Vec<FoldedHash>,
    /// The entries, in the order of `hashes`.
    entries: Vec<Entry>,
    /// The number of keys in several spellings.
    twice: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    key: Box<str>,
    value: ContextValue,
}

impl Entry {
    const fn is_twice(&self) -> bool {
        matches!(self.value, ContextValue::Twice(_))
    }
}

/// The value of a condition key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContextValue {
    /// The key may be absent or have any value. The decision may then depend on the value.
    Unknown,
    /// The value of a single-valued key. Numbers and booleans are texts.
    Single(Box<str>),
    /// The values of a multivalued key. Without values, the key counts as absent (rule 4.8).
    Multiple(Box<[Box<str>]>),
    /// The request has the key in several spellings, which differ in ASCII case: each with its value, sorted by spelling.
    ///
    /// AWS takes one of the values, and which one cannot be relied on (rule 4.5).
    Twice(Vec<(Box<str>, ContextValue)>),
}

impl ContextValue {
    /// A single value.
    pub fn single(value: impl Into<Box<str>>) -> Self {
        Self::Single(value.into())
    }

    /// Several values.
    pub fn multiple<T: Into<Box<str>>>(values: impl IntoIterator<Item = T>) -> Self {
        Self::Multiple(values.into_iter().map(Into::into).collect())
    }
}

impl Context {
    /// A context without keys.
    pub const fn new() -> Self {
        Self { hashes: Vec::new(), entries: Vec::new(), twice: 0 }
    }

    /// Sets a key and replaces its earlier value. ASCII case of the key does not matter.
    pub fn set(&mut self, key: impl Into<Box<str>>, value: ContextValue) {
        let entry = Entry { key: key.into(), value };
        let hash = FoldedHash::of(&entry.key);
        self.twice = self.twice.saturating_add(usize::from(entry.is_twice()));
        match self.entry(hash, &entry.key) {
            Ok(at) => {
                if let Some(slot) = self.entries.get_mut(at) {
                    self.twice = self.twice.saturating_sub(usize::from(slot.is_twice()));
                    *slot = entry;
                }
            }
            Err(at) => {
                self.hashes.insert(at, hash);
                self.entries.insert(at, entry);
            }
        }
    }

    /// Adds a key as a request carries it.
    ///
    /// A second spelling of a key makes it [`ContextValue::Twice`] (rule 4.5). The same spelling replaces its earlier value. If one of the
    /// values is unknown, the key is.
    pub fn add(&mut self, key: impl Into<Box<str>>, value: ContextValue) {
        let key = key.into();
        let is_known = matches!(value, ContextValue::Single(_) | ContextValue::Multiple(_));
        let there = self.entry(FoldedHash::of(&key), &key).ok().and_then(|at| self.entries.get_mut(at));
        let Some(entry) = there else { return self.set(key, value) };
        match &mut entry.value {
            _ if entry.key == key => self.set(key, value),
            _ if !is_known => self.set(key, ContextValue::Unknown),
            ContextValue::Unknown => {}
            ContextValue::Twice(spellings) => {
                match spellings.binary_search_by(|(spelling, _)| spelling.cmp(&key)) {
                    Ok(at) => {
                        if let Some((_, slot)) = spellings.get_mut(at) {
                            *slot = value;
                        }
                    }
                    Err(at) => spellings.insert(at, (key, value)),
                }
            }
            ContextValue::Single(_) | ContextValue::Multiple(_) => {
                let mut spellings = vec![(entry.key.clone(), entry.value.clone()), (key, value)];
                spellings.sort_by(|(one, _), (other, _)| one.cmp(other));
                let first = spellings.first().map(|(spelling, _)| spelling.clone()).unwrap_or_default();
                self.set(first, ContextValue::Twice(spellings));
            }
        }
    }

    /// Whether a key has several spellings.
    pub(crate) const fn has_twice(&self) -> bool {
        self.twice > 0
    }

    /// The keys in several spellings and their values, each value once.
    pub(crate) fn twice(&self) -> impl Iterator<Item = (&str, Vec<&ContextValue>)> {
        self.entries.iter().filter_map(|entry| {
            let ContextValue::Twice(spellings) = &entry.value else { return None };
            let mut values: Vec<&ContextValue> = Vec::new();
            for (_, value) in spellings {
                if !values.contains(&value) {
                    values.push(value);
                }
            }
            Some((&*entry.key, values))
        })
    }

    /// The context with one more key.
    #[must_use]
    pub fn with(mut self, key: impl Into<Box<str>>, value: ContextValue) -> Self {
        self.set(key, value);
        self
    }

    /// The value of a key, ignoring ASCII case (rule 4.4). `None` if the key is absent.
    pub fn value(&self, key: &str) -> Option<&ContextValue> {
        self.get(FoldedHash::of(key), key)
    }

    /// The value of a condition's key. The key's hash is known, and is not computed again.
    pub(crate) fn value_of(&self, key: &ConditionKey) -> Option<&ContextValue> {
        self.get(key.hash(), key.as_str())
    }

    /// The keys and their values, sorted by key without ASCII case.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ContextValue)> {
        let mut sorted: Vec<&Entry> = self.entries.iter().collect();
        sorted.sort_by_cached_key(|entry| entry.key.to_ascii_lowercase());
        sorted.into_iter().map(|entry| (&*entry.key, &entry.value))
    }

    /// The number of keys.
    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no keys.
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The spelling and the value of a key, ignoring ASCII case.
    pub(crate) fn entry_of(&self, key: &str) -> Option<(&str, &ContextValue)> {
        let entry = self.entry(FoldedHash::of(key), key).ok().and_then(|at| self.entries.get(at))?;
        Some((&entry.key, &entry.value))
    }

    fn get(&self, hash: FoldedHash, key: &str) -> Option<&ContextValue> {
        let at = self.entry(hash, key).ok()?;
        self.entries.get(at).map(|entry| &entry.value)
    }

    /// The index of a key's entry, or the index where the entry belongs. Keys with the same hash are adjacent.
    fn entry(&self, hash: FoldedHash, key: &str) -> Result<usize, usize> {
        // A request has few keys. Counting all smaller hashes is faster than a binary search, because it has no unpredictable branches.
        let before = |other: &FoldedHash| *other < hash;
        let mut at = if self.hashes.len() <= 32 {
            self.hashes.iter().map(|other| usize::from(before(other))).sum()
        } else {
            self.hashes.partition_point(before)
        };
        while self.hashes.get(at) == Some(&hash) {
            let found =
                self.entries.get(at).is_some_and(|e| *e.key == *key || e.key.eq_ignore_ascii_case(key));
            if found {
                return Ok(at);
            }
            at = at.saturating_add(1);
        }
        Err(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_added_again_has_its_new_value() {
        let mut context = Context::new();
        context.add("x:k", ContextValue::single("a"));
        context.add("x:k", ContextValue::single("b"));
        assert_eq!(context.entry_of("X:K"), Some(("x:k", &ContextValue::single("b"))));
    }

    #[test]
    fn keys_ignore_ascii_case_only() {
        let context = Context::new().with("aws:PrincipalTag/K", ContextValue::single("v"));
        assert_eq!(context.value("AWS:principaltag/k"), Some(&ContextValue::single("v")));
        assert_eq!(context.value("aws:PrincipalTag/\u{212A}"), None);
    }

    #[test]
    fn two_spellings_are_one_key_with_either_value() {
        let mut context = Context::new();
        context.add("a:b", ContextValue::single("1"));
        context.add("A:B", ContextValue::single("2"));
        context.add("a:c", ContextValue::single("1"));
        let spellings =
            [("A:B".into(), ContextValue::single("2")), ("a:b".into(), ContextValue::single("1"))];
        assert_eq!(context.value("a:B"), Some(&ContextValue::Twice(spellings.into())));
        assert_eq!(context.len(), 2);
        let twice: Vec<_> = context.twice().collect();
        let (one, two) = (ContextValue::single("1"), ContextValue::single("2"));
        assert_eq!(twice, [("A:B", vec![&two, &one])]);
        context.add("A:b", ContextValue::Unknown);
        assert_eq!(context.value("a:b"), Some(&ContextValue::Unknown));
        assert!(!context.has_twice());
    }
}
