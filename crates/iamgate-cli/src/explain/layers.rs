//! The result of each layer, statement by statement.

use std::fmt::Write as _;

use iamgate::iam_eval::{
    Certainty, ConditionTrace, Grant, Layer, LayerTrace, Outcomes, Part, Seen, StatementTrace, Trace,
};
use iamgate::iam_json::visible;
use iamgate::iam_policy::Effect;

use iamgate_verbs::Case;
use iamgate_verbs::words::{is_plural, plural};

use super::{heading, text, texts};
use crate::screen::{BAD, DIM, GOOD, SOSO, paint};

/// The maximum number of statements of one layer that are listed.
const STATEMENTS: usize = 12;

pub(super) fn write(out: &mut String, trace: &Trace<'_>, case: &Case) {
    heading(out, "Layers");
    if trace.layers.is_empty() {
        out.push_str("  there are no policies\n");
    }
    let all = trace.layers.iter().map(|layer| layer.layer).chain(case.unknown);
    let width = all.map(|layer| name(layer).chars().count()).max().unwrap_or_default();
    for layer in &trace.layers {
        let _ = writeln!(out, "  {:width$}  {}", name(layer.layer), verdict(layer));
        statements(out, layer, case);
    }
    if let Some(layer) = case.unknown {
        let _ = writeln!(out, "  {:width$}  {}", name(layer), paint(SOSO, "not known"));
    }
    out.push('\n');
}

fn name(layer: Layer) -> &'static str {
    let name = layer.description();
    name.strip_prefix("the ").unwrap_or(name)
}

fn verdict(layer: &LayerTrace<'_>) -> String {
    if let Some(reason) = layer.not_asked {
        return paint(DIM, &format!("not asked: {reason}"));
    }
    let many = is_plural(layer.layer);
    let allows = || paint(GOOD, if many { "allow" } else { "allows" });
    let does_not = || paint(BAD, if many { "do not allow" } else { "does not allow" });
    match (layer.denies, layer.layer, layer.allows) {
        (Certainty::Always, ..) => paint(BAD, if many { "deny" } else { "denies" }),
        (Certainty::Maybe, ..) => paint(SOSO, "may deny"),
        (Certainty::Never, Layer::Resource, _) => match layer.grant {
            Grant::None if layer.statements.iter().any(may_allow) => paint(SOSO, "may allow"),
            Grant::None => does_not(),
            Grant::Account => format!("{} the account: its own policies decide", allows()),
            Grant::Limited => format!("{} the role", allows()),
            Grant::Direct => allows(),
        },
        (Certainty::Never, _, Certainty::Always) => allows(),
        (Certainty::Never, _, Certainty::Maybe) => paint(SOSO, "may allow"),
        (Certainty::Never, _, Certainty::Never) => does_not(),
    }
}

fn may_allow(statement: &StatementTrace<'_>) -> bool {
    statement.effect() == Effect::Allow && statement.applies != Certainty::Never
}

fn statements(out: &mut String, layer: &LayerTrace<'_>, case: &Case) {
    if layer.not_asked.is_some() {
        return;
    }
    // Statements about other actions or other principals cannot be the ones that were meant.
    let (near, far): (Vec<_>, Vec<_>) =
        layer.statements.iter().partition(|s| s.action && s.principal != Grant::None);
    let named = |trace: &StatementTrace<'_>| case.statement_name(trace.at);
    let shown = near.iter().take(STATEMENTS);
    let width = shown.clone().map(|trace| named(trace).chars().count()).max().unwrap_or_default();
    for trace in shown {
        let place = case
            .source(trace.at.policy)
            .map(|source| format!("{}:{}", visible(&source.name), trace.position))
            .unwrap_or_default();
        let _ = writeln!(
            out,
            "    {:5} {:width$}  {}  {}",
            trace.effect().name(),
            named(trace),
            applies(trace),
            paint(DIM, &place),
        );
        // If the resource does not match, the condition does not matter.
        let conditions = if trace.resource == Outcomes::FALSE { &[] } else { trace.conditions.as_slice() };
        for condition in conditions {
            let _ = writeln!(out, "      {}", self::condition(condition));
        }
    }
    let hidden = near.len().saturating_sub(STATEMENTS);
    if hidden > 0 {
        let _ = writeln!(out, "    {} more about this action", plural(hidden, "statement", "statements"));
    }
    let actions = far.iter().filter(|s| !s.action).count();
    for (count, what) in
        [(actions, "about other actions"), (far.len().saturating_sub(actions), "about other principals")]
    {
        if count > 0 {
            let line = format!("{} {what}", plural(count, "statement", "statements"));
            let _ = writeln!(out, "    {}", paint(DIM, &line));
        }
    }
}

fn applies(trace: &StatementTrace<'_>) -> String {
    let parts: Vec<&str> = trace.failing().iter().map(|part| part.element(trace.statement)).collect();
    match trace.applies {
        Certainty::Always => "applies".to_owned(),
        Certainty::Maybe => "may apply".to_owned(),
        Certainty::Never => {
            let mut parts = parts;
            parts.dedup();
            let conditions = trace.failing().iter().filter(|part| matches!(part, Part::Condition(_))).count();
            let verb = if parts.len() == 1 { "does" } else { "do" };
            let which = if conditions > 1 { format!(" ({conditions} tests)") } else { String::new() };
            format!("does not apply: {}{which} {verb} not match", parts.join(" and "))
        }
    }
}

fn condition(trace: &ConditionTrace<'_>) -> String {
    let wanted = match trace.wanted.as_slice() {
        [one] => text(one),
        many => texts(many.iter().copied()),
    };
    let seen = match &trace.seen {
        Seen::Absent => "absent from the request".to_owned(),
        Seen::Unknown => "not known".to_owned(),
        Seen::Twice(_) => "given more than once, in different spellings".to_owned(),
        Seen::Single(value) => format!("the request has {}", text(value)),
        Seen::Multiple(values) => format!("the request has {}", texts(values.iter().map(|v| &**v))),
    };
    let outcome = if trace.outcomes == Outcomes::TRUE {
        paint(GOOD, "true")
    } else if trace.outcomes == Outcomes::FALSE {
        paint(BAD, "false")
    } else if trace.outcomes == Outcomes::INDETERMINATE {
        paint(BAD, "cannot be compared")
    } else {
        paint(SOSO, "depends")
    };
    format!("{outcome}: {} {} {wanted}; {seen}", trace.test, visible(trace.key))
}
