//! Findings as SARIF 2.1.0, for code scanning.

use std::collections::BTreeMap;

use iamgate::iam_policy::{Code, Level, LineIndex, Problem, Span};
use serde_json::{Value, json};

use iamgate_verbs::words::message;
use iamgate_verbs::{CheckAnswer, Checked, Codes, Finding, PlacedFix};

use super::place::own;
use crate::sarif::{self, Rule, Run, artifact, notification};

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
    let failures = outcome.failures();
    let notifications = outcome
        .unread
        .iter()
        .flat_map(sarif::troubles)
        .chain(failures.map(|own| notification(own.code, &own.said(), Some(&own.file), own.line)));
    let notifications = notifications.collect();
    Run { rules, results, notifications, is_successful: outcome.unread.is_empty() }.report()
}

fn rule(code: Code, level: Level) -> Value {
    let (why, mend) = about(code);
    let (id, summary, link) = (code.name(), code.summary(), Finding::link(code.name()));
    Rule { id, summary, why, mend, link, level: severity(level) }.to_json()
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
            "partialFingerprints": sarif::fingerprints(fingerprint),
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
