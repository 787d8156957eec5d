//! Checks of every vector file, generated or written by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

/// Reads every `.json` file in the folder, and returns the number of vectors of each format.
pub(super) fn files(folder: &Path) -> Result<String, String> {
    let mut paths = Vec::new();
    collect(folder, &mut paths)?;
    paths.sort();

    let mut ids: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for path in &paths {
        let at = |problem: String| format!("{}: {problem}", path.display());
        let text = fs::read_to_string(path).map_err(|e| at(e.to_string()))?;
        let vectors: Vec<Map<String, Value>> = serde_json::from_str(&text).map_err(|e| at(e.to_string()))?;
        if vectors.is_empty() {
            return Err(at("no vectors".into()));
        }
        for vector in &vectors {
            let Some(Value::String(id)) = vector.get("id") else {
                return Err(at("a vector without id".into()));
            };
            let format = format_of(vector).map_err(|e| at(format!("{id}: {e}")))?;
            *counts.entry(format).or_default() += 1;
            if let Some(other) = ids.insert(id.clone(), path.clone()) {
                return Err(at(format!("{id} is also in {}", other.display())));
            }
        }
    }
    names_its_vectors(&folder.join("DEFECTS.md"), &ids)?;

    let mut text = format!("{} ids in {} files:", ids.len(), paths.len());
    for (format, count) in counts {
        write!(text, " {count} {format}").map_err(|e| e.to_string())?;
    }
    Ok(text)
}

/// All `.json` files below a folder.
fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), String> {
    for entry in fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))? {
        let path = entry.map_err(|e| e.to_string())?.path();
        if path.is_dir() {
            collect(&path, paths)?;
        } else if path.extension().is_some_and(|e| e == "json") {
            paths.push(path);
        }
    }
    Ok(())
}

const DECISION: [&str; 8] =
    ["about", "certainty", "expect", "policies", "request", "section", "source", "why"];
const DOCUMENT: [&str; 7] = ["about", "certainty", "expect", "kind", "source", "text", "why"];
const SESSION: [&str; 10] =
    ["about", "caller", "certainty", "expect", "operation", "provider", "request", "role", "source", "token"];
const KINDS: [&str; 10] =
    ["identity", "managed", "boundary", "session", "resource", "trust", "kms", "scp", "rcp", "vpc_endpoint"];

/// The format of a vector, of three, after a check of all its members and words.
fn format_of(vector: &Map<String, Value>) -> Result<&'static str, String> {
    let text = |of: &Map<String, Value>, name: &str| {
        of.get(name).and_then(Value::as_str).map(str::to_owned).ok_or(format!("no text `{name}`"))
    };
    let one_of = |word: String, words: &[&str]| {
        if words.contains(&word.as_str()) { Ok(()) } else { Err(format!("unknown word `{word}`")) }
    };
    one_of(text(vector, "certainty")?, &["observed", "documented", "judgement"])?;
    for name in ["about", "source", "why"] {
        if text(vector, name)?.is_empty() {
            return Err(format!("`{name}` is empty"));
        }
    }
    if vector.contains_key("policies") {
        has(vector, &DECISION, &["or_reject"])?;
        decision(vector)?;
        let expect = object(vector, "expect")?;
        let words = ["allowed", "explicit_deny", "implicit_deny", "depends"];
        // Only a key that is unknown, or that has two spellings, can leave a decision open.
        let request = object(vector, "request")?;
        let open = request.contains_key("unknown") || has_two_spellings(object(request, "context")?);
        one_of(text(expect, "decision")?, &words[..if open { 4 } else { 3 }])?;
        return Ok("decisions");
    }
    if vector.contains_key("text") {
        has(vector, &DOCUMENT, &[])?;
        one_of(text(vector, "kind")?, &KINDS)?;
        one_of(text(vector, "expect")?, &["accept", "reject"])?;
        return Ok("documents");
    }
    has(vector, &SESSION, &["why"])?;
    one_of(text(vector, "operation")?, &["AssumeRoleWithWebIdentity", "AssumeRole", "GetFederationToken"])?;
    let expect = object(vector, "expect")?;
    one_of(text(expect, "result")?, &["ok", "rejected"])?;
    let known = [
        "result",
        "duration_seconds",
        "session_arn",
        "principal_tags",
        "transitive_tag_keys",
        "context",
        "present",
        "absent",
        "trust_context",
    ];
    expect.keys().try_for_each(|name| one_of(name.clone(), &known))?;
    if text(expect, "result")? == "rejected" && expect.len() > 1 {
        return Err("a rejected session has no further members".into());
    }
    Ok("sessions")
}

/// Whether a context has a key twice, in spellings that differ in ASCII case.
fn has_two_spellings(context: &Map<String, Value>) -> bool {
    let keys: BTreeSet<String> = context.keys().map(|key| key.to_ascii_lowercase()).collect();
    keys.len() < context.len()
}

/// The request and the policies of a decision.
fn decision(vector: &Map<String, Value>) -> Result<(), String> {
    let request = object(vector, "request")?;
    let members = ["action", "context", "principal", "resource", "resource_account"];
    exactly(request, &members, &["resource_kind", "unknown"])?;
    let policies = object(vector, "policies")?;
    exactly(
        policies,
        &["boundary", "identity", "rcp", "resource", "scp", "session"],
        &["scope", "vpc_endpoint"],
    )?;
    let list = |name: &str| policies.get(name).is_none_or(|p| p.is_null() || p.is_array());
    let levels = |name: &str| match policies.get(name) {
        Some(Value::Array(levels)) => levels.iter().all(Value::is_array),
        other => other.is_none_or(Value::is_null),
    };
    let right = ["session", "vpc_endpoint"].iter().all(|name| list(name))
        && (list("boundary") || policies.get("boundary").is_some_and(Value::is_object))
        && policies.get("identity").is_some_and(Value::is_array)
        && levels("scp")
        && levels("rcp");
    if !right {
        return Err("a layer has the wrong shape".into());
    }
    let principal = object(request, "principal")?;
    let members: &[&str] = match principal.get("type").and_then(Value::as_str) {
        Some("iam_user" | "root") => &["account", "arn", "type"],
        Some("assumed_role") => &["account", "arn", "role_arn", "type"],
        Some("federated_user") => &["account", "arn", "type", "user_arn"],
        Some("aws_service") => &["service", "type"],
        Some("anonymous") => &["type"],
        Some("web_identity") => &["provider", "type"],
        other => return Err(format!("unknown principal type {other:?}")),
    };
    exactly(principal, members, &["service_linked"])
}

fn object<'a>(of: &'a Map<String, Value>, name: &str) -> Result<&'a Map<String, Value>, String> {
    of.get(name).and_then(Value::as_object).ok_or(format!("`{name}` is no object"))
}

/// Whether a vector has these members besides its id, and no others.
fn has(vector: &Map<String, Value>, members: &[&str], optional: &[&str]) -> Result<(), String> {
    exactly(vector, members, &[&["id"], optional].concat())
}

fn exactly(of: &Map<String, Value>, members: &[&str], optional: &[&str]) -> Result<(), String> {
    if let Some(missing) = members.iter().find(|name| !of.contains_key(**name)) {
        return Err(format!("no `{missing}`"));
    }
    match of.keys().find(|name| !members.contains(&name.as_str()) && !optional.contains(&name.as_str())) {
        Some(extra) => Err(format!("unknown member `{extra}`")),
        None => Ok(()),
    }
}

/// Checks that every id in backquotes in the list of defects exists, or is the beginning of an id, and that the list names every `defects/` and
/// `traps/` vector.
fn names_its_vectors(list: &Path, ids: &BTreeMap<String, PathBuf>) -> Result<(), String> {
    let text = fs::read_to_string(list).map_err(|e| format!("{}: {e}", list.display()))?;
    let areas = ["defects/", "traps/", "operators/", "boundaries/", "layers/", "more/"];
    let named: BTreeSet<&str> = text
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| areas.iter().any(|area| word.starts_with(area)))
        .map(|word| word.trim_end_matches('*'))
        .collect();
    for name in &named {
        if !ids.keys().any(|id| id.starts_with(name)) {
            return Err(format!("{}: there is no vector `{name}`", list.display()));
        }
    }
    let unnamed = ids.keys().find(|id| {
        (id.starts_with("defects/") || id.starts_with("traps/"))
            && !named.iter().any(|name| id.starts_with(name))
    });
    match unnamed {
        Some(id) => Err(format!("{}: does not name `{id}`", list.display())),
        None => Ok(()),
    }
}
