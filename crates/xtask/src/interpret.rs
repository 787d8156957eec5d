//! Runs the tests under Miri: `cargo xtask interpret [TARGET...]`, on three targets by default.
//!
//! Miri finds undefined behaviour in the code that the crates use. It also runs the tests on 32-bit and on big-endian machines.
//!
//! Needs the nightly toolchain with `miri` and `rust-src`, and installs them if they are missing. If they cannot be had, the chore says so
//! and runs `cargo xtask machines` instead: compiled tests on the same kinds of machine, and under AddressSanitizer.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use super::{Outcome, machines, structure, tools};

/// The targets on which the tests run. The first is a common host.
const TARGETS: &[(&str, &str)] = &[
    ("x86_64-unknown-linux-gnu", "64 bit"),
    ("i686-unknown-linux-gnu", "32 bit"),
    ("s390x-unknown-linux-gnu", "big end first"),
];

/// The tests that run: arguments of `cargo test`. Properties, whole files of vectors, and tests of every operator with every value are left
/// out. They repeat the same code, and Miri is a thousand times slower.
const TESTS: &[&[&str]] = &[
    &[
        "--package",
        "iam-json",
        "--package",
        "iam-policy",
        "--package",
        "iam-eval",
        "--package",
        "iam-catalog",
        "--lib",
    ],
    &["--package", "iam-eval", "--test", "rules", "--", "explain::", "matching::", "variables::"],
];

/// Unit tests over every day of 2400 years, every pair of short patterns, every place in a word of bytes, and the whole catalogue. They are left out for the same reason, and with
/// them `iamgate`, whose tests ask about the whole catalogue.
const LEFT_OUT: &[&str] = &[
    "every_day_follows_the_one_before",
    "a_yes_is_true_of_every_text",
    "sections_have_what_the_details_have",
    "names_are_found_in_any_order",
    "services_begin_with_a_text",
    "the_first_is_the_first",
];

/// What shows that Miri is there.
const MIRI: &[&str] = &["rustup", "run", "nightly", "cargo", "miri", "--version"];

/// The numbers that the tests print at their ends.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Passed {
    count: usize,
    failed: usize,
    /// Commands that failed.
    wrong: Vec<String>,
}

impl Passed {
    /// Adds a line such as `test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out`. Other lines are ignored.
    fn take(&mut self, line: &str) {
        let Some((_, result)) = line.split_once("test result: ") else { return };
        let number = |word: &str| {
            let before = result.split_once(word).map_or("", |(before, _)| before);
            before.rsplit(' ').next().and_then(|digits| digits.parse::<usize>().ok()).unwrap_or_default()
        };
        self.count += number(" passed");
        self.failed += number(" failed");
    }

    /// Runs the tests of a command, shows what they print, and adds their numbers.
    pub(crate) fn of(&mut self, mut command: Command) -> Result<(), String> {
        let words: Vec<_> = command.get_args().map(|word| word.to_string_lossy().into_owned()).collect();
        let words = format!("{} {}", command.get_program().to_string_lossy(), words.join(" "));
        let mut child = command.stdout(Stdio::piped()).spawn().map_err(|e| format!("{words}: {e}"))?;
        for line in BufReader::new(child.stdout.take().ok_or("no output")?).lines() {
            let line = line.map_err(|e| e.to_string())?;
            println!("{line}");
            self.take(&line);
        }
        if !child.wait().map_err(|e| e.to_string())?.success() {
            self.wrong.push(format!("failed: {words}"));
        }
        Ok(())
    }

    /// Whether tests ran and all of them passed.
    pub(crate) fn good(&self) -> bool {
        self.count > 0 && self.failed == 0 && self.wrong.is_empty()
    }
}

pub(crate) fn run(_check: bool) -> Outcome {
    let root = structure::root()?;
    let chosen = chosen(TARGETS, |(target, _)| target)?;
    if let Err(reason) = install(&root) {
        let line = format!("Miri cannot be had: {reason}. So compiled tests run instead (Other machines)");
        println!("{line}");
        tools::score(&root, "interpret", &line)?;
        return Ok(format!("{line}\n{}", machines::run(false)?));
    }
    let version = tools::command(&root, MIRI)?.output().map_err(|e| format!("rustup: {e}"))?;
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let mut said = vec![version.trim_end().to_owned()];
    let mut good = true;
    for (target, what) in chosen {
        let (passed, line) =
            timed(&format!("{target} ({what})"), |passed| under_miri(&root, target, passed))?;
        good &= passed.good();
        said.push(line);
    }
    report(&root, "interpret", &said, good)
}

/// Installs Miri if it is missing. A nightly toolchain that is there stays as it is, if its own Miri can be had.
fn install(root: &Path) -> Result<(), String> {
    let add = ["rustup", "component", "add", "miri", "rust-src", "--toolchain", "nightly"];
    if tools::need(root, MIRI, &add).is_ok() && tools::has(root, MIRI) {
        return Ok(());
    }
    let nightly = ["rustup", "toolchain", "install", "nightly", "--component", "miri,rust-src"];
    tools::need(root, MIRI, &nightly)
}

/// The tests of one target.
fn under_miri(root: &Path, target: &str, passed: &mut Passed) -> Result<(), String> {
    for tests in TESTS {
        let mut words = vec!["rustup", "run", "nightly", "cargo", "miri", "test", "--target", target];
        words.extend(*tests);
        if !tests.contains(&"--") {
            words.push("--");
        }
        words.extend(LEFT_OUT.iter().flat_map(|name| ["--skip", name]));
        passed.of(tools::command(root, &words)?)?;
    }
    Ok(())
}

/// Those of a table that the command line names, or all.
pub(crate) fn chosen<T>(table: &'static [T], target: fn(&T) -> &str) -> Result<Vec<&'static T>, String> {
    let named: Vec<String> = std::env::args().skip(2).collect();
    if let Some(unknown) = named.iter().find(|name| !table.iter().any(|row| target(row) == *name)) {
        let known: Vec<&str> = table.iter().map(target).collect();
        return Err(format!("{unknown} is none of {}", known.join(", ")));
    }
    Ok(table.iter().filter(|row| named.is_empty() || named.iter().any(|name| name == target(row))).collect())
}

/// Runs tests, and says how many passed and how long they took.
pub(crate) fn timed(
    what: &str,
    tests: impl FnOnce(&mut Passed) -> Result<(), String>,
) -> Result<(Passed, String), String> {
    #[expect(clippy::disallowed_methods, reason = "a chore tells how long it took")]
    let begin = Instant::now();
    let mut passed = Passed::default();
    tests(&mut passed)?;
    let minutes = begin.elapsed().as_secs_f64() / 60.0;
    let line = format!("{what}: {} tests passed, {} failed", passed.count, passed.failed);
    println!("{line}, {minutes:.1} minutes");
    for wrong in &passed.wrong {
        println!("{wrong}");
    }
    Ok((passed, line))
}

/// Writes the score.
pub(crate) fn report(root: &Path, name: &str, said: &[String], good: bool) -> Outcome {
    let text = said.join("\n");
    tools::score(root, name, &text)?;
    if good { Ok(format!("{name}: {text}")) } else { Err(format!("{name}: {text}\nsee above")) }
}

#[cfg(test)]
mod tests {
    use super::{Passed, TARGETS, chosen};

    #[test]
    fn results_are_added_up() {
        let mut passed = Passed::default();
        assert!(!passed.good(), "no test ran");
        passed.take(
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.1s",
        );
        assert!(passed.good());
        for line in [
            "running 3 tests",
            "test a ... ok",
            "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s",
        ] {
            passed.take(line);
        }
        assert!(!passed.good());
        assert_eq!(passed, Passed { count: 14, failed: 1, wrong: Vec::new() });
    }

    #[test]
    fn a_command_that_fails_is_not_good_whatever_it_printed() {
        let mut passed = Passed::default();
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", "echo 'test result: ok. 2 passed; 0 failed; 0 ignored'; exit 1"]);
        passed.of(shell).expect("it runs");
        assert!(!passed.good());
        assert_eq!((passed.count, passed.wrong.len()), (2, 1));
    }

    #[test]
    fn without_names_all_targets_are_chosen() {
        // The test program has no arguments behind its own options.
        if std::env::args().len() <= 2 {
            assert_eq!(chosen(TARGETS, |(target, _)| target).map(|all| all.len()), Ok(TARGETS.len()));
        }
    }
}
