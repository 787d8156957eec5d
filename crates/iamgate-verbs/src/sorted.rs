//! Values of the library in the answers of programs: members in the order of their names, as in every other part of an answer.

use std::sync::Arc;

use iamgate::iam_json::Json;
use iamgate::iam_policy::Policy;
use serde::ser::{Error as _, Serialize, SerializeMap as _, Serializer};

/// Serializes a policy with its members in the order of their names.
pub(crate) fn members<S: Serializer>(policy: &Arc<Policy>, serializer: S) -> Result<S::Ok, S::Error> {
    serde_json::to_value(&**policy).map_err(S::Error::custom)?.serialize(serializer)
}

/// Serializes JSON that the library wrote.
///
/// # Errors
/// A part of it is a text that is already JSON. A request has no such part.
pub(crate) fn json<S: Serializer>(value: &Json, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Json::Null => serializer.serialize_unit(),
        Json::Bool(value) => serializer.serialize_bool(*value),
        Json::Number(value) => serializer.serialize_i64(*value),
        Json::Text(text) => serializer.serialize_str(text),
        Json::List(items) => serializer.collect_seq(items.iter().map(Part)),
        Json::Object(members) => {
            let mut map = serializer.serialize_map(Some(members.len()))?;
            for (name, value) in members {
                map.serialize_entry(name, &Part(value))?;
            }
            map.end()
        }
        Json::Raw(_) => Err(S::Error::custom("a text that is already JSON")),
    }
}

struct Part<'j>(&'j Json);

impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        json(self.0, serializer)
    }
}
