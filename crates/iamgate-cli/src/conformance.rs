//! `iamgate conformance`: the engine's score on test vectors.

mod answer;

use std::fmt::Write as _;

use iam_testkit::{Score, vectors};
use iamgate::File;
use iamgate::iam_json::visible;
use iamgate_verbs::{Answer as _, Exit};

use self::answer::conformance;
use crate::args::{AnswerFormat, ConformanceArgs, Plain};
use crate::disk::Disk;
use crate::screen::{BAD, DIM, GOOD, Screen, paint};
use crate::trouble;

pub(crate) fn run(args: &Plain<ConformanceArgs>, disk: &Disk, screen: &mut Screen) -> Exit {
    let own = if args.args.files.is_empty() { vectors::FILES } else { &[] };
    let own = own.iter().map(|(name, text)| File { name: (*name).to_owned(), text: (*text).to_owned() });
    let answer = conformance(&args.args, own, disk);
    match args.format {
        AnswerFormat::Human => screen.data(&human(&answer.scores, &answer.total)),
        AnswerFormat::Json => screen.json(&answer.to_json()),
    }
    for trouble in &answer.troubles {
        trouble::show(trouble, screen);
    }
    answer.exit()
}

fn human(scores: &[(String, Score)], total: &Score) -> String {
    let mut out = String::new();
    for (file, score) in scores {
        for failure in &score.failed {
            let actual: Vec<_> = failure.actual.lines().map(visible).collect();
            let _ = writeln!(
                out,
                "{} {} ({})\n  expected  {}\n  actual    {}\n  because   {}\n",
                paint(BAD, "FAILED"),
                visible(&failure.id),
                visible(file),
                visible(&failure.expected),
                actual.join("\n            "),
                visible(&failure.why)
            );
        }
    }
    for (heading, notes) in [("skipped", &total.skipped), ("differs on purpose", &total.differing)] {
        for note in notes {
            let _ = writeln!(out, "{} {}: {}", paint(DIM, heading), visible(&note.id), visible(&note.reason));
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

/// Counts such as `12 passed, 0 failed`. Skipped and differing vectors come first, if there are any.
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
