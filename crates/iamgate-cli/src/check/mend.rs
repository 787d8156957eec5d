//! `--fix` and `--diff`: fixes written to files, or shown.

use std::fmt::Write as _;

use iamgate::iam_json::visible;
use iamgate::iam_policy::Problem;
use iamgate_verbs::words::plural;
use iamgate_verbs::{CheckAnswer, CheckSettings, Checked, Exit, Mended, PlacedFix, Trouble, mend_with};
use similar::TextDiff;

use super::config;
use crate::args::Check;
use crate::diagnostic;
use crate::disk::Disk;
use crate::screen::Screen;
use crate::trouble;
use crate::write;

/// Mends the files, if that is wanted. What could not be written is the second list.
///
/// # Errors
/// Stdin cannot be written.
pub(super) fn fixed(
    args: &Check,
    settings: &CheckSettings,
    disk: &Disk,
) -> Result<(Vec<Mended>, Vec<Trouble>), Trouble> {
    if !args.mends.fix {
        return Ok((Vec::new(), Vec::new()));
    }
    if args.args.paths.iter().any(|path| path == "-") {
        return Err(Trouble::usage("--fix with `-`", "stdin cannot be written; use --diff, or name files"));
    }
    // What cannot be read is reported when it is checked.
    let (mended, _) = mend_with(&args.args, settings, args.mends.all, disk);
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
        screen.raw(&unified(own));
    }
    screen.aside(&said(&mended, "would be mended"));
    let mut is_answered = unread.is_empty();
    for trouble in &unread {
        trouble::show(trouble, screen);
    }
    // What is still refused when all is mended has no answer.
    for (source, problem) in mended.iter().flat_map(Mended::refusals) {
        is_answered = false;
        screen.aside(&diagnostic::problem(source, problem));
    }
    match (is_answered, is_any) {
        (false, _) => Exit::Unanswered,
        (true, true) => Exit::No,
        (true, false) => Exit::Yes,
    }
}

/// The difference between the texts of a file. Lines end with a line feed; whatever is before it is theirs.
fn unified(mended: &Mended) -> String {
    let name = visible(&mended.source.name);
    let old: Vec<&str> = mended.source.text.split_inclusive('\n').collect();
    let new: Vec<&str> = mended.text.split_inclusive('\n').collect();
    let diff = TextDiff::configure().newline_terminated(true).diff_slices(&old, &new);
    diff.unified_diff().header(&format!("a/{name}"), &format!("b/{name}")).to_string()
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

/// How many findings have fixes, without those that were refused before. Only trying them tells whether they can be made.
pub(super) fn open(answer: &CheckAnswer, was_mended: bool) -> String {
    let is_left = |checked: &Checked, problem: &Problem, fix: &PlacedFix| {
        let mut mended = answer.mended.iter().filter(|own| own.source.name == checked.source.name);
        mended.any(|own| own.has_left(&checked.document.name, problem, &fix.says))
    };
    let (mut safe, mut others) = (0_usize, 0_usize);
    for checked in &answer.checked {
        for (problem, fix) in checked.problems.iter().zip(checked.fixes()) {
            let Some(fix) = fix.filter(|fix| !is_left(checked, problem, fix)) else { continue };
            let count = if fix.is_safe { &mut safe } else { &mut others };
            *count = count.saturating_add(1);
        }
    }
    let word = if was_mended { "can" } else { "may" };
    let can = |count| format!("{} {word} be mended", plural(count, "finding", "findings"));
    match (safe, others) {
        (0, 0) => String::new(),
        (_, 0) => format!("note: {} with --fix\n", can(safe)),
        (0, _) => format!("note: {} with --fix --unsafe\n", can(others)),
        (_, _) => format!("note: {} with --fix, {others} more with --fix --unsafe\n", can(safe)),
    }
}

/// Writes the new text of a file in its place.
fn replace(mended: &Mended) -> Result<(), Trouble> {
    let path = mended.source.name.as_str();
    write::write(path, &mended.text, "make the file and its folder writable, or use --diff", |bytes| {
        if bytes == mended.source.text.as_bytes() {
            return Ok(());
        }
        let (found, help) = if std::str::from_utf8(bytes).is_ok() {
            ("the file has changed since it was read", "try again")
        } else {
            ("a text that is not UTF-8", "save it as UTF-8, or use --diff")
        };
        Err(Trouble::input(path, "UNWRITABLE_FILE", found, help))
    })
}
