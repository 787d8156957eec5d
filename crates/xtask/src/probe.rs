//! Probes: `cargo xtask probe [FILE]` settles open points of part 8 of the rules with an AWS account.
//!
//! Without a file, it writes a script of AWS CLI calls: for each experiment the request that is made, and the answer that each reading
//! predicts. Whoever has an account runs the script there. With the file that the script wrote, it says what AWS answered, which reading that
//! supports, and turns the answers into test vectors.

mod experiments;
mod results;
mod script;

use std::fs;

use super::{Outcome, structure};
use experiments::all;

/// Writes the script, or reads its results.
pub(crate) fn run(_check: bool) -> Outcome {
    let root = structure::root()?;
    let folder = root.join("target/probe");
    fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let experiments = all();
    if let Some(path) = std::env::args().skip(2).find(|word| !word.starts_with("--")) {
        let text = fs::read_to_string(&path).map_err(|e| format!("{path}: {e}"))?;
        let (said, vectors) = results::read(&path, &text, &experiments)?;
        print!("{said}");
        let file = folder.join("probed-decisions.json");
        fs::write(&file, vectors).map_err(|e| format!("{}: {e}", file.display()))?;
        return Ok(format!(
            "{} has the answers as vectors; put it beside crates/iam-testkit/conformance/aws/ and name it in the runner",
            file.display()
        ));
    }
    let file = folder.join("probe.sh");
    fs::write(&file, script::text(&experiments)?).map_err(|e| format!("{}: {e}", file.display()))?;
    Ok(format!(
        "{}: {} experiments. Read it, run it with credentials of an account of your own, then: cargo xtask probe probe-results.tsv",
        file.display(),
        experiments.len()
    ))
}
