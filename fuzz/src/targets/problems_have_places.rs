//! Every problem has a place inside its document, the right line and column, a pointer to a value, and words that fit on one line of a screen.
//! The documents are policies, requests with their layers, calls to STS, and vectors.

use iam_eval::session;
use iam_eval::wire::{Wire, WireLimits};
use iam_policy::value::Instant;
use iam_policy::{Mode, Policy, Problem, Report, code};
use iam_testkit::format;

use crate::input;

pub fn problems_have_places(data: &[u8]) {
    let Some((kind, text)) = input::kind_and_text(data) else { return };
    for mode in [Mode::Strict, Mode::Deployed] {
        let read = Policy::parse(text, kind, mode, &input::limits());
        let refused = read.is_err();
        let problems = read.map_or_else(Report::into_problems, |policy| policy.findings);
        assert_eq!(problems.iter().any(Problem::is_refusal), refused, "{mode:?}: {text:?}");
        all_right(text, &problems);
    }
    if let Err(report) = format::open(text).and_then(|document| format::read(&document).map(drop)) {
        all_right(text, report.problems());
    }
    let Some(document) = input::document(text) else { return };
    let root = document.root();
    if let Err(report) = session::wire::opening(root, Instant::from_epoch_seconds(0)) {
        all_right(text, report.problems());
    }
    let limits = WireLimits::default();
    let mut wire = Wire::new(&document, Mode::Strict, &limits);
    let read = wire.parts(root).and_then(|parts| {
        let request = wire.request(parts.request)?;
        wire.layers(parts.policies, request.resource_kind)
    });
    all_right(text, &read.map_or_else(Report::into_problems, |_| wire.into_findings()));
}

fn all_right(text: &str, problems: &[Problem]) {
    let theirs: Option<serde_json::Value> = serde_json::from_str(text).ok();
    // serde_json keeps the last of duplicate members, and the problem may be about another one.
    let duplicates = problems.iter().any(|p| p.code == code::DUPLICATE_JSON_KEY);
    for problem in problems {
        let span = problem.place.span;
        let (start, end) = (span.start as usize, span.end as usize);
        assert!(start <= end && text.get(start..end).is_some(), "{problem}: {span:?} in {text:?}");
        let line = text[..start].matches('\n').count() + 1;
        let column = text[..start].rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let told = (problem.position.line as usize, problem.position.column as usize);
        assert_eq!(told, (line, column), "{problem}: {text:?}");
        assert!(!problem.found.is_empty() && !problem.help.is_empty(), "{problem}: {text:?}");
        assert!(!problem.to_string().contains(char::is_control), "control characters in {problem:?}");
        let related = problem.related.as_ref().map_or(0..0, |r| r.span.start as usize..r.span.end as usize);
        assert!(text.get(related).is_some(), "{problem}: related place outside of {text:?}");
        let pointer = &problem.place.pointer;
        let found = theirs.as_ref().is_none_or(|theirs| duplicates || theirs.pointer(pointer).is_some());
        assert!(found, "{problem}: nothing at {pointer:?}: {text:?}");
    }
}
