//! The files that the command line names: files, folders and globs.

use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use ignore::WalkBuilder;

use iamgate_verbs::{Target, Trouble};

/// The files that a path of the command line stands for, sorted.
pub(crate) fn expand(path: &str) -> Result<Vec<Target>, Trouble> {
    let place = Path::new(path);
    if place.is_dir() {
        return walk(path, place, Target::is_read);
    }
    if path == "-" || place.symlink_metadata().is_ok() || !path.contains(['*', '?', '[', '{']) {
        // A missing file is reported when it is read.
        return Ok(vec![Target { path: path.to_owned(), is_named: true }]);
    }
    let glob = glob(path)?;
    let root = root(place);
    if !root.is_dir() {
        return Err(nothing(path));
    }
    let targets = walk(path, &root, |file| {
        glob.is_match(file) || file.strip_prefix("./").is_ok_and(|file| glob.is_match(file))
    })?;
    if targets.is_empty() { Err(nothing(path)) } else { Ok(targets) }
}

fn glob(pattern: &str) -> Result<GlobMatcher, Trouble> {
    match GlobBuilder::new(pattern).literal_separator(true).build() {
        Ok(glob) => Ok(glob.compile_matcher()),
        Err(error) => Err(Trouble::input(
            pattern,
            "INVALID_GLOB",
            error.kind().to_string(),
            "globs know *, **, ?, [a-z] and {a,b}",
        )),
    }
}

/// The folder of a glob: its components before the first one with a wildcard.
fn root(pattern: &Path) -> PathBuf {
    let plain = pattern
        .components()
        .take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']))
        .collect::<PathBuf>();
    if plain.as_os_str().is_empty() { PathBuf::from(".") } else { plain }
}

fn nothing(path: &str) -> Trouble {
    Trouble::input(
        path,
        "NO_POLICIES_FOUND",
        "0 policies found",
        "`**` crosses folders, `*` does not: 'policies/**/*.json'",
    )
}

fn walk(given: &str, root: &Path, wanted: impl Fn(&Path) -> bool) -> Result<Vec<Target>, Trouble> {
    // Ignore files of this machine's user must not decide what is checked.
    let walk =
        WalkBuilder::new(root).git_global(false).git_exclude(false).sort_by_file_path(Ord::cmp).build();
    let mut targets = Vec::new();
    for entry in walk {
        let entry = entry.map_err(|error| {
            Trouble::input(given, "UNREADABLE_FILE", error.to_string(), "make the folder readable")
        })?;
        if entry.file_type().is_some_and(|kind| kind.is_file()) && wanted(entry.path()) {
            let path = entry.path().strip_prefix("./").unwrap_or(entry.path());
            match path.to_str() {
                Some(path) => targets.push(Target { path: path.to_owned(), is_named: false }),
                None => {
                    return Err(Trouble::input(
                        &path.to_string_lossy(),
                        "UNREADABLE_FILE",
                        "a file name that is not UTF-8",
                        "rename the file",
                    ));
                }
            }
        }
    }
    Ok(targets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_begins_in_its_last_plain_folder() {
        assert_eq!(root(Path::new("a/b/**/*.json")), Path::new("a/b"));
        assert_eq!(root(Path::new("/a/[bc].json")), Path::new("/a"));
        assert_eq!(root(Path::new("*.json")), Path::new("."));
    }

    #[test]
    fn one_star_stays_in_its_folder() {
        assert!(glob("a/*.json").unwrap().is_match("a/b.json"));
        assert!(!glob("a/*.json").unwrap().is_match("a/b/c.json"));
        assert!(glob("a/**/*.json").unwrap().is_match("a/b/c.json"));
        assert!(glob("a/[").is_err());
    }
}
