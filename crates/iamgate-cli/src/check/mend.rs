//! `--fix` and `--diff`: fixes written to files, or shown.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use iamgate::iam_json::visible;
use iamgate_verbs::words::plural;
use iamgate_verbs::{CheckAnswer, Checked, Exit, Mended, Trouble, mend_with};
use similar::TextDiff;

use super::config;
use crate::args::Check;
use crate::disk::Disk;
use crate::input::{self, Links, unreadable};
use crate::screen::Screen;
use crate::trouble;

/// Mends the files, if that is wanted. What could not be written is the second list.
///
/// # Errors
/// Stdin cannot be written.
pub(super) fn write(args: &Check, disk: &Disk) -> Result<(Vec<Mended>, Vec<Trouble>), Trouble> {
    if !args.mends.fix {
        return Ok((Vec::new(), Vec::new()));
    }
    if args.args.paths.iter().any(|path| path == "-") {
        return Err(Trouble::usage("--fix with `-`", "stdin cannot be written; use --diff, or name files"));
    }
    // What cannot be read is reported when it is checked.
    let config = config::load(args, disk)?;
    let (mended, _) = mend_with(&args.args, &config.settings, args.mends.all, disk);
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for own in mended {
        if own.is_changed()
            && let Err(trouble) = replace(&own)
        {
            failed.push(trouble);
        } else if own.is_changed() || !own.left.is_empty() {
            done.push(own);
        }
    }
    Ok((done, failed))
}

/// Shows what would be mended.
pub(super) fn diff(args: &Check, disk: &Disk, screen: &mut Screen) -> Exit {
    let config = match config::load(args, disk) {
        Ok(config) => config,
        Err(trouble) => return trouble::exit(Err(trouble), screen),
    };
    let (mended, unread) = mend_with(&args.args, &config.settings, args.mends.all, disk);
    let mut is_any = false;
    for own in mended.iter().filter(|own| own.is_changed()) {
        is_any = true;
        let name = &own.source.name;
        let diff = TextDiff::from_lines(own.source.text.as_str(), own.text.as_str());
        let unified = diff.unified_diff().header(&format!("a/{name}"), &format!("b/{name}")).to_string();
        screen.data(&unified);
    }
    screen.aside(&said(&mended, "would be mended"));
    for trouble in &unread {
        trouble::show(trouble, screen);
    }
    match (unread.is_empty(), is_any) {
        (false, _) => Exit::Unanswered,
        (true, true) => Exit::No,
        (true, false) => Exit::Yes,
    }
}

/// What was mended, and what was not.
pub(super) fn said(mended: &[Mended], word: &str) -> String {
    let mut text = String::new();
    for own in mended {
        let file = visible(&own.source.name);
        let count = own.counts.values().fold(0_usize, |sum, count| sum.saturating_add(*count));
        if count > 0 {
            let codes: Vec<String> =
                own.counts.iter().map(|(code, count)| format!("{code} {count}")).collect();
            let findings = plural(count, "finding", "findings");
            let _ = writeln!(text, "{word}: {file}: {findings}: {}", codes.join(", "));
        }
        for left in &own.left {
            let name = visible(&left.document);
            let document = if name.is_empty() { String::new() } else { format!("{name}: ") };
            let (code, says, why) = (left.code, &left.says, visible(&left.why));
            let _ = writeln!(text, "not mended: {file}: {document}{code}: {says}; {why}");
        }
    }
    text
}

/// How many findings have fixes.
pub(super) fn open(answer: &CheckAnswer) -> String {
    let fixes: Vec<bool> =
        answer.checked.iter().flat_map(Checked::fixes).flatten().map(|fix| fix.is_safe).collect();
    let safe = fixes.iter().filter(|is_safe| **is_safe).count();
    let others = fixes.len().saturating_sub(safe);
    let can = |count| format!("{} can be mended", plural(count, "finding", "findings"));
    match (safe, others) {
        (0, 0) => String::new(),
        (_, 0) => format!("note: {} with --fix\n", can(safe)),
        (0, _) => format!("note: {} with --fix --unsafe\n", can(others)),
        (_, _) => format!("note: {} with --fix, {others} more with --fix --unsafe\n", can(safe)),
    }
}

/// Writes the new text of a file in its place, at once: whoever reads it sees the old text or the new one. Its mode is kept.
fn replace(mended: &Mended) -> Result<(), Trouble> {
    let path = mended.source.name.as_str();
    // Whatever is followed for reading, nothing is written behind a link that leaves its folder.
    let mode = input::admit(path, Links::Refused)?.permissions();
    let failed = |error: &io::Error| unwritable(path, error.to_string());
    if mode.readonly() {
        return Err(unwritable(path, "a read-only file"));
    }
    let place = fs::canonicalize(path).map_err(|error| unreadable(path, &error))?;
    let bytes = fs::read(&place).map_err(|error| unreadable(path, &error))?;
    if bytes != mended.source.text.as_bytes() {
        let (found, help) = if std::str::from_utf8(&bytes).is_ok() {
            ("the file has changed since it was read", "try again")
        } else {
            ("a text that is not UTF-8", "save it as UTF-8, or use --diff")
        };
        return Err(Trouble::input(path, "UNWRITABLE_FILE", found, help));
    }
    let folder = place.parent().unwrap_or(Path::new("."));
    let mut new =
        tempfile::Builder::new().prefix(".iamgate-").tempfile_in(folder).map_err(|error| failed(&error))?;
    new.write_all(mended.text.as_bytes()).map_err(|error| failed(&error))?;
    new.as_file().set_permissions(mode).map_err(|error| failed(&error))?;
    new.as_file().sync_all().map_err(|error| failed(&error))?;
    new.persist(&place).map_err(|error| failed(&error.error))?;
    Ok(())
}

fn unwritable(path: &str, found: impl Into<String>) -> Trouble {
    let help = "make the file and its folder writable, or use --diff";
    Trouble::input(path, "UNWRITABLE_FILE", found, help)
}
