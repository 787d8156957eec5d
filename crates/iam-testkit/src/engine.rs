//! What a runner asks of an engine.

use iam_json::Value;

use crate::case::Case;
use crate::format::{self, Decision, DocumentCase, Held, SessionCase};
use crate::verdict::{StatementPlace, Verdict};

/// An engine that can be put to vectors, to laws, and beside other engines.
///
/// Only [`Engine::name`] and [`Engine::decide`] must be written. For what it does not implement it answers `Skipped` with a reason; a
/// skipped case is listed and never counts as passed.
pub trait Engine {
    /// Its name, for reports.
    fn name(&self) -> &str;

    /// The verdict on a request.
    fn decide(&self, question: &Question<'_>) -> Answer;

    /// Whether a strict reading accepts a policy text.
    fn load(&self, _: &DocumentCase<'_>) -> Loaded {
        Loaded::Skipped("reads no documents by themselves".to_owned())
    }

    /// What comes of a call that creates a session.
    fn session(&self, _: &SessionCase<'_>) -> SessionAnswer {
        SessionAnswer::Skipped("creates no sessions".to_owned())
    }

    /// The verdict on a case that is written down as JSON: an object with the members `request` and `policies`.
    fn judge_text(&self, text: &str) -> Answer {
        let document = match format::open(text) {
            Ok(document) => document,
            Err(report) => return Answer::Refused(report.to_string()),
        };
        let root = document.root();
        match (root.member("request"), root.member("policies")) {
            (Some(request), Some(policies)) => self.decide(&Question { request, policies }),
            (None, _) | (_, None) => {
                Answer::Refused("a case has the members request and policies".to_owned())
            }
        }
    }

    /// The verdict on a generated case. To answer without going through JSON is faster; the answer must be the same.
    fn judge(&self, case: &Case) -> Answer {
        self.judge_text(&case.to_json())
    }

    /// The verdict on a case, after the engine has printed its policies and read them again; nothing if it prints none.
    fn judge_reprinted(&self, _: &Case) -> Option<Answer> {
        None
    }

    /// Its explanation of a verdict; nothing if it explains none.
    fn explain(&self, _: &Case) -> Option<Explanation> {
        None
    }

    /// Why the engine can answer no more, if it cannot: its process has ended, or does not keep to the protocol.
    fn failed(&self) -> Option<String> {
        None
    }

    /// The cases in which the engine knowingly chooses otherwise: id and reason. They are listed apart from failures; one that
    /// passes nevertheless is a failure, so that the list cannot grow stale.
    fn differences(&self) -> &[(&str, &str)] {
        &[]
    }

    /// The rule that the engine does not have yet and that the case of that id needs. `None` if it must pass the case.
    ///
    /// A pending case that fails counts as skipped, with this reason. One that passes is a failure, so that no list grows stale.
    fn pending(&self, _id: &str) -> Option<&str> {
        None
    }
}

/// A request and the policies it meets, as JSON of the vector format.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Question<'d> {
    /// The request: principal, action, resource, context.
    pub request: Value<'d>,
    /// The policies by layer.
    pub policies: Value<'d>,
}

/// How an engine explains a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The decision that it explains.
    pub decision: Decision,
    /// The statements that brought it about.
    pub deciding: Vec<StatementPlace>,
    /// The explanation in words, for reports: some lines.
    pub text: String,
}

/// An engine's answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The verdict.
    Decided(Verdict),
    /// The engine refuses the request or one of the policies, for this reason.
    Refused(String),
    /// The engine does not implement what the case needs, for this reason.
    Skipped(String),
}

impl From<Decision> for Answer {
    fn from(decision: Decision) -> Self {
        Self::Decided(decision.into())
    }
}

/// What an engine makes of a policy text.
#[derive(Clone, Debug, PartialEq, Eq)]
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
