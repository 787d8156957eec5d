//! Texts that the caller has read, and the errors they can have. This crate reads no files itself.

use std::fmt;

use iam_policy::Report;

/// A text and the name of the file it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The name: a path relative to the folder that was read, with `/`. Messages show it, and it tells what the text is.
    pub name: String,
    /// The text.
    pub text: String,
}

/// The error of a text that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InputError {
    /// The name of the file; empty if the error is about no file.
    pub file: String,
    /// The document that is wrong, if it was encoded inside the file: its decoded text. Positions of the report then refer to this text.
    pub text: Option<String>,
    /// What is wrong.
    pub kind: InputErrorKind,
}

/// The kinds of errors of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InputErrorKind {
    /// Problems, each with its place in the text.
    Document(Report),
    /// One error about the text as a whole.
    Other {
        /// The stable code of the error.
        code: &'static str,
        /// What was found.
        found: String,
        /// What would be right.
        help: String,
    },
}

impl InputError {
    pub(crate) fn document(file: &str, report: Report) -> Self {
        Self { file: file.to_owned(), text: None, kind: InputErrorKind::Document(report) }
    }

    pub(crate) fn encoded(file: &str, text: String, report: Report) -> Self {
        Self { file: file.to_owned(), text: Some(text), kind: InputErrorKind::Document(report) }
    }

    pub(crate) fn other(
        file: &str,
        code: &'static str,
        found: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        let kind = InputErrorKind::Other { code, found: found.into(), help: help.into() };
        Self { file: file.to_owned(), text: None, kind }
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.file.is_empty() {
            write!(f, "{}: ", self.file)?;
        }
        match &self.kind {
            InputErrorKind::Document(report) => report.fmt(f),
            InputErrorKind::Other { code, found, help } => write!(f, "{code}: {found}; {help}"),
        }
    }
}

impl std::error::Error for InputError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            InputErrorKind::Document(report) => Some(report),
            InputErrorKind::Other { .. } => None,
        }
    }
}
