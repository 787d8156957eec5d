//! `iamgate prove no-public` for people.

use std::fmt::Write as _;

use iamgate::iam_analysis::{CallerKind, ClassAnswer, Verdict, VerdictKind};
use iamgate::iam_json::quoted;
use iamgate_verbs::NoPublicAnswer;

use super::read_only::group;
use crate::display::shown;
use crate::screen::{BAD, DIM, GOOD, SOSO, Screen, days, paint};

pub(super) fn show(answer: &NoPublicAnswer, screen: &mut Screen) {
    let mut text = match answer.verdict() {
        VerdictKind::Holds => format!(
            "{}, if what is said below is so: nobody is let in from outside, by any request.\n",
            paint(GOOD, "Proven")
        ),
        VerdictKind::Fails => format!("{}: somebody is let in from outside.\n", paint(BAD, "Broken")),
        VerdictKind::Unknown => {
            format!("{} whether somebody is let in from outside.\n", paint(SOSO, "Not known"))
        }
    };
    for outsider in &answer.outsiders.let_in {
        let name = shown(&answer.statement_name(outsider.statement));
        let verb = match together(&outsider.answers) {
            VerdictKind::Fails => "lets in",
            VerdictKind::Holds | VerdictKind::Unknown => "may let in",
        };
        let _ = writeln!(text, "\n  {name} {verb} {}", whom(&outsider.kinds));
        told(&outsider.answers, &mut text);
    }
    for held in &answer.outsiders.held {
        let keys: Vec<String> = held.keys.iter().map(|key| quoted(key)).collect();
        let why = if keys.is_empty() {
            "its conditions and the Denies of the policy keep everybody out who is outside".to_owned()
        } else {
            format!("everybody who is outside fails the test of {}", keys.join(" or of "))
        };
        let _ = writeln!(text, "\n  {} names everyone; {why}", shown(&answer.statement_name(held.statement)));
    }
    if !answer.outsiders.services.is_empty() {
        text.push_str(
            "\nServices of AWS that may act for accounts outside (tests of aws:SourceAccount, aws:SourceArn or aws:SourceOrgID would bind them):\n",
        );
    }
    for service in &answer.outsiders.services {
        let who = service.service.as_deref().map_or_else(|| "any service".to_owned(), quoted);
        let _ = writeln!(text, "\n  {} lets in {who}", shown(&answer.statement_name(service.statement)));
        told(&service.answers, &mut text);
    }
    text.push('\n');
    for premise in answer.premises() {
        let _ = writeln!(text, "{}", paint(DIM, &shown(&premise)));
    }
    text.push_str(&days(&answer.dates));
    screen.data(&text);
}

fn together(answers: &[ClassAnswer]) -> VerdictKind {
    VerdictKind::together(answers.iter().map(|answer| answer.verdict.kind()))
}

fn whom(kinds: &[CallerKind]) -> String {
    let words: Vec<&str> = kinds.iter().map(|kind| kind.description()).collect();
    match words.as_slice() {
        [] => "somebody of whom the policy does not say who it is".to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The groups of actions, each with the caller of its request.
fn told(answers: &[ClassAnswer], text: &mut String) {
    for answer in answers {
        if let Verdict::Fails(witness) = &answer.verdict
            && let Some(arn) = witness.request.principal.arn()
        {
            let _ = writeln!(text, "         {}", shown(arn));
        }
        text.push_str(&group(answer));
    }
}
