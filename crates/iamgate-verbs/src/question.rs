//! `iamgate eval` and `iamgate explain`: one request.

mod case;
mod flags;
mod json;
mod readings;
mod sentence;

use iamgate::iam_eval::{Decision, Trace};

use crate::answer::{Answer, AnswerSchema, Exit};
use crate::args::{PolicyFlags, QuestionArgs, RequestFlags};
use crate::json::indented;
use crate::names::{self, UnknownName};
use crate::trouble::Trouble;
use crate::world::World;

pub(crate) use case::bounds;
pub use case::{Case, CaseSources};
pub(crate) use flags::layers;
pub use json::TraceJson;
pub(crate) use json::{ExplanationJson, QuestionJson};
pub use readings::OpenPoints;
pub use sentence::Sentence;
pub(crate) use sentence::{place, silent_level};

/// The amount of detail in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// The decision and the sentence that gives the reason.
    Decision,
    /// The decision with its whole trace.
    Trace,
}

impl Depth {
    /// The schema of the answer.
    pub const fn schema(self) -> AnswerSchema {
        match self {
            Self::Decision => AnswerSchema::Eval,
            Self::Trace => AnswerSchema::Explain,
        }
    }
}

/// The answer to a request: the request with its policies, and the amount of detail.
#[derive(Debug)]
#[non_exhaustive]
pub struct QuestionAnswer {
    /// The request with its policies.
    pub case: Case,
    depth: Depth,
    /// Whether a reading that answers differently makes the answer `depends`.
    strict_readings: bool,
    /// The action, service and condition keys of the request that are not known.
    unknown: Vec<UnknownName>,
}

/// Answers whether a request is allowed.
///
/// # Errors
/// A policy cannot be read, or the request is invalid.
pub fn explain(args: &QuestionArgs, depth: Depth, world: &dyn World) -> Result<QuestionAnswer, Trouble> {
    if args.case.is_some()
        && (args.request != RequestFlags::default() || args.policies != PolicyFlags::default())
    {
        let help = "a case has its request and its policies: give the one or the other";
        return Err(Trouble::usage("a case beside a request or policies", help));
    }
    let case = match &args.case {
        Some(path) => Case::from_file(path, args.mode.into(), world)?,
        None => flags::case(args, world)?,
    };
    let unknown = names::of_request(world, &case)?;
    Ok(QuestionAnswer { case, depth, strict_readings: args.strict_readings, unknown })
}

impl QuestionAnswer {
    pub(crate) const fn new(case: Case, depth: Depth, unknown: Vec<UnknownName>) -> Self {
        Self { case, depth, strict_readings: false, unknown }
    }

    /// The whole trace of the decision.
    pub fn trace(&self) -> Trace<'_> {
        self.case.trace()
    }

    /// The points at which AWS may answer otherwise than is assumed here, if that would change the decision.
    pub fn open_points(&self) -> OpenPoints {
        OpenPoints::of(&self.case)
    }
}

impl Answer for QuestionAnswer {
    fn to_json(&self) -> String {
        let (trace, open) = (self.trace(), self.open_points());
        match self.depth {
            Depth::Decision => indented(&QuestionJson::new(&trace, self, &open)),
            Depth::Trace => indented(&ExplanationJson::new(&trace, self, &open)),
        }
    }

    fn exit(&self) -> Exit {
        if self.strict_readings && !self.open_points().is_empty() {
            return Exit::Depends;
        }
        match self.case.decision() {
            Decision::Allowed => Exit::Yes,
            Decision::ExplicitDeny | Decision::ImplicitDeny => Exit::No,
            Decision::Depends => Exit::Depends,
        }
    }

    fn unknown_names(&self) -> &[UnknownName] {
        &self.unknown
    }
}
