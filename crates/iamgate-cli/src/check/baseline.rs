//! The file of the baseline.

use std::fs;
use std::path::Path;

use iamgate::iam_json::visible;
use iamgate_verbs::words::plural;
use iamgate_verbs::{Baseline, CheckAnswer, CheckArgs, DUMP_BYTES, Trouble, World as _};

use super::place::Base;
use crate::disk::Disk;
use crate::write;

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

/// The file that a baseline is to be written to.
pub(super) struct Place<'p> {
    path: &'p str,
    base: Base,
    /// The baseline that is there.
    old: Option<Baseline>,
}

/// What to do if a baseline cannot be written.
const UNWRITABLE: &str = "make the file and its folder writable, or name another file";

impl<'p> Place<'p> {
    /// # Errors
    /// Something else is there, or nothing can be written there.
    pub(super) fn of(path: &'p str, disk: &Disk) -> Result<Self, Trouble> {
        let wrong = |code, found: &str| {
            let help = "name a file for the baseline, such as baseline.json";
            Err(Trouble::input(path, code, found, help))
        };
        if path == "-" {
            return Err(Trouble::usage("--write-baseline with `-`", "name a file"));
        }
        if let Ok(there) = fs::metadata(path) {
            if there.is_dir() {
                return wrong("IS_A_DIRECTORY", "a folder where a file should be");
            }
            if !there.is_file() {
                return wrong("NOT_A_FILE", "a pipe, a device or a socket, and no file");
            }
        }
        let old = if write::admit(path, UNWRITABLE)?.is_there() {
            let old = read(path, disk).map_err(|trouble| {
                let found = format!("a file that is no baseline of this version is there: {trouble}");
                Trouble::input(path, "WRITE_REFUSED", found, "name another file, or remove this one")
            })?;
            Some(old)
        } else {
            None
        };
        Ok(Self { path, base: Base::of_file(path)?, old })
    }

    /// How the baseline calls a file.
    pub(super) fn name(&self, file: &str) -> String {
        self.base.name(file)
    }

    /// Writes the baseline of an answer, and returns it with what is to be said. What the old one has and nobody asked for is kept.
    pub(super) fn write(
        &self,
        answer: &CheckAnswer,
        args: &CheckArgs,
    ) -> Result<(Baseline, String), Trouble> {
        let name = |file: &str| self.name(file);
        let mut known = Baseline::of(answer, self.path, &name);
        // A file that was removed has no findings.
        let is_there = |file: &str| Path::new(&self.base.open(file)).exists();
        let kept = self.old.as_ref().map_or(0, |old| known.keep(old, (answer, args), &name, &is_there));
        write::write(self.path, &known.to_json(), UNWRITABLE, |_| Ok(()))?;
        let count = plural(known.count(), "finding", "findings");
        let before = if kept > 0 { format!(", {kept} of them as before") } else { String::new() };
        let said = format!("note: {count} written to {}{before}\n", visible(self.path));
        Ok((known, said))
    }
}
