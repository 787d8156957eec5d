//! The mutants that `cargo mutants` lists.

use std::ops::Range;
use std::path::Path;

use serde::Deserialize;

use crate::tools;

/// The place of a mutant, as lines and columns. Both count from 1, columns in characters.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub(super) struct At {
    pub(super) line: usize,
    pub(super) column: usize,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub(super) struct Lines {
    pub(super) start: At,
    pub(super) end: At,
}

/// What a mutant changes.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub(super) enum Genre {
    /// The function returns at once.
    FnValue,
    /// Another operator between two operands.
    BinaryOperator,
    /// No `!` or `-`.
    UnaryOperator,
    /// An arm of a `match` is missing.
    MatchArm,
    /// The guard of an arm is true, or false.
    MatchArmGuard,
    /// A field is taken from the base of a struct expression.
    StructField,
}

/// A change of the code.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(super) struct Mutant {
    /// Place and change, for people. The list of accepted mutants has patterns of it.
    pub(super) name: String,
    pub(super) file: String,
    pub(super) genre: Genre,
    /// What stands in place of the span.
    pub(super) replacement: String,
    pub(super) span: Lines,
    #[serde(default)]
    pub(super) function: Option<Function>,
}

/// The function in which a mutant is.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(super) struct Function {
    /// With its arrow; empty if nothing is returned.
    pub(super) return_type: String,
}

impl Mutant {
    /// The bytes of the file that the mutant replaces. `None` if the file has no such place.
    pub(super) fn bytes(&self, text: &str) -> Option<Range<usize>> {
        Some(offset(text, self.span.start)?..offset(text, self.span.end)?)
    }
}

fn offset(text: &str, at: At) -> Option<usize> {
    let mut start = 0;
    for _ in 1..at.line {
        start += text.get(start..)?.find('\n')? + 1;
    }
    let line = text.get(start..)?;
    let before: usize = line.chars().take(at.column.checked_sub(1)?).map(char::len_utf8).sum();
    Some(start + before)
}

/// The mutants under some settings of `cargo mutants`.
pub(super) fn list(root: &Path, settings: &str, patch: &[String]) -> Result<Vec<Mutant>, String> {
    let mut words = vec!["cargo", "mutants", "--workspace", "--list", "--json", "--config", settings];
    words.extend(patch.iter().map(String::as_str));
    let output = tools::command(root, &words)?.output().map_err(|e| format!("cargo mutants: {e}"))?;
    if !output.status.success() {
        return Err(format!("cargo mutants --list: {}", String::from_utf8_lossy(&output.stderr)));
    }
    if output.stdout.is_empty() {
        return Ok(Vec::new());
    }
    serde_json::from_slice(&output.stdout).map_err(|e| format!("cargo mutants --list: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_bytes() {
        let text = "a\nä = b;\n";
        assert_eq!(offset(text, At { line: 2, column: 5 }), Some(7));
        assert_eq!(text.get(7..8), Some("b"));
        assert_eq!(offset(text, At { line: 9, column: 1 }), None);
    }
}
