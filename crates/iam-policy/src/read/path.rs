//! Where the reader is: a JSON pointer that costs nothing until it is printed.

use std::fmt;

use crate::json::{Value, escape_pointer};

/// A path from the root of a document.
#[derive(Clone, Copy)]
pub(crate) enum Path<'p> {
    /// The policy itself, wherever it stands in its document.
    Value(Value<'p>),
    /// A member of an object.
    Member(&'p Path<'p>, &'p str),
    /// An element of an array.
    Item(&'p Path<'p>, usize),
}

impl<'p> Path<'p> {
    pub(crate) const fn member(&'p self, name: &'p str) -> Self {
        Self::Member(self, name)
    }

    pub(crate) const fn item(&'p self, index: usize) -> Self {
        Self::Item(self, index)
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => f.write_str(&value.pointer()),
            Self::Member(parent, name) => write!(f, "{parent}/{}", escape_pointer(name)),
            Self::Item(parent, index) => write!(f, "{parent}/{index}"),
        }
    }
}
