//! Reads every policy of a folder strictly and prints what is wrong with it: `cargo run -p iam-policy --example lint_folder -- FOLDER`.
//!
//! Exits with 1 if a document is refused.
#![expect(clippy::print_stdout, reason = "a program for people")]

use std::path::Path;
use std::process::ExitCode;
use std::{env, error, fs};

use iam_policy::{Limits, Mode, Policy, PolicyKind};

fn main() -> Result<ExitCode, Box<dyn error::Error>> {
    let folder = env::args().nth(1).ok_or("usage: lint_folder FOLDER")?;
    let mut files: Vec<_> = fs::read_dir(&folder)?.collect::<Result<_, _>>()?;
    files.sort_by_key(fs::DirEntry::path);
    let mut all_accepted = true;
    for path in files.iter().map(fs::DirEntry::path).filter(|path| path.extension() == Some("json".as_ref()))
    {
        all_accepted &= lint(&path)?;
    }
    Ok(if all_accepted { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Prints what is said about one document, a line for each problem. Returns whether it is accepted.
fn lint(path: &Path) -> Result<bool, Box<dyn error::Error>> {
    let bytes = fs::read(path)?;
    let name = path.display();
    let read = iam_json::text_of(&bytes)
        .and_then(|text| Policy::parse(text, PolicyKind::Identity, Mode::Strict, &Limits::default()));
    match read {
        Ok(policy) => {
            println!("{name}: {} statements, {} characters", policy.statements.len(), policy.size.characters);
            for finding in &policy.findings {
                println!("{name}: {}: {finding}", finding.level);
            }
            Ok(true)
        }
        Err(report) => {
            for problem in report.problems() {
                println!("{name}: {}: {problem}", problem.level);
            }
            Ok(false)
        }
    }
}
