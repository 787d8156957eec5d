//! Checks over the shape of the workspace: dependency arrows, file sizes, the index of rules in `ARCHITECTURE.md`, and that no JSON is read twice.

mod arns;
mod arrows;
mod reread;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::{Outcome, purity};

/// The library crates, in which nothing may assert, and whether they must also not use anything outside.
const LIBRARIES: &[(&str, bool)] = &[
    ("iam-catalog", true),
    ("iam-denial", true),
    ("iam-lint", true),
    ("iam-document", true),
    ("iam-eval", true),
    ("iam-analysis", true),
    ("iam-json", true),
    ("iam-policy", true),
    ("iam-reference", true),
    ("iam-testkit", false),
    ("iam-trail", true),
    ("iamgate-audit", true),
    ("iam-cloud-double", false),
    ("iamgate", true),
    ("iamgate-record", true),
    ("iamgate-token", true),
    ("iamgate-verbs", true),
];

/// The number of lines above which a source file needs a reason at its top: a comment that says `Long because`.
const LONG: usize = 700;

pub(crate) fn run(_check: bool) -> Outcome {
    let root = root()?;
    let mut wrong = arrows::check(&root)?;
    wrong.extend(arns::check(&root)?);
    wrong.extend(reread::check(&root)?);
    wrong.extend(long_files(&root)?);
    wrong.extend(rules(&root)?);
    wrong.extend(unsafe_allowed(&root)?);
    let mut invariants = 0;
    for (name, pure) in LIBRARIES {
        let folder = root.join("crates").join(name);
        if !folder.exists() {
            continue; // The arrows say so.
        }
        let found = purity::of_crate(&folder, *pure)?;
        wrong.extend(found.wrong);
        invariants += found.invariants;
    }
    if wrong.is_empty() {
        Ok(format!(
            "structure: arrows, dependencies, ARNs, file sizes and the index of rules are as they should be, and no JSON is read twice; \
             {} library crates that neither assert nor reach outside, invariants written for exceptions: {invariants}",
            LIBRARIES.len()
        ))
    } else {
        Err(wrong.join("\n"))
    }
}

/// The roots of crates that do not forbid unsafe code.
fn unsafe_allowed(root: &Path) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    files(&root.join("crates"), "rs", &mut found)?;
    found.retain(|file| file.ends_with("src/lib.rs") || file.ends_with("src/main.rs"));
    let mut wrong = Vec::new();
    for file in found {
        let code = fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        let syntax = syn::parse_file(&code).map_err(|e| format!("{}: {e}", file.display()))?;
        if !purity::forbids_unsafe(&syntax) {
            wrong.push(format!("{}: #![forbid(unsafe_code)] is missing", file.display()));
        }
    }
    Ok(wrong)
}

/// The folder of the workspace.
pub(crate) fn root() -> Result<PathBuf, String> {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).map(Path::to_path_buf).ok_or_else(|| "xtask lies outside the workspace".into())
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
        if too_long(&text) {
            wrong.push(format!("{}: split it, or say at its top why it is long", file.display()));
        }
    }
    Ok(wrong)
}

fn too_long(text: &str) -> bool {
    text.lines().count() > LONG && !text.lines().take(10).any(|line| line.contains("Long because"))
}

/// The numbers of rules at the beginning of bold text: `**4.9 Indeterminate.**`.
fn rule_numbers(text: &str) -> BTreeSet<String> {
    // Code may have stars.
    let plain: Vec<&str> = text.split('`').step_by(2).collect();
    let plain = plain.join(" ");
    let starts = plain.split("**").skip(1).step_by(2);
    let number = |bold: &str| {
        let number: String = bold.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        let (part, rule) = number.trim_end_matches('.').split_once('.')?;
        (!part.is_empty() && !rule.is_empty()).then(|| format!("{part}.{rule}"))
    };
    starts.filter_map(number).collect()
}

/// Checks that every rule is in the index, and that every file in the index exists.
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

#[cfg(test)]
mod tests {
    use super::{LONG, rule_numbers, too_long};

    #[test]
    fn a_long_file_needs_a_reason_at_its_top() {
        let lines = "//\n".repeat(LONG);
        assert!(!too_long(&lines));
        assert!(too_long(&format!("{lines}//\n")));
        assert!(!too_long(&format!("// Long because of a table.\n{lines}")));
        assert!(too_long(&format!("{lines}// Long because of a table.\n")));
    }

    #[test]
    fn rules_are_found_by_their_bold_numbers() {
        let found = rule_numbers("**4.9 Indeterminate.** see **4.x** and **bold** 5.1 **6.10.**");
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["4.9", "6.10"]);
    }
}
