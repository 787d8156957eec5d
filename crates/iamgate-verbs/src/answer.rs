//! Answers: each has JSON and an exit code.

mod schema;

use iamgate::iam_analysis::VerdictKind;

use crate::names::UnknownName;
use crate::trouble::Trouble;

pub use schema::AnswerSchema;

/// An answer to a question.
pub trait Answer {
    /// The answer in JSON, indented, with a line feed at its end: an object with `schema` and `version`.
    fn to_json(&self) -> String;

    /// The exit code of the answer.
    fn exit(&self) -> Exit;

    /// The names in the question that are not known, so that the answer may be about nothing. They are in the JSON as well.
    fn unknown_names(&self) -> &[UnknownName] {
        &[]
    }
}

/// The exit codes of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Yes: allowed, nothing to report, everything passed.
    Yes,
    /// No: denied, findings, or failures.
    No,
    /// The question could not be answered: wrong usage, unreadable or invalid input, or nothing found.
    Unanswered,
    /// The answer depends on the value of an unknown key.
    Depends,
    /// A bug in iamgate.
    Bug,
}

impl Exit {
    /// The exit code of a program.
    pub const fn code(self) -> u8 {
        match self {
            Self::Yes => 0,
            Self::No => 1,
            Self::Unanswered => 2,
            Self::Depends => 3,
            // EX_SOFTWARE of sysexits.h.
            Self::Bug => 70,
        }
    }

    /// `Yes` if `is_so`, and `No` otherwise.
    pub const fn when(is_so: bool) -> Self {
        if is_so { Self::Yes } else { Self::No }
    }

    /// The same exit code, or [`Exit::Bug`] if the analysis and the evaluator contradict each other: there is then no answer.
    #[must_use]
    pub const fn unless_defect(self, is_defect: bool) -> Self {
        if is_defect { Self::Bug } else { self }
    }
}

impl From<VerdictKind> for Exit {
    fn from(verdict: VerdictKind) -> Self {
        match verdict {
            VerdictKind::Holds => Self::Yes,
            VerdictKind::Fails => Self::No,
            VerdictKind::Unknown => Self::Unanswered,
        }
    }
}

impl From<&Trouble> for Exit {
    fn from(trouble: &Trouble) -> Self {
        match trouble {
            Trouble::Bug { .. } => Self::Bug,
            Trouble::Input { .. } | Trouble::Document { .. } => Self::Unanswered,
        }
    }
}
