//! The data as it is committed, which a refresh starts from.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::catalog::source::{self, Texts};
use crate::pins::Manifest;

/// The folders of the data, from the root of the workspace.
pub(super) const SOURCE: &str = "crates/iam-catalog/source";
pub(super) const MANAGED: &str = "policies/aws-managed";

/// The files that only a refresh reads: the tables of the mapping, the packages that were used, and what has no counterpart.
pub(super) const PREFIXES: &str = "prefixes.tsv";
pub(super) const OPERATIONS: &str = "operations.tsv";
pub(super) const PACKAGES: &str = "packages.tsv";
pub(super) const UNMATCHED: &str = "unmatched.tsv";

/// The committed data.
pub(super) struct Committed {
    /// The files of [`SOURCE`] by name.
    pub(super) source: Texts,
    pub(super) manifest: Manifest,
    /// The documents of [`MANAGED`] by file name.
    pub(super) documents: BTreeMap<String, String>,
}

impl Committed {
    /// Reads the files of a workspace.
    pub(super) fn read(root: &Path) -> Result<Self, String> {
        let text = |path: &Path| fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()));
        let folder = root.join(SOURCE);
        let mut source = source::texts(&folder)?;
        for name in [PREFIXES, OPERATIONS, PACKAGES, UNMATCHED] {
            source.insert(name.to_owned(), text(&folder.join(name))?);
        }
        let folder = root.join(MANAGED);
        let manifest: Manifest = serde_json::from_str(&text(&folder.join("MANIFEST.json"))?)
            .map_err(|e| format!("{MANAGED}/MANIFEST.json: {e}"))?;
        let mut documents = BTreeMap::new();
        for pin in &manifest.policies {
            documents.insert(pin.file.clone(), text(&folder.join(&pin.file))?);
        }
        Ok(Self { source, manifest, documents })
    }

    /// A file of [`SOURCE`].
    pub(super) fn text(&self, name: &str) -> Result<&str, String> {
        self.source.get(name).map(String::as_str).ok_or_else(|| format!("{SOURCE}/{name}: no such file"))
    }
}
