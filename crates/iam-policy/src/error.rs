//! Why a policy cannot be made.

use std::fmt;

use iam_json::Code;

/// Why a policy cannot be made from the given parts. [`fmt::Display`] says why in one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildError {
    code: Code,
    statement: Option<usize>,
    found: String,
}

impl BuildError {
    pub(crate) const fn new(code: Code, found: String) -> Self {
        Self { code, statement: None, found }
    }

    pub(crate) fn at(self, index: usize) -> Self {
        Self { statement: Some(index), ..self }
    }

    /// The code with which the reader refuses a document that has this problem, or reports it.
    pub const fn code(&self) -> Code {
        self.code
    }

    /// The index of the invalid statement, counted from 0.
    ///
    /// `None` if the part is not a statement of a policy.
    pub const fn statement(&self) -> Option<usize> {
        self.statement
    }

    /// The part that was found, as a phrase.
    pub fn found(&self) -> &str {
        &self.found
    }
}

/// Writes `CODE in statement 2: summary: found`, with statements counted from 1.
impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if let Some(index) = self.statement {
            write!(f, " in statement {}", index.saturating_add(1))?;
        }
        write!(f, ": {}: {}", self.code.summary(), self.found)
    }
}

impl std::error::Error for BuildError {}
