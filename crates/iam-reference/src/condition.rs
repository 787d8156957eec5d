//! Conditions of statements.

use crate::json::Json;
use crate::operator::{Entry, Operator, operator};
use crate::reading::Point;
use crate::request::Found;
use crate::statement::Scope;
use crate::value::flag;

impl Operator {
    /// Rules 4.7 to 4.13, 7.42 to 7.44: compares the values of one key with the values of the policy.
    fn key(&self, key: &str, wanted: &[Json], scope: Scope<'_>) -> Result<bool, String> {
        let entries = self.entries(wanted, scope)?;
        Ok(match scope.request.find(key) {
            Found::Known(value) => self.known(value, &entries, scope)?,
            // Rule 4.11: without values in the policy, and for `Null`, only the presence of the key matters.
            Found::Unknown if entries.is_empty() || self.name == "Null" => {
                let (text, list) = (Json::String("-".into()), Json::Array(vec![Json::String("-".into())]));
                let ways = [None, Some(&text), Some(&list)].map(|way| self.known(way, &entries, scope));
                ways.contains(&Ok(true)) && (scope.leaning || !ways.contains(&Ok(false)))
            }
            Found::Unknown => scope.leaning,
        })
    }

    /// Compares the value of a key that is known, or absent.
    fn known(&self, value: Option<&Json>, entries: &[Entry<'_>], scope: Scope<'_>) -> Result<bool, String> {
        let values = value.map_or(&[][..], Json::one_or_more).iter().map(Json::scalar);
        let values: Vec<&str> = values.collect::<Result<_, _>>()?;
        let multivalued = matches!(value, Some(Json::Array(_)));
        let null_set = multivalued
            && values.iter().all(|value| value.is_empty())
            && !scope.request.reading.is_other(Point::EmptyTextList);
        let holds = |value: &&str| self.holds(entries, value, scope);
        Ok(match self.set {
            _ if self.name == "Null" => {
                let absent = value.is_none() || null_set;
                entries.iter().any(|entry| flag(entry.text) == absent)
            }
            _ if value.is_none() && self.if_exists => true,
            "" if value.is_none() => self.negated,
            "" if multivalued => false,
            "ForAllValues" if value.is_none() || null_set => true,
            _ if entries.is_empty() && (self.if_exists || !self.set.is_empty()) => false,
            "ForAnyValue" => values.iter().any(holds),
            _ => values.iter().all(holds),
        })
    }
}

/// Rules 1.3, 1.16, 4.1, 4.3, 4.4: tests every key under every operator. No key may occur twice in different case. Empty objects are true.
pub(crate) fn condition(block: &Json, scope: Scope<'_>) -> Result<bool, String> {
    let mut all = true;
    for (name, keys) in block.distinct(str::eq_ignore_ascii_case)? {
        // Without a key there is nothing to compare, whatever the name of the operator.
        if keys.object()?.is_empty() {
            continue;
        }
        let operator = operator(name)?;
        for (key, wanted) in keys.distinct(str::eq_ignore_ascii_case)? {
            all &= operator.key(key, wanted.one_or_more(), scope)?;
        }
    }
    Ok(all)
}
