//! Which events a trail records, by its event selectors.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;

use crate::finding::short;
use crate::object::Object;

/// Which events a trail records in full. A call that it does not record leaves no trace in its files.
///
/// Only what is recorded for every resource and every caller counts: a selector with another filter adds nothing. A trail also records what
/// this does not say.
///
/// # Source
/// API reference of CloudTrail: `GetEventSelectors`, `EventSelector`, `DataResource` and `AdvancedFieldSelector`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selectors {
    trail: Box<str>,
    /// The sources left out, of calls that read and of others; `None` where such calls are not recorded.
    reads: Option<BTreeSet<Box<str>>>,
    writes: Option<BTreeSet<Box<str>>>,
    /// The types of resources whose data events are recorded, and whether those are of calls that read and of others.
    data: BTreeMap<Box<str>, (bool, bool)>,
}

/// Why event selectors were not read, as a sentence without a full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectorsError {
    text: String,
}

impl fmt::Display for SelectorsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for SelectorsError {}

#[derive(Deserialize)]
struct Output {
    #[serde(rename = "TrailARN")]
    trail: String,
    #[serde(rename = "EventSelectors", default)]
    basic: Vec<Object<Basic>>,
    #[serde(rename = "AdvancedEventSelectors", default)]
    advanced: Vec<Object<Advanced>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Basic {
    #[serde(default)]
    read_write_type: ReadWrite,
    #[serde(default = "yes")]
    include_management_events: bool,
    #[serde(default)]
    data_resources: Vec<Object<DataResource>>,
    #[serde(default)]
    exclude_management_event_sources: Vec<Box<str>>,
}

#[derive(Clone, Copy, Default, Deserialize)]
enum ReadWrite {
    #[default]
    All,
    ReadOnly,
    WriteOnly,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DataResource {
    r#type: Box<str>,
    #[serde(default)]
    values: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Advanced {
    field_selectors: Vec<Object<Field>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Field {
    #[serde(rename = "Field")]
    name: String,
    #[serde(default)]
    equals: Vec<Box<str>>,
    #[serde(default)]
    not_equals: Vec<Box<str>>,
    #[serde(default)]
    starts_with: Vec<Box<str>>,
    #[serde(default)]
    ends_with: Vec<Box<str>>,
    #[serde(default)]
    not_starts_with: Vec<Box<str>>,
    #[serde(default)]
    not_ends_with: Vec<Box<str>>,
}

const fn yes() -> bool {
    true
}

impl ReadWrite {
    const fn reads(self) -> bool {
        matches!(self, Self::All | Self::ReadOnly)
    }

    const fn writes(self) -> bool {
        matches!(self, Self::All | Self::WriteOnly)
    }
}

/// The types of [`Selectors::all_data_types`], one a line.
const DATA_TYPES: &str = include_str!("../data/data-event-types.txt");

impl Selectors {
    /// A trail that records every call that [`all_data_types`](Self::all_data_types) and management events have.
    pub fn everything(trail: impl Into<Box<str>>) -> Self {
        let data = Self::all_data_types().map(|own| (own.into(), (true, true))).collect();
        Self { trail: trail.into(), reads: Some(BTreeSet::new()), writes: Some(BTreeSet::new()), data }
    }

    /// Reads what `aws cloudtrail get-event-selectors` prints as JSON.
    ///
    /// # Errors
    /// The text is no JSON, or is not that output; a member is there twice, or has another kind of value.
    pub fn read(json: &[u8]) -> Result<Self, SelectorsError> {
        let error = |error: &serde_json::Error| SelectorsError { text: short(&error.to_string()) };
        let Object(output): Object<Output> = serde_json::from_slice(json).map_err(|own| error(&own))?;
        if output.basic.is_empty() && output.advanced.is_empty() {
            let text = "neither EventSelectors nor AdvancedEventSelectors has a selector".to_owned();
            return Err(SelectorsError { text });
        }
        let mut own = Self { trail: output.trail.into(), ..Self::default() };
        for Object(selector) in output.basic {
            own.add_basic(selector);
        }
        for Object(selector) in output.advanced {
            own.add_advanced(selector);
        }
        Ok(own)
    }

    fn add_basic(&mut self, selector: Basic) {
        let kinds = selector.read_write_type;
        if selector.include_management_events {
            let left_out = selector.exclude_management_event_sources.into_iter().collect();
            self.add_management(kinds, &left_out);
        }
        for Object(DataResource { r#type, values }) in selector.data_resources {
            // The begin of the ARN stands for all resources of the type in the account.
            let all = match &*r#type {
                "AWS::S3::Object" => ":s3",
                "AWS::Lambda::Function" => ":lambda",
                "AWS::DynamoDB::Table" => ":dynamodb",
                _ => continue,
            };
            let is_all = |own: &String| {
                let own = own.strip_suffix(":::").unwrap_or(own);
                let partition = own.strip_suffix(all).and_then(|own| own.strip_prefix("arn:"));
                matches!(partition, Some("aws" | "aws-cn" | "aws-us-gov"))
            };
            if values.iter().any(is_all) {
                self.add_data(r#type, kinds);
            }
        }
    }

    /// A selector whose filters are not all understood adds nothing.
    fn add_advanced(&mut self, selector: Advanced) {
        let (mut category, mut kinds, mut types) = (None, ReadWrite::All, Vec::new());
        let mut left_out = BTreeSet::new();
        for Object(field) in selector.field_selectors {
            let others = [&field.starts_with, &field.ends_with, &field.not_starts_with, &field.not_ends_with];
            if others.iter().any(|own| !own.is_empty()) {
                return;
            }
            match (&*field.name, field.equals.as_slice(), field.not_equals.as_slice()) {
                ("eventCategory", [own], []) => category = Some(own.clone()),
                ("readOnly", [own], []) if &**own == "true" => kinds = ReadWrite::ReadOnly,
                ("readOnly", [own], []) if &**own == "false" => kinds = ReadWrite::WriteOnly,
                ("eventSource", [], [_, ..]) => left_out.extend(field.not_equals),
                ("resources.type", [_, ..], []) => types = field.equals,
                _ => return,
            }
        }
        match category.as_deref() {
            Some("Management") if types.is_empty() => self.add_management(kinds, &left_out),
            Some("Data") if left_out.is_empty() => {
                for own in types {
                    self.add_data(own, kinds);
                }
            }
            _ => {}
        }
    }

    /// What one selector leaves out another may record.
    fn add_management(&mut self, kinds: ReadWrite, left_out: &BTreeSet<Box<str>>) {
        let add = |known: &mut Option<BTreeSet<Box<str>>>| match known {
            Some(known) => known.retain(|own| left_out.contains(own)),
            None => *known = Some(left_out.clone()),
        };
        if kinds.reads() {
            add(&mut self.reads);
        }
        if kinds.writes() {
            add(&mut self.writes);
        }
    }

    fn add_data(&mut self, r#type: Box<str>, kinds: ReadWrite) {
        let (reads, writes) = self.data.entry(r#type).or_default();
        *reads |= kinds.reads();
        *writes |= kinds.writes();
    }

    /// The ARN of the trail.
    pub fn trail(&self) -> &str {
        &self.trail
    }

    /// Whether calls are recorded that only read, but for those of [`left_out`](Self::left_out) and of data.
    pub const fn has_reads(&self) -> bool {
        self.reads.is_some()
    }

    /// Whether calls are recorded that do not only read, but for those of [`left_out`](Self::left_out) and of data.
    pub const fn has_writes(&self) -> bool {
        self.writes.is_some()
    }

    /// The services whose calls are left out, such as `kms.amazonaws.com`.
    pub fn left_out(&self) -> BTreeSet<&str> {
        self.reads.iter().chain(&self.writes).flatten().map(|own| &**own).collect()
    }

    /// The types of resources whose data events are recorded, of all resources of the type and of every call, such as `AWS::S3::Object`.
    pub fn data_types(&self) -> impl Iterator<Item = &str> {
        self.data.iter().filter(|(_, (reads, writes))| *reads && *writes).map(|(own, _)| &**own)
    }

    /// Those of [`all_data_types`](Self::all_data_types) whose data events are not all recorded.
    pub fn other_data_types(&self) -> impl Iterator<Item = &'static str> {
        let known: BTreeSet<&str> = self.data_types().collect();
        Self::all_data_types().filter(move |own| !known.contains(own))
    }

    /// The types of resources whose data events a trail could record when the table was made. AWS adds more.
    ///
    /// # Source
    /// API reference of CloudTrail, `AdvancedFieldSelector`, `resources.type`, of August 2024: the last one that has the list.
    pub fn all_data_types() -> impl Iterator<Item = &'static str> {
        DATA_TYPES.lines().filter(|own| !own.starts_with('#') && !own.is_empty())
    }
}
