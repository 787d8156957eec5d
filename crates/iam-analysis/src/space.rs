//! The requests that a question is about.

use iam_eval::{Context, ContextValue};
use iam_policy::value::parse_bool;
use rustc_hash::FxHashMap;

/// How many values a condition key has in one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyValues {
    /// One value.
    Single,
    /// A set of one value or more.
    Multiple,
    /// One value or a set: what is not known to be one of both.
    Either,
}

/// What each value of a condition key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyText {
    /// Any text.
    Any,
    /// `true` or `false`, as AWS writes them.
    Bool,
    /// A decimal number.
    Number,
    /// An instant.
    Date,
    /// An address.
    Ip,
}

/// What values a condition key can have in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyShape {
    /// How many.
    pub values: KeyValues,
    /// Of what type.
    pub text: KeyText,
    /// Whether every request has the key.
    pub always: bool,
}

impl KeyShape {
    /// A key that may be absent, with any texts.
    pub const fn of(values: KeyValues) -> Self {
        Self { values, text: KeyText::Any, always: false }
    }
}

/// What is known of the requests in question. Everything that is not said is free: keys are independent of each other and may have any value
/// of their shape, and more requests can only make a proof harder.
#[derive(Clone, Debug, Default)]
pub struct Space {
    shapes: FxHashMap<Box<str>, KeyShape>,
    facts: FxHashMap<Box<str>, Fact>,
    any_resource: bool,
}

/// What is known of a key, in every request of the space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// It is absent.
    Absent,
    /// It has this value.
    Value(ContextValue),
}

/// Global keys with several values (IAM User Guide, `reference_policies_condition-keys`), and those of STS.
const MULTIPLE: [&str; 7] = [
    "aws:calledvia",
    "aws:principalorgpaths",
    "aws:principalservicenameslist",
    "aws:resourceorgpaths",
    "aws:sourceorgpaths",
    "aws:tagkeys",
    "sts:transitivetagkeys",
];

/// Prefixes of services whose keys in this list, and families of it, have one value.
const SINGLE_FAMILIES: [&str; 3] = ["aws:principaltag/", "aws:requesttag/", "aws:resourcetag/"];

impl Space {
    /// Every request whose resource is `*` or has the form of an ARN.
    pub fn new() -> Self {
        Self::default()
    }

    /// Requests whose resource may be any text, also one that is no ARN.
    #[must_use]
    pub fn with_any_resource(mut self) -> Self {
        self.any_resource = true;
        self
    }

    /// Says what values a key can have. Unsaid, the global keys have those of AWS's list; any other has a single text, or that or a set of
    /// texts if a policy in question puts a set operator before it.
    pub fn set_shape(&mut self, key: &str, shape: KeyShape) {
        self.shapes.insert(key.to_ascii_lowercase().into(), shape);
    }

    /// Says what is known of a key. A set without values is an absent key (rule 4.8); an unknown or ambiguous value is no fact, and the
    /// key stays free.
    pub fn set_fact(&mut self, key: &str, fact: Fact) {
        let folded: Box<str> = key.to_ascii_lowercase().into();
        let fact = match fact {
            Fact::Value(ContextValue::Unknown | ContextValue::Ambiguous) => return,
            Fact::Value(ContextValue::Multiple(values)) if values.is_empty() => Fact::Absent,
            Fact::Absent | Fact::Value(ContextValue::Single(_) | ContextValue::Multiple(_)) => fact,
        };
        self.facts.insert(folded, fact);
    }

    /// What is known of a key, whatever its case.
    pub fn fact(&self, key: &str) -> Option<&Fact> {
        if self.facts.is_empty() { None } else { self.facts.get(key.to_ascii_lowercase().as_str()) }
    }

    /// The known keys as a context: absent ones are not in it.
    pub(crate) fn known(&self) -> Context {
        let mut sorted: Vec<(&Box<str>, &Fact)> = self.facts.iter().collect();
        sorted.sort_unstable_by_key(|(key, _)| *key);
        let mut context = Context::new();
        for (key, fact) in sorted {
            if let Fact::Value(value) = fact {
                context.set(key.clone(), value.clone());
            }
        }
        context
    }

    pub(crate) const fn takes_any_resource(&self) -> bool {
        self.any_resource
    }

    /// The shape of a key that is said or known; of others the policies in question decide.
    pub(crate) fn shape(&self, folded: &str) -> Option<KeyShape> {
        if let Some(said) = self.shapes.get(folded) {
            return Some(*said);
        }
        if MULTIPLE.contains(&folded) {
            return Some(KeyShape::of(KeyValues::Multiple));
        }
        let is_single = SINGLE_FAMILIES.iter().any(|family| folded.starts_with(family));
        (is_single || folded.starts_with("aws:")).then_some(KeyShape::of(KeyValues::Single))
    }
}

impl KeyText {
    /// Whether a text is one of the type.
    pub(crate) fn contains(self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Bool => parse_bool(text).is_some() && !text.bytes().any(|b| b.is_ascii_uppercase()),
            Self::Number => iam_policy::value::Decimal::parse(text).is_some(),
            Self::Date => iam_policy::value::Instant::parse(text).is_some(),
            Self::Ip => text.parse::<std::net::IpAddr>().is_ok(),
        }
    }
}
