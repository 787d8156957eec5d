//! `iamgate eval` and `iamgate explain`: one request, or a stream of them.

mod batch;
mod case;
mod flags;
mod json;
mod sentence;

use iamgate::iam_eval::Decision;

use crate::args::{AnswerFormat, Question};
use crate::exit::Exit;
use crate::explain;
use crate::screen::{self, Screen};
use crate::trouble::Trouble;

pub(crate) use case::Case;
pub(crate) use sentence::{Sentence, is_plural, layer_name, list, near, statement_name};

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// The decision and the sentence that gives the reason.
    Decision,
    /// Everything it was made of.
    Trace,
}

pub(crate) fn run(args: &Question, depth: Depth, screen: &mut Screen) -> Exit {
    if let Some(path) = &args.batch {
        return batch::run(path, args, depth, screen);
    }
    let case = match &args.case {
        Some(path) => Case::from_file(path, args.mode.into()),
        None => flags::case(args),
    };
    match case {
        Ok(case) => answer(&case, args.format, depth, screen),
        Err(trouble) => refuse(&trouble, args.format, depth, screen),
    }
}

fn answer(case: &Case, format: AnswerFormat, depth: Depth, screen: &mut Screen) -> Exit {
    let trace = case.layers.explain(&case.request);
    let sentence = Sentence::new(&trace, case);
    let text = match (format, depth) {
        (AnswerFormat::Human, Depth::Decision) => format!("{sentence}\n"),
        (AnswerFormat::Human, Depth::Trace) => explain::human(&trace, &sentence, case),
        (AnswerFormat::Json, _) => screen::json(&json::Answer::new(&trace, &sentence, case, depth)),
    };
    screen.data(&text);
    exit(trace.decision)
}

fn refuse(trouble: &Trouble, format: AnswerFormat, depth: Depth, screen: &mut Screen) -> Exit {
    match format {
        AnswerFormat::Human => trouble.show(screen),
        AnswerFormat::Json => screen.data(&screen::json(&json::Refused::new(trouble, depth))),
    }
    Exit::Unanswered
}

const fn exit(decision: Decision) -> Exit {
    match decision {
        Decision::Allowed => Exit::Yes,
        Decision::ExplicitDeny | Decision::ImplicitDeny => Exit::No,
        Decision::Depends => Exit::Depends,
    }
}
