//! `iamgate eval` and `iamgate explain`: one request, or a stream of them.

mod batch;

use iamgate::iam_eval::Decision;
use iamgate_verbs::{Depth, Exit, Sentence};

use crate::args::Question;
use crate::disk::Disk;
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
        screen.data(&match depth {
            Depth::Decision => format!("{sentence}\n"),
            Depth::Trace => explain::human(&trace, &sentence, &answer.case),
        });
    })
}

/// The answer in one sentence, with the decision in colour.
fn sentence(sentence: &Sentence) -> String {
    let style = match sentence.decision {
        Decision::Allowed => GOOD,
        Decision::ExplicitDeny | Decision::ImplicitDeny => BAD,
        Decision::Depends => SOSO,
    };
    format!("{}: {}", paint(style, sentence.word()), sentence.reason)
}
