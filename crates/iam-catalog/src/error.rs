//! What is wrong with a catalogue text.

use std::fmt;

/// A line of a catalogue text that does not have the documented form.
///
/// The embedded texts are checked by this crate's tests, so it can only come from a text given to
/// [`Catalog::parse`](crate::Catalog::parse) or [`Details::parse`](crate::Details::parse).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataError {
    line: usize,
    what: &'static str,
}

impl DataError {
    pub(crate) const fn at(line: usize, what: &'static str) -> Self {
        Self { line, what }
    }

    /// The line, counted from 1; after the last line if the text ends too early.
    pub const fn line(&self) -> usize {
        self.line
    }

    /// What is wrong with the line.
    pub const fn what(&self) -> &'static str {
        self.what
    }
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "catalogue line {}: {}", self.line, self.what)
    }
}

impl std::error::Error for DataError {}
