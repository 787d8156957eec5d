//! Requests that prove something, in the form that `iamgate explain` reads, and reasons why something is not known.

use iamgate::iam_analysis::{ClassAnswer, Verdict, VerdictKind};
use iamgate::iam_eval::{Request, wire};
use iamgate::iam_json::Json;
use serde::Serialize;

use crate::sorted;
use crate::word::Word;

/// A request as a case file has it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct RequestJson(
    #[serde(serialize_with = "sorted::json")]
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    Json,
);

impl RequestJson {
    /// The JSON of a request.
    pub fn new(request: &Request) -> Self {
        Self(wire::request_json(request))
    }
}

/// A group of actions and its answer, for programs.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AnswerJson {
    /// One of the actions.
    example: String,
    /// The actions of the catalogue. Left out if the question is about open names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actions: Vec<String>,
    verdict: Word<VerdictKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<RequestJson>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    doubts: Vec<String>,
}

impl AnswerJson {
    /// The JSON of an answer.
    pub fn new(answer: &ClassAnswer) -> Self {
        let (request, doubts) = match &answer.verdict {
            Verdict::Holds => (None, Vec::new()),
            Verdict::Fails(witness) => (Some(RequestJson::new(&witness.request)), Vec::new()),
            Verdict::Unknown(doubts) => (None, doubts.iter().map(ToString::to_string).collect()),
        };
        Self {
            example: answer.example.to_string(),
            actions: answer.actions.iter().map(ToString::to_string).collect(),
            verdict: Word(answer.verdict.kind()),
            request,
            doubts,
        }
    }
}

/// Whether analysis and evaluator contradict each other in an answer.
pub(crate) fn is_defect(answers: &[ClassAnswer]) -> bool {
    answers.iter().any(|answer| answer.verdict.is_defect())
}
