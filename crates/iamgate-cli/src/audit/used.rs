//! A profile for what sessions used, for people, and its file.

use std::fmt::Write as _;

use iamgate::iam_json::visible;
use iamgate_audit::{Used, UsedProfile};
use iamgate_verbs::words::{first, number, plural};
use iamgate_verbs::{Trouble, UsedAnswer};

use super::summary::count;
use crate::disk::Disk;
use crate::display::shown;
use crate::profiles;
use crate::screen::{BAD, DIM, GOOD, HEAD, SOSO, paint};

/// The number of actions that are listed by name.
const SHOWN: usize = 6;

/// Writes the profile to a file, if there is one. Says what was done.
pub(super) fn write(path: &str, own: &UsedAnswer, disk: &Disk) -> Result<String, Trouble> {
    match &own.outcome {
        Ok(written) => {
            profiles::write(path, &written.profile, &written.text, disk.links())?;
            Ok(format!("Wrote {}.\n", shown(path)))
        }
        Err(why) => Ok(format!("Not written to {}: {}.\n", shown(path), shown(&why.to_string()))),
    }
}

pub(super) fn human(own: &UsedAnswer, is_written: bool) -> String {
    let used = &own.used;
    let mut out = String::from("\n");
    let time = used.times.map_or_else(String::new, |(first, last)| format!(" between {first} and {last}"));
    let _ = writeln!(
        out,
        "used: {}, by {} in {}{time}",
        plural(used.actions.len(), "action", "actions"),
        plural(count(used.calls), "call", "calls"),
        plural(used.sessions, "session", "sessions"),
    );
    match &own.outcome {
        Ok(written) => profile(&mut out, used, written, is_written),
        Err(why) => {
            let _ = writeln!(out, "  {}: {}", paint(BAD, "no profile"), shown(&why.to_string()));
        }
    }
    for lack in &own.lacks {
        let _ = writeln!(out, "  {} {lack}.", paint(DIM, "-"));
    }
    if let Err(why) = &own.outcome {
        let _ = writeln!(out, "  {} {}", paint(DIM, "help:"), why.help());
    }
    out
}

fn profile(out: &mut String, used: &Used, written: &UsedProfile, is_written: bool) {
    let profile = &written.profile;
    let _ = writeln!(
        out,
        "  {} {}: {} of {} characters, {}",
        paint(GOOD, "profile"),
        paint(HEAD, &visible(profile.name())),
        number(profile.characters()),
        number(profile.budget()),
        plural(written.actions.len(), "action", "actions"),
    );
    let _ = writeln!(
        out,
        "    {}: it allows nothing that the old profile does not, and all that was used of what the old profile allows",
        paint(GOOD, "proven")
    );
    let list = |out: &mut String, words: &str, names: &[&str]| {
        if !names.is_empty() {
            let _ = writeln!(out, "    {words}: {}", shown(&first(names, SHOWN)));
        }
    };
    let added: Vec<&str> = written.added.iter().map(|own| &**own).collect();
    list(out, &paint(SOSO, &format!("wildcards so that it fits add {} not used", added.len())), &added);
    let all = || written.actions.iter().map(|(name, on)| (&**name, on));
    let narrowed: Vec<&str> = all().filter(|(_, on)| on.is_some()).map(|(name, _)| name).collect();
    list(out, "only on the resources on which they were used", &narrowed);
    let untold: Vec<&str> = written.untold.iter().map(|own| &**own).collect();
    list(
        out,
        "on every resource that the old profile allows, because the records do not tell all on which they were used",
        &untold,
    );
    let perhaps: Vec<&str> = all()
        .map(|(name, _)| name)
        .filter(|name| used.actions.get(*name).is_some_and(|own| !own.is_certain))
        .collect();
    list(out, "perhaps not needed, by the records", &perhaps);
    for premise in written.proof.premises() {
        let _ = writeln!(out, "    {} {premise}.", paint(DIM, "If"));
    }
    let basis = "It is what these records show, and not what engineers will need.";
    let _ = writeln!(out, "    {}", paint(DIM, basis));
    if !is_written {
        let how = "--write FILE writes the profile; --format json has it at used.profile.text.";
        let _ = writeln!(out, "    {}", paint(DIM, how));
    }
}
