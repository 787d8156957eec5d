//! The world of the program: files of a disk, stdin, and the clock.

use std::fs;
use std::path::{Path, PathBuf};

use iamgate::File;
use iamgate::iam_policy::value::Instant;
use iamgate_verbs::{BuiltIn, Target, Trouble, World};

use crate::check::files;
use crate::input::{self, unreadable};

/// The disk, and the built-in content.
#[derive(Debug)]
pub(crate) struct Disk {
    built_in: BuiltIn,
}

impl Disk {
    pub(crate) fn new() -> Self {
        Self { built_in: BuiltIn::complete() }
    }
}

impl World for Disk {
    fn read(&self, path: &str, most: usize, what: &str) -> Result<File, Trouble> {
        input::read(path, most, what)
    }

    fn is_folder(&self, path: &str) -> bool {
        Path::new(path).is_dir()
    }

    fn folder(&self, folder: &str, most: usize) -> Result<Vec<File>, Trouble> {
        let mut paths = Vec::new();
        walk(Path::new(folder), &mut paths)?;
        paths.sort();
        let mut files = Vec::new();
        for path in paths {
            let shown = path.display().to_string();
            let source = input::read(&shown, most, "one document")?;
            let relative = path.strip_prefix(folder).unwrap_or(&path);
            let parts: Vec<String> =
                relative.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
            files.push(File { name: parts.join("/"), text: source.text });
        }
        if files.is_empty() {
            let help = "name a folder with documents";
            return Err(Trouble::input(folder, "NO_POLICIES", "0 JSON files in the folder", help));
        }
        Ok(files)
    }

    fn targets(&self, path: &str) -> Result<Vec<Target>, Trouble> {
        files::expand(path)
    }

    fn built_in(&self) -> &BuiltIn {
        &self.built_in
    }

    #[expect(clippy::disallowed_methods, reason = "the program is where time comes in")]
    fn now(&self) -> Instant {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Instant::from_epoch_seconds(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
    }
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Trouble> {
    let shown = folder.display().to_string();
    for entry in fs::read_dir(folder).map_err(|error| unreadable(&shown, &error))? {
        let entry = entry.map_err(|error| unreadable(&shown, &error))?;
        let path = entry.path();
        // Links to folders are not followed, because they may lead back here.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
    Ok(())
}
