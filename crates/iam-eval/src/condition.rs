//! Conditions: one test of one key against the context (part 4 of the rules).

use iam_policy::value::{Decimal, Instant, base64_bytes, parse_address, parse_bool};
use iam_policy::{ArnFields, Condition, Flag, Operator, Pattern, Quantifier, Spanned, Test, Typed, Values};

use crate::context::{Context, ContextValue};
use crate::glob::{Arns, Comparison, LetterCase, compare, compare_arn};
use crate::meter::{Evidence, Meter};
use crate::reading::{Point, Readings};
use crate::truth::Outcomes;

/// The outcomes that a condition may have in a context, under some readings (part 4 of the rules).
///
/// A statement with this condition alone sees the same outcomes.
///
/// # Cost
/// At most the number of the policy's values times the number of the request's values. No allocation for ASCII texts.
pub fn condition_outcomes(
    condition: &Condition,
    context: &Context,
    readings: impl Into<Readings>,
) -> Outcomes {
    outcomes(condition, Evidence { context, meter: &Meter::endless(), readings: readings.into() })
}

/// The outcomes that a condition may have.
pub(crate) fn outcomes(condition: &Condition, evidence: Evidence<'_>) -> Outcomes {
    match evidence.context.value_of(&condition.key.value) {
        // AWS takes one of the values (rule 4.5).
        Some(ContextValue::Twice(spellings)) => {
            let of = |value| outcomes_for(condition, Some(value), evidence);
            spellings.iter().map(|(_, value)| of(value)).reduce(Outcomes::either).unwrap_or(Outcomes::OPEN)
        }
        value => outcomes_for(condition, value, evidence),
    }
}

fn outcomes_for(condition: &Condition, value: Option<&ContextValue>, evidence: Evidence<'_>) -> Outcomes {
    let test = condition.test.value;
    let value = match value {
        Some(ContextValue::Multiple(values)) if values.is_empty() => None,
        other => other,
    };
    if let (Values::Null(wanted), Operator::Null) = (&condition.values, test.operator) {
        return null(test, wanted, value, evidence.readings);
    }
    match value {
        None => Outcomes::known(holds_when_absent(test)),
        Some(ContextValue::Unknown) if condition.values.is_empty() => unknown_without_values(test),
        Some(ContextValue::Unknown | ContextValue::Twice(_)) => Outcomes::OPEN,
        // For a set operator, a single value is a set of one value (rule 4.13).
        Some(ContextValue::Single(seen)) => match test.quantifier {
            Some(quantifier) => of_set(condition, quantifier, std::slice::from_ref(seen), evidence),
            None if condition.values.is_empty() => Outcomes::known(none_of_no_values(test)),
            None => single(condition, seen, evidence),
        },
        Some(ContextValue::Multiple(values)) => match test.quantifier {
            // Without set operator, several values never match (rule 4.9).
            None => Outcomes::FALSE,
            // A set of empty texts only is a null data set (rule 4.8).
            Some(Quantifier::ForAllValues) if values.iter().all(|v| v.is_empty()) => {
                evidence.readings.choose(
                    Point::EmptyTextList,
                    || Outcomes::TRUE,
                    || of_set(condition, Quantifier::ForAllValues, values, evidence),
                )
            }
            Some(quantifier) => of_set(condition, quantifier, values, evidence),
        },
    }
}

/// A set operator over the values of a request, of which there is at least one (rules 4.10, 4.11).
fn of_set(
    condition: &Condition,
    quantifier: Quantifier,
    values: &[Box<str>],
    evidence: Evidence<'_>,
) -> Outcomes {
    if condition.values.is_empty() {
        return Outcomes::FALSE;
    }
    let outcomes = values.iter().map(|seen| single(condition, seen, evidence));
    match quantifier {
        Quantifier::ForAllValues => outcomes.fold(Outcomes::TRUE, Outcomes::and),
        Quantifier::ForAnyValue => outcomes.fold(Outcomes::FALSE, Outcomes::or),
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

/// Whether a test without set operator and without values is true for a key with one value (rule 4.11).
const fn none_of_no_values(test: Test) -> bool {
    !test.if_exists && test.operator.is_negated()
}

/// The outcomes of a test without values if its key is unknown: absent, or present with one value or with several.
const fn unknown_without_values(test: Test) -> Outcomes {
    let absent = Outcomes::known(holds_when_absent(test));
    if test.quantifier.is_some() {
        // An empty text alone is also a set, which is null for `ForAllValues`: that is what absence says, too.
        return absent.either(Outcomes::FALSE);
    }
    absent.either(Outcomes::known(none_of_no_values(test))).either(Outcomes::FALSE)
}

fn null(test: Test, wanted: &[Spanned<bool>], value: Option<&ContextValue>, readings: Readings) -> Outcomes {
    match test.quantifier {
        // Rule 4.12.
        Some(Quantifier::ForAllValues) => return Outcomes::TRUE,
        Some(Quantifier::ForAnyValue) => return Outcomes::FALSE,
        None => {}
    }
    let when = |absent: bool| Outcomes::known(wanted.iter().any(|w| w.value == absent));
    match value {
        None => when(true),
        // A list of empty texts only is a null data set (rule 4.8).
        Some(ContextValue::Multiple(values)) if values.iter().all(|v| v.is_empty()) => {
            readings.choose(Point::EmptyTextList, || when(true), || when(false))
        }
        Some(ContextValue::Single(_) | ContextValue::Multiple(_)) => when(false),
        Some(ContextValue::Unknown | ContextValue::Twice(_)) => when(true).either(when(false)),
    }
}

/// The operator without set operator, on one value of the request: OR over the policy's values, or NOR (rule 4.2).
///
/// What cannot be read matches nothing; what follows from that under a negated operator depends on the type (rule 4.9).
fn single(condition: &Condition, seen: &str, evidence: Evidence<'_>) -> Outcomes {
    let Evidence { meter, readings, .. } = evidence;
    let operator = condition.test.value.operator;
    let any = match &condition.values {
        Values::String(values) => {
            let lowers =
                matches!(operator, Operator::StringEqualsIgnoreCase | Operator::StringNotEqualsIgnoreCase);
            let comparison =
                if lowers { Comparison::Lowered } else { Comparison::Text(LetterCase::Sensitive) };
            any(values, meter, |pattern| compare(pattern, seen, comparison, evidence, Outcomes::FALSE))
        }
        Values::Arn(values) => return arn(values, seen, operator, evidence),
        Values::Numeric(values) => {
            let Some(seen) = Decimal::parse(seen) else { return unreadable_number(operator, readings) };
            let any = any(values, meter, |number| match number.decimal() {
                Some(number) => Outcomes::known(ordered(operator, seen.cmp(&number))),
                None => Outcomes::FALSE,
            });
            return with_unreadable(operator, any, readings, || {
                values.iter().any(|v| v.value.decimal().is_none())
            });
        }
        Values::Date(values) => {
            let Some(seen) = Instant::parse(seen) else { return unreadable_number(operator, readings) };
            let of = |date: &Typed<Instant>| {
                date.value().map_or(Outcomes::FALSE, |date| instants(operator, seen, *date, readings))
            };
            let any = any(values, meter, of);
            return with_unreadable(operator, any, readings, || {
                values.iter().any(|v| v.value.value().is_none())
            });
        }
        Values::Ip(values) => {
            let Some(seen) = parse_address(seen) else {
                return if operator.is_negated() {
                    readings.choose(Point::UnreadableAddress, || Outcomes::FALSE, || Outcomes::TRUE)
                } else {
                    Outcomes::FALSE
                };
            };
            any(values, meter, |range| match range.value() {
                Some(range) if range.is_dead() => readings.choose(
                    Point::DeadNetwork,
                    || Outcomes::FALSE,
                    || Outcomes::known(range.contains(seen)),
                ),
                Some(range) => Outcomes::known(range.contains(seen)),
                None => Outcomes::FALSE,
            })
        }
        Values::Bool(values) => {
            let seen = parse_bool(seen);
            any(values, meter, |flag| match flag {
                Flag::Literal(wanted) => Outcomes::known(seen == *wanted),
                Flag::Variable(pattern) => readings.choose(
                    Point::BoolVariable,
                    || flag_with_variable(pattern, seen, evidence),
                    || Outcomes::known(!seen),
                ),
            })
        }
        Values::Binary(values) => any(values, meter, |bytes| {
            Outcomes::known(match (base64_bytes(seen), bytes.value()) {
                (Some(seen), Some(bytes)) => seen.eq(bytes.iter().copied()),
                (None, _) | (_, None) => false,
            })
        }),
        // The operator `Null` is handled before values are compared. Reading gives no other operator such values, and a program that builds
        // such a condition gets one that fails closed.
        Values::Null(_) => return Outcomes::INDETERMINATE,
    };
    if operator.is_negated() { any.not() } else { any }
}

/// A number or date of the request that cannot be read matches nothing, so that negated operators are true (rule 4.9).
fn unreadable_number(operator: Operator, readings: Readings) -> Outcomes {
    if operator.is_negated() {
        readings.choose(Point::UnreadableNumber, || Outcomes::TRUE, || Outcomes::FALSE)
    } else {
        Outcomes::FALSE
    }
}

/// The outcome of a numeric or date operator, given whether a value of the policy matches. `has_unreadable` says whether one of the policy's
/// values cannot be read (rule 4.9).
fn with_unreadable(
    operator: Operator,
    any: Outcomes,
    readings: Readings,
    has_unreadable: impl FnOnce() -> bool,
) -> Outcomes {
    if !operator.is_negated() {
        return any;
    }
    if readings.has_other(Point::UnreadableNumber) && has_unreadable() {
        readings.choose(Point::UnreadableNumber, || any.not(), || Outcomes::FALSE)
    } else {
        any.not()
    }
}

/// Compares instants, cut to the millisecond (rule 4.23).
fn instants(operator: Operator, seen: Instant, wanted: Instant, readings: Readings) -> Outcomes {
    let compared = |seen: Instant, wanted: Instant| Outcomes::known(ordered(operator, seen.cmp(&wanted)));
    readings.choose(
        Point::Milliseconds,
        || compared(seen.to_milliseconds(), wanted.to_milliseconds()),
        || compared(seen, wanted),
    )
}

/// ARN operators (rule 4.22). The values are compared in order. A match ends the comparison, and so does a pattern that is no ARN.
fn arn(values: &[Spanned<Pattern>], seen: &str, operator: Operator, evidence: Evidence<'_>) -> Outcomes {
    let Evidence { meter, readings, .. } = evidence;
    let negated = operator.is_negated();
    if ArnFields::split(seen).is_none() {
        return if negated {
            readings.choose(Point::UnreadableArn, || Outcomes::FALSE, || Outcomes::TRUE)
        } else {
            Outcomes::FALSE
        };
    }
    let mut ended = Outcomes::NONE;
    for pattern in values {
        if !meter.spend(1) {
            return Outcomes::FALSE;
        }
        let Arns { matches, differs, unreadable } = compare_arn(&pattern.value, seen, evidence);
        if matches {
            ended = ended.either(Outcomes::TRUE);
        }
        let ends = readings.has_first(Point::UnreadablePattern);
        if unreadable && ends {
            ended = ended.either(Outcomes::INDETERMINATE);
        }
        let goes_on = differs || (unreadable && (!ends || readings.has_other(Point::UnreadablePattern)));
        if !goes_on {
            return if negated { ended.not() } else { ended };
        }
    }
    let all = ended.either(Outcomes::FALSE);
    if negated { all.not() } else { all }
}

/// Compares a flag with variables to `seen`: a text other than `true` is false (rule 4.15).
fn flag_with_variable(pattern: &Pattern, seen: bool, evidence: Evidence<'_>) -> Outcomes {
    let is_true =
        compare(pattern, "true", Comparison::Text(LetterCase::Ascii), evidence, Outcomes::INDETERMINATE);
    // The comparison is indeterminate if the variable has no value. A null value is never equal to anything (rule 3.26).
    let equal = Outcomes::FALSE.if_possible(is_true.may_be_indeterminate());
    let of = |flag: bool, possible: bool| Outcomes::known(seen == flag).if_possible(possible);
    equal.either(of(true, is_true.may_be_true())).either(of(false, is_true.may_be_false()))
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
