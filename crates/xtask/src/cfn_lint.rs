//! The program beside cfn-lint: `cargo xtask cfn-lint`.
//!
//! cfn-lint reads each template of `iam-document`'s tests, and must find no error. Then each effect of a policy is misspelled, and both must see
//! it: where only one does, one of them did not find the policy. The table has the templates in which they differ.
//!
//! Needs Python 3 with `venv`, and installs cfn-lint from PyPI in `target/cfn-lint`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Outcome, structure, tools};

const TOOL: &str = "cfn-lint==1.58.0";
const FOLDER: &str = "target/cfn-lint";
const TEMPLATES: &str = "crates/iam-document/tests/templates/cloudformation";
const PROGRAM: &str = "target/debug/iamgate";

/// The rules of cfn-lint about what a policy says.
const RULES: [&str; 7] = ["E3510", "E3512", "E3513", "E3514", "E3530", "W2511", "W3037"];

/// What the program says of a misspelled effect.
const EFFECT: [&str; 1] = ["INVALID_EFFECT"];

/// Lines of a template, and what is said of them, by rule or code.
type Said = BTreeSet<(u64, String)>;

pub(crate) fn run(_check: bool) -> Outcome {
    let root = structure::root()?;
    tools::python(&root, FOLDER, &[TOOL])?;
    tools::run(&root, &["cargo", "build", "--quiet", "--locked", "-p", "iamgate-cli"])?;
    let mut templates: Vec<PathBuf> = Vec::new();
    for ending in ["json", "yaml"] {
        structure::files(&root.join(TEMPLATES), ending, &mut templates)?;
    }
    templates.sort();
    let clean = of_cfn_lint(&root, &templates)?;
    let errors: Vec<String> = clean
        .iter()
        .flat_map(|(file, said)| said.iter().map(move |(line, rule)| (file, line, rule)))
        .filter(|(.., rule)| rule.starts_with('E'))
        .map(|(file, line, rule)| format!("{file}:{line}: {rule}"))
        .collect();
    if !errors.is_empty() {
        return Err(format!(
            "cfn-lint finds errors in templates that should have none:\n{}",
            errors.join("\n")
        ));
    }
    let copies = misspelled_copies(&root, &templates)?;
    let (theirs, ours) = (of_cfn_lint(&root, &copies)?, of_program(&root, &copies)?);
    println!(
        "| template | lines that only iamgate finds | lines that only cfn-lint finds |\n| --- | --- | --- |"
    );
    let (mut alike, mut missed) = (0, Vec::new());
    for path in &copies {
        let file = name(path);
        let (theirs, ours) = (lines(theirs.get(&file), &RULES), lines(ours.get(&file), &EFFECT));
        if theirs == ours {
            alike += 1;
            continue;
        }
        let list = |own: BTreeSet<&u64>| own.into_iter().map(u64::to_string).collect::<Vec<_>>().join(" ");
        let (more, less) =
            (list(ours.difference(&theirs).collect()), list(theirs.difference(&ours).collect()));
        println!("| {file} | {more} | {less} |");
        missed.extend((!less.is_empty()).then(|| format!("{file}: {less}")));
    }
    if !missed.is_empty() {
        return Err(format!("cfn-lint finds what iamgate does not: {}", missed.join("; ")));
    }
    Ok(format!("cfn-lint: {} templates without errors, {alike} in which both find the same", templates.len()))
}

/// The lines of which something with one of these codes is said.
fn lines(said: Option<&Said>, codes: &[&str]) -> BTreeSet<u64> {
    let own = said.into_iter().flatten().filter(|own| codes.contains(&own.1.as_str()));
    own.map(|own| own.0).collect()
}

/// The name of a file.
fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Writes the templates with misspelled effects.
fn misspelled_copies(root: &Path, templates: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let folder = root.join(FOLDER).join("misspelled");
    fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let copy = |path: &PathBuf| {
        let own = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let Some(wrong) = misspelled(&own).map_err(|why| format!("{}: {why}", path.display()))? else {
            return Ok(None);
        };
        let copy = folder.join(name(path));
        fs::write(&copy, wrong).map_err(|e| format!("{}: {e}", copy.display()))?;
        Ok(Some(copy))
    };
    templates.iter().filter_map(|path| copy(path).transpose()).collect()
}

/// A template with a wrong effect in every statement. Lines stay. `None` if it has no effect.
///
/// # Errors
/// It is as before although it has effects, so that nothing would be compared.
fn misspelled(template: &str) -> Result<Option<String>, &'static str> {
    let mut text = template.to_owned();
    for effect in ["Allow", "Deny"] {
        for before in ["Effect: ", "\"Effect\": \"", "\\\"Effect\\\": \\\""] {
            text = text.replace(&format!("{before}{effect}"), &format!("{before}{effect}s"));
        }
    }
    if text != template {
        return Ok(Some(text));
    }
    if template.contains("Effect") {
        return Err("the copy is the template: its effects are written in a way that is not misspelled here");
    }
    Ok(None)
}

/// What cfn-lint says of templates.
fn of_cfn_lint(root: &Path, templates: &[PathBuf]) -> Result<BTreeMap<String, Said>, String> {
    let program = format!("{FOLDER}/bin/cfn-lint");
    let read = answer(root, &[&program, "--format", "json", "--"], templates)?;
    let mut said: BTreeMap<String, Said> = BTreeMap::new();
    for own in read.as_array().into_iter().flatten() {
        let line = own["Location"]["Start"]["LineNumber"].as_u64().unwrap_or_default();
        let rule = own["Rule"]["Id"].as_str().unwrap_or_default().to_owned();
        let file = name(Path::new(own["Filename"].as_str().unwrap_or_default()));
        said.entry(file).or_default().insert((line, rule));
    }
    Ok(said)
}

/// What the program says of the policies in templates.
fn of_program(root: &Path, templates: &[PathBuf]) -> Result<BTreeMap<String, Said>, String> {
    let read = answer(root, &[PROGRAM, "check", "--format", "json"], templates)?;
    let mut said: BTreeMap<String, Said> = BTreeMap::new();
    for own in read["files"].as_array().into_iter().flatten() {
        let file = name(Path::new(own["file"].as_str().unwrap_or_default()));
        for finding in own["findings"].as_array().into_iter().flatten() {
            let code = finding["issueCode"].as_str().unwrap_or_default().to_owned();
            let line = finding["locations"][0]["span"]["start"]["line"].as_u64();
            said.entry(file.clone()).or_default().extend(line.map(|line| (line, code)));
        }
    }
    Ok(said)
}

/// The JSON that a program prints about files.
fn answer(root: &Path, words: &[&str], files: &[PathBuf]) -> Result<Value, String> {
    let shown = words.join(" ");
    let output = tools::command(root, words)?.args(files).output().map_err(|e| format!("{shown}: {e}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).map_err(|e| format!("{shown}: {e}: {said}"))
}

#[cfg(test)]
mod tests {
    use super::misspelled;

    #[test]
    fn effects_are_misspelled_in_every_syntax() {
        let text = "Effect: Allow\n\"Effect\": \"Deny\"\n\\\"Effect\\\": \\\"Allow\\\"\nAction: Allow\n";
        let wrong = "Effect: Allows\n\"Effect\": \"Denys\"\n\\\"Effect\\\": \\\"Allows\\\"\nAction: Allow\n";
        assert_eq!(misspelled(text), Ok(Some(wrong.to_owned())));
    }

    #[test]
    fn a_copy_that_is_its_template_is_refused() {
        assert!(misspelled("'Effect' : Allow\n").is_err());
        assert_eq!(misspelled("PolicyDocument: !ImportValue p\n"), Ok(None));
    }
}
