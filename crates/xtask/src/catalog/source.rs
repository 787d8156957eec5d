//! The source files, read strictly: an unknown member is an error.

use super::classes::Rulings;
use super::outputs::Outputs;
use super::sensitivity::{self, Lists};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

pub(crate) struct Source {
    pub(crate) catalogue: Catalogue,
    pub(crate) globals: Vec<GlobalKey>,
    pub(super) lists: Lists,
    pub(crate) outputs: Outputs,
    pub(crate) rulings: Rulings,
    pub(super) withdrawn: BTreeMap<String, String>,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Catalogue {
    #[serde(rename = "_source")]
    pub(crate) source: String,
    #[serde(rename = "_updatedAt")]
    pub(crate) updated_at: String,
    pub(crate) services: BTreeMap<String, Service>,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Service {
    pub(crate) name: String,
    pub(crate) rcp: bool,
    pub(crate) actions: BTreeMap<String, Action>,
    pub(crate) resource_types: BTreeMap<String, ResourceType>,
    pub(crate) condition_keys: BTreeMap<String, String>,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Action {
    pub(crate) level: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) resources: Vec<ActionResource>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) condition_keys: Vec<String>,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct ActionResource {
    #[serde(rename = "type")]
    pub(crate) resource_type: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) required: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) condition_keys: Vec<String>,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct ResourceType {
    pub(crate) arn: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) condition_keys: Vec<String>,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GlobalKeys {
    #[serde(rename = "_note")]
    pub(crate) note: String,
    pub(crate) keys: Vec<GlobalKey>,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GlobalKey {
    pub(crate) key: String,
    #[serde(rename = "type")]
    pub(crate) key_type: String,
    pub(crate) multivalued: bool,
    pub(crate) group: String,
    /// Where the key was found.
    pub(crate) seen: String,
}

/// The file that lists actions which AWS has withdrawn.
pub(crate) const WITHDRAWN: &str = "withdrawn.tsv";

/// The texts that the data is made from, by file name.
pub(crate) type Texts = BTreeMap<String, String>;

/// The files in `source/` that the data is made from.
pub(crate) const FILES: &[&str] = &[
    "aws-catalogue.json",
    "global-condition-keys.json",
    "outputs.tsv",
    "primeharbor-actions.yaml",
    "rulings.tsv",
    "supplement.txt",
    WITHDRAWN,
];

/// Reads every file of a folder that the data is made from.
pub(crate) fn texts(folder: &Path) -> Result<Texts, String> {
    let read = |name: &&str| {
        let text = fs::read_to_string(folder.join(name)).map_err(|error| format!("{name}: {error}"))?;
        Ok(((*name).to_owned(), text))
    };
    FILES.iter().map(read).collect()
}

impl Source {
    pub(crate) fn read(texts: &Texts) -> Result<Self, String> {
        let text =
            |name: &str| texts.get(name).map(String::as_str).ok_or_else(|| format!("{name}: no such file"));
        let catalogue = text("aws-catalogue.json")?;
        let catalogue = serde_json::from_str(catalogue).map_err(|e| format!("aws-catalogue.json: {e}"))?;
        let globals: GlobalKeys = serde_json::from_str(text("global-condition-keys.json")?)
            .map_err(|e| format!("global-condition-keys.json: {e}"))?;
        let mut lists = Lists::default();
        sensitivity::read_classes(text("primeharbor-actions.yaml")?, &mut lists)?;
        sensitivity::read_supplement(text("supplement.txt")?, &mut lists)?;
        Ok(Self {
            catalogue,
            globals: globals.keys,
            lists,
            outputs: Outputs::read(text("outputs.tsv")?)?,
            rulings: Rulings::read(text("rulings.tsv")?)?,
            withdrawn: withdrawn(text(WITHDRAWN)?)?,
        })
    }
}

/// The withdrawn actions, each with the catalogue that no longer had it.
pub(crate) fn withdrawn(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut actions = BTreeMap::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
        let wrong = |what: &str| format!("{WITHDRAWN}:{}: {what}", number + 1);
        let (action, since) = line.split_once('\t').ok_or_else(|| wrong("two columns expected"))?;
        if actions.insert(action.to_owned(), since.to_owned()).is_some() {
            return Err(wrong("the action stands above"));
        }
    }
    Ok(actions)
}

/// A value as JSON with this indent, as the source files have it.
pub(crate) fn pretty<T: Serialize>(value: &T, indent: &str) -> Result<String, String> {
    let mut text = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(indent.as_bytes());
    value
        .serialize(&mut serde_json::Serializer::with_formatter(&mut text, formatter))
        .map_err(|e| e.to_string())?;
    String::from_utf8(text).map_err(|e| e.to_string())
}
