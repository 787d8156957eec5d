//! Findings as workflow commands, which GitHub Actions shows in the diff.

use std::fmt::Write as _;

use iamgate::iam_policy::Level;

use iamgate_verbs::{CheckAnswer, Trouble};

use super::place::own;
use crate::display::github::{message, property};

pub(super) fn report(outcome: &CheckAnswer) -> String {
    let mut out = String::new();
    for checked in &outcome.checked {
        for problem in &checked.problems {
            let command = match problem.level {
                Level::Error => "error",
                Level::SecurityWarning | Level::Warning => "warning",
                Level::Suggestion => "notice",
            };
            let (start, end) = (problem.position, checked.lines.position(problem.place.span.end));
            let _ =
                write!(out, "::{command} file={},line={}", property(&own(&checked.source.name)), start.line);
            // GitHub ignores columns if a place spans several lines.
            if start.line == end.line {
                let _ = write!(out, ",col={},endColumn={}", start.column, end.column);
            } else {
                let _ = write!(out, ",endLine={}", end.line);
            }
            let document = &checked.document.name;
            let of = if document.is_empty() { String::new() } else { format!("{document}: ") };
            let text = format!("{of}{}; {}", iamgate_verbs::words::message(problem), problem.help);
            let _ = writeln!(out, ",title={}::{}", property(problem.code.name()), message(&text));
        }
    }
    for error in outcome.unread.iter().flat_map(Trouble::to_json) {
        let file = error.file.map(|file| format!("file={},", property(&own(&file)))).unwrap_or_default();
        let text = format!("{}; {}", error.message, error.help);
        let _ = writeln!(out, "::error {file}title={}::{}", property(&error.code), message(&text));
    }
    for notice in outcome.failures() {
        let line = notice.line.map(|line| format!("line={line},")).unwrap_or_default();
        let (file, code) = (property(&own(&notice.file)), property(notice.code));
        let _ = writeln!(out, "::error file={file},{line}title={code}::{}", message(&notice.said()));
    }
    out
}
