//! What changed, the harmful first: what the pinned policies newly let through, and which actions changed their access level.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::catalog::source::Source;
use crate::catalog::{classes, reasons};
use crate::pins::Manifest;

/// The data before or after a refresh, as far as the report needs it.
pub(super) struct Side {
    /// Source and day of the catalogue.
    catalogue: String,
    levels: BTreeMap<String, String>,
    reasons: classes::Reasons,
    policies: BTreeMap<String, Policy>,
}

struct Policy {
    version: String,
    allowed: BTreeSet<String>,
    /// Names that the policy allows and the catalogue does not have.
    unknown: BTreeSet<String>,
}

impl Side {
    pub(super) fn new(
        source: &Source,
        documents: &BTreeMap<String, String>,
        manifest: &Manifest,
    ) -> Result<Self, String> {
        let levels: BTreeMap<String, String> = super::iam_data::levels(&source.catalogue)
            .into_iter()
            .map(|(action, level)| (action, level.to_owned()))
            .collect();
        let mut policies = BTreeMap::new();
        for pin in &manifest.policies {
            let document: Value = documents
                .get(&pin.file)
                .ok_or_else(|| format!("{}: no such file", pin.file))
                .and_then(|text| serde_json::from_str(text).map_err(|e| format!("{}: {e}", pin.file)))?;
            let mut policy = Policy {
                version: pin.version_id.clone(),
                allowed: BTreeSet::new(),
                unknown: BTreeSet::new(),
            };
            policy.read(&document, &levels).map_err(|why| format!("{}: {why}", pin.file))?;
            policies.insert(pin.arn.clone(), policy);
        }
        Ok(Self {
            catalogue: format!("{}, {}", source.catalogue.source, source.catalogue.updated_at),
            levels,
            reasons: reasons(source)?,
            policies,
        })
    }

    fn is_read(&self, action: &str) -> bool {
        self.levels.get(action).is_some_and(|level| ["Read", "List"].contains(&level.as_str()))
    }

    /// The classes of an action with their evidence, in the order of harm.
    fn classes<'s>(&'s self, action: &'s str) -> impl Iterator<Item = (classes::Class, &'s classes::Reason)> {
        let of = move |class| Some((class, self.reasons.get(&(action.to_owned(), class))?));
        classes::Class::ALL.into_iter().filter_map(of)
    }
}

impl Policy {
    /// Reads what a document allows on some resource, less what it denies without a condition on every resource.
    fn read(&mut self, document: &Value, levels: &BTreeMap<String, String>) -> Result<(), String> {
        let one_or_more = |value: &Value| match value {
            Value::Array(items) => items.clone(),
            Value::Null => Vec::new(),
            one => vec![one.clone()],
        };
        let known: BTreeSet<String> = levels.keys().map(|action| action.to_ascii_lowercase()).collect();
        let mut denied = BTreeSet::new();
        for statement in one_or_more(&document["Statement"]) {
            let texts = |name: &str| -> Vec<String> {
                one_or_more(&statement[name]).iter().filter_map(Value::as_str).map(str::to_owned).collect()
            };
            let (these, others) = (texts("Action"), texts("NotAction"));
            if these.is_empty() == others.is_empty() {
                return Err("a statement without Action or NotAction, or with both".into());
            }
            let covers = |action: &str| {
                let name = action.to_ascii_lowercase();
                let hit = |patterns: &[String]| {
                    patterns
                        .iter()
                        .any(|pattern| glob(pattern.to_ascii_lowercase().as_bytes(), name.as_bytes()))
                };
                if others.is_empty() { hit(&these) } else { !hit(&others) }
            };
            let actions = levels.keys().filter(|action| covers(action)).cloned();
            if statement["Effect"] == "Allow" {
                self.allowed.extend(actions);
                let names = these.iter().filter(|name| !name.contains(['*', '?']));
                let unknown = names.filter(|name| !known.contains(&name.to_ascii_lowercase()));
                self.unknown.extend(unknown.cloned());
            } else if statement["Condition"].is_null() && statement["Resource"] == "*" {
                denied.extend(actions);
            }
        }
        self.allowed.retain(|action| !denied.contains(action));
        Ok(())
    }
}

/// Whether a pattern of `*` and `?` covers a text. Both are in lower case.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t, mut back) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                back = Some((p + 1, t));
                p += 1;
            }
            Some(b) if *b == b'?' || *b == text[t] => (p, t) = (p + 1, t + 1),
            _ => match back {
                Some((after, from)) => {
                    (p, t) = (after, from + 1);
                    back = Some((after, from + 1));
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|b| *b == b'*')
}

/// The report.
pub(super) fn report(before: &Side, after: &Side) -> String {
    let mut lines = Vec::new();
    if before.catalogue != after.catalogue {
        lines.push(format!("Catalogue: {} -> {}", before.catalogue, after.catalogue));
        let gone: Vec<&str> = missing(&before.levels, &after.levels);
        let come: Vec<&str> = missing(&after.levels, &before.levels);
        lines.push(format!("  new actions: {}; withdrawn: {}", come.len(), gone.len()));
    }
    for (action, level) in &after.levels {
        if let Some(old) = before.levels.get(action).filter(|old| *old != level) {
            let by = names(
                after
                    .policies
                    .iter()
                    .filter(|(_, policy)| policy.allowed.contains(action))
                    .map(|(arn, _)| name(arn)),
            );
            lines.push(format!("  {action} was {old} and is {level}; allowed by {by}"));
        }
    }
    for (arn, policy) in &after.policies {
        let old = before.policies.get(arn);
        lines.extend(of_policy(name(arn), old, policy, before, after));
    }
    if lines.is_empty() { "No change for the pinned policies.".into() } else { lines.join("\n") }
}

fn of_policy(name: &str, old: Option<&Policy>, policy: &Policy, before: &Side, after: &Side) -> Vec<String> {
    let none = BTreeSet::new();
    let had = old.map_or(&none, |old| &old.allowed);
    let version = old.map(|old| old.version.as_str());
    let new: Vec<&str> = policy.allowed.difference(had).map(String::as_str).collect();
    let gone: Vec<&str> = had.difference(&policy.allowed).map(String::as_str).collect();
    let mut lines = Vec::new();
    let acting = new.iter().copied().filter(|action| !after.is_read(action));
    let acting: Vec<String> = acting.map(|action| format!("{action} ({})", after.levels[action])).collect();
    if !acting.is_empty() {
        lines.push(format!("  new, and no reads: {}", acting.join(", ")));
    }
    for class in classes::Class::ALL {
        for action in policy.allowed.iter().filter(|action| after.is_read(action)) {
            let Some((_, reason)) = after.classes(action).find(|(of, _)| *of == class) else { continue };
            let known = had.contains(action);
            if !known {
                lines.push(format!("  new read, {}: {action} ({})", class.name(), reason.evidence));
            } else if !before.classes(action).any(|(of, _)| of == class) {
                lines.push(format!("  known read, now {}: {action} ({})", class.name(), reason.evidence));
            }
        }
    }
    let plain = new.iter().filter(|action| after.is_read(action) && after.classes(action).next().is_none());
    let plain: Vec<&str> = plain.copied().collect();
    if !plain.is_empty() {
        lines.push(format!("  other new reads: {} ({})", plain.len(), plain.join(", ")));
    }
    if !gone.is_empty() {
        lines.push(format!("  no longer allowed: {} ({})", gone.len(), gone.join(", ")));
    }
    // A profile must say of each of these what it expects.
    let unknown =
        policy.unknown.iter().filter(|action| !old.is_some_and(|old| old.unknown.contains(*action)));
    let unknown: Vec<&str> = unknown.map(String::as_str).collect();
    if !unknown.is_empty() {
        lines.push(format!("  named, and now not in the catalogue: {}", unknown.join(", ")));
    }
    let moved = version != Some(policy.version.as_str());
    if moved || !lines.is_empty() {
        let versions = if moved {
            format!("{} -> {}", version.unwrap_or("none"), policy.version)
        } else {
            policy.version.clone()
        };
        lines.insert(0, format!("{name} {versions}: {} actions, {} new", policy.allowed.len(), new.len()));
    }
    lines
}

fn missing<'a>(of: &'a BTreeMap<String, String>, from: &BTreeMap<String, String>) -> Vec<&'a str> {
    of.keys().filter(|action| !from.contains_key(*action)).map(String::as_str).collect()
}

fn name(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

fn names<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() { "no pinned policy".into() } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn patterns_cover_as_iam_says() {
        for (pattern, text, wanted) in [
            ("s3:get*", "s3:getobject", true),
            ("s3:get*", "s3:putobject", false),
            ("s3:get?bject", "s3:getobject", true),
            ("*", "", true),
            ("*a*b", "xaxxbxb", true),
            ("*a*b", "xaxxbxc", false),
            ("a", "ab", false),
            ("", "", true),
        ] {
            assert_eq!(glob(pattern.as_bytes(), text.as_bytes()), wanted, "{pattern} {text}");
        }
    }
}
