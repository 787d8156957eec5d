//! The source files, read strictly: an unknown member is an error.

use super::sensitivity::{self, Classes};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

pub(super) struct Source {
    pub(super) catalogue: Catalogue,
    pub(super) globals: Vec<GlobalKey>,
    pub(super) classes: Classes,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Catalogue {
    #[serde(rename = "_source")]
    pub(super) source: String,
    #[serde(rename = "_updatedAt")]
    pub(super) updated_at: String,
    pub(super) services: BTreeMap<String, Service>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Service {
    pub(super) name: String,
    pub(super) rcp: bool,
    pub(super) actions: BTreeMap<String, Action>,
    pub(super) resource_types: BTreeMap<String, ResourceType>,
    pub(super) condition_keys: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Action {
    pub(super) level: String,
    #[serde(default)]
    pub(super) resources: Vec<ActionResource>,
    #[serde(default)]
    pub(super) condition_keys: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ActionResource {
    #[serde(rename = "type")]
    pub(super) resource_type: String,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(default)]
    pub(super) condition_keys: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ResourceType {
    pub(super) arn: String,
    #[serde(default)]
    pub(super) condition_keys: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GlobalKeys {
    #[serde(rename = "_note")]
    _note: String,
    keys: Vec<GlobalKey>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GlobalKey {
    pub(super) key: String,
    #[serde(rename = "type")]
    pub(super) key_type: String,
    pub(super) multivalued: bool,
    #[serde(rename = "group")]
    _group: String,
    #[serde(rename = "seen")]
    _seen: String,
}

impl Source {
    pub(super) fn read(folder: &Path) -> Result<Self, String> {
        let text =
            |name: &str| fs::read_to_string(folder.join(name)).map_err(|error| format!("{name}: {error}"));
        let catalogue: Catalogue = serde_json::from_str(&text("aws-catalogue.json")?)
            .map_err(|error| format!("catalogue: {error}"))?;
        let globals: GlobalKeys = serde_json::from_str(&text("global-condition-keys.json")?)
            .map_err(|error| format!("global keys: {error}"))?;
        let mut classes = Classes::default();
        sensitivity::read_classes(&text("primeharbor-actions.yaml")?, &mut classes)?;
        sensitivity::read_supplement(&text("supplement.txt")?, &mut classes)?;
        Ok(Self { catalogue, globals: globals.keys, classes })
    }
}
