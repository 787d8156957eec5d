//! Files written in place, at once: whoever reads one sees the old text or the new one.

use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use iamgate_verbs::Trouble;

use crate::input::{self, Links, unreadable};

/// Writes a text to a file, whose mode is kept. A file that is not there is made. `is_as_read` looks at the bytes that are there, before.
///
/// # Errors
/// The file is read-only, or behind a link that leaves its folder or leads nowhere; or the system refuses it.
pub(crate) fn write(
    path: &str,
    text: &str,
    help: &str,
    is_as_read: impl Fn(&[u8]) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let failed = |error: &io::Error| Trouble::input(path, "UNWRITABLE_FILE", error.to_string(), help);
    let Admitted { place, folder, mode } = admit(path, help)?;
    let is_there = mode.is_some();
    if is_there {
        is_as_read(&fs::read(&place).map_err(|error| unreadable(path, &error))?)?;
    }
    let mut new = temporary(&folder).map_err(|error| failed(&error))?;
    new.write_all(text.as_bytes()).map_err(|error| failed(&error))?;
    if let Some(mode) = mode {
        new.as_file().set_permissions(mode).map_err(|error| failed(&error))?;
    }
    new.as_file().sync_all().map_err(|error| failed(&error))?;
    if is_there {
        new.persist(&place).map_err(|error| failed(&error.error))?;
    } else {
        new.persist_noclobber(&place).map_err(|error| failed(&error.error))?;
    }
    Ok(())
}

/// A place where a file may be written.
pub(crate) struct Admitted {
    /// The file, behind links.
    place: PathBuf,
    folder: PathBuf,
    /// The mode of the file. `None` if it is not there.
    mode: Option<Permissions>,
}

impl Admitted {
    /// Whether a file is there.
    pub(crate) const fn is_there(&self) -> bool {
        self.mode.is_some()
    }
}

/// Whether a file may be written at a path. Nothing is changed.
///
/// # Errors
/// As [`write`].
pub(crate) fn admit(path: &str, help: &str) -> Result<Admitted, Trouble> {
    let unwritable = |found: &str| Trouble::input(path, "UNWRITABLE_FILE", found, help);
    let is_link = fs::symlink_metadata(path).is_ok_and(|own| own.is_symlink());
    let is_there = Path::new(path).try_exists().map_err(|error| unreadable(path, &error))?;
    if is_link && !is_there {
        return Err(unwritable("a symbolic link to nothing"));
    }
    let mut mode = None;
    let mut place = PathBuf::from(path);
    if is_there {
        // Whatever is followed for reading, nothing is written behind a link that leaves its folder.
        let own = input::admit(path, Links::Refused)?.permissions();
        if own.readonly() {
            return Err(unwritable("a read-only file"));
        }
        mode = Some(own);
        place = fs::canonicalize(path).map_err(|error| unreadable(path, &error))?;
    }
    let folder = place.parent().filter(|own| !own.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(unreadable(path, &io::ErrorKind::NotFound.into()));
    }
    Ok(Admitted { folder: folder.to_owned(), place, mode })
}

/// A new file in a folder, with the mode that the system gives to any new file.
fn temporary(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".iamgate-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}
