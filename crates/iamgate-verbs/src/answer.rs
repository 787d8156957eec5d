//! What every answer has: JSON, and an exit code.

use serde::Serialize;

use crate::trouble::{ErrorJson, Trouble};

/// An answer to a question.
pub trait Answer {
    /// The answer in JSON, indented, with a line feed at its end: an object with `schema` and `version`.
    fn to_json(&self) -> String;

    /// What the answer comes to.
    fn exit(&self) -> Exit;
}

/// What the program tells its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a new outcome must be looked at everywhere")]
pub enum Exit {
    /// Yes: allowed, nothing to report, everything passed.
    Yes,
    /// No: denied, findings, failures.
    No,
    /// The question could not be answered: usage, unreadable or invalid input, nothing found.
    Unanswered,
    /// The value of an unknown key decides.
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

    /// The exit code of a verdict.
    pub(crate) fn of(verdict: &str, is_defect: bool) -> Self {
        if is_defect {
            return Self::Bug;
        }
        match verdict {
            "holds" => Self::Yes,
            "fails" => Self::No,
            _ => Self::Unanswered,
        }
    }
}

/// No answer, and why.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Refused<'s> {
    schema: &'s str,
    version: u32,
    errors: Vec<ErrorJson>,
}

/// No answer, as JSON of the schema that the answer would have had.
pub fn refused(trouble: &Trouble, schema: &str) -> String {
    json(&Refused { schema, version: 1, errors: trouble.to_json() })
}

/// A value as indented JSON and a line feed.
pub fn json(value: &impl Serialize) -> String {
    finish(serde_json::to_string_pretty(value))
}

/// A value as one line of JSON.
pub fn json_line(value: &impl Serialize) -> String {
    finish(serde_json::to_string(value))
}

/// Writing structs of texts and numbers to memory cannot fail; if it did, the reader would get JSON that says so.
fn finish(written: serde_json::Result<String>) -> String {
    let mut text = written.unwrap_or_else(|_| r#"{"error":{"code":"BUG"}}"#.to_owned());
    text.push('\n');
    text
}
