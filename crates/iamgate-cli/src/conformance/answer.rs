//! The engine on test vectors: scores, and a digest of all answers.

use iam_engines::{Compiled, Digest, Recorded};
use iam_testkit::{Note, Score, format, run_text};
use iamgate::File;
use iamgate::iam_policy::Mode;
use iamgate_verbs::{Answer, AnswerSchema, ErrorJson, Exit, Trouble, World, json};
use serde::Serialize;

use crate::args::ConformanceArgs;

/// The results of test vectors.
#[derive(Debug, Default)]
pub(crate) struct ConformanceAnswer {
    /// The score of each file.
    pub(crate) scores: Vec<(String, Score)>,
    /// Files that could not be read.
    pub(crate) troubles: Vec<Trouble>,
    /// The sum of all scores.
    pub(crate) total: Score,
    /// One number for all answers of the engine, right or wrong. It is the same on every machine.
    digest: Digest,
}

/// Runs the test vectors of the named files and the other given vectors.
pub(crate) fn conformance(
    args: &ConformanceArgs,
    others: impl IntoIterator<Item = File>,
    world: &dyn World,
) -> ConformanceAnswer {
    let mut answer = ConformanceAnswer::default();
    for file in others {
        answer.score(file);
    }
    for path in &args.files {
        match world.read(path, format::limits().document_bytes, "one vector file") {
            Ok(file) => answer.score(file),
            Err(trouble) => answer.troubles.push(trouble),
        }
    }
    answer
}

impl ConformanceAnswer {
    fn score(&mut self, file: File) {
        // Requests are decided under policies as AWS has accepted them. Documents are read strictly.
        let compiled = Compiled::new(Mode::Deployed);
        let engine = Recorded::new(&compiled, self.digest);
        match run_text(&file.text, &engine) {
            Ok(score) => {
                self.digest = engine.digest();
                self.total.add(score.clone());
                self.scores.push((file.name, score));
            }
            Err(report) => self.troubles.push(Trouble::document(file, report)),
        }
    }
}

impl Answer for ConformanceAnswer {
    fn to_json(&self) -> String {
        json::indented(&Report::new(self))
    }

    fn exit(&self) -> Exit {
        if !self.troubles.is_empty() {
            Exit::Unanswered
        } else if self.total.failed.is_empty() {
            Exit::Yes
        } else {
            Exit::No
        }
    }
}

#[derive(Serialize)]
struct Report<'s> {
    schema: AnswerSchema,
    version: u32,
    passed: usize,
    failed: usize,
    /// Every answer as one number, in hexadecimal.
    digest: String,
    files: Vec<FileJson<'s>>,
    errors: Vec<ErrorJson>,
}

#[derive(Serialize)]
struct FileJson<'s> {
    file: &'s str,
    passed: usize,
    failures: Vec<FailureJson<'s>>,
    skipped: Vec<NoteJson<'s>>,
    differing: Vec<NoteJson<'s>>,
}

#[derive(Serialize)]
struct FailureJson<'s> {
    id: &'s str,
    expected: &'s str,
    actual: &'s str,
    why: &'s str,
}

#[derive(Serialize)]
struct NoteJson<'s> {
    id: &'s str,
    reason: &'s str,
}

impl<'s> Report<'s> {
    fn new(answer: &'s ConformanceAnswer) -> Self {
        fn notes(notes: &[Note]) -> Vec<NoteJson<'_>> {
            notes.iter().map(|note| NoteJson { id: &note.id, reason: &note.reason }).collect()
        }
        let file = |(file, score): &'s (String, Score)| FileJson {
            file,
            passed: score.passed,
            failures: score
                .failed
                .iter()
                .map(|f| FailureJson { id: &f.id, expected: &f.expected, actual: &f.actual, why: &f.why })
                .collect(),
            skipped: notes(&score.skipped),
            differing: notes(&score.differing),
        };
        Self {
            schema: AnswerSchema::Conformance,
            version: 1,
            passed: answer.total.passed,
            failed: answer.total.failed.len(),
            digest: answer.digest.to_string(),
            files: answer.scores.iter().map(file).collect(),
            errors: answer.troubles.iter().flat_map(Trouble::to_json).collect(),
        }
    }
}
