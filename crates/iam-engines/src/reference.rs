//! The reference, the second implementation of the semantics.

use iam_reference::{Point, Reading};
use iam_testkit::case::{Case, Layer};
use iam_testkit::format::Decision;
use iam_testkit::readings::Readings;
use iam_testkit::{Answer, Engine, Question, StatementPlace, Statements, Verdict, vectors};

/// The engine of `iam-reference`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reference;

impl Engine for Reference {
    fn name(&self) -> &'static str {
        "iam-reference"
    }

    fn decide(&self, question: &Question<'_>) -> Answer {
        let parsed = iam_reference::json::parse(question.request.raw())
            .and_then(|request| Ok((request, iam_reference::json::parse(question.policies.raw())?)));
        match parsed {
            Ok((request, policies)) => {
                answer(iam_reference::decide(&request, &policies, &Reading::default()))
            }
            Err(reason) => Answer::Refused(reason),
        }
    }

    fn judge_text(&self, text: &str) -> Answer {
        answer(iam_reference::decide_text(text, &Reading::default()))
    }

    fn judge(&self, case: &Case) -> Answer {
        self.judge_text(&case.to_json())
    }

    fn judge_under(&self, case: &Case, readings: &Readings) -> Option<Answer> {
        let Readings::Other(points) = readings else { return None };
        let point = |name: &&str| Point::from_name(name).ok_or_else(|| format!("{name}: no point"));
        Some(match points.iter().map(point).collect::<Result<Reading, String>>() {
            Ok(reading) => answer(iam_reference::decide_text(&case.to_json(), &reading)),
            Err(reason) => Answer::Refused(reason),
        })
    }

    fn differences(&self) -> &[(&str, &str)] {
        vectors::differences()
    }

    fn pending(&self, id: &str) -> Option<&str> {
        vectors::missing_for(id)
    }
}

fn answer(answer: iam_reference::Answer) -> Answer {
    match answer {
        iam_reference::Answer::Refused(reason) => Answer::Refused(reason),
        iam_reference::Answer::Decided(verdict) => Answer::Decided(Verdict {
            decision: decision(verdict.decision),
            statements: Some(Statements {
                applying: verdict.applying.into_iter().map(place).collect(),
                perhaps: verdict.perhaps.into_iter().map(place).collect(),
            }),
        }),
    }
}

const fn decision(decision: iam_reference::Decision) -> Decision {
    match decision {
        iam_reference::Decision::Allowed => Decision::Allowed,
        iam_reference::Decision::ExplicitDeny => Decision::ExplicitDeny,
        iam_reference::Decision::ImplicitDeny => Decision::ImplicitDeny,
        iam_reference::Decision::Depends => Decision::Depends,
    }
}

const fn place(place: iam_reference::Place) -> StatementPlace {
    let layer = match place.layer {
        iam_reference::Layer::Identity => Layer::Identity,
        iam_reference::Layer::Boundary => Layer::Boundary,
        iam_reference::Layer::Session => Layer::Session,
        iam_reference::Layer::Scope => Layer::Scope,
        iam_reference::Layer::Resource => Layer::Resource,
        iam_reference::Layer::VpcEndpoint => Layer::VpcEndpoint,
        iam_reference::Layer::Scp => Layer::Scp,
        iam_reference::Layer::Rcp => Layer::Rcp,
    };
    StatementPlace { layer, level: place.level, policy: place.policy, statement: place.statement }
}
