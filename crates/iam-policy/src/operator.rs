//! Condition operators, and the set operators before them (rules 4.6, 4.10 and the table after 4.13).

use std::fmt;
use std::str::FromStr;

/// The type of value that an operator compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Text.
    String,
    /// Decimal numbers.
    Numeric,
    /// Instants.
    Date,
    /// `true` or `false`.
    Bool,
    /// Bytes.
    Binary,
    /// Addresses and address ranges.
    Ip,
    /// ARNs, field by field.
    Arn,
    /// Whether the key is absent.
    Null,
}

macro_rules! operators {
    ($($name:ident $family:ident $negated:literal)*) => {
        /// A condition operator without its prefix and suffix.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Operator {
            $(#[doc = concat!("`", stringify!($name), "`")] $name,)*
        }

        impl Operator {
            /// Every operator.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name as AWS spells it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// The type of value that the operator compares.
            pub const fn family(self) -> Family {
                match self { $(Self::$name => Family::$family,)* }
            }

            /// Whether the operator is true if no value matches (rule 4.6).
            pub const fn is_negated(self) -> bool {
                match self { $(Self::$name => $negated,)* }
            }
        }
    };
}

operators! {
    StringEquals String false
    StringNotEquals String true
    StringEqualsIgnoreCase String false
    StringNotEqualsIgnoreCase String true
    StringLike String false
    StringNotLike String true
    NumericEquals Numeric false
    NumericNotEquals Numeric true
    NumericLessThan Numeric false
    NumericLessThanEquals Numeric false
    NumericGreaterThan Numeric false
    NumericGreaterThanEquals Numeric false
    DateEquals Date false
    DateNotEquals Date true
    DateLessThan Date false
    DateLessThanEquals Date false
    DateGreaterThan Date false
    DateGreaterThanEquals Date false
    Bool Bool false
    BinaryEquals Binary false
    IpAddress Ip false
    NotIpAddress Ip true
    ArnEquals Arn false
    ArnLike Arn false
    ArnNotEquals Arn true
    ArnNotLike Arn true
    Null Null false
}

impl Operator {
    /// The operator of which this one is the negation, or the operator itself.
    ///
    /// # Examples
    /// ```
    /// use iam_policy::Operator;
    ///
    /// assert_eq!(Operator::StringNotLike.affirmative(), Operator::StringLike);
    /// assert_eq!(Operator::Bool.affirmative(), Operator::Bool);
    /// ```
    #[must_use]
    pub const fn affirmative(self) -> Self {
        match self {
            Self::StringNotEquals => Self::StringEquals,
            Self::StringNotEqualsIgnoreCase => Self::StringEqualsIgnoreCase,
            Self::StringNotLike => Self::StringLike,
            Self::NumericNotEquals => Self::NumericEquals,
            Self::DateNotEquals => Self::DateEquals,
            Self::NotIpAddress => Self::IpAddress,
            Self::ArnNotEquals => Self::ArnEquals,
            Self::ArnNotLike => Self::ArnLike,
            Self::StringEquals
            | Self::StringEqualsIgnoreCase
            | Self::StringLike
            | Self::NumericEquals
            | Self::NumericLessThan
            | Self::NumericLessThanEquals
            | Self::NumericGreaterThan
            | Self::NumericGreaterThanEquals
            | Self::DateEquals
            | Self::DateLessThan
            | Self::DateLessThanEquals
            | Self::DateGreaterThan
            | Self::DateGreaterThanEquals
            | Self::Bool
            | Self::BinaryEquals
            | Self::IpAddress
            | Self::ArnEquals
            | Self::ArnLike
            | Self::Null => self,
        }
    }
}

/// A set operator (rule 4.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantifier {
    /// `ForAllValues:`
    ForAllValues,
    /// `ForAnyValue:`
    ForAnyValue,
}

impl Quantifier {
    /// Both set operators.
    pub const ALL: [Self; 2] = [Self::ForAllValues, Self::ForAnyValue];

    /// The name as AWS spells it, without the colon.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ForAllValues => "ForAllValues",
            Self::ForAnyValue => "ForAnyValue",
        }
    }
}

/// An operator, with an optional set operator before it and an optional `IfExists` after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Test {
    /// The set operator. `None` if there is none.
    pub quantifier: Option<Quantifier>,
    /// The operator.
    pub operator: Operator,
    /// Whether the test is true if the key is absent (rule 4.25).
    pub if_exists: bool,
}

/// Why a text is not the name of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TestError {
    /// There is no such operator or set operator.
    Unknown,
    /// `NullIfExists`.
    NullIfExists,
}

impl fmt::Display for TestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => {
                "the text is not a condition operator, such as StringEquals or ForAnyValue:StringLike"
            }
            Self::NullIfExists => "Null asks whether the key exists, and takes no IfExists",
        })
    }
}

impl std::error::Error for TestError {}

/// Reads as [`Test::parse`] does.
impl FromStr for Test {
    type Err = TestError;

    fn from_str(text: &str) -> Result<Self, TestError> {
        Self::parse(text)
    }
}

/// Reads the name of an operator without its set operator and `IfExists`, ignoring ASCII case.
impl FromStr for Operator {
    type Err = TestError;

    fn from_str(text: &str) -> Result<Self, TestError> {
        Self::ALL.iter().copied().find(|o| o.name().eq_ignore_ascii_case(text)).ok_or(TestError::Unknown)
    }
}

/// The name as AWS spells it.
impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The name as AWS spells it, without the colon.
impl fmt::Display for Quantifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Test {
    /// Makes a test from its parts.
    pub const fn new(quantifier: Option<Quantifier>, operator: Operator, if_exists: bool) -> Self {
        Self { quantifier, operator, if_exists }
    }

    /// Reads the name of an operator, ignoring ASCII case. [`fmt::Display`] writes it as AWS spells it.
    ///
    /// # Errors
    /// There is no such operator (rule 1.17).
    ///
    /// # Examples
    /// ```
    /// use iam_policy::{Operator, Quantifier, Test};
    ///
    /// let test: Test = "ForAnyValue:StringLikeIfExists".parse()?;
    /// assert_eq!(test, Test::new(Some(Quantifier::ForAnyValue), Operator::StringLike, true));
    /// # Ok::<(), iam_policy::TestError>(())
    /// ```
    pub fn parse(name: &str) -> Result<Self, TestError> {
        let (quantifier, rest) = match name.split_once(':') {
            Some((prefix, rest)) => {
                let found = Quantifier::ALL.into_iter().find(|q| q.name().eq_ignore_ascii_case(prefix));
                (Some(found.ok_or(TestError::Unknown)?), rest)
            }
            None => (None, name),
        };
        let find = |name: &str| Operator::ALL.iter().copied().find(|o| o.name().eq_ignore_ascii_case(name));
        if let Some(operator) = find(rest) {
            return Ok(Self { quantifier, operator, if_exists: false });
        }
        let suffix = rest.len().checked_sub("IfExists".len()).and_then(|at| rest.split_at_checked(at));
        match suffix {
            Some((base, suffix)) if suffix.eq_ignore_ascii_case("IfExists") => match find(base) {
                Some(Operator::Null) => Err(TestError::NullIfExists),
                Some(operator) => Ok(Self { quantifier, operator, if_exists: true }),
                None => Err(TestError::Unknown),
            },
            _ => Err(TestError::Unknown),
        }
    }

    /// Whether a policy can contain the test: `Null` takes no `IfExists`.
    pub const fn is_valid(self) -> bool {
        !(self.if_exists && matches!(self.operator, Operator::Null))
    }
}

/// The name as AWS spells it.
impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(quantifier) = self.quantifier {
            write!(f, "{}:", quantifier.name())?;
        }
        f.write_str(self.operator.name())?;
        if self.if_exists { f.write_str("IfExists") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_test_reads_back_from_its_name_in_any_case() {
        let mut count = 0;
        for operator in Operator::ALL.iter().copied() {
            for quantifier in [None, Some(Quantifier::ForAllValues), Some(Quantifier::ForAnyValue)] {
                for if_exists in [false, true] {
                    let test = Test::new(quantifier, operator, if_exists);
                    if !test.is_valid() {
                        assert_eq!(Test::parse(&test.to_string()), Err(TestError::NullIfExists));
                        continue;
                    }
                    assert_eq!(Test::parse(&test.to_string()), Ok(test));
                    assert_eq!(Test::parse(&test.to_string().to_ascii_uppercase()), Ok(test));
                    count += 1;
                }
            }
        }
        assert_eq!(count, 26 * 6 + 3);
    }

    #[test]
    fn other_names_are_refused() {
        for name in [
            "",
            "StringEqual",
            "ForAnyValues:StringEquals",
            "IfExists",
            "StringEqualsIfExistsIfExists",
            "StringEqualsIfExist",
            "StringEqualsIfAbsent",
            ":StringEquals",
            "Equals",
        ] {
            assert_eq!(Test::parse(name), Err(TestError::Unknown), "{name}");
        }
    }

    #[test]
    fn set_operators_are_written_without_the_colon() {
        assert_eq!(Quantifier::ALL.map(|q| q.to_string()), ["ForAllValues", "ForAnyValue"]);
    }

    #[test]
    fn a_negated_operator_is_named_after_its_affirmative_one() {
        for operator in Operator::ALL.iter().copied() {
            let affirmative = operator.affirmative();
            assert_eq!(affirmative.to_string(), operator.to_string().replace("Not", ""));
            assert!(!affirmative.is_negated());
            assert_eq!(affirmative != operator, operator.is_negated(), "{operator}");
        }
    }

    #[test]
    fn an_error_says_what_is_asked_for() {
        assert!(TestError::Unknown.to_string().contains("not a condition operator"));
        assert!(TestError::NullIfExists.to_string().contains("no IfExists"));
    }

    #[test]
    fn eight_operators_are_negated() {
        assert_eq!(Operator::ALL.iter().filter(|o| o.is_negated()).count(), 8);
    }
}
