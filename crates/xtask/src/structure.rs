//! Checks over the shape of the workspace: dependency arrows, file sizes, and the index of rules in `ARCHITECTURE.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Outcome;

/// Which crates of the workspace a crate may use, in its library and programs (not in its tests).
const ARROWS: &[(&str, &[&str])] = &[
    ("iam-policy", &[]),
    ("iam-catalog", &[]),
    ("iam-eval", &["iam-policy"]),
    ("iamgate", &["iam-catalog", "iam-eval", "iam-policy"]),
    ("iam-testkit", &["iam-policy"]),
    ("iamgate-cli", &["iam-testkit", "iamgate"]),
];

/// Crates from elsewhere that library crates may use; each has a line in `CONTRIBUTING.md`.
const FOREIGN: &[(&str, &[&str])] = &[
    ("iam-policy", &[]),
    ("iam-catalog", &[]),
    ("iam-eval", &[]),
    ("iamgate", &["sha2"]),
    ("iam-testkit", &[]),
];

/// Lines after which a source file needs a reason at its top: a comment that says `Long because`.
const LONG: usize = 700;

pub(crate) fn run(_check: bool) -> Outcome {
    let root = root()?;
    let mut wrong = arrows(&root)?;
    wrong.extend(long_files(&root)?);
    wrong.extend(rules(&root)?);
    if wrong.is_empty() {
        Ok("structure: arrows, file sizes and the index of rules are as they should be".into())
    } else {
        Err(wrong.join("\n"))
    }
}

/// The folder of the workspace.
pub(crate) fn root() -> Result<PathBuf, String> {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).map(Path::to_path_buf).ok_or_else(|| "xtask lies outside the workspace".into())
}

fn arrows(root: &Path) -> Result<Vec<String>, String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root)
        .output()
        .map_err(|e| format!("cargo metadata: {e}"))?;
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).map_err(|e| format!("cargo metadata: {e}"))?;
    let packages = metadata["packages"].as_array().ok_or("cargo metadata lists no packages")?;
    let names: BTreeSet<&str> = packages.iter().filter_map(|p| p["name"].as_str()).collect();
    let mut wrong = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let allowed = |table: &[(&str, &'static [&'static str])]| {
            table.iter().find(|(n, _)| *n == name).map(|(_, uses)| *uses)
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            // `kind` is null for normal dependencies.
            let used = dependency["name"].as_str().unwrap_or_default();
            if dependency["kind"] != serde_json::Value::Null {
                continue;
            }
            let table = if names.contains(used) { allowed(ARROWS) } else { allowed(FOREIGN) };
            if table.is_some_and(|uses| !uses.contains(&used)) {
                wrong.push(format!("{name} must not use {used}: see the arrows in ARCHITECTURE.md"));
            }
        }
    }
    for (name, _) in ARROWS {
        if !names.contains(name) {
            wrong.push(format!("the crate {name} is in the table of arrows and not in the workspace"));
        }
    }
    Ok(wrong)
}

/// Every file with that extension below `folder`.
pub(crate) fn files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) -> Result<(), String> {
    for entry in fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))? {
        let path = entry.map_err(|e| e.to_string())?.path();
        if path.is_dir() {
            files(&path, extension, found)?;
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    Ok(())
}

fn long_files(root: &Path) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for folder in ["crates", "benches"] {
        files(&root.join(folder), "rs", &mut found)?;
    }
    let mut wrong = Vec::new();
    for file in found {
        let text = fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        let lines = text.lines().count();
        if lines > LONG && !text.lines().take(10).any(|line| line.contains("Long because")) {
            wrong.push(format!(
                "{}: {lines} lines; split it, or say at its top why it is long",
                file.display()
            ));
        }
    }
    Ok(wrong)
}

/// The numbers of rules at the beginning of bold text: `**4.9 Indeterminate.**`.
fn rule_numbers(text: &str) -> BTreeSet<String> {
    let starts = text.split("**").skip(1).step_by(2);
    let number = |bold: &str| {
        let number: String = bold.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        let (part, rule) = number.trim_end_matches('.').split_once('.')?;
        (!part.is_empty() && !rule.is_empty()).then(|| format!("{part}.{rule}"))
    };
    starts.filter_map(number).collect()
}

/// Every rule is in the index, and every file the index names exists.
fn rules(root: &Path) -> Result<Vec<String>, String> {
    let read = |path: &str| fs::read_to_string(root.join(path)).map_err(|e| format!("{path}: {e}"));
    let rules = rule_numbers(&read("crates/iam-eval/SEMANTICS.md")?);
    let architecture = read("ARCHITECTURE.md")?;
    let mut files: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut wrong = Vec::new();
    let rows = architecture
        .lines()
        .skip_while(|l| !l.starts_with("| Rules "))
        .skip(2)
        .take_while(|l| l.starts_with('|'));
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(|cell| cell.trim_matches(' ')).collect();
        let [_, numbers, _, paths, _] = cells.as_slice() else {
            wrong.push(format!("ARCHITECTURE.md: a row of the index with other than three cells: {row}"));
            continue;
        };
        for path in paths.split('`').skip(1).step_by(2) {
            if !root.join("crates").join(path).exists() {
                wrong.push(format!("ARCHITECTURE.md: crates/{path} does not exist"));
            }
        }
        for number in numbers.split(", ") {
            files.entry(number.to_owned()).or_default().push((*paths).to_owned());
        }
    }
    for rule in &rules {
        if !files.contains_key(rule) {
            wrong.push(format!("ARCHITECTURE.md: the index does not say where rule {rule} is"));
        }
    }
    for number in files.keys() {
        if !rules.contains(number) {
            wrong.push(format!("ARCHITECTURE.md: there is no rule {number}"));
        }
    }
    if rules.len() < 100 {
        wrong.push(format!("SEMANTICS.md: only {} rules were found", rules.len()));
    }
    Ok(wrong)
}
