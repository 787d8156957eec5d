//! Sessions held against their plans, for people.

use std::fmt::Write as _;

use iamgate::iam_json::visible;
use iamgate_audit::{CallKind, Calls, EventPlace, EventVerdict, SessionVerdict};
use iamgate_verbs::audit_words::{self, event_verdict, session_verdict};
use iamgate_verbs::words::plural;
use iamgate_verbs::{AuditAnswer, AuditedSession};

use super::summary::count;
use crate::display::shown;
use crate::screen::{BAD, DIM, GOOD, HEAD, SOSO, paint};

/// The number of findings that are shown.
const SHOWN: usize = 20;

pub(super) fn report(answer: &AuditAnswer) -> String {
    let report = &answer.report;
    let mut out = String::new();
    for own in &report.unplanned {
        let _ = writeln!(
            out,
            "{}: {}, by {}: {} between {} and {}",
            paint(BAD, "a session that no record plans"),
            visible(&own.name),
            visible(&own.provider),
            plural(count(own.events), "event", "events"),
            visible(&own.first.time),
            visible(&own.last.time),
        );
        let _ = writeln!(
            out,
            "  {}",
            paint(DIM, &format!("event {} in {}", visible(&own.first.event_id), shown(&own.first.file)))
        );
    }
    if report.unplanned_beyond > 0 {
        let _ = writeln!(
            out,
            "{}",
            paint(BAD, &format!("and {} events of more such sessions", report.unplanned_beyond))
        );
    }
    for session in answer.sessions() {
        session_human(&mut out, &session);
    }
    for own in answer.findings.iter().take(SHOWN) {
        let place = if own.place.is_empty() { String::new() } else { format!(", {}", own.place) };
        let _ = writeln!(
            out,
            "{}[{}]: {}{place}: {}",
            paint(SOSO, "not read"),
            own.code,
            shown(&own.file),
            shown(&own.says)
        );
        let _ = writeln!(out, "  {} {}", paint(DIM, "help:"), own.help);
    }
    let more = answer.findings_count.saturating_sub(SHOWN as u64);
    if more > 0 {
        let _ = writeln!(out, "and {more} more findings; --format json has up to 1,000");
    }
    if !out.is_empty() {
        out.push('\n');
    }
    let sessions = plural(report.sessions.len(), "session", "sessions");
    let _ = writeln!(
        out,
        "{sessions} with a plan, {} without; {} in {}, {}.",
        report.unplanned.len(),
        plural(count(report.events), "event", "events"),
        plural(answer.files, "file", "files"),
        match report.copies {
            0 => "no copies".to_owned(),
            copies => format!("{copies} of them copies"),
        }
    );
    if report.of_others > 0 {
        let _ = writeln!(
            out,
            "{} of other sessions of the role, which DoiT did not open.",
            plural(count(report.of_others), "event", "events")
        );
    }
    if report.refused_openings > 0 {
        let _ = writeln!(
            out,
            "{} to open a session failed.",
            plural(count(report.refused_openings), "call", "calls")
        );
    }
    let _ = writeln!(out, "{} {}.", paint(DIM, "If"), answer.premises().join(";\n   "));
    out
}

fn session_human(out: &mut String, session: &AuditedSession<'_>) {
    let report = session.report;
    let style = match report.verdict {
        SessionVerdict::Complete => GOOD,
        SessionVerdict::Broken => BAD,
        SessionVerdict::CompleteNotValidated
        | SessionVerdict::Provisional
        | SessionVerdict::Incomplete
        | _ => SOSO,
    };
    let verdict = session_verdict(report.verdict);
    let _ = writeln!(out, "{}: {}", paint(HEAD, &visible(&report.planned.name)), paint(style, verdict));
    for (issued, place) in &report.issued {
        let as_planned =
            if issued.mismatches.is_empty() && issued.untold.is_empty() { " as planned" } else { "" };
        let until = issued.expiration.map_or_else(String::new, |own| format!(", until {own}"));
        let _ = writeln!(out, "  issued{as_planned} at {}{until}", visible(&place.time));
    }
    for reason in &report.reasons {
        let _ = writeln!(out, "  {} {}.", paint(DIM, "-"), shown(&reason.to_string()));
    }
    let totals = [
        (EventVerdict::AsPlanned, "as planned", GOOD),
        (EventVerdict::DeniedAsPlanned, "denied as planned", GOOD),
        (EventVerdict::RefusedByOthers, "refused by others", SOSO),
        (EventVerdict::NotProven, "not proven", SOSO),
        (EventVerdict::Outside, "outside the plan", BAD),
    ];
    let mut parts: Vec<String> = Vec::new();
    for (verdict, words, style) in totals {
        let calls = session.count(|own| own == verdict);
        if calls > 0 {
            parts.push(paint(style, &format!("{calls} {words}")));
        }
    }
    let unjudged = session.count(|own| matches!(own, EventVerdict::CannotBeJudged(_)));
    let none = session.count(|own| matches!(own, EventVerdict::NotADecision(_)));
    let services = session.count_by_services();
    for (calls, words) in [(unjudged, "cannot be judged"), (none, "no decision"), (services, "by services")] {
        if calls > 0 {
            parts.push(format!("{calls} {words}"));
        }
    }
    if parts.is_empty() {
        parts.push("none".to_owned());
    }
    let _ = writeln!(out, "  calls: {}", parts.join(", "));
    for (kind, calls) in &report.calls {
        let is_told = match kind.verdict {
            EventVerdict::Outside
            | EventVerdict::NotProven
            | EventVerdict::RefusedByOthers
            | EventVerdict::CannotBeJudged(_) => true,
            EventVerdict::AsPlanned | EventVerdict::DeniedAsPlanned | EventVerdict::NotADecision(_) | _ => {
                false
            }
        };
        if is_told {
            call_human(out, kind, calls, session);
        }
    }
}

/// Calls of one kind, with what the plan says about the first.
fn call_human(out: &mut String, kind: &CallKind, calls: &Calls, session: &AuditedSession<'_>) {
    let style = if kind.verdict == EventVerdict::Outside { BAD } else { SOSO };
    let _ = writeln!(
        out,
        "  {}: {}",
        paint(style, &event_verdict(kind.verdict)),
        visible(&audit_words::calls(kind, calls))
    );
    for own in &calls.answers {
        let _ = writeln!(out, "    {}", shown(&session.says(own)));
    }
    if let Some(message) = calls.message.as_deref().filter(|own| !own.is_empty()) {
        let _ = writeln!(out, "    AWS: {}", visible(message));
    }
    let _ = writeln!(out, "    {}", paint(DIM, &first(&calls.first)));
}

/// The place of the first of several events.
pub(super) fn first(place: &EventPlace) -> String {
    let (time, event) = (visible(&place.time), visible(&place.event_id));
    format!("first at {time}, event {event} in {}", shown(&place.file))
}
