//! Operators of conditions: how a value of the request is compared with the values of the policy.

use std::cmp::Ordering::{self, Equal, Greater, Less};

use crate::address::{address, network};
use crate::json::Json;
use crate::number::{date, number, order};
use crate::pattern::{Pattern, covers};
use crate::reading::Point;
use crate::request::arn_field;
use crate::statement::Scope;
use crate::value::{base64, flag, lower};

/// The operators in the table of part 4.
const OPERATORS: &str = "StringEquals StringNotEquals StringEqualsIgnoreCase StringNotEqualsIgnoreCase \
    StringLike StringNotLike NumericEquals NumericNotEquals NumericLessThan NumericLessThanEquals \
    NumericGreaterThan NumericGreaterThanEquals DateEquals DateNotEquals DateLessThan DateLessThanEquals \
    DateGreaterThan DateGreaterThanEquals Bool BinaryEquals IpAddress NotIpAddress ArnEquals ArnNotEquals \
    ArnLike ArnNotLike Null";

pub(crate) struct Operator {
    pub(crate) set: &'static str, // `ForAllValues`, `ForAnyValue`, or empty.
    pub(crate) name: &'static str,
    pub(crate) negated: bool,
    pub(crate) if_exists: bool,
}

/// A value of the policy: its text, and that text with its variables replaced. Operators that take no variables use the former.
pub(crate) struct Entry<'a> {
    pub(crate) text: &'a str,
    pattern: Pattern,
}

/// Rules 1.17, 4.6, 4.12, 4.25: reads an operator with set operator and `IfExists`. `Null` takes neither. Other texts are errors. Operators
/// with `Not` are negated. Deployed policies may have another case, which rule 1.18 would refuse.
pub(crate) fn operator(name: &str) -> Result<Operator, String> {
    let lower = name.to_ascii_lowercase();
    let (set, rest) = match lower.split_once(':') {
        Some(("forallvalues", rest)) => ("ForAllValues", rest),
        Some(("foranyvalue", rest)) => ("ForAnyValue", rest),
        _ => ("", lower.as_str()),
    };
    let base = rest.strip_suffix("ifexists").unwrap_or(rest);
    let known = OPERATORS.split(' ').find(|known| known.eq_ignore_ascii_case(base));
    match known.filter(|known| *known != "Null" || lower == "null") {
        Some(name) => Ok(Operator { set, name, negated: name.contains("Not"), if_exists: base != rest }),
        None => Err(format!("unknown operator {name:?}")),
    }
}

impl Operator {
    /// Rules 1.16, 1.21: reads the values of a policy. The table of part 4 says which operators take variables, and which wildcards.
    pub(crate) fn entries<'a>(&self, wanted: &'a [Json], scope: Scope<'_>) -> Result<Vec<Entry<'a>>, String> {
        let is = |part| self.name.contains(part);
        let variables = scope.variables && (is("String") || is("Arn") || is("Bool"));
        let read = |json: &'a Json| {
            let text = json.scalar()?;
            let pattern = Pattern::read(text, is("Like") || is("Arn"), Scope { variables, ..scope })?;
            Ok(Entry { text, pattern })
        };
        wanted.iter().map(read).collect()
    }

    /// Rules 4.2, 4.9: compares one value of the request with the values of the policy: OR, or NOR for negated operators.
    pub(crate) fn holds(&self, entries: &[Entry<'_>], value: &str, scope: Scope<'_>) -> bool {
        if self.name.starts_with("Arn") {
            return self.arn_holds(entries, value, scope);
        }
        entries.iter().any(|entry| self.matches(entry, value, scope)) != self.negated
    }

    /// The table of part 4: compares with one value of the policy, before negation.
    fn matches(&self, entry: &Entry<'_>, value: &str, scope: Scope<'_>) -> bool {
        let reading = scope.request.reading;
        // Rule 4.9: a comparison that cannot be made does not match, unless the negated operator is to be false.
        let compared = |order: Option<Ordering>| match order {
            Some(Less) => self.name.contains("Less"),
            Some(Equal) => self.name.ends_with("Equals"),
            Some(Greater) => self.name.contains("Greater"),
            None => self.negated && reading.is_other(Point::UnreadableNumber),
        };
        match self.name {
            name if name.starts_with("String") => self.string_matches(entry, value, scope),
            name if name.starts_with("Numeric") => {
                compared(number(value).zip(number(entry.text)).map(|(value, wanted)| order(&value, &wanted)))
            }
            name if name.starts_with("Date") => {
                let date = |text| date(text, !reading.is_other(Point::Milliseconds));
                compared(date(value).zip(date(entry.text)).map(|(value, wanted)| value.cmp(&wanted)))
            }
            "Bool" => bool_matches(entry, value, scope),
            "BinaryEquals" => base64(value).is_some_and(|value| base64(entry.text) == Some(value)),
            _ => match (address(value), network(entry.text, reading.is_other(Point::DeadNetwork))) {
                (None, _) => self.negated && !reading.is_other(Point::UnreadableAddress),
                (Some(bits), Some((width, shared))) => bits.len() == width && bits.starts_with(&shared),
                (Some(_), None) => false,
            },
        }
    }

    /// Rules 4.16, 7.44: an unknown variable beside a sigma may be a letter of its word, so both small sigmas then match.
    fn string_matches(&self, entry: &Entry<'_>, value: &str, scope: Scope<'_>) -> bool {
        let (pattern, reading) = (&entry.pattern, scope.request.reading);
        let fold = |text: &str| {
            let text = lower(text, reading.is_other(Point::LetterCase));
            if pattern.has_unknown() { text.replace('\u{3c2}', "\u{3c3}") } else { text }
        };
        let matched = if self.name.contains("IgnoreCase") {
            covers(&pattern.map(fold), &fold(value), reading)
        } else {
            covers(&pattern.tokens, value, reading)
        };
        pattern.outcome(matched, self.negated, scope)
    }

    /// Rules 4.21, 4.22: compares with the patterns in order. The first that matches or cannot be read is the last.
    fn arn_holds(&self, entries: &[Entry<'_>], value: &str, scope: Scope<'_>) -> bool {
        let reading = scope.request.reading;
        let Some((Entry { pattern, .. }, rest)) = entries.split_first() else { return self.negated };
        if arn_field(value, 0).is_none() || value.split(':').count() < 6 {
            return self.negated && reading.is_other(Point::UnreadableArn);
        }
        let after = self.arn_holds(rest, value, scope);
        let (unreadable, unknown) = (!pattern.has_six_fields(), pattern.has_unknown());
        let ends = unreadable && !reading.is_other(Point::UnreadablePattern);
        let matched = (unknown || !unreadable) && pattern.covers_arn(value, reading);
        if pattern.null {
            after
        } else if unknown {
            // Rule 7.44: the unknown variable may lead to each of these outcomes.
            let outcomes = [Some(after), matched.then_some(!self.negated), ends.then_some(scope.deny)];
            outcomes.contains(&Some(true)) && (scope.leaning || !outcomes.contains(&Some(false)))
        } else if ends {
            scope.deny
        } else if matched {
            !self.negated
        } else {
            after
        }
    }
}

/// Rules 4.15, 7.12, 7.45: whether both are true or both are false. A null variable matches neither.
fn bool_matches(entry: &Entry<'_>, value: &str, scope: Scope<'_>) -> bool {
    let (pattern, reading) = (&entry.pattern, scope.request.reading);
    if pattern.first.is_none() || reading.is_other(Point::BoolVariable) {
        return flag(value) == flag(entry.text);
    }
    let may_be_true = covers(&pattern.map(str::to_ascii_lowercase), "true", reading);
    let matched = if flag(value) { may_be_true } else { !may_be_true || pattern.has_unknown() };
    pattern.outcome(matched, false, scope)
}
