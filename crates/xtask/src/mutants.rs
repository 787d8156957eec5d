//! Changes of the code that no test notices: `cargo xtask mutants [FILE...] [--in-diff[=REVISION]]`.
//!
//! Needs `cargo-mutants` 27.1.0, and installs it if it is missing. `.cargo/mutants.toml` says which files are changed, and lists each accepted
//! change with its reason. Without arguments all files are tried, which takes hours. With a list of files only these are tried. With
//! `--in-diff` only the differences from a revision are tried (by default from the last commit).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Outcome, structure, tools};

const VERSION: &str = "27.1.0";

/// The crates whose tests run for a mutant of a crate: its own; those of the evaluator, which show what was read; and those of `iam-engines`,
/// which have the laws and vectors. The first test that fails ends the run.
const TESTS: &[(&str, &[&str])] =
    &[("iam-eval", &["iam-eval", "iam-engines"]), ("iam-policy", &["iam-policy", "iam-eval", "iam-engines"])];

/// The outcomes of the mutants of a run.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    caught: usize,
    missed: Vec<String>,
    timeouts: usize,
    unviable: usize,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.caught += other.caught;
        self.missed.extend(other.missed);
        self.timeouts += other.timeouts;
        self.unviable += other.unviable;
    }
}

pub(crate) fn run(_check: bool) -> Outcome {
    let root = structure::root()?;
    let (files, diff): (Vec<String>, Vec<String>) =
        std::env::args().skip(2).partition(|argument| !argument.starts_with("--"));
    tools::need(
        &root,
        &["cargo", "mutants", "--version"],
        &["cargo", "install", "cargo-mutants", "--version", VERSION, "--locked"],
    )?;
    let patch = match diff.as_slice() {
        [] => Vec::new(),
        [flag] if flag == "--in-diff" || flag.starts_with("--in-diff=") => {
            let Some(patch) = patch(&root, flag.strip_prefix("--in-diff=").unwrap_or("HEAD"))? else {
                return Ok("mutants: nothing differs".into());
            };
            vec!["--in-diff".to_owned(), patch.to_string_lossy().into_owned()]
        }
        _ => return Err("mutants [FILE...] [--in-diff[=REVISION]]".into()),
    };
    let settings =
        fs::read_to_string(root.join(".cargo/mutants.toml")).map_err(|e| format!("mutants.toml: {e}"))?;
    let (mut counts, mut listed) = (Counts::default(), 0);
    for (of, globs) in by_crate(if files.is_empty() { list(&settings, "examine_globs")?.0 } else { files }) {
        let with_list = write(&root, &of, "with-list", &of_crate(&settings, &of, &globs)?)?;
        let without = without_list(&of_crate(&settings, &of, &globs)?)?;
        let without = write(&root, &of, "without-list", &without)?;
        let tried = count(&root, &with_list, &patch)?;
        let more = count(&root, &without, &patch)?.saturating_sub(tried);
        println!("{of}: {tried} mutants to try, {more} on the list of accepted ones");
        listed += more;
        if tried > 0 {
            counts.add(measure(&root, &of, &with_list, &patch)?);
        }
    }
    for mutant in &counts.missed {
        println!("missed: {mutant}");
    }
    let line = format!(
        "mutants: {} caught, {} missed outside the list, {listed} listed, {} timeouts, {} unviable",
        counts.caught,
        counts.missed.len(),
        counts.timeouts,
        counts.unviable
    );
    tools::score(&root, "mutants", &line)?;
    if counts.missed.is_empty() { Ok(line) } else { Err(line) }
}

/// The differences from a revision, as a file for `cargo mutants`.
fn patch(root: &Path, revision: &str) -> Result<Option<PathBuf>, String> {
    let output =
        tools::command(root, &["git", "diff", revision])?.output().map_err(|e| format!("git: {e}"))?;
    if !output.status.success() {
        return Err(format!("git diff {revision}: {}", String::from_utf8_lossy(&output.stderr)));
    }
    if output.stdout.is_empty() {
        return Ok(None);
    }
    let file = root.join("target/mutants.patch");
    fs::write(&file, &output.stdout).map_err(|e| format!("{}: {e}", file.display()))?;
    Ok(Some(file))
}

/// The files or patterns of each crate.
fn by_crate(globs: Vec<String>) -> BTreeMap<String, Vec<String>> {
    let mut crates: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for glob in globs {
        let name = glob.strip_prefix("crates/").and_then(|rest| rest.split('/').next()).unwrap_or_default();
        crates.entry(name.to_owned()).or_default().push(glob);
    }
    crates
}

/// The texts of a list in the settings, without its comments; and the settings without the list.
fn list(settings: &str, name: &str) -> Result<(Vec<String>, String), String> {
    let (before, list, after) = split(settings, name)?;
    let texts = list.lines().map(|line| line.trim_matches([' ', ','])).filter(|l| l.starts_with(['"', '\'']));
    let texts = texts.map(|text| text.trim_matches(['"', '\'']).to_owned()).collect();
    Ok((texts, format!("{before}{after}")))
}

fn split<'s>(settings: &'s str, name: &str) -> Result<(&'s str, &'s str, &'s str), String> {
    let (before, rest) = settings
        .split_once(&format!("{name} = [\n"))
        .ok_or_else(|| format!("mutants.toml: no list {name}"))?;
    let (list, after) = match rest.strip_prefix("]") {
        Some(after) => ("", after),
        None => rest.split_once("\n]").ok_or_else(|| format!("mutants.toml: {name} does not end"))?,
    };
    Ok((before, list, after))
}

/// The settings for one crate: its files, and the tests that run for them.
fn of_crate(settings: &str, name: &str, globs: &[String]) -> Result<String, String> {
    let quoted = |texts: &[&str]| texts.iter().map(|t| format!("\"{t}\"")).collect::<Vec<_>>().join(", ");
    let (_, rest) = list(settings, "examine_globs")?;
    let own = [name];
    let tests = TESTS.iter().find(|(of, _)| *of == name).map_or(&own[..], |(_, tests)| tests);
    let globs: Vec<&str> = globs.iter().map(String::as_str).collect();
    Ok(format!("examine_globs = [{}]\ntest_package = [{}]\n{rest}", quoted(&globs), quoted(tests)))
}

fn write(root: &Path, of: &str, name: &str, settings: &str) -> Result<String, String> {
    let file = root.join(format!("target/mutants/{of}-{name}.toml"));
    fs::create_dir_all(root.join("target/mutants")).map_err(|e| format!("target/mutants: {e}"))?;
    fs::write(&file, settings).map_err(|e| format!("{}: {e}", file.display()))?;
    Ok(file.to_string_lossy().into_owned())
}

/// The number of mutants under some settings.
fn count(root: &Path, settings: &str, patch: &[String]) -> Result<usize, String> {
    let mut words = vec!["cargo", "mutants", "--list", "--json", "--config", settings];
    words.extend(patch.iter().map(String::as_str));
    let output = tools::command(root, &words)?.output().map_err(|e| format!("cargo mutants: {e}"))?;
    if !output.status.success() {
        return Err(format!("cargo mutants --list: {}", String::from_utf8_lossy(&output.stderr)));
    }
    if output.stdout.is_empty() {
        return Ok(0);
    }
    let mutants: Vec<serde_json::Value> =
        serde_json::from_slice(&output.stdout).map_err(|e| format!("cargo mutants --list: {e}"))?;
    Ok(mutants.len())
}

/// The settings without `exclude_re`. Each entry of that list must have a comment above it with the reason.
fn without_list(settings: &str) -> Result<String, String> {
    let (before, list, after) = split(settings, "exclude_re")?;
    let mut reason = false;
    for line in list.lines().map(|line| line.trim_matches(' ')) {
        if line.starts_with('#') {
            reason = true;
        } else if !line.is_empty() && !std::mem::take(&mut reason) {
            return Err(format!("mutants.toml: no reason above {line}"));
        }
    }
    Ok(format!("{before}{after}"))
}

fn measure(root: &Path, of: &str, settings: &str, patch: &[String]) -> Result<Counts, String> {
    let folder = format!("target/mutants/{of}");
    let mut words = vec!["cargo", "mutants", "--no-shuffle", "--output", &folder, "--config", settings];
    if tools::has(root, &["cargo", "nextest", "--version"]) {
        words.extend(["--test-tool", "nextest"]);
    }
    words.extend(patch.iter().map(String::as_str));
    // Mutants need no debug information.
    let mut command = tools::command(root, &words)?;
    command.env("CARGO_PROFILE_DEV_DEBUG", "false").env("CARGO_PROFILE_TEST_DEBUG", "false");
    fs::create_dir_all(root.join(&folder)).map_err(|e| format!("{folder}: {e}"))?;
    let status = command.status().map_err(|e| format!("cargo mutants: {e}"))?;
    // 2 and 3: some mutants were missed, or exceeded the time limit.
    if !matches!(status.code(), Some(0 | 2 | 3)) {
        return Err(format!("cargo mutants could not do its work: {status}"));
    }
    let file = root.join(folder).join("mutants.out/outcomes.json");
    let text = fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
    read(&serde_json::from_str(&text).map_err(|e| format!("{}: {e}", file.display()))?)
}

/// Counts the outcomes. An unknown outcome is an error.
fn read(outcomes: &serde_json::Value) -> Result<Counts, String> {
    let mut counts = Counts::default();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for outcome in outcomes["outcomes"].as_array().ok_or("outcomes.json: no outcomes")? {
        let Some(name) = outcome["scenario"]["Mutant"]["name"].as_str() else { continue };
        match outcome["summary"].as_str().unwrap_or_default() {
            "CaughtMutant" => counts.caught += 1,
            "MissedMutant" => counts.missed.push(name.to_owned()),
            "Timeout" => counts.timeouts += 1,
            "Unviable" => counts.unviable += 1,
            other => *seen.entry(other).or_default() += 1,
        }
    }
    if seen.is_empty() { Ok(counts) } else { Err(format!("outcomes.json: {seen:?}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_counted_and_an_unknown_one_is_refused() {
        let outcome = |name: &str, summary: &str| serde_json::json!({"scenario": {"Mutant": {"name": name}}, "summary": summary});
        let mut all = serde_json::json!({"outcomes": [
            {"scenario": "Baseline", "summary": "Success"},
            outcome("a", "CaughtMutant"), outcome("b", "MissedMutant"), outcome("c", "Timeout"),
            outcome("d", "Unviable"), outcome("e", "CaughtMutant"),
        ]});
        let wanted = Counts { caught: 2, missed: vec!["b".to_owned()], timeouts: 1, unviable: 1 };
        assert_eq!(read(&all), Ok(wanted));
        all["outcomes"][1]["summary"] = "Success".into();
        assert!(read(&all).is_err());
    }

    #[test]
    fn each_crate_has_its_files_and_its_tests() {
        let settings = "# Why.\nexamine_globs = [\n  \"crates/iam-policy/src/a.rs\",\n  # More.\n  \"crates/iam-eval/src/*.rs\",\n]\nb = 2\n";
        let (globs, rest) = list(settings, "examine_globs").expect("a list");
        assert_eq!(rest, "# Why.\n\nb = 2\n");
        let crates = by_crate(globs);
        assert_eq!(crates.keys().collect::<Vec<_>>(), ["iam-eval", "iam-policy"]);
        let made = of_crate(settings, "iam-policy", &crates["iam-policy"]).expect("settings");
        assert!(made.starts_with(
            "examine_globs = [\"crates/iam-policy/src/a.rs\"]\ntest_package = [\"iam-policy\", \"iam-eval\", \"iam-engines\"]\n"
        ));
        let made = of_crate(settings, "iamgate", &[]).expect("settings");
        assert!(made.starts_with("examine_globs = []\ntest_package = [\"iamgate\"]\n"));
    }

    #[test]
    fn each_accepted_mutant_has_a_reason() {
        let settings = |list: &str| format!("a = 1\nexclude_re = [\n{list}]\nb = 2\n");
        assert_eq!(without_list(&settings("")).as_deref(), Ok("a = 1\n\nb = 2\n"));
        assert_eq!(without_list(&settings("  # Why.\n  \"x\",\n")).as_deref(), Ok("a = 1\n\nb = 2\n"));
        assert!(without_list(&settings("  \"x\",\n")).is_err());
        assert!(without_list(&settings("  # Why.\n  \"x\",\n  \"y[0]\",\n")).is_err());
        let committed = structure::root()
            .and_then(|root| fs::read_to_string(root.join(".cargo/mutants.toml")).map_err(|e| e.to_string()));
        assert!(committed.and_then(|text| without_list(&text)).is_ok());
    }
}
