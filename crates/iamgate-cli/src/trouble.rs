//! Why a question could not be answered.

use iamgate::iam_policy::{Level, Problem, Report};
use serde::Serialize;

use crate::diagnostic;
use crate::exit::Exit;
use crate::input::Source;
use crate::screen::Screen;

/// Why a question could not be answered.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// A file or another input that has no text to show.
    Input {
        /// The file; empty if it is the command line.
        name: String,
        code: &'static str,
        found: String,
        help: String,
    },
    /// A document with problems.
    Document { source: Source, problems: Vec<Problem> },
}

/// A trouble as JSON.
#[derive(Debug, Serialize)]
pub(crate) struct ErrorJson {
    pub(crate) code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) column: Option<u32>,
    pub(crate) message: String,
    pub(crate) help: String,
}

/// The exit code of an answer; what kept it from being given is told.
pub(crate) fn exit(answer: Result<Exit, Trouble>, screen: &mut Screen) -> Exit {
    answer.unwrap_or_else(|trouble| {
        trouble.show(screen);
        Exit::Unanswered
    })
}

impl Trouble {
    pub(crate) fn input(
        name: &str,
        code: &'static str,
        found: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self::Input { name: name.to_owned(), code, found: found.into(), help: help.into() }
    }

    /// Trouble with what is built in: no fault of whoever asks.
    pub(crate) fn bug(error: impl std::fmt::Display) -> Self {
        Self::input("", "CATALOGUE", error.to_string(), "this is a bug in iamgate")
    }

    /// Trouble with the command line.
    pub(crate) fn usage(found: impl Into<String>, help: impl Into<String>) -> Self {
        Self::input("", "USAGE", found, help)
    }

    pub(crate) fn document(source: Source, report: Report) -> Self {
        let problems = report.into_problems().into_iter().filter(Problem::is_refusal).collect();
        Self::Document { source, problems }
    }

    /// The trouble as text with colours.
    pub(crate) fn render(&self) -> String {
        match self {
            Self::Input { name, code, found, help } => diagnostic::without_place(name, code, found, help),
            Self::Document { source, problems } => {
                problems.iter().map(|problem| diagnostic::problem(source, problem)).collect()
            }
        }
    }

    pub(crate) fn show(&self, screen: &mut Screen) {
        screen.aside(&self.render());
    }

    /// One entry for each error.
    pub(crate) fn to_json(&self) -> Vec<ErrorJson> {
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
pub(crate) fn message(problem: &Problem) -> String {
    format!("{}: {}", problem.code.summary(), problem.found)
}
