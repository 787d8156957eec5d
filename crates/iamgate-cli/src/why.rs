//! `iamgate why`: first what AWS said, then what the documents at hand say to it.

use std::fmt::Write as _;

use iamgate::iam_json::visible;
use iamgate_verbs::words::plural;
use iamgate_verbs::{AnswerSchema, Documents, Exit, Explained, Sentence, Standing, WhyArgs};

use crate::args::Plain;
use crate::disk::Disk;
use crate::display::shown;
use crate::explain;
use crate::screen::{BAD, DIM, GOOD, HEAD, SOSO, Screen, days, paint};
use crate::trouble::answered;

pub(crate) fn run(args: &Plain<WhyArgs>, disk: &Disk, screen: &mut Screen) -> Exit {
    let answer = iamgate_verbs::why(&args.args, disk);
    answered(answer, AnswerSchema::Why, args.format, screen, |answer, screen| {
        let several = answer.messages.len() > 1;
        for (index, message) in answer.messages.iter().enumerate() {
            if index > 0 {
                screen.data("\n");
            }
            screen.data(&human(message, several.then(|| index.saturating_add(1))));
        }
        if answer.role.is_some() {
            screen.data(&days(&answer.dates));
        }
    })
}

/// One message, with its number if there are several.
fn human(message: &Explained, number: Option<usize>) -> String {
    let mut out = String::new();
    if let Some(number) = number {
        let times = match message.times {
            1 => String::new(),
            times => format!(", {}", plural(times, "time", "times")),
        };
        let heading = format!("Message {number} (line {}{times})", message.line);
        let _ = writeln!(out, "{}", paint(HEAD, &heading));
    } else if message.times > 1 {
        let _ =
            writeln!(out, "{}", paint(DIM, &format!("The text has this message {} times.", message.times)));
    }
    let _ = writeln!(out, "{}: {}", paint(BAD, "denied by AWS"), shown(&message.said.reason));
    out.push('\n');
    let width = message.said.parts.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    for (name, value) in &message.said.parts {
        let _ = writeln!(out, "  {name:width$}  {}", visible(value));
    }
    out.push('\n');
    documents(&mut out, &message.documents);
    out
}

/// What the documents at hand say.
fn documents(out: &mut String, documents: &Documents) {
    let style = match documents.standing {
        Standing::Agree => GOOD,
        Standing::Contradict => BAD,
        Standing::CannotKnow | Standing::NotAsked => SOSO,
    };
    let _ = writeln!(out, "{}: {}.", paint(style, documents.standing.words()), shown(&documents.says));
    for note in &documents.notes {
        let _ = writeln!(out, "  {} {}.", paint(DIM, "note:"), shown(note));
    }
    let Some(case) = documents.case() else { return };
    let trace = case.trace();
    let sentence = Sentence::new(&trace, case);
    let _ = writeln!(out, "\nAll documents at hand together: {}", shown(&sentence.text()));
    let changes = explain::changes(&trace, case);
    if !changes.is_empty() {
        let _ = write!(out, "\n{}", changes.trim_end_matches('\n'));
        out.push('\n');
    }
}
