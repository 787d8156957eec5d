//! `serde` support: names and ARNs as strings, policies as the JSON of [`Policy::to_json`](crate::Policy::to_json).
//!
//! Deserializing a name or an ARN checks it as `FromStr` does. Policies can only be serialized. To read one,
//! [`Policy::parse`](crate::Policy::parse) needs the kind, the mode and the text itself, because only the text shows duplicate members.

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, SerializeMap as _, SerializeSeq as _, Serializer};

use crate::arn::{AccountId, Arn, Partition, RoleArn, RoleName, SessionArn, SessionName};
use crate::condition::Condition;
use crate::policy::{Effect, Policy, PolicyKind, Statement};
use crate::principal::{NamedPrincipal, PrincipalElement, Principals};
use crate::print::principal_keys;

macro_rules! texts {
    ($($name:ident)*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(D::Error::custom)
            }
        }
    )*};
}

texts! { AccountId Arn Effect Partition PolicyKind RoleArn RoleName SessionArn SessionName }

impl Serialize for Policy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(version) = self.version.text() {
            map.serialize_entry("Version", version)?;
        }
        if let Some(id) = &self.id {
            map.serialize_entry("Id", &*id.value)?;
        }
        map.serialize_entry("Statement", &self.statements)?;
        map.end()
    }
}

impl Serialize for Statement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(sid) = &self.sid {
            map.serialize_entry("Sid", &*sid.value)?;
        }
        map.serialize_entry("Effect", &self.effect.value)?;
        match &self.principal {
            Some(PrincipalElement::Principal(own)) => map.serialize_entry("Principal", &Whom(own))?,
            Some(PrincipalElement::NotPrincipal(own)) => map.serialize_entry("NotPrincipal", &Whom(own))?,
            None => {}
        }
        let name = if self.action.is_not() { "NotAction" } else { "Action" };
        let actions = self.action.patterns().iter().map(|p| p.value.text());
        map.serialize_entry(name, &List(actions.collect()))?;
        if let Some(element) = &self.resource {
            let name = if element.is_not() { "NotResource" } else { "Resource" };
            let resources = element.patterns().iter().map(|p| p.value.text());
            map.serialize_entry(name, &List(resources.collect()))?;
        }
        if !self.conditions.is_empty() {
            map.serialize_entry("Condition", &Block(&self.conditions))?;
        }
        map.end()
    }
}

/// Serializes one text as itself, and several as a list.
struct List<'p>(Vec<&'p str>);

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let [one] = self.0.as_slice() {
            return serializer.serialize_str(one);
        }
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for text in &self.0 {
            list.serialize_element(text)?;
        }
        list.end()
    }
}

struct Whom<'p>(&'p Principals);

impl Serialize for Whom<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Principals::Entries(entries) = self.0 else { return serializer.serialize_str("*") };
        let mut map = serializer.serialize_map(None)?;
        for key in principal_keys(entries) {
            let own = entries.iter().map(|entry| &entry.value).filter(|entry| entry.key() == key);
            map.serialize_entry(key, &List(own.map(NamedPrincipal::text).collect()))?;
        }
        map.end()
    }
}

struct Block<'p>(&'p [Condition]);

impl Serialize for Block<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for group in self.0.chunk_by(|a, b| a.test == b.test) {
            let Some(first) = group.first() else { continue };
            map.serialize_entry(&first.test.value.to_string(), &Keys(group))?;
        }
        map.end()
    }
}

struct Keys<'p>(&'p [Condition]);

impl Serialize for Keys<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for condition in self.0 {
            map.serialize_entry(condition.key.value.as_str(), &List(condition.values.texts()))?;
        }
        map.end()
    }
}
