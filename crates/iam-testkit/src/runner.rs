//! Tests of an engine with vectors, and the score.

use iam_policy::Report;

use crate::compare;
use crate::engine::{Answer, Engine, Loaded, SessionAnswer};
use crate::format::{self, About, Cases, DecisionCase, DocumentCase, SessionCase};

/// The result of testing an engine with vectors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Score {
    /// The number of cases with the expected result.
    pub passed: usize,
    /// The cases with another result.
    pub failed: Vec<Failure>,
    /// The cases that the engine does not support, or not yet, with its reasons.
    pub skipped: Vec<Note>,
    /// The cases in which the engine deliberately decides otherwise, with its reasons.
    pub differing: Vec<Note>,
}

/// A case with an unexpected result.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// The id of the case.
    pub id: String,
    /// The expected result.
    pub expected: String,
    /// The actual result.
    pub actual: String,
    /// Why the result is expected, and where this is documented.
    pub why: String,
}

/// A case and a reason.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// The id of the case.
    pub id: String,
    /// The engine's reason.
    pub reason: String,
}

impl Score {
    /// Adds another score to this one.
    pub fn add(&mut self, other: Self) {
        self.passed = self.passed.saturating_add(other.passed);
        self.failed.extend(other.failed);
        self.skipped.extend(other.skipped);
        self.differing.extend(other.differing);
    }
}

/// The result of one case.
enum Outcome {
    Passed,
    Failed { expected: String, actual: String },
    Skipped(String),
}

/// Reads a vector file, and tests an engine with its cases.
///
/// # Errors
/// Those of [`format::open`] and [`format::read`].
pub fn run_text(text: &str, engine: &dyn Engine) -> Result<Score, Report> {
    let document = format::open(text)?;
    Ok(run(&format::read(&document)?, engine))
}

/// Tests an engine with cases.
pub fn run(cases: &Cases<'_>, engine: &dyn Engine) -> Score {
    let mut score = Score::default();
    match cases {
        Cases::Decisions(cases) => {
            for case in cases {
                note(&mut score, &case.about, decision(case, engine), engine);
            }
        }
        Cases::Documents(cases) => {
            for case in cases {
                note(&mut score, &case.about, document(case, engine), engine);
            }
        }
        Cases::Sessions(cases) => {
            for case in cases {
                note(&mut score, &case.about, session(case, engine), engine);
            }
        }
    }
    score
}

fn note(score: &mut Score, about: &About<'_>, outcome: Outcome, engine: &dyn Engine) {
    let id = about.id.clone().into_owned();
    let difference = engine.differences().iter().find(|(known, _)| *known == id).map(|(_, reason)| *reason);
    let pending = engine.pending(&id).map(|missing| format!("pending: {missing}"));
    let why = || format!("{} ({})", about.why, about.source);
    match (outcome, difference) {
        (Outcome::Skipped(reason), _) => score.skipped.push(Note { id, reason }),
        (Outcome::Failed { .. }, _) if pending.is_some() => {
            score.skipped.push(Note { id, reason: pending.unwrap_or_default() });
        }
        (Outcome::Passed, _) if pending.is_some() => score.failed.push(Failure {
            id,
            expected: "the failure that the engine declares as pending".to_owned(),
            actual: "no failure".to_owned(),
            why: why(),
        }),
        (Outcome::Passed, None) => score.passed = score.passed.saturating_add(1),
        (Outcome::Passed, Some(_)) => score.failed.push(Failure {
            id,
            expected: "the difference that the engine declares".to_owned(),
            actual: "no difference".to_owned(),
            why: why(),
        }),
        (Outcome::Failed { .. }, Some(reason)) => {
            score.differing.push(Note { id, reason: reason.to_owned() });
        }
        (Outcome::Failed { expected, actual }, None) => {
            score.failed.push(Failure { id, expected, actual, why: why() });
        }
    }
}

fn decision(case: &DecisionCase<'_>, engine: &dyn Engine) -> Outcome {
    let alternative = if case.or_reject { " or a refusal" } else { "" };
    let expected = format!("{}{alternative}", case.expect.name());
    match engine.decide(&case.question) {
        Answer::Skipped(reason) => Outcome::Skipped(reason),
        Answer::Decided(verdict) if verdict.decision == case.expect => Outcome::Passed,
        Answer::Refused(_) if case.or_reject => Outcome::Passed,
        Answer::Decided(verdict) => Outcome::Failed { expected, actual: verdict.decision.name().to_owned() },
        Answer::Refused(reason) => Outcome::Failed { expected, actual: format!("refused: {reason}") },
    }
}

fn document(case: &DocumentCase<'_>, engine: &dyn Engine) -> Outcome {
    match (engine.load(case), case.accepted) {
        (Loaded::Skipped(reason), _) => Outcome::Skipped(reason),
        (Loaded::Accepted, true) | (Loaded::Refused(_), false) => Outcome::Passed,
        (Loaded::Accepted, false) => {
            Outcome::Failed { expected: "reject".to_owned(), actual: "accept".to_owned() }
        }
        (Loaded::Refused(reason), true) => {
            Outcome::Failed { expected: "accept".to_owned(), actual: format!("reject: {reason}") }
        }
    }
}

fn session(case: &SessionCase<'_>, engine: &dyn Engine) -> Outcome {
    match (engine.session(case), &case.expect) {
        (SessionAnswer::Skipped(reason), _) => Outcome::Skipped(reason),
        (SessionAnswer::Refused(_), None) => Outcome::Passed,
        (SessionAnswer::Refused(reason), Some(_)) => {
            Outcome::Failed { expected: "ok".to_owned(), actual: format!("rejected: {reason}") }
        }
        (SessionAnswer::Created(_), None) => {
            Outcome::Failed { expected: "rejected".to_owned(), actual: "ok".to_owned() }
        }
        (SessionAnswer::Created(actual), Some(expected)) => match compare::session(expected, &actual) {
            None => Outcome::Passed,
            Some((expected, actual)) => Outcome::Failed { expected, actual },
        },
    }
}
