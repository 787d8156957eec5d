//! The files that the tests read: the policies of this repository.

use std::fs;
use std::path::{Path, PathBuf};

use iamgate::iam_policy::Limits;
use iamgate::{File, ManagedPolicies};

/// The `.json` files of a folder of `policies`, named relative to it.
pub(crate) fn folder(name: &str) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies").join(name);
    let mut files = Vec::new();
    walk(&root, &root, &mut files);
    files.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(!files.is_empty(), "{name}");
    files
}

fn walk(root: &Path, folder: &Path, files: &mut Vec<File>) {
    let entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    for path in entries {
        if path.is_dir() {
            walk(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            let parts = path.strip_prefix(root).unwrap().iter().map(|part| part.to_str().unwrap());
            let name = parts.collect::<Vec<_>>().join("/");
            files.push(File { name, text: fs::read_to_string(&path).unwrap() });
        }
    }
}

/// The pinned AWS managed policies.
pub(crate) fn managed() -> ManagedPolicies {
    ManagedPolicies::load(&folder("aws-managed"), &Limits::default()).unwrap()
}
