//! The built-in vectors, and the lists of those that the engine of this workspace does not pass yet, or does not follow.

use std::sync::LazyLock;

/// Every vector file: its path below `conformance/`, and its text. Sorted by path.
pub static FILES: &[(&str, &str)] = &[
    ("aws/decisions-2.json", include_str!("../conformance/aws/decisions-2.json")),
    ("aws/decisions.json", include_str!("../conformance/aws/decisions.json")),
    ("aws/documents-2.json", include_str!("../conformance/aws/documents-2.json")),
    ("aws/documents.json", include_str!("../conformance/aws/documents.json")),
    ("aws/observed-apart-decisions.json", include_str!("../conformance/aws/observed-apart-decisions.json")),
    ("aws/observed-decisions.json", include_str!("../conformance/aws/observed-decisions.json")),
    ("aws/observed-documents.json", include_str!("../conformance/aws/observed-documents.json")),
    (
        "aws/observed-more-apart-decisions.json",
        include_str!("../conformance/aws/observed-more-apart-decisions.json"),
    ),
    ("aws/observed-more-decisions.json", include_str!("../conformance/aws/observed-more-decisions.json")),
    ("aws/observed-more-documents.json", include_str!("../conformance/aws/observed-more-documents.json")),
    ("aws/observed-more-sessions.json", include_str!("../conformance/aws/observed-more-sessions.json")),
    ("aws/observed-sessions.json", include_str!("../conformance/aws/observed-sessions.json")),
    ("aws/sessions-2.json", include_str!("../conformance/aws/sessions-2.json")),
    ("aws/sessions.json", include_str!("../conformance/aws/sessions.json")),
    ("defect-documents.json", include_str!("../conformance/defect-documents.json")),
    ("defect-sessions.json", include_str!("../conformance/defect-sessions.json")),
    ("defects.json", include_str!("../conformance/defects.json")),
    ("layers.json", include_str!("../conformance/layers.json")),
    ("more-decisions.json", include_str!("../conformance/more-decisions.json")),
    ("more-documents.json", include_str!("../conformance/more-documents.json")),
    ("more-sessions.json", include_str!("../conformance/more-sessions.json")),
    ("operators.json", include_str!("../conformance/operators.json")),
    ("unknown.json", include_str!("../conformance/unknown.json")),
];

/// A vector that the engine of this workspace does not pass yet: a row of `conformance/PENDING.tsv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pending {
    /// The id of the vector.
    pub id: &'static str,
    /// The engine's answer: the beginning of [`crate::Failure::actual`], up to its end or to a colon.
    pub answered: &'static str,
    /// What the vector expects: [`crate::Failure::expected`].
    pub expected: &'static str,
    /// The theme of the work that will add the missing rule.
    pub theme: &'static str,
    /// The rule that the engine lacks.
    pub missing: &'static str,
}

impl Pending {
    /// Whether the engine's answer is the one in the list.
    pub fn is_answered(&self, actual: &str) -> bool {
        actual.strip_prefix(self.answered).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    }
}

/// A vector that the rules do not follow: a row of `conformance/NOT_FOLLOWED.tsv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotFollowed {
    /// The id of the vector.
    pub id: &'static str,
    /// The engine's answer: [`crate::Failure::actual`].
    pub answered: &'static str,
    /// What the vector expects: [`crate::Failure::expected`].
    pub expected: &'static str,
    /// Why the rules answer otherwise.
    pub reason: &'static str,
}

/// The vectors that the rules do not follow, in the order of `conformance/NOT_FOLLOWED.tsv`.
pub fn not_followed() -> impl Iterator<Item = NotFollowed> {
    include_str!("../conformance/NOT_FOLLOWED.tsv").lines().skip(1).filter_map(|row| {
        let mut fields = row.split('\t');
        Some(NotFollowed {
            id: fields.next()?,
            answered: fields.next()?,
            expected: fields.next()?,
            reason: fields.next()?,
        })
    })
}

/// The vectors that the rules do not follow, as [`crate::Engine::differences`] of an engine that keeps the rules.
pub fn differences() -> &'static [(&'static str, &'static str)] {
    static ALL: LazyLock<Vec<(&str, &str)>> =
        LazyLock::new(|| not_followed().map(|row| (row.id, row.reason)).collect());
    &ALL
}

/// The vectors that the engine of this workspace does not pass yet, in the order of `conformance/PENDING.tsv`.
pub fn pending() -> impl Iterator<Item = Pending> {
    include_str!("../conformance/PENDING.tsv").lines().skip(1).filter_map(|row| {
        let mut fields = row.split('\t');
        Some(Pending {
            id: fields.next()?,
            answered: fields.next()?,
            expected: fields.next()?,
            theme: fields.next()?,
            missing: fields.next()?,
        })
    })
}

/// The rule that the engine of this workspace lacks for this vector. `None` if it passes the vector.
pub fn missing_for(id: &str) -> Option<&'static str> {
    pending().find(|pending| pending.id == id).map(|pending| pending.missing)
}
