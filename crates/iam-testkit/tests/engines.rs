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

/// An adapter in a line of shell.
fn shell(script: &str) -> Process {
    Process::start("shell", Command::new("sh").args(["-c", script])).unwrap()
}

#[test]
fn an_adapter_that_fails_is_told_once_and_asked_no_more() {
    for (script, why) in [
        ("exit 3", "ended without an answer (exit status: 3)"),
        ("while read -r line; do echo garbage; done", "`garbage`"),
        ("while read -r line; do echo '{\"id\": 9, \"decision\": \"allowed\"}'; done", "the id should be 1"),
        ("read -r line; echo '{\"id\": 1, \"decision\": \"Deny\"}'", "there is no decision \"Deny\""),
        ("read -r line; printf '\\377\\n'", "question 1"),
        ("read -r line; printf '{\"id\": 1'", "not one line of at most"),
        ("head -c 5000000 /dev/zero", "not one line of at most"),
    ] {
        let failing = shell(script);
        let comparison = ring::compare(&Always(Decision::Allowed), &failing, 1, 0, 100, 10);
        assert!(comparison.groups.is_empty() && !comparison.agrees(), "{script}: {comparison}");
        let ended = comparison.ended.unwrap();
        assert!(ended.contains("shell failed at case 0") && ended.contains(why), "{script}: {ended}");
        // It stays failed.
        let case = generate::case(&mut Source::seeded(1));
        assert!(matches!(failing.judge(&case), Answer::Refused(_)));
    }
    assert!(Process::start("none", &mut Command::new("./no-such-program")).is_err());
}

#[test]
fn an_adapter_may_finish_its_work_when_its_input_ends() {
    let file = std::env::temp_dir().join(format!("iam-testkit-{}", std::process::id()));
    let script = format!("while read -r line; do :; done; sleep 0.1; echo done > '{}'", file.display());
    drop(shell(&script));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "done\n");
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn what_was_skipped_is_told_and_comparing_nothing_is_no_agreement() {
    let comparison = ring::compare(&Always(Decision::Allowed), &toy(), 1, 0, 200, 1_000);
    assert!(comparison.skipped.contains_key("only actions in identity policies"), "{comparison}");
    let skipping = shell(
        "n=0; while read -r line; do n=$((n+1)); echo \"{\\\"id\\\": $n, \\\"skipped\\\": \\\"all\\\"}\"; done",
    );
    let comparison = ring::compare(&Always(Decision::Allowed), &skipping, 1, 0, 50, 10);
    assert!(!comparison.agrees() && comparison.to_string().contains("nothing was compared"), "{comparison}");
    assert_eq!(comparison.skipped.get("all"), Some(&50));
}
