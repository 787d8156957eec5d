//! The premises of a proof in a record: writing them, and reading them back.

use std::collections::BTreeMap;

use iam_analysis::{Fact, ProofBudget, ResourcePolicies};
use iam_eval::{Context, ContextValue, wire};
use iam_json::{Form, Json, Kind, Value, code};

use crate::proof::Premises;

/// The condition keys with known values, in their order: a list of objects with `key` and `value`. The value is `null` for a key that is absent,
/// a text, a list of texts, an object `unknown` for a key that may have any value, or an object `spellings` with a value for each.
pub(super) fn keys(facts: &[(Box<str>, Fact)]) -> Json {
    Json::list(facts, |(key, fact)| {
        let value = match fact {
            Fact::Absent => Json::Null,
            Fact::Value(value) => value_json(value),
        };
        Json::object([("key", Json::text(&**key)), ("value", value)])
    })
}

fn value_json(value: &ContextValue) -> Json {
    match value {
        ContextValue::Single(_) | ContextValue::Multiple(_) => {
            Json::maybe(wire::value_json(value), |own| own)
        }
        ContextValue::Unknown => Json::object([("unknown", Json::Bool(true))]),
        ContextValue::Twice(spellings) => {
            let spellings = spellings.iter().map(|(key, value)| (key.to_string(), value_json(value)));
            Json::object([("spellings", Json::Object(spellings.collect()))])
        }
    }
}

/// The largest number of steps of each question.
pub(super) fn steps(budget: ProofBudget) -> Json {
    Json::Raw(budget.count().to_string())
}

/// Reads the members that say what was assumed. What follows from other inputs is not read, since it is compared.
pub(super) fn read(form: &mut Form, value: Value<'_>) -> Option<Premises> {
    const NAMES: [&str; 6] =
        ["resource_policies", "keys", "steps", "managed_session_policies", "stated", "added_later"];
    let [policies, keys, steps, _, _, _] = form.members(value, NAMES, NAMES.len())?;
    let (policies, keys, steps) = (policies?, keys?, steps?);
    let name = form.text(policies, "what is assumed of resource policies")?;
    let Some(resource_policies) = ResourcePolicies::ALL.iter().find(|own| *own.name() == *name) else {
        form.report(code::INVALID_MEMBER, policies, "no such assumption", "none, not-the-session or any");
        return None;
    };
    let Some(count) =
        Some(steps).filter(|own| own.kind() == Kind::Number).and_then(|own| own.raw().parse().ok())
    else {
        form.report(code::INVALID_MEMBER, steps, steps.kind().name(), "a number of steps");
        return None;
    };
    if keys.kind() != Kind::Array {
        form.report(code::INVALID_MEMBER, keys, keys.kind().name(), "a list of keys with their values");
        return None;
    }
    let mut facts = Vec::new();
    for item in keys.items() {
        let [key, value] = form.members(item, ["key", "value"], 2)?;
        facts.push((form.text(key?, "a condition key")?, fact(form, value?)?));
    }
    let budget = ProofBudget::steps(count);
    Some(Premises { resource_policies: *resource_policies, facts, budget })
}

fn fact(form: &mut Form, value: Value<'_>) -> Option<Fact> {
    if value.kind() == Kind::Null { Some(Fact::Absent) } else { context_value(form, value).map(Fact::Value) }
}

/// Reads the value of a condition key.
pub(super) fn context_value(form: &mut Form, value: Value<'_>) -> Option<ContextValue> {
    const HELP: &str = "a text, a list of texts, `unknown` or `spellings`";
    match value.kind() {
        Kind::Array => form.texts(Some(value), HELP).map(ContextValue::multiple),
        Kind::Object => {
            let [unknown, spellings] = form.members(value, ["unknown", "spellings"], 0)?;
            match (unknown, spellings) {
                (Some(unknown), None) if unknown.kind() == Kind::True => Some(ContextValue::Unknown),
                (None, Some(spellings)) => twice(form, spellings),
                _ => {
                    form.report(code::INVALID_MEMBER, value, "an object", HELP);
                    None
                }
            }
        }
        Kind::String | Kind::Null | Kind::True | Kind::False | Kind::Number => {
            form.text(value, HELP).map(ContextValue::single)
        }
    }
}

/// Reads the values of a key in several spellings.
fn twice(form: &mut Form, spellings: Value<'_>) -> Option<ContextValue> {
    let mut own = BTreeMap::new();
    for member in spellings.members() {
        // A spelling has a value that is known.
        let value = match member.value.kind() {
            Kind::Array => form.texts(Some(member.value), "a list of texts").map(ContextValue::multiple)?,
            Kind::String | Kind::Null | Kind::True | Kind::False | Kind::Number | Kind::Object => {
                ContextValue::single(form.text(member.value, "a text")?)
            }
        };
        own.insert(member.key.string(), value);
    }
    let mut context = Context::new();
    for (key, value) in own {
        context.add(key, value);
    }
    let values: Vec<&ContextValue> = context.iter().map(|(_, value)| value).collect();
    if let [value @ ContextValue::Twice(_)] = values.as_slice() {
        return Some((*value).clone());
    }
    let help = "two spellings of one key";
    form.report(code::INVALID_MEMBER, spellings, "no spellings of one key", help);
    None
}

#[cfg(test)]
mod tests {
    use iam_json::{Document, Limits};

    use super::*;

    /// The value that is read, as it is written again; `None` if it is refused.
    fn read(text: &str) -> Option<String> {
        let document = Document::parse(text, Limits::of_bytes(1_000)).unwrap();
        let mut form = Form::new(&document, 1_000);
        let value = context_value(&mut form, document.root());
        form.finish(value).ok().map(|own| value_json(&own).to_string())
    }

    #[test]
    fn values_of_keys_are_read_as_they_are_written() {
        for text in
            [r#""a""#, r#"["a","b"]"#, "[]", r#"{"unknown":true}"#, r#"{"spellings":{"A":"1","a":["2"]}}"#]
        {
            assert_eq!(read(text).as_deref(), Some(text));
        }
    }

    #[test]
    fn values_that_say_nothing_are_refused() {
        for text in [
            "1",
            "null",
            "{}",
            r#"{"unknown":false}"#,
            r#"{"unknown":null}"#,
            r#"{"unknown":1}"#,
            r#"{"unknown":true,"spellings":{"A":"1","a":"2"}}"#,
            r#"{"spellings":{"A":"1"}}"#,
            r#"{"spellings":{"A":"1","b":"2"}}"#,
            r#"{"other":true}"#,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
