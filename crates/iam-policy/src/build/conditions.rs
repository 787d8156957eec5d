//! The conditions of a statement that is made in a program.

use super::check;
use crate::code;
use crate::condition::{Condition, ConditionKey, Flag, Number, Typed, Values};
use crate::error::BuildError;
use crate::operator::{Family, Operator, Quantifier, Test, TestError};
use crate::pattern::{Pattern, Syntax};
use crate::value::{Instant, IpRange, decode_base64, parse_bool};
use iam_json::Code;
use iam_json::Spanned;
use iam_json::quoted;

/// The tests of a statement: all must be true. No two tests have the same operator and the same key.
///
/// # Examples
/// ```
/// use iam_policy::{ConditionKey, Conditions};
///
/// let tag: ConditionKey = "aws:PrincipalTag/team".parse()?;
/// let both = Conditions::is_present(&tag).and(Conditions::parse("Bool", "aws:SecureTransport", ["true"])?)?;
/// assert_eq!(both.iter().count(), 2);
///
/// let wrong = Conditions::parse("NumericLessThan", "s3:max-keys", ["many"]).unwrap_err();
/// assert_eq!(wrong.to_string(), "TYPE_MISMATCH_NUMBER: a value that is not a number: `many`");
/// # Ok::<(), iam_policy::BuildError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions(Vec<Condition>);

impl Conditions {
    /// No condition: the statement applies to every request that its other elements match.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// One test of one key, with values as documents of version 2012-10-17 write them: `${...}` is a variable.
    ///
    /// # Errors
    /// There is no such operator, the key is not a prefix, a colon and a name, or the operator cannot compare one of the values.
    pub fn parse<T: AsRef<str>>(
        test: &str,
        key: &str,
        texts: impl IntoIterator<Item = T>,
    ) -> Result<Self, BuildError> {
        let test: Test = test.parse().map_err(|error| {
            let code = match error {
                TestError::Unknown => code::INVALID_CONDITION_OPERATOR,
                TestError::NullIfExists => code::NULL_WITH_IF_EXISTS,
            };
            BuildError::new(code, quoted(test))
        })?;
        let key: ConditionKey = key.parse()?;
        let texts: Vec<T> = texts.into_iter().collect();
        let texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
        Self::new(test, &key, read(test.operator, &texts)?)
    }

    /// One test of one key with typed values.
    ///
    /// # Errors
    /// The values are not of the operator's type. Wildcards under `StringEquals` and ARN patterns with fewer than six fields are refused
    /// too.
    pub fn new(test: Test, key: &ConditionKey, values: Values) -> Result<Self, BuildError> {
        let condition =
            Condition { test: Spanned::placeless(test), key: Spanned::placeless(key.clone()), values };
        Ok(Self(check::conditions(vec![condition])?))
    }

    /// `StringEquals`: the value of the key is one of these texts.
    ///
    /// No character of them has a special meaning.
    pub fn equals<T: AsRef<str>>(
        quantifier: Option<Quantifier>,
        key: &ConditionKey,
        texts: impl IntoIterator<Item = T>,
    ) -> Self {
        let exact = |text: T| Spanned::placeless(Pattern::exactly(text.as_ref(), Syntax::new(false, true)));
        let values = Values::String(texts.into_iter().map(exact).collect());
        Self::of(Test::new(quantifier, Operator::StringEquals, false), key, values)
    }

    /// `StringLike`: the value of the key matches one of these patterns.
    pub fn like(
        quantifier: Option<Quantifier>,
        key: &ConditionKey,
        patterns: impl IntoIterator<Item = Pattern>,
    ) -> Self {
        let values = Values::String(patterns.into_iter().map(|p| Spanned::placeless(p.in_2012())).collect());
        Self::of(Test::new(quantifier, Operator::StringLike, false), key, values)
    }

    /// `Null` is false: the request has the key.
    pub fn is_present(key: &ConditionKey) -> Self {
        Self::of(Test::new(None, Operator::Null, false), key, Values::Null(vec![Spanned::placeless(false)]))
    }

    /// `Null` is true: the request does not have the key.
    pub fn is_absent(key: &ConditionKey) -> Self {
        Self::of(Test::new(None, Operator::Null, false), key, Values::Null(vec![Spanned::placeless(true)]))
    }

    /// Both conditions: all tests of the two must be true.
    ///
    /// # Errors
    /// Both test the same key with the same operator. One statement cannot contain both tests.
    pub fn and(self, other: Self) -> Result<Self, BuildError> {
        Ok(Self(check::conditions(self.0.into_iter().chain(other.0).collect())?))
    }

    /// The conditions in the order in which they are printed.
    pub fn iter(&self) -> impl Iterator<Item = &Condition> {
        self.0.iter()
    }

    pub(super) fn into_vec(self) -> Vec<Condition> {
        self.0
    }

    fn of(test: Test, key: &ConditionKey, values: Values) -> Self {
        Self(vec![Condition { test: Spanned::placeless(test), key: Spanned::placeless(key.clone()), values }])
    }
}

/// Reads the values of an operator.
fn read(operator: Operator, texts: &[&str]) -> Result<Values, BuildError> {
    fn all<T>(
        texts: &[&str],
        code: Code,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<Spanned<T>>, BuildError> {
        let one = |text: &&str| {
            read(text).map(Spanned::placeless).ok_or_else(|| BuildError::new(code, quoted(text)))
        };
        texts.iter().map(one).collect()
    }
    let pattern = |wildcards| {
        move |text: &&str| match Pattern::parse(text, Syntax::new(wildcards, true)) {
            Ok(pattern) => Ok(Spanned::placeless(pattern)),
            Err(error) => Err(BuildError::new(error.kind.code(), quoted(text))),
        }
    };
    Ok(match operator.family() {
        Family::String => {
            let wildcards = check::has_wildcards(operator);
            Values::String(texts.iter().map(pattern(wildcards)).collect::<Result<_, _>>()?)
        }
        Family::Arn => Values::Arn(texts.iter().map(pattern(true)).collect::<Result<_, _>>()?),
        Family::Numeric => Values::Numeric(all(texts, code::TYPE_MISMATCH_NUMBER, Number::parse)?),
        Family::Date => Values::Date(all(texts, code::INVALID_DATE_VALUE, |text| {
            Some(Typed::new(text, Instant::parse(text)?))
        })?),
        Family::Ip => Values::Ip(all(texts, code::TYPE_MISMATCH_IP_RANGE, |text| {
            Some(Typed::new(text, IpRange::parse(text)?))
        })?),
        Family::Binary => Values::Binary(all(texts, code::TYPE_MISMATCH_BINARY, |text| {
            Some(Typed::new(text, decode_base64(text)?))
        })?),
        Family::Bool => Values::Bool(all(texts, code::TYPE_MISMATCH_BOOLEAN, |text| {
            if let Some(flag) = parse_bool(text) {
                return Some(Flag::Literal(flag));
            }
            let pattern = Pattern::parse(text, Syntax::new(false, true)).ok()?;
            pattern.has_variables().then_some(Flag::Variable(pattern))
        })?),
        Family::Null => Values::Null(all(texts, code::TYPE_MISMATCH_BOOLEAN, parse_bool)?),
    })
}
