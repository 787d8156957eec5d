//! The file of the baseline.

use std::fs;
use std::path::Path;

use iamgate::iam_json::visible;
use iamgate_verbs::words::plural;
use iamgate_verbs::{Baseline, DUMP_BYTES, Trouble, World as _};

use crate::disk::Disk;
use crate::input::unreadable;

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

/// Writes a baseline. A file that is none is not overwritten.
pub(super) fn write(path: &str, baseline: &Baseline, disk: &Disk) -> Result<(), Trouble> {
    if Path::new(path).exists() {
        read(path, disk).map_err(|trouble| {
            let found = format!("a file that is no baseline of this version is there: {trouble}");
            Trouble::input(path, "WRITE_REFUSED", found, "name another file, or remove this one")
        })?;
    }
    fs::write(path, baseline.to_json()).map_err(|error| unreadable(path, &error))
}

/// What was written.
pub(super) fn written(path: &str, baseline: &Baseline) -> String {
    format!("note: {} written to {}\n", plural(baseline.count(), "finding", "findings"), visible(path))
}
