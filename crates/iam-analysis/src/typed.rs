//! Typed operators: texts at and beside every value, so that every possible result of the comparisons occurs.

use std::net::IpAddr;

use iam_eval::{Certainty, Context, ContextValue, Reading, condition_outcomes};
use iam_policy::value::{Decimal, Instant};
use iam_policy::{Condition, Effect, Values};

use crate::atom::Typed;

impl Typed {
    pub(crate) fn new(condition: &Condition, reading: Reading) -> Self {
        let mut candidates = Vec::new();
        match &condition.values {
            // For numbers, the distance depends on all numbers that are compared: see `beside`.
            Values::Numeric(values) => candidates.extend(values.iter().map(|v| v.value.text().into())),
            Values::Date(values) => {
                values.iter().filter_map(|v| v.value.value()).for_each(|date| dates(*date, &mut candidates));
            }
            Values::Ip(values) => values.iter().filter_map(|v| v.value.value()).for_each(|range| {
                addresses(range.address(), range.prefix(), &mut candidates);
            }),
            Values::Bool(_) => candidates.extend(["true", "false"].map(Into::into)),
            Values::Binary(values) => {
                candidates.extend(values.iter().map(|v| v.value.text().into()));
                candidates.extend((0..=values.len()).map(|n| "AAAA".repeat(n).into()));
            }
            Values::String(_) | Values::Arn(_) | Values::Null(_) => {}
        }
        Self { condition: condition.clone(), reading, candidates }
    }

    /// Whether the test is true for a key with one value.
    pub(crate) fn holds(&self, text: &str) -> bool {
        let context = Context::new().with(self.condition.key.value.as_str(), ContextValue::single(text));
        condition_outcomes(&self.condition, &context, self.reading).may_be_true()
    }

    pub(crate) const fn is_numeric(&self) -> bool {
        matches!(self.condition.values, Values::Numeric(_))
    }

    pub(crate) const fn is_bool(&self) -> bool {
        matches!(self.condition.values, Values::Bool(_))
    }
}

/// Whether a statement with this effect regards a test as fulfilled, under one reading. All keys must be known.
pub(crate) fn holds_in(condition: &Condition, effect: Effect, context: &Context, reading: Reading) -> bool {
    Certainty::of(effect, condition_outcomes(condition, context, reading)) == Certainty::Always
}

/// Texts that together produce every combination of results that the typed tests can have. `x`, which has no type, is among them.
pub(crate) fn candidates<'t>(tests: impl Iterator<Item = &'t Typed> + Clone) -> Vec<Box<str>> {
    let mut texts: Vec<Box<str>> = Vec::new();
    for test in tests.clone() {
        texts.extend(test.candidates.iter().cloned());
    }
    let numbers = tests.filter(|test| test.is_numeric()).flat_map(|test| &test.candidates);
    let numbers: Vec<&str> = numbers.map(|text| &**text).collect();
    if !numbers.is_empty() {
        beside(&numbers, &mut texts);
    }
    texts.extend(
        ["0", "2024-01-01T00:00:00Z", "192.0.2.1", "::", "0.0.0.0", "true", "false", "AAAA"].map(Into::into),
    );
    texts.push("x".into());
    texts.sort_unstable_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    texts.dedup();
    texts
}

/// Adds a number just beyond each number, closer to it than any two of the numbers are to each other.
///
/// One more digit at the end makes the magnitude larger: above zero the number becomes larger, below zero smaller. Zero, which needs
/// neighbours on both sides, is always among the numbers.
fn beside(numbers: &[&str], texts: &mut Vec<Box<str>>) {
    let written: Vec<Written<'_>> = numbers.iter().filter_map(|text| Written::read(text)).collect();
    let exponents = written.iter().filter_map(|number| Some((number.exponent_value()?, number.exponent)));
    let least = exponents.min_by_key(|(value, _)| *value).filter(|(value, _)| *value < 0);
    let has_exponent = written.iter().any(|number| !number.exponent.is_empty());
    // With exponents, the distance is counted in significant digits.
    let places = |number: &Written<'_>| if has_exponent { number.digits.len() } else { number.fraction() };
    let most = written.iter().map(places).max().unwrap_or(0);
    for number in written.iter().chain(&Written::ZEROS) {
        let Written { sign, digits, exponent } = number;
        let point = if digits.contains('.') { "" } else { "." };
        let own = if has_exponent { 0 } else { number.fraction() };
        let zeros = "0".repeat(most.saturating_sub(own));
        texts.push(format!("{sign}{digits}{point}{zeros}1{exponent}").into());
        // A zero that is written in another way needs its other side too, and no number may be nearer to it.
        if digits.bytes().all(|b| matches!(b, b'0' | b'.')) {
            let exponent = least.map_or("", |(_, text)| text);
            texts.push(format!("0.{}1{exponent}", "0".repeat(most)).into());
            texts.push(format!("-0.{}1{exponent}", "0".repeat(most)).into());
        }
    }
}

/// A decimal number, cut into the parts that it is written with.
struct Written<'t> {
    sign: &'static str,
    /// The digits with the point.
    digits: &'t str,
    /// The exponent with its letter, or nothing.
    exponent: &'t str,
}

impl<'t> Written<'t> {
    const ZEROS: [Written<'static>; 2] =
        [Written { sign: "", digits: "0", exponent: "" }, Written { sign: "-", digits: "0", exponent: "" }];

    fn read(text: &'t str) -> Option<Self> {
        Decimal::parse(text)?;
        let unsigned = text.trim_start_matches(['+', '-']);
        let (digits, exponent) = unsigned.split_at(unsigned.find(['e', 'E']).unwrap_or(unsigned.len()));
        Some(Self { sign: if text.starts_with('-') { "-" } else { "" }, digits, exponent })
    }

    /// The number of digits behind the point.
    fn fraction(&self) -> usize {
        self.digits.split_once('.').map_or(0, |(_, digits)| digits.len())
    }

    fn exponent_value(&self) -> Option<i64> {
        self.exponent.get(1..)?.parse().ok()
    }
}

/// Adds an instant and its two neighbours, and the same to the millisecond.
fn dates(instant: Instant, texts: &mut Vec<Box<str>>) {
    let cut = instant.to_milliseconds();
    let near = [instant.previous(), Some(instant), instant.next(), Some(cut), cut.previous()];
    for near in near.into_iter().flatten() {
        texts.push(near.to_string().into());
        // Years that the calendar form cannot write are written as epoch seconds.
        texts.push(near.epoch_seconds().to_string().into());
        texts.push(near.epoch_seconds().saturating_add(1).to_string().into());
    }
}

/// Adds the first address of a range, and the first address after it.
///
/// Every set of addresses that ranges distinguish begins with such an address.
fn addresses(address: IpAddr, prefix: u32, texts: &mut Vec<Box<str>>) {
    let (first, behind): (IpAddr, Option<IpAddr>) = match address {
        IpAddr::V4(address) => {
            let host = u32::MAX.checked_shr(prefix).unwrap_or(0);
            let first = address.to_bits() & !host;
            let behind = (first | host).checked_add(1);
            (IpAddr::V4(first.into()), behind.map(|bits| IpAddr::V4(bits.into())))
        }
        IpAddr::V6(address) => {
            let host = u128::MAX.checked_shr(prefix).unwrap_or(0);
            let first = address.to_bits() & !host;
            let behind = (first | host).checked_add(1);
            (IpAddr::V6(first.into()), behind.map(|bits| IpAddr::V6(bits.into())))
        }
    };
    texts.push(first.to_string().into());
    texts.extend(behind.map(|address| address.to_string().into()));
    if address.is_ipv6() {
        // The first address behind the IPv4-mapped ones, which are IPv4 addresses in a request.
        texts.push("::1:0:0:0".into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Between any two numbers, and beyond the outermost, there is a candidate.
    #[test]
    fn every_interval_between_numbers_has_a_candidate() {
        for numbers in [
            &["1", "2", "10.5"][..],
            &["1.5", "1.51"],
            &["1e2", "1000001e-4"],
            &["1e2", "100.0001", "99", "1e-3"],
            &["-1e5", "-100000.5", "0", "1e-20", "1.00000000001e-20"],
            &["0e3", "1e1000000", "-1e-1000000"],
            &["3e7", "30000001", "NaN"],
        ] {
            let mut texts = Vec::new();
            beside(numbers, &mut texts);
            let mut bounds: Vec<Decimal<'_>> =
                numbers.iter().filter_map(|text| Decimal::parse(text)).collect();
            bounds.extend(Decimal::parse("0"));
            bounds.sort_unstable();
            let found: Vec<Decimal<'_>> = texts.iter().filter_map(|text| Decimal::parse(text)).collect();
            assert_eq!(found.len(), texts.len(), "{texts:?}");
            let (first, last) = (bounds.first(), bounds.last());
            assert!(found.iter().any(|c| Some(c) > last), "{numbers:?}: {texts:?}");
            assert!(found.iter().any(|c| Some(c) < first), "{numbers:?}: {texts:?}");
            for pair in bounds.windows(2) {
                let [below, above] = pair else { continue };
                let is_between = found.iter().any(|c| below < c && c < above);
                assert!(below == above || is_between, "{numbers:?}: {below:?} {above:?} {texts:?}");
            }
        }
    }
}
