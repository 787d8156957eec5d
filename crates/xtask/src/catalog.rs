//! Makes `crates/iam-catalog/data/` from `crates/iam-catalog/source/`. `iam-catalog/src/catalog.rs` and `details.rs` describe the form of the
//! texts.

mod sensitivity;
mod source;
mod write;

use super::Outcome;
use source::Source;
use std::fs;
use std::path::{Path, PathBuf};

fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../iam-catalog")
}

/// Writes both texts, or with `check` compares them with what is committed.
pub(crate) fn run(check: bool) -> Outcome {
    let source = Source::read(&home().join("source"))?;
    let texts = [("actions.txt", write::actions(&source)?), ("details.txt", write::details(&source)?)];
    let mut sizes = Vec::new();
    for (name, text) in &texts {
        let path = home().join("data").join(name);
        if check {
            let committed = fs::read_to_string(&path).map_err(|error| format!("data/{name}: {error}"))?;
            if &committed != text {
                let line = 1 + committed.lines().zip(text.lines()).take_while(|(a, b)| a == b).count();
                return Err(format!(
                    "data/{name} differs from its source at line {line}: run `cargo xtask catalog`"
                ));
            }
        } else {
            fs::write(&path, text).map_err(|error| format!("data/{name}: {error}"))?;
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
