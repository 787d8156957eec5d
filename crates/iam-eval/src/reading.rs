//! Readings: how AWS is taken to answer where the evidence leaves more than one answer open (part 8 of the rules).
//!
//! A [`Reading`] has one answer for each open [`Point`]. [`Reading::FIRST`] has the answers that AWS was observed to give, or that its pages
//! or this project prefer; every decision is made under it unless another reading is named. A set of readings, [`Readings`], is for claims:
//! a request is never allowed only if no reading of [`Readings::OPEN`] allows it.

use std::fmt;
use std::str::FromStr;

use crate::truth::Outcomes;

/// A point at which the evidence about AWS leaves two answers open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Point {
    /// A variable before the fifth colon of a resource pattern (rule 3.29).
    VariableInArn,
    /// An ARN with fewer than six fields in a resource pattern (rule 3.7).
    IncompleteArn,
    /// A variable without value in `NotResource` (rule 3.27).
    NullNotResource,
    /// `?` and characters above U+FFFF (rule 3.3).
    QuestionMark,
    /// A multivalued key as a variable with a default (rule 3.23).
    ListVariable,
    /// A list that has only empty texts (rule 4.8).
    EmptyTextList,
    /// A number or date that cannot be read, under a negated operator (rule 4.9).
    UnreadableNumber,
    /// An address of the request that cannot be read, under `NotIpAddress` (rule 4.9).
    UnreadableAddress,
    /// A value of the request that is no ARN, under a negated ARN operator (rule 4.22).
    UnreadableArn,
    /// A pattern of an ARN operator that has no six fields (rule 4.22).
    UnreadablePattern,
    /// An IPv4-mapped network, or an IPv6 network with host bits (rule 4.24).
    DeadNetwork,
    /// Letters beyond ASCII in comparisons that ignore case (rule 4.16).
    LetterCase,
    /// Instants that differ by less than a millisecond (rule 4.23).
    Milliseconds,
    /// Variables under `Bool` (7.12).
    BoolVariable,
    /// An Allow for `{"AWS": "*"}`, and service principals (rule 5.6).
    StarAndServices,
    /// Several session policies (rule 5.14).
    SessionPolicies,
    /// Resource control policies, and requests without a resource (rule 5.41).
    RcpWithoutResource,
}

impl Point {
    /// Every point, in the order of their declaration.
    pub const ALL: [Self; 17] = [
        Self::VariableInArn,
        Self::IncompleteArn,
        Self::NullNotResource,
        Self::QuestionMark,
        Self::ListVariable,
        Self::EmptyTextList,
        Self::UnreadableNumber,
        Self::UnreadableAddress,
        Self::UnreadableArn,
        Self::UnreadablePattern,
        Self::DeadNetwork,
        Self::LetterCase,
        Self::Milliseconds,
        Self::BoolVariable,
        Self::StarAndServices,
        Self::SessionPolicies,
        Self::RcpWithoutResource,
    ];

    /// The name in JSON and on the command line, as part 8 of the rules has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::VariableInArn => "variable-in-arn",
            Self::IncompleteArn => "incomplete-arn",
            Self::NullNotResource => "null-not-resource",
            Self::QuestionMark => "question-mark",
            Self::ListVariable => "list-variable",
            Self::EmptyTextList => "empty-text-list",
            Self::UnreadableNumber => "unreadable-number",
            Self::UnreadableAddress => "unreadable-address",
            Self::UnreadableArn => "unreadable-arn",
            Self::UnreadablePattern => "unreadable-pattern",
            Self::DeadNetwork => "dead-network",
            Self::LetterCase => "letter-case",
            Self::Milliseconds => "milliseconds",
            Self::BoolVariable => "bool-variable",
            Self::StarAndServices => "star-and-services",
            Self::SessionPolicies => "session-policies",
            Self::RcpWithoutResource => "rcp-without-resource",
        }
    }

    /// The rule that names the point, such as `3.29`.
    pub const fn rule(self) -> &'static str {
        match self {
            Self::VariableInArn => "3.29",
            Self::IncompleteArn => "3.7",
            Self::NullNotResource => "3.27",
            Self::QuestionMark => "3.3",
            Self::ListVariable => "3.23",
            Self::EmptyTextList => "4.8",
            Self::UnreadableNumber | Self::UnreadableAddress => "4.9",
            Self::UnreadableArn | Self::UnreadablePattern => "4.22",
            Self::DeadNetwork => "4.24",
            Self::LetterCase => "4.16",
            Self::Milliseconds => "4.23",
            Self::BoolVariable => "7.12",
            Self::StarAndServices => "5.6",
            Self::SessionPolicies => "5.14",
            Self::RcpWithoutResource => "5.41",
        }
    }

    /// The two answers in words: the one by which decisions are made, then the other.
    pub const fn answers(self) -> [&'static str; 2] {
        match self {
            Self::VariableInArn => [
                "a variable before the fifth colon of a resource is replaced",
                "a resource with a variable before its fifth colon matches nothing",
            ],
            Self::IncompleteArn => [
                "a resource with fewer than six fields is completed with `*`; with a variable it matches nothing",
                "a resource with fewer than six fields is matched as it is written",
            ],
            Self::NullNotResource => [
                "if a variable in NotResource has no value, a Deny applies and an Allow does not",
                "a variable in NotResource without value excludes nothing",
            ],
            Self::QuestionMark => {
                ["`?` is one UTF-16 unit: a character above U+FFFF matches `??`", "`?` is one character"]
            }
            Self::ListVariable => [
                "a key with several values has no value as a variable, also if the variable has a default",
                "if a key has several values, the default of the variable is used",
            ],
            Self::EmptyTextList => [
                "a list of empty texts counts as no value for ForAllValues and Null",
                "an empty text in a list is a value like any other",
            ],
            Self::UnreadableNumber => [
                "NumericNotEquals and DateNotEquals are true for a value that cannot be read",
                "NumericNotEquals and DateNotEquals are false for a value that cannot be read",
            ],
            Self::UnreadableAddress => [
                "NotIpAddress is false for an address that cannot be read",
                "NotIpAddress is true for an address that cannot be read",
            ],
            Self::UnreadableArn => [
                "ArnNotLike is false for a value that is no ARN",
                "ArnNotLike is true for a value that is no ARN",
            ],
            Self::UnreadablePattern => [
                "a pattern that is no ARN makes a Deny apply to every ARN, and an Allow to none",
                "a pattern that is no ARN matches nothing",
            ],
            Self::DeadNetwork => [
                "an IPv4-mapped network and an IPv6 network with host bits match nothing",
                "host bits of a network are ignored",
            ],
            Self::LetterCase => [
                "operators that ignore case compare lower-cased texts, up to U+FFFF",
                "operators that ignore case ignore it for ASCII letters only",
            ],
            Self::Milliseconds => {
                ["instants are compared to the millisecond", "instants are compared to the nanosecond"]
            }
            Self::BoolVariable => {
                ["variables under Bool are replaced", "a text with a variable under Bool is false"]
            }
            Self::StarAndServices => [
                "an Allow for {\"AWS\": \"*\"} names service principals",
                "an Allow for {\"AWS\": \"*\"} names no service principal",
            ],
            Self::SessionPolicies => [
                "one of several session policies has to allow",
                "each of several session policies has to allow",
            ],
            Self::RcpWithoutResource => [
                "resource control policies bear on requests without a resource",
                "resource control policies do not bear on requests without a resource",
            ],
        }
    }

    const fn bit(self) -> u32 {
        1 << (self as u32)
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PointError;

impl fmt::Display for PointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no point of part 8 of the rules has this name")
    }
}

impl std::error::Error for PointError {}

/// Reads the name of a point.
impl FromStr for Point {
    type Err = PointError;

    fn from_str(text: &str) -> Result<Self, PointError> {
        Self::ALL.into_iter().find(|point| point.name() == text).ok_or(PointError)
    }
}

/// One answer for each point.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reading(u32);

impl Reading {
    /// The first answer of every point. Decisions are made under this reading.
    pub const FIRST: Self = Self(0);

    /// The reading that has the other answer at these points, and the first answer at all others.
    pub fn with_other(points: impl IntoIterator<Item = Point>) -> Self {
        Self(points.into_iter().fold(0, |bits, point| bits | point.bit()))
    }

    /// The points at which the reading has the other answer.
    pub fn others(self) -> impl Iterator<Item = Point> {
        Point::ALL.into_iter().filter(move |point| self.0 & point.bit() != 0)
    }
}

impl Default for Reading {
    fn default() -> Self {
        Self::FIRST
    }
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.others().map(Point::name)).finish()
    }
}

/// Readings to decide under: at each point, one of its answers or both.
///
/// Under several readings a decision is [`crate::Decision::Depends`] if they may not agree. Statements are judged one by one, so that
/// `Depends` may also stand where all of them agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Readings {
    /// The points whose first answer is excluded.
    not_first: u32,
    /// The points whose other answer is included.
    other: u32,
}

impl Readings {
    /// [`Reading::FIRST`] alone.
    pub const FIRST: Self = Self { not_first: 0, other: 0 };

    /// Every reading that the evidence leaves open.
    pub const OPEN: Self = Self { not_first: 0, other: (1 << Point::ALL.len()) - 1 };

    /// One reading.
    pub const fn only(reading: Reading) -> Self {
        Self { not_first: reading.0, other: reading.0 }
    }

    /// Whether there is one reading.
    pub(crate) const fn is_one(self) -> bool {
        self.not_first == self.other
    }

    /// Whether a decision without readings is the same.
    pub(crate) const fn is_first(self) -> bool {
        self.not_first == 0 && self.other == 0
    }

    pub(crate) const fn has_first(self, point: Point) -> bool {
        self.not_first & point.bit() == 0
    }

    pub(crate) const fn has_other(self, point: Point) -> bool {
        self.other & point.bit() != 0
    }

    /// The outcomes under the answers that are included.
    pub(crate) fn choose(
        self,
        point: Point,
        first: impl FnOnce() -> Outcomes,
        other: impl FnOnce() -> Outcomes,
    ) -> Outcomes {
        match (self.has_first(point), self.has_other(point)) {
            (_, false) => first(),
            (true, true) => first().either(other()),
            (false, true) => other(),
        }
    }
}

impl From<Reading> for Readings {
    fn from(reading: Reading) -> Self {
        Self::only(reading)
    }
}

impl Default for Readings {
    fn default() -> Self {
        Self::FIRST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_bits_are_those_of_the_points() {
        for (number, point) in Point::ALL.into_iter().enumerate() {
            assert_eq!(point as usize, number);
            assert_eq!(point.name().parse(), Ok(point));
            assert_eq!(Reading::with_other([point]).others().collect::<Vec<_>>(), [point]);
        }
        assert_eq!("none".parse::<Point>(), Err(PointError));
        assert!(Readings::only(Reading::FIRST).is_first());
        assert!(Point::ALL.into_iter().all(|p| Readings::OPEN.has_first(p) && Readings::OPEN.has_other(p)));
    }

    #[test]
    fn points_are_those_of_the_rules() {
        let rules = include_str!("../SEMANTICS.md");
        for point in Point::ALL {
            let row = format!("| `{}` | {} |", point.name(), point.rule());
            assert!(rules.contains(&row), "part 8 has no row {row}");
        }
        let part = rules.split("\n# 8. Readings").nth(1).unwrap().split("\n## ").next().unwrap();
        assert_eq!(part.lines().filter(|line| line.starts_with("| `")).count(), Point::ALL.len());
    }
}
