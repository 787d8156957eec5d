//! Atoms: the tests of statements, as predicates on one dimension of requests. A dimension is the resource or one condition key.
//!
//! A statement is a conjunction of atoms and negated atoms. Statements and policies share atoms, so a test that occurs twice is one atom.
//! For an Allow, the predicate is that the test is true. For a Deny, it is that the test is not false (rules 3.27, 4.22). So an atom is always
//! true or false of a request. If a test means something else under another reading (part 8 of the rules), it is another atom, and the point
//! at which the readings differ is an atom, too.

use iam_eval::{Point, Reading};
use iam_policy::{ArnFields, Condition};

use crate::glob::Union;

/// The number of an atom of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct AtomId(pub(crate) u32);

/// The number of a union of globs of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct UnionId(pub(crate) u32);

/// The number of a list of patterns with variables in a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TiesId(pub(crate) u32);

/// The number of a typed test of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TypedId(pub(crate) u32);

/// The part of a request that an atom depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Dimension {
    /// The name of the action after its prefix, if the name is open.
    Action,
    Resource,
    /// A condition key, by its number.
    Key(u32),
    /// Keys that are tied to each other, by the number of their tuple (see `who`).
    Tuple(u8),
    /// The answer to a point that the evidence leaves open.
    Point(Point),
}

/// An atom or its negation.
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
        /// The value for a request that has no resource (rule 3.6).
        without: Leaf,
    },
    /// A test of a condition key.
    Key {
        key: u32,
        /// The value for a request without the key.
        absent: bool,
        /// The value for a request in which the key has one value.
        single: Leaf,
        /// The value for a request in which the key has a set of values.
        multiple: Sets,
    },
    /// A test of a key that is a part of a tuple, or of the caller's names.
    Tied {
        tuple: u8,
        key: TiedTo,
        /// The value for a request without the key.
        absent: bool,
        /// The value for a text of the tuple.
        text: Leaf,
    },
    /// Whether the reading has the other answer at a point.
    Other(Point),
}

/// What a test of a tuple is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum TiedTo {
    /// A key of the tuple, by its number.
    Key(usize),
    /// The names of the caller, which every request has.
    Names,
}

impl Atom {
    pub(crate) const fn dimension(&self) -> Dimension {
        match self {
            Self::Action(_) => Dimension::Action,
            Self::Resource { .. } => Dimension::Resource,
            Self::Key { key, .. } => Dimension::Key(*key),
            Self::Tied { tuple, .. } => Dimension::Tuple(*tuple),
            Self::Other(point) => Dimension::Point(*point),
        }
    }
}

/// A predicate on one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Leaf {
    Constant(bool),
    /// Whether the text is in a language.
    ///
    /// With free variables there are two languages: if the predicate holds, the text is in `holds`; if it does not, the text is in `fails`.
    /// The value then depends on the variables, so patterns with other variables are other predicates.
    Text {
        holds: Language,
        fails: Language,
        variables: Option<TiesId>,
        /// The value for a text that is no ARN, if the languages are about ARNs only (rule 4.22).
        beyond_arns: Option<bool>,
    },
    /// A comparison of a typed operator. The evaluator makes it.
    Typed(TypedId),
    /// The predicate may hold or fail for every text, depending on the variables of these patterns.
    Free(TiesId),
}

/// The texts in a union, or all texts outside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Language {
    pub(crate) union: UnionId,
    pub(crate) inside: bool,
}

/// A predicate on a set of texts that is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Sets {
    /// The value for a set of empty texts only, if it is not what the texts say (rule 4.8).
    pub(crate) blank: Option<bool>,
    /// The value for other sets.
    pub(crate) of: Many,
}

/// A predicate on the texts of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Many {
    Constant(bool),
    /// Every text satisfies the predicate.
    Every(Leaf),
    /// At least one text satisfies the predicate.
    Some(Leaf),
}

/// A typed test on one text, under one reading.
#[derive(Clone, Debug)]
pub(crate) struct Typed {
    pub(crate) condition: Condition,
    pub(crate) reading: Reading,
    /// Texts equal to every value of the policy, and texts beside them.
    pub(crate) candidates: Vec<Box<str>>,
}

/// The unions and typed tests that leaves refer to.
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

    /// Whether a leaf can have this value on a text.
    pub(crate) fn can_be(&self, leaf: Leaf, value: bool, text: &str) -> bool {
        match leaf {
            Leaf::Constant(constant) => constant == value,
            Leaf::Text { beyond_arns: Some(beyond), .. } if ArnFields::split(text).is_none() => {
                beyond == value
            }
            // Patterns with wildcards may see two units in such a character (rule 3.3).
            Leaf::Text { variables: Some(_), .. } if text.chars().any(|c| c > '\u{FFFF}') => true,
            Leaf::Text { holds, fails, .. } => {
                let Language { union, inside } = if value { holds } else { fails };
                self.union(union).is_some_and(|union| union.matches(text)) == inside
            }
            Leaf::Typed(id) => self.typed(id).is_some_and(|typed| typed.holds(text)) == value,
            Leaf::Free(_) => true,
        }
    }
}
