//! The page, and the tests in Node and in a browser.
//!
//! `cargo xtask page` builds the preview page and serves it. `cargo xtask browser` tests the npm package in Node and the page in Debian's
//! Chromium. `cargo xtask measure` measures the size and speed of both. Each installs what it needs, and says so.

use std::path::Path;

use super::module::{self, FOLDER};
use super::{Outcome, structure, tools};

const CHROMIUM: &str = "/usr/bin/chromium";

/// Builds the page and serves it until it is stopped.
pub(crate) fn page(_check: bool) -> Outcome {
    let root = structure::root()?;
    built(&root)?;
    let folder = root.join(FOLDER);
    tools::run(&folder, &["node_modules/.bin/vite", "preview", "page"])?;
    Ok("page: no longer served".into())
}

/// Tests the npm package and the page.
pub(crate) fn test(_check: bool) -> Outcome {
    let root = structure::root()?;
    built(&root)?;
    chromium(&root)?;
    let tests = ["tests/package.test.js", "tests/page.test.js", "tests/network.test.js"];
    run(&root, &[&["node", "--test", "--test-reporter=spec"], &tests[..]].concat())?;
    Ok("browser: the package and the page are as they should be".into())
}

/// Measures the module and the page.
pub(crate) fn measure(_check: bool) -> Outcome {
    let root = structure::root()?;
    built(&root)?;
    chromium(&root)?;
    tools::run(&root, &["rustup", "target", "add", "wasm32-wasip1"])?;
    run(&root, &["node", "scripts/measure.js"])?;
    Ok("measure: as printed".into())
}

/// Pictures of the page for its README.
pub(crate) fn pictures(_check: bool) -> Outcome {
    let root = structure::root()?;
    built(&root)?;
    chromium(&root)?;
    run(&root, &["node", "scripts/pictures.js"])?;
    Ok(format!("pictures: {FOLDER}/pictures"))
}

/// Builds module, types and page from the sources.
fn built(root: &Path) -> Result<(), String> {
    module::packages(root)?;
    println!("{}", module::build(root)?);
    let folder = root.join(FOLDER);
    tools::run(&folder, &["node_modules/.bin/tsc", "-p", "page"])?;
    tools::run(&folder, &["node", "scripts/page.js"])
}

fn chromium(root: &Path) -> Result<(), String> {
    module::apt(root, &[CHROMIUM, "--version"], &["chromium"])
}

/// Runs a program that compares with the native program, and passes it the native program's path.
fn run(root: &Path, words: &[&str]) -> Result<(), String> {
    tools::run(root, &["cargo", "build", "--quiet", "--package", "iamgate-cli"])?;
    let program = module::target(root).join("debug/iamgate");
    let mut command = tools::command(&root.join(FOLDER), words)?;
    let status = command.env("IAMGATE", program).status().map_err(|e| format!("{}: {e}", words.join(" ")))?;
    if status.success() { Ok(()) } else { Err(format!("failed: {}", words.join(" "))) }
}
