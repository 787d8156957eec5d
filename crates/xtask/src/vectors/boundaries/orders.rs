//! Numbers and instants: the order of two values, and texts that are neither.

use std::cmp::Ordering::{self, Equal, Greater, Less};

use serde_json::json;

use super::{Boundary, D, J, O, ORDERED};
use crate::vectors::format::{Certainty, Vector};
use crate::vectors::rules::Answer;

/// Name, context value, policy value, the order of the first to the second, certainty.
type Row = (&'static str, &'static str, &'static str, Ordering, Certainty);

const NUMBERS: &[Row] = &[
    ("one-below", "9", "10", Less, D),
    ("equal", "10", "10", Equal, D),
    ("one-above", "11", "10", Greater, D),
    ("shorter-text-is-less", "9", "100", Less, D),
    ("longer-text-is-greater", "100", "20", Greater, D),
    ("decimal-below", "1.25", "1.5", Less, D),
    ("decimal-is-not-a-version", "1.10", "1.9", Less, D),
    ("decimal-just-above", "10.01", "10", Greater, D),
    ("decimal-zero", "10.0", "10", Equal, O),
    ("trailing-zeros", "1.50", "1.5", Equal, J),
    ("leading-zeros", "0010", "10", Equal, O),
    ("leading-zeros-decimal", "00.5", "0.50", Equal, J),
    ("plus-sign", "+10", "10", Equal, O),
    ("nothing-after-the-point", "10.", "10", Equal, J),
    ("nothing-after-the-point-in-the-policy", "10", "10.", Equal, O),
    ("exponent-zero", "10e0", "10", Equal, O),
    ("exponent", "1e3", "1000", Equal, J),
    ("exponent-below", "1e3", "1001", Less, J),
    ("exponent-of-a-decimal", "1.5e1", "15", Equal, J),
    ("exponent-negative", "15e-1", "1.5", Equal, J),
    ("exponent-in-the-policy", "1000", "1e3", Equal, J),
    ("minus-zero", "-0", "0", Equal, J),
    ("minus-zero-decimal", "-0.0", "0", Equal, J),
    ("negative-below-zero", "-1", "0", Less, J),
    ("negative-further-below", "-11", "-10", Less, J),
    ("negative-above", "-9", "-10", Greater, J),
    ("negative-decimals", "-1.5", "-1.25", Less, J),
    ("negative-equal", "-10.0", "-10", Equal, J),
    ("small-difference", "0.1", "0.10000000000000000001", Less, J),
    ("beyond-53-bits", "9007199254740992", "9007199254740993", Less, O),
    ("beyond-63-bits", "9223372036854775808", "9223372036854775807", Greater, J),
    ("beyond-64-bits", "18446744073709551615", "18446744073709551616", Less, J),
    ("beyond-64-bits-equal", "18446744073709551616", "18446744073709551616", Equal, J),
    ("beyond-64-bits-decimal", "18446744073709551616.5", "18446744073709551616", Greater, J),
    (
        "beyond-128-bits",
        "340282366920938463463374607431768211457",
        "340282366920938463463374607431768211456",
        Greater,
        J,
    ),
    (
        "beyond-128-bits-negative",
        "-340282366920938463463374607431768211457",
        "-340282366920938463463374607431768211456",
        Less,
        J,
    ),
];

/// Texts that are not numbers (rule 4.14).
const NOT_NUMBERS: &[(&str, &str)] = &[
    ("trailing-letters", "12abc"),
    ("nothing-after-the-exponent", "1e"),
    ("exponent-with-a-point", "1e1.5"),
    ("hexadecimal", "0x10"),
    ("leading-space", " 10"),
    ("trailing-space", "10 "),
    ("nothing-before-the-point", ".5"),
    ("two-points", "1.2.3"),
    ("two-signs", "--1"),
    ("only-a-sign", "-"),
    ("underscore", "1_000"),
    ("comma", "1,000"),
    ("not-a-number", "NaN"),
    ("infinity", "Infinity"),
    ("full-width-digits", "\u{ff11}\u{ff10}"),
    ("empty", ""),
];

const INSTANTS: &[Row] = &[
    ("one-second-below", "2026-03-01T11:59:59Z", "2026-03-01T12:00:00Z", Less, D),
    ("equal", "2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z", Equal, D),
    ("one-second-above", "2026-03-01T12:00:01Z", "2026-03-01T12:00:00Z", Greater, D),
    ("offset-same-instant", "2026-03-01T13:00:00+01:00", "2026-03-01T12:00:00Z", Equal, D),
    ("offset-in-the-policy", "2026-03-01T12:00:00Z", "2026-03-01T07:00:00-05:00", Equal, D),
    ("offset-of-half-an-hour", "2026-03-01T17:30:00+05:30", "2026-03-01T12:00:00Z", Equal, D),
    ("offset-text-says-later", "2026-03-01T13:00:00+02:00", "2026-03-01T12:00:00Z", Less, D),
    ("offset-text-says-earlier", "2026-03-01T11:30:00-01:00", "2026-03-01T12:00:00Z", Greater, D),
    ("offset-over-midnight", "2026-03-02T00:30:00+01:00", "2026-03-01T23:30:00Z", Equal, D),
    ("offset-over-new-year", "2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z", Equal, D),
    ("zero-offset", "2026-03-01T12:00:00+00:00", "2026-03-01T12:00:00Z", Equal, D),
    ("without-seconds", "2026-03-01T12:00Z", "2026-03-01T12:00:00Z", Equal, D),
    ("fraction-below", "2026-03-01T12:00:00Z", "2026-03-01T12:00:00.5Z", Less, D),
    ("fraction-above", "2026-03-01T12:00:00.001Z", "2026-03-01T12:00:00Z", Greater, D),
    ("fraction-zero", "2026-03-01T12:00:00.000Z", "2026-03-01T12:00:00Z", Equal, D),
    ("fraction-trailing-zeros", "2026-03-01T12:00:00.500Z", "2026-03-01T12:00:00.5Z", Equal, D),
    ("fraction-is-decimal", "2026-03-01T12:00:00.25Z", "2026-03-01T12:00:00.3Z", Less, D),
    (
        "fraction-of-a-nanosecond-is-cut",
        "2026-03-01T12:00:00.123456789Z",
        "2026-03-01T12:00:00.123456788Z",
        Equal,
        O,
    ),
    ("fraction-of-a-millisecond-is-cut", "2026-03-01T12:00:00.0009Z", "2026-03-01T12:00:00Z", Equal, O),
    ("fraction-is-cut-in-the-policy", "2026-03-01T12:00:00Z", "2026-03-01T12:00:00.0009Z", Equal, O),
    ("fraction-is-cut-not-rounded", "2026-03-01T12:00:00.0019Z", "2026-03-01T12:00:00.001Z", Equal, J),
    ("without-zone-is-utc", "2026-03-01T12:00:00", "2026-03-01T12:00:00Z", Equal, O),
    ("without-zone-in-the-policy", "2026-03-01T12:00:00Z", "2026-03-01T12:00:00", Equal, J),
    ("epoch-with-plus-sign", "+1772366400", "2026-03-01T12:00:00Z", Equal, O),
    ("epoch-against-date", "1772366400", "2026-03-01T12:00:00Z", Equal, D),
    ("date-against-epoch", "2026-03-01T12:00:00Z", "1772366399", Greater, D),
    ("epoch-against-epoch", "1772366399", "1772366400", Less, D),
    ("epoch-shorter-text", "999999999", "1772366400", Less, D),
    ("epoch-zero", "0", "1970-01-01T00:00:00Z", Equal, D),
    ("epoch-five-digits", "10000", "1970-01-01T02:46:40Z", Equal, D),
    ("epoch-leap-day", "1709164800", "2024-02-29T00:00:00Z", Equal, D),
    ("before-the-epoch", "1969-12-31T23:59:59Z", "0", Less, D),
    ("leap-day", "2024-02-29T23:59:59Z", "2024-03-01T00:00:00Z", Less, D),
    ("far-future", "9999-12-31T23:59:59Z", "2026-03-01T12:00:00Z", Greater, D),
    ("day-is-its-start-in-utc", "2026-03-01T00:00:00Z", "2026-03-01", Equal, J),
    ("day-in-the-request", "2026-03-01", "2026-03-01T00:00:00Z", Equal, O),
    ("day-just-before", "2026-02-28T23:59:59Z", "2026-03-01", Less, J),
    ("day-ends-after-it-starts", "2026-03-01T23:59:59Z", "2026-03-01", Greater, J),
    ("month-is-its-start", "2026-03-01", "2026-03", Equal, J),
];

/// Texts that are not instants (rule 4.23).
const NOT_INSTANTS: &[(&str, &str)] = &[
    ("word", "soon"),
    ("four-digits", "2026"),
    ("no-such-day", "2026-02-30T00:00:00Z"),
    ("no-leap-day", "2025-02-29T00:00:00Z"),
    ("no-such-month", "2026-13-01"),
    ("no-such-hour", "2026-03-01T25:00:00Z"),
    ("no-such-minute", "2026-03-01T12:60:00Z"),
    ("space-for-t", "2026-03-01 12:00:00Z"),
    ("short-fields", "2026-3-1"),
    ("only-a-time", "12:00:00Z"),
    ("trailing-text", "2026-03-01T12:00:00Z!"),
    ("leading-space", " 2026-03-01T12:00:00Z"),
    ("negative-epoch", "-1"),
];

pub(super) fn all() -> Vec<Vector> {
    let mut vectors = family("Numeric", "app:sizes", NUMBERS, "rules 4.6, 4.14");
    vectors.extend(family("Date", "app:times", INSTANTS, "rules 4.6, 4.23"));
    vectors.extend(unreadable(
        "NumericLessThan",
        false,
        "app:sizes",
        "100000",
        NOT_NUMBERS,
        "rules 4.9, 4.14",
    ));
    vectors.extend(unreadable(
        "NumericNotEquals",
        true,
        "app:sizes",
        "100000",
        NOT_NUMBERS,
        "rules 4.9, 4.14",
    ));
    let year = "2030-01-01T00:00:00Z";
    vectors.extend(unreadable("DateLessThan", false, "app:times", year, NOT_INSTANTS, "rules 4.9, 4.23"));
    vectors.extend(unreadable("DateNotEquals", true, "app:times", year, NOT_INSTANTS, "rules 4.9, 4.23"));
    vectors
}

/// Every row under the six operators of a family.
fn family(prefix: &str, key: &str, rows: &[Row], rules: &str) -> Vec<Vector> {
    let mut vectors = Vec::new();
    for (name, context, policy, order, certainty) in rows {
        let relation = match order {
            Less => "below",
            Equal => "equal to",
            Greater => "above",
        };
        for (suffix, negated, holds_for) in ORDERED {
            let boundary = Boundary {
                name,
                operator: &format!("{prefix}{suffix}"),
                negated,
                key,
                policy: json!(policy),
                context: Some(json!(context)),
                rules,
                certainty: *certainty,
                or_reject: false,
                why: format!("{context} is {relation} {policy}."),
                is_twofold: false,
            };
            vectors.extend(boundary.vectors(Answer::of(holds_for.contains(order))));
        }
    }
    vectors
}

/// Context values that cannot be read: they match nothing, so that negated operators are true (rule 4.9).
fn unreadable(
    operator: &str,
    negated: bool,
    key: &str,
    policy: &str,
    rows: &[(&str, &str)],
    rules: &str,
) -> Vec<Vector> {
    let boundary = |(name, context): &(&str, &str)| {
        let boundary = Boundary {
            name: &format!("unreadable-{name}"),
            operator,
            negated,
            key,
            policy: json!(policy),
            context: Some(json!(context)),
            rules,
            // What Less and Greater answer was not observed (rule 4.9).
            certainty: if negated { O } else { J },
            or_reject: false,
            why: format!("`{context}` cannot be read and matches nothing."),
            is_twofold: true,
        };
        boundary.vectors(Answer::of(negated))
    };
    rows.iter().flat_map(boundary).collect()
}
