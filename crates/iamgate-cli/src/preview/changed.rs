//! The changes between two previews, for people.

use std::fmt::Write as _;

use iamgate_verbs::ChangesAnswer;
use iamgate_verbs::words::how;

use crate::display::{markdown, shown};
use crate::screen::{BAD, DIM, GOOD, SOSO, paint};
use crate::witness;

/// The number of actions of each kind that are shown without `--full`.
const SHOWN: usize = 20;

pub(super) fn human(answer: &ChangesAnswer, full: bool) -> String {
    let found = &answer.changes;
    let mut text = format!("{}\n", shown(&answer.sentence()));
    let most = if full { usize::MAX } else { SHOWN };
    for (list, sign, style) in
        [(&found.gained, "+", BAD), (&found.lost, "-", GOOD), (&found.moved, "~", SOSO)]
    {
        for change in list.iter().take(most) {
            let level = change.level.map_or("not in the catalogue", |level| level.name());
            let _ = writeln!(
                text,
                "\n{} {}  {}",
                paint(style, sign),
                shown(change.action.as_ref()),
                paint(DIM, level)
            );
            if sign == "~" {
                let _ = writeln!(text, "  was possible {}, is {}", how(change.before), how(change.after));
            }
            if let Some(request) = &change.example {
                text.push_str(&witness::lines(request, "    "));
            }
        }
        let more = list.len().saturating_sub(most);
        if more > 0 {
            let _ = writeln!(text, "\n{}", paint(DIM, &format!("{sign} {more} more; --full shows them")));
        }
    }
    text
}

pub(super) fn table(answer: &ChangesAnswer) -> String {
    let found = &answer.changes;
    let mut text = format!("# What changed\n\n{}\n", markdown::text(&answer.sentence()));
    for (title, list) in [
        ("Became possible", &found.gained),
        ("No longer possible", &found.lost),
        ("Possible in another way", &found.moved),
    ] {
        if list.is_empty() {
            continue;
        }
        let _ =
            write!(text, "\n## {title}\n\n| Action | Level | Before | Now |\n| --- | --- | --- | --- |\n");
        for change in list {
            let level = change.level.map_or("not in the catalogue", |level| level.name());
            let (before, after) = (how(change.before), how(change.after));
            let action = markdown::cell(change.action.as_ref());
            let _ = writeln!(text, "| {action} | {level} | {before} | {after} |");
        }
    }
    text
}
