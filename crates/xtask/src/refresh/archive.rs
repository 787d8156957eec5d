//! The files inside a downloaded package: a `.tgz` of npm or a `.whl` of PyPI.
//!
//! Nothing is unpacked to disk. Each size is limited, because a package is what somebody else published.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// The most bytes of a package, of a file in it, and of all files that are kept.
const PACKAGE: u64 = 256 << 20;
const MEMBER: u64 = 192 << 20;
const KEPT: usize = 768 << 20;
/// The most files in a package.
const MEMBERS: usize = 200_000;

/// The files of a package that a reader asked for.
pub(super) struct Archive {
    /// The name of the package's file, for messages.
    file: String,
    /// SHA-256 of the package's file.
    pub(super) sha256: String,
    /// The newest day on which a file of the package was changed; not known for npm, which does not keep it.
    pub(super) day: Option<String>,
    members: BTreeMap<String, Vec<u8>>,
}

impl Archive {
    /// Reads the files whose names `wanted` accepts. Names of an npm package are those below its folder `package`.
    pub(super) fn read(path: &Path, wanted: impl Fn(&str) -> bool) -> Result<Self, String> {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let say = |why: &dyn std::fmt::Display| format!("{file}: {why}");
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|opened| opened.take(PACKAGE + 1).read_to_end(&mut bytes))
            .map_err(|e| say(&e))?;
        if bytes.len() as u64 > PACKAGE {
            return Err(say(&format_args!("more than {PACKAGE} bytes")));
        }
        let sha256 = format!("{:x}", Sha256::digest(&bytes));
        let mut archive = Self { file: file.clone(), sha256, day: None, members: BTreeMap::new() };
        let zip = path.extension().is_some_and(|extension| extension == "whl");
        let read = if zip { archive.unzip(bytes, &wanted) } else { archive.untar(&bytes, &wanted) };
        read.map_err(|why| say(&why))?;
        Ok(archive)
    }

    fn untar(&mut self, bytes: &[u8], wanted: &dyn Fn(&str) -> bool) -> Result<(), String> {
        let mut tar = tar::Archive::new(GzDecoder::new(bytes));
        for (number, entry) in tar.entries().map_err(|e| e.to_string())?.enumerate() {
            let entry = entry.map_err(|e| e.to_string())?;
            let name = entry.path().map_err(|e| e.to_string())?.to_string_lossy().into_owned();
            let name = name.split_once('/').map_or(name.as_str(), |(_, below)| below);
            self.keep(number, name, entry.header().entry_type().is_file() && wanted(name), entry)?;
        }
        Ok(())
    }

    fn unzip(&mut self, bytes: Vec<u8>, wanted: &dyn Fn(&str) -> bool) -> Result<(), String> {
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).map_err(|e| e.to_string())?;
        for number in 0..zip.len() {
            let member = zip.by_index(number).map_err(|e| e.to_string())?;
            let day = member
                .last_modified()
                .map(|at| format!("{:04}-{:02}-{:02}", at.year(), at.month(), at.day()));
            self.day = day.max(self.day.take());
            let name = member.name().map_err(|e| e.to_string())?.into_owned();
            self.keep(number, &name, member.is_file() && wanted(&name), member)?;
        }
        Ok(())
    }

    fn keep(&mut self, number: usize, name: &str, wanted: bool, from: impl Read) -> Result<(), String> {
        if number >= MEMBERS {
            return Err(format!("more than {MEMBERS} files"));
        }
        if !wanted {
            return Ok(());
        }
        let bytes = limited(from).map_err(|why| format!("{name}: {why}"))?;
        let kept: usize = self.members.values().map(Vec::len).sum();
        if kept + bytes.len() > KEPT {
            return Err(format!("more than {KEPT} bytes of files that are read"));
        }
        if self.members.insert(name.to_owned(), bytes).is_some() {
            return Err(format!("{name} stands twice in it"));
        }
        Ok(())
    }

    /// The names of the files that were kept.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.members.keys().map(String::as_str)
    }

    /// A message about a file of the package.
    pub(super) fn wrong(&self, name: &str, why: impl std::fmt::Display) -> String {
        format!("{}: {name}: {why}", self.file)
    }

    fn bytes(&self, name: &str) -> Result<&[u8], String> {
        self.members.get(name).map(Vec::as_slice).ok_or_else(|| self.wrong(name, "no such file"))
    }

    /// The text of a file.
    pub(super) fn text(&self, name: &str) -> Result<&str, String> {
        std::str::from_utf8(self.bytes(name)?).map_err(|e| self.wrong(name, e))
    }

    /// The JSON of a file, which is compressed if its name ends in `.gz`. An error says where in the file it is.
    pub(super) fn json<T: DeserializeOwned>(&self, name: &str) -> Result<T, String> {
        let bytes = self.bytes(name)?;
        let read = if Path::new(name).extension().is_some_and(|extension| extension == "gz") {
            serde_json::from_slice(&limited(GzDecoder::new(bytes)).map_err(|why| self.wrong(name, why))?)
        } else {
            serde_json::from_slice(bytes)
        };
        read.map_err(|e| self.wrong(name, e))
    }
}

/// All bytes, if they are not too many.
fn limited(from: impl Read) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    from.take(MEMBER + 1).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
    if bytes.len() as u64 > MEMBER { Err(format!("more than {MEMBER} bytes")) } else { Ok(bytes) }
}
