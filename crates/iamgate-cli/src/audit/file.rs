//! The file of the picture.

use std::fs;

use iamgate::iam_json::visible;
use iamgate_verbs::Trouble;

use super::picture::MARK;
use crate::input::unreadable;
use crate::write;

/// What to do if a picture cannot be written.
const UNWRITABLE: &str = "make the file and its folder writable, or name another file";

/// A file to which a picture may be written.
pub(super) struct PictureFile<'p>(&'p str);

impl<'p> PictureFile<'p> {
    /// Looks at what is there, before anything is read.
    ///
    /// # Errors
    /// Something else than a picture of this program is there, or nothing can be written there.
    pub(super) fn of(path: &'p str) -> Result<Self, Trouble> {
        if path == "-" {
            return Err(Trouble::usage("--timeline with `-`", "name a file, such as timeline.svg"));
        }
        if write::admit(path, UNWRITABLE)?.is_there() {
            is_own(path, &fs::read(path).map_err(|error| unreadable(path, &error))?)?;
        }
        Ok(Self(path))
    }

    /// Writes a picture. Returns what is to be said.
    pub(super) fn write(&self, picture: &str) -> Result<String, Trouble> {
        write::write(self.0, picture, UNWRITABLE, |bytes| is_own(self.0, bytes))?;
        Ok(format!("note: the timeline is in {}\n", visible(self.0)))
    }
}

/// Whether a file is empty or a picture of this program: its first element says so.
fn is_own(path: &str, bytes: &[u8]) -> Result<(), Trouble> {
    let head = bytes.split(|byte| *byte == b'>').next().unwrap_or_default();
    if bytes.is_empty() || (head.starts_with(b"<svg ") && String::from_utf8_lossy(head).contains(MARK)) {
        return Ok(());
    }
    let found = "a file that is no timeline of this program is there";
    Err(Trouble::input(path, "WRITE_REFUSED", found, "name another file, or remove this one"))
}
