//! The conditions of a statement that is made in a program.

use super::check;
use crate::code;
use crate::condition::{Condition, ConditionKey, Flag, Number, Typed, Values};
use crate::error::BuildError;
use crate::operator::{Family, Operator, Quantifier, Test, TestError};
use crate::pattern::{Pattern, Syntax};
use crate::policy::PolicyKind;
use crate::value::{Instant, IpRange, decode_base64, parse_word};
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
        Self::new(test, &key, Values::parse(test.operator, texts)?)
    }

    /// One test of one key with typed values.
    ///
    /// # Errors
    /// The values are not of the operator's type. Wildcards under `StringEquals` and ARN patterns with fewer than six fields are refused
    /// too.
    pub fn new(test: Test, key: &ConditionKey, values: Values) -> Result<Self, BuildError> {
        let condition =
            Condition { test: Spanned::placeless(test), key: Spanned::placeless(key.clone()), values };
        Ok(Self(check::conditions(vec![condition], ANYWHERE)?))
    }

    /// `StringEquals`: the value of the key is one of these texts.
    ///
    /// No character of them has a special meaning.
    pub fn equals<T: AsRef<str>>(
        quantifier: Option<Quantifier>,
        key: &ConditionKey,
        texts: impl IntoIterator<Item = T>,
    ) -> Self {
        let exact = |text: T| Spanned::placeless(Pattern::exactly(text.as_ref(), false));
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
        Ok(Self(check::conditions(self.0.into_iter().chain(other.0).collect(), ANYWHERE)?))
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

/// A kind of policy whose conditions every other kind may have.
const ANYWHERE: PolicyKind = PolicyKind::Managed;

/// Values made in a program.
impl Values {
    /// Reads the values of an operator as documents of version 2012-10-17 write them: `${...}` is a variable.
    ///
    /// # Errors
    /// The operator cannot compare one of the values.
    ///
    /// # Examples
    /// ```
    /// use iam_policy::{Operator, Values};
    ///
    /// let ranges = Values::parse(Operator::IpAddress, ["203.0.113.0/24", "2001:db8::/32"])?;
    /// assert_eq!(ranges.len(), 2);
    /// assert!(Values::parse(Operator::IpAddress, ["everywhere"]).is_err());
    /// # Ok::<(), iam_policy::BuildError>(())
    /// ```
    pub fn parse<T: AsRef<str>>(
        operator: Operator,
        texts: impl IntoIterator<Item = T>,
    ) -> Result<Self, BuildError> {
        let texts: Vec<T> = texts.into_iter().collect();
        let texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
        let pattern = |wildcards| {
            move |text: &&str| match Pattern::parse(text, Syntax::new(wildcards, true)) {
                Ok(pattern) => Ok(Spanned::placeless(pattern)),
                Err(error) => Err(BuildError::new(error.kind.code(), quoted(text))),
            }
        };
        Ok(match operator.family() {
            Family::String => {
                let wildcards = check::has_wildcards(operator);
                Self::String(texts.iter().map(pattern(wildcards)).collect::<Result<_, _>>()?)
            }
            Family::Arn => Self::Arn(texts.iter().map(pattern(true)).collect::<Result<_, _>>()?),
            Family::Numeric => Self::Numeric(all(&texts, code::TYPE_MISMATCH_NUMBER, Number::parse)?),
            Family::Date => Self::Date(all(&texts, code::INVALID_DATE_VALUE, |text| {
                Some(Typed::new(text, Instant::parse(text)?))
            })?),
            Family::Ip => Self::Ip(all(&texts, code::TYPE_MISMATCH_IP_RANGE, |text| {
                Some(Typed::new(text, IpRange::parse(text)?))
            })?),
            Family::Binary => Self::Binary(all(&texts, code::TYPE_MISMATCH_BINARY, |text| {
                Some(Typed::new(text, decode_base64(text)?))
            })?),
            Family::Bool => Self::Bool(all(&texts, code::TYPE_MISMATCH_BOOLEAN, |text| {
                if let Some(flag) = parse_word(text) {
                    return Some(Flag::Literal(flag));
                }
                let pattern = Pattern::parse(text, Syntax::new(false, true)).ok()?;
                pattern.has_variables().then_some(Flag::Variable(pattern))
            })?),
            Family::Null => Self::Null(all(&texts, code::TYPE_MISMATCH_BOOLEAN, parse_word)?),
        })
    }
}

fn all<T>(
    texts: &[&str],
    code: Code,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<Spanned<T>>, BuildError> {
    let one =
        |text: &&str| read(text).map(Spanned::placeless).ok_or_else(|| BuildError::new(code, quoted(text)));
    texts.iter().map(one).collect()
}
