//! The file of the baseline.

use std::path::Path;

use iamgate::iam_json::visible;
use iamgate_verbs::words::{first, plural};
use iamgate_verbs::{Baseline, CheckArgs, DUMP_BYTES, Trouble, World as _};

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

/// Writes a baseline. A file that is none is not overwritten, and neither is one with findings of codes that nobody asked for.
pub(super) fn write(path: &str, baseline: &Baseline, args: &CheckArgs, disk: &Disk) -> Result<(), Trouble> {
    if Path::new(path).exists() {
        let old = read(path, disk).map_err(|trouble| {
            let found = format!("a file that is no baseline of this version is there: {trouble}");
            Trouble::input(path, "WRITE_REFUSED", found, "name another file, or remove this one")
        })?;
        let lost = old.codes_beside(args);
        if !lost.is_empty() {
            let found = format!("--select or --ignore would lose what the file knows of {}", first(&lost, 5));
            let help = "write the baseline without --select and --ignore, or name another file";
            return Err(Trouble::input(path, "WRITE_REFUSED", found, help));
        }
    }
    let help = "make the file and its folder writable, or name another file";
    super::write::write(path, &baseline.to_json(), help, |_| Ok(()))
}

/// What was written.
pub(super) fn written(path: &str, baseline: &Baseline) -> String {
    format!("note: {} written to {}\n", plural(baseline.count(), "finding", "findings"), visible(path))
}
