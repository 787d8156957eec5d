//! `iamgate audit`: sessions held against their plans.

use std::fmt::Write as _;

use iamgate::DecidingStatement;
use iamgate::iam_json::visible;
use iamgate_audit::{ActionAnswer, CallKind, Calls, EventVerdict, Says, SessionVerdict};
use iamgate_verbs::words::plural;
use iamgate_verbs::{AnswerSchema, AuditAnswer, AuditArgs, AuditedSession, Exit};

use crate::args::Plain;
use crate::disk::Disk;
use crate::display::shown;
use crate::screen::{BAD, DIM, GOOD, HEAD, SOSO, Screen, paint};
use crate::trouble::answered;

/// The number of findings that are shown.
const SHOWN: usize = 20;

pub(crate) fn run(args: &Plain<AuditArgs>, disk: &Disk, screen: &mut Screen) -> Exit {
    let answer = iamgate_verbs::audit(&args.args, disk);
    answered(answer, AnswerSchema::Audit, args.format, screen, |answer, screen| {
        screen.data(&human(answer));
    })
}

fn human(answer: &AuditAnswer) -> String {
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
    let verdict = report.verdict.name().replace("complete_", "complete, ").replace('_', " ");
    let _ = writeln!(out, "{}: {}", paint(HEAD, &visible(&report.planned.name)), paint(style, &verdict));
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
    let words = kind.verdict.name().replace('_', " ");
    let reason = kind.verdict.reason().map_or_else(String::new, |own| format!(" ({own})"));
    let service = if kind.by_service { ", by a service in the session's name" } else { "" };
    let _ = writeln!(
        out,
        "  {}{reason}: {} of {}{service}",
        paint(style, &words),
        plural(
            count(calls.count),
            &format!("{} call", visible(&kind.name)),
            &format!("{} calls", visible(&kind.name))
        ),
        visible(&kind.source),
    );
    for own in &calls.answers {
        let _ = writeln!(out, "    {}", shown(&answer(own, session)));
    }
    if let Some(message) = calls.message.as_deref().filter(|own| !own.is_empty()) {
        let _ = writeln!(out, "    AWS: {}", visible(message));
    }
    let _ = writeln!(
        out,
        "    {}",
        paint(
            DIM,
            &format!(
                "first at {}, event {} in {}",
                visible(&calls.first.time),
                visible(&calls.first.event_id),
                shown(&calls.first.file)
            )
        )
    );
}

fn answer(own: &ActionAnswer, session: &AuditedSession<'_>) -> String {
    let on = own.resource.as_deref().map_or_else(|| "any resource".to_owned(), ToOwned::to_owned);
    let may = if own.is_certain { "" } else { ", if the call needed it" };
    let named = by_layer(&session.statements(&own.answer));
    let by = if named.is_empty() { String::new() } else { format!(" by {named}") };
    let says = match own.answer.says {
        Says::Allowed => format!("is allowed{by}"),
        Says::Denied if named.is_empty() => {
            let layers: Vec<&str> = own.answer.silent.iter().map(|own| own.description()).collect();
            format!("is denied: {} do not allow it", layers.join(" and "))
        }
        Says::Denied => format!("is denied{by}"),
        Says::Depends => {
            let mut missing: Vec<String> =
                own.answer.missing.iter().map(|own| own.name().replace('_', " ")).collect();
            if !own.answer.keys.is_empty() {
                missing.push(format!("({})", own.answer.keys.join(", ")));
            }
            format!("depends on what is not known: {}", missing.join(", "))
        }
    };
    format!("{} on {on} {says}{may}", own.action)
}

/// Statements by the layers of their policies, each once.
fn by_layer(statements: &[DecidingStatement]) -> String {
    let mut layers: Vec<(&str, Vec<String>)> = Vec::new();
    for own in statements {
        let (layer, name) = (own.layer.description(), own.to_string());
        match layers.last_mut().filter(|(last, _)| *last == layer) {
            Some((_, names)) if names.contains(&name) => {}
            Some((_, names)) => names.push(name),
            None => layers.push((layer, vec![name])),
        }
    }
    let each: Vec<String> =
        layers.into_iter().map(|(layer, names)| format!("{layer} ({})", names.join(", "))).collect();
    each.join(" and ")
}

fn count(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
