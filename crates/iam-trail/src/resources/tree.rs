//! The parameters of a request as a tree that borrows from the record.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use super::outcome::UnknownResource;
use crate::event::Event;
use crate::json::RawJson;

/// The parameters of a request.
#[derive(Debug)]
pub(super) enum Parameters<'a> {
    Known(Tree<'a>),
    Unknown(UnknownResource),
}

/// A value of JSON.
#[derive(Clone, Debug)]
pub(super) enum Tree<'a> {
    /// Null, true, false, or a number that is no resource's.
    Other,
    Number(u64),
    Text(Cow<'a, str>),
    List(Vec<Tree<'a>>),
    Object(Vec<(Cow<'a, str>, Tree<'a>)>),
}

impl<'a> Parameters<'a> {
    /// The parameters of an event. A request that succeeded with `null` had none.
    pub(super) fn of(event: &'a Event<'a>) -> Self {
        let failed = event.error_code.is_some() || event.error_message.is_some();
        let Some(raw) = event.request_parameters.map(RawJson::get) else {
            return Self::without(failed);
        };
        let Ok(tree) = serde_json::from_str::<Tree<'a>>(raw) else {
            return Self::Unknown(UnknownResource::Malformed);
        };
        match tree {
            Tree::Other => Self::without(failed),
            Tree::Object(_) => Self::whole(tree),
            Tree::Text(text) => match serde_json::from_str::<Tree<'_>>(&text) {
                Ok(inner @ Tree::Object(_)) => Self::whole(inner.into_owned()),
                Ok(Tree::Other | Tree::Number(_) | Tree::Text(_) | Tree::List(_)) | Err(_) => {
                    Self::Unknown(UnknownResource::Malformed)
                }
            },
            Tree::Number(_) | Tree::List(_) => Self::Unknown(UnknownResource::Malformed),
        }
    }

    const fn without(failed: bool) -> Self {
        if failed {
            Self::Unknown(UnknownResource::NoParameters)
        } else {
            Self::Known(Tree::Object(Vec::new()))
        }
    }

    fn whole(tree: Tree<'a>) -> Self {
        let omitted = tree.members().any(|(name, _)| name == "omitted")
            && tree.members().any(|(name, _)| name == "originalSize");
        if omitted { Self::Unknown(UnknownResource::Omitted) } else { Self::Known(tree) }
    }
}

impl<'a> Tree<'a> {
    fn into_owned(self) -> Tree<'static> {
        let owned = |text: Cow<'a, str>| Cow::Owned(text.into_owned());
        match self {
            Self::Other => Tree::Other,
            Self::Number(own) => Tree::Number(own),
            Self::Text(text) => Tree::Text(owned(text)),
            Self::List(list) => Tree::List(list.into_iter().map(Tree::into_owned).collect()),
            Self::Object(members) => {
                Tree::Object(members.into_iter().map(|(name, own)| (owned(name), own.into_owned())).collect())
            }
        }
    }

    /// The members of an object; none of another value.
    pub(super) fn members(&self) -> impl Iterator<Item = (&str, &Tree<'a>)> {
        let members = match self {
            Self::Object(members) => members.as_slice(),
            Self::Other | Self::Number(_) | Self::Text(_) | Self::List(_) => &[],
        };
        members.iter().map(|(name, own)| (name.as_ref(), own))
    }

    /// Whether it says nothing: no text or number is in it.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Other => true,
            Self::Number(_) => false,
            Self::Text(text) => text.is_empty(),
            Self::List(list) => list.iter().all(Self::is_empty),
            Self::Object(members) => members.iter().all(|(_, own)| own.is_empty()),
        }
    }

    /// Whether it is null, an empty text, an empty list or an empty object.
    fn is_blank(&self) -> bool {
        match self {
            Self::Other => true,
            Self::Number(_) => false,
            Self::Text(text) => text.is_empty(),
            Self::List(list) => list.is_empty(),
            Self::Object(members) => members.is_empty(),
        }
    }

    /// The values at a path of names in lower case, joined by dots. Lists are passed through.
    ///
    /// # Errors
    /// Two members differ only in letter case, and both have a value.
    pub(super) fn at<'t>(&'t self, path: &str, out: &mut Vec<&'t Tree<'a>>) -> Result<(), UnknownResource> {
        let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
        match self {
            Self::List(list) => list.iter().try_for_each(|own| own.at(path, out)),
            Self::Object(_) => {
                let mut found = None;
                for (own, value) in self.members() {
                    if own.eq_ignore_ascii_case(name) && !value.is_blank() {
                        if found.replace(value).is_some() {
                            return Err(UnknownResource::Ambiguous);
                        }
                    } else if own == "items" && matches!(value, Self::List(_)) {
                        value.at(path, out)?;
                    }
                }
                match (found, rest) {
                    (Some(value), Some(rest)) => value.at(rest, out)?,
                    (Some(value), None) => value.leaves(out),
                    (None, _) => {}
                }
                Ok(())
            }
            Self::Other | Self::Number(_) | Self::Text(_) => Ok(()),
        }
    }

    /// The values of a list, of `{"items": [...]}`, and of `{"content": ...}`, or the value itself.
    fn leaves<'t>(&'t self, out: &mut Vec<&'t Tree<'a>>) {
        match self {
            Self::List(list) => list.iter().for_each(|own| own.leaves(out)),
            Self::Object(members) => {
                let inner = members.iter().find(|(name, _)| name == "items" || name == "content");
                match inner {
                    Some((_, inner)) => inner.leaves(out),
                    None => out.push(self),
                }
            }
            Self::Other | Self::Number(_) | Self::Text(_) => {
                if !self.is_blank() {
                    out.push(self);
                }
            }
        }
    }

    /// The values of a parameter of EC2, which has it at the top, in the sets (`instancesSet.items[].instanceId`), and both also inside
    /// `{"NameRequest": {...}}`.
    ///
    /// # Errors
    /// As [`Tree::at`].
    pub(super) fn in_ec2<'t>(
        &'t self,
        name: &str,
        out: &mut Vec<&'t Tree<'a>>,
    ) -> Result<(), UnknownResource> {
        self.at(name, out)?;
        for (own, value) in self.members() {
            if !matches!(value, Self::Object(_)) {
                continue;
            }
            if ["set", "request", "req"].iter().any(|end| ends_with(own, end)) {
                value.at(name, out)?;
            }
        }
        Ok(())
    }
}

/// Whether a text ends with another, ignoring ASCII case.
fn ends_with(text: &str, end: &str) -> bool {
    let start = text.len().checked_sub(end.len());
    start.and_then(|start| text.get(start..)).is_some_and(|own| own.eq_ignore_ascii_case(end))
}

impl<'de: 'a, 'a> Deserialize<'de> for Tree<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Read)
    }
}

/// A name of a member, which borrows where it can.
struct Name<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Read)
    }
}

struct Read;

impl<'de> Visitor<'de> for Read {
    type Value = Tree<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Tree::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Tree::Other)
    }

    fn visit_u64<E>(self, own: u64) -> Result<Self::Value, E> {
        Ok(Tree::Number(own))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Tree::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Tree::Other)
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Tree::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Tree::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(own) = seq.next_element()? {
            list.push(own);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((name, own)) = map.next_entry::<Name<'de>, Tree<'de>>()? {
            members.push((name.0, own));
        }
        Ok(Tree::Object(members))
    }
}
