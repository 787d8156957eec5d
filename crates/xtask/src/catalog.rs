//! Makes `crates/iam-catalog/data/` from `crates/iam-catalog/source/`. `iam-catalog/src/catalog.rs` and `details.rs` describe the form of the
//! texts.

pub(crate) mod classes;
pub(crate) mod outputs;
mod sensitivity;
pub(crate) mod source;
mod write;

use super::Outcome;
use source::Source;
use std::fs;
use std::path::{Path, PathBuf};

fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../iam-catalog")
}

/// The folder of the source files.
pub(crate) fn source_folder() -> PathBuf {
    home().join("source")
}

/// What each class of each action is derived from.
pub(crate) fn reasons(source: &Source) -> Result<classes::Reasons, String> {
    let withdrawn = source.withdrawn.keys().map(|action| action.to_ascii_lowercase()).collect();
    classes::derive(&source.catalogue, &source.outputs, &source.rulings, &source.lists, &withdrawn)
}

/// The texts of `data/` that a source gives, by file name.
pub(crate) fn data(source: &Source) -> Result<Vec<(&'static str, String)>, String> {
    let reasons = reasons(source)?;
    Ok(vec![
        ("actions.txt", write::actions(source, &reasons)?),
        ("details.txt", write::details(source)?),
        ("classes.tsv", classes::write(&source.catalogue, &source.outputs, &reasons)),
    ])
}

/// Writes the texts, or with `check` compares them with what is committed.
pub(crate) fn run(check: bool) -> Outcome {
    let source = Source::read(&source::texts(&source_folder())?)?;
    let mut sizes = Vec::new();
    for (name, text) in data(&source)? {
        let path = home().join("data").join(name);
        if check {
            let committed = fs::read_to_string(&path).map_err(|error| format!("data/{name}: {error}"))?;
            if committed != text {
                let line = 1 + committed.lines().zip(text.lines()).take_while(|(a, b)| a == b).count();
                return Err(format!(
                    "data/{name} differs from its source at line {line}: run `cargo xtask catalog`"
                ));
            }
        } else {
            fs::write(&path, &text).map_err(|error| format!("data/{name}: {error}"))?;
        }
        sizes.push(format!("{name} {} bytes", text.len()));
    }
    Ok(format!("catalog: {}, {}", sizes.join(", "), if check { "as committed" } else { "written" }))
}

#[cfg(test)]
mod tests {
    #[test]
    fn committed_data_is_what_the_source_gives() {
        super::run(true).expect("no drift");
    }
}
