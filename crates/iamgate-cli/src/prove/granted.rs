//! `iamgate prove not-granted` for people.

use iamgate::iam_analysis::VerdictKind;
use iamgate_verbs::NotGrantedAnswer;

use super::read_only::group;
use crate::screen::{BAD, GOOD, SOSO, Screen, days, paint};

pub(super) fn show(answer: &NotGrantedAnswer, screen: &mut Screen) {
    let mut text = match answer.verdict() {
        VerdictKind::Holds => {
            format!("{}: none of this is ever allowed, by any request.\n", paint(GOOD, "Proven"))
        }
        VerdictKind::Fails => format!("{}: this is allowed.\n\n", paint(BAD, "Broken")),
        VerdictKind::Unknown => format!("{} whether this is ever allowed.\n\n", paint(SOSO, "Not known")),
    };
    for own in &answer.answers {
        text.push_str(&group(own));
    }
    text.push_str(&days(&answer.dates));
    screen.data(&text);
}
