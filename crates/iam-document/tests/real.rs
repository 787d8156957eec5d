//! Templates, plans, states and code like those that people have: each policy is found, with its name, kind and place.
//!
//! Beside each file in `tests/templates` is one of what is right, written by hand. A line for each policy, in their order: the place of its first
//! character in the file (line and column), its kind, the number of its parts that are not known, and its name. Behind them, a line `left` for
//! each policy that is found and not read.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

use std::fs;
use std::path::{Path, PathBuf};

use iam_document::{Extracted, Found, Limits, UNKNOWN, UnknownKind, read};
use iam_json::{Document, LineIndex, Span};
use iam_policy::PolicyKind;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/templates").join(name)
}

fn kind(kind: Option<PolicyKind>) -> &'static str {
    match kind {
        None => "inferred",
        Some(PolicyKind::Identity) => "identity",
        Some(PolicyKind::Managed) => "managed",
        Some(PolicyKind::AwsManaged) => "aws-managed",
        Some(PolicyKind::Boundary) => "boundary",
        Some(PolicyKind::Session) => "session",
        Some(PolicyKind::Resource) => "resource",
        Some(PolicyKind::Kms) => "kms",
        Some(PolicyKind::Trust) => "trust",
        Some(PolicyKind::Scp) => "scp",
        Some(PolicyKind::Rcp) => "rcp",
        Some(PolicyKind::VpcEndpoint) => "endpoint",
    }
}

fn line(own: &Extracted, lines: &LineIndex) -> String {
    let end = u32::try_from(own.text.len()).unwrap();
    let at = lines.position(own.origin.span(Span::new(0, end)).start);
    format!("{}:{} {} {} {}", at.line, at.column, kind(own.kind), own.unknown.len(), own.name)
}

/// What is found in a file, in the form of the files beside.
fn found(text: &str, name: &str) -> (Found, String) {
    let found = read(text, name, &Limits::default()).unwrap_or_else(|report| panic!("{name}: {report}"));
    let lines = LineIndex::of(text);
    let mut own: Vec<String> = found.documents.iter().map(|own| line(own, &lines)).collect();
    own.extend(found.left.iter().map(|own| format!("left {}", own.name)));
    let said = own.into_iter().map(|own| own + "\n").collect();
    (found, said)
}

/// What holds for whatever is found.
fn sound(name: &str, text: &str, own: &Extracted) {
    assert!(Document::parse(&own.text, iam_json::Limits::default()).is_ok(), "{name}: {}", own.text);
    let values = own.unknown.iter().filter(|own| own.kind == UnknownKind::Value).count();
    assert_eq!(own.text.matches(UNKNOWN).count(), values, "{name}: {}", own.text);
    for one in &own.unknown {
        assert!(!one.span.of(text).is_empty() && !one.what.is_empty(), "{name}: {one:?}");
        assert!(!one.place.of(&own.text).is_empty(), "{name}: {one:?}");
    }
    characters(name, text, own);
}

/// Words that stand for what a file does not write, or writes with another name.
const ADDED: [&str; 14] = [
    "Version",
    "2012-10-17",
    "Id",
    "Statement",
    "Sid",
    "Effect",
    "Allow",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// What the places of values that are made of others have: functions, references, interpolations and escapes.
const MADE: [&str; 10] = ["Ref", "Fn::", "!", "${", "%", "\\", "(", "local.", "var.", "data."];

/// Each character stands in the file: as it is there, or as a part of what is written there, or it was added.
fn characters(name: &str, text: &str, own: &Extracted) {
    let is_word = |own: char| own.is_alphanumeric() || "-_".contains(own);
    // Words whose characters have one place, and where each ends in the text.
    let mut runs: Vec<(Span, String, u32)> = Vec::new();
    for (at, character) in own.text.char_indices().filter(|(_, own)| is_word(*own)) {
        let (at, end) = (u32::try_from(at).unwrap(), u32::try_from(at + character.len_utf8()).unwrap());
        let place = own.origin.span(Span::new(at, end));
        let written = text.get(place.start as usize..place.end as usize);
        let written = written.unwrap_or_else(|| panic!("{name}: {character:?} at {place:?}"));
        if written.chars().eq([character]) {
            continue;
        }
        match runs.last_mut().filter(|(last, _, before)| *last == place && *before == at) {
            Some((_, run, before)) => {
                run.push(character);
                *before = end;
            }
            None => runs.push((place, character.to_string(), end)),
        }
    }
    for (place, run, _) in runs {
        let written = place.of(text);
        let is_right = if written.is_empty() {
            ADDED.contains(&&*run)
        } else {
            written.contains(&*run) || MADE.iter().any(|own| written.contains(own))
        };
        assert!(is_right, "{name}: {run:?} stands for {written:?}");
    }
}

fn compare(folder_name: &str, endings: &[&str], least: usize) {
    let mut wrong = Vec::new();
    let mut count = 0;
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder(folder_name)).unwrap().map(|own| own.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if !path.extension().is_some_and(|own| endings.iter().any(|ending| own == *ending)) {
            continue;
        }
        count += 1;
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let expected = fs::read_to_string(folder(folder_name).join(format!("{name}.expected"))).unwrap();
        let (found, said) = found(&text, name);
        found.documents.iter().for_each(|own| sound(name, &text, own));
        let sorted = |text: &str| {
            let (left, policies): (Vec<_>, Vec<_>) = text.lines().partition(|own| own.starts_with("left "));
            (policies.join("\n"), left.join("\n"))
        };
        if sorted(&said) != sorted(&expected) {
            wrong.push(format!("{name}: expected\n{expected}found\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= least, "{count} files");
}

#[test]
fn policies_of_templates_are_found_named_and_placed() {
    compare("cloudformation", &["yaml", "json"], 50);
}

#[test]
fn policies_of_plans_and_states_are_found_named_and_placed() {
    compare("terraform", &["json"], 20);
}

#[cfg(feature = "hcl")]
#[test]
fn policies_of_code_are_found_named_and_placed() {
    compare("code", &["tf"], 10);
}
