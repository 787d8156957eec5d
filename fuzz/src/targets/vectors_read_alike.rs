//! An accepted vector file has as many cases as items, with each id once, and has the same content after its JSON is written again.

use std::collections::BTreeSet;

use iam_testkit::format::{self, Cases};

use crate::input;

pub fn vectors_read_alike(data: &[u8]) {
    let Some(text) = input::text(data) else { return };
    let Ok(document) = format::open(text) else { return };
    let Ok(cases) = format::read(&document) else { return };
    assert_eq!(cases.len(), document.root().items().count(), "{text}");
    let ids: BTreeSet<&str> = cases.ids().into_iter().collect();
    assert_eq!(ids.len(), cases.len(), "{text}");
    // Numbers that serde_json cannot represent exactly would change.
    let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else { return };
    for written in [value.to_string(), format!("{value:#}")] {
        let document = format::open(&written).unwrap_or_else(|report| panic!("{written}: {report}"));
        let again = format::read(&document).unwrap_or_else(|report| panic!("{written}: {report}"));
        assert_eq!(told(&again), told(&cases), "{written}");
    }
}

/// The content of the cases, without the values that are places in their document.
fn told(cases: &Cases<'_>) -> Vec<String> {
    match cases {
        Cases::Decisions(cases) => cases
            .iter()
            .map(|c| format!("{:?} {} {:?} {}", c.about, c.section, c.expect, c.or_reject))
            .collect(),
        Cases::Documents(cases) => {
            cases.iter().map(|c| format!("{:?} {:?} {} {}", c.about, c.kind, c.text, c.accepted)).collect()
        }
        Cases::Sessions(cases) => {
            cases.iter().map(|c| format!("{:?} {} {:?}", c.about, c.operation, c.expect.is_some())).collect()
        }
    }
}
