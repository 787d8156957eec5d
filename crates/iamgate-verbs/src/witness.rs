//! Requests that prove something, in the form that `iamgate explain` reads, and reasons why something is not known.

use iamgate::iam_analysis::{ClassAnswer, Doubt, Verdict, VerdictKind};
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

/// A reason why something is not known: kind, sentence, and what a program can use, such as the open points of AWS's rules and the request.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct DoubtJson(
    #[serde(serialize_with = "sorted::json")]
    #[cfg_attr(feature = "schema", schemars(with = "DoubtForm"))]
    Json,
);

impl DoubtJson {
    /// The JSON of a doubt.
    pub fn new(doubt: &Doubt) -> Self {
        Self(doubt.to_json())
    }

    /// The reasons why a verdict is not known. Empty if it is known.
    pub fn list(verdict: &Verdict) -> Vec<Self> {
        match verdict {
            Verdict::Holds | Verdict::Fails(_) => Vec::new(),
            Verdict::Unknown(doubts) => doubts.iter().map(Self::new).collect(),
        }
    }
}

/// The form of a doubt, for its schema.
#[cfg(feature = "schema")]
#[derive(Serialize, schemars::JsonSchema)]
#[schemars(rename = "Doubt")]
struct DoubtForm {
    kind: DoubtKind,
    /// One sentence, without a full stop.
    says: String,
    /// An action. Left out for `readings` and `defect`, and if the steps ran out before any action.
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    /// Condition keys, for `types` and `variables`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keys: Vec<String>,
    /// The name in the policy, for `unidentified`.
    #[serde(skip_serializing_if = "Option::is_none")]
    named: Option<String>,
    /// For `readings`: the points at which the other answer has a request against the claim.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    readings: Vec<DoubtPoint>,
    /// The request, for `readings` and `defect`.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<RequestJson>,
    /// What the question was about, for `steps`.
    #[serde(skip_serializing_if = "Option::is_none")]
    load: Option<LoadForm>,
}

/// What a question was about whose steps ran out.
#[cfg(feature = "schema")]
#[derive(Serialize, schemars::JsonSchema)]
#[schemars(rename = "QuestionLoad")]
struct LoadForm {
    /// The action on which the steps were spent.
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    /// The number of steps that it had.
    steps: u64,
    /// Whether the steps of all questions together were used up.
    is_all: bool,
    /// The number of its policies.
    policies: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    largest: Option<LargestForm>,
}

/// The policy that has the most to compare.
#[cfg(feature = "schema")]
#[derive(Serialize, schemars::JsonSchema)]
#[schemars(rename = "LargestPolicy")]
struct LargestForm {
    layer: String,
    /// Its number in the layer, from 1.
    policy: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The number of its statements that are about the action.
    statements: usize,
    /// The bytes of their resources and condition values.
    bytes: usize,
    /// The largest of these statements: its number, from 1.
    statement: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    line: u32,
    /// The number of patterns and values in it.
    parts: usize,
}

/// The kind of a doubt.
#[cfg(feature = "schema")]
#[derive(Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "the analysis writes the doubt; this says its form")]
enum DoubtKind {
    Steps,
    Types,
    Variables,
    Characters,
    Unidentified,
    Unasked,
    Readings,
    Defect,
}

/// An open point of AWS's rules.
#[cfg(feature = "schema")]
#[derive(Serialize, schemars::JsonSchema)]
struct DoubtPoint {
    point: String,
    rule: String,
    /// The other answer, under which the claim does not hold.
    answer: String,
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
    doubts: Vec<DoubtJson>,
}

impl AnswerJson {
    /// The JSON of an answer.
    pub fn new(answer: &ClassAnswer) -> Self {
        let request = match &answer.verdict {
            Verdict::Fails(witness) => Some(RequestJson::new(&witness.request)),
            Verdict::Holds | Verdict::Unknown(_) => None,
        };
        Self {
            example: answer.example.to_string(),
            actions: answer.actions.iter().map(ToString::to_string).collect(),
            verdict: Word(answer.verdict.kind()),
            request,
            doubts: DoubtJson::list(&answer.verdict),
        }
    }
}

/// Whether analysis and evaluator contradict each other in an answer.
pub(crate) fn is_defect(answers: &[ClassAnswer]) -> bool {
    answers.iter().any(|answer| answer.verdict.is_defect())
}
