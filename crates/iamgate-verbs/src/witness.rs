//! Requests that prove something, as `iamgate explain` takes them; and why something is not known.

use iamgate::iam_analysis::{ClassAnswer, Doubt, Verdict};
use iamgate::iam_eval::{Request, wire};
use iamgate::iam_json::quoted;
use serde::Serialize;
use serde_json::Value;

/// A request as a case file has it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct RequestJson(Value);

impl RequestJson {
    /// The request.
    pub fn new(request: &Request) -> Self {
        Self(serde_json::from_str(&wire::request_json(request).to_string()).unwrap_or_default())
    }
}

/// Why something is not known, as a sentence without its point.
pub fn doubt(doubt: &Doubt) -> String {
    match doubt {
        Doubt::OutOfSteps { action: None } => "the steps ran out before any action was looked at".to_owned(),
        Doubt::OutOfSteps { action: Some(action) } => format!("the steps ran out on {action}"),
        Doubt::MixedTypes { key, action } => {
            format!("{} is compared as text and as another type ({action})", quoted(key))
        }
        Doubt::Variables { keys, action } => {
            format!("the policy variables {} tie condition keys to each other ({action})", keys.join(", "))
        }
        Doubt::Defect { request } => format!("iamgate contradicts itself, which is a bug: {request}"),
    }
}

/// A group of actions and its answer, for programs.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AnswerJson {
    /// One of them.
    example: String,
    /// Those of the catalogue; nothing if names are open.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actions: Vec<String>,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<RequestJson>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    doubts: Vec<String>,
}

impl AnswerJson {
    /// The answer.
    pub fn new(answer: &ClassAnswer) -> Self {
        let (request, doubts) = match &answer.verdict {
            Verdict::Holds => (None, Vec::new()),
            Verdict::Fails(witness) => (Some(RequestJson::new(&witness.request)), Vec::new()),
            Verdict::Unknown(doubts) => (None, doubts.iter().map(doubt).collect()),
        };
        Self {
            example: answer.example.to_string(),
            actions: answer.actions.iter().map(ToString::to_string).collect(),
            verdict: answer.verdict.name(),
            request,
            doubts,
        }
    }
}

/// Whether an answer contradicts itself.
pub(crate) fn is_defect(answers: &[ClassAnswer]) -> bool {
    answers.iter().any(|answer| {
        matches!(&answer.verdict, Verdict::Unknown(doubts) if doubts.iter().any(|d| matches!(d, Doubt::Defect { .. })))
    })
}
