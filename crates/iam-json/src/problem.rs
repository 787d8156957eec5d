//! What is said about a document: one problem with its place, and all of them as a report.

use std::fmt;

use crate::code::{Code, Level, Mode};
use crate::span::{LineIndex, Position, Span};
use crate::visible::visible;

/// A place in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// JSON pointer (RFC 6901) of the value.
    pub pointer: String,
    /// Its bytes.
    pub span: Span,
}

impl Place {
    /// The value at `pointer`, which stands at `span`.
    pub const fn new(pointer: String, span: Span) -> Self {
        Self { pointer, span }
    }

    /// A place that no pointer names, such as a syntax error.
    pub const fn root(span: Span) -> Self {
        Self { pointer: String::new(), span }
    }
}

/// A second place that a problem is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Related {
    /// Its bytes.
    pub span: Span,
    /// Its line and column.
    pub position: Position,
    /// What is there.
    pub label: &'static str,
}

/// One thing that is wrong with a document, or worth knowing about it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// What kind of thing.
    pub code: Code,
    /// How much it matters in the mode in which the document was read.
    pub level: Level,
    /// Where.
    pub place: Place,
    /// Line and column of the first byte.
    pub position: Position,
    /// What was found there: a phrase, values of the document in backticks and cut at 64 characters.
    pub found: String,
    /// What would be right.
    pub help: String,
    /// The other place, if there is one.
    pub related: Option<Related>,
}

impl Problem {
    /// A problem at its level in `mode`.
    pub fn new(mode: Mode, code: Code, place: Place, found: String, help: String, lines: &LineIndex) -> Self {
        let position = lines.position(place.span.start);
        Self { code, level: code.level(mode), place, position, found, help, related: None }
    }

    /// A problem that refuses the document in every mode.
    pub fn refusal(code: Code, place: Place, found: String, help: String, lines: &LineIndex) -> Self {
        Self { level: Level::Error, ..Self::new(Mode::Strict, code, place, found, help, lines) }
    }

    /// The same with a second place.
    #[must_use]
    pub fn with_related(mut self, span: Span, label: &'static str, lines: &LineIndex) -> Self {
        self.related = Some(Related { span, position: lines.position(span.start), label });
        self
    }

    /// Whether it refuses the document.
    pub fn is_refusal(&self) -> bool {
        self.level == Level::Error
    }
}

/// `CODE at line:column (/pointer): summary: found; help`, on one line.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.code, self.position)?;
        if !self.place.pointer.is_empty() {
            // A name in it may hold anything; this stays one line.
            write!(f, " ({})", visible(&self.place.pointer))?;
        }
        write!(f, ": {}: {}; {}", self.code.summary(), self.found, self.help)
    }
}

/// All that is said about a document that was refused, in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    problems: Vec<Problem>,
}

impl Report {
    /// The problems, in the order of the text; at least one of them refuses the document.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The problems, owned.
    pub fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// Whether a problem of that code is among them.
    pub fn has(&self, code: Code) -> bool {
        self.problems.iter().any(|p| p.code == code)
    }

    /// The codes that refuse the document, each once, in the order of their names.
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
