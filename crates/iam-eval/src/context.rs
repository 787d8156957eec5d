//! The request context: values of condition keys, each absent, unknown or present.

use std::cmp::Ordering;

/// Values of condition keys. A key that is not there is absent: a fact about the request. A key whose value is not known must be
/// said to be [`ContextValue::Unknown`].
///
/// Nothing is derived: what AWS would fill in comes from [`crate::session`] or from the caller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// Sorted by key without ASCII case.
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    key: Box<str>,
    value: ContextValue,
}

/// The value of a condition key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a new kind of value must be looked at wherever conditions are evaluated"
)]
pub enum ContextValue {
    /// The key may be absent or have any value: the answer may then depend on it.
    Unknown,
    /// A single-valued key. Numbers and booleans as their text.
    Single(Box<str>),
    /// A multivalued key; without values it counts as absent (rule 4.8).
    Multiple(Box<[Box<str>]>),
    /// The request has the key twice, in two spellings: no comparison can be made (rule 4.5).
    Ambiguous,
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
        Self { entries: Vec::new() }
    }

    /// Sets a key, whatever its case; an earlier value of the key is replaced.
    pub fn set(&mut self, key: impl Into<Box<str>>, value: ContextValue) {
        let entry = Entry { key: key.into(), value };
        match self.find(&entry.key) {
            Ok(at) => {
                if let Some(slot) = self.entries.get_mut(at) {
                    *slot = entry;
                }
            }
            Err(at) => self.entries.insert(at, entry),
        }
    }

    /// Adds a key as a request carries it: a second spelling of a key makes it [`ContextValue::Ambiguous`] (rule 4.5).
    pub fn add(&mut self, key: impl Into<Box<str>>, value: ContextValue) {
        let key = key.into();
        let value = if self.find(&key).is_ok() { ContextValue::Ambiguous } else { value };
        self.set(key, value);
    }

    /// The same with one more key.
    #[must_use]
    pub fn with(mut self, key: impl Into<Box<str>>, value: ContextValue) -> Self {
        self.set(key, value);
        self
    }

    /// The value of a key, ignoring ASCII case (rule 4.4); nothing if it is absent.
    pub fn value(&self, key: &str) -> Option<&ContextValue> {
        let at = self.find(key).ok()?;
        self.entries.get(at).map(|entry| &entry.value)
    }

    /// The keys and their values, sorted by key without ASCII case.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ContextValue)> {
        self.entries.iter().map(|entry| (&*entry.key, &entry.value))
    }

    /// How many keys there are.
    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn find(&self, key: &str) -> Result<usize, usize> {
        self.entries.binary_search_by(|entry| compare_folded(&entry.key, key))
    }
}

/// Order of texts without ASCII case. Only ASCII: Unicode folding would make different keys equal.
fn compare_folded(a: &str, b: &str) -> Ordering {
    a.bytes().map(|b| b.to_ascii_lowercase()).cmp(b.bytes().map(|b| b.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_ignore_ascii_case_only() {
        let context = Context::new().with("aws:PrincipalTag/K", ContextValue::single("v"));
        assert_eq!(context.value("AWS:principaltag/k"), Some(&ContextValue::single("v")));
        assert_eq!(context.value("aws:PrincipalTag/\u{212A}"), None);
    }

    #[test]
    fn two_spellings_are_ambiguous() {
        let mut context = Context::new();
        context.add("a:b", ContextValue::single("1"));
        context.add("A:B", ContextValue::single("1"));
        context.add("a:c", ContextValue::single("1"));
        assert_eq!(context.value("a:b"), Some(&ContextValue::Ambiguous));
        assert_eq!(context.len(), 2);
    }
}
