//! The engine against every built-in vector with a request, in both modes of reading, and against every document.
#![expect(clippy::panic, reason = "a test stops at the first surprise")]

use iam_eval::session::{self, SessionLimits};
use iam_eval::wire::{self, WireLimits};
use iam_eval::{Context, ContextValue};
use iam_policy::value::Instant;
use iam_policy::{Limits, Mode, Policy};
use iam_testkit::format::{Decision, DecisionCase, DocumentCase, Held, SessionCase};
use iam_testkit::{Answer, Engine, Loaded, Score, SessionAnswer, run_text, vectors};

/// The time of calls to STS: no vector depends on it.
const NOW: Instant = Instant::from_epoch_seconds(1_767_225_600);

struct Ours {
    mode: Mode,
}

impl Engine for Ours {
    fn name(&self) -> &'static str {
        "iam-eval"
    }

    fn decide(&self, case: &DecisionCase<'_>) -> Answer {
        match wire::decide(case.request, case.policies, self.mode, &WireLimits::default()) {
            Ok(decision) => Decision::from_name(decision.name())
                .map_or_else(|| Answer::Skipped(decision.name().to_owned()), Answer::Decided),
            Err(report) => Answer::Refused(report.to_string()),
        }
    }

    fn load(&self, case: &DocumentCase<'_>) -> Loaded {
        match Policy::parse(&case.text, case.kind, Mode::Strict, &Limits::default()) {
            Ok(_) => Loaded::Accepted,
            Err(report) => Loaded::Refused(report.to_string()),
        }
    }

    fn session(&self, case: &SessionCase<'_>) -> SessionAnswer {
        let opening = match session::wire::opening(case.case, NOW) {
            Ok(opening) => opening,
            Err(report) => return SessionAnswer::Refused(report.to_string()),
        };
        match opening.open(&SessionLimits::default()) {
            Ok(session) => SessionAnswer::Created(seen(&session)),
            Err(refusals) => {
                let reasons: Vec<String> = refusals.iter().map(ToString::to_string).collect();
                SessionAnswer::Refused(reasons.join("; "))
            }
        }
    }
}

/// A session in the words of the test kit.
fn seen(session: &session::Session) -> iam_testkit::Session {
    iam_testkit::Session {
        duration_seconds: u64::try_from(session.duration_seconds).unwrap_or_default(),
        session_arn: session.arn.to_string(),
        principal_tags: session.principal_tags.iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect(),
        transitive_tag_keys: session.transitive_tag_keys.iter().map(ToString::to_string).collect(),
        context: held(session.context()),
        trust_context: held(session.trust_context()),
    }
}

fn held(context: &Context) -> Vec<(String, Held)> {
    let known = |value: &ContextValue| match value {
        ContextValue::Single(text) => Some(Held::One(text.to_string())),
        ContextValue::Multiple(texts) => Some(Held::Many(texts.iter().map(ToString::to_string).collect())),
        ContextValue::Unknown | ContextValue::Ambiguous => None,
    };
    context.iter().filter_map(|(key, value)| Some((key.to_owned(), known(value)?))).collect()
}

/// Runs every file that the engine can be put to; all must pass, and none may be skipped.
#[track_caller]
fn all_pass(mode: Mode, wanted: impl Fn(&str) -> bool) {
    let mut total = Score::default();
    for (name, text) in vectors::FILES.iter().filter(|(name, _)| wanted(name)) {
        let score = run_text(text, &Ours { mode }).unwrap_or_else(|report| panic!("{name}: {report}"));
        total.add(score);
    }
    assert!(total.passed > 0);
    assert_eq!(total.failed, []);
    assert_eq!(total.skipped, []);
}

fn is_about_documents(name: &str) -> bool {
    name.contains("document")
}

fn is_about_sessions(name: &str) -> bool {
    name.contains("session")
}

#[test]
fn decisions_on_policies_as_aws_accepted_them() {
    all_pass(Mode::Deployed, |name| !is_about_documents(name) && !is_about_sessions(name));
}

#[test]
fn decisions_on_policies_read_strictly() {
    all_pass(Mode::Strict, |name| !is_about_documents(name) && !is_about_sessions(name));
}

#[test]
fn sessions() {
    all_pass(Mode::Strict, is_about_sessions);
}

#[test]
fn documents() {
    all_pass(Mode::Strict, is_about_documents);
}
