//! What is in a file to check.

use std::borrow::Cow;

use iam_document::{Extracted, Found, UNKNOWN, code};
use iamgate::File;
use iamgate::iam_policy::{Mode, Problem, Span};
use serde::Serialize;

use crate::given;
use crate::trouble::Trouble;
use crate::words::{first, plural};

/// What is in a file.
pub(super) enum Read {
    /// Policies, one at least.
    Policies(Found),
    /// No policy, in a file that nobody named.
    Other,
    /// Policies that are not read, and no others, in a file that nobody named.
    Left(Found),
    /// No policy, in a file that was named, or only a part of an output.
    Trouble(Trouble),
    /// A text that cannot be read.
    Refused(Vec<Problem>),
}

/// What a file is that is more than a policy.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Note {
    /// The file.
    pub file: String,
    /// What it is.
    pub what: String,
    /// What is not in it, and how to get it; empty if nothing is missing.
    pub missing: String,
    /// What in it is not checked, and why.
    pub unchecked: Vec<String>,
}

/// Words that a file of YAML has if policies can be in it. Other files of YAML that cannot be read are not about policies.
const WORDS: [&str; 3] = ["Statement", "AWSTemplateFormatVersion", "AWS::"];

/// Reads a file.
pub(super) fn read(source: &File, is_named: bool) -> Read {
    match iam_document::read(&source.text, &source.name, &given::limits()) {
        Ok(found) if !found.documents.is_empty() => Read::Policies(found),
        Ok(found) if is_named => Read::Trouble(given::nothing(source, &found)),
        Ok(found) if !found.left.is_empty() => Read::Left(found),
        Ok(_) => Read::Other,
        Err(report) => {
            let is_about = is_named || WORDS.iter().any(|word| source.text.contains(word));
            let is_yaml = report.has(code::YAML_SYNTAX_ERROR);
            if report.has(code::TRUNCATED_OUTPUT) || (is_named && report.has(code::NOT_A_POLICY)) {
                Read::Trouble(Trouble::document(source.clone(), report))
            } else if report.has(code::NOT_A_POLICY) || (is_yaml && !is_about) {
                Read::Other
            } else {
                Read::Refused(report.into_problems())
            }
        }
    }
}

/// What is to be said about a file besides its findings.
pub(super) fn note(source: &File, found: &Found) -> Option<Note> {
    let left = found.left.iter().map(|own| format!("{}: {}", own.name, own.why));
    let unchecked = unknown(found).into_iter().chain(left).collect();
    let note = Note {
        file: source.name.clone(),
        what: found.said.clone(),
        missing: found.missing.clone(),
        unchecked,
    };
    (!note.what.is_empty()).then_some(note)
}

/// The text of a document as it is read. What is known only when a template is deployed is plain letters in it, as many bytes long.
pub(super) fn readable(document: &Extracted) -> Cow<'_, str> {
    if document.unknown.is_empty() {
        return Cow::Borrowed(&document.text);
    }
    Cow::Owned(document.text.replace(UNKNOWN, STAND_IN))
}

/// Letters in place of [`UNKNOWN`]. Findings about them are not made.
pub(super) const STAND_IN: &str = "xxx";

const _: () = assert!(STAND_IN.len() == UNKNOWN.len());

/// Whether a finding is about something that is known. One about a value of which a part is not known could be wrong.
pub(super) fn is_known(document: &Extracted, problem: &Problem) -> bool {
    let is_of_known = |span: Span| {
        let own = span.of(&document.text);
        // A finding about a statement or a list is not one about a text in it.
        own.starts_with(['{', '[']) || !own.contains(UNKNOWN)
    };
    document.unknown.is_empty() || is_of_known(problem.place.span)
}

/// What is said of values that are known only when a template is deployed.
fn unknown(found: &Found) -> Option<String> {
    let unknown: Vec<&str> =
        found.documents.iter().flat_map(|own| &own.unknown).map(|own| own.what.as_str()).collect();
    let count = unknown.len();
    let mut names = unknown;
    names.sort_unstable();
    names.dedup();
    let values = plural(count, "value is", "values are");
    let names = first(&names, 4);
    (count > 0).then(|| {
        format!("{values} known only when it is deployed, and findings about them are not made: {names}")
    })
}

/// The problems of what is around the policies. A byte order mark is one only where the file itself is to be given to AWS.
pub(super) fn around(found: &Found, mode: Mode) -> Vec<Problem> {
    let is_for_aws = found.is_bare() && mode == Mode::Strict;
    let problems = found.problems.iter();
    problems.filter(|own| own.code != code::BYTE_ORDER_MARK || is_for_aws).cloned().collect()
}
