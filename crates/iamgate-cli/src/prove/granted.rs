//! `iamgate prove not-granted` for people.

use iamgate::iam_analysis::VerdictKind;
use iamgate::iam_json::quoted;
use iamgate_verbs::NotGrantedAnswer;
use iamgate_verbs::words::list;

use super::read_only::group;
use crate::screen::{BAD, GOOD, SOSO, Screen, days, paint};

pub(super) fn show(answer: &NotGrantedAnswer, screen: &mut Screen) {
    let mut text = match answer.verdict() {
        VerdictKind::Holds if !answer.unknown.is_empty() => format!(
            "{} only: no request with these names, as they are written, is ever allowed. But AWS's tables do not have {}.\n",
            paint(SOSO, "Proven of the text"),
            list(answer.unknown.iter().map(|own| quoted(&own.name)), "and")
        ),
        VerdictKind::Holds => {
            format!("{}: none of this is ever allowed, by any request.\n", paint(GOOD, "Proven"))
        }
        VerdictKind::Fails => format!("{}: this is allowed.\n\n", paint(BAD, "Broken")),
        VerdictKind::Unknown => format!("{} whether this is ever allowed.\n\n", paint(SOSO, "Not known")),
    };
    for own in &answer.answers {
        text.push_str(&group(own));
    }
    if answer.asks_for_identity {
        text.push_str(
            "\nAWS asks for no permission for sts:GetCallerIdentity: no policy has to allow it, and no Deny of an identity policy stops it.\n",
        );
    }
    text.push_str(&days(&answer.dates));
    screen.data(&text);
}
