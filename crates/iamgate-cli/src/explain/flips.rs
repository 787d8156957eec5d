//! Changes that would change the answer, and missing keys that matter.

use std::fmt::Write as _;

use iamgate::iam_eval::{Change, Decision, Flip, Grant, Layer, Part, Principal, Trace};
use iamgate::iam_json::visible;

use super::{heading, text};
use iamgate_verbs::Case;
use iamgate_verbs::words::{list, plural};

/// The maximum number of changes that are listed.
const CHANGES: usize = 6;

pub(super) fn write(out: &mut String, trace: &Trace<'_>, case: &Case) {
    changes(out, trace, case);
    keys(out, trace, case);
}

fn changes(out: &mut String, trace: &Trace<'_>, case: &Case) {
    let mut flips: Vec<&Flip> = trace.flips.iter().collect();
    // A statement about other actions is never near. Adding a statement is the same advice.
    flips.retain(|flip| flip.change != Change::Match(Part::Action));
    flips.sort_by_key(|flip| rank(flip.change));
    if flips.is_empty() {
        return;
    }
    heading(out, "The answer would be");
    let shown = flips.iter().take(CHANGES);
    let width = shown.clone().map(|flip| decision(flip.decision).len()).max().unwrap_or_default();
    for flip in shown {
        let _ = writeln!(out, "  {:width$}  if {}", decision(flip.decision), change(flip, trace, case));
    }
    let hidden = flips.len().saturating_sub(CHANGES);
    if hidden > 0 {
        let _ = writeln!(
            out,
            "  and by {}; --format json lists all",
            plural(hidden, "other change", "other changes")
        );
    }
    out.push('\n');
}

const fn rank(change: Change) -> u8 {
    match change {
        Change::Stop => 0,
        Change::Match(Part::Condition(_)) => 1,
        Change::Match(Part::Resource | Part::Principal) => 2,
        Change::AddAllow => 3,
        Change::Match(Part::Action) => 4,
    }
}

const fn decision(decision: Decision) -> &'static str {
    match decision {
        Decision::Allowed => "allowed",
        Decision::ExplicitDeny => "denied explicitly",
        Decision::ImplicitDeny => "denied",
        Decision::Depends => "depends",
    }
}

fn change(flip: &Flip, trace: &Trace<'_>, case: &Case) -> String {
    let layer = case.layer_name(flip.layer);
    let Some(at) = flip.statement else {
        return match itself(flip.layer, trace, &case.request.principal) {
            Some(arn) => format!("a statement of {layer} that allows it named {}", text(arn)),
            None => format!("{layer} had a statement that allows it"),
        };
    };
    let name = case.statement_name(at);
    let statement = case.layers.policy(at.policy).and_then(|policy| policy.statements.get(at.index));
    match (flip.change, statement) {
        (Change::Match(Part::Condition(index)), Some(statement)) => match statement.conditions.get(index) {
            Some(test) => format!(
                "{} {} of {name} in {layer} were met",
                test.test.value,
                visible(test.key.value.as_str())
            ),
            None => format!("a condition of {name} in {layer} were met"),
        },
        (Change::Match(part), Some(statement)) => {
            format!("{} of {name} in {layer} matched", part.element(statement))
        }
        (Change::Stop, _) => format!("{name} in {layer} did not apply"),
        (Change::Match(_), None) | (Change::AddAllow, _) => {
            format!("{layer} had a statement that allows it")
        }
    }
}

/// The ARN that a policy would have to name. `None` unless a statement of the layer allows the request and names the principal only by its
/// role, its user or its account (rules 5.20 to 5.22).
fn itself<'p>(layer: Layer, trace: &Trace<'_>, principal: &'p Principal) -> Option<&'p str> {
    let allowing = trace.layers.iter().find(|own| own.layer == layer)?;
    principal.arn().filter(|_| matches!(allowing.grant, Grant::Account | Grant::Limited))
}

fn keys(out: &mut String, trace: &Trace<'_>, case: &Case) {
    if trace.keys.is_empty() {
        return;
    }
    heading(out, "Missing keys that matter");
    let width = trace.keys.iter().map(|key| visible(&key.key).chars().count()).max().unwrap_or_default();
    for key in &trace.keys {
        let state = if key.is_unknown { "is not known" } else { "is absent" };
        let mut names: Vec<String> = key.statements.iter().map(|at| case.statement_name(*at)).collect();
        names.dedup();
        let verb = if names.len() == 1 { "looks" } else { "look" };
        let _ = writeln!(
            out,
            "  {:width$}  {state}; {} {verb} at it",
            visible(&key.key),
            list(names.into_iter(), "and")
        );
    }
    out.push('\n');
}
