//! Every engine on every vector: none fails, and none skips what it implements.
#![expect(clippy::panic, clippy::arithmetic_side_effects, reason = "a test stops at the first surprise")]

use iam_harness::{Compiled, Reference};
use iam_policy::Mode;
use iam_testkit::format::{Cases, open, read};
use iam_testkit::{Engine, Score, run_text, vectors};

/// Runs every file; none may fail.
#[track_caller]
fn score(engine: &dyn Engine) -> Score {
    let mut total = Score::default();
    for (name, text) in vectors::FILES {
        total.add(run_text(text, engine).unwrap_or_else(|report| panic!("{name}: {report}")));
    }
    assert_eq!(total.failed, []);
    assert_eq!(total.differing, []);
    total
}

/// How many cases the files have: all, and those with a request.
fn counts() -> (usize, usize) {
    let mut counts = (0, 0);
    for (name, text) in vectors::FILES {
        let document = open(text).unwrap_or_else(|report| panic!("{name}: {report}"));
        let cases = read(&document).unwrap_or_else(|report| panic!("{name}: {report}"));
        counts.0 += cases.len();
        if matches!(cases, Cases::Decisions(_)) {
            counts.1 += cases.len();
        }
    }
    counts
}

#[test]
fn the_engine_passes_all_on_policies_as_aws_accepted_them() {
    let score = score(&Compiled::new(Mode::Deployed));
    assert_eq!((score.passed, score.skipped.len()), (counts().0, 0));
}

#[test]
fn the_engine_passes_all_on_policies_read_strictly() {
    let score = score(&Compiled::new(Mode::Strict));
    assert_eq!((score.passed, score.skipped.len()), (counts().0, 0));
}

/// With the verdicts equal and the statements compared on generated cases, the index changes nothing.
#[test]
fn the_engine_without_its_index_passes_all() {
    let score = score(&Compiled::scanning(Mode::Deployed));
    assert_eq!((score.passed, score.skipped.len()), (counts().0, 0));
}

/// The statements that apply are not part of a vector: here they are compared, on every vector that has a request.
#[test]
fn the_index_finds_the_same_statements_on_all() {
    let (indexed, scanning) = (Compiled::new(Mode::Deployed), Compiled::scanning(Mode::Deployed));
    let mut compared = 0;
    for (name, text) in vectors::FILES {
        let document = open(text).unwrap_or_else(|report| panic!("{name}: {report}"));
        let cases = read(&document).unwrap_or_else(|report| panic!("{name}: {report}"));
        let Cases::Decisions(cases) = cases else { continue };
        for case in cases {
            let question = &case.question;
            assert_eq!(indexed.decide(question), scanning.decide(question), "{}", case.about.id);
            compared += 1;
        }
    }
    assert_eq!(compared, counts().1);
}

#[test]
fn the_reference_passes_all_that_have_a_request() {
    let score = score(&Reference);
    let (all, decisions) = counts();
    assert_eq!((score.passed, score.skipped.len()), (decisions, all - decisions));
}
