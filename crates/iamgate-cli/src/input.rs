//! Reads files and stdin, up to a maximum length.

use std::borrow::Cow;
use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use iamgate::File;

use iamgate_verbs::Trouble;

/// The name of stdin in messages.
pub(crate) const STDIN: &str = "<stdin>";

/// Whether symbolic links that leave their folder are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Links {
    /// They are refused, so that no error shows the text of a file that somebody else's link leads to.
    Refused,
    /// The user asked for them.
    Followed,
}

/// Refuses what is no regular file, and a link that leaves its folder. Pipes that the shell has opened are files here: `<(…)` and `/dev/stdin`.
/// Nothing is opened, because opening a pipe waits for its writer.
pub(crate) fn admit(path: &str, links: Links) -> Result<fs::Metadata, Trouble> {
    let metadata = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    let is_opened =
        path == "/dev/stdin" || path.starts_with("/dev/fd/") || path.starts_with("/proc/self/fd/");
    if is_opened {
        return Ok(metadata);
    }
    if metadata.is_dir() {
        return Err(unreadable(path, &ErrorKind::IsADirectory.into()));
    }
    if !metadata.is_file() {
        let help = "name a regular file; `-` reads stdin";
        return Err(Trouble::input(path, "NOT_A_FILE", "a pipe, a device or a socket, and no file", help));
    }
    let place = Path::new(path);
    if links == Links::Refused && leaves(place, place.parent().unwrap_or(place))? {
        return Err(outside(path));
    }
    Ok(metadata)
}

/// Whether a path is a symbolic link to something outside of a folder.
pub(crate) fn leaves(path: &Path, folder: &Path) -> Result<bool, Trouble> {
    let failed = |error: io::Error| unreadable(&path.display().to_string(), &error);
    if !fs::symlink_metadata(path).map_err(failed)?.is_symlink() {
        return Ok(false);
    }
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let (target, folder) =
        (fs::canonicalize(path).map_err(failed)?, fs::canonicalize(folder).map_err(failed)?);
    Ok(!target.starts_with(folder))
}

/// The trouble of a link that leaves its folder.
pub(crate) fn outside(path: &str) -> Trouble {
    let help = "copy what it leads to into the folder, or give --follow-links";
    Trouble::input(path, "LINK_LEAVES_FOLDER", "a symbolic link to something outside of its folder", help)
}

/// Reads a file, or stdin for `-`. An input of more than `most` bytes is refused. A file whose size is known is refused before it is read.
pub(crate) fn read(path: &str, most: usize, what: &str, links: Links) -> Result<File, Trouble> {
    let too_large = |name: &str, found: String| {
        Trouble::input(name, "DOCUMENT_TOO_LARGE", found, format!("at most {most} bytes are read as {what}"))
    };
    let (name, bytes) = if path == "-" {
        (STDIN, take(&mut io::stdin().lock(), 0, most).map_err(|error| unreadable(STDIN, &error))?)
    } else {
        let metadata = admit(path, links)?;
        if metadata.len() > most as u64 {
            return Err(too_large(path, format!("{} bytes", metadata.len())));
        }
        let mut file = fs::File::open(path).map_err(|error| unreadable(path, &error))?;
        let known = usize::try_from(metadata.len()).unwrap_or_default();
        (path, take(&mut file, known, most).map_err(|error| unreadable(path, &error))?)
    };
    if bytes.len() > most {
        return Err(too_large(name, format!("more than {most} bytes")));
    }
    let text = match iamgate_verbs::decode(&bytes) {
        // The bytes are the text: they are not copied.
        Ok(Cow::Borrowed(own)) if own.len() == bytes.len() => None,
        Ok(decoded) => Some(decoded.into_owned()),
        Err(report) => {
            return Err(Trouble::document(File { name: name.to_owned(), text: String::new() }, report));
        }
    };
    let text = text.unwrap_or_else(|| String::from_utf8(bytes).unwrap_or_default());
    Ok(File { name: name.to_owned(), text })
}

/// Reads a file, or stdin for `-`, in pieces. `each` says whether to go on.
pub(crate) fn stream(path: &str, links: Links, each: &mut dyn FnMut(&[u8]) -> bool) -> Result<(), Trouble> {
    if path == "-" {
        return pieces(&mut io::stdin().lock(), each).map_err(|error| unreadable(STDIN, &error));
    }
    admit(path, links)?;
    let opened = fs::File::open(path).map_err(|error| unreadable(path, &error));
    pieces(&mut opened?, each).map_err(|error| unreadable(path, &error))
}

/// The bytes of a piece.
const PIECE: usize = 65_536;

fn pieces(from: &mut impl Read, each: &mut dyn FnMut(&[u8]) -> bool) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        match from.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(length) => {
                if !each(piece.get(..length).unwrap_or_default()) {
                    return Ok(());
                }
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Reads at most one byte more than `most`. `known` is the number of bytes, if it is known, or nought.
fn take(from: &mut impl Read, known: usize, most: usize) -> io::Result<Vec<u8>> {
    // One byte more, so that the end is found without room for more.
    let mut bytes = Vec::with_capacity(known.saturating_add(1));
    from.take((most as u64).saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The trouble of a path that cannot be read.
#[expect(clippy::wildcard_enum_match_arm, reason = "the kinds of errors are those of the operating system")]
pub(crate) fn unreadable(name: &str, error: &io::Error) -> Trouble {
    let (code, found, help) = match error.kind() {
        ErrorKind::NotFound => {
            if fs::symlink_metadata(name).is_ok_and(|own| own.is_symlink()) {
                let help = "mend the link, or remove it";
                return Trouble::input(name, "FILE_NOT_FOUND", "a symbolic link to nothing", help);
            }
            let folder = Path::new(name).parent().filter(|p| !p.as_os_str().is_empty() && !p.exists());
            let help = match folder {
                Some(folder) => format!("there is no folder {}", folder.display()),
                None => "check the spelling of the path; `-` reads stdin".to_owned(),
            };
            return Trouble::input(name, "FILE_NOT_FOUND", "no such file", help);
        }
        ErrorKind::IsADirectory => (
            "IS_A_DIRECTORY",
            "a folder where a file should be",
            "name the file; `iamgate check` reads folders",
        ),
        ErrorKind::PermissionDenied => ("UNREADABLE_FILE", "permission denied", "make the file readable"),
        _ => return Trouble::input(name, "UNREADABLE_FILE", error.to_string(), "check the path"),
    };
    Trouble::input(name, code, found, help)
}
