//! Changes of the code that no test notices: `cargo xtask mutants [FILE...] [--missed] [--minutes N] [--in-diff[=REVISION]]`.
//!
//! `cargo-mutants` 27.1.0 lists the changes, and is installed if it is missing. It would build the workspace once for each, which takes days.
//! Tests are bounded (`trial`): a change that only minutes of tests would notice counts as one that none does.
//! This chore puts all changes into a copy of the workspace at once, each behind a switch (`switched`), takes out those that do not compile
//! (`tree`), builds the tests once, notes which tests ask which switches, and tries each change with the tests that reach it, the quickest
//! first (`trial`). Changes for which no switch can be written (in constant functions, for example) are counted apart;
//! `cargo mutants --file FILE` tries those.
//!
//! `.cargo/mutants.toml` says which files are changed, and lists each accepted change with its reason. What was found is kept by file
//! (`progress`), so that a run continues where the last one ended: a file is tried again once it has changed. With `--minutes` no file is begun
//! after that time. With a list of files only these are tried. With `--missed` only those changes are tried that no test noticed the last time, in
//! files that are as they were then: tests may have been added. With `--in-diff` only the differences from a revision are tried (by default from
//! the last commit), and nothing is kept.

mod listed;
mod progress;
mod switched;
mod tree;
mod trial;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use listed::Mutant;
use progress::{Found, Progress, UNREACHED};
use tree::{Left, Tree};
use trial::{Outcome as Tried, Test};

use super::{Outcome, structure, tools};

const VERSION: &str = "27.1.0";

/// The crates whose tests run. A test runs for a mutant only if it reaches the code.
const TESTS: &[&str] = &[
    "iam-json",
    "iam-policy",
    "iam-eval",
    "iam-engines",
    "iam-analysis",
    "iam-catalog",
    "iam-denial",
    "iamgate",
    "iamgate-record",
    "iamgate-token",
    "iamgate-verbs",
    // The program's tests reach what only it shows; those of the harness ask many questions about few things.
    "iamgate-cli",
    "iam-harness",
];

/// What the command line asks for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    files: Vec<String>,
    missed: bool,
    minutes: Option<u64>,
    /// The revision.
    in_diff: Option<String>,
}

/// The mutants of one file, by their numbers.
type ByFile = Vec<(String, Vec<usize>)>;

pub(crate) fn run(_check: bool) -> Outcome {
    let begin = now();
    let root = structure::root()?;
    let asked = asked(std::env::args().skip(2))?;
    tools::need(
        &root,
        &["cargo", "mutants", "--version"],
        &["cargo", "install", "cargo-mutants", "--version", VERSION, "--locked"],
    )?;
    let patch = match &asked.in_diff {
        None => Vec::new(),
        Some(revision) => match patch(&root, revision)? {
            None => return Ok("mutants: nothing differs".into()),
            Some(file) => vec!["--in-diff".to_owned(), file.to_string_lossy().into_owned()],
        },
    };
    let settings = fs::read_to_string(root.join(".cargo/mutants.toml"))
        .map_err(|e| format!(".cargo/mutants.toml: {e}"))?;
    let with = write(&root, "with-list", &settings)?;
    let without = write(&root, "without-list", &without_list(&settings)?)?;
    let all = listed::list(&root, &with, &patch)?;
    if asked.in_diff.is_none() {
        matched(&globs(&settings)?, &all)?;
    }
    let accepted = listed::list(&root, &without, &patch)?.len().saturating_sub(all.len());
    let mut progress = Progress::read(&root)?;
    let (by_file, hashes) = by_file(&root, &all, &globs(&settings)?)?;
    progress.files.retain(|file, found| hashes.get(file) == Some(&found.hash));
    let chosen = |file: &String| asked.files.is_empty() || asked.files.contains(file);
    let keeps = asked.in_diff.is_none();
    let todo: ByFile = by_file
        .iter()
        .filter(|(file, _)| chosen(file))
        .filter_map(|(file, numbers)| {
            let Some(found) = progress.files.get(file).filter(|_| keeps) else {
                return (!asked.missed).then(|| (file.clone(), numbers.clone()));
            };
            if asked.missed {
                let numbers: Vec<usize> = numbers
                    .iter()
                    .copied()
                    .filter(|id| all.get(*id).is_some_and(|m| found.missed(m)))
                    .collect();
                return (!numbers.is_empty()).then(|| (file.clone(), numbers));
            }
            (!asked.files.is_empty()).then(|| (file.clone(), numbers.clone()))
        })
        .collect();
    println!(
        "mutants: {} in {} files, {} of the files are to be tried, {accepted} mutants are accepted",
        all.len(),
        by_file.len(),
        todo.len()
    );
    if !todo.is_empty() {
        try_files(&root, &all, &todo, &asked, begin, |file, mut found| {
            found.hash = hashes.get(file).cloned().unwrap_or_default();
            if let Some(before) = progress.files.get(file).filter(|_| asked.missed) {
                found = before.clone().with(found);
            }
            progress.files.insert(file.to_owned(), found);
            if keeps { progress.write() } else { Ok(()) }
        })?;
    }
    let mut sum = Found::default();
    for found in progress.files.values() {
        sum.caught += found.caught;
        sum.timeouts += found.timeouts;
        sum.uncompiled += found.uncompiled;
        sum.unwritten += found.unwritten;
        sum.missed.extend(found.missed.iter().cloned());
    }
    let line = format!(
        "mutants: {} of {} files tried: {} caught, {} did not end, {} missed outside the list, {accepted} listed, {} are no program, {} without a switch",
        progress.files.len(),
        by_file.len(),
        sum.caught,
        sum.timeouts,
        sum.missed.len(),
        sum.uncompiled,
        sum.unwritten,
    );
    tools::score(&root, "mutants", &line)?;
    for mutant in &sum.missed {
        println!("missed: {mutant}");
    }
    if sum.missed.is_empty() { Ok(line) } else { Err(line) }
}

fn asked(words: impl Iterator<Item = String>) -> Result<Asked, String> {
    const USAGE: &str = "mutants [FILE...] [--missed] [--minutes N] [--in-diff[=REVISION]]";
    let mut asked = Asked::default();
    let mut words = words;
    while let Some(word) = words.next() {
        match word.as_str() {
            "--minutes" => {
                asked.minutes = Some(words.next().and_then(|n| n.parse().ok()).ok_or(USAGE)?);
            }
            "--missed" => asked.missed = true,
            "--in-diff" => asked.in_diff = Some("HEAD".into()),
            _ if word.starts_with("--in-diff=") => {
                asked.in_diff = word.strip_prefix("--in-diff=").map(str::to_owned);
            }
            _ if word.starts_with('-') => return Err(USAGE.into()),
            _ => asked.files.push(word),
        }
    }
    Ok(asked)
}

/// The mutants of each file in the order of the settings, and the hash of each file.
fn by_file(
    root: &Path,
    all: &[Mutant],
    globs: &[String],
) -> Result<(ByFile, BTreeMap<String, String>), String> {
    let mut files: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (id, mutant) in all.iter().enumerate() {
        files.entry(&mutant.file).or_default().push(id);
    }
    let mut hashes = BTreeMap::new();
    for (file, ids) in &files {
        let text = fs::read_to_string(root.join(file)).map_err(|e| format!("{file}: {e}"))?;
        let names = ids.iter().filter_map(|id| all.get(*id)).map(|mutant| mutant.name.as_str());
        hashes.insert((*file).to_owned(), progress::hash(&text, names));
    }
    let mut files: ByFile = files.into_iter().map(|(file, ids)| (file.to_owned(), ids)).collect();
    files.sort_by_key(|(file, _)| place(file, globs));
    Ok((files, hashes))
}

/// The place of the pattern in the settings that is about a file: of those that begin as it does, the one with the longest plain text.
fn place(file: &str, globs: &[String]) -> usize {
    let plain = |glob: &String| glob.find('*').unwrap_or(glob.len());
    let about =
        globs.iter().enumerate().filter(|(_, g)| file.starts_with(g.get(..plain(g)).unwrap_or_default()));
    about.max_by_key(|(_, glob)| plain(glob)).map_or(usize::MAX, |(at, _)| at)
}

/// Tries the mutants of some files, and hands over what was found for each.
fn try_files(
    root: &Path,
    all: &[Mutant],
    todo: &ByFile,
    asked: &Asked,
    begin: Instant,
    mut keep: impl FnMut(&str, Found) -> Result<(), String>,
) -> Result<(), String> {
    // All mutants get a switch, not only those to be tried: then the next run, for other files, builds little again.
    let (tree, left) = Tree::new(root, all, TESTS)?;
    println!("mutants: {} without a switch, {} are no program", left.unwritten.len(), left.uncompiled.len());
    let programs = tree.programs(TESTS)?;
    println!("mutants: {} test programs after {:.0} s", programs.len(), begin.elapsed().as_secs_f64());
    let tests = trial::tests(tree.root(), &programs)?;
    println!("mutants: {} tests after {:.0} s", tests.len(), begin.elapsed().as_secs_f64());
    let until = asked.minutes.map(|minutes| Duration::from_secs(60 * minutes));
    for (file, ids) in todo {
        if until.is_some_and(|until| begin.elapsed() > until) {
            println!("mutants: the time is up");
            break;
        }
        let found = of_file(all, ids, &left, &tests)?;
        println!(
            "mutants: {file}: {} caught, {} did not end, {} missed, {} are no program, {} without a switch; {:.0} s",
            found.caught,
            found.timeouts,
            found.missed.len(),
            found.uncompiled,
            found.unwritten,
            begin.elapsed().as_secs_f64()
        );
        for name in &found.missed {
            println!("  missed: {name}");
        }
        keep(file, found)?;
    }
    Ok(())
}

fn of_file(all: &[Mutant], numbers: &[usize], left: &Left, tests: &[Test]) -> Result<Found, String> {
    let mut found = Found::default();
    let (unwritten, uncompiled): (BTreeSet<usize>, BTreeSet<usize>) =
        (left.unwritten.iter().copied().collect(), left.uncompiled.iter().copied().collect());
    let mut to_try = Vec::new();
    for number in numbers {
        if unwritten.contains(number) {
            found.unwritten += 1;
        } else if uncompiled.contains(number) {
            found.uncompiled += 1;
        } else {
            to_try.push(*number);
        }
    }
    for (number, tried) in in_parallel(&to_try, |number| {
        let file = all.get(number).map(|mutant| mutant.file.as_str()).unwrap_or_default();
        trial::trial(number, &tree::package(file).unwrap_or_default(), tests)
    })? {
        match tried {
            Tried::Caught => found.caught += 1,
            Tried::Timeout => found.timeouts += 1,
            Tried::Missed { is_reached } => {
                let name = all.get(number).map(|mutant| mutant.name.as_str()).unwrap_or_default();
                found.missed.push(if is_reached { name.to_owned() } else { format!("{name}{UNREACHED}") });
            }
        }
    }
    Ok(found)
}

/// Asks about each number on two threads. The answers are in the order of the numbers.
fn in_parallel<T: Send>(
    numbers: &[usize],
    ask: impl Fn(usize) -> Result<T, String> + Sync,
) -> Result<Vec<(usize, T)>, String> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut own = Vec::new();
        while let Some(number) = numbers.get(next.fetch_add(1, Ordering::Relaxed)) {
            own.push((*number, ask(*number)?));
        }
        Ok::<_, String>(own)
    };
    let mut all = Vec::new();
    let threads = thread::scope(|scope| {
        let threads = [scope.spawn(work), scope.spawn(work)];
        threads.map(|thread| thread.join().map_err(|_| "a thread panicked".to_owned()).and_then(|own| own))
    });
    for own in threads {
        all.extend(own?);
    }
    all.sort_by_key(|(number, _)| *number);
    Ok(all)
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

/// The patterns of the files that are changed.
fn globs(settings: &str) -> Result<Vec<String>, String> {
    let (_, list, _) = split(settings, "examine_globs")?;
    let texts = list.lines().map(|line| line.trim_matches([' ', ','])).filter(|line| line.starts_with('"'));
    Ok(texts.map(|text| text.trim_matches('"').to_owned()).collect())
}

/// Refuses a pattern of the settings under which nothing is listed: the files have moved, or the list is not of the whole workspace.
fn matched(globs: &[String], all: &[Mutant]) -> Result<(), String> {
    let mut idle = globs.to_vec();
    for mutant in all {
        idle.retain(|glob| {
            !mutant.file.starts_with(glob.split_once('*').map_or(&**glob, |(plain, _)| plain))
        });
    }
    match idle.as_slice() {
        [] => Ok(()),
        idle => Err(format!(".cargo/mutants.toml: no mutants in {}", idle.join(", "))),
    }
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

fn write(root: &Path, name: &str, settings: &str) -> Result<String, String> {
    let file = root.join(format!("target/mutants/{name}.toml"));
    fs::create_dir_all(root.join("target/mutants")).map_err(|e| format!("target/mutants: {e}"))?;
    fs::write(&file, settings).map_err(|e| format!("{}: {e}", file.display()))?;
    Ok(file.to_string_lossy().into_owned())
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

fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "a chore stops when its time is up")]
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_stand_in_the_order_of_the_settings() {
        let globs = ["a/x/**", "a/**", "b/c.rs"].map(str::to_owned);
        let mut files = ["b/c.rs", "a/b.rs", "a/x/y.rs", "z.rs"];
        files.sort_by_key(|file| place(file, &globs));
        assert_eq!(files, ["a/x/y.rs", "a/b.rs", "b/c.rs", "z.rs"]);
    }

    #[test]
    fn each_pattern_of_the_settings_has_mutants() {
        let text = r#"[{"name": "", "file": "a/x/y.rs", "genre": "MatchArm", "replacement": "",
            "span": {"start": {"line": 1, "column": 1}, "end": {"line": 1, "column": 2}}}]"#;
        let all: Vec<Mutant> = serde_json::from_str(text).expect("a list");
        let globs = ["a/x/**", "a/x/y.rs", "b/c.rs"].map(str::to_owned);
        assert_eq!(matched(&globs[..2], &all), Ok(()));
        assert_eq!(matched(&globs, &all), Err(".cargo/mutants.toml: no mutants in b/c.rs".into()));
        assert!(matched(&globs, &[]).is_err());
    }

    #[test]
    fn the_command_line_is_read() {
        let read = |line: &str| asked(line.split_whitespace().map(str::to_owned));
        let wanted = Asked {
            files: vec!["a.rs".into()],
            missed: false,
            minutes: Some(3),
            in_diff: Some("HEAD~1".into()),
        };
        assert_eq!(read("a.rs --minutes 3 --in-diff=HEAD~1"), Ok(wanted));
        assert_eq!(read("--missed"), Ok(Asked { missed: true, ..Asked::default() }));
        assert!(read("--minutes").is_err());
        assert!(read("--all").is_err());
    }

    #[test]
    fn threads_share_the_work_and_keep_the_order() {
        let numbers: Vec<usize> = (0..100).collect();
        let answers = in_parallel(&numbers, |number| Ok(number * 2)).expect("answers");
        assert_eq!(answers, numbers.iter().map(|n| (*n, n * 2)).collect::<Vec<_>>());
        assert!(in_parallel(&numbers, |_| Err::<(), _>("no".to_owned())).is_err());
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
