//! Laws, comparisons and adapters before engines that are known to be wrong.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::process::Command;

use iam_testkit::case::{Case, Layer};
use iam_testkit::format::Decision;
use iam_testkit::laws::{self, Run};
use iam_testkit::process::Process;
use iam_testkit::{Answer, Engine, Question, Source, generate, ring};

/// Says the same to everything.
struct Always(Decision);

impl Engine for Always {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn decide(&self, _: &Question<'_>) -> Answer {
        self.0.into()
    }
}

/// Refuses policies of a layer.
struct Refusing(Layer);

impl Engine for Refusing {
    fn name(&self) -> &'static str {
        "refusing"
    }

    fn decide(&self, question: &Question<'_>) -> Answer {
        match question.policies.member(self.0.name()) {
            Some(_) => Answer::Refused(format!("no {}", self.0.name())),
            None => Decision::ImplicitDeny.into(),
        }
    }
}

#[test]
fn an_engine_that_always_says_the_same_breaks_a_law() {
    for decision in [Decision::Allowed, Decision::ExplicitDeny, Decision::ImplicitDeny, Decision::Depends] {
        let report = Run::new(1, 100).of_all(laws::ALL, &Always(decision));
        let broken = report.broken.unwrap();
        assert_eq!(broken.engine, decision.name());
        assert!(broken.to_string().contains("smallest case"), "{broken}");
    }
}

#[test]
fn a_refused_case_is_told_and_made_small() {
    let broken = Run::new(1, 1_000).of_all(&[], &Refusing(Layer::Boundary)).broken.unwrap();
    assert_eq!(broken.law.id, "V1");
    assert_eq!(broken.case.policies.keys().collect::<Vec<_>>(), [&Layer::Boundary]);
    assert_eq!(broken.case.request.context, []);
}

#[test]
fn runs_of_disjoint_numbers_make_one_run() {
    let never = Always(Decision::ImplicitDeny);
    let law = laws::ALL.iter().filter(|law| law.id == "N3").copied().collect::<Vec<_>>();
    let whole = Run::new(2, 300).of_all(&law, &never);
    let mut parts = Run::new(2, 100).of_all(&law, &never);
    parts.add(Run::new(2, 200).starting_at(100).of_all(&law, &never));
    assert_eq!((parts.laws, parts.census.to_string()), (whole.laws, whole.census.to_string()));
}

#[test]
fn differences_are_made_small_and_grouped() {
    let comparison =
        ring::compare(&Always(Decision::Allowed), &Always(Decision::ImplicitDeny), 1, 0, 50, 1_000);
    assert!(!comparison.agrees());
    // Every case differs, whatever it is about: without anything it is one group.
    assert_eq!(comparison.groups.len(), 1);
    let group = comparison.groups.values().next().unwrap();
    assert_eq!((group.count, group.example.policies.len()), (50, 0));
    let text = comparison.to_string();
    assert!(text.contains("0 same, 50 different in 1 groups") && text.contains("as a vector"), "{text}");
    assert!(ring::compare(&Always(Decision::Allowed), &Always(Decision::Allowed), 1, 0, 50, 9).agrees());
}

/// The example adapter, as a process.
fn toy() -> Process {
    let mut test = std::env::current_exe().unwrap();
    test.pop();
    test.pop();
    Process::start("toy", &mut Command::new(test.join("examples").join("adapter"))).unwrap()
}

#[test]
fn an_engine_in_another_process_answers() {
    let toy = toy();
    let mut counts = [0; 2];
    for number in 0..2_000 {
        let case: Case = generate::case(&mut Source::of_case(3, number));
        match toy.judge(&case) {
            Answer::Decided(verdict) => {
                assert!(verdict.statements.is_none());
                counts[0] += 1;
            }
            Answer::Skipped(_) => counts[1] += 1,
            Answer::Refused(reason) => panic!("{reason}"),
        }
    }
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
    // What it is given may be no case at all; a text with a line break is one question.
    assert!(matches!(toy.judge_text("{}"), Answer::Refused(_)));
    assert!(matches!(toy.judge_text("{\"request\":\n{}, \"policies\": {}}"), Answer::Skipped(_)));
}

#[test]
fn a_process_that_ends_or_is_not_there_is_told() {
    let gone = Process::start("true", &mut Command::new("true")).unwrap();
    let case = generate::case(&mut Source::seeded(1));
    let Answer::Refused(reason) = gone.judge(&case) else { panic!("no answer can be had") };
    assert!(reason.starts_with("the adapter: "), "{reason}");
    assert!(Process::start("none", &mut Command::new("./no-such-program")).is_err());
}
