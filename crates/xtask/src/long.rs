//! The long runs of the harness, and their score: `cargo xtask laws [CASES] [SEED]`, `diff [CASES] [SEED] [-- PROGRAM...]`,
//! `readings [CASES] [SEED]`, `questions [CASES] [SEED]`, `hunt [CASES] [SEED]`, `claims [CASES] [SEED] [VERB]`, `index [CASES] [SEED]`, `score`;
//! and of the double: `audits [SESSIONS] [SEED]`.
//!
//! Each long run leaves its summary in `target/score/`. `score` puts the summaries together in `SCORE.txt`, which is in the repository. A run
//! that was not made again keeps its text in `SCORE.txt`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::{Outcome, structure, tools};

/// The default number of cases: minutes, not hours.
const CASES: &str = "100000";

/// The parts of the score, in order: the file in `target/score/` and its subject.
const PARTS: &[(&str, &str)] = &[
    ("vectors", "Engines and vector files"),
    ("laws", "Laws and generated cases"),
    ("diff", "Engines side by side"),
    ("readings", "Engines side by side under other readings"),
    ("index", "Index and scan side by side"),
    ("questions", "Analysis and enumeration side by side"),
    ("hunt", "The hunt for false proofs"),
    ("claims", "The hunt over all verbs"),
    ("audits", "Audits of sessions of the double"),
    ("pairs", "Pairs of managed policies"),
    ("z3", "Analysis and Z3 side by side"),
    ("sizes", "Inputs that are too large"),
    ("wasm", "Native and WebAssembly side by side"),
    ("fuzz", "Fuzz targets"),
    ("mutants", "Mutants"),
    ("coverage", "Coverage"),
    ("interpret", "Under Miri"),
    ("machines", "Other machines"),
    ("duckdb", "The audit beside DuckDB"),
];

/// Runs the laws. A run that continues another (`laws 4000000..10000000`) is added below it in the score.
pub(crate) fn laws(_check: bool) -> Outcome {
    let arguments = with_cases();
    let goes_on = arguments.first().is_some_and(|cases| cases.contains("..") && !cases.starts_with("0.."));
    let before = if goes_on { before("laws")? } else { String::new() };
    let said = harness("laws", "laws", &arguments)?;
    let root = structure::root()?;
    let own = fs::read_to_string(root.join("target/score/laws.txt")).map_err(|e| format!("laws.txt: {e}"))?;
    tools::score(&root, "laws", &format!("{before}{own}"))?;
    Ok(said)
}

/// The present text of a part of the score.
fn before(part: &str) -> Result<String, String> {
    let root = structure::root()?;
    if let Ok(text) = fs::read_to_string(root.join("target/score").join(part).with_extension("txt")) {
        return Ok(text);
    }
    let score = fs::read_to_string(root.join("SCORE.txt")).unwrap_or_default();
    let title = PARTS.iter().find(|(name, _)| *name == part).map_or("", |(_, title)| title);
    Ok(section(&score, title).map(|text| format!("{}\n", text.trim_end())).unwrap_or_default())
}

/// The text under a heading.
fn section<'s>(score: &'s str, title: &str) -> Option<&'s str> {
    let (_, rest) = score.split_once(&format!("\n== {title}\n"))?;
    Some(rest.split("\n== ").next().unwrap_or(rest))
}

pub(crate) fn questions(_check: bool) -> Outcome {
    harness("questions", "questions", &with_cases())
}

pub(crate) fn hunt(_check: bool) -> Outcome {
    harness("hunt", "hunt", &with_cases())
}

/// Runs the hunt over all verbs. A run of one verb is not kept: the score has all of them.
pub(crate) fn claims(_check: bool) -> Outcome {
    let arguments = with_cases();
    let part = if arguments.len() > 2 { "claims-of-one" } else { "claims" };
    harness("claims", part, &arguments)
}

/// Puts sessions of the double of AWS to the laws of audits.
pub(crate) fn audits(_check: bool) -> Outcome {
    shown(&["--package", "iam-cloud-double", "--example", "laws"], "audits", &with_cases())
}

pub(crate) fn pairs(_check: bool) -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(2).collect();
    if arguments.is_empty() {
        return Err("name a folder of policies".into());
    }
    harness("pairs", "pairs", &arguments)
}

pub(crate) fn readings(_check: bool) -> Outcome {
    harness("readings", "readings", &with_cases())
}

pub(crate) fn index(_check: bool) -> Outcome {
    harness("index", "index", &with_cases())
}

pub(crate) fn diff(_check: bool) -> Outcome {
    let arguments = with_cases();
    // The result of another engine is not part of this project's score.
    let part = if arguments.iter().any(|a| a == "--") { "other" } else { "diff" };
    harness("diff", part, &arguments)
}

fn with_cases() -> Vec<String> {
    let mut arguments: Vec<String> = std::env::args().skip(2).collect();
    if arguments.first().is_none_or(|first| !first.starts_with(|c: char| c.is_ascii_digit())) {
        arguments.insert(0, CASES.to_owned());
    }
    arguments
}

/// Runs a command of the harness.
fn harness(command: &str, part: &str, arguments: &[String]) -> Outcome {
    let words = [&[command.to_owned()], arguments].concat();
    shown(&["--package", "iam-harness", "--features", "long"], part, &words)
}

/// Runs a program and shows its output while it runs. If it succeeds, its output is kept as a part of the score.
fn shown(program: &[&str], part: &str, arguments: &[String]) -> Outcome {
    let root = structure::root()?;
    let mut child = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--profile", "long"])
        .args(program)
        .arg("--")
        .args(arguments)
        .current_dir(&root)
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("cargo run: {e}"))?;
    let mut said = String::new();
    for line in BufReader::new(child.stdout.take().ok_or("no output")?).lines() {
        let line = line.map_err(|e| format!("{part}: {e}"))?;
        println!("{line}");
        said.push_str(&line);
        said.push('\n');
    }
    if !child.wait().map_err(|e| e.to_string())?.success() {
        return Err(format!("{part}: see above"));
    }
    tools::score(&root, part, &said)?;
    Ok(format!("{part}: nothing found; `cargo xtask score` puts it into SCORE.txt"))
}

/// Runs the harness compiled to WebAssembly on the same cases, and compares the hash of each 1,000 verdicts. All answers to the vectors,
/// including those of sessions, are compared in the same way.
pub(crate) fn wasm(_check: bool) -> Outcome {
    const TARGET: &str = "wasm32-wasip1";
    let root = structure::root()?;
    let arguments = with_cases();
    let said = |command: &mut Command| -> Result<String, String> {
        let output =
            command.current_dir(&root).stderr(Stdio::inherit()).output().map_err(|e| e.to_string())?;
        if !output.status.success() {
            return Err(format!("{command:?} failed"));
        }
        String::from_utf8(output.stdout).map_err(|e| e.to_string())
    };
    println!("wasm: rustup target add {TARGET}, if it is not there; node runs it");
    said(Command::new("rustup").args(["target", "add", TARGET]))?;
    let build = ["build", "--quiet", "--profile", "long", "--package", "iam-harness"];
    said(Command::new(env!("CARGO")).args(build))?;
    said(Command::new(env!("CARGO")).args(build).args(["--target", TARGET]))?;
    let module = format!("target/{TARGET}/long/iam-harness.wasm");
    let both = |words: &[&str]| {
        let native = said(Command::new("target/long/iam-harness").args(words))?;
        let node = ["--no-warnings", "crates/iam-harness/wasi.mjs", &module];
        Ok::<_, String>((native, said(Command::new("node").args(node).args(words))?))
    };
    let (native, compiled) = both(&["vectors"])?;
    if native != compiled {
        return Err(format!("the answers to the vectors differ:\n{native}\n{compiled}"));
    }
    let words: Vec<&str> = ["digest"].into_iter().chain(arguments.iter().map(String::as_str)).collect();
    let (native, compiled) = both(&words)?;
    let differing: Vec<&str> =
        native.lines().zip(compiled.lines()).filter(|(a, b)| a != b).map(|(a, _)| a).collect();
    if !differing.is_empty() || native.lines().count() != compiled.lines().count() {
        return Err(format!("verdicts differ in the thousand cases from {}", differing.join(", ")));
    }
    let text = format!(
        "all vectors, the same answers; {} cases, the same verdicts and statements: {} hashes equal\n",
        arguments.join(", seed "),
        native.lines().count()
    );
    tools::score(&root, "wasm", &text)?;
    Ok(format!("wasm: {text}"))
}

pub(crate) fn score(_check: bool) -> Outcome {
    let root = structure::root()?;
    harness("vectors", "vectors", &[])?;
    let path = root.join("SCORE.txt");
    let old = fs::read_to_string(&path).unwrap_or_default();
    let new = |part: &str| match part {
        "fuzz" => fs::read_to_string(root.join("fuzz/RUNS.txt")).ok(),
        _ => fs::read_to_string(root.join("target/score").join(part).with_extension("txt")).ok(),
    };
    fs::write(&path, together(&old, new)).map_err(|e| format!("SCORE.txt: {e}"))?;
    Ok("score: SCORE.txt is written; parts that were not run again are as they were".into())
}

const HEAD: &str =
    "How the engine did in the runs that are too long for every change. Written by `cargo xtask score`.\n";

/// The score: new parts if there are any, else the text of the old score.
fn together(old: &str, new: impl Fn(&str) -> Option<String>) -> String {
    let mut out = HEAD.to_owned();
    for (part, title) in PARTS {
        let heading = format!("\n== {title}\n");
        let before = section(old, title).map(str::to_owned);
        let text = new(part).or(before).unwrap_or_else(|| "not run yet\n".to_owned());
        out.push_str(&heading);
        out.push_str(text.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{PARTS, together};

    #[test]
    fn a_part_that_was_not_run_again_stays() {
        let first = together("", |part| (part == "laws").then(|| "all held\n".to_owned()));
        assert!(first.contains("== Laws and generated cases\nall held\n"));
        assert_eq!(first.matches("not run yet").count(), PARTS.len() - 1);
        let second = together(&first, |part| (part == "fuzz").then(|| "nothing found".to_owned()));
        assert!(second.contains("all held\n") && second.contains("nothing found\n"));
        assert_eq!(together(&second, |_| None), second);
    }
}
