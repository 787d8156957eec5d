//! Findings as a Code Quality report, which GitLab shows in merge requests.
//!
//! # Source
//! GitLab, "Code Quality report format": a list of objects with `description`, `check_name`, `fingerprint`, `location.path`,
//! `location.lines.begin` and `severity`, which is `info`, `minor`, `major`, `critical` or `blocker`. Paths are relative to the repository and do
//! not begin with `./`.

use iamgate::iam_policy::Level;
use serde_json::{Value, json};

use iamgate_verbs::words::message;
use iamgate_verbs::{CheckAnswer, Trouble};

pub(super) fn report(outcome: &CheckAnswer) -> String {
    let mut all: Vec<Value> = Vec::new();
    for (checked, fingerprints) in outcome.checked.iter().zip(outcome.fingerprints()) {
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
                    "path": path(&checked.source.name),
                    "lines": { "begin": problem.position.line },
                },
            }));
        }
    }
    for error in outcome.unread.iter().flat_map(Trouble::to_json) {
        let file = error.file.unwrap_or_else(|| "iamgate".to_owned());
        all.push(json!({
            "description": format!("{}; {}", error.message, error.help),
            "check_name": error.code,
            "fingerprint": format!("{}:{file}", error.code),
            "severity": "blocker",
            "location": { "path": path(&file), "lines": { "begin": error.line.unwrap_or(1) } },
        }));
    }
    iamgate_verbs::json::indented(&all)
}

fn path(name: &str) -> &str {
    name.trim_start_matches("./")
}
