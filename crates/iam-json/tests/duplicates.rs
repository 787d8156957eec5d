//! Members that are there twice, however their names are written.
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use iam_json::{Document, Limits, Report};
use proptest::prelude::*;

/// A member name between quotation marks: of few characters, so that equal ones are met, and some of them escaped.
fn name() -> impl Strategy<Value = String> {
    let piece =
        prop::sample::select(vec!["a", "\\u0061", "\u{E9}", "\\u00e9", "\\u00E9", "/", "\\/", "~", "\\\""]);
    prop::collection::vec(piece, 0..3).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_second_member_is_found_at_its_pointer(objects in prop::collection::vec(prop::collection::vec(name(), 0..14), 1..4)) {
        let members = |names: &Vec<String>| names.iter().map(|n| format!("{n}:{{}}")).collect::<Vec<_>>().join(",");
        let texts: Vec<String> = objects.iter().map(|names| format!("[{{{}}}]", members(names))).collect();
        let text = format!("{{\"in\":[{}]}}", texts.join(","));
        let document = Document::parse(&text, Limits::default()).unwrap();
        let oracle: serde_json::Value = serde_json::from_str(&text).unwrap();
        let repeated = |names: &Vec<String>| {
            let distinct: BTreeSet<String> = names.iter().map(|n| serde_json::from_str(n).unwrap()).collect();
            names.len().saturating_sub(distinct.len())
        };
        let expected: usize = objects.iter().map(repeated).sum();
        let problems = document.refuse_duplicates().map_or_else(Report::into_problems, |_| Vec::new());
        prop_assert_eq!(problems.len(), expected, "{}", text);
        for problem in problems {
            prop_assert!(oracle.pointer(&problem.place.pointer).is_some(), "{} {}", problem, text);
            let first = problem.related.as_ref().unwrap().span.of(&text);
            let names: Vec<String> =
                [first, problem.place.span.of(&text)].iter().map(|n| serde_json::from_str(n).unwrap()).collect();
            prop_assert_eq!(&names[0], &names[1]);
            let last = problem.place.pointer.rsplit('/').next().unwrap().replace("~1", "/").replace("~0", "~");
            prop_assert_eq!(&last, &names[1]);
        }
    }
}

/// The report takes time linear in the document: its places are found on one walk.
#[expect(clippy::disallowed_methods, reason = "the test is about time")]
#[test]
fn thousands_of_duplicates_are_reported_at_once() {
    let text = format!("[{}]", vec![r#"{"a":0,"a":0}"#; 9_000].join(","));
    let start = Instant::now();
    let report = Document::parse(&text, Limits::default()).unwrap().refuse_duplicates().unwrap_err();
    assert_eq!(report.problems().len(), 9_000);
    assert_eq!(report.problems()[8_999].place.pointer, "/8999/a");
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

#[test]
fn a_name_with_quotation_marks_is_shown_cut_and_with_its_pointer() {
    let name = format!(r#"a\"{}"#, "x".repeat(100));
    let text = format!(r#"{{"{name}":1,"{name}":2}}"#);
    let report = Document::parse(&text, Limits::default()).unwrap().refuse_duplicates().unwrap_err();
    assert_eq!(report.problems().len(), 1);
    let problem = report.problems().first().unwrap();
    assert_eq!(problem.place.pointer, format!("/a\"{}", "x".repeat(100)));
    assert!(problem.found.chars().count() < 100, "{}", problem.found);
}
