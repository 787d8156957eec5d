//! `iamgate conformance`: the engine against test vectors.

use std::fmt::Write as _;

use iam_harness::Compiled;
use iam_testkit::{Note, Score, format, run_text, vectors};
use iamgate::iam_policy::Mode;
use serde::Serialize;

use crate::args::{AnswerFormat, Conformance};
use crate::diagnostic::visible;
use crate::exit::Exit;
use crate::input::{self, Source};
use crate::screen::{BAD, DIM, GOOD, Screen, json, paint};
use crate::trouble::{ErrorJson, Trouble};

pub(crate) fn run(args: &Conformance, screen: &mut Screen) -> Exit {
    let mut scores: Vec<(String, Score)> = Vec::new();
    let mut troubles = Vec::new();
    if args.files.is_empty() {
        for (name, text) in vectors::FILES {
            let source = Source { name: (*name).to_owned(), text: (*text).to_owned() };
            score(source, &mut scores, &mut troubles);
        }
    }
    for path in &args.files {
        match input::read(path, format::limits().document_bytes, "one vector file") {
            Ok(source) => score(source, &mut scores, &mut troubles),
            Err(trouble) => troubles.push(trouble),
        }
    }
    let mut total = Score::default();
    for (_, score) in &scores {
        total.add(score.clone());
    }
    match args.format {
        AnswerFormat::Human => screen.data(&human(&scores, &total)),
        AnswerFormat::Json => screen.data(&json(&Report::new(&scores, &total, &troubles))),
    }
    for trouble in &troubles {
        trouble.show(screen);
    }
    if !troubles.is_empty() {
        Exit::Unanswered
    } else if total.failed.is_empty() {
        Exit::Yes
    } else {
        Exit::No
    }
}

fn score(source: Source, scores: &mut Vec<(String, Score)>, troubles: &mut Vec<Trouble>) {
    // Requests meet policies as AWS has accepted them; documents are read strictly.
    match run_text(&source.text, &Compiled::new(Mode::Deployed)) {
        Ok(score) => scores.push((source.name, score)),
        Err(report) => troubles.push(Trouble::document(source, report)),
    }
}

fn human(scores: &[(String, Score)], total: &Score) -> String {
    let mut out = String::new();
    for (file, score) in scores {
        for failure in &score.failed {
            let _ = writeln!(
                out,
                "{} {} ({})\n  expected  {}\n  actual    {}\n  because   {}\n",
                paint(BAD, "FAILED"),
                failure.id,
                visible(file),
                failure.expected,
                failure.actual.replace('\n', "\n            "),
                failure.why
            );
        }
    }
    for (heading, notes) in [("skipped", &total.skipped), ("differs on purpose", &total.differing)] {
        for note in notes {
            let _ = writeln!(out, "{} {}: {}", paint(DIM, heading), note.id, note.reason);
        }
    }
    let width = scores.iter().map(|(file, _)| visible(file).chars().count()).max().unwrap_or_default();
    for (file, score) in scores {
        let _ = writeln!(out, "{:width$}  {}", visible(file), counts(score));
    }
    if !scores.is_empty() {
        let style = if total.failed.is_empty() { GOOD } else { BAD };
        let _ = writeln!(out, "{}", paint(style, &counts(total)));
    }
    out
}

/// `12 passed, 0 failed`; what was skipped or differs comes first, where there is any.
fn counts(score: &Score) -> String {
    let mut counts = String::new();
    for (count, what) in [(score.skipped.len(), "skipped"), (score.differing.len(), "different on purpose")] {
        if count > 0 {
            let _ = write!(counts, "{count} {what}, ");
        }
    }
    let _ = write!(counts, "{} passed, {} failed", score.passed, score.failed.len());
    counts
}

#[derive(Serialize)]
struct Report<'s> {
    schema: &'static str,
    version: u32,
    passed: usize,
    failed: usize,
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
    fn new(scores: &'s [(String, Score)], total: &Score, troubles: &[Trouble]) -> Self {
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
            schema: "iamgate/conformance",
            version: 1,
            passed: total.passed,
            failed: total.failed.len(),
            files: scores.iter().map(file).collect(),
            errors: troubles.iter().flat_map(Trouble::to_json).collect(),
        }
    }
}
