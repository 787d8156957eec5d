//! Everything that must hold before a change lands, in one command.

use std::process::Command;

use super::{Outcome, corpus, structure};

/// An optional feature, which is tested too.
const KIT: &str = "iam-testkit/proptest";

/// The steps: what each checks, and the cargo command that does it.
const STEPS: &[(&str, &[&str])] = &[
    ("format", &["fmt", "--all", "--check"]),
    (
        "lints",
        &["clippy", "--workspace", "--all-targets", "--features", KIT, "--quiet", "--", "--deny", "warnings"],
    ),
    ("structure", &["xtask", "structure"]),
    ("generated files", &["xtask", "generated"]),
    ("documentation", &["doc", "--workspace", "--no-deps", "--quiet"]),
    ("tests", &["test", "--workspace", "--exclude", "iamgate-benches", "--features", KIT, "--quiet"]),
    (
        "replay of fuzz finds",
        &["test", "--manifest-path", "fuzz/Cargo.toml", "--target-dir", "target", "--quiet"],
    ),
    ("packages", &["xtask", "packages"]),
    ("template and broker", &["xtask", "cloud"]),
    ("package and page", &["xtask", "browser"]),
];

pub(crate) fn run(_check: bool) -> Outcome {
    let root = structure::root()?;
    for (what, arguments) in STEPS {
        println!("== {what}: cargo {}", arguments.join(" "));
        let mut command = Command::new(env!("CARGO"));
        command.args(*arguments).current_dir(&root).env("RUSTDOCFLAGS", "--deny warnings");
        let status = command.status().map_err(|e| format!("cargo {}: {e}", arguments.join(" ")))?;
        if !status.success() {
            return Err(format!("{what} failed: cargo {}", arguments.join(" ")));
        }
    }
    let corpus = if std::env::var_os(corpus::FOLDER).is_some() {
        "with the documents of the corpus".to_owned()
    } else {
        format!("without the documents of the corpus: set {} to the folder that has them", corpus::FOLDER)
    };
    Ok(format!("all steps passed, {corpus}"))
}
