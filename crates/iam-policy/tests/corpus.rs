//! Documents from public repositories: each is read, or refused with the codes of the reviewed list.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use iam_policy::{Limits, Mode, Policy, PolicyKind, Report};

/// The documents of the committed part, by name.
fn documents() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut found = Vec::new();
    for folder in fs::read_dir(&root).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()) {
        for file in fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()) {
            let name =
                file.strip_prefix(&root).unwrap().components().map(|c| c.as_os_str().to_string_lossy());
            found.push((name.collect::<Vec<_>>().join("/"), fs::read_to_string(&file).unwrap()));
        }
    }
    found.sort();
    found
}

/// What a review says about a refusal; `REVIEW.md` explains the words. New rows say `unreviewed` until somebody has looked.
const VERDICTS: [&str; 5] = ["placeholder", "quota", "short", "stored", "wrong"];

/// The list: name and mode, to kind and codes.
fn list() -> BTreeMap<(String, String), (PolicyKind, Vec<String>)> {
    let text = include_str!("corpus/REFUSED.tsv");
    let rows = text.lines().skip(1).map(|line| {
        let [file, kind, mode, codes, verdict] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        assert!(VERDICTS.contains(&verdict), "{file} {mode}: verdict {verdict}");
        let codes = codes.split(',').map(str::to_owned).collect();
        ((file.to_owned(), mode.to_owned()), (PolicyKind::from_name(kind).unwrap(), codes))
    });
    rows.collect()
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
    let (mut accepted, mut refused) = (0, 0);
    for (name, text) in documents() {
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
    assert!(accepted > 700 && refused > 400, "{accepted} accepted, {refused} refused");
}

#[test]
fn what_strict_mode_accepts_deployed_mode_reads_alike() {
    for (name, text) in documents() {
        if let Ok(strict) = read(&text, kind_of(&name), Mode::Strict) {
            assert_eq!(read(&text, kind_of(&name), Mode::Deployed), Ok(strict), "{name}");
        }
    }
}

#[test]
fn manifest_and_folder_hold_the_same_documents() {
    let manifest = include_str!("corpus/MANIFEST.jsonl");
    let named: BTreeSet<String> = manifest
        .lines()
        .map(|line| {
            let limits = Limits::default();
            let row = iam_json::Document::parse(line, &limits).unwrap();
            row.root().member("file").unwrap().string().into_owned()
        })
        .collect();
    let found: BTreeSet<String> = documents().into_iter().map(|(name, _)| name).collect();
    assert_eq!(named, found);
}

#[test]
fn every_problem_has_a_place_in_the_text() {
    for (name, text) in documents() {
        let Err(report) = read(&text, kind_of(&name), Mode::Strict) else { continue };
        for problem in report.problems() {
            assert!(!problem.place.span.of(&text).is_empty(), "{name}: {problem}");
            assert!(!problem.found.is_empty() && !problem.help.is_empty(), "{name}: {problem}");
        }
    }
}
