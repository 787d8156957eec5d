//! The world of the program: files of a disk, stdin, and the clock.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::thread;

use iamgate::File;
use iamgate::iam_policy::value::Instant;
use iamgate_verbs::{BuiltIn, Target, Trouble, World};

use crate::check::{files, place};
use crate::input::{self, Links, unreadable};

/// The disk, and the built-in content.
#[derive(Debug)]
pub(crate) struct Disk {
    built_in: BuiltIn,
    links: Links,
}

impl Disk {
    pub(crate) fn new(links: Links) -> Self {
        Self { built_in: BuiltIn::complete().side_by_side(side_by_side), links }
    }

    /// Asks a question while another thread reads the parts of the built-in content that it will need.
    pub(crate) fn reading_ahead<T>(&self, question: impl FnOnce() -> T) -> T {
        thread::scope(|scope| {
            let read = || {
                // Who needs it is told why it cannot be read.
                drop(self.built_in.sections());
                drop(self.built_in.classes());
            };
            let _ahead = thread::Builder::new().spawn_scoped(scope, read);
            question()
        })
    }

    pub(crate) const fn links(&self) -> Links {
        self.links
    }
}

/// Does two things on two threads.
fn side_by_side(one: &mut (dyn FnMut() + Send), other: &mut dyn FnMut()) {
    thread::scope(|scope| {
        // Without a thread, who asked does it afterwards.
        let _beside = thread::Builder::new().spawn_scoped(scope, one);
        other();
    });
}

impl World for Disk {
    fn read(&self, path: &str, most: usize, what: &str) -> Result<File, Trouble> {
        input::read(path, most, what, self.links)
    }

    fn is_folder(&self, path: &str) -> bool {
        Path::new(path).is_dir()
    }

    fn folder(&self, folder: &str, most: usize) -> Result<Vec<File>, Trouble> {
        let mut paths = Vec::new();
        let root = Path::new(folder);
        let is_json = |path: &Path| path.extension().is_some_and(|extension| extension == "json");
        Walk { root, links: self.links, seen: BTreeSet::new(), is_one: &is_json }.walk(root, &mut paths)?;
        paths.sort();
        let mut files = Vec::new();
        for path in paths {
            let shown = path.display().to_string();
            let source = input::read(&shown, most, "one document", Links::Followed)?;
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

    fn trail_files(&self, path: &str) -> Result<Vec<String>, Trouble> {
        if !Path::new(path).is_dir() {
            return Ok(vec![path.to_owned()]);
        }
        let (root, mut paths) = (Path::new(path), Vec::new());
        let is_one = |path: &Path| Target::has_records(&path.to_string_lossy());
        Walk { root, links: self.links, seen: BTreeSet::new(), is_one: &is_one }.walk(root, &mut paths)?;
        paths.sort();
        if paths.is_empty() {
            return Err(iamgate_verbs::no_trail_files(path));
        }
        Ok(paths.into_iter().map(|own| own.to_string_lossy().into_owned()).collect())
    }

    fn stream(&self, path: &str, each: &mut dyn FnMut(&[u8]) -> bool) -> Result<(), Trouble> {
        input::stream(path, self.links, each)
    }

    fn targets(&self, path: &str) -> Result<Vec<Target>, Trouble> {
        files::expand(path)
    }

    fn place(&self, path: &str) -> String {
        let plain = place::own(path);
        // Behind a link, `..` leads elsewhere.
        if Path::new(path).components().any(|part| part == Component::ParentDir) {
            let real = fs::canonicalize(path).ok();
            if real.is_none() || real != fs::canonicalize(&plain).ok() {
                return real.map_or_else(|| path.to_owned(), |real| real.to_string_lossy().into_owned());
            }
        }
        plain
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

/// The files of a folder.
struct Walk<'f> {
    root: &'f Path,
    links: Links,
    /// The folders that were looked into, without links. A link may lead back.
    seen: BTreeSet<PathBuf>,
    /// Whether a file is one of those that are looked for.
    is_one: &'f dyn Fn(&Path) -> bool,
}

impl Walk<'_> {
    fn walk(&mut self, folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Trouble> {
        let shown = folder.display().to_string();
        let failed = |error: io::Error| unreadable(&shown, &error);
        if !self.seen.insert(fs::canonicalize(folder).map_err(failed)?) {
            return Ok(());
        }
        for entry in fs::read_dir(folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let path = entry.path();
            let is_link = entry.file_type().map_err(failed)?.is_symlink();
            let is_one = (self.is_one)(&path);
            if is_link && !is_one && !path.is_dir() {
                continue;
            }
            let leaves = is_link && input::leaves(&path, self.root)?;
            if leaves && self.links == Links::Refused {
                return Err(input::outside(&path.display().to_string()));
            }
            // A link to a folder in this one is not followed: its files are found where they are.
            if path.is_dir() && (!is_link || leaves) {
                self.walk(&path, found)?;
            } else if is_one && !path.is_dir() {
                found.push(path);
            }
        }
        Ok(())
    }
}
