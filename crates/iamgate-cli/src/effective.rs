//! `iamgate effective`: a role under a session profile as one policy.

use std::fmt::Write as _;

use iamgate::iam_analysis::{Dead, LeftOut, Verdict};
use iamgate_verbs::words::{self, number, plural};
use iamgate_verbs::{AnswerSchema, EffectiveAnswer, EffectiveArgs, Exit};

use crate::args::Plain;
use crate::disk::Disk;
use crate::display::shown;
use crate::screen::{GOOD, SOSO, Screen, days, paint};
use crate::trouble::answered;
use crate::witness;

pub(crate) fn run(args: &Plain<EffectiveArgs>, disk: &Disk, screen: &mut Screen) -> Exit {
    let answer = iamgate_verbs::effective(&args.args, disk);
    answered(answer, AnswerSchema::Effective, args.format, screen, |answer, screen| {
        screen.json(&format!("{:#}\n", answer.effective.policy));
        screen.aside(&notes(answer));
    })
}

fn notes(answer: &EffectiveAnswer) -> String {
    let effective = &answer.effective;
    let mut text = String::from("\n");
    let statements = plural(effective.policy.statements.len(), "statement", "statements");
    let _ = match (&effective.within, &effective.covers) {
        (Verdict::Holds, Verdict::Holds) => {
            writeln!(
                text,
                "{}: {statements}, equal to role and session for every request.",
                paint(GOOD, "Exact")
            )
        }
        (within, covers) if within.holds_at_first() && covers.holds_at_first() => writeln!(
            text,
            "{}: {statements}, equal to role and session as iamgate decides. It is not proven under every reading of AWS's rules:",
            paint(SOSO, "Equal")
        ),
        (Verdict::Holds, _) => {
            let open = paint(SOSO, "Not exact");
            writeln!(
                text,
                "{open}: {statements}; allows nothing that role and session do not, and not all that they do."
            )
        }
        _ => writeln!(
            text,
            "{}: {statements}; it is not known whether they are equal to role and session.",
            paint(SOSO, "Not exact")
        ),
    };
    for verdict in [&effective.within, &effective.covers] {
        match verdict {
            Verdict::Holds => {}
            Verdict::Fails(found) => {
                text.push_str("  one request that differs:\n");
                text.push_str(&witness::lines(&found.request, "    "));
            }
            Verdict::Unknown(doubts) => {
                for own in words::doubts(doubts) {
                    let _ = writeln!(text, "  {}", shown(&own));
                }
            }
        }
    }
    if let Some(unfinished) = &effective.unfinished {
        let words = shown(&unfinished.to_string());
        let _ = writeln!(text, "  {}: {words}.", paint(SOSO, "Not finished"));
    }
    for LeftOut { statements, why, .. } in &effective.left_out {
        let _ = writeln!(text, "  left out: {}: {}", shown(&answer.list(statements)), shown(why.as_ref()));
    }
    for Dead { allow, shadowed_by, .. } in &effective.dead {
        let by = if shadowed_by.is_empty() {
            ": no Allow of the other layers meets it".to_owned()
        } else {
            format!(": denied by {}", answer.list(shadowed_by))
        };
        let _ = writeln!(text, "  allows nothing: {}{}", shown(&answer.name_of(*allow)), shown(&by));
    }
    limits(effective.policy.to_json().chars().count(), &mut text);
    text.push_str(&days(&answer.dates));
    text
}

/// AWS's limits of one policy in characters without white space (IAM User Guide, "IAM and AWS STS quotas").
const LIMITS: [(usize, &str); 3] =
    [(2_048, "a session policy"), (6_144, "a managed policy"), (10_240, "all inline policies of a role")];

/// A warning if the policy is too long for a place in which AWS keeps policies.
fn limits(characters: usize, text: &mut String) {
    let over: Vec<String> = LIMITS
        .iter()
        .filter(|(most, _)| characters > *most)
        .map(|(most, place)| format!("{place} (at most {})", number(*most)))
        .collect();
    if !over.is_empty() {
        let long = paint(SOSO, "Too long");
        let _ = writeln!(
            text,
            "{long}: its {} characters do not fit into {}.",
            number(characters),
            over.join(", or ")
        );
    }
}
