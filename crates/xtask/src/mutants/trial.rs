//! Which tests ask which switches, and whether one of them fails if a mutant is on.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
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

/// Tests that take longer than this alone, in seconds, are left out.
const LONGEST: f64 = 20.0;
/// A mutant is tried with the tests of its own package first, and of these with the quickest: for so many seconds, then for so many more. Tests
/// that would take it beyond the last of these are not run for it.
const ROUNDS: [f64; 4] = [0.1, 1.0, 8.0, 30.0];
/// The memory of a test program, in KiB of addresses. A mutant may allocate without end.
const MEMORY: &str = "6000000";

/// The tests of the programs. If the programs are those of the last run, what was noted then is read.
pub(super) fn tests(folder: &Path, programs: &[Program]) -> Result<Vec<Test>, String> {
    let (memory, state) = (folder.join("tests.tsv"), state(programs));
    if let Some(tests) = fs::read_to_string(&memory).ok().and_then(|text| known(&text, &state, programs)) {
        println!("mutants: the test programs are those of the last run");
        return Ok(tests);
    }
    let tests = run_alone(folder, programs)?;
    let mut text = format!("{state}\n");
    for test in &tests {
        let reached: Vec<String> = test.reached.iter().map(ToString::to_string).collect();
        let program = test.program.path.display();
        let _ = writeln!(text, "{program}\t{}\t{}\t{}", test.name, test.seconds, reached.join(" "));
    }
    fs::write(&memory, text).map_err(|e| format!("{}: {e}", memory.display()))?;
    Ok(tests)
}

/// What tells whether programs were built again: their paths, lengths and times.
fn state(programs: &[Program]) -> String {
    let of = |program: &Program| {
        let data = fs::metadata(&program.path).ok();
        let time = data.as_ref().and_then(|own| own.modified().ok());
        let since = time.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        let nanoseconds = since.map(|since| since.as_nanos()).unwrap_or_default();
        format!("{} {} {nanoseconds}", program.path.display(), data.map(|own| own.len()).unwrap_or_default())
    };
    let all: Vec<String> = programs.iter().map(of).collect();
    super::progress::hash(&all.join("\n"), std::iter::empty())
}

/// The tests that were noted in this state.
fn known(text: &str, state: &str, programs: &[Program]) -> Option<Vec<Test>> {
    let mut lines = text.lines();
    if lines.next()? != state {
        return None;
    }
    let read = |line: &str| {
        let mut fields = line.split('\t');
        let (path, name) = (fields.next()?, fields.next()?);
        let (seconds, reached) = (fields.next()?.parse().ok()?, fields.next()?);
        let program = programs.iter().find(|program| program.path.as_os_str() == path)?.clone();
        let reached = reached.split_whitespace().map(|id| id.parse().ok()).collect::<Option<_>>()?;
        Some(Test { program, name: name.to_owned(), seconds, reached })
    };
    lines.map(read).collect()
}

/// Runs each test alone, and notes the switches that it asks.
fn run_alone(folder: &Path, programs: &[Program]) -> Result<Vec<Test>, String> {
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
    let numbers: Vec<usize> = (0..names.len()).collect();
    let run = |number: usize| {
        let Some((program, name)) = names.get(number) else { return Ok(None) };
        let file = folder.join(format!("reached-{number}.txt"));
        let begin = now();
        let ended = Run { program, names: &[name], on: None, reached: Some(&file) }.wait(LONGEST)?;
        let seconds = begin.elapsed().as_secs_f64();
        let text = fs::read_to_string(&file).unwrap_or_default();
        let _ = fs::remove_file(&file);
        if number % 100 == 99 {
            println!("mutants: {} tests run alone", number + 1);
        }
        if ended != Some(true) {
            println!("mutants: left out: {name}: {ended:?} after {seconds:.1} s");
            return Ok(None);
        }
        let reached = text.lines().filter_map(|line| line.parse().ok()).collect();
        Ok(Some(Test { program: program.clone(), name: name.clone(), seconds, reached }))
    };
    let ran = super::in_parallel(&numbers, run)?;
    let mut tests: Vec<Test> = ran.into_iter().filter_map(|(_, test)| test).collect();
    tests.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    Ok(tests)
}

/// Tries a mutant of a package with the tests that reach it: those of the package first, and the quickest first.
pub(super) fn trial(mutant: usize, package: &str, tests: &[Test]) -> Result<Outcome, String> {
    let mut rest: Vec<&Test> = tests.iter().filter(|test| test.reached.contains(&mutant)).collect();
    rest.sort_by_key(|test| !test.program.package.ends_with(package));
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
