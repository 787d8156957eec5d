//! Findings for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use iamgate::iam_json::visible;
use iamgate::iam_policy::Level;

use iamgate_verbs::words::{first, plural};
use iamgate_verbs::{CheckAnswer, Checked, Hiding, Note};

use crate::diagnostic;
use crate::screen::{BAD, GOOD, SOSO, paint};

/// The findings with excerpts, then one line for each document, then the totals.
pub(super) fn report(outcome: &CheckAnswer) -> String {
    let mut out = String::new();
    for checked in &outcome.checked {
        for problem in &checked.problems {
            out.push_str(&diagnostic::problem(&checked.source, problem));
        }
    }
    let name_width = width(outcome.checked.iter().map(|checked| visible(&checked.label()).into_owned()));
    let kind_width = width(outcome.checked.iter().map(kind));
    for checked in &outcome.checked {
        let _ = writeln!(
            out,
            "{:name_width$}  {:kind_width$}  {}",
            visible(&checked.label()),
            kind(checked),
            verdict(checked)
        );
    }
    if outcome.checked.len() > 1 {
        let _ = writeln!(out, "{}", sum(&outcome.checked));
    }
    out
}

/// What files are that are more than a policy.
pub(super) fn notes(notes: &[Note]) -> String {
    let mut text = String::new();
    for note in notes {
        let parts = [note.what.as_str(), &note.missing].into_iter().filter(|part| !part.is_empty());
        let said: Vec<&str> = parts.chain(note.unchecked.iter().map(String::as_str)).collect();
        let _ = writeln!(text, "note: {}: {}", visible(&note.file), visible(&said.join("; ")));
    }
    text
}

/// What is to be said about configuration and baseline, and how many findings are hidden.
pub(super) fn notices(outcome: &CheckAnswer) -> String {
    let mut text = String::new();
    for own in &outcome.notices {
        let line = own.line.map(|line| format!(":{line}")).unwrap_or_default();
        let said = format!("{}{line}: {}; {}", own.file, own.message, own.help);
        let _ = writeln!(text, "{}: {}", paint(SOSO, &format!("warning[{}]", own.code)), visible(&said));
    }
    let hidden = outcome.checked.iter().flat_map(|checked| &checked.hidden);
    let mut counts: BTreeMap<Hiding, usize> = BTreeMap::new();
    for own in hidden {
        let count = counts.entry(own.by).or_default();
        *count = count.saturating_add(1);
    }
    let said: Vec<String> = counts
        .iter()
        .map(|(by, count)| match by {
            Hiding::Comment => format!("{count} by comments"),
            Hiding::Configuration => format!("{count} accepted in the configuration"),
            Hiding::Baseline => format!("{count} in the baseline"),
        })
        .collect();
    if !said.is_empty() {
        let all = counts.values().copied().fold(0, usize::saturating_add);
        let _ = writeln!(text, "note: {} not shown: {}", plural(all, "finding", "findings"), said.join(", "));
    }
    if !outcome.excluded.is_empty() {
        let _ = writeln!(
            text,
            "note: {} left out by the configuration: {}",
            plural(outcome.excluded.len(), "file", "files"),
            visible(&first(&outcome.excluded, 5))
        );
    }
    text
}

/// The files that were left out.
pub(super) fn others(names: &[String]) -> String {
    let count = plural(names.len(), "other file", "other files");
    let list: Vec<String> = names.iter().take(5).map(|name| visible(name).into_owned()).collect();
    let more = if names.len() > 5 { ", ..." } else { "" };
    format!("note: {count} without a policy not checked: {}{more}\n", list.join(", "))
}

fn width(texts: impl Iterator<Item = String>) -> usize {
    texts.map(|text| text.chars().count()).max().unwrap_or_default()
}

fn kind(checked: &Checked) -> String {
    let words = checked.kind.description();
    let words = words.strip_prefix("an ").or_else(|| words.strip_prefix("a ")).unwrap_or(words);
    if checked.is_inferred { format!("{words} (inferred)") } else { words.to_owned() }
}

fn verdict(checked: &Checked) -> String {
    let counts: Vec<String> = [
        (Level::Error, "error", "errors"),
        (Level::SecurityWarning, "security warning", "security warnings"),
        (Level::Warning, "warning", "warnings"),
        (Level::Suggestion, "suggestion", "suggestions"),
    ]
    .into_iter()
    .map(|(level, one, many)| (checked.count(level), one, many))
    .filter(|(count, ..)| *count > 0)
    .map(|(count, one, many)| plural(count, one, many))
    .collect();
    let (style, word) = match (checked.is_accepted, counts.is_empty()) {
        (false, _) => (BAD, "refused"),
        (true, true) => (GOOD, "ok"),
        // Access Analyzer calls some mistakes errors that do not keep a policy from being read.
        (true, false) if checked.count(Level::Error) > 0 => (BAD, "wrong"),
        (true, false) => (SOSO, "ok"),
    };
    let word = paint(style, word);
    if counts.is_empty() { word } else { format!("{word}: {}", counts.join(", ")) }
}

fn sum(checked: &[Checked]) -> String {
    let refused = checked.iter().filter(|c| !c.is_accepted).count();
    let clean = checked.iter().filter(|c| c.problems.is_empty()).count();
    let findings = checked.len().saturating_sub(refused).saturating_sub(clean);
    format!(
        "{}: {clean} without findings, {findings} with findings, {refused} refused",
        plural(checked.len(), "policy", "policies")
    )
}
