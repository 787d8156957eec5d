//! `iamgate prove`: what is never allowed, for every request.

mod granted;
mod public;
mod read_only;

pub(crate) use granted::policy;
use iamgate::iam_analysis::{ClassAnswer, Doubt, Verdict};
use iamgate::iam_policy::quoted;
use serde::Serialize;

use crate::args::{AnswerFormat, Prove};
use crate::exit::Exit;
use crate::screen::{Screen, json};
use crate::trouble::{ErrorJson, Trouble};
use crate::witness::{self, RequestJson};

pub(crate) fn run(args: &Prove, screen: &mut Screen) -> Exit {
    let (said, format) = match args {
        Prove::ReadOnly(args) => (read_only::show(args, screen), args.format),
        Prove::NoPublic(args) => (public::show(args, screen), args.format),
        Prove::NotGranted(args) => (granted::show(args, screen), args.format),
    };
    match said {
        Ok(exit) => exit,
        Err(trouble) => refuse(&trouble, "iamgate/prove", format, screen),
    }
}

/// No answer, and why.
#[derive(Serialize)]
struct Refused {
    schema: &'static str,
    version: u32,
    errors: Vec<ErrorJson>,
}

pub(crate) fn refuse(
    trouble: &Trouble,
    schema: &'static str,
    format: AnswerFormat,
    screen: &mut Screen,
) -> Exit {
    match format {
        AnswerFormat::Human => trouble.show(screen),
        AnswerFormat::Json => screen.data(&json(&Refused { schema, version: 1, errors: trouble.to_json() })),
    }
    Exit::Unanswered
}

/// The exit code of a verdict.
pub(crate) fn exit(verdict: &str, is_defect: bool) -> Exit {
    if is_defect {
        return Exit::Bug;
    }
    match verdict {
        "holds" => Exit::Yes,
        "fails" => Exit::No,
        _ => Exit::Unanswered,
    }
}

/// A group of actions and its answer, for programs.
#[derive(Debug, Serialize)]
pub(crate) struct AnswerJson {
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
    pub(crate) fn new(answer: &ClassAnswer) -> Self {
        let (request, doubts) = match &answer.verdict {
            Verdict::Holds => (None, Vec::new()),
            Verdict::Fails(witness) => (Some(RequestJson::new(&witness.request)), Vec::new()),
            Verdict::Unknown(doubts) => (None, doubts.iter().map(witness::doubt).collect()),
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

pub(crate) fn is_defect(answers: &[ClassAnswer]) -> bool {
    answers.iter().any(|answer| {
        matches!(&answer.verdict, Verdict::Unknown(doubts) if doubts.iter().any(|d| matches!(d, Doubt::Defect { .. })))
    })
}

/// The parts of `--context KEY=VALUE`.
pub(crate) fn key_and_value(text: &str) -> Result<(&str, &str), Trouble> {
    text.split_once('=').filter(|(key, _)| key.contains(':')).ok_or_else(|| {
        let help = "give --context KEY=VALUE, such as aws:PrincipalTag/DoitEnvironment=111122223333";
        Trouble::usage(format!("--context {} is no key and value", quoted(text)), help)
    })
}

/// What answers that do not hold come to together.
pub(crate) fn verdict(answers: &[ClassAnswer]) -> &'static str {
    if answers.iter().any(|answer| matches!(answer.verdict, Verdict::Fails(_))) {
        "fails"
    } else if answers.is_empty() {
        "holds"
    } else {
        "unknown"
    }
}
