//! Every engine on every vector: none fails, and none skips what it implements.
#![expect(clippy::panic, clippy::arithmetic_side_effects, reason = "a test stops at the first surprise")]

use iam_engines::{Compiled, Reference};
use iam_policy::Mode;
use iam_testkit::format::{Cases, DocumentCase, SessionCase, open, read};
use iam_testkit::{Answer, Engine, Loaded, Question, Score, SessionAnswer, run_text, vectors};

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

/// How many cases the files have: all, those with a request, and those of each that are pending.
fn counts() -> ([usize; 2], [usize; 2]) {
    let (mut counts, mut pending) = ([0; 2], [0; 2]);
    for (name, text) in vectors::FILES {
        let document = open(text).unwrap_or_else(|report| panic!("{name}: {report}"));
        let cases = read(&document).unwrap_or_else(|report| panic!("{name}: {report}"));
        let late = cases.ids().into_iter().filter(|id| vectors::missing_for(id).is_some()).count();
        counts[0] += cases.len();
        pending[0] += late;
        if matches!(cases, Cases::Decisions(_)) {
            counts[1] += cases.len();
            pending[1] += late;
        }
    }
    assert_eq!(pending[0], vectors::pending().count(), "the list names vectors that are there");
    (counts, pending)
}

/// An engine of which nothing is pending.
struct Strictly<E>(E);

impl<E: Engine> Engine for Strictly<E> {
    fn name(&self) -> &str {
        self.0.name()
    }
    fn decide(&self, question: &Question<'_>) -> Answer {
        self.0.decide(question)
    }
    fn load(&self, case: &DocumentCase<'_>) -> Loaded {
        self.0.load(case)
    }
    fn session(&self, case: &SessionCase<'_>) -> SessionAnswer {
        self.0.session(case)
    }
}

/// The list is exact both ways: what fails is what it names, with the answers that it names.
#[test]
fn what_fails_is_the_list_of_what_is_pending() {
    let mut listed: Vec<vectors::Pending> = vectors::pending().collect();
    listed.sort_by_key(|row| row.id);
    let mut failed = Vec::new();
    for (name, text) in vectors::FILES {
        let engine = Strictly(Compiled::new(Mode::Deployed));
        failed.extend(run_text(text, &engine).unwrap_or_else(|report| panic!("{name}: {report}")).failed);
    }
    failed.sort_by(|a, b| a.id.cmp(&b.id));
    let ids: Vec<&str> = failed.iter().map(|failure| failure.id.as_str()).collect();
    assert_eq!(ids, listed.iter().map(|row| row.id).collect::<Vec<_>>());
    for (failure, row) in failed.iter().zip(&listed) {
        assert_eq!(failure.expected, row.expected, "{}", row.id);
        assert!(row.is_answered(&failure.actual), "{}: answers {}", row.id, failure.actual);
        assert!(!row.theme.is_empty() && !row.missing.is_empty(), "{row:?}");
    }
}

#[test]
fn the_engine_passes_all_on_policies_as_aws_accepted_them() {
    let score = score(&Compiled::new(Mode::Deployed));
    let ([all, _], [pending, _]) = counts();
    assert_eq!((score.passed, score.skipped.len()), (all - pending, pending));
}

#[test]
fn the_engine_passes_all_on_policies_read_strictly() {
    let score = score(&Compiled::new(Mode::Strict));
    let ([all, _], [pending, _]) = counts();
    assert_eq!((score.passed, score.skipped.len()), (all - pending, pending));
}

/// With the verdicts equal and the statements compared on generated cases, the index changes nothing.
#[test]
fn the_engine_without_its_index_passes_all() {
    let score = score(&Compiled::scanning(Mode::Deployed));
    let ([all, _], [pending, _]) = counts();
    assert_eq!((score.passed, score.skipped.len()), (all - pending, pending));
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
    assert_eq!(compared, counts().0[1]);
}

#[test]
fn the_reference_passes_all_that_have_a_request() {
    let score = score(&Reference);
    let ([all, decisions], [_, pending]) = counts();
    let passed = decisions - pending;
    assert_eq!((score.passed, score.skipped.len()), (passed, all - passed));
}
