//! Excerpts of the deciding statements, or of the nearest ones.

use iamgate::iam_eval::{Part, StatementTrace, Trace};
use iamgate::iam_policy::{Effect, ResourceElement, Span, Spanned, Statement};

use iamgate_verbs::{Case, Sentence};

use super::{text, texts};
use crate::diagnostic::{self, Mark};

/// The maximum number of excerpts.
const EXCERPTS: usize = 3;

pub(super) fn write(out: &mut String, trace: &Trace<'_>, case: &Case) {
    let statements: Vec<&StatementTrace<'_>> =
        trace.layers.iter().flat_map(|layer| &layer.statements).collect();
    let find = |at| statements.iter().find(|statement| statement.at == at);
    let mut shown: Vec<(&StatementTrace<'_>, Vec<Mark>)> =
        trace.deciding.iter().filter_map(|at| find(*at)).map(|s| (*s, deciding(s, case))).collect();
    if shown.is_empty() {
        // If no statement decides, the user probably meant one of the nearest.
        shown = Sentence::near(trace)
            .filter_map(|(at, part)| Some((*find(at)?, part)))
            .map(|(s, part)| (s, vec![missing(s, part, case)]))
            .collect();
    }
    for (statement, marks) in shown.into_iter().take(EXCERPTS) {
        let layer = case.layer_name(statement.at.policy.layer);
        let title = format!("{} of {layer}", case.statement_name(statement.at));
        let source = case.source(statement.at.policy);
        out.extend(source.and_then(|source| diagnostic::excerpt(&title, source, &marks)));
    }
}

/// Marks on the parts that make a statement apply.
fn deciding(trace: &StatementTrace<'_>, case: &Case) -> Vec<Mark> {
    let statement = trace.statement;
    let effect = match trace.effect() {
        Effect::Allow => "this statement allows",
        Effect::Deny => "this statement denies",
    };
    let mut marks = vec![Mark::primary(statement.effect.span, effect)];
    if let Some(pattern) = trace.action_pattern.and_then(|i| statement.action.patterns().get(i))
        && !statement.action.is_not()
    {
        marks.push(Mark::secondary(pattern.span, &format!("matches {}", case.request.action.as_str())));
    }
    let resources = statement.resource.as_ref().map(ResourceElement::patterns).unwrap_or_default();
    if let (Some(pattern), Some(ResourceElement::Resource(_))) =
        (trace.resource_pattern.and_then(|i| resources.get(i)), &statement.resource)
    {
        marks.push(Mark::secondary(pattern.span, "matches the resource"));
    }
    for (test, seen) in statement.conditions.iter().zip(&trace.conditions) {
        marks.push(Mark::secondary(test.key.span, &has(seen)));
    }
    marks
}

/// A mark on the part that keeps a statement from applying.
fn missing(trace: &StatementTrace<'_>, part: Part, case: &Case) -> Mark {
    let statement = trace.statement;
    match part {
        Part::Condition(index) => {
            let test = statement.conditions.get(index).zip(trace.conditions.get(index));
            match test {
                Some((test, seen)) => Mark::primary(test.key.span, &has(seen)),
                None => Mark::primary(statement.effect.span, ""),
            }
        }
        Part::Resource => {
            let patterns = statement.resource.as_ref().map(ResourceElement::patterns).unwrap_or_default();
            let span = patterns.first().map_or(statement.effect.span, |first| around(first, patterns));
            Mark::primary(span, &format!("does not match {}", text(&case.request.resource)))
        }
        Part::Principal | Part::Action => Mark::primary(statement.effect.span, &wanting(part, statement)),
    }
}

fn around<T>(first: &Spanned<T>, all: &[Spanned<T>]) -> Span {
    Span::new(first.span.start, all.last().map_or(first.span.end, |last| last.span.end))
}

fn wanting(part: Part, statement: &Statement) -> String {
    format!("its {} does not match", part.element(statement))
}

fn has(trace: &iamgate::iam_eval::ConditionTrace<'_>) -> String {
    use iamgate::iam_eval::Seen;
    match &trace.seen {
        Seen::Absent => "the request does not have this key".to_owned(),
        Seen::Unknown => "the value of this key is not known".to_owned(),
        Seen::Twice(_) => "the request has this key more than once, in different spellings".to_owned(),
        Seen::Single(value) => format!("the request has {}", text(value)),
        Seen::Multiple(values) => format!("the request has {}", texts(values.iter().map(|v| &**v))),
    }
}
