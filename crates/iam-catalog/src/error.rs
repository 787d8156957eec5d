//! The error for a malformed catalogue text.

use std::fmt;

/// A line of a catalogue text that does not have the documented form.
///
/// This crate's tests check the embedded texts. So the error can only come from a text given to [`Catalog::parse`](crate::Catalog::parse),
/// [`Details::parse`](crate::Details::parse), [`Classes::parse`](crate::Classes::parse) or
/// [`Operations::parse`](crate::Operations::parse).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataError {
    line: usize,
    what: &'static str,
}

impl DataError {
    pub(crate) const fn at(line: usize, what: &'static str) -> Self {
        Self { line, what }
    }

    /// The number of the line, counted from 1. If the text ends too early, the number after the last line.
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
