//! An engine that records a digest of its answers.

use std::cell::Cell;

use iam_testkit::format::{DocumentCase, SessionCase};
use iam_testkit::{Answer, Engine, Loaded, Question, SessionAnswer};

use crate::Digest;

/// An engine with a digest of all its answers, which is the same on every machine.
#[derive(Debug)]
pub struct Recorded<'e, E: ?Sized> {
    engine: &'e E,
    digest: Cell<Digest>,
}

impl<'e, E: Engine + ?Sized> Recorded<'e, E> {
    /// The engine, with the digest of earlier answers.
    pub const fn new(engine: &'e E, digest: Digest) -> Self {
        Self { engine, digest: Cell::new(digest) }
    }

    /// The digest of all answers so far: verdicts, reasons of refusals and sessions.
    pub fn digest(&self) -> Digest {
        self.digest.get()
    }

    fn note(&self, line: String) {
        self.digest.set(self.digest.get().line(line));
    }
}

impl<E: Engine + ?Sized> Engine for Recorded<'_, E> {
    fn name(&self) -> &str {
        self.engine.name()
    }

    fn decide(&self, question: &Question<'_>) -> Answer {
        let answer = self.engine.decide(question);
        self.note(match &answer {
            Answer::Decided(verdict) => verdict.to_string(),
            Answer::Refused(reason) | Answer::Skipped(reason) => reason.clone(),
        });
        answer
    }

    fn load(&self, case: &DocumentCase<'_>) -> Loaded {
        let loaded = self.engine.load(case);
        self.note(format!("{loaded:?}"));
        loaded
    }

    fn session(&self, case: &SessionCase<'_>) -> SessionAnswer {
        let answer = self.engine.session(case);
        self.note(format!("{answer:?}"));
        answer
    }

    fn differences(&self) -> &[(&str, &str)] {
        self.engine.differences()
    }

    fn pending(&self, id: &str) -> Option<&str> {
        self.engine.pending(id)
    }
}
