//! A value that is kept as JSON.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};
use serde_json::value::RawValue;

/// The name by which [`super::Cursor`] knows that a value is to be kept.
pub(super) const NAME: &str = "iam_trail::RawJson";

/// A value as JSON, without white space around. It borrows from the record.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RawJson<'a>(&'a str);

impl<'a> RawJson<'a> {
    /// The JSON.
    pub const fn get(self) -> &'a str {
        self.0
    }
}

impl fmt::Debug for RawJson<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for RawJson<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = RawJson<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_borrowed_str<E: de::Error>(self, json: &'de str) -> Result<Self::Value, E> {
                Ok(RawJson(json))
            }

            /// Of `serde_json`, which has a type of its own for this.
            fn visit_newtype_struct<D: Deserializer<'de>>(self, own: D) -> Result<Self::Value, D::Error> {
                <&RawValue>::deserialize(own).map(|value| RawJson(value.get()))
            }
        }
        deserializer.deserialize_newtype_struct(NAME, Read)
    }
}
