//! The JSON of an answer.

use serde::Serialize;

use super::{Checked, Finding, Hidden, Hiding, Note, Notice, mend};
use crate::answer::AnswerSchema;
use crate::trouble::ErrorJson;

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Report<'o> {
    pub(super) schema: AnswerSchema,
    pub(super) version: u32,
    pub(super) files: Vec<FileJson<'o>>,
    pub(super) errors: Vec<ErrorJson>,
    pub(super) skipped: &'o [String],
    /// What files are that are more than a policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) notes: Option<&'o [Note]>,
    /// What was decided elsewhere. Left out without a configuration and a baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) config: Option<ConfigJson<'o>>,
    /// What is to be said about the configuration and the baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) notices: Option<&'o [Notice]>,
    /// What was mended before the documents were looked at; left out without `--fix`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) mended: Vec<mend::MendedJson<'o>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct ConfigJson<'o> {
    /// The configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<&'o str>,
    /// The baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) baseline: Option<&'o str>,
    /// The level from which on a finding makes the exit code 1.
    #[serde(rename = "failOn")]
    pub(super) fail_on: &'static str,
    /// Files that the configuration leaves out.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub(super) excluded: &'o [String],
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct FileJson<'o> {
    pub(super) file: &'o str,
    /// Which document of the file; left out if the file is a policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) document: Option<&'o str>,
    pub(super) kind: &'static str,
    pub(super) kind_inferred: bool,
    pub(super) accepted: bool,
    pub(super) findings: Vec<Finding>,
    /// Findings that somebody decided not to count.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) suppressed: Vec<HiddenJson<'o>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct HiddenJson<'o> {
    #[serde(rename = "issueCode")]
    pub(super) code: &'static str,
    pub(super) line: u32,
    pub(super) by: Hiding,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) reason: &'o str,
}

/// A line of the output, with one object per file.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct Line<T> {
    pub(super) schema: AnswerSchema,
    pub(super) version: u32,
    #[serde(flatten)]
    pub(super) content: T,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct ErrorLine {
    pub(super) error: ErrorJson,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct NoticeLine<'o> {
    pub(super) notice: &'o Notice,
}

pub(super) fn file_json(checked: &Checked) -> FileJson<'_> {
    FileJson {
        file: &checked.source.name,
        document: Some(checked.document.name.as_str()).filter(|name| !name.is_empty()),
        kind: checked.kind.name(),
        kind_inferred: checked.is_inferred,
        accepted: checked.is_accepted,
        findings: checked.findings(),
        suppressed: checked.hidden.iter().map(hidden_json).collect(),
    }
}

pub(super) fn hidden_json(hidden: &Hidden) -> HiddenJson<'_> {
    HiddenJson {
        code: hidden.problem.code.name(),
        line: hidden.problem.position.line,
        by: hidden.by,
        reason: &hidden.reason,
    }
}
