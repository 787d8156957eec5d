//! Why a digest file, a list of keys or a log file was not read.

use std::fmt;

use crate::finding::{Finding, TrailCode, short};

/// The kind of a [`DigestError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DigestErrorKind {
    /// The compressed stream is damaged, or ends too early.
    Compression,
    /// The file is longer than the limit.
    TooLong,
    /// The text is not JSON.
    Json,
    /// A member is missing, there twice, or has a value that it cannot have.
    Member,
    /// A public key is none, is too small, or differs from another with its fingerprint.
    Key,
}

/// A file that was not read. Nothing of it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DigestError {
    /// The kind.
    pub kind: DigestErrorKind,
    /// The line in the uncompressed file, from 1. 0 if the error is about the file, and not about a place in it.
    pub line: usize,
    /// The column in the line, in bytes, from 1. 0 if the error is about the file.
    pub column: usize,
    /// What is wrong, as a sentence without a full stop.
    pub text: String,
}

impl DigestError {
    /// An error about the whole file.
    pub(super) fn new(kind: DigestErrorKind, text: impl Into<String>) -> Self {
        Self { kind, line: 0, column: 0, text: text.into() }
    }
}

impl From<serde_json::Error> for DigestError {
    fn from(error: serde_json::Error) -> Self {
        let kind = match error.classify() {
            serde_json::error::Category::Data => DigestErrorKind::Member,
            serde_json::error::Category::Io
            | serde_json::error::Category::Syntax
            | serde_json::error::Category::Eof => DigestErrorKind::Json,
        };
        let whole = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        let text = short(whole.strip_suffix(place.as_str()).unwrap_or(&whole));
        Self { kind, line: error.line(), column: error.column(), text }
    }
}

impl From<Finding> for DigestError {
    fn from(finding: Finding) -> Self {
        let is_long = finding.code == TrailCode::FileTooLong;
        let kind = if is_long { DigestErrorKind::TooLong } else { DigestErrorKind::Compression };
        Self::new(kind, finding.text)
    }
}

impl fmt::Display for DigestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}, column {}: ", self.line, self.column)?;
        }
        f.write_str(&self.text)
    }
}

impl std::error::Error for DigestError {}
