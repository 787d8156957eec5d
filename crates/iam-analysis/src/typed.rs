//! Typed operators: texts at and beside every value, so that every possible result of the comparisons occurs.

use std::net::IpAddr;

use iam_eval::{Certainty, Context, ContextValue, condition_outcomes};
use iam_policy::value::{Decimal, Instant};
use iam_policy::{Condition, Effect, Values};

use crate::atom::Typed;

impl Typed {
    pub(crate) fn new(condition: &Condition, effect: Effect) -> Self {
        let mut candidates = Vec::new();
        match &condition.values {
            // For numbers, the distance depends on all numbers that are compared: see `beside`.
            Values::Numeric(values) => candidates.extend(values.iter().map(|v| v.value.text().into())),
            Values::Date(values) => values.iter().for_each(|v| dates(*v.value.value(), &mut candidates)),
            Values::Ip(values) => values.iter().for_each(|v| {
                let range = v.value.value();
                addresses(range.address(), range.prefix(), &mut candidates);
            }),
            Values::Bool(_) => candidates.extend(["true", "false"].map(Into::into)),
            Values::Binary(values) => {
                candidates.extend(values.iter().map(|v| v.value.text().into()));
                candidates.extend((0..=values.len()).map(|n| "AAAA".repeat(n).into()));
            }
            Values::String(_) | Values::Arn(_) | Values::Null(_) => {}
        }
        Self { condition: condition.clone(), effect, candidates }
    }

    /// Whether the statement regards the test as fulfilled, for a key with one value.
    pub(crate) fn holds(&self, text: &str) -> bool {
        let context = Context::new().with(self.condition.key.value.as_str(), ContextValue::single(text));
        holds_in(&self.condition, self.effect, &context)
    }

    pub(crate) const fn is_numeric(&self) -> bool {
        matches!(self.condition.values, Values::Numeric(_))
    }
}

/// Whether a statement with this effect regards a test as fulfilled. All keys must be known.
pub(crate) fn holds_in(condition: &Condition, effect: Effect, context: &Context) -> bool {
    Certainty::of(effect, condition_outcomes(condition, context)) == Certainty::Always
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

/// Adds a number just above and just below each number, closer to it than any two of the numbers are to each other.
///
/// One more digit at the end makes the magnitude larger: above zero the number becomes larger, below zero smaller. Zero, which needs
/// neighbours on both sides, is always among the numbers.
fn beside(numbers: &[&str], texts: &mut Vec<Box<str>>) {
    let fraction = |text: &str| text.split_once('.').map_or(0, |(_, digits)| digits.len());
    let most = numbers.iter().map(|text| fraction(text)).max().unwrap_or(0);
    let zero = ["0", "-0"];
    for number in numbers.iter().chain(&zero) {
        let digits = number.trim_start_matches(['+', '-']);
        let sign = if number.starts_with('-') { "-" } else { "" };
        let point = if digits.contains('.') { "" } else { "." };
        let zeros = "0".repeat(most.saturating_sub(fraction(number)));
        let text = format!("{sign}{digits}{point}{zeros}1");
        if Decimal::parse(&text).is_some() {
            texts.push(text.into());
        }
        // A zero that is written in another way needs its other side too.
        if digits.bytes().all(|b| matches!(b, b'0' | b'.')) {
            texts.push(format!("0.{}1", "0".repeat(most)).into());
            texts.push(format!("-0.{}1", "0".repeat(most)).into());
        }
    }
}

/// Adds an instant and its two neighbours.
fn dates(instant: Instant, texts: &mut Vec<Box<str>>) {
    for near in [instant.previous(), Some(instant), instant.next()].into_iter().flatten() {
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
}
