//! Resources: the patterns of `Resource` and `NotResource` (part 3 of the rules).

use crate::pattern::{Pattern, Piece};
use iam_json::Spanned;

/// `Resource` or `NotResource`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "rule 1.12: one of the two")]
pub enum ResourceElement {
    /// The statement is about resources that match one of the patterns; an empty list matches nothing.
    Resource(Vec<Spanned<ResourcePattern>>),
    /// The statement is about resources that match none of the patterns.
    NotResource(Vec<Spanned<ResourcePattern>>),
}

impl ResourceElement {
    /// The patterns.
    pub fn patterns(&self) -> &[Spanned<ResourcePattern>] {
        match self {
            Self::Resource(patterns) | Self::NotResource(patterns) => patterns,
        }
    }

    /// Whether it is `NotResource`.
    pub const fn is_not(&self) -> bool {
        matches!(self, Self::NotResource(_))
    }
}

/// `*` or an ARN, with wildcards and variables; matched as one case-sensitive text (rules 3.2 to 3.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourcePattern {
    pattern: Pattern,
    /// The text as written, where the pattern is longer than that.
    written: Option<Box<str>>,
    is_null: bool,
}

impl ResourcePattern {
    /// A pattern that is matched as it is written.
    pub fn new(pattern: Pattern) -> Self {
        let is_null = has_early_variable(&pattern);
        Self { pattern, written: None, is_null }
    }

    /// An ARN with fewer than six fields, completed with `*` fields (rule 3.7): `completed` is the full pattern.
    pub fn completed(written: &str, completed: Pattern) -> Self {
        Self { written: Some(written.into()), ..Self::new(completed) }
    }

    /// The pattern that is matched.
    pub const fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// The text as written.
    pub fn text(&self) -> &str {
        self.written.as_deref().unwrap_or(self.pattern.text())
    }

    /// Whether it matches every resource, also a request without one (rule 3.6).
    pub fn is_any(&self) -> bool {
        self.pattern.is_any()
    }

    /// Whether it never matches because of a variable before the fifth colon (rule 3.29).
    pub const fn is_null(&self) -> bool {
        self.is_null
    }
}

/// How many fields, cut at colons, an ARN has. The sixth keeps further colons.
pub const ARN_FIELDS: usize = 6;

/// The number of fields of an ARN pattern, at most six. Colons inside variables do not count; those of `${...}` texts that are
/// plain text in older documents do.
pub fn count_fields(pattern: &Pattern) -> usize {
    let colons: usize = pattern
        .pieces()
        .map(|piece| match piece {
            Piece::Text(text) => text.bytes().filter(|b| *b == b':').count(),
            Piece::AnyRun | Piece::AnyOne | Piece::Variable(_) => 0,
        })
        .sum();
    colons.saturating_add(1).min(ARN_FIELDS)
}

/// Whether a variable stands before the fifth colon.
fn has_early_variable(pattern: &Pattern) -> bool {
    let mut colons = 0usize;
    for piece in pattern.pieces() {
        match piece {
            Piece::Text(text) => colons = colons.saturating_add(text.bytes().filter(|b| *b == b':').count()),
            Piece::Variable(_) if colons < ARN_FIELDS.saturating_sub(1) => return true,
            Piece::Variable(_) | Piece::AnyRun | Piece::AnyOne => {}
        }
    }
    false
}
