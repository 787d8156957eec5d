//! The space of requests that a question is about.

use std::sync::Arc;

use iam_eval::{Context, ContextValue};
use rustc_hash::FxHashMap;

use crate::glob::{Class, Glob, Token, Union};
use crate::who::Callers;
use crate::who::tuple::Tuple;

/// The number of values that a condition key has in one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyValues {
    /// One value.
    Single,
    /// A set of one value or more.
    Multiple,
    /// One value or a set, if neither is known.
    Either,
}

/// The type of the values of a condition key.
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
    /// A text with the six fields of an ARN.
    Arn,
    /// The name of a session, or a source identity: two or more ASCII letters, digits and `_+=,.@-` (rules 6.5, 6.11).
    SessionName,
    /// The key of a session tag: one or more letters, digits, spaces and `_.:/=+-@`, not beginning with `aws:` (rule 6.7).
    TagKey,
    /// The value of a session tag: such characters, or none.
    TagValue,
}

/// The values that a condition key can have in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyShape {
    /// The number of values.
    pub values: KeyValues,
    /// The type of each value.
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

/// The known facts about the requests in question.
///
/// Everything else is free: keys are independent of each other and may have any value of their shape. Additional requests can only make a
/// proof harder.
#[derive(Clone, Debug, Default)]
pub struct Space {
    shapes: FxHashMap<Box<str>, KeyShape>,
    facts: FxHashMap<Box<str>, Fact>,
    any_resource: bool,
    callers: Option<Arc<Callers>>,
}

/// The known value of a key in every request of the space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The key is absent.
    Absent,
    /// The key has this value.
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

/// Global keys with an ARN (table 4b of the rules).
const ARNS: [&str; 8] = [
    "aws:chatbotsourcearn",
    "aws:principalarn",
    "aws:signinsessionarn",
    "aws:sourcearn",
    "aws:sourcevpcarn",
    "ec2:sourceinstancearn",
    "lambda:sourcefunctionarn",
    "ssm:sourceinstancearn",
];

impl Space {
    /// The space of every request whose resource is `*` or has the form of an ARN.
    pub fn new() -> Self {
        Self::default()
    }

    /// The space with any text as the resource, including texts that are not ARNs.
    #[must_use]
    pub fn with_any_resource(mut self) -> Self {
        self.any_resource = true;
        self
    }

    /// The space of the requests of these callers.
    ///
    /// Questions without a principal are about all of them. Every key that AWS sets for a caller belongs to the one that is looked at.
    #[must_use]
    pub fn with_callers(mut self, callers: Callers) -> Self {
        self.callers = Some(Arc::new(callers));
        self
    }

    pub(crate) fn callers(&self) -> Option<&Arc<Callers>> {
        self.callers.as_ref()
    }

    /// The tuple of this number.
    pub(crate) fn tuple(&self, number: u8) -> Option<&Tuple> {
        self.callers.as_ref()?.tuples.get(usize::from(number))
    }

    /// The tuple of which a key is a part, and its number in it.
    pub(crate) fn tied(&self, key: &str) -> Option<(u8, usize)> {
        self.callers.as_ref()?.tied(key)
    }

    /// The tuples of which a key has a value that was set, or is said to be absent.
    pub(crate) fn known_tuples(&self) -> impl Iterator<Item = u8> {
        let has_fact = |tuple: &&Tuple| tuple.keys.iter().any(|key| self.own_fact(key.name).is_some());
        let tuples = self.callers.iter().flat_map(|callers| &callers.tuples);
        (0_u8..).zip(tuples).filter(move |(_, tuple)| has_fact(tuple)).map(|(number, _)| number)
    }

    /// Sets the shape of a key.
    ///
    /// By default, global keys have the shapes of AWS's list. Any other key has a single text; if a policy in question puts a set operator
    /// before it, it has a single text or a set of texts.
    pub fn set_shape(&mut self, key: &str, shape: KeyShape) {
        self.shapes.insert(key.to_ascii_lowercase().into(), shape);
    }

    /// Sets the known value of a key.
    ///
    /// A set without values means that the key is absent (rule 4.8). An unknown or ambiguous value is not a fact, and the key stays free.
    pub fn set_fact(&mut self, key: &str, fact: Fact) {
        let folded: Box<str> = key.to_ascii_lowercase().into();
        let fact = match fact {
            Fact::Value(ContextValue::Unknown | ContextValue::Twice(_)) => return,
            Fact::Value(ContextValue::Multiple(values)) if values.is_empty() => Fact::Absent,
            Fact::Absent | Fact::Value(ContextValue::Single(_) | ContextValue::Multiple(_)) => fact,
        };
        self.facts.insert(folded, fact);
    }

    /// The fact about a key, ignoring case. `None` if there is none.
    pub fn fact(&self, key: &str) -> Option<&Fact> {
        if self.facts.is_empty() && self.callers.is_none() {
            return None;
        }
        let folded = key.to_ascii_lowercase();
        let own = self.facts.get(folded.as_str());
        own.or_else(|| self.callers.as_ref()?.fact(&folded))
    }

    /// The fact about a key that was set, ignoring case, and does not follow from the callers.
    pub(crate) fn own_fact(&self, key: &str) -> Option<&Fact> {
        if self.facts.is_empty() { None } else { self.facts.get(key.to_ascii_lowercase().as_str()) }
    }

    /// The known keys as a context, without the absent ones.
    pub(crate) fn known(&self) -> Context {
        let mut sorted: Vec<(&str, &Fact)> = self.facts.iter().map(|(key, fact)| (&**key, fact)).collect();
        sorted.extend(self.callers.iter().flat_map(|callers| callers.facts()));
        // What was set comes first.
        sorted.sort_by_key(|(key, _)| key.to_ascii_lowercase());
        sorted.dedup_by(|(one, _), (other, _)| one.eq_ignore_ascii_case(other));
        let mut context = Context::new();
        for (key, fact) in sorted {
            if let Fact::Value(value) = fact {
                context.set(key, value.clone());
            }
        }
        context
    }

    pub(crate) const fn takes_any_resource(&self) -> bool {
        self.any_resource
    }

    /// The shape of a key that is set or known. `None` for other keys, whose shape depends on the policies in question.
    pub(crate) fn shape(&self, folded: &str) -> Option<KeyShape> {
        if let Some(said) = self.shapes.get(folded) {
            return Some(*said);
        }
        if MULTIPLE.contains(&folded) {
            return Some(KeyShape::of(KeyValues::Multiple));
        }
        if ARNS.contains(&folded) {
            return Some(KeyShape { text: KeyText::Arn, ..KeyShape::of(KeyValues::Single) });
        }
        folded.starts_with("aws:").then_some(KeyShape::of(KeyValues::Single))
    }
}

impl KeyText {
    /// Whether a text is of the type.
    pub(crate) fn contains(self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Bool => matches!(text, "true" | "false"),
            Self::Number => iam_policy::value::Decimal::parse(text).is_some(),
            Self::Date => iam_policy::value::Instant::parse(text).is_some(),
            Self::Ip => iam_policy::value::parse_address(text).is_some(),
            Self::Arn => iam_policy::ArnFields::split(text).is_some(),
            Self::SessionName | Self::TagKey | Self::TagValue => {
                self.form().is_none_or(|(form, never)| form.matches(text) && !never.matches(text))
            }
        }
    }

    /// The language of the type, and the texts of it that do not belong to it. `None` if it is not described so.
    pub(crate) fn form(self) -> Option<(Union, Union)> {
        let many = |class: Class, least: usize| {
            Glob::new([vec![Token::Of(class); least], vec![Token::Run(class)]].concat())
        };
        let (form, is_tag) = match self {
            Self::SessionName => (many(Class::Word, 2), false),
            Self::TagKey => (many(Class::Tag, 1), true),
            Self::TagValue => (many(Class::Tag, 0), true),
            Self::Any | Self::Bool | Self::Number | Self::Date | Self::Ip | Self::Arn => return None,
        };
        let reserved = "aws:".chars().map(|c| if c == ':' { Token::One(c) } else { Token::Letter(c) });
        let reserved = Glob::new(reserved.chain([Token::Run(Class::Any)]).collect());
        Some((Union::new(vec![form]), Union::new(if is_tag { vec![reserved] } else { Vec::new() })))
    }
}
