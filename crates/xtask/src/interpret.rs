//! Runs the tests under Miri: `cargo xtask interpret [TARGET...]`, on three targets by default.
//!
//! Miri finds undefined behaviour in the code that the crates use. It also runs the tests on 32-bit and on big-endian machines.
//!
//! Needs the nightly toolchain with `miri` and `rust-src`, and installs them if they are missing.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Instant;

use super::{Outcome, structure, tools};

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

/// Unit tests over every day of 2400 years, every pair of short patterns, and the whole catalogue. They are left out for the same reason, and with
/// them `iamgate`, whose tests ask about the whole catalogue.
const LEFT_OUT: &[&str] = &[
    "every_day_follows_the_one_before",
    "a_yes_is_true_of_every_text",
    "sections_have_what_the_details_have",
];

/// The numbers that the tests print at their ends.
#[derive(Debug, Default, PartialEq, Eq)]
struct Passed {
    count: usize,
    failed: usize,
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
}

pub(crate) fn run(_check: bool) -> Outcome {
    let root = structure::root()?;
    tools::need(
        &root,
        &["rustup", "run", "nightly", "cargo", "miri", "--version"],
        &["rustup", "toolchain", "install", "nightly", "--component", "miri,rust-src"],
    )?;
    let named: Vec<String> = std::env::args().skip(2).collect();
    if let Some(unknown) = named.iter().find(|name| !TARGETS.iter().any(|(target, _)| target == name)) {
        return Err(format!("{unknown} is none of {TARGETS:?}"));
    }
    let mut chosen = TARGETS.to_vec();
    chosen.retain(|(target, _)| named.is_empty() || named.iter().any(|name| name == target));
    let mut said = Vec::new();
    let mut wrong = Vec::new();
    for (target, what) in &chosen {
        #[expect(clippy::disallowed_methods, reason = "a chore tells how long it took")]
        let begin = Instant::now();
        let mut passed = Passed::default();
        for tests in TESTS {
            let mut words = vec!["rustup", "run", "nightly", "cargo", "miri", "test", "--target", target];
            words.extend(*tests);
            if !tests.contains(&"--") {
                words.push("--");
            }
            words.extend(LEFT_OUT.iter().flat_map(|name| ["--skip", name]));
            let mut command = tools::command(&root, &words)?;
            let mut child = command.stdout(Stdio::piped()).spawn().map_err(|e| format!("rustup: {e}"))?;
            let output = child.stdout.take().ok_or("no output")?;
            for line in BufReader::new(output).lines() {
                let line = line.map_err(|e| e.to_string())?;
                println!("{line}");
                passed.take(&line);
            }
            if !child.wait().map_err(|e| e.to_string())?.success() {
                wrong.push(format!("{target}: failed: {}", words.join(" ")));
            }
        }
        let minutes = begin.elapsed().as_secs_f64() / 60.0;
        println!("{target}: {} tests, {minutes:.1} minutes", passed.count);
        if passed.count == 0 || passed.failed > 0 {
            wrong.push(format!("{target}: {} tests passed and {} failed", passed.count, passed.failed));
        }
        said.push(format!("{} on {target} ({what})", passed.count));
    }
    let line = format!("interpret: {}; {} findings", said.join(", "), wrong.len());
    tools::score(&root, "interpret", &line)?;
    if wrong.is_empty() { Ok(line) } else { Err(format!("{line}\n{}", wrong.join("\n"))) }
}

#[cfg(test)]
mod tests {
    use super::Passed;

    #[test]
    fn results_are_added_up() {
        let mut passed = Passed::default();
        for line in [
            "running 3 tests",
            "test a ... ok",
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.1s",
            "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s",
        ] {
            passed.take(line);
        }
        assert_eq!(passed, Passed { count: 14, failed: 1 });
    }
}
