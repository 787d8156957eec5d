//! What the answer says, in words. Texts from outside are as they are: who shows them makes them harmless.

use iamgate::DecidingStatement;
use iamgate_audit::{ActionAnswer, CallKind, CallVerdict, Calls, EventVerdict, Says, SessionVerdict};

use super::{AuditedSession, FileFinding};
use crate::words::plural;

impl AuditedSession<'_> {
    /// What the plan says about an action of a call, as a clause.
    pub fn says(&self, own: &ActionAnswer) -> String {
        says(own, &self.statements(&own.answer))
    }
}

/// What policies say about an action of a call, as a clause, with the statements that bring it about.
pub fn says(own: &ActionAnswer, statements: &[DecidingStatement]) -> String {
    let on = own.resource.as_deref().unwrap_or("any resource");
    let may = if own.is_certain { "" } else { ", if the call needed it" };
    let named = by_layer(statements);
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

/// A verdict on a session, in words.
pub const fn session_verdict(verdict: SessionVerdict) -> &'static str {
    match verdict {
        SessionVerdict::CompleteNotValidated => "complete, not validated",
        SessionVerdict::Complete
        | SessionVerdict::Provisional
        | SessionVerdict::Incomplete
        | SessionVerdict::Broken
        | _ => verdict.name(),
    }
}

/// A verdict on a call, in words.
pub const fn call_verdict(verdict: CallVerdict) -> &'static str {
    match verdict {
        CallVerdict::Outside => "outside the plan",
        CallVerdict::NotProven => "not proven",
        CallVerdict::CannotBeJudged => "cannot be judged",
        CallVerdict::RefusedByOthers => "refused by others",
        CallVerdict::DeniedAsPlanned => "denied as planned",
        CallVerdict::AsPlanned => "as planned",
        CallVerdict::NotADecision => "no decision",
    }
}

/// A verdict on a call and its reason, in words.
pub fn event_verdict(verdict: EventVerdict) -> String {
    let words = call_verdict(verdict.without_reason());
    match verdict.reason() {
        Some(reason) => format!("{words} ({})", reason.replace('_', " ")),
        None => words.to_owned(),
    }
}

/// Calls of one kind and who made them: `2 PutObject calls of s3.amazonaws.com`.
pub fn calls(kind: &CallKind, calls: &Calls) -> String {
    let count = usize::try_from(calls.count).unwrap_or(usize::MAX);
    let service = if kind.by_service { ", by a service in the session's name" } else { "" };
    let noun = plural(count, &format!("{} call", kind.name), &format!("{} calls", kind.name));
    format!("{noun} of {}{service}", kind.source)
}

/// What a finding about a file says, with its place.
pub(super) fn finding(own: &FileFinding) -> String {
    if own.place.is_empty() { own.says.clone() } else { format!("{}: {}", own.place, own.says) }
}
