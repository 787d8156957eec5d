//! Texts that come in, and what can be wrong with them. This crate reads no files: the caller does.

use std::fmt;

use iam_policy::Report;

/// A text and the name of the file it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The name, for messages and for telling what the text is: a path relative to the folder that was read, with `/`.
    pub name: String,
    /// The text.
    pub text: String,
}

/// Why a text cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InputError {
    /// The file; empty if it is about none.
    pub file: String,
    /// The text that the places of a report are in, if it is not the file's: a document that was encoded in it.
    pub text: Option<String>,
    /// What is wrong.
    pub kind: InputErrorKind,
}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InputErrorKind {
    /// Problems with places.
    Document(Report),
    /// Something about the whole.
    Other {
        /// A stable code.
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
