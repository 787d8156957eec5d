//! The interface between a runner and an engine.

use iam_json::Value;

use crate::case::Case;
use crate::format::{self, Decision, DocumentCase, Held, SessionCase};
use crate::readings::Readings;
use crate::verdict::{StatementPlace, Verdict};

/// An engine that can be tested with vectors and laws, and compared with other engines.
///
/// Only [`Engine::name`] and [`Engine::decide`] must be implemented. The other methods answer `Skipped` with a reason by default. A skipped
/// case is listed and never counts as passed.
pub trait Engine {
    /// The name of the engine, for reports.
    fn name(&self) -> &str;

    /// The engine's answer to a request.
    fn decide(&self, question: &Question<'_>) -> Answer;

    /// Whether the engine accepts a policy text in strict reading.
    fn load(&self, _: &DocumentCase<'_>) -> Loaded {
        Loaded::Skipped("reads no documents by themselves".to_owned())
    }

    /// The result of a call that creates a session.
    fn session(&self, _: &SessionCase<'_>) -> SessionAnswer {
        SessionAnswer::Skipped("creates no sessions".to_owned())
    }

    /// The engine's answer to a case in JSON: an object with the members `request` and `policies`.
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

    /// The engine's answer to a generated case.
    ///
    /// Override it to answer without JSON, which is faster. The answer must be the same.
    fn judge(&self, case: &Case) -> Answer {
        self.judge_text(&case.to_json())
    }

    /// The engine's answer to a case after it has printed the policies and read them again. `None` if it does not print policies.
    fn judge_reprinted(&self, _: &Case) -> Option<Answer> {
        None
    }

    /// The engine's answer to a generated case under other readings than its own. `None` if it has one reading.
    ///
    /// Under the first answer of every point, the decision is that of [`Engine::judge`].
    fn judge_under(&self, _: &Case, _: &Readings) -> Option<Answer> {
        None
    }

    /// The points at which the other answer alone would change the decision on a generated case, each with the decision then. `None` if the
    /// engine has one reading. Explicit and implicit denials count as the same.
    fn differing(&self, _: &Case) -> Option<Vec<(&'static str, Decision)>> {
        None
    }

    /// The engine's explanation of its answer. `None` if it does not explain.
    fn explain(&self, _: &Case) -> Option<Explanation> {
        None
    }

    /// Why the engine can no longer answer, such as an ended process or a violated protocol. `None` if it can.
    fn failed(&self) -> Option<String> {
        None
    }

    /// The cases in which the engine deliberately decides otherwise, each with id and reason.
    ///
    /// They are listed separately from failures. A case in the list that passes is a failure, so that the list stays current.
    fn differences(&self) -> &[(&str, &str)] {
        &[]
    }

    /// The rule that the engine lacks for the case with this id. `None` if the engine must pass the case.
    ///
    /// A pending case that fails counts as skipped, with this reason. A pending case that passes is a failure, so that the list stays
    /// current.
    fn pending(&self, _id: &str) -> Option<&str> {
        None
    }
}

/// A request and its policies, as JSON of the vector format.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Question<'d> {
    /// The request: principal, action, resource, context.
    pub request: Value<'d>,
    /// The policies by layer.
    pub policies: Value<'d>,
}

/// An engine's explanation of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The decision that is explained.
    pub decision: Decision,
    /// The statements that brought the decision about.
    pub deciding: Vec<StatementPlace>,
    /// The explanation in words, for reports. It has several lines.
    pub text: String,
}

/// An engine's answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The verdict.
    Decided(Verdict),
    /// The engine refuses the request or a policy, for this reason.
    Refused(String),
    /// The engine does not support something that the case needs, for this reason.
    Skipped(String),
}

impl From<Decision> for Answer {
    fn from(decision: Decision) -> Self {
        Self::Decided(decision.into())
    }
}

/// An engine's answer to a policy text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loaded {
    /// The engine accepts the text.
    Accepted,
    /// The engine refuses the text, for this reason.
    Refused(String),
    /// The engine does not read this kind of policy, for this reason.
    Skipped(String),
}

/// An engine's answer to a call that creates a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionAnswer {
    /// The call creates this session.
    Created(Session),
    /// The engine refuses the call, for this reason.
    Refused(String),
    /// The engine does not create such sessions, for this reason.
    Skipped(String),
}

/// A session that an engine created.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// The duration of the session in seconds.
    pub duration_seconds: u64,
    /// The ARN of the session.
    pub session_arn: String,
    /// The principal tags of the session.
    pub principal_tags: Vec<(String, String)>,
    /// The keys of the tags that are passed on to the next session.
    pub transitive_tag_keys: Vec<String>,
    /// The condition keys that the session adds to every request.
    pub context: Vec<(String, Held)>,
    /// The condition keys that the trust policy sees.
    pub trust_context: Vec<(String, Held)>,
}
