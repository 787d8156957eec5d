//! `iamgate eval` and `iamgate explain`: one request, or a stream of them.

mod batch;

use std::fmt::Write as _;

use iamgate::iam_eval::Decision;
use iamgate_verbs::{AnswerSchema, CouldArgs, Depth, Exit, OpenPoints, Sentence};

use crate::args::{Plain, Question};
use crate::disk::Disk;
use crate::display::shown;
use crate::explain;
use crate::screen::{BAD, GOOD, SOSO, Screen, paint};
use crate::trouble::answered;

pub(crate) fn run(args: &Question, depth: Depth, disk: &Disk, screen: &mut Screen) -> Exit {
    if let Some(path) = &args.batch {
        return batch::run(path, args, depth, disk, screen);
    }
    let answer = iamgate_verbs::explain(&args.args, depth, disk);
    answered(answer, depth.schema(), args.format, screen, |answer, screen| {
        let trace = answer.trace();
        let sentence = sentence(&Sentence::new(&trace, &answer.case));
        let open = open_points(&answer.open_points());
        screen.data(&match depth {
            Depth::Decision => format!("{sentence}\n{open}"),
            Depth::Trace => format!("{}{open}", explain::human(&trace, &sentence, &answer.case)),
        });
    })
}

pub(crate) fn could(args: &Plain<CouldArgs>, disk: &Disk, screen: &mut Screen) -> Exit {
    let answer = iamgate_verbs::could(&args.args, disk);
    answered(answer, AnswerSchema::Explain, args.format, screen, |answer, screen| {
        let (trace, case) = (answer.question.trace(), &answer.question.case);
        let sentence = sentence(&Sentence::new(&trace, case));
        screen.data(&explain::human(&trace, &sentence, case));
        screen.data(&open_points(&answer.question.open_points()));
    })
}

/// The points at which AWS may answer otherwise, a line each.
fn open_points(open: &OpenPoints) -> String {
    let mut lines = String::new();
    for sentence in open.sentences() {
        let _ = writeln!(lines, "{} {}", paint(SOSO, "open:"), shown(&sentence));
    }
    lines
}

/// The answer in one sentence, with the decision in colour.
fn sentence(sentence: &Sentence) -> String {
    let style = match sentence.decision {
        Decision::Allowed => GOOD,
        Decision::ExplicitDeny | Decision::ImplicitDeny => BAD,
        Decision::Depends => SOSO,
    };
    format!("{}: {}", paint(style, sentence.word()), shown(&sentence.reason))
}
