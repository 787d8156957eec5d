//! Tags: keys are compared without case and stored as written (rule 6.8).

/// Tags in the order in which they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(Vec<(Box<str>, Box<str>)>);

impl Tags {
    /// No tags.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a tag, even if there is already one with its key.
    pub fn push(&mut self, key: impl Into<Box<str>>, value: impl Into<Box<str>>) {
        self.0.push((key.into(), value.into()));
    }

    /// Sets a tag. It replaces a tag with the same key, ignoring case.
    pub fn set(&mut self, key: &str, value: &str) {
        self.0.retain(|(known, _)| !known.eq_ignore_ascii_case(key));
        self.push(key, value);
    }

    /// The value of a tag, ignoring the case of the key. `None` if there is no such tag.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(key)).map(|(_, value)| &**value)
    }

    /// The tags in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (&**key, &**value))
    }

    /// The number of tags.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no tags.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<K: Into<Box<str>>, V: Into<Box<str>>> FromIterator<(K, V)> for Tags {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(tags: I) -> Self {
        Self(tags.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}
