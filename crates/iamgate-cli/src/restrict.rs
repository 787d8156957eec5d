//! `iamgate restrict`: a statement that keeps DoiT's sessions out of a resource.

use std::fmt::Write as _;

use iamgate::iam_analysis::{Verdict, VerdictKind};
use iamgate::iam_json::quoted;
use iamgate::{CallerGroup, Restriction};
use iamgate_verbs::words::{first, list};
use iamgate_verbs::{AnswerSchema, Exit, RestrictAnswer, RestrictArgs};

use crate::args::Plain;
use crate::disk::Disk;
use crate::display::shown;
use crate::screen::{BAD, DIM, GOOD, SOSO, Screen, indented, paint};
use crate::trouble::answered;
use crate::witness;

/// The number of actions that are listed.
const MOST_ACTIONS: usize = 12;

pub(crate) fn run(args: &Plain<RestrictArgs>, disk: &Disk, screen: &mut Screen) -> Exit {
    let answer = iamgate_verbs::restrict(&args.args, disk);
    answered(answer, AnswerSchema::Restrict, args.format, screen, |answer, screen| {
        screen.json(&indented(&answer.made.policy.to_json()));
        screen.aside(&aside(answer));
    })
}

fn word(verdict: VerdictKind) -> String {
    match verdict {
        VerdictKind::Holds => paint(GOOD, "Proven, if what is said below is so"),
        VerdictKind::Fails => paint(BAD, "Not so"),
        VerdictKind::Unknown => paint(SOSO, "Not known"),
    }
}

fn aside(answer: &RestrictAnswer) -> String {
    let made = &answer.made;
    let on = if made.kind == made.holder {
        format!("the {}", made.kind)
    } else {
        format!("the {}, by the policy of the {}", made.kind, made.holder)
    };
    let actions: Vec<String> = made.actions.iter().map(|own| shown(own.text())).collect();
    let resources: Vec<String> = made.belongs.iter().map(|own| shown(own.text())).collect();
    let mut text = format!(
        "{}: nobody with the tag {}, whatever its value, gets anything on {on}: {} on {}.\n",
        word(made.denies()),
        quoted(&answer.tag),
        first(&actions, MOST_ACTIONS),
        first(&resources, MOST_ACTIONS)
    );
    for denied in &made.denied {
        against(denied.callers, &denied.verdict, &mut text);
    }
    if !made.is_new {
        text.push_str("The policy already has this statement, and stays as it is.\n");
    }
    unchanged(made, &mut text);
    left(made, &mut text);
    let mut lines = |title: &str, some: &mut dyn Iterator<Item = &str>| {
        for (at, line) in some.enumerate() {
            let lead = if at == 0 { format!("{title}\n") } else { String::new() };
            let _ = writeln!(text, "{lead}  {}", paint(DIM, &shown(line)));
        }
    };
    lines("If", &mut made.premises.iter().map(String::as_str));
    lines("Besides", &mut made.beside.iter().copied());
    let _ = writeln!(text, "{}", paint(DIM, made.source));
    text
}

/// For whom nothing changes, apart from those who have no access anyway.
fn unchanged(made: &Restriction, text: &mut String) {
    let groups = |had_none: bool| {
        let some = made.unchanged.iter().filter(move |own| (own.had_none == VerdictKind::Holds) == had_none);
        some.map(|own| own.callers.name().to_owned())
    };
    let _ = write!(text, "{}: without the tag nothing changes", word(made.changes_nothing_else()));
    if groups(false).next().is_some() {
        let _ = write!(text, " for {}", list(groups(false), "and"));
    }
    text.push_str(".\n");
    if groups(true).next().is_some() {
        let _ = writeln!(text, "  No access before, and none now: {}.", list(groups(true), "and"));
    }
    for own in &made.unchanged {
        against(own.callers, &own.verdict, text);
    }
}

/// What stays possible.
fn left(made: &Restriction, text: &mut String) {
    let Some(in_role) = &made.in_role else { return };
    let _ = writeln!(
        text,
        "{}: the policy of a {} cannot name {}. Put this into a policy of the role DoiT-Support-Gateway: {}",
        paint(BAD, "Still possible"),
        made.holder,
        first(&made.left, MOST_ACTIONS),
        shown(&in_role.to_string())
    );
}

/// A request against a claim, or why the claim is not known.
fn against(callers: CallerGroup, verdict: &Verdict, text: &mut String) {
    match verdict {
        Verdict::Holds => {}
        Verdict::Fails(found) => {
            let who = found.request.principal.arn().map_or_else(|| callers.name().to_owned(), shown);
            let _ = writeln!(text, "  {who}");
            text.push_str(&witness::lines(&found.request, "    "));
        }
        Verdict::Unknown(doubts) => {
            for doubt in doubts {
                let _ = writeln!(text, "  {callers}: {}", shown(&doubt.to_string()));
            }
        }
    }
}
