//! `iamgate prove no-public` for people.

use iamgate::iam_analysis::VerdictKind;
use iamgate::iam_json::quoted;
use iamgate_verbs::NoPublicAnswer;

use super::read_only::group;
use crate::screen::{BAD, GOOD, SOSO, Screen, days, paint};

pub(super) fn show(answer: &NoPublicAnswer, screen: &mut Screen) {
    let mut text = match answer.verdict() {
        // The callers are a sample: this is no proof about the others, and must not read like one.
        VerdictKind::Holds => format!(
            "{}: none of the callers that were tried is let in, by any request.\n\n  Tried: a caller without credentials, a role of an \
             account that the policy does not name, and the users, roles, sessions and accounts outside that it names.\n  Other callers \
             are not part of this answer.\n",
            paint(GOOD, "Not found")
        ),
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
    text.push_str(&days(&answer.dates));
    screen.data(&text);
}
