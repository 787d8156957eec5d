//! Why a question could not be answered.

use iamgate::File;
use iamgate::iam_policy::{Level, Problem, Report};
use serde::Serialize;

/// Why a question could not be answered.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "whoever shows troubles must know all")]
pub enum Trouble {
    /// A file or another input that has no text to show.
    Input {
        /// The file; empty if it is the command line.
        name: String,
        /// A stable code.
        code: &'static str,
        /// What was found.
        found: String,
        /// What would be right.
        help: String,
    },
    /// A document with problems.
    Document {
        /// The document.
        source: File,
        /// What is wrong with it.
        problems: Vec<Problem>,
    },
}

/// A trouble as JSON.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ErrorJson {
    /// A stable code.
    pub code: String,
    /// The file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column in characters, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// What was found.
    pub message: String,
    /// What would be right.
    pub help: String,
}

impl Trouble {
    /// Trouble with an input.
    pub fn input(name: &str, code: &'static str, found: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Input { name: name.to_owned(), code, found: found.into(), help: help.into() }
    }

    /// Trouble with what is built in: no fault of whoever asks.
    pub fn bug(error: impl std::fmt::Display) -> Self {
        Self::input("", "CATALOGUE", error.to_string(), "this is a bug in iamgate")
    }

    /// Trouble with the command line.
    pub fn usage(found: impl Into<String>, help: impl Into<String>) -> Self {
        Self::input("", "USAGE", found, help)
    }

    /// Trouble with a document.
    pub fn document(source: File, report: Report) -> Self {
        let problems = report.into_problems().into_iter().filter(Problem::is_refusal).collect();
        Self::Document { source, problems }
    }

    /// One entry for each error.
    pub fn to_json(&self) -> Vec<ErrorJson> {
        match self {
            Self::Input { name, code, found, help } => vec![ErrorJson {
                code: (*code).to_owned(),
                file: (!name.is_empty()).then(|| name.clone()),
                line: None,
                column: None,
                message: found.clone(),
                help: help.clone(),
            }],
            Self::Document { source, problems } => problems
                .iter()
                .filter(|problem| problem.level == Level::Error)
                .map(|problem| ErrorJson {
                    code: problem.code.name().to_owned(),
                    file: Some(source.name.clone()),
                    line: Some(problem.position.line),
                    column: Some(problem.position.column),
                    message: message(problem),
                    help: problem.help.clone(),
                })
                .collect(),
        }
    }
}

/// What a problem is, without its place and help.
pub fn message(problem: &Problem) -> String {
    format!("{}: {}", problem.code.summary(), problem.found)
}
