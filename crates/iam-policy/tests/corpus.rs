//! Documents from public repositories: each is read, or refused with the codes of the reviewed list.
//!
//! The documents are not part of this repository (`corpus/PROVENANCE.md`). The environment variable `IAMGATE_CORPUS` names the folder
//! that has them; without it these tests say so and pass.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use iam_policy::{Limits, Mode, Policy, PolicyKind, Report, code};

/// The variable that names the folder.
const FOLDER: &str = "IAMGATE_CORPUS";

/// The folder of the corpus. `None`, and a line on stderr, if the variable is not set.
fn folder() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return Some(folder.into());
    }
    // Not `eprintln!`, which the test harness shows of failing tests only.
    let said = format!(
        "no corpus: the tests of {} looked at no documents; set {FOLDER} to the absolute path of the folder that has them (corpus/PROVENANCE.md)\n",
        file!()
    );
    std::io::stderr().write_all(said.as_bytes()).unwrap();
    None
}

/// The entries of a folder; it must be readable.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{FOLDER}: {}: {e}", folder.display()));
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// The documents of the corpus, by name. `None` if there is no corpus; a corpus that is named and has no documents is a failure.
fn documents() -> Option<Vec<(String, String)>> {
    let root = folder()?;
    let mut found = Vec::new();
    for folder in entries(&root).into_iter().filter(|path| path.is_dir()) {
        for file in entries(&folder) {
            let name =
                file.strip_prefix(&root).unwrap().components().map(|c| c.as_os_str().to_string_lossy());
            let text = fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
            found.push((name.collect::<Vec<_>>().join("/"), text));
        }
    }
    found.sort();
    assert!(!found.is_empty(), "{FOLDER}: {} has no documents", root.display());
    let manifest = manifest(&root);
    let names: BTreeSet<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, manifest.iter().map(String::as_str).collect(), "manifest and folder");
    Some(found)
}

/// The names in the manifest of the corpus.
fn manifest(root: &Path) -> BTreeSet<String> {
    let path = root.join("MANIFEST.jsonl");
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let name = |line| {
        let row = iam_json::Document::parse(line, &Limits::default()).unwrap();
        row.root().member("file").unwrap().string().into_owned()
    };
    text.lines().map(name).collect()
}

/// What a review says about a refusal; `REVIEW.md` explains the words. New rows say `unreviewed` until somebody has looked.
const VERDICTS: [&str; 5] = ["placeholder", "quota", "short", "stored", "wrong"];

/// Rows of AWS managed policies begin so: they are not part of the corpus.
const MANAGED: &str = "policies/";

/// The list of the documents of the corpus: name and mode, to kind and codes.
fn list() -> BTreeMap<(String, String), (PolicyKind, Vec<String>)> {
    let text = include_str!("corpus/REFUSED.tsv");
    let rows = text.lines().skip(1).map(|line| {
        let [file, kind, mode, codes, verdict] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        assert!(VERDICTS.contains(&verdict), "{file} {mode}: verdict {verdict}");
        let codes = codes.split(',').map(str::to_owned).collect();
        ((file.to_owned(), mode.to_owned()), (PolicyKind::from_name(kind).unwrap(), codes))
    });
    rows.filter(|((file, _), _)| !file.starts_with(MANAGED)).collect()
}

/// The list holds without the documents too: a row for each mode at most, every verdict a known word, every code a code.
#[test]
fn the_list_is_well_formed() {
    let list = list();
    let managed = include_str!("corpus/REFUSED.tsv").lines().filter(|row| row.starts_with(MANAGED)).count();
    assert_eq!(list.len() + managed + 1, include_str!("corpus/REFUSED.tsv").lines().count());
    assert!(list.len() > 400, "{} rows", list.len());
    for ((file, mode), (kind, codes)) in &list {
        assert_eq!(kind_of(file), *kind, "{file}");
        assert!(["strict", "deployed"].contains(&mode.as_str()), "{file}: {mode}");
        for code in codes {
            assert!(code::ALL.iter().any(|known| known.name() == code), "{file}: {code}");
        }
    }
}

fn kind_of(name: &str) -> PolicyKind {
    match name.split('/').next().unwrap() {
        "boundary" => PolicyKind::Boundary,
        "identity" => PolicyKind::Identity,
        "rcp" => PolicyKind::Rcp,
        "resource" => PolicyKind::Resource,
        "scp" => PolicyKind::Scp,
        "vpc-endpoint" => PolicyKind::VpcEndpoint,
        folder => {
            assert!(folder.starts_with("trust-"), "{folder}");
            PolicyKind::Trust
        }
    }
}

fn read(text: &str, kind: PolicyKind, mode: Mode) -> Result<Policy, Report> {
    Policy::parse(text, kind, mode, &Limits::default())
}

#[test]
fn each_is_read_or_refused_as_the_list_says_and_survives_printing() {
    let list = list();
    let Some(documents) = documents() else { return };
    let count = documents.len();
    let (mut accepted, mut refused) = (0, 0);
    for (name, text) in documents {
        for (mode, word) in [(Mode::Strict, "strict"), (Mode::Deployed, "deployed")] {
            let expected = list.get(&(name.clone(), word.to_owned()));
            match read(&text, kind_of(&name), mode) {
                Ok(policy) => {
                    assert_eq!(expected, None, "{name} {word}: accepted, but the list has it");
                    assert_eq!(
                        read(&policy.to_json(), kind_of(&name), mode).as_ref(),
                        Ok(&policy),
                        "{name} {word}"
                    );
                    accepted += 1;
                }
                Err(report) => {
                    let codes: Vec<String> = report.refusals().iter().map(|c| c.name().to_owned()).collect();
                    let expected = expected.cloned().map(|(kind, mut codes)| {
                        codes.sort();
                        (kind, codes)
                    });
                    assert_eq!(expected, Some((kind_of(&name), codes)), "{name} {word}: {report}");
                    refused += 1;
                }
            }
        }
    }
    // Every refusal was found in the list; with as many rows, nothing in the list was missed.
    assert_eq!((accepted + refused, refused), (2 * count, list.len()));
}

#[test]
fn what_strict_mode_accepts_deployed_mode_reads_alike() {
    for (name, text) in documents().unwrap_or_default() {
        if let Ok(strict) = read(&text, kind_of(&name), Mode::Strict) {
            assert_eq!(read(&text, kind_of(&name), Mode::Deployed), Ok(strict), "{name}");
        }
    }
}

#[test]
fn every_problem_has_a_place_in_the_text() {
    for (name, text) in documents().unwrap_or_default() {
        let Err(report) = read(&text, kind_of(&name), Mode::Strict) else { continue };
        for problem in report.problems() {
            assert!(!problem.place.span.of(&text).is_empty(), "{name}: {problem}");
            assert!(!problem.found.is_empty() && !problem.help.is_empty(), "{name}: {problem}");
        }
    }
}
