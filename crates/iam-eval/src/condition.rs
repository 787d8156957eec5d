//! Conditions: one test of one key against the context (part 4 of the rules).

use std::net::IpAddr;

use iam_policy::value::{Decimal, Instant, base64_bytes, parse_bool};
use iam_policy::{Condition, Flag, Operator, Quantifier, Spanned, Test, Values};

use crate::context::{Context, ContextValue};
use crate::glob::{Comparison, LetterCase, compare, compare_flag};
use crate::meter::{Evidence, Meter};
use crate::truth::Outcomes;

/// The outcomes that a condition may have in a context (part 4 of the rules).
///
/// A statement with this condition alone sees the same outcomes.
///
/// # Cost
/// At most the number of the policy's values times the number of the request's values. No allocation.
pub fn condition_outcomes(condition: &Condition, context: &Context) -> Outcomes {
    outcomes(condition, Evidence { context, meter: &Meter::endless() })
}

/// The outcomes that a condition may have.
pub(crate) fn outcomes(condition: &Condition, evidence: Evidence<'_>) -> Outcomes {
    let test = condition.test.value;
    let value = match evidence.context.value_of(&condition.key.value) {
        Some(ContextValue::Multiple(values)) if values.is_empty() => None,
        other => other,
    };
    if let (Values::Null(wanted), Operator::Null) = (&condition.values, test.operator) {
        return null(test, wanted, value);
    }
    if condition.values.is_empty() {
        return without_values(test, value);
    }
    match value {
        None => Outcomes::known(holds_when_absent(test)),
        Some(ContextValue::Unknown) => Outcomes::OPEN,
        Some(ContextValue::Ambiguous) => Outcomes::INDETERMINATE,
        // For a set operator, a single value is a set of one value (rule 4.13).
        Some(ContextValue::Single(seen)) => single(condition, seen, evidence),
        Some(ContextValue::Multiple(values)) => match test.quantifier {
            // AWS demands a set operator for several values, and does not say what happens without one (rule 7.1).
            None => Outcomes::INDETERMINATE,
            // A set of empty texts only is a null data set (rules 4.8, 7.5).
            Some(Quantifier::ForAllValues) if values.iter().all(|v| v.is_empty()) => Outcomes::TRUE,
            Some(Quantifier::ForAllValues) => {
                values.iter().fold(Outcomes::TRUE, |all, seen| all.and(single(condition, seen, evidence)))
            }
            Some(Quantifier::ForAnyValue) => {
                values.iter().fold(Outcomes::FALSE, |any, seen| any.or(single(condition, seen, evidence)))
            }
        },
    }
}

/// Whether a test is true if its key is absent: the table of rule 4.7.
pub(crate) const fn holds_when_absent(test: Test) -> bool {
    match (test.if_exists, test.quantifier) {
        (true, _) | (false, Some(Quantifier::ForAllValues)) => true,
        (false, Some(Quantifier::ForAnyValue)) => false,
        (false, None) => test.operator.is_negated(),
    }
}

/// The outcomes of a test whose condition has no values (rule 4.11).
fn without_values(test: Test, value: Option<&ContextValue>) -> Outcomes {
    let when_absent = holds_when_absent(test);
    let when_present = !test.if_exists && test.quantifier.is_none() && test.operator.is_negated();
    match value {
        None => Outcomes::known(when_absent),
        // Without a set operator, the unknown key may have several values, which cannot be compared (rule 7.1).
        Some(ContextValue::Unknown) => {
            let either = Outcomes::known(when_absent).either(Outcomes::known(when_present));
            if test.quantifier.is_none() { either.either(Outcomes::INDETERMINATE) } else { either }
        }
        Some(ContextValue::Multiple(values))
            if test.quantifier == Some(Quantifier::ForAllValues) && values.iter().all(|v| v.is_empty()) =>
        {
            Outcomes::TRUE
        }
        Some(ContextValue::Ambiguous) => Outcomes::INDETERMINATE,
        Some(ContextValue::Multiple(_)) if test.quantifier.is_none() => Outcomes::INDETERMINATE,
        Some(ContextValue::Single(_) | ContextValue::Multiple(_)) => Outcomes::known(when_present),
    }
}

fn null(test: Test, wanted: &[Spanned<bool>], value: Option<&ContextValue>) -> Outcomes {
    match test.quantifier {
        // Rule 4.12.
        Some(Quantifier::ForAllValues) => return Outcomes::TRUE,
        Some(Quantifier::ForAnyValue) => return Outcomes::FALSE,
        None => {}
    }
    let when = |absent: bool| Outcomes::known(wanted.iter().any(|w| w.value == absent));
    match value {
        None => when(true),
        Some(ContextValue::Single(_) | ContextValue::Multiple(_)) => when(false),
        Some(ContextValue::Ambiguous) => Outcomes::INDETERMINATE,
        Some(ContextValue::Unknown) if when(true) == when(false) => when(true),
        Some(ContextValue::Unknown) => Outcomes::OPEN,
    }
}

/// The operator without set operator, on one value of the request: OR over the policy's values, or NOR (rule 4.2).
fn single(condition: &Condition, seen: &str, evidence: Evidence<'_>) -> Outcomes {
    let meter = evidence.meter;
    let operator = condition.test.value.operator;
    let any = match &condition.values {
        Values::String(values) => {
            let folds =
                matches!(operator, Operator::StringEqualsIgnoreCase | Operator::StringNotEqualsIgnoreCase);
            let case = if folds { LetterCase::Ascii } else { LetterCase::Sensitive };
            any(values, meter, |pattern| {
                compare(pattern, seen, Comparison::Text(case), evidence, Outcomes::FALSE)
            })
        }
        Values::Arn(values) => {
            any(values, meter, |pattern| compare(pattern, seen, Comparison::Arn, evidence, Outcomes::FALSE))
        }
        Values::Numeric(values) => {
            let seen = Decimal::parse(seen);
            any(values, meter, |number| match (seen, number.decimal()) {
                (Some(seen), Some(number)) => Outcomes::known(ordered(operator, seen.cmp(&number))),
                _ => Outcomes::INDETERMINATE,
            })
        }
        Values::Date(values) => {
            let seen = Instant::parse(seen);
            any(values, meter, |date| match (seen, date.value()) {
                (Some(seen), Some(date)) => Outcomes::known(ordered(operator, seen.cmp(date))),
                _ => Outcomes::INDETERMINATE,
            })
        }
        Values::Ip(values) => {
            let seen: Option<IpAddr> = seen.parse().ok();
            any(values, meter, |range| match (seen, range.value()) {
                (Some(seen), Some(range)) => Outcomes::known(range.contains(seen)),
                _ => Outcomes::INDETERMINATE,
            })
        }
        Values::Bool(values) => {
            let seen = word(seen);
            any(values, meter, |flag| match (seen, flag) {
                (None, _) => Outcomes::INDETERMINATE,
                (Some(seen), Flag::Literal(wanted)) => Outcomes::known(seen == *wanted),
                (Some(seen), Flag::Variable(pattern)) => compare_flag(pattern, seen, evidence),
            })
        }
        Values::Binary(values) => any(values, meter, |bytes| match bytes.value() {
            Some(bytes) => equal_bytes(seen, bytes),
            None => Outcomes::INDETERMINATE,
        }),
        // The operator `Null` is handled before values are compared. Reading gives no other operator such values. A program that builds a
        // condition may do so, and then no comparison can be made (rule 4.9).
        Values::Null(_) => Outcomes::INDETERMINATE,
    };
    if operator.is_negated() { any.not() } else { any }
}

fn any<T>(values: &[Spanned<T>], meter: &Meter, test: impl Fn(&T) -> Outcomes) -> Outcomes {
    let mut outcome = Outcomes::FALSE;
    for value in values {
        if !meter.spend(1) {
            break;
        }
        outcome = outcome.or(test(&value.value));
        if outcome == Outcomes::TRUE {
            break;
        }
    }
    outcome
}

/// Whether a comparison of the request's value with the policy's satisfies the operator, before negation.
const fn ordered(operator: Operator, seen: std::cmp::Ordering) -> bool {
    if matches!(operator, Operator::NumericLessThan | Operator::DateLessThan) {
        seen.is_lt()
    } else if matches!(operator, Operator::NumericLessThanEquals | Operator::DateLessThanEquals) {
        seen.is_le()
    } else if matches!(operator, Operator::NumericGreaterThan | Operator::DateGreaterThan) {
        seen.is_gt()
    } else if matches!(operator, Operator::NumericGreaterThanEquals | Operator::DateGreaterThanEquals) {
        seen.is_ge()
    } else {
        seen.is_eq()
    }
}

/// `true` or `false` in any ASCII case.
fn word(text: &str) -> Option<bool> {
    let is_word = parse_bool(text) || text.eq_ignore_ascii_case("false");
    is_word.then(|| parse_bool(text))
}

/// Compares bytes. The request has them in base64, as the policy does.
fn equal_bytes(seen: &str, wanted: &[u8]) -> Outcomes {
    match base64_bytes(seen) {
        Some(bytes) => Outcomes::known(bytes.eq(wanted.iter().copied())),
        None => Outcomes::INDETERMINATE,
    }
}
