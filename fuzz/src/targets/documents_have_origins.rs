//! Each character of a policy that is found in a text, what is unknown in it, and each problem of it has a place in the text.

use iam_document::{Limits, decode, read};
use iam_json::{LineIndex, Span};
use iam_policy::{Mode, Policy, PolicyKind, Report};

/// The names decide which readers are tried.
pub const NAMES: [&str; 5] = ["a.json", "a.yaml", "a.jsonc", "a.tf", "template.yml"];

pub fn documents_have_origins(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let Ok(text) = decode(rest) else { return };
    let name = NAMES[usize::from(*first) % NAMES.len()];
    let Ok(found) = read(&text, name, &Limits::default()) else { return };
    let lines = LineIndex::of(&text);
    for own in &found.documents {
        for (at, c) in own.text.char_indices() {
            let span = own.origin.span(Span::new(small(at), small(at + c.len_utf8())));
            inside(&text, span);
        }
        own.unknown.iter().for_each(|unknown| inside(&text, unknown.span));
        let kind = own.kind.unwrap_or(PolicyKind::Identity);
        let parsed = Policy::parse(&own.text, kind, Mode::Strict, &iam_policy::Limits::default());
        for problem in parsed.map_or_else(Report::into_problems, |policy| policy.findings) {
            let problem = own.in_original(problem, &lines);
            inside(&text, problem.place.span);
            assert_eq!(problem.position, lines.position(problem.place.span.start), "{problem}: {text:?}");
        }
    }
}

fn inside(text: &str, span: Span) {
    let (start, end) = (span.start as usize, span.end as usize);
    assert!(start <= end && text.get(start..end).is_some(), "{span:?} in {text:?}");
}

fn small(at: usize) -> u32 {
    u32::try_from(at).expect("short")
}
