//! What is said of all and of a session, in sentences. They may have texts from outside.

use iamgate::iam_json::quoted;
use iamgate_verbs::words::plural;
use iamgate_verbs::{AuditAnswer, AuditedSession};

/// What was read.
pub(super) fn sentences(answer: &AuditAnswer) -> Vec<String> {
    let report = &answer.report;
    let copies = match report.copies {
        0 => "no copies".to_owned(),
        copies => format!("{copies} of them copies"),
    };
    let mut all = vec![format!(
        "{} with a plan, {} without; {} in {}, {copies}.",
        plural(report.sessions.len(), "session", "sessions"),
        report.unplanned.len(),
        plural(count(report.events), "event", "events"),
        plural(answer.files, "file", "files"),
    )];
    if report.of_others > 0 {
        let events = plural(count(report.of_others), "event", "events");
        all.push(format!("{events} of other sessions of the role, which DoiT did not open."));
    }
    if report.refused_openings > 0 {
        let calls = plural(count(report.refused_openings), "call", "calls");
        all.push(format!("{calls} to open a session failed."));
    }
    all
}

/// What was planned.
pub(super) fn planned(session: &AuditedSession<'_>) -> String {
    let planned = &session.report.planned;
    format!(
        "Planned at {} for {} minutes under the profile {}, by the decision record in {}, line {}.",
        planned.planned,
        planned.duration_seconds.div_euclid(60),
        quoted(session.profile().name()),
        session.record.file,
        session.record.line
    )
}

/// How it was issued.
pub(super) fn issued(session: &AuditedSession<'_>) -> Vec<String> {
    let each = session.report.issued.iter().map(|(issued, place)| {
        let is_as_planned = issued.mismatches.is_empty() && issued.untold.is_empty();
        let as_planned = if is_as_planned { " as planned" } else { "" };
        let until = issued.expiration.map_or_else(String::new, |own| format!(", until {own}"));
        format!("Issued{as_planned} at {}{until}.", place.time)
    });
    each.collect()
}

/// A number of things for a sentence.
pub(super) fn count(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
