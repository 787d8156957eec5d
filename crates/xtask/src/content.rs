//! The built-in content of `iamgate`: copies of files in `policies/`, in the crate's own folder, so that the package of the crate contains
//! them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::{Outcome, structure};

const CONTENT: &str = "crates/iamgate/content";

/// The copies: a file or folder in `policies/`, and its name in `content/`.
const COPIED: &[(&str, &str)] = &[
    ("aws-managed", "aws-managed"),
    ("doit/profiles", "profiles"),
    ("doit/support-gateway", "support-gateway"),
    ("doit/identity-providers.json", "identity-providers.json"),
    ("doit/installation.json", "installation.json"),
    ("doit/LICENSE-cloudconnect.txt", "LICENSE-cloudconnect.txt"),
];

const README: &str = "# Built-in content\n\nCopies of files below `policies/` of the repository, written by `cargo xtask content`. \
    Change them there; `policies/doit/PROVENANCE.md` and `aws-managed/PROVENANCE.md` say where each comes from.\n";

/// Copies the content, or with `check` compares the copies with their originals.
pub(crate) fn run(check: bool) -> Outcome {
    let root = structure::root()?;
    let content = root.join(CONTENT);
    let wanted = wanted(&root.join("policies"))?;
    let found = if content.exists() { below(&content)? } else { BTreeSet::new() };
    let stray: Vec<&PathBuf> = found.iter().filter(|name| !wanted.contains_key(*name)).collect();
    if check {
        for (name, bytes) in &wanted {
            if fs::read(content.join(name)).ok().as_ref() != Some(bytes) {
                return Err(format!(
                    "{CONTENT}/{} differs from its original below policies/: run `cargo xtask content`",
                    name.display()
                ));
            }
        }
        if let Some(name) = stray.first() {
            return Err(format!("{CONTENT}/{} is no copy: run `cargo xtask content`", name.display()));
        }
        return Ok(format!("content: {} files, as below policies/", wanted.len()));
    }
    for name in stray {
        fs::remove_file(content.join(name)).map_err(|e| format!("{}: {e}", name.display()))?;
    }
    for (name, bytes) in &wanted {
        let path = content.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        }
        fs::write(&path, bytes).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(format!("content: {} files written", wanted.len()))
}

/// Every file of the content by its name, and its bytes.
fn wanted(policies: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>, String> {
    let mut wanted = BTreeMap::from([(PathBuf::from("README.md"), README.as_bytes().to_vec())]);
    for (from, to) in COPIED {
        let from = policies.join(from);
        let names = if from.is_dir() { below(&from)? } else { BTreeSet::from([PathBuf::new()]) };
        for name in names {
            let is_itself = name.as_os_str().is_empty();
            let (path, own) = if is_itself {
                (from.clone(), PathBuf::from(to))
            } else {
                (from.join(&name), Path::new(to).join(&name))
            };
            // The page of the profiles links to its neighbours, so it is not copied.
            if own != Path::new("profiles/README.md") {
                let bytes = fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
                wanted.insert(own, bytes);
            }
        }
    }
    Ok(wanted)
}

/// The files of a folder and of the folders in it, named relative to it.
fn below(folder: &Path) -> Result<BTreeSet<PathBuf>, String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(&inner).map_err(|e| format!("{}: {e}", inner.display()))? {
            let path = entry.map_err(|e| e.to_string())?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(name) = path.strip_prefix(folder) {
                found.insert(name.to_path_buf());
            }
        }
    }
    Ok(found)
}
