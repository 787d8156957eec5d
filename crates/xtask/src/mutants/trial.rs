//! Which tests ask which switches, and whether one of them fails if a mutant is on.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::tree::Program;

/// A test, how long it takes, and the switches that it asks.
#[derive(Debug)]
pub(super) struct Test {
    program: Program,
    name: String,
    seconds: f64,
    reached: BTreeSet<usize>,
}

/// What became of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// A test failed.
    Caught,
    /// A test did not end.
    Timeout,
    /// No test failed, or no test reaches the code.
    Missed { is_reached: bool },
}

/// Tests that take longer than this alone are left out.
const LONGEST: f64 = 120.0;
/// A mutant is tried with the quickest tests first: for so many seconds, then for so many more.
const ROUNDS: [f64; 4] = [0.1, 1.0, 8.0, f64::INFINITY];
/// The memory of a test program, in KiB of addresses. A mutant may allocate without end.
const MEMORY: &str = "6000000";

/// Runs each test alone, and notes the switches that it asks.
pub(super) fn tests(folder: &Path, programs: &[Program]) -> Result<Vec<Test>, String> {
    let mut names: Vec<(Program, String)> = Vec::new();
    for program in programs {
        let output = Command::new(&program.path)
            .args(["--list", "--format", "terse"])
            .current_dir(&program.package)
            .output()
            .map_err(|e| format!("{}: {e}", program.path.display()))?;
        let listed = String::from_utf8_lossy(&output.stdout);
        let tests = listed.lines().filter_map(|line| line.strip_suffix(": test"));
        names.extend(tests.map(|name| (program.clone(), name.to_owned())));
    }
    let mut tests = Vec::new();
    for (number, (program, name)) in names.into_iter().enumerate() {
        let file = folder.join("reached.txt");
        let _ = fs::remove_file(&file);
        let begin = now();
        let ended =
            Run { program: &program, names: &[&name], on: None, reached: Some(&file) }.wait(LONGEST)?;
        let seconds = begin.elapsed().as_secs_f64();
        if ended != Some(true) {
            println!("mutants: left out: {name}: {ended:?} after {seconds:.1} s");
            continue;
        }
        let text = fs::read_to_string(&file).unwrap_or_default();
        let reached = text.lines().filter_map(|line| line.parse().ok()).collect();
        tests.push(Test { program, name, seconds, reached });
        if number % 100 == 99 {
            println!("mutants: {} tests run alone", number + 1);
        }
    }
    tests.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    Ok(tests)
}

/// Tries a mutant with the tests that reach it, the quickest first.
pub(super) fn trial(mutant: usize, tests: &[Test]) -> Result<Outcome, String> {
    let mut rest: Vec<&Test> = tests.iter().filter(|test| test.reached.contains(&mutant)).collect();
    if rest.is_empty() {
        return Ok(Outcome::Missed { is_reached: false });
    }
    for seconds in ROUNDS {
        let mut sum = 0.0;
        let take = rest.iter().take_while(|test| {
            sum += test.seconds;
            sum <= seconds
        });
        let take = take.count();
        let now: Vec<&Test> = rest.drain(..take).collect();
        let mut programs: BTreeMap<&Program, (Vec<&str>, f64)> = BTreeMap::new();
        for test in now {
            let (names, seconds) = programs.entry(&test.program).or_default();
            names.push(&test.name);
            *seconds += test.seconds;
        }
        for (program, (names, seconds)) in programs {
            match (Run { program, names: &names, on: Some(mutant), reached: None })
                .wait(10.0 + 5.0 * seconds)?
            {
                Some(true) => {}
                Some(false) => return Ok(Outcome::Caught),
                None => return Ok(Outcome::Timeout),
            }
        }
    }
    Ok(Outcome::Missed { is_reached: true })
}

/// One run of a test program.
struct Run<'r> {
    program: &'r Program,
    names: &'r [&'r str],
    on: Option<usize>,
    reached: Option<&'r Path>,
}

impl Run<'_> {
    /// Whether the tests passed. `None` if they did not end in time.
    fn wait(&self, seconds: f64) -> Result<Option<bool>, String> {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("ulimit -v {MEMORY}; exec \"$0\" \"$@\"")]);
        command.arg(&self.program.path).args(["--exact", "--quiet", "--test-threads", "1"]).args(self.names);
        command.current_dir(&self.program.package).env("CARGO_MANIFEST_DIR", &self.program.package);
        command.env("INSTA_UPDATE", "no").env("PROPTEST_FAILURE_PERSISTENCE", "off");
        if let Some(root) = self.program.package.parent().and_then(Path::parent) {
            command.env("INSTA_WORKSPACE_ROOT", root);
        }
        if let Some(number) = self.on {
            command.env("MUTANT", number.to_string());
        }
        if let Some(file) = self.reached {
            command.env("MUTANT_REACHED", file);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|e| format!("{}: {e}", self.program.path.display()))?;
        let begin = now();
        let mut pause = Duration::from_millis(1);
        loop {
            if let Some(status) = child.try_wait().map_err(|e| e.to_string())? {
                return Ok(Some(status.success()));
            }
            if begin.elapsed().as_secs_f64() > seconds {
                let _ = child.kill();
                let _ = child.wait();
                return Ok(None);
            }
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(50));
        }
    }
}

fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "a chore measures how long tests take")]
    Instant::now()
}
