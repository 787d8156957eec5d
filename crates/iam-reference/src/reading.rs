//! Readings: how AWS answers at the points that the evidence leaves open (part 8).

use std::collections::BTreeSet;

/// A point that the evidence leaves open. The first answer of each is in its description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Point {
    /// Rule 3.29: a variable before the fifth colon of a resource is replaced. Otherwise the entry is null.
    VariableInArn,
    /// Rule 3.7: an ARN with fewer than six fields is completed. Otherwise it is matched as it is written.
    IncompleteArn,
    /// Rule 3.27: an Allow with a null entry in `NotResource` does not apply. Otherwise the entry matches no resource.
    NullNotResource,
    /// Rule 3.3: `?` is one UTF-16 unit. Otherwise it is one character.
    QuestionMark,
    /// Rule 3.23: a variable that names a multivalued key is null even if it has a default. Otherwise it is the default.
    ListVariable,
    /// Rule 4.8: a list of empty texts is a null data set. Otherwise it is a list of values like any other.
    EmptyTextList,
    /// Rule 4.9: negated numeric and date operators are true on what cannot be read. Otherwise they are false.
    UnreadableNumber,
    /// Rule 4.9: `NotIpAddress` is false on an address that cannot be read. Otherwise it is true.
    UnreadableAddress,
    /// Rule 4.22: `ArnNotLike` is false on a value that is not an ARN. Otherwise it is true.
    UnreadableArn,
    /// Rule 4.22: an unreadable ARN pattern makes a Deny apply. Otherwise it matches nothing.
    UnreadablePattern,
    /// Rule 4.24: a mapped network, and an IPv6 network with host bits, match nothing. Otherwise they are IPv6 networks like any other.
    DeadNetwork,
    /// Rule 4.16: letters up to U+FFFF are lower-cased. Otherwise ASCII letters are.
    LetterCase,
    /// Rule 4.23: dates are cut to the millisecond. Otherwise they are compared exactly.
    Milliseconds,
    /// Rule 7.12: variables under `Bool` are replaced. Otherwise a text with a variable is false.
    BoolVariable,
    /// Rule 5.6: an Allow for `{"AWS": "*"}` names service principals. Otherwise it does not.
    StarAndServices,
    /// Rule 5.14: one of several session policies must allow. Otherwise each of them must.
    SessionPolicies,
    /// Rule 5.41: an RCP applies to requests on the resource `*`. Otherwise it does not.
    RcpWithoutResource,
}

impl Point {
    /// Every point, in the order of part 8, with its name there.
    pub const ALL: [(Point, &'static str); 17] = [
        (Point::VariableInArn, "variable-in-arn"),
        (Point::IncompleteArn, "incomplete-arn"),
        (Point::NullNotResource, "null-not-resource"),
        (Point::QuestionMark, "question-mark"),
        (Point::ListVariable, "list-variable"),
        (Point::EmptyTextList, "empty-text-list"),
        (Point::UnreadableNumber, "unreadable-number"),
        (Point::UnreadableAddress, "unreadable-address"),
        (Point::UnreadableArn, "unreadable-arn"),
        (Point::UnreadablePattern, "unreadable-pattern"),
        (Point::DeadNetwork, "dead-network"),
        (Point::LetterCase, "letter-case"),
        (Point::Milliseconds, "milliseconds"),
        (Point::BoolVariable, "bool-variable"),
        (Point::StarAndServices, "star-and-services"),
        (Point::SessionPolicies, "session-policies"),
        (Point::RcpWithoutResource, "rcp-without-resource"),
    ];

    /// The point of this name.
    pub fn from_name(name: &str) -> Option<Point> {
        Point::ALL.iter().find(|(_, known)| *known == name).map(|(point, _)| *point)
    }
}

/// One way in which AWS may answer: the first or the other answer for each [`Point`]. The default is the first answer of every point.
///
/// ```
/// use iam_reference::{Point, Reading};
///
/// let reading: Reading = [Point::QuestionMark, Point::LetterCase].into_iter().collect();
/// assert!(reading.is_other(Point::LetterCase));
/// assert!(!Reading::default().is_other(Point::LetterCase));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    others: BTreeSet<Point>,
}

impl Reading {
    /// Whether the other answer of the point holds, and not the first.
    pub fn is_other(&self, point: Point) -> bool {
        self.others.contains(&point)
    }
}

/// The reading in which the other answer of these points holds, and the first answer of the rest.
impl FromIterator<Point> for Reading {
    fn from_iter<I: IntoIterator<Item = Point>>(points: I) -> Self {
        Reading { others: points.into_iter().collect() }
    }
}
