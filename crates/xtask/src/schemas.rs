//! JSON Schemas of the module's questions and answers: `cargo xtask schemas`.

use serde_json::Value;

use super::{Outcome, structure};

/// The folder of the schemas.
const FOLDER: &str = "crates/iamgate-wasm/npm/schemas";

/// Writes the schemas, or with `check` compares them with the files in the repository.
pub(crate) fn run(check: bool) -> Outcome {
    let root = structure::root()?;
    let all: [(&str, Value); 2] = [
        ("questions.json", iamgate_verbs::schema::questions()),
        ("answers.json", iamgate_verbs::schema::answers()),
    ];
    for (name, schema) in all {
        let path = root.join(FOLDER).join(name);
        let text = format!("{}\n", serde_json::to_string_pretty(&schema).map_err(|e| e.to_string())?);
        if check {
            let found = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
            if found != text {
                return Err(format!("{FOLDER}/{name} is not what `cargo xtask schemas` writes"));
            }
        } else {
            std::fs::create_dir_all(root.join(FOLDER)).map_err(|e| format!("{FOLDER}: {e}"))?;
            std::fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()))?;
        }
    }
    Ok(format!("{FOLDER}: schemas {}", if check { "are up to date" } else { "written" }))
}
