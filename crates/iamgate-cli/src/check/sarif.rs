//! Findings as SARIF 2.1.0, for code scanning.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use iamgate::iam_policy::{Code, Level, LineIndex, Problem, Span};
use serde_json::{Value, json};

use iamgate_verbs::words::message;
use iamgate_verbs::{CheckAnswer, Checked, Codes, Finding, PlacedFix, Trouble};

use super::place::{absolute, own};
use crate::input::STDIN;

pub(super) fn report(outcome: &CheckAnswer) -> String {
    let mut codes: BTreeMap<Code, Level> = BTreeMap::new();
    for problem in outcome.checked.iter().flat_map(|checked| &checked.problems) {
        codes.entry(problem.code).or_insert(problem.level);
    }
    let order: Vec<Code> = codes.keys().copied().collect();
    let rules: Vec<Value> = codes.iter().map(|(code, level)| rule(*code, *level)).collect();
    let fingerprints = outcome.fingerprints(&own);
    let of = |(checked, own): (&Checked, &Vec<String>)| results(checked, &order, own);
    let results: Vec<Value> = outcome.checked.iter().zip(&fingerprints).flat_map(of).collect();
    let notifications: Vec<Value> = outcome
        .unread
        .iter()
        .flat_map(Trouble::to_json)
        .map(|error| {
            let said = format!("{}; {}", error.message, error.help);
            notification(&error.code, &said, error.file.as_deref(), None)
        })
        .chain(outcome.failures().map(|own| notification(own.code, &own.said(), Some(&own.file), own.line)))
        .collect();
    iamgate_verbs::json::indented(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "iamgate",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { ROOT: { "description": { "text": "The folder in which the check ran." } } },
            "invocations": [{
                "executionSuccessful": outcome.unread.is_empty(),
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
        }],
    }))
}

/// What is to be said besides findings, such as of a file that cannot be read.
fn notification(code: &str, said: &str, file: Option<&str>, line: Option<u32>) -> Value {
    let mut notification =
        json!({ "level": "error", "descriptor": { "id": code }, "message": { "text": said } });
    if let (Some(file), Some(notification)) = (file, notification.as_object_mut()) {
        let mut place = json!({ "artifactLocation": artifact(file) });
        if let (Some(line), Some(place)) = (line, place.as_object_mut()) {
            place.insert("region".to_owned(), json!({ "startLine": line }));
        }
        notification.insert("locations".to_owned(), json!([{ "physicalLocation": place }]));
    }
    notification
}

fn rule(code: Code, level: Level) -> Value {
    let (why, mend) = about(code);
    let link = Finding::link(code.name());
    let (text, markdown) = match mend {
        "" => (format!("{why}. {link}"), format!("{why}.\n\n[{}]({link})", code.name())),
        mend => (format!("{why}. {mend}. {link}"), format!("{why}.\n\n{mend}.\n\n[{}]({link})", code.name())),
    };
    json!({
        "id": code.name(),
        "shortDescription": { "text": code.summary() },
        "fullDescription": { "text": format!("{why}.") },
        "help": { "text": text, "markdown": markdown },
        "helpUri": link,
        "defaultConfiguration": { "level": severity(level) },
    })
}

/// Why a code matters, and how to mend what has it; the second is empty if nothing is said.
fn about(code: Code) -> (&'static str, &'static str) {
    if let Some(rule) = iam_lint::rule(code.name()) {
        return (rule.why, rule.mend);
    }
    let own = Codes::OWN.iter().find(|(own, ..)| *own == code);
    own.map_or((code.summary(), ""), |(_, why, mend)| (*why, *mend))
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::SecurityWarning | Level::Warning => "warning",
        Level::Suggestion => "note",
    }
}

fn results(checked: &Checked, order: &[Code], fingerprints: &[String]) -> Vec<Value> {
    let lines = &checked.lines;
    let place = |span: Span| {
        json!({
            "artifactLocation": artifact(&checked.source.name),
            "region": region(lines, span),
        })
    };
    let result = |((problem, fingerprint), fix): ((&Problem, &String), Option<PlacedFix>)| {
        let mut result = json!({
            "ruleId": problem.code.name(),
            "ruleIndex": order.binary_search(&problem.code).unwrap_or_default(),
            "level": severity(problem.level),
            "message": { "text": format!("{}; {}", message(problem), problem.help) },
            "locations": [{
                "physicalLocation": place(problem.place.span),
                "logicalLocations": [{ "fullyQualifiedName": qualified(&checked.document.name, &problem.place.pointer) }],
            }],
            // GitHub uses only the fingerprint of this name.
            "partialFingerprints": {
                "iamgate/v1": fingerprint,
                "primaryLocationLineHash": format!("{fingerprint}:1"),
            },
            "properties": { "findingType": problem.level.name() },
        });
        if let (Some(related), Some(result)) = (&problem.related, result.as_object_mut()) {
            let related =
                json!([{ "physicalLocation": place(related.span), "message": { "text": related.label } }]);
            result.insert("relatedLocations".to_owned(), related);
        }
        if let (Some(fix), Some(result)) = (fix, result.as_object_mut()) {
            result.insert("fixes".to_owned(), json!([fixed(checked, &fix)]));
        }
        result
    };
    checked.problems.iter().zip(fingerprints).zip(checked.fixes()).map(result).collect()
}

/// What mends a finding. Fixes that are not safe say so.
fn fixed(checked: &Checked, fix: &PlacedFix) -> Value {
    let replacements: Vec<Value> = fix
        .edits
        .iter()
        .map(|edit| {
            json!({
                "deletedRegion": region(&checked.lines, edit.span),
                "insertedContent": { "text": edit.text },
            })
        })
        .collect();
    let warning = if fix.is_safe { "" } else { " (unsafe: the policy then decides as the finding says)" };
    json!({
        "description": { "text": format!("{}{warning}", fix.says) },
        "artifactChanges": [{
            "artifactLocation": artifact(&checked.source.name),
            "replacements": replacements,
        }],
    })
}

/// The document of the file, if there is more than a policy, and the place in it.
fn qualified(document: &str, pointer: &str) -> String {
    if document.is_empty() { pointer.to_owned() } else { format!("{document}#{pointer}") }
}

fn region(lines: &LineIndex, span: Span) -> Value {
    let (start, end) = (lines.position(span.start), lines.position(span.end));
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
        "byteOffset": span.start,
        "byteLength": span.end.saturating_sub(span.start),
    })
}

/// The name of the folder that URIs are relative to. GitHub takes it for the root of the repository.
const ROOT: &str = "%SRCROOT%";

/// A file: relative to the folder in which the check ran, or from the root if it is not in it.
fn artifact(path: &str) -> Value {
    let name = own(path);
    match absolute(Path::new(path)) {
        Ok(whole) if name.starts_with("../") => {
            let whole = whole.to_string_lossy();
            json!({ "uri": format!("file:///{}", uri(whole.trim_start_matches('/'))) })
        }
        Ok(_) | Err(_) => json!({ "uri": uri(&name), "uriBaseId": ROOT }),
    }
}

/// A path as a relative URI.
fn uri(path: &str) -> String {
    if path == STDIN {
        return "stdin".to_owned();
    }
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                uri.push(char::from(byte));
            }
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("a b/é#.json"), "a%20b/%C3%A9%23.json");
        assert_eq!(uri(STDIN), "stdin");
    }
}
