//! Problems of a document with their places, and the report of all of them.

use std::fmt;

use crate::code::{Code, Level, Mode};
use crate::span::{LineIndex, Position, Span};
use crate::visible::visible;

/// A place in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The JSON pointer (RFC 6901) of the value.
    pub pointer: String,
    /// The bytes of the value.
    pub span: Span,
}

impl Place {
    /// The place of the value at `pointer`, which has the bytes of `span`.
    pub const fn new(pointer: String, span: Span) -> Self {
        Self { pointer, span }
    }

    /// A place that no pointer names, such as the place of a syntax error.
    pub const fn root(span: Span) -> Self {
        Self { pointer: String::new(), span }
    }
}

/// A second place that a problem refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Related {
    /// The bytes of the place.
    pub span: Span,
    /// The line and column of its first byte.
    pub position: Position,
    /// What is at the place.
    pub label: &'static str,
}

/// One problem or finding of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The kind of problem.
    pub code: Code,
    /// The level of the code in the mode in which the document was read.
    pub level: Level,
    /// The place in the document.
    pub place: Place,
    /// The line and column of the place's first byte.
    pub position: Position,
    /// What was found there, as a phrase. Values of the document are in backticks and cut at 64 characters.
    pub found: String,
    /// What would be right.
    pub help: String,
    /// A second place. `None` if there is none.
    pub related: Option<Related>,
}

impl Problem {
    /// Makes a problem with the code's level in `mode`.
    pub fn new(mode: Mode, code: Code, place: Place, found: String, help: String, lines: &LineIndex) -> Self {
        let position = lines.position(place.span.start);
        Self { code, level: code.level(mode), place, position, found, help, related: None }
    }

    /// Makes a problem that refuses the document in every mode.
    pub fn refusal(code: Code, place: Place, found: String, help: String, lines: &LineIndex) -> Self {
        Self { level: Level::Error, ..Self::new(Mode::Strict, code, place, found, help, lines) }
    }

    /// The problem with a second place.
    #[must_use]
    pub fn with_related(mut self, span: Span, label: &'static str, lines: &LineIndex) -> Self {
        self.related = Some(Related { span, position: lines.position(span.start), label });
        self
    }

    /// Whether the problem refuses the document.
    pub fn is_refusal(&self) -> bool {
        self.level == Level::Error
    }
}

/// Writes `CODE at line:column (/pointer): summary: found; help`, on one line.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.code, self.position)?;
        if !self.place.pointer.is_empty() {
            // A name in the pointer may have any character. The output stays on one line.
            write!(f, " ({})", visible(&self.place.pointer))?;
        }
        write!(f, ": {}: {}; {}", self.code.summary(), self.found, self.help)
    }
}

/// All problems of a document that was refused, in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    problems: Vec<Problem>,
}

impl Report {
    /// The problems in the order of the text. At least one of them refuses the document.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The problems, taken out of the report.
    pub fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// Whether the report has a problem with this code.
    pub fn has(&self, code: Code) -> bool {
        self.problems.iter().any(|p| p.code == code)
    }

    /// The codes that refuse the document, each once, sorted by name.
    pub fn refusals(&self) -> Vec<Code> {
        let mut codes: Vec<Code> = self.problems.iter().filter(|p| p.is_refusal()).map(|p| p.code).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}

impl From<Problem> for Report {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }
}

impl FromIterator<Problem> for Report {
    fn from_iter<I: IntoIterator<Item = Problem>>(problems: I) -> Self {
        let mut problems: Vec<Problem> = problems.into_iter().collect();
        problems.sort_by_key(|p| p.place.span.start);
        Self { problems }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.problems.iter().filter(|p| p.is_refusal()).enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Report {}
