//! `iamgate profiles build`: the guard of a profile, for people, and its file.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use iamgate::iam_analysis::VerdictKind;
use iamgate::iam_catalog::SensitivityClass;
use iamgate::iam_json::{Document, quoted};
use iamgate::iam_policy::Limits;
use iamgate::{DocumentSchema, GuardError, GuardPattern, Profile, RefusedAction};
use iamgate_verbs::words::{added_later, first, number, plural};
use iamgate_verbs::{AnswerSchema, BuildProfileAnswer, Built, Exit, Trouble};

use crate::args::BuildProfile;
use crate::disk::Disk;
use crate::display::shown;
use crate::input::{Links, read, unreadable};
use crate::prove::claim_line;
use crate::screen::{BAD, DIM, GOOD, HEAD, SOSO, Screen, paint};
use crate::trouble::answered;

/// The number of actions that are listed by name.
const SHOWN: usize = 6;

/// The number of patterns that are shown of a guard that is too long.
const LONGEST: usize = 20;

pub(super) fn run(args: &BuildProfile, disk: &Disk, screen: &mut Screen) -> Exit {
    let mut said = None;
    let answer = iamgate_verbs::build_profile(&args.args, disk).and_then(|answer| {
        if let Some(path) = &args.write {
            said = Some(match &answer.outcome {
                Ok(built) if answer.is_proven() => {
                    write(path, &answer.profile, &built.text, disk.links())?;
                    format!("Wrote {}.\n", shown(path))
                }
                Ok(_) | Err(_) => format!("Not written to {}: the promise is not proven.\n", shown(path)),
            });
        }
        Ok(answer)
    });
    let exit = answered(answer, AnswerSchema::ProfileGuard, args.format, screen, |answer, screen| {
        screen.data(&human(answer, args.write.is_some()));
    });
    if let Some(said) = said {
        screen.aside(&said);
    }
    exit
}

/// Writes the text of a profile. A file that is there must have a profile of this name.
pub(crate) fn write(path: &str, profile: &Profile, text: &str, links: Links) -> Result<(), Trouble> {
    let failed = |error: io::Error| unreadable(path, &error);
    if !Path::new(path).exists() {
        let file = OpenOptions::new().write(true).create_new(true).open(path);
        return file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(failed);
    }
    let limits = Limits::default();
    let old = read(path, limits.document_bytes, "one profile", links)?;
    let is_own = Document::parse(&old.text, &limits).is_ok_and(|document| {
        let member = |name: &str| document.root().member(name).map(|value| value.string().into_owned());
        member("schema").as_deref() == Some(DocumentSchema::Profile.name())
            && member("name").as_deref() == Some(profile.name())
    });
    if !is_own {
        let found = format!("a file that is not the profile {}", quoted(profile.name()));
        return Err(Trouble::input(path, "NOT_OVERWRITTEN", found, "name another file, or remove it first"));
    }
    fs::write(path, text).map_err(failed)
}

fn human(answer: &BuildProfileAnswer, is_written: bool) -> String {
    let name = quoted(answer.profile.name());
    let mut text = String::new();
    match &answer.outcome {
        Ok(built) => with_guard(answer, built, is_written, &mut text),
        Err(GuardError::Conflict { actions }) => {
            let conflict = paint(BAD, "Conflict");
            let _ = writeln!(
                text,
                "{conflict}: {name} refuses what an exception or --keep says must not be denied.\n"
            );
            for own in actions {
                let _ = writeln!(
                    text,
                    "  {}  {}",
                    shown(&own.action),
                    paint(DIM, &format!("({})", reasons(&[own])))
                );
            }
        }
        Err(GuardError::TooLong { characters, budget, patterns, .. }) => {
            let _ = writeln!(
                text,
                "{}: the shortest guard of {name} gives {} characters, {} more than the budget of {}.\n",
                paint(BAD, "Does not fit"),
                number(*characters),
                number(characters.saturating_sub(*budget)),
                number(*budget)
            );
            let _ = writeln!(
                text,
                "Its longest patterns. Keep what some of them refuse (`kept` or `exceptions` in the profile), or pass fewer policies."
            );
            for own in patterns.iter().take(LONGEST) {
                let characters = own.pattern.text().len().saturating_add(3);
                let _ =
                    writeln!(text, "  {}  {}", pattern(own), paint(DIM, &format!("{characters} characters")));
                let refused: Vec<&str> = own.refused.iter().map(|own| &*own.action).collect();
                let _ = writeln!(text, "    {}", shown(&first(&refused, SHOWN)));
            }
            let left = patterns.len().saturating_sub(LONGEST);
            if left > 0 {
                let _ = writeln!(text, "  and {}", plural(left, "pattern more", "patterns more"));
            }
        }
        Err(error) => {
            let _ = writeln!(text, "{}: {}", paint(BAD, "No guard"), shown(&error.to_string()));
        }
    }
    text
}

fn with_guard(answer: &BuildProfileAnswer, built: &Built, is_written: bool, text: &mut String) {
    let (guard, name) = (&built.guard, quoted(answer.profile.name()));
    let counted = plural(guard.patterns.len(), "pattern", "patterns");
    let (word, outcome) = match built.proof.verdict() {
        VerdictKind::Holds => {
            (paint(GOOD, "Proven"), "no session of any role can leave the promise, by any request")
        }
        VerdictKind::Fails => {
            (paint(BAD, "Broken"), "a session can leave the promise although it has this guard")
        }
        VerdictKind::Unknown => (paint(SOSO, "Not known"), "whether a session can leave the promise"),
    };
    let _ = writeln!(
        text,
        "A guard of {counted} for {name}: {} of {} characters.\n{word}: {outcome}.\n",
        number(guard.characters),
        number(guard.budget)
    );
    for claim in built.proof.claims.iter().filter(|claim| claim.verdict() != VerdictKind::Holds) {
        claim_line(claim, text);
    }
    for own in &guard.patterns {
        let _ = writeln!(text, "  {}", pattern(own));
        price(own, answer.role.is_some(), text);
    }
    for own in &guard.narrow {
        let (action, class) = (own.action.text(), SensitivityClass::name(own.class));
        let _ = writeln!(
            text,
            "  {}  {class}, only on {}",
            paint(HEAD, &shown(action)),
            shown(own.resource.text())
        );
    }
    let changes = &guard.changes;
    let _ = writeln!(text, "\nBeside the guard that the profile has:");
    let mut is_same = true;
    for (what, list) in [
        ("gained, which the role has", &changes.gained),
        (if answer.role.is_some() { "gained elsewhere" } else { "gained" }, &changes.gained_elsewhere),
        ("lost, which the role has", &changes.lost),
        (if answer.role.is_some() { "lost elsewhere" } else { "lost" }, &changes.lost_elsewhere),
        ("refused newly", &changes.refused_newly),
        ("no longer refused", &changes.no_longer_refused),
    ] {
        if !list.is_empty() {
            is_same = false;
            let _ = writeln!(text, "  {:>5} {what}: {}", list.len(), shown(&first(list, SHOWN)));
        }
    }
    if is_same {
        let _ = writeln!(text, "  it denies the same actions.");
    }
    let _ = writeln!(text, "\n{}", paint(DIM, &added_later(&built.later)));
    if !is_written {
        let how = "--write FILE writes the profile with this guard; --format json has it at written.text.";
        let _ = writeln!(text, "{}", paint(DIM, how));
    }
}

/// A pattern, and what it refuses by reason.
fn pattern(own: &GuardPattern) -> String {
    let refused: Vec<&RefusedAction> = own.refused.iter().collect();
    let counted = format!("{} refused ({})", refused.len(), reasons(&refused));
    format!("{}  {counted}", paint(HEAD, &shown(own.pattern.text())))
}

/// The harmless actions that a pattern denies.
fn price(own: &GuardPattern, has_role: bool, text: &mut String) {
    if !own.lost.is_empty() {
        let whose = plural(own.lost.len(), "action of the role", "actions of the role");
        let _ = writeln!(
            text,
            "    {}: {}",
            paint(SOSO, &format!("loses {whose}")),
            shown(&first(&own.lost, SHOWN))
        );
    }
    if !own.lost_elsewhere.is_empty() {
        let whose = if has_role { "elsewhere" } else { "harmless" };
        let lost = format!("loses {} {whose}", own.lost_elsewhere.len());
        let _ = writeln!(
            text,
            "    {}",
            paint(DIM, &format!("{lost}: {}", shown(&first(&own.lost_elsewhere, SHOWN))))
        );
    }
}

/// The reasons of actions, each once.
fn reasons(actions: &[&RefusedAction]) -> String {
    let all: BTreeSet<String> =
        actions.iter().flat_map(|own| &own.reasons).map(ToString::to_string).collect();
    shown(&all.into_iter().collect::<Vec<_>>().join("; "))
}
