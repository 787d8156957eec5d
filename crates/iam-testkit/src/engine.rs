//! What a runner asks of an engine.

use crate::format::{Decision, DecisionCase, DocumentCase, Held, SessionCase};

/// An engine that can be put to the vectors.
///
/// For what it does not implement it answers `Skipped` with a reason; a skipped case is listed and never counts as passed.
pub trait Engine {
    /// Its name, for reports.
    fn name(&self) -> &str;

    /// The decision on a request.
    fn decide(&self, case: &DecisionCase<'_>) -> Answer;

    /// Whether a strict reading accepts a policy text.
    fn load(&self, case: &DocumentCase<'_>) -> Loaded;

    /// What comes of a call that creates a session.
    fn session(&self, case: &SessionCase<'_>) -> SessionAnswer;

    /// The cases in which the engine knowingly chooses otherwise: id and reason. They are listed apart from failures; one that
    /// passes nevertheless is a failure, so that the list cannot grow stale.
    fn differences(&self) -> &[(&str, &str)] {
        &[]
    }
}

/// An engine's answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "engines must be able to name every answer, runners to look at each"
)]
pub enum Answer {
    /// The decision.
    Decided(Decision),
    /// The engine refuses the request or one of the policies, for this reason.
    Refused(String),
    /// The engine does not implement what the case needs, for this reason.
    Skipped(String),
}

/// What an engine makes of a policy text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "engines must be able to name every answer, runners to look at each"
)]
pub enum Loaded {
    /// It accepts the text.
    Accepted,
    /// It refuses the text, for this reason.
    Refused(String),
    /// It does not read this kind of policy, for this reason.
    Skipped(String),
}

/// What an engine makes of a call that creates a session.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "engines must be able to name every answer, runners to look at each"
)]
pub enum SessionAnswer {
    /// The session.
    Created(Session),
    /// The call is refused, for this reason.
    Refused(String),
    /// The engine does not create such sessions, for this reason.
    Skipped(String),
}

/// A session that an engine created.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "engines outside of this crate build it")]
pub struct Session {
    /// How long it lasts.
    pub duration_seconds: u64,
    /// The ARN of the session.
    pub session_arn: String,
    /// Its principal tags.
    pub principal_tags: Vec<(String, String)>,
    /// The keys of those tags that go on into the next session.
    pub transitive_tag_keys: Vec<String>,
    /// The condition keys that it brings into every request.
    pub context: Vec<(String, Held)>,
    /// The condition keys while the trust policy is evaluated.
    pub trust_context: Vec<(String, Held)>,
}
