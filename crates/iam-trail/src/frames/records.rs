//! From one value of a file to the record in it: the value itself, or what an envelope, an output or a row of a query carries.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::names;
use super::scan::{Whole, whole};
use crate::event::Text;
use crate::finding::{TrailCode, short};

/// The members of an object, in their order. One that is there twice is listed twice.
#[derive(Debug)]
pub(crate) struct Members<'a>(Vec<(Text<'a>, &'a RawValue)>);

impl<'a> Members<'a> {
    pub(crate) fn read(json: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &'a str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.get()))
    }

    /// The value of the first member of this name.
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        self.iter().find(|(own, _)| *own == name).map(|(_, value)| value)
    }

    /// The text that the first member of this name has.
    pub(crate) fn text(&self, name: &str) -> Option<Text<'a>> {
        self.get(name).and_then(text_of)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Read)
    }
}

fn text_of(json: &str) -> Option<Text<'_>> {
    json.starts_with('"').then(|| serde_json::from_str(json).ok()).flatten()
}

/// Why a value gives no record.
#[derive(Debug)]
pub(super) struct NoRecord {
    pub(super) code: TrailCode,
    pub(super) text: String,
    pub(super) event_id: Option<String>,
}

impl NoRecord {
    fn new(code: TrailCode, text: impl Into<String>) -> Self {
        Self { code, text: text.into(), event_id: None }
    }

    fn not(text: impl Into<String>) -> Self {
        Self::new(TrailCode::NotARecord, text)
    }

    fn of(mut self, event_id: Option<Text<'_>>) -> Self {
        self.event_id = event_id.map(|id| short(&id));
        self
    }
}

/// A record that a value has.
#[derive(Debug)]
pub(super) struct Got<'a> {
    pub(super) json: Cow<'a, str>,
    /// The columns that a row lacks.
    pub(super) missing: Vec<&'static str>,
}

impl<'a> From<&'a str> for Got<'a> {
    fn from(json: &'a str) -> Self {
        Self { json: Cow::Borrowed(json), missing: Vec::new() }
    }
}

impl From<String> for Got<'_> {
    fn from(json: String) -> Self {
        Self { json: Cow::Owned(json), missing: Vec::new() }
    }
}

/// The record in a value.
pub(super) fn record(json: &str, nesting: u32) -> Result<Got<'_>, NoRecord> {
    if begins_as_record(json) {
        return Ok(json.into());
    }
    if json.starts_with('[') {
        return row(json, nesting);
    }
    if !json.starts_with('{') {
        return Err(NoRecord::not("a value is neither an object nor a list"));
    }
    let members = Members::read(json).map_err(|error| broken("the value", &error))?;
    let names = || members.iter().map(|(name, _)| name);
    if let Some(twice) =
        ["CloudTrailEvent", "detail-type", "detail"].into_iter().find(|own| is_twice(names(), own))
    {
        return Err(NoRecord::new(TrailCode::Refused, format!("the object has the member {twice} twice")));
    }
    if let Some(carried) = members.get("CloudTrailEvent") {
        let id = || members.text("EventId");
        return match text_of(carried) {
            Some(text) => carried_record(&text, "CloudTrailEvent", nesting).map_err(|no| no.of(id())),
            None => Err(NoRecord::not("the member CloudTrailEvent is no text").of(id())),
        };
    }
    if let (Some(kind), Some(detail)) = (members.get("detail-type"), members.get("detail")) {
        return match text_of(kind) {
            Some(kind) if !kind.ends_with(" via CloudTrail") => Err(NoRecord::not(format!(
                "the event of EventBridge is a {:?}, which CloudTrail did not record",
                short(&kind)
            ))),
            None => Err(NoRecord::not("the member detail-type is no text")),
            Some(_) if is_record(detail) => Ok(detail.into()),
            Some(_) => Err(NoRecord::not("the member detail has no record")),
        };
    }
    if is_record(json) {
        return Ok(json.into());
    }
    if members.iter().filter(|(name, _)| names::is_lower(name)).count() > 1 {
        return columns(&members.iter().collect::<Vec<_>>(), nesting, false);
    }
    Err(NoRecord::not(format!("the object has none of a record's members; {}", listed(&members))))
}

/// Whether a name, in any letter case, is there more than once: which of the two is meant is not guessed.
fn is_twice<'n>(names: impl Iterator<Item = &'n str>, own: &str) -> bool {
    names.filter(|name| name.eq_ignore_ascii_case(own)).count() > 1
}

fn listed(members: &Members<'_>) -> String {
    let own: Vec<String> = members.iter().take(4).map(|(name, _)| format!("{:?}", short(name))).collect();
    if own.is_empty() { "it is empty".to_owned() } else { format!("it begins with {}", own.join(", ")) }
}

fn broken(what: &str, error: &serde_json::Error) -> NoRecord {
    NoRecord::new(TrailCode::BrokenJson, format!("{what} is not JSON: {}", short(&error.to_string())))
}

/// The fewest bytes of an object that is a record by its first member.
pub(super) const SHORTEST: usize = 64;

/// Whether an object is a record by its first member, which is so for most.
pub(super) fn begins_as_record(json: &str) -> bool {
    let after = json.strip_prefix('{').map(|rest| rest.trim_start_matches([' ', '\t', '\r', '\n']));
    let name = after.and_then(|rest| rest.strip_prefix('"')).and_then(|rest| {
        let end = memchr::memchr(b'"', rest.as_bytes().get(..32)?)?;
        rest.get(..end)
    });
    json.len() >= SHORTEST && name.is_some_and(names::is_own)
}

/// Whether an object has at least two members of a record.
fn is_record(json: &str) -> bool {
    begins_as_record(json)
        || Members::read(json)
            .is_ok_and(|members| members.iter().filter(|(name, _)| names::is_own(name)).count() > 1)
}

/// The record that a text holds.
fn carried_record(text: &str, what: &str, nesting: u32) -> Result<Got<'static>, NoRecord> {
    match whole(text, nesting) {
        Whole::Yes => {}
        Whole::TooDeep => {
            let text = format!("the record in {what} nests deeper than {nesting}");
            return Err(NoRecord::new(TrailCode::TooDeep, text));
        }
        Whole::No => {
            return Err(NoRecord::new(
                TrailCode::BrokenJson,
                format!("the text of {what} is not one object in JSON"),
            ));
        }
    }
    if is_record(text) {
        return Ok(text.to_owned().into());
    }
    Err(match Members::read(text) {
        Ok(members) => NoRecord::not(format!("the text of {what} is no record; {}", listed(&members))),
        Err(error) => broken(&format!("the text of {what}"), &error),
    })
}

/// The record of a row of a query: a list of objects with one column each.
fn row(json: &str, nesting: u32) -> Result<Got<'_>, NoRecord> {
    let cells: Vec<Members<'_>> = serde_json::from_str(json).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => NoRecord::not("the list is no row of a query"),
        serde_json::error::Category::Io
        | serde_json::error::Category::Syntax
        | serde_json::error::Category::Eof => broken("the row", &error),
    })?;
    columns(&cells.iter().flat_map(Members::iter).collect::<Vec<_>>(), nesting, true)
}

/// The record whose members stand in columns.
fn columns(columns: &[(&str, &str)], nesting: u32, is_row: bool) -> Result<Got<'static>, NoRecord> {
    let of =
        |name: &str| columns.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, json)| *json);
    let id = || of("eventID").and_then(text_of);
    if is_twice(columns.iter().map(|(name, _)| *name), names::WHOLE) {
        let text = format!("the row has the column {} twice", names::WHOLE);
        return Err(NoRecord::new(TrailCode::Refused, text).of(id()));
    }
    if let Some(carried) = of(names::WHOLE).and_then(text_of) {
        return carried_record(&carried, names::WHOLE, nesting).map_err(|no| no.of(id()));
    }
    if columns.iter().filter(|(name, _)| names::top(name).is_some()).count() < 2 {
        let named: Vec<String> =
            columns.iter().take(4).map(|(name, _)| format!("{:?}", short(name))).collect();
        return Err(NoRecord::not(format!(
            "the row has no columns of a record; it has {}",
            named.join(", ")
        )));
    }
    let mut json = String::from("{");
    for &(name, value) in columns {
        let own = names::top(name);
        if json.len() > 1 {
            json.push(',');
        }
        names::quoted(&mut json, own.unwrap_or(name));
        json.push(':');
        let text = text_of(value);
        match (own, text) {
            // A row has a text in each column.
            (_, Some(text)) if is_row && text.is_empty() => json.push_str("null"),
            (Some(own), Some(text)) if names::is_nested(own) => match whole(&text, nesting) {
                Whole::Yes if serde_json::from_str::<&RawValue>(&text).is_ok() => {
                    names::write(&mut json, own, text.trim_matches([' ', '\t', '\r', '\n']));
                }
                Whole::TooDeep => {
                    let text = format!("the column {own} nests deeper than {nesting}");
                    return Err(NoRecord::new(TrailCode::TooDeep, text).of(id()));
                }
                Whole::Yes | Whole::No if text.is_empty() || text.as_str() == "null" => json.push_str("null"),
                Whole::Yes | Whole::No => {
                    let text = format!(
                        "the text of the column {own} is not an object or a list in JSON, so the row is not read"
                    );
                    return Err(NoRecord::new(TrailCode::ColumnNotJson, text).of(id()));
                }
            },
            (Some(own), None) => names::write(&mut json, own, value),
            (Some(_) | None, Some(_)) | (None, None) => json.push_str(value),
        }
    }
    json.push('}');
    let missing = if is_row {
        names::NEEDED.into_iter().filter(|name| of(name).is_none()).collect()
    } else {
        // Exports leave out the columns of a line that have no value.
        Vec::new()
    };
    Ok(Got { json: Cow::Owned(json), missing })
}
