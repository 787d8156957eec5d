//! The cost of decisions, compared with other engines: `cargo xtask bench` writes `benches/RESULTS.md` and `benches/growth.svg`.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::{Outcome, structure, tools};

const TARGET: &str = "wasm32-wasip1";
const PACKAGE: &str = "iamgate-benches";

/// Runs the program natively with peers, and as WebAssembly without peers. The page compares both.
pub(crate) fn run(_check: bool) -> Outcome {
    let root = structure::root()?;
    let build = ["cargo", "build", "--quiet", "--profile", "long", "--package", PACKAGE, "--bin", "results"];
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let times = target.join("results-wasm.txt");
    println!("bench: as WebAssembly, under node");
    tools::run(&root, &["rustup", "target", "add", TARGET])?;
    tools::run(&root, &[&build[..], &["--target", TARGET]].concat())?;
    let output = Command::new("node")
        .args(["--no-warnings", "crates/iam-harness/wasi.mjs"])
        .arg(target.join(TARGET).join("long/results.wasm"))
        .arg("times")
        .current_dir(&root)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("node: {e}"))?;
    if !output.status.success() {
        return Err("the program failed as WebAssembly".into());
    }
    fs::write(&times, output.stdout).map_err(|e| format!("{}: {e}", times.display()))?;
    println!("bench: natively, beside peers; these take minutes to build");
    if !tools::has(&root, &["valgrind", "--version"]) {
        println!("bench: without valgrind no instructions are counted");
    }
    let mut run = vec!["cargo", "run"];
    run.extend_from_slice(&build[2..]);
    run.extend(["--features", "peers", "--", "page"]);
    let times = times.to_string_lossy();
    run.push(&times);
    tools::run(&root, &run)?;
    Ok("bench: benches/RESULTS.md and benches/growth.svg are written".into())
}
