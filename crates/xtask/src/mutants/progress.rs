//! What earlier runs found, by file: `crates/xtask/mutants.tsv`. A file is tried again once it or the list of its mutants has changed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::listed::Mutant;

/// What stands after the name of a missed mutant whose code no test runs.
pub(super) const UNREACHED: &str = " (no test runs it)";

const FILE: &str = "crates/xtask/mutants.tsv";
const HEAD: &str = "# Mutants by file: file, hash of the file and its mutants, caught, timeouts, not compiled, no switch; then those that no test noticed.\n# Written by `cargo xtask mutants`.\n";

/// The outcomes for one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) hash: String,
    pub(super) caught: usize,
    pub(super) timeouts: usize,
    /// Changes that are no Rust programs.
    pub(super) uncompiled: usize,
    /// Changes for which no switch can be written.
    pub(super) unwritten: usize,
    /// The names of the mutants that no test noticed.
    pub(super) missed: Vec<String>,
}

impl Found {
    /// Whether no test noticed the mutant.
    pub(super) fn missed(&self, mutant: &Mutant) -> bool {
        self.missed.iter().any(|name| name.strip_suffix(UNREACHED).unwrap_or(name) == mutant.name)
    }

    /// What stands of the file after those that were missed have been tried again.
    pub(super) fn with(mut self, again: Self) -> Self {
        self.caught += again.caught;
        self.timeouts += again.timeouts;
        self.missed = again.missed;
        self
    }
}

/// The outcomes for all files that were tried.
#[derive(Debug, Default)]
pub(super) struct Progress {
    path: PathBuf,
    pub(super) files: BTreeMap<String, Found>,
}

/// The hash of a file and of the names of its mutants, which say how each changes it.
pub(super) fn hash<'n>(text: &str, names: impl Iterator<Item = &'n str>) -> String {
    let mut digest = Sha256::new();
    digest.update(text);
    names.for_each(|name| digest.update(format!("\n{name}")));
    digest.finalize().iter().take(6).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

impl Progress {
    pub(super) fn read(root: &Path) -> Result<Self, String> {
        let path = root.join(FILE);
        let text = fs::read_to_string(&path).unwrap_or_default();
        Ok(Self { path, files: parse(&text)? })
    }

    pub(super) fn write(&self) -> Result<(), String> {
        fs::write(&self.path, print(&self.files)).map_err(|e| format!("{}: {e}", self.path.display()))
    }
}

fn parse(text: &str) -> Result<BTreeMap<String, Found>, String> {
    let mut files: BTreeMap<String, Found> = BTreeMap::new();
    let mut last = String::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
        let wrong = || format!("{FILE}:{}: not as this chore writes it", number + 1);
        if let Some(name) = line.strip_prefix('\t') {
            files.get_mut(&last).ok_or_else(wrong)?.missed.push(name.to_owned());
            continue;
        }
        let mut fields = line.split('\t');
        let (file, hash) = (fields.next().ok_or_else(wrong)?, fields.next().ok_or_else(wrong)?);
        let mut next = || fields.next().and_then(|field| field.parse().ok()).ok_or_else(wrong);
        let found = Found {
            hash: hash.to_owned(),
            caught: next()?,
            timeouts: next()?,
            uncompiled: next()?,
            unwritten: next()?,
            missed: Vec::new(),
        };
        file.clone_into(&mut last);
        files.insert(last.clone(), found);
    }
    Ok(files)
}

fn print(files: &BTreeMap<String, Found>) -> String {
    let mut out = HEAD.to_owned();
    for (file, found) in files {
        let Found { hash, caught, timeouts, uncompiled, unwritten, missed } = found;
        let _ = writeln!(out, "{file}\t{hash}\t{caught}\t{timeouts}\t{uncompiled}\t{unwritten}");
        for name in missed {
            let _ = writeln!(out, "\t{name}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let found = Found {
            hash: "ab".into(),
            caught: 3,
            timeouts: 1,
            uncompiled: 2,
            unwritten: 0,
            missed: vec!["a.rs:1:2: x".into()],
        };
        let files = BTreeMap::from([("a.rs".to_owned(), found), ("b.rs".to_owned(), Found::default())]);
        assert_eq!(parse(&print(&files)), Ok(files));
        assert!(parse("\tx\n").is_err());
        assert!(parse("a\tb\tc\n").is_err());
    }

    #[test]
    fn what_is_tried_again_is_added() {
        let mutant = |name: &str| -> Mutant {
            serde_json::from_value(serde_json::json!({
                "name": name, "file": "a.rs", "genre": "MatchArm", "replacement": "",
                "span": {"start": {"line": 1, "column": 1}, "end": {"line": 1, "column": 2}},
            }))
            .expect("a mutant")
        };
        let before = Found {
            hash: "ab".into(),
            caught: 3,
            timeouts: 1,
            uncompiled: 2,
            unwritten: 1,
            missed: vec!["a.rs:1:2: x".into(), format!("a.rs:2:2: y{UNREACHED}"), "a.rs:3:2: z".into()],
        };
        assert!(before.missed(&mutant("a.rs:1:2: x")) && before.missed(&mutant("a.rs:2:2: y")));
        assert!(!before.missed(&mutant("a.rs:4:2: x")));
        let again = Found { caught: 1, timeouts: 1, missed: vec!["a.rs:3:2: z".into()], ..Found::default() };
        let after = Found { caught: 4, timeouts: 2, missed: again.missed.clone(), ..before.clone() };
        assert_eq!(before.with(again), after);
    }

    #[test]
    fn a_hash_is_of_text_and_names() {
        let one = hash("a", ["b"].into_iter());
        assert_eq!(one.len(), 12);
        assert_ne!(one, hash("a", ["c"].into_iter()));
        assert_ne!(one, hash("b", ["b"].into_iter()));
    }
}
