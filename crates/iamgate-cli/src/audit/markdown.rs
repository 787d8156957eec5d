//! Sessions held against their plans as Markdown, for a ticket.

use std::fmt::Write as _;

use iamgate_audit::{AuditCode, CallKind, CallVerdict, Calls, CodeKind, EventPlace};
use iamgate_verbs::audit_words::{self, call_verdict, session_verdict};
use iamgate_verbs::words::first;
use iamgate_verbs::{AuditAnswer, AuditPoint, AuditedSession};

use super::groups::{Group, groups};
use super::summary;
use crate::check::place::own;
use crate::display::markdown::{cell, code, text};

/// The number of operations that a cell names, and of findings about files.
const NAMED: usize = 6;
const FINDINGS: usize = 50;

pub(super) fn report(answer: &AuditAnswer) -> String {
    let report = &answer.report;
    let verdict = session_verdict(report.verdict());
    let mut out = format!("**Audit of {}: {verdict}**\n\n", code(answer.role().arn().as_str()));
    for sentence in summary::sentences(answer) {
        let _ = writeln!(out, "{}", text(&sentence));
    }
    let points = answer.points(&own);
    let unplanned: Vec<&AuditPoint<'_>> =
        points.iter().filter(|own| own.code == AuditCode::UNPLANNED_SESSION.name).collect();
    if !unplanned.is_empty() {
        out.push_str("\n### Sessions that no record plans\n\n");
        list(&mut out, &unplanned);
    }
    for session in answer.sessions() {
        of_session(&mut out, &session);
    }
    let of_files: Vec<&AuditPoint<'_>> =
        points.iter().filter(|own| own.session.is_none() && own.kind == CodeKind::Open).collect();
    if !of_files.is_empty() {
        out.push_str("\n### What was not read, or cannot be used\n\n");
        list(&mut out, of_files.get(..FINDINGS).unwrap_or(&of_files));
        if of_files.len() > FINDINGS {
            let _ = writeln!(out, "- and more: `--format jsonl` has them");
        }
    }
    let _ = writeln!(out, "\n> All of this holds if {}.", text(&answer.premises().join("; ")));
    out
}

/// Points with their places and what is to be done.
fn list(out: &mut String, points: &[&AuditPoint<'_>]) {
    for own in points {
        let _ = write!(out, "- {}: {}", code(own.code), text(&own.says));
        if let Some(place) = own.places.first() {
            let _ = write!(out, " (in {})", code(place.file()));
        }
        let _ = writeln!(out, ". To do: {}.", text(own.next));
    }
}

fn of_session(out: &mut String, session: &AuditedSession<'_>) {
    let report = session.report;
    let verdict = session_verdict(report.verdict);
    let _ = writeln!(out, "\n### {}: {verdict}\n", code(&report.planned.name));
    let _ = writeln!(out, "{}", text(&summary::planned(session)));
    for sentence in summary::issued(session) {
        let _ = writeln!(out, "{}", text(&sentence));
    }
    if !report.reasons.is_empty() {
        out.push_str("\n**Why**\n\n");
    }
    for reason in &report.reasons {
        let about = reason.about();
        let says = text(&reason.to_string());
        let _ = writeln!(out, "- {}: {says}. To do: {}.", code(about.name), text(about.next));
    }
    let groups = groups(session);
    if groups.is_empty() {
        out.push_str("\nNo record has a call of the session.\n");
        return;
    }
    out.push_str("\n**Calls**\n\n| Verdict | Calls | What was called |\n| --- | ---: | --- |\n");
    for group in &groups {
        let service = if group.by_service { ", by services in its name" } else { "" };
        let kinds: Vec<String> = group.kinds.iter().map(|(kind, calls)| operation(kind, calls)).collect();
        let verdict = call_verdict(group.verdict);
        let _ = writeln!(out, "| {verdict}{service} | {} | {} |", group.count, first(&kinds, NAMED));
    }
    for (verdict, title) in TOLD {
        let of = groups.iter().filter(|own| own.verdict == verdict);
        let kinds: Vec<(&CallKind, &Calls)> =
            of.flat_map(|own: &Group<'_>| own.kinds.iter().copied()).collect();
        if !kinds.is_empty() {
            let _ = write!(out, "\n**{title}**\n\n");
        }
        for (kind, calls) in kinds {
            call(out, kind, calls, session);
        }
    }
}

/// The verdicts whose calls are told one by one.
const TOLD: [(CallVerdict, &str); 4] = [
    (CallVerdict::Outside, "Outside the plan"),
    (CallVerdict::NotProven, "Not proven"),
    (CallVerdict::CannotBeJudged, "Cannot be judged"),
    (CallVerdict::RefusedByOthers, "Refused by others"),
];

/// An operation and how often it was called, in a cell.
fn operation(kind: &CallKind, calls: &Calls) -> String {
    let service = kind.source.strip_suffix(".amazonaws.com").unwrap_or(&kind.source);
    let times = if calls.count == 1 { String::new() } else { format!(" ({})", calls.count) };
    format!("{}{times}", cell(&format!("{service}:{}", kind.name)))
}

/// Calls of one kind, with what the plan says about the first, and the first and the last event.
fn call(out: &mut String, kind: &CallKind, calls: &Calls, session: &AuditedSession<'_>) {
    let reason =
        kind.verdict.reason().map_or_else(String::new, |own| format!(" ({})", own.replace('_', " ")));
    let _ = writeln!(out, "- {}{reason}", text(&audit_words::calls(kind, calls)));
    for own in &calls.answers {
        let _ = writeln!(out, "  - {}", text(&session.says(own)));
    }
    if let Some(message) = calls.message.as_deref().filter(|own| !own.is_empty()) {
        let _ = writeln!(out, "  - AWS: {}", code(message));
    }
    let _ = writeln!(out, "  - {}", event("first", &calls.first));
    if calls.last != calls.first {
        let _ = writeln!(out, "  - {}", event("last", &calls.last));
    }
}

fn event(which: &str, place: &EventPlace) -> String {
    format!("{which} at {}, event {} in {}", text(&place.time), code(&place.event_id), code(&place.file))
}
