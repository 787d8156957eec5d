//! The reader's position in the document. It becomes a JSON pointer only when it is printed.

use std::cell::OnceCell;
use std::fmt;

use iam_json::{Value, escape_pointer};

/// The place of the policy in its document. Its JSON pointer takes time linear in the document, and is computed at most once.
pub(crate) struct Place<'p> {
    value: Value<'p>,
    pointer: OnceCell<String>,
}

impl<'p> Place<'p> {
    pub(crate) const fn of(value: Value<'p>) -> Self {
        Self { value, pointer: OnceCell::new() }
    }
}

/// A path from the root of a document.
#[derive(Clone, Copy)]
pub(crate) enum Path<'p> {
    /// The policy itself.
    Policy(&'p Place<'p>),
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
            Self::Policy(place) => f.write_str(place.pointer.get_or_init(|| place.value.pointer())),
            Self::Member(parent, name) => write!(f, "{parent}/{}", escape_pointer(name)),
            Self::Item(parent, index) => write!(f, "{parent}/{index}"),
        }
    }
}
