//! The file of the baseline.

use std::collections::BTreeSet;
use std::path::Path;

use iamgate::iam_json::visible;
use iamgate_verbs::words::plural;
use iamgate_verbs::{Baseline, CheckAnswer, CheckArgs, DUMP_BYTES, Trouble, World as _};

use super::place::Base;
use crate::disk::Disk;

pub(super) fn read(path: &str, disk: &Disk) -> Result<Baseline, Trouble> {
    let file = disk.read(path, DUMP_BYTES, "a baseline").map_err(|trouble| match trouble {
        Trouble::Input { name, code: code @ "FILE_NOT_FOUND", found, help } => {
            let help = format!("{help}; --write-baseline writes a baseline");
            Trouble::Input { name, code, found, help }
        }
        Trouble::Input { .. } | Trouble::Document { .. } | Trouble::Bug { .. } => trouble,
    })?;
    Baseline::read(&file)
}

/// Writes the baseline of an answer, and returns it with what is to be said. What a baseline in its place has and nobody asked for is kept; a file
/// that is none is not overwritten.
pub(super) fn write(
    path: &str,
    answer: &CheckAnswer,
    args: &CheckArgs,
    disk: &Disk,
) -> Result<(Baseline, String), Trouble> {
    let base = Base::of_file(path)?;
    let mut known = Baseline::of(answer, path, &|file| base.name(file));
    let mut kept = 0;
    if Path::new(path).exists() {
        let old = read(path, disk).map_err(|trouble| {
            let found = format!("a file that is no baseline of this version is there: {trouble}");
            Trouble::input(path, "WRITE_REFUSED", found, "name another file, or remove this one")
        })?;
        let checked = answer.checked.iter().map(|own| own.source.name.as_str());
        let excluded = answer.excluded.iter().map(String::as_str);
        let seen: BTreeSet<String> = checked.chain(excluded).map(|file| base.name(file)).collect();
        // A file that was removed has no findings.
        let is_elsewhere = |file: &str| !seen.contains(file) && Path::new(&base.open(file)).exists();
        kept = known.keep(&old, args, &is_elsewhere);
    }
    let help = "make the file and its folder writable, or name another file";
    super::write::write(path, &known.to_json(), help, |_| Ok(()))?;
    let count = plural(known.count(), "finding", "findings");
    let before = if kept > 0 { format!(", {kept} of them as before") } else { String::new() };
    let said = format!("note: {count} written to {}{before}\n", visible(path));
    Ok((known, said))
}
