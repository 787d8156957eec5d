//! Findings as a Code Quality report, which GitLab shows in merge requests.
//!
//! # Source
//! GitLab, "Code Quality report format": a list of objects with `description`, `check_name`, `fingerprint`, `location.path`,
//! `location.lines.begin` and `severity`, which is `info`, `minor`, `major`, `critical` or `blocker`. Paths are relative to the repository and do
//! not begin with `./`.

use std::collections::BTreeMap;

use iamgate::iam_policy::Level;
use serde_json::{Value, json};

use iamgate_verbs::words::message;
use iamgate_verbs::{CheckAnswer, Trouble};

use super::place::own;

pub(super) fn report(outcome: &CheckAnswer) -> String {
    let mut all: Vec<Value> = Vec::new();
    for (checked, fingerprints) in outcome.checked.iter().zip(outcome.fingerprints(&own)) {
        for (problem, fingerprint) in checked.problems.iter().zip(fingerprints) {
            let severity = match problem.level {
                Level::Error => "critical",
                Level::SecurityWarning => "major",
                Level::Warning => "minor",
                Level::Suggestion => "info",
            };
            let document = &checked.document.name;
            let of = if document.is_empty() { String::new() } else { format!("{document}: ") };
            all.push(json!({
                "description": format!("{of}{}; {}", message(problem), problem.help),
                "check_name": problem.code.name(),
                "fingerprint": fingerprint,
                "severity": severity,
                "location": {
                    "path": own(&checked.source.name),
                    "lines": { "begin": problem.position.line },
                },
            }));
        }
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut more = |code: &str, file: Option<&str>, line: Option<u32>, said: &str, severity: &str| {
        let file = file.map_or_else(|| "iamgate".to_owned(), own);
        let fingerprint = format!("{code}:{file}");
        let count = seen.entry(fingerprint.clone()).or_default();
        *count = count.saturating_add(1);
        let fingerprint = if *count > 1 { format!("{fingerprint}:{count}") } else { fingerprint };
        json!({
            "description": said,
            "check_name": code,
            "fingerprint": fingerprint,
            "severity": severity,
            "location": { "path": file, "lines": { "begin": line.unwrap_or(1) } },
        })
    };
    for error in outcome.unread.iter().flat_map(Trouble::to_json) {
        let said = format!("{}; {}", error.message, error.help);
        all.push(more(&error.code, error.file.as_deref(), error.line, &said, "blocker"));
    }
    for notice in outcome.failures() {
        all.push(more(notice.code, Some(&notice.file), notice.line, &notice.said(), "major"));
    }
    iamgate_verbs::json::indented(&all)
}
