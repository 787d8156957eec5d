//! `iamgate restrict`: a statement that keeps DoiT's sessions out of a resource.

use std::fmt::Write as _;

use iamgate::RestrictedKind;
use iamgate::iam_analysis::Verdict;
use iamgate::iam_json::quoted;
use iamgate_verbs::{AnswerSchema, Exit, RestrictAnswer, RestrictArgs};

use crate::args::Plain;
use crate::disk::Disk;
use crate::screen::{BAD, GOOD, Screen, indented, paint};
use crate::trouble::answered;

pub(crate) fn run(args: &Plain<RestrictArgs>, disk: &Disk, screen: &mut Screen) -> Exit {
    let answer = iamgate_verbs::restrict(&args.args, disk);
    answered(answer, AnswerSchema::Restrict, args.format, screen, |answer, screen| {
        screen.json(&indented(&answer.made.policy.to_json()));
        screen.aside(&aside(answer));
    })
}

fn aside(answer: &RestrictAnswer) -> String {
    let made = &answer.made;
    let word = |verdict: &Verdict| match verdict {
        Verdict::Holds => paint(GOOD, "proven"),
        Verdict::Fails(_) | Verdict::Unknown(_) => paint(BAD, "not proven"),
    };
    let tag = quoted(&answer.tag);
    let on = if made.kind == made.holder { "it".to_owned() } else { format!("the {}", made.kind) };
    let is_topic = made.kind == RestrictedKind::Topic;
    let by = if is_topic { " by an action that policies of topics may name" } else { "" };
    let mut text = format!(
        "The policy of the {}: no session with the tag {tag} gets anything on {on}{by} ({}).\n",
        made.holder,
        word(&made.denies)
    );
    if !made.is_new {
        text.push_str("The policy already has this statement, and stays as it is.\n");
    }
    text.push_str("Without the tag nothing changes:");
    for (at, (who, verdict)) in made.unchanged.iter().enumerate() {
        let _ = write!(text, "{} {who} ({})", if at == 0 { "" } else { "," }, word(verdict));
    }
    text.push_str(".\n");
    text
}
