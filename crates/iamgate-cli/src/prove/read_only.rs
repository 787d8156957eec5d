//! `iamgate prove read-only` for people.

use std::fmt::Write as _;

use iamgate::iam_analysis::{ClassAnswer, Verdict, VerdictKind};
use iamgate::iam_json::quoted;
use iamgate::{Claim, Premise};
use iamgate_verbs::ReadOnlyAnswer;
use iamgate_verbs::words::{added_later, plural, premises as clauses};

use crate::display::shown;
use crate::screen::{BAD, DIM, GOOD, SOSO, Screen, paint};
use crate::witness;

/// The number of groups of actions that are shown for a claim.
const SHOWN: usize = 5;

pub(super) fn show(answer: &ReadOnlyAnswer, screen: &mut Screen) {
    let whose = match &answer.role {
        Some(role) => format!("of {}", quoted(role.name())),
        None => "of any role".to_owned(),
    };
    let name = quoted(answer.profile.name());
    let mut text = match answer.proof.verdict() {
        VerdictKind::Holds => {
            let proven = paint(GOOD, "Proven");
            format!(
                "{proven}: no session {whose} under the profile {name} can leave its promise, by any request, if\n"
            )
        }
        VerdictKind::Fails => {
            let broken = paint(BAD, "Broken");
            format!("{broken}: a session {whose} under the profile {name} can leave its promise, if\n")
        }
        VerdictKind::Unknown => {
            let open = paint(SOSO, "Not known");
            format!("{open} whether a session {whose} under the profile {name} can leave its promise, if\n")
        }
    };
    text.push_str(&premises(&answer.proof.premises));
    text.push('\n');
    for claim in &answer.proof.claims {
        line(claim, &mut text);
    }
    let others = if answer.premises.facts.is_empty() { "Keys" } else { "Other keys" };
    let last = format!(
        "{others} are free and independent of each other.\n{}\n{}",
        added_later(&answer.later),
        shown(&answer.origins.sentence())
    );
    let _ = writeln!(text, "\n{}", paint(DIM, &last));
    screen.data(&text);
}

/// Premises as a list of clauses.
pub(crate) fn premises(premises: &[Premise]) -> String {
    clauses(premises).iter().fold(String::new(), |mut text, clause| {
        let _ = writeln!(text, "  - {}", shown(clause));
        text
    })
}

/// A claim on one line, and the actions that break it on the next lines.
pub(crate) fn line(claim: &Claim, text: &mut String) {
    let word = match claim.verdict() {
        VerdictKind::Holds => paint(GOOD, "holds  "),
        VerdictKind::Fails => paint(BAD, "fails  "),
        VerdictKind::Unknown => paint(SOSO, "unknown"),
    };
    let about = match claim.actions {
        Some(count) => plural(count, "action", "actions"),
        None => "every other name".to_owned(),
    };
    let _ = writeln!(text, "  {word}  {} {}", shown(&claim.says), paint(DIM, &format!("({about})")));
    for answer in claim.broken.iter().take(SHOWN) {
        text.push_str(&group(answer));
    }
    let left = claim.broken.len().saturating_sub(SHOWN);
    if left > 0 {
        let _ = writeln!(
            text,
            "           and {}",
            plural(left, "group of actions more", "groups of actions more")
        );
    }
}

/// A group of actions that breaks a claim.
pub(super) fn group(answer: &ClassAnswer) -> String {
    let mut text = String::new();
    let others = answer.actions.len().saturating_sub(1);
    let more = if others > 0 {
        format!(" and {} like it", plural(others, "action", "actions"))
    } else {
        String::new()
    };
    match &answer.verdict {
        Verdict::Holds => {}
        Verdict::Fails(witness) => {
            let request = witness::lines(&witness.request, "           ");
            let (first, rest) = request.split_once('\n').unwrap_or((&request, ""));
            let _ = writeln!(text, "{first}{more}");
            text.push_str(rest);
        }
        Verdict::Unknown(doubts) => {
            for own in doubts {
                let _ = writeln!(text, "           {}{more}", shown(&own.to_string()));
            }
        }
    }
    text
}
