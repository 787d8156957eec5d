//! `iamgate diff`: what one document allows and another does not.

use std::fmt::Write as _;

use iamgate::iam_analysis::{ClassAnswer, Verdict, VerdictKind};
use iamgate::{Changed, ComparedKind, Extent, HowFar};
use iamgate_verbs::words::plural;
use iamgate_verbs::{AnswerSchema, DiffAnswer, DiffArgs, DiffPart, Exit, PartState};

use crate::args::Plain;
use crate::disk::Disk;
use crate::display::shown;
use crate::screen::{BAD, GOOD, HEAD, SOSO, Screen, days, paint};
use crate::trouble::answered;
use crate::witness;

pub(crate) fn run(args: &Plain<DiffArgs>, disk: &Disk, screen: &mut Screen) -> Exit {
    let answer = iamgate_verbs::diff(&args.args, disk);
    answered(answer, AnswerSchema::Diff, args.format, screen, |answer, screen| screen.data(&human(answer)))
}

fn human(answer: &DiffAnswer) -> String {
    let no_loss = answer.lost().next().is_none();
    // Policies of a folder are compared one by one, and what is only a trust policy says nothing of permissions.
    let is_role = answer.parts.iter().any(|part| part.kind == ComparedKind::Role);
    let is_trust = answer.parts.iter().all(|part| part.kind == ComparedKind::Trust);
    let same = match () {
        () if is_trust => "both trust policies admit the same",
        () if answer.parts.len() > 1 && !is_role => "each policy by itself allows the same in both",
        () => "both allow the same",
    };
    let mut text = match (answer.verdict(), no_loss) {
        (VerdictKind::Holds, true) => format!("{}: {same}.\n", paint(GOOD, "No difference")),
        (VerdictKind::Holds, false) => {
            format!("{}: NEW allows nothing that OLD does not.\n", paint(GOOD, "No new access"))
        }
        (VerdictKind::Fails, _) => {
            format!("{}: NEW allows what OLD does not.\n", paint(BAD, "New access"))
        }
        (VerdictKind::Unknown, _) => {
            format!("{} whether NEW allows what OLD does not.\n", paint(SOSO, "Not known"))
        }
    };
    for own in &answer.parts {
        part(own, &mut text);
    }
    let premises = answer.premises();
    if !premises.is_empty() {
        text.push_str("\nWhat this rests on:\n");
        for premise in premises {
            let _ = writeln!(text, "  {}", shown(premise));
        }
    }
    text.push_str(&days(&answer.dates));
    text
}

fn part(part: &DiffPart, text: &mut String) {
    let (gained, lost) = (&part.difference.gained, &part.difference.lost);
    if !part.name.is_empty() {
        let said = match (part.state, part.difference.verdict(), lost.is_empty()) {
            (PartState::Same, ..) => "unchanged".to_owned(),
            (state, VerdictKind::Holds, true) => format!("{state}, no difference"),
            (state, VerdictKind::Holds, false) => format!("{state}, no new access"),
            (state, VerdictKind::Fails, _) => format!("{state}, new access"),
            (state, VerdictKind::Unknown, _) => format!("{state}, not known whether there is new access"),
        };
        let (name, kind) = (shown(&part.name), part.kind.description());
        let _ = writeln!(text, "\n{} ({kind}): {said}", paint(HEAD, &name));
    }
    for (title, kind, sign, changes) in [
        ("Becomes possible", VerdictKind::Fails, "+", gained),
        ("Is no longer possible", VerdictKind::Fails, "-", lost),
        ("Not known whether it becomes possible", VerdictKind::Unknown, "?", gained),
        ("Not known whether it is still possible", VerdictKind::Unknown, "?", lost),
    ] {
        let mut changes = changes.iter().filter(|changed| changed.answer.verdict.kind() == kind).peekable();
        if changes.peek().is_some() {
            let _ = writeln!(text, "\n{title}:");
        }
        for changed in changes {
            side(&changed.answer, sign, text);
            who(changed, text);
            extents(changed, text);
        }
    }
}

/// The callers who are told of one group of actions.
const CALLERS: usize = 4;

fn who(changed: &Changed, text: &mut String) {
    for asker in changed.askers.iter().take(CALLERS) {
        let _ = writeln!(text, "      by {}", shown(&asker.to_string()));
    }
    if let Some(left) = changed.askers.len().checked_sub(CALLERS).filter(|left| *left > 0) {
        let _ =
            writeln!(text, "      and by {}", plural(left, "more kind of callers", "more kinds of callers"));
    }
}

/// What became conditional, or ceased to be.
fn extents(changed: &Changed, text: &mut String) {
    let both = [("before", &changed.before), ("now", &changed.after)];
    if !both.iter().any(|(_, extent)| extent.reach == HowFar::Limited) {
        return;
    }
    for (when, extent) in both {
        let says = match extent.reach {
            HowFar::Never => "never".to_owned(),
            HowFar::Always => "always".to_owned(),
            HowFar::Limited => limits(extent),
            HowFar::Unknown => continue,
        };
        let _ = writeln!(text, "      {when}: {says}");
    }
}

/// What an extent asks for.
fn limits(extent: &Extent) -> String {
    let texts = |own: &[Box<str>]| -> Vec<String> {
        own.iter().filter(|own| !own.is_empty()).map(|own| shown(own)).collect()
    };
    let (only, besides) = (texts(&extent.when), texts(&extent.besides).join("; "));
    match (only.is_empty(), besides.is_empty()) {
        (true, true) => "by some requests".to_owned(),
        (true, false) => besides,
        (false, true) => format!("only {}", only.join(", or ")),
        (false, false) => format!("only {}; {besides}", only.join(", or ")),
    }
}

/// The number of actions of a group that are named.
const NAMED: usize = 4;

pub(crate) fn side(answer: &ClassAnswer, sign: &str, text: &mut String) {
    let names = if answer.actions.is_empty() {
        match &*answer.example {
            "*" => "some action".to_owned(),
            example => format!("names that the catalogue does not know, such as {example}"),
        }
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
