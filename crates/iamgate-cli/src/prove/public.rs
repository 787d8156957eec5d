//! `iamgate prove no-public` for people.

use iamgate::iam_analysis::VerdictKind;
use iamgate::iam_json::quoted;
use iamgate_verbs::NoPublicAnswer;

use super::read_only::group;
use crate::screen::{BAD, GOOD, SOSO, Screen, paint};

pub(super) fn show(answer: &NoPublicAnswer, screen: &mut Screen) {
    let mut text = match answer.verdict() {
        VerdictKind::Holds => {
            format!("{}: nobody is let in from outside, by any request.\n", paint(GOOD, "Proven"))
        }
        VerdictKind::Fails => format!("{}: somebody is let in from outside.\n", paint(BAD, "Broken")),
        VerdictKind::Unknown => {
            format!("{} whether somebody is let in from outside.\n", paint(SOSO, "Not known"))
        }
    };
    for outsider in &answer.outsiders {
        text.push_str(&format!("\n  {}\n", quoted(&outsider.who)));
        for own in &outsider.answers {
            text.push_str(&group(own));
        }
    }
    screen.data(&text);
}
