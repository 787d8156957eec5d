//! What sessions did, judged under another profile, for people.

use std::fmt::Write as _;

use iamgate::RoleSnapshot;
use iamgate::iam_json::visible;
use iamgate_audit::{Change, ChangeKind, ChangedCalls};
use iamgate_verbs::words::plural;
use iamgate_verbs::{Replayed, audit_words};

use super::human::first;
use super::summary::count;
use crate::display::shown;
use crate::screen::{BAD, DIM, GOOD, HEAD, SOSO, paint};

pub(super) fn human(own: &Replayed, role: &RoleSnapshot) -> String {
    let report = &own.report;
    let mut out = String::from("\n");
    let counts = [
        (Change::Denied, "would be denied", BAD),
        (Change::NotKnown, "not known", SOSO),
        (Change::Allowed, "would be allowed", SOSO),
    ];
    let mut parts: Vec<String> = Vec::new();
    for (change, words, style) in counts {
        let calls = report.count(change);
        if calls > 0 {
            parts.push(paint(style, &format!("{calls} {words}")));
        }
    }
    parts.push(paint(GOOD, &format!("{} the same", report.same)));
    if report.undecided > 0 {
        parts.push(format!("{} not judged", report.undecided));
    }
    let _ = writeln!(
        out,
        "under the profile {}: {}",
        paint(HEAD, &visible(own.profile.name())),
        parts.join(", ")
    );
    for (kind, calls) in &report.changes {
        group(&mut out, own, role, (kind, calls));
    }
    if report.beyond > 0 {
        let more = plural(count(report.beyond), "call", "calls");
        let _ =
            writeln!(out, "  {}", paint(SOSO, &format!("and {more} of more kinds than are kept: not known")));
    }
    let _ = writeln!(out, "{} {}.", paint(DIM, "It is so"), own.basis());
    out
}

/// Calls that would end otherwise in the same way, with what the policies say about the first.
fn group(out: &mut String, own: &Replayed, role: &RoleSnapshot, (kind, calls): (&ChangeKind, &ChangedCalls)) {
    let style = match kind.change {
        Change::Denied if !kind.by_service => BAD,
        Change::Denied | Change::NotKnown | Change::Allowed | _ => SOSO,
    };
    let by_service = if kind.by_service {
        ", by a service in the session's name: it is not known that AWS asked these policies"
    } else {
        ""
    };
    let _ = writeln!(
        out,
        "  {}: {}, by {} of {}, {} in {}{by_service}",
        paint(style, &kind.change.name().replace('_', " ")),
        shown(&kind.actions.join(", ")),
        visible(&kind.name),
        visible(&kind.source),
        plural(count(calls.count), "call", "calls"),
        plural(calls.sessions, "session", "sessions"),
    );
    for one in &calls.answers {
        let _ = writeln!(out, "    {}", shown(&audit_words::says(one, &own.statements(role, &one.answer))));
    }
    let session = visible(&calls.session);
    let _ = writeln!(out, "    {}", paint(DIM, &format!("{}, of {session}", first(&calls.first))));
}
