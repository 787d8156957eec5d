//! `iamgate shrink`: a shorter policy, and what it changes.

use std::fmt::Write as _;

use iamgate::ComparedKind;
use iamgate::iam_analysis::Verdict;
use iamgate_verbs::words::{first, plural};
use iamgate_verbs::{AnswerSchema, Exit, ShrinkAnswer, ShrinkArgs};

use crate::args::Plain;
use crate::diff::side;
use crate::disk::Disk;
use crate::display::shown;
use crate::screen::{BAD, GOOD, SOSO, Screen, days, paint};
use crate::trouble::answered;

pub(crate) fn run(args: &Plain<ShrinkArgs>, disk: &Disk, screen: &mut Screen) -> Exit {
    let answer = iamgate_verbs::shrink(&args.args, disk);
    answered(answer, AnswerSchema::Shrink, args.format, screen, |answer, screen| {
        screen.json(&format!("{}\n", answer.policy));
        screen.aside(&notes(answer));
    })
}

/// The number of groups of added actions that are shown.
const SHOWN: usize = 20;

/// The number of added actions of a level that are named.
const NAMED: usize = 6;

fn notes(answer: &ShrinkAnswer) -> String {
    let most = answer.most;
    let (before, after) = answer.characters;
    let mut text = String::from("\n");
    let size = format!("{after} of {most} characters, before {before}");
    let _ = if !answer.fits {
        let how =
            "wildcards would be shorter and allow more: --may-add lets them in, and lists what they add";
        let help = if answer.may_add || answer.kind != ComparedKind::Identity {
            String::new()
        } else {
            format!("\n{how}.")
        };
        writeln!(text, "{}: {size}.{help}", paint(BAD, "Too long"))
    } else if answer.is_equal() {
        let (what, for_all) = match answer.kind {
            ComparedKind::Identity | ComparedKind::Role => ("allows", "every request"),
            ComparedKind::Scp => ("lets through", "every request"),
            ComparedKind::Rcp | ComparedKind::VpcEndpoint => {
                ("lets through", "every request of every caller")
            }
            ComparedKind::Resource | ComparedKind::Key | ComparedKind::Trust => {
                ("allows", "every request of every caller")
            }
        };
        writeln!(text, "{}: {size}; it {what} the same, by {for_all}.", paint(GOOD, "Equal"))
    } else {
        writeln!(text, "{}: {size}; it allows all that the policy does, and more.", paint(SOSO, "Wider"))
    };
    match &answer.covers {
        Verdict::Holds => {}
        Verdict::Fails(_) | Verdict::Unknown(_) => {
            text.push_str("It is not proven to allow all that the policy does.\n");
        }
    }
    if let Some(unfinished) = &answer.unfinished {
        let words = shown(unfinished);
        let _ = writeln!(text, "{}: {words}.", paint(SOSO, "Not finished"));
    }
    if !answer.adds.is_empty() {
        let listed: usize = answer.adds.iter().map(|answer| answer.actions.len()).sum();
        let _ = writeln!(text, "\nAdded, {} of the catalogue among it:", plural(listed, "action", "actions"));
        for own in &answer.added {
            let classes: Vec<&str> = own.classes.iter().map(|class| class.name()).collect();
            let what = if classes.is_empty() {
                own.level.name().to_owned()
            } else {
                format!("{}, {}", own.level.name(), classes.join(", "))
            };
            let style = if classes.is_empty() { SOSO } else { BAD };
            let _ = writeln!(
                text,
                "  {}  {}: {}",
                paint(style, &what),
                own.actions.len(),
                shown(&first(&own.actions, NAMED))
            );
        }
        text.push('\n');
        answer.adds.iter().take(SHOWN).for_each(|answer| side(answer, "+", &mut text));
        let left = answer.adds.len().saturating_sub(SHOWN);
        if left > 0 {
            let _ = writeln!(text, "  and {}", plural(left, "group more", "groups more"));
        }
    }
    if !answer.premises.is_empty() {
        text.push_str("\nWhat this rests on:\n");
        for premise in &answer.premises {
            let _ = writeln!(text, "  {}", shown(premise));
        }
    }
    text.push_str(&days(&answer.dates));
    text
}
