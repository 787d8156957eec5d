//! Atoms: the tests of statements as predicates on one dimension of requests, the resource or one condition key.
//!
//! A statement is a conjunction of atoms and negated atoms. Atoms are shared between statements and policies, so that a test that stands
//! twice is one thing. What a test is for an Allow is whether it is true; for a Deny, whether it is not false (rule 4.9). So an atom is
//! either true or false of a request, and where the two readings differ they are two atoms.

use iam_policy::{Condition, Effect};

use crate::glob::Union;

/// The number of an atom of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct AtomId(pub(crate) u32);

/// The number of a union of globs of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct UnionId(pub(crate) u32);

/// The number of a list of patterns with variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TiesId(pub(crate) u32);

/// The number of a typed test of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TypedId(pub(crate) u32);

/// What an atom is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Dimension {
    /// The name of the action behind its prefix, where it is open.
    Action,
    Resource,
    /// A condition key, by its number.
    Key(u32),
}

/// An atom, or its opposite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Literal {
    pub(crate) atom: AtomId,
    pub(crate) holds: bool,
}

/// An atom.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Atom {
    /// Whether the name of the action is in a language.
    Action(Leaf),
    /// Whether patterns match the resource.
    Resource {
        text: Leaf,
        /// Of a request that has no resource (rule 3.6).
        without: Leaf,
    },
    /// A test of a condition key.
    Key {
        key: u32,
        /// Of a request without the key.
        absent: bool,
        /// Of a request with one value.
        single: Leaf,
        /// Of a request with a set of values.
        multiple: Many,
    },
}

impl Atom {
    pub(crate) const fn dimension(&self) -> Dimension {
        match self {
            Self::Action(_) => Dimension::Action,
            Self::Resource { .. } => Dimension::Resource,
            Self::Key { key, .. } => Dimension::Key(*key),
        }
    }
}

/// A predicate on one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Leaf {
    Constant(bool),
    /// Whether the text is in a language. With variables that stay free there are two: where it holds, the text is in the first; where it
    /// does not, in the second. What it is then hangs on the variables, so patterns with other variables are other predicates.
    Text {
        holds: Language,
        fails: Language,
        variables: Option<TiesId>,
    },
    /// A comparison of a typed operator, which the evaluator makes.
    Typed(TypedId),
    /// It may hold or not, whatever the text, as the variables of these patterns decide.
    Free(TiesId),
}

/// The texts of a union, or all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Language {
    pub(crate) union: UnionId,
    pub(crate) inside: bool,
}

/// A predicate on a set of texts that is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Many {
    Constant(bool),
    /// All of them; a set of nothing but the empty text always (rule 4.8).
    Every(Leaf),
    /// One of them at least.
    Some(Leaf),
}

/// A typed test: a condition as the evaluator sees it, for one of the two effects.
#[derive(Clone, Debug)]
pub(crate) struct Typed {
    pub(crate) condition: Condition,
    pub(crate) effect: Effect,
    /// Texts at and beside every value of the policy.
    pub(crate) candidates: Vec<Box<str>>,
}

/// Unions and typed tests that leaves refer to.
#[derive(Debug, Default)]
pub(crate) struct Leaves {
    pub(crate) unions: Vec<Union>,
    pub(crate) typed: Vec<Typed>,
}

impl Leaves {
    pub(crate) fn union(&self, id: UnionId) -> Option<&Union> {
        self.unions.get(id.0 as usize)
    }

    pub(crate) fn typed(&self, id: TypedId) -> Option<&Typed> {
        self.typed.get(id.0 as usize)
    }

    /// Whether a leaf can have that value on a text.
    pub(crate) fn can_be(&self, leaf: Leaf, value: bool, text: &str) -> bool {
        match leaf {
            Leaf::Constant(constant) => constant == value,
            Leaf::Text { holds, fails, .. } => {
                let Language { union, inside } = if value { holds } else { fails };
                self.union(union).is_some_and(|union| union.matches(text)) == inside
            }
            Leaf::Typed(id) => self.typed(id).is_some_and(|typed| typed.holds(text)) == value,
            Leaf::Free(_) => true,
        }
    }
}
