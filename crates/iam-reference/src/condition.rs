//! Conditions of statements.

use std::cmp::Ordering::{Equal, Greater, Less};

use crate::json::Json;
use crate::pattern::{Pattern, Token, covers};
use crate::request::Found;
use crate::statement::Scope;
use crate::value::{base64, bits, date, flag, number, order, range};

/// The operators in the table of part 4.
const OPERATORS: &str = "StringEquals StringNotEquals StringEqualsIgnoreCase StringNotEqualsIgnoreCase \
    StringLike StringNotLike NumericEquals NumericNotEquals NumericLessThan NumericLessThanEquals \
    NumericGreaterThan NumericGreaterThanEquals DateEquals DateNotEquals DateLessThan DateLessThanEquals \
    DateGreaterThan DateGreaterThanEquals Bool BinaryEquals IpAddress NotIpAddress ArnEquals ArnNotEquals \
    ArnLike ArnNotLike Null";

struct Operator {
    set: &'static str, // `ForAllValues`, `ForAnyValue`, or empty.
    name: &'static str,
    negated: bool,
    if_exists: bool,
}

/// Rules 1.17, 4.6, 4.12, 4.25: reads an operator with set operator and `IfExists`. `Null` takes neither. Other texts are errors. Operators
/// with `Not` are negated. Deployed policies may have another case, which rule 1.18 would refuse.
fn operator(name: &str) -> Result<Operator, String> {
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
    /// Rules 1.20, 1.21, 4.9, 4.20, 4.22, 7.12, the table of part 4: compares a value of the request (`None` if the key is absent) with a
    /// value of the policy, before negation. If the policy's value has the wrong type, it is an error. If the request's has, the result is
    /// indeterminate.
    fn compare(&self, wanted: &str, value: Option<&str>, scope: Scope<'_>) -> Result<bool, String> {
        let wrong = || format!("a value does not fit its operator: {wanted:?}");
        let pattern = |glob| Pattern::read(wanted, glob, self.negated, scope);
        let text = value.unwrap_or_default();
        let accepts = |order| match order {
            Less => self.name.contains("Less"),
            Equal => self.name.ends_with("Equals"),
            Greater => self.name.contains("Greater"),
        };
        let outcome = match self.name {
            name if name.starts_with("String") => {
                let pattern = pattern(name.contains("Like"))?;
                Some(pattern.outcome(covers(&pattern.tokens, text, name.contains("IgnoreCase"))))
            }
            name if name.starts_with("Arn") => {
                let pattern = pattern(true)?;
                Some(pattern.outcome(pattern.covers_arn(text).ok_or_else(wrong)?))
            }
            name if name.starts_with("Numeric") => {
                let wanted = number(wanted).ok_or_else(wrong)?;
                number(text).map(|value| accepts(order(value, wanted)))
            }
            name if name.starts_with("Date") => {
                let wanted = date(wanted).ok_or_else(wrong)?;
                date(text).map(|value| accepts(value.cmp(&wanted)))
            }
            "Bool" => {
                let pattern = pattern(false)?;
                let is = |flag: &str| covers(&pattern.tokens, flag, true);
                let fits = is("true") || is("false");
                match flag(text) {
                    _ if !pattern.has_variables && !fits => return Err(wrong()),
                    None if value.is_some() => None, // Rule 7.45.
                    // Some value of the key makes it a text that is neither `true` nor `false`, for which a Deny applies.
                    _ if pattern.tokens.contains(&Token::Unknown) => {
                        Some(scope.leaning && (scope.deny || is(text)))
                    }
                    _ if !pattern.filled => Some(false),
                    known => known.filter(|_| fits).map(|_| pattern.outcome(is(text))),
                }
            }
            "BinaryEquals" => {
                let wanted = base64(wanted).ok_or_else(wrong)?;
                base64(text).map(|value| value == wanted)
            }
            "Null" => Some(flag(wanted).ok_or_else(wrong)? == value.is_none()),
            _ => {
                let (width, prefix) = range(wanted).ok_or_else(wrong)?;
                bits(text).map(|bits| bits.len() == width && bits.starts_with(&prefix))
            }
        };
        Ok(outcome.unwrap_or(scope.deny != self.negated))
    }

    /// Rules 4.2, 4.9: compares one value of the request with the list: OR, or NOR for negated operators.
    fn one(&self, wanted: &[Json], value: Option<&str>, scope: Scope<'_>) -> Result<bool, String> {
        let mut any = false;
        for w in wanted {
            any |= self.compare(w.scalar()?, value, scope)?;
        }
        Ok(any != self.negated)
    }

    /// Rules 4.5, 4.7 to 4.13, 7.42, 7.43: compares the values of one key with the list.
    fn key(&self, key: &str, wanted: &[Json], scope: Scope<'_>) -> Result<bool, String> {
        match scope.request.find(key) {
            Found::Known(value) => self.known(value, wanted, scope),
            // Rule 4.11: without values in the policy, only the presence of the key matters.
            Found::Unknown if wanted.is_empty() => {
                let (text, list) = (Json::String("-".into()), Json::Array(vec![Json::String("-".into())]));
                let ways = [None, Some(&text), Some(&list)].map(|way| self.known(way, wanted, scope));
                ways.into_iter().try_fold(!scope.leaning, |held, way| {
                    Ok(if scope.leaning { held | way? } else { held & way? })
                })
            }
            // This reads every value of the policy, even if the values of the request do not matter.
            Found::Unknown => self.one(wanted, None, scope).map(|_| scope.leaning),
            Found::Ambiguous => self.one(wanted, None, scope).map(|_| scope.deny),
        }
    }

    fn known(&self, value: Option<&Json>, wanted: &[Json], scope: Scope<'_>) -> Result<bool, String> {
        let absent = self.one(wanted, None, scope)?;
        let (null, no_set) = (self.name == "Null", self.set.is_empty());
        let Some(value) = value else {
            return Ok(if null {
                absent
            } else {
                self.if_exists || if no_set { self.negated } else { self.set == "ForAllValues" }
            });
        };
        let values: Vec<&str> = value.one_or_more().iter().map(Json::scalar).collect::<Result<_, _>>()?;
        let multivalued = matches!(value, Json::Array(_));
        match self.set {
            "" if multivalued && !null => return Ok(scope.deny),
            "ForAllValues" if multivalued && values.iter().all(|v| v.is_empty()) => return Ok(true),
            _ if wanted.is_empty() && (self.if_exists || !no_set) => return Ok(false),
            _ => {}
        }
        let ones = values.into_iter().map(|value| self.one(wanted, Some(value), scope));
        let ones: Vec<bool> = ones.collect::<Result<_, _>>()?;
        Ok(if self.set == "ForAnyValue" { ones.contains(&true) } else { !ones.contains(&false) })
    }
}

/// Rules 1.3, 1.16, 4.1, 4.3, 4.4: tests every key under every operator. No key may occur twice in different case. Empty objects are true.
pub(crate) fn condition(block: &Json, scope: Scope<'_>) -> Result<bool, String> {
    let mut all = true;
    for (name, keys) in block.distinct(str::eq_ignore_ascii_case)? {
        let operator = operator(name)?;
        for (key, wanted) in keys.distinct(str::eq_ignore_ascii_case)? {
            all &= operator.key(key, wanted.one_or_more(), scope)?;
        }
    }
    Ok(all)
}
