//! The runner counts, and says what differs.

use iam_testkit::format::{DocumentCase, SessionCase};
use iam_testkit::{Answer, Engine, Loaded, Question, Session, SessionAnswer, format, run_text};

/// Gives the same answers to everything.
struct Parrot {
    answer: Answer,
    loaded: Loaded,
    session: SessionAnswer,
    differences: &'static [(&'static str, &'static str)],
    pending: Option<&'static str>,
}

impl Parrot {
    fn saying(answer: Answer) -> Self {
        Self {
            answer,
            loaded: Loaded::Accepted,
            session: SessionAnswer::Skipped("none".into()),
            differences: &[],
            pending: None,
        }
    }
}

impl Engine for Parrot {
    fn name(&self) -> &'static str {
        "parrot"
    }
    fn decide(&self, _: &Question<'_>) -> Answer {
        self.answer.clone()
    }
    fn load(&self, _: &DocumentCase<'_>) -> Loaded {
        self.loaded.clone()
    }
    fn session(&self, _: &SessionCase<'_>) -> SessionAnswer {
        self.session.clone()
    }
    fn differences(&self) -> &[(&str, &str)] {
        self.differences
    }
    fn pending(&self, id: &str) -> Option<&str> {
        self.pending.filter(|_| id == "a")
    }
}

fn decisions(or_reject: bool) -> String {
    format!(
        r#"[{{"id": "a", "section": "s", "about": "a", "source": "page", "certainty": "documented",
 "request": {{"principal": {{"type": "anonymous"}}, "action": "s3:GetObject", "resource": "*", "context": {{}}}},
 "policies": {{}}, "expect": {{"decision": "allowed"}}, "or_reject": {or_reject}, "why": "w"}}]"#
    )
}

#[test]
fn the_expected_decision_passes_and_another_fails() {
    let score = run_text(&decisions(false), &Parrot::saying(format::Decision::Allowed.into())).unwrap();
    assert_eq!((score.passed, score.failed.len()), (1, 0));
    let score = run_text(&decisions(false), &Parrot::saying(format::Decision::ExplicitDeny.into())).unwrap();
    assert_eq!(score.passed, 0);
    let failure = &score.failed[0];
    assert_eq!(
        (&*failure.id, &*failure.expected, &*failure.actual, &*failure.why),
        ("a", "allowed", "explicit_deny", "w (page)")
    );
}

#[test]
fn a_refusal_passes_only_where_the_case_permits_it() {
    let engine = Parrot::saying(Answer::Refused("strict".into()));
    assert_eq!(run_text(&decisions(true), &engine).unwrap().passed, 1);
    assert_eq!(run_text(&decisions(false), &engine).unwrap().failed[0].actual, "refused: strict");
}

#[test]
fn a_skipped_case_is_not_passed() {
    let score = run_text(&decisions(true), &Parrot::saying(Answer::Skipped("later".into()))).unwrap();
    assert_eq!((score.passed, score.failed.len(), &*score.skipped[0].reason), (0, 0, "later"));
}

#[test]
fn a_declared_difference_is_listed_and_a_stale_one_fails() {
    let mut engine = Parrot::saying(format::Decision::ImplicitDeny.into());
    engine.differences = &[("a", "we know better")];
    let score = run_text(&decisions(false), &engine).unwrap();
    assert_eq!((score.passed, score.failed.len(), &*score.differing[0].reason), (0, 0, "we know better"));
    engine.answer = format::Decision::Allowed.into();
    assert_eq!(run_text(&decisions(false), &engine).unwrap().failed.len(), 1);
}

#[test]
fn a_pending_case_is_skipped_and_a_stale_one_fails() {
    let mut engine = Parrot::saying(format::Decision::ImplicitDeny.into());
    engine.pending = Some("a rule");
    let score = run_text(&decisions(false), &engine).unwrap();
    assert_eq!((score.passed, score.failed.len(), &*score.skipped[0].reason), (0, 0, "pending: a rule"));
    engine.answer = format::Decision::Allowed.into();
    let score = run_text(&decisions(false), &engine).unwrap();
    assert_eq!((score.passed, &*score.failed[0].actual), (0, "no failure"));
}

#[test]
fn documents_and_sessions_are_compared() {
    let documents = r#"[{"id": "a", "kind": "scp", "about": "a", "source": "s", "certainty": "documented", "text": "{", "expect": "reject", "why": "w"}]"#;
    let mut engine = Parrot::saying(Answer::Skipped(String::new()));
    assert_eq!(run_text(documents, &engine).unwrap().failed[0].actual, "accept");
    engine.loaded = Loaded::Refused("broken".into());
    assert_eq!(run_text(documents, &engine).unwrap().passed, 1);

    let sessions = r#"[{"id": "a", "about": "a", "source": "s", "certainty": "documented", "operation": "AssumeRole", "role": null,
        "request": {}, "caller": null, "provider": null, "token": null, "expect": {"result": "ok", "duration_seconds": 900}, "why": "w"}]"#;
    engine.session = SessionAnswer::Refused("no".into());
    assert_eq!(run_text(sessions, &engine).unwrap().failed[0].actual, "rejected: no");
    engine.session = SessionAnswer::Created(Session { duration_seconds: 3600, ..Session::default() });
    assert_eq!(run_text(sessions, &engine).unwrap().failed[0].actual, "duration_seconds = 3600");
    engine.session = SessionAnswer::Created(Session { duration_seconds: 900, ..Session::default() });
    assert_eq!(run_text(sessions, &engine).unwrap().passed, 1);
}
