//! Every engine on every vector: none fails, and none skips what it implements.
#![expect(clippy::panic, clippy::arithmetic_side_effects, reason = "a test stops at the first surprise")]

use iam_engines::{Compiled, Reference};
use iam_policy::Mode;
use iam_testkit::format::{Cases, DocumentCase, SessionCase, open, read};
use iam_testkit::{Answer, Engine, Failure, Loaded, Question, Score, SessionAnswer, run_text, vectors};

/// Runs every file.
fn run_all(engine: &dyn Engine) -> Score {
    let mut total = Score::default();
    for (name, text) in vectors::FILES {
        total.add(run_text(text, engine).unwrap_or_else(|report| panic!("{name}: {report}")));
    }
    total
}

/// Runs every file; none may fail.
#[track_caller]
fn score(engine: &dyn Engine) -> Score {
    let total = run_all(engine);
    assert_eq!(total.failed, []);
    let differing: Vec<&str> = total.differing.iter().map(|note| note.id.as_str()).collect();
    assert_eq!(differing, vectors::not_followed().map(|row| row.id).collect::<Vec<_>>());
    total
}

/// How many cases the files have: all, those with a request, and those of each that are pending or not followed.
fn counts() -> ([usize; 2], [usize; 2]) {
    let (mut counts, mut pending) = ([0; 2], [0; 2]);
    for (name, text) in vectors::FILES {
        let document = open(text).unwrap_or_else(|report| panic!("{name}: {report}"));
        let cases = read(&document).unwrap_or_else(|report| panic!("{name}: {report}"));
        let is_late = |id: &&str| {
            vectors::missing_for(id).is_some() || vectors::not_followed().any(|row| row.id == *id)
        };
        let late = cases.ids().into_iter().filter(is_late).count();
        counts[0] += cases.len();
        pending[0] += late;
        if matches!(cases, Cases::Decisions(_)) {
            counts[1] += cases.len();
            pending[1] += late;
        }
    }
    let listed = vectors::pending().count() + vectors::not_followed().count();
    assert_eq!(pending[0], listed, "the lists name vectors that are there");
    (counts, pending)
}

/// An engine of which nothing is pending, and that follows every vector.
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

/// The lists are exact both ways: what fails is what they name, with the answers that they name.
#[test]
fn what_fails_is_the_list_of_what_is_pending_and_of_what_is_not_followed() {
    let mut failed = Vec::new();
    for (name, text) in vectors::FILES {
        let engine = Strictly(Compiled::new(Mode::Deployed));
        failed.extend(run_text(text, &engine).unwrap_or_else(|report| panic!("{name}: {report}")).failed);
    }
    failed.sort_by(|a, b| a.id.cmp(&b.id));
    let mut listed: Vec<&str> =
        vectors::pending().map(|row| row.id).chain(vectors::not_followed().map(|row| row.id)).collect();
    listed.sort_unstable();
    let ids: Vec<&str> = failed.iter().map(|failure| failure.id.as_str()).collect();
    assert_eq!(ids, listed);
    for failure in &failed {
        let id = failure.id.as_str();
        let pending = || {
            let row = vectors::pending().find(|row| row.id == id);
            row.map_or(("", false, ""), |row| (row.expected, row.is_answered(&failure.actual), row.missing))
        };
        let not_followed = vectors::not_followed().find(|row| row.id == id);
        let (expected, is_answered, reason) = not_followed
            .map_or_else(pending, |row| (row.expected, row.answered == failure.actual, row.reason));
        assert_eq!(failure.expected, expected, "{}", failure.id);
        assert!(is_answered, "{}: answers {}", failure.id, failure.actual);
        assert!(!reason.is_empty(), "{}", failure.id);
    }
}

#[test]
fn the_engine_passes_all_on_policies_as_aws_accepted_them() {
    let score = score(&Compiled::new(Mode::Deployed));
    let ([all, _], [pending, _]) = counts();
    assert_eq!((score.passed, score.skipped.len()), (all - pending, vectors::pending().count()));
}

#[test]
fn the_engine_passes_all_on_policies_read_strictly() {
    let score = run_all(&Compiled::new(Mode::Strict));
    // AWS stores what strict reading refuses: multivalued keys without set operator (rule 7.1).
    let is_refusal = |f: &&Failure| {
        f.id.starts_with("observed/") && f.actual.starts_with("refused: MISSING_QUALIFIER at ")
    };
    let refused = score.failed.iter().filter(is_refusal).count();
    assert!(refused > 10, "{refused}");
    assert_eq!(score.failed.iter().find(|f| !is_refusal(f)), None);
    let ([all, _], [pending, _]) = counts();
    assert_eq!((score.passed, score.skipped.len()), (all - pending - refused, vectors::pending().count()));
}

/// With the verdicts equal and the statements compared on generated cases, the index changes nothing.
#[test]
fn the_engine_without_its_index_passes_all() {
    let score = score(&Compiled::scanning(Mode::Deployed));
    let ([all, _], [pending, _]) = counts();
    assert_eq!((score.passed, score.skipped.len()), (all - pending, vectors::pending().count()));
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
    let differing = vectors::not_followed().count();
    assert_eq!((score.passed, score.skipped.len()), (passed, all - passed - differing));
}
