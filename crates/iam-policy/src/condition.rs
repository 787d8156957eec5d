//! Conditions: one test of one key against a list of typed values (part 4 of the rules).

use std::fmt;
use std::str::FromStr;

use crate::code;
use crate::error::BuildError;
use crate::fold::FoldedHash;
use crate::operator::Test;
use crate::pattern::Pattern;
use crate::resource::may_be_arn;
use crate::value::{Decimal, Instant, IpRange};
use iam_json::{Spanned, quoted};

/// One test of a `Condition` block.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Condition {
    /// The operator and the place of its name.
    pub test: Spanned<Test>,
    /// The key and its place.
    pub key: Spanned<ConditionKey>,
    /// The values that the key's value is compared with. The list may be empty (rule 4.11).
    pub values: Values,
}

/// The name of a condition key. Equality and order ignore ASCII case (rule 4.4).
#[derive(Clone, Debug)]
pub struct ConditionKey {
    name: Box<str>,
    hash: FoldedHash,
}

impl ConditionKey {
    /// The key with this name.
    pub fn new(name: &str) -> Self {
        Self { name: name.into(), hash: FoldedHash::of(name) }
    }

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// The hash of the name without case. A request context finds the key's value by this hash.
    pub const fn hash(&self) -> FoldedHash {
        self.hash
    }
}

/// Reads a prefix, a colon and a name, such as `aws:SourceIp` (rule 1.19).
impl FromStr for ConditionKey {
    type Err = BuildError;

    fn from_str(text: &str) -> Result<Self, BuildError> {
        match text.split_once(':') {
            Some((prefix, name)) if !prefix.is_empty() && !name.is_empty() => Ok(Self::new(text)),
            _ => Err(BuildError::new(code::INVALID_CONDITION_KEY_FORMAT, quoted(text))),
        }
    }
}

impl PartialEq for ConditionKey {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && self.name.eq_ignore_ascii_case(&other.name)
    }
}

impl Eq for ConditionKey {}

impl fmt::Display for ConditionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// The values of a condition, in the type that the operator compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Values {
    /// Values of string operators. Only `StringLike` and `StringNotLike` have wildcards.
    String(Vec<Spanned<Pattern>>),
    /// Values of ARN operators, with wildcards. They are split into fields after variables are replaced (rule 3.31).
    Arn(Vec<Spanned<Pattern>>),
    /// Values of numeric operators.
    Numeric(Vec<Spanned<Number>>),
    /// Values of date operators.
    Date(Vec<Spanned<Typed<Instant>>>),
    /// Values of `Bool`.
    Bool(Vec<Spanned<Flag>>),
    /// Values of `BinaryEquals`.
    Binary(Vec<Spanned<Typed<Box<[u8]>>>>),
    /// Values of address operators.
    Ip(Vec<Spanned<Typed<IpRange>>>),
    /// Values of `Null`.
    Null(Vec<Spanned<bool>>),
}

impl Values {
    /// The number of values.
    pub fn len(&self) -> usize {
        match self {
            Self::String(values) | Self::Arn(values) => values.len(),
            Self::Numeric(values) => values.len(),
            Self::Date(values) => values.len(),
            Self::Bool(values) => values.len(),
            Self::Binary(values) => values.len(),
            Self::Ip(values) => values.len(),
            Self::Null(values) => values.len(),
        }
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first value that AWS takes in a session policy although it cannot read it. IAM stores none in other policies (rule 1.20).
    pub fn unreadable(&self) -> Option<&str> {
        fn first<'v, T: 'v>(
            values: &'v [Spanned<T>],
            text: impl Fn(&'v T) -> Option<&'v str>,
        ) -> Option<&'v str> {
            values.iter().find_map(|value| text(&value.value))
        }
        match self {
            Self::Arn(values) => first(values, |v| (!may_be_arn(v)).then(|| v.text())),
            Self::Numeric(values) => first(values, |v| v.decimal().is_none().then(|| v.text())),
            Self::Date(values) => first(values, |v| v.value().is_none().then(|| v.text())),
            Self::Binary(values) => first(values, |v| v.value().is_none().then(|| v.text())),
            Self::Ip(values) => first(values, |v| v.value().is_none().then(|| v.text())),
            Self::String(_) | Self::Bool(_) | Self::Null(_) => None,
        }
    }

    /// The values as texts, in order. Literal booleans are `true` or `false`; other texts are as written.
    pub fn texts(&self) -> Vec<&str> {
        const fn word(value: bool) -> &'static str {
            if value { "true" } else { "false" }
        }
        match self {
            Self::String(values) | Self::Arn(values) => values.iter().map(|v| v.value.text()).collect(),
            Self::Numeric(values) => values.iter().map(|v| v.value.text()).collect(),
            Self::Date(values) => values.iter().map(|v| v.value.text()).collect(),
            Self::Bool(values) => values
                .iter()
                .map(|v| match &v.value {
                    Flag::Literal(value) => word(*value),
                    Flag::Variable(pattern) => pattern.text(),
                })
                .collect(),
            Self::Binary(values) => values.iter().map(|v| v.value.text()).collect(),
            Self::Ip(values) => values.iter().map(|v| v.value.text()).collect(),
            Self::Null(values) => values.iter().map(|v| word(v.value)).collect(),
        }
    }
}

/// A value of an operator, with the text it was read from.
///
/// STS takes dates and addresses in session policies that nobody can read. Such an entry has a text and no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed<T> {
    text: Box<str>,
    value: Option<T>,
}

impl<T> Typed<T> {
    /// The `value` that was read from `text`.
    pub(crate) fn new(text: &str, value: T) -> Self {
        Self { text: text.into(), value: Some(value) }
    }

    /// A text that AWS takes in a session policy and that has no value.
    pub(crate) fn unreadable(text: &str) -> Self {
        Self { text: text.into(), value: None }
    }

    /// The text as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The value. `None` for a text that AWS takes in a session policy and cannot read.
    pub const fn value(&self) -> Option<&T> {
        self.value.as_ref()
    }
}

/// The text of a decimal number, or a text that AWS takes in its place in a session policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number(Box<str>);

impl Number {
    /// Reads a number (rule 7.35). `None` if the text is not one.
    pub fn parse(text: &str) -> Option<Self> {
        Decimal::parse(text).map(|_| Self(text.into()))
    }

    /// A text that AWS takes in a session policy although it is no number. If it is a number after all, it counts as that number.
    pub fn unreadable(text: &str) -> Self {
        Self(text.into())
    }

    /// The text as written.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The number. `None` for a text that AWS takes in a session policy and cannot read.
    pub fn decimal(&self) -> Option<Decimal<'_>> {
        Decimal::parse(&self.0)
    }
}

/// A value of `Bool`: true or false, or a text with variables whose result is one of them (rules 7.12, 7.36).
#[derive(Clone, Debug, PartialEq, Eq)]
// No other variant: rule 7.12 has these two.
pub enum Flag {
    /// A text without variables: `true` in any ASCII case is true, every other text is false.
    Literal(bool),
    /// A text with variables.
    Variable(Pattern),
}
