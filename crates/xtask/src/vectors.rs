//! `cargo xtask vectors`: the generated conformance vectors, their coverage table, and the checks of all vector files.

mod boundaries;
mod cells;
mod coverage;
mod format;
mod layers;
mod operators;
mod rules;
mod validate;

use std::fs;
use std::path::{Path, PathBuf};

use super::Outcome;

/// Writes `operators.json`, `layers.json` and `COVERAGE.md`, or with `--check` compares them. Then checks every vector file in their folder:
/// valid JSON, the members of its format, known words, and ids that are unique in all files.
pub(crate) fn run(check: bool) -> Outcome {
    let folder = folder();
    let mut conditions = cells::all();
    conditions.extend(boundaries::all());
    let layers = layers::all();
    let made = [
        ("operators.json", format::file(&conditions)),
        ("layers.json", format::file(&layers)),
        ("COVERAGE.md", coverage::table(&conditions)?),
    ];
    for (name, text) in &made {
        let path = folder.join(name);
        if !check {
            fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()))?;
        } else if fs::read_to_string(&path).ok().as_deref() != Some(text) {
            return Err(format!("{} is stale: run `cargo xtask vectors`", path.display()));
        }
    }
    let counts = validate::files(&folder)?;
    Ok(format!("{} operator and {} layer vectors; {counts}", conditions.len(), layers.len()))
}

/// The folder of the vectors.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../iam-testkit/conformance")
}

#[cfg(test)]
mod tests {
    use super::{boundaries, cells, coverage, run};

    #[test]
    fn files_are_fresh_and_well_formed() {
        run(true).expect("cargo xtask vectors --check");
    }

    #[test]
    fn every_cell_is_missed_when_it_is_empty() {
        let all = || cells::all().into_iter().chain(boundaries::all()).collect::<Vec<_>>();
        assert!(coverage::table(&all()).is_ok());
        for gone in ["operators/StringLike/absent/deny", "operators/Null-true/empty-list/allow"] {
            let mut vectors = all();
            vectors.retain(|v| v.id != gone);
            let said = coverage::table(&vectors).expect_err("a cell is empty");
            assert!(said.starts_with("no vector for"), "{said}");
        }
    }
}
