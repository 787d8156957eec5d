//! `iamgate diff`: the requests that one policy allows and another does not.

use std::fmt::Write as _;

use iamgate::iam_analysis::{ClassAnswer, Verdict, VerdictKind};
use iamgate_verbs::words::plural;
use iamgate_verbs::{AnswerSchema, DiffAnswer, DiffArgs, Exit};

use crate::args::Plain;
use crate::disk::Disk;
use crate::display::shown;
use crate::screen::{BAD, GOOD, SOSO, Screen, days, paint};
use crate::trouble::answered;
use crate::witness;

pub(crate) fn run(args: &Plain<DiffArgs>, disk: &Disk, screen: &mut Screen) -> Exit {
    let answer = iamgate_verbs::diff(&args.args, disk);
    answered(answer, AnswerSchema::Diff, args.format, screen, |answer, screen| screen.data(&human(answer)))
}

fn human(answer: &DiffAnswer) -> String {
    let (gained, lost) = (&answer.gained, &answer.lost);
    let mut text = match (answer.verdict(), lost.is_empty()) {
        (VerdictKind::Holds, true) => format!("{}: both allow the same.\n", paint(GOOD, "No difference")),
        (VerdictKind::Holds, false) => format!(
            "{}: the new policy allows nothing that the old one does not.\n",
            paint(GOOD, "No new access")
        ),
        (VerdictKind::Fails, _) => {
            format!("{}: the new policy allows what the old one does not.\n", paint(BAD, "New access"))
        }
        (VerdictKind::Unknown, _) => {
            format!("{} whether the new policy allows what the old one does not.\n", paint(SOSO, "Not known"))
        }
    };
    for (title, sign, answers) in [("Becomes possible", "+", gained), ("Is no longer possible", "-", lost)] {
        if answers.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\n{title}:");
        for answer in answers {
            side(answer, sign, &mut text);
        }
    }
    if answer.is_closed {
        text.push_str("\nOnly actions of the catalogue were compared.\n");
    }
    text.push_str(&days(&answer.dates));
    text
}

/// The number of actions of a group that are named.
const NAMED: usize = 4;

pub(crate) fn side(answer: &ClassAnswer, sign: &str, text: &mut String) {
    let names = if answer.actions.is_empty() {
        format!("names that the catalogue does not know, such as {}", answer.example)
    } else {
        let named: Vec<&str> = answer.actions.iter().take(NAMED).map(|name| &**name).collect();
        let left = answer.actions.len().saturating_sub(NAMED);
        let more = if left > 0 { format!(" and {}", plural(left, "more", "more")) } else { String::new() };
        format!("{}{more}", named.join(", "))
    };
    let _ = writeln!(text, "  {sign} {}", shown(&names));
    match &answer.verdict {
        Verdict::Holds => {}
        Verdict::Fails(witness) => text.push_str(&witness::lines(&witness.request, "      ")),
        Verdict::Unknown(doubts) => {
            for own in doubts {
                let _ = writeln!(text, "      not known: {}", shown(&own.to_string()));
            }
        }
    }
}
