//! Findings as JSON: one object, or one object per file.

use serde::Serialize;

use super::{Checked, Outcome, aws};
use crate::trouble::ErrorJson;

const SCHEMA: &str = "iamgate/check";
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Report<'o> {
    schema: &'static str,
    version: u32,
    files: Vec<FileJson<'o>>,
    errors: Vec<ErrorJson>,
    skipped: &'o [String],
}

#[derive(Serialize)]
struct FileJson<'o> {
    file: &'o str,
    kind: &'static str,
    kind_inferred: bool,
    accepted: bool,
    findings: Vec<aws::Finding>,
}

/// A line of the form with one object per file.
#[derive(Serialize)]
struct Line<T> {
    schema: &'static str,
    version: u32,
    #[serde(flatten)]
    content: T,
}

#[derive(Serialize)]
struct ErrorLine {
    error: ErrorJson,
}

fn file(checked: &Checked) -> FileJson<'_> {
    FileJson {
        file: &checked.source.name,
        kind: checked.kind.name(),
        kind_inferred: checked.is_inferred,
        accepted: checked.is_accepted,
        findings: aws::findings(&checked.source.text, &checked.problems),
    }
}

pub(super) fn report(outcome: &Outcome) -> String {
    crate::screen::json(&Report {
        schema: SCHEMA,
        version: VERSION,
        files: outcome.checked.iter().map(file).collect(),
        errors: outcome.unread.iter().flat_map(crate::trouble::Trouble::to_json).collect(),
        skipped: &outcome.others,
    })
}

pub(super) fn lines(outcome: &Outcome) -> String {
    let files = outcome.checked.iter().map(|checked| {
        crate::screen::json_line(&Line { schema: SCHEMA, version: VERSION, content: file(checked) })
    });
    let errors = outcome.unread.iter().flat_map(crate::trouble::Trouble::to_json).map(|error| {
        crate::screen::json_line(&Line { schema: SCHEMA, version: VERSION, content: ErrorLine { error } })
    });
    files.chain(errors).collect()
}
