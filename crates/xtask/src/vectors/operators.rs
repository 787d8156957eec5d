//! The operators of rule 4 as data: sample values, and for each, written by hand, whether it meets each policy value.
//!
//! No comparison is computed here. `meets` is the answer of the operator's positive twin for one sample value and each policy value in turn.
//! Everything else follows from `rules`.

/// What an operator answers for a value that is not of its type (rule 4.9).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Odd {
    /// It is text like any other and meets no policy value: a negated operator is true.
    Text,
    /// It cannot be read, or is read as the other value, and meets no policy value: a negated operator is true.
    NoMatch,
    /// It cannot be read, and both the operator and its negated twin are false.
    Neither,
}

/// A context value and, for each policy value, whether the positive comparison holds.
pub(super) type Sample = (&'static str, &'static [bool]);

/// One condition operator with its samples.
pub(super) struct Operator {
    pub(super) name: &'static str,
    /// Whether it is one of the eight negated operators of rule 4.6.
    pub(super) negated: bool,
    /// The condition key of the vectors. No catalogue knows its type.
    pub(super) key: &'static str,
    /// Two policy values (one for Bool, rule 1.20), so that OR and NOR show.
    pub(super) policy: &'static [&'static str],
    /// Two values that meet the list. The second one meets only the second policy value.
    pub(super) inside: [Sample; 2],
    /// Two values that meet nothing in the list.
    pub(super) outside: [Sample; 2],
    /// A value that is not of the operator's type, and its effect.
    pub(super) wrong: (&'static str, Odd),
    /// The effect of a key that is present with the empty string.
    pub(super) empty: Odd,
}

const FIRST: &[bool] = &[true, false];
const SECOND: &[bool] = &[false, true];
const BOTH: &[bool] = &[true, true];
const NEITHER: &[bool] = &[false, false];

const NAMES: Operator = Operator {
    name: "StringEquals",
    negated: false,
    key: "app:names",
    policy: &["blue", "green"],
    inside: [("blue", FIRST), ("green", SECOND)],
    outside: [("red", NEITHER), ("Green", NEITHER)],
    // Rule 4.26: string operators take every type by its text.
    wrong: ("203.0.113.7", Odd::Text),
    empty: Odd::Text,
};
const FOLDED: Operator = Operator {
    name: "StringEqualsIgnoreCase",
    inside: [("BLUE", FIRST), ("gReen", SECOND)],
    outside: [("red", NEITHER), ("greens", NEITHER)],
    ..NAMES
};
const LIKE: Operator = Operator {
    name: "StringLike",
    policy: &["bl*", "gr?en"],
    inside: [("blue", FIRST), ("green", SECOND)],
    outside: [("red", NEITHER), ("Green", NEITHER)],
    ..NAMES
};

const SIZES: Operator = Operator {
    name: "NumericEquals",
    negated: false,
    key: "app:sizes",
    policy: &["10", "20"],
    inside: [("10", FIRST), ("20", SECOND)],
    outside: [("15", NEITHER), ("25", NEITHER)],
    wrong: ("many", Odd::NoMatch),
    empty: Odd::NoMatch,
};
const BELOW: [Sample; 2] = [("5", BOTH), ("15", SECOND)];
const ABOVE: [Sample; 2] = [("25", BOTH), ("15", SECOND)];

const TIMES: Operator = Operator {
    name: "DateEquals",
    negated: false,
    key: "app:times",
    policy: &["2026-03-01T12:00:00Z", "2026-06-01T12:00:00Z"],
    inside: [("2026-03-01T12:00:00Z", FIRST), ("2026-06-01T12:00:00Z", SECOND)],
    outside: [("2026-04-01T12:00:00Z", NEITHER), ("2026-09-01T12:00:00Z", NEITHER)],
    wrong: ("noon", Odd::NoMatch),
    empty: Odd::NoMatch,
};
const EARLIER: [Sample; 2] = [("2026-01-01T12:00:00Z", BOTH), ("2026-04-01T12:00:00Z", SECOND)];
const LATER: [Sample; 2] = [("2026-09-01T12:00:00Z", BOTH), ("2026-04-01T12:00:00Z", SECOND)];

const ADDRESSES: Operator = Operator {
    name: "IpAddress",
    negated: false,
    key: "app:addresses",
    policy: &["203.0.113.0/24", "2001:db8::/32"],
    inside: [("203.0.113.7", FIRST), ("2001:db8:1::7", SECOND)],
    outside: [("198.51.100.7", NEITHER), ("2001:db9::7", NEITHER)],
    wrong: ("localhost", Odd::Neither),
    empty: Odd::Neither,
};

const SOURCES: Operator = Operator {
    name: "ArnEquals",
    negated: false,
    key: "app:sources",
    policy: &["arn:aws:sns:eu-west-1:111122223333:alerts", "arn:aws:sqs:*:111122223333:jobs-?"],
    inside: [
        ("arn:aws:sns:eu-west-1:111122223333:alerts", FIRST),
        ("arn:aws:sqs:us-east-1:111122223333:jobs-1", SECOND),
    ],
    outside: [
        ("arn:aws:sns:eu-west-1:444455556666:alerts", NEITHER),
        ("arn:aws:sqs:us-east-1:111122223333:jobs-10", NEITHER),
    ],
    wrong: ("alerts", Odd::Neither),
    empty: Odd::Neither,
};

/// Every operator but Null.
pub(super) const OPERATORS: &[Operator] = &[
    NAMES,
    Operator { name: "StringNotEquals", negated: true, ..NAMES },
    FOLDED,
    Operator { name: "StringNotEqualsIgnoreCase", negated: true, ..FOLDED },
    LIKE,
    Operator { name: "StringNotLike", negated: true, ..LIKE },
    SIZES,
    Operator { name: "NumericNotEquals", negated: true, ..SIZES },
    Operator { name: "NumericLessThan", inside: BELOW, outside: [("20", NEITHER), ("25", NEITHER)], ..SIZES },
    Operator {
        name: "NumericLessThanEquals",
        inside: [("10", BOTH), ("20", SECOND)],
        outside: [("20.5", NEITHER), ("25", NEITHER)],
        ..SIZES
    },
    Operator {
        name: "NumericGreaterThan",
        policy: &["20", "10"],
        inside: ABOVE,
        outside: [("10", NEITHER), ("5", NEITHER)],
        ..SIZES
    },
    Operator {
        name: "NumericGreaterThanEquals",
        policy: &["20", "10"],
        inside: [("20", BOTH), ("10", SECOND)],
        outside: [("9.5", NEITHER), ("5", NEITHER)],
        ..SIZES
    },
    TIMES,
    Operator { name: "DateNotEquals", negated: true, ..TIMES },
    Operator {
        name: "DateLessThan",
        inside: EARLIER,
        outside: [("2026-06-01T12:00:00Z", NEITHER), ("2026-09-01T12:00:00Z", NEITHER)],
        ..TIMES
    },
    Operator {
        name: "DateLessThanEquals",
        inside: [("2026-03-01T12:00:00Z", BOTH), ("2026-06-01T12:00:00Z", SECOND)],
        outside: [("2026-06-01T12:00:01Z", NEITHER), ("2026-09-01T12:00:00Z", NEITHER)],
        ..TIMES
    },
    Operator {
        name: "DateGreaterThan",
        policy: &["2026-06-01T12:00:00Z", "2026-03-01T12:00:00Z"],
        inside: LATER,
        outside: [("2026-03-01T12:00:00Z", NEITHER), ("2026-01-01T12:00:00Z", NEITHER)],
        ..TIMES
    },
    Operator {
        name: "DateGreaterThanEquals",
        policy: &["2026-06-01T12:00:00Z", "2026-03-01T12:00:00Z"],
        inside: [("2026-06-01T12:00:00Z", BOTH), ("2026-03-01T12:00:00Z", SECOND)],
        outside: [("2026-03-01T11:59:59Z", NEITHER), ("2026-01-01T12:00:00Z", NEITHER)],
        ..TIMES
    },
    Operator {
        name: "Bool",
        negated: false,
        key: "app:flags",
        policy: &["true"],
        inside: [("true", &[true]), ("true", &[true])],
        outside: [("false", &[false]), ("false", &[false])],
        // Rule 4.15: every text but `true` is false.
        wrong: ("yes", Odd::NoMatch),
        empty: Odd::NoMatch,
    },
    Operator {
        name: "BinaryEquals",
        negated: false,
        key: "app:blobs",
        policy: &["Ymx1ZQ==", "Z3JlZW4="],
        inside: [("Ymx1ZQ==", FIRST), ("Z3JlZW4=", SECOND)],
        outside: [("cmVk", NEITHER), ("YMX1ZQ==", NEITHER)],
        wrong: ("*not base64*", Odd::NoMatch),
        // The empty text is the base64 of zero bytes.
        empty: Odd::NoMatch,
    },
    ADDRESSES,
    Operator { name: "NotIpAddress", negated: true, ..ADDRESSES },
    SOURCES,
    Operator { name: "ArnLike", ..SOURCES },
    Operator { name: "ArnNotEquals", negated: true, ..SOURCES },
    Operator { name: "ArnNotLike", negated: true, ..SOURCES },
];
