//! Which tests ask which switches, and whether one of them fails if a mutant is on.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
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

/// Tests that take longer than this alone, in seconds of the processor, are left out.
const LONGEST: f64 = 20.0;
/// A test that waits, for so many times its seconds of the processor, has not ended either.
const WAITS: f64 = 10.0;
/// A mutant is tried with the tests of its own package first, and of these with the quickest: for so many seconds, then for so many more. Tests
/// that would take it beyond the last of these are not run for it.
const ROUNDS: [f64; 4] = [0.1, 1.0, 5.0, 15.0];
/// The memory of a test program, in KiB of addresses. A mutant may allocate without end.
const MEMORY: &str = "6000000";

/// The tests of the programs. Of programs that are those of an earlier run, what was noted then is read.
pub(super) fn tests(folder: &Path, programs: &[Program]) -> Result<Vec<Test>, String> {
    let memory = folder.join("tests.tsv");
    let mut noted = parse(&fs::read_to_string(&memory).unwrap_or_default());
    let mut tests = Vec::new();
    let mut kept = BTreeMap::new();
    for program in programs {
        let state = state(program);
        let lines = match noted.remove(&state) {
            Some(lines) => lines,
            None => run_alone(folder, program)?,
        };
        tests.extend(lines.iter().map(|noted| noted.test(program)));
        kept.insert(state, lines);
        fs::write(&memory, print(&kept)).map_err(|e| format!("{}: {e}", memory.display()))?;
    }
    tests.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    Ok(tests)
}

/// What is noted of a test.
#[derive(Clone, Debug, PartialEq)]
struct Noted {
    name: String,
    seconds: f64,
    reached: BTreeSet<usize>,
}

impl Noted {
    fn test(&self, program: &Program) -> Test {
        let Self { name, seconds, reached } = self.clone();
        Test { program: program.clone(), name, seconds, reached }
    }
}

/// What tells whether a program was built again: its path, length and time.
fn state(program: &Program) -> String {
    let data = fs::metadata(&program.path).ok();
    let time = data.as_ref().and_then(|own| own.modified().ok());
    let since = time.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    let nanoseconds = since.map(|since| since.as_nanos()).unwrap_or_default();
    format!("{} {} {nanoseconds}", program.path.display(), data.map(|own| own.len()).unwrap_or_default())
}

/// Reads what was noted, by the state of the program. A line that does not fit ends the reading: the rest is run again.
fn parse(text: &str) -> BTreeMap<String, Vec<Noted>> {
    let mut all: BTreeMap<String, Vec<Noted>> = BTreeMap::new();
    let mut tests = None;
    for line in text.lines() {
        let Some(fields) = line.strip_prefix('\t') else {
            tests = Some(all.entry(line.to_owned()).or_default());
            continue;
        };
        let mut fields = fields.split('\t');
        let mut read = || {
            let (name, seconds, reached) = (fields.next()?, fields.next()?.parse().ok()?, fields.next()?);
            let reached = reached.split_whitespace().map(|id| id.parse().ok()).collect::<Option<_>>()?;
            Some(Noted { name: name.to_owned(), seconds, reached })
        };
        match (&mut tests, read()) {
            (Some(tests), Some(noted)) => tests.push(noted),
            _ => return BTreeMap::new(),
        }
    }
    all
}

fn print(all: &BTreeMap<String, Vec<Noted>>) -> String {
    let mut text = String::new();
    for (state, tests) in all {
        let _ = writeln!(text, "{state}");
        for test in tests {
            let reached: Vec<String> = test.reached.iter().map(ToString::to_string).collect();
            let _ = writeln!(text, "\t{}\t{}\t{}", test.name, test.seconds, reached.join(" "));
        }
    }
    text
}

/// Runs each test of a program alone, and notes the switches that it asks.
fn run_alone(folder: &Path, program: &Program) -> Result<Vec<Noted>, String> {
    let output = Command::new(&program.path)
        .args(["--list", "--format", "terse"])
        .current_dir(&program.package)
        .output()
        .map_err(|e| format!("{}: {e}", program.path.display()))?;
    let listed = String::from_utf8_lossy(&output.stdout);
    let names: Vec<&str> = listed.lines().filter_map(|line| line.strip_suffix(": test")).collect();
    let numbers: Vec<usize> = (0..names.len()).collect();
    let run = |number: usize| {
        let Some(name) = names.get(number) else { return Ok(None) };
        let file = folder.join(format!("reached-{number}.txt"));
        let used = folder.join(format!("used-{number}.txt"));
        let ended = Run { program, names: &[name], on: None, reached: Some(&file), used: Some(&used) }
            .wait(LONGEST)?;
        let [text, times] = [&file, &used].map(|own| fs::read_to_string(own).unwrap_or_default());
        let _ = (fs::remove_file(&file), fs::remove_file(&used));
        let seconds = seconds(&times);
        if ended != Ended::Passed {
            println!("mutants: left out: {name}: {ended:?} after {seconds:.1} s");
            return Ok(None);
        }
        let reached = text.lines().filter_map(|line| line.parse().ok()).collect();
        Ok(Some(Noted { name: (*name).to_owned(), seconds, reached }))
    };
    let ran = super::in_parallel(&numbers, run)?;
    println!("mutants: {} tests of {} run alone", names.len(), program.path.display());
    Ok(ran.into_iter().filter_map(|(_, test)| test).collect())
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
            match (Run { program, names: &names, on: Some(mutant), reached: None, used: None })
                .wait(10.0 + 5.0 * seconds)?
            {
                Ended::Passed => {}
                Ended::Failed => return Ok(Outcome::Caught),
                Ended::Not => return Ok(Outcome::Timeout),
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
    /// Where the seconds of the processor are written that it took.
    used: Option<&'r Path>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Passed,
    Failed,
    /// It was stopped.
    Not,
}

impl Run<'_> {
    /// Runs for so many seconds of the processor, so that what else the machine does changes no outcome.
    fn wait(&self, seconds: f64) -> Result<Ended, String> {
        let mut command = Command::new("sh");
        let run = match self.used {
            None => "exec \"$0\" \"$@\"",
            Some(_) => "\"$0\" \"$@\"; ended=$?; times > \"$MUTANT_USED\"; exit $ended",
        };
        command.args(["-c", &format!("ulimit -v {MEMORY}; ulimit -t {seconds:.0}; {run}")]);
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
        if let Some(file) = self.used {
            command.env("MUTANT_USED", file);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|e| format!("{}: {e}", self.program.path.display()))?;
        let begin = now();
        let mut pause = Duration::from_millis(1);
        loop {
            if let Some(status) = child.try_wait().map_err(|e| e.to_string())? {
                // A shell tells of a signal by a code.
                let signal = status.signal().or(status.code().and_then(|code| code.checked_sub(128)));
                return Ok(match signal {
                    Some(KILLED | OVER_TIME) => Ended::Not,
                    _ if status.success() => Ended::Passed,
                    _ => Ended::Failed,
                });
            }
            if begin.elapsed().as_secs_f64() > WAITS * seconds {
                let _ = child.kill();
                let _ = child.wait();
                return Ok(Ended::Not);
            }
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(50));
        }
    }
}

/// The seconds of the processor that `times` of a shell says its children took: the sum of its second line, such as `0m1.25s 0m0.03s`.
fn seconds(times: &str) -> f64 {
    let one = |time: &str| {
        let (minutes, seconds) = time.strip_suffix('s')?.split_once('m')?;
        Some(60.0 * minutes.parse::<f64>().ok()? + seconds.parse::<f64>().ok()?)
    };
    times.lines().nth(1).unwrap_or_default().split_whitespace().filter_map(one).sum()
}

/// The signals by which the system stops a process that had its seconds.
const KILLED: i32 = 9;
const OVER_TIME: i32 = 24;

fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "a chore measures how long tests take")]
    Instant::now()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn what_is_noted_is_read() {
        let test = Noted { name: "a::b".into(), seconds: 0.25, reached: BTreeSet::from([3, 70]) };
        let all = BTreeMap::from([
            ("/a 1 2".to_owned(), vec![test.clone(), Noted { reached: BTreeSet::new(), ..test }]),
            ("/b 3 4".to_owned(), Vec::new()),
        ]);
        assert_eq!(parse(&print(&all)), all);
        assert_eq!(parse("\ta\t0.1\t1\n"), BTreeMap::new());
        assert_eq!(parse("/a\n\ta\tx\t1\n"), BTreeMap::new());
    }

    #[test]
    fn seconds_are_those_of_the_children() {
        assert!((seconds("0m9.00s 0m9.00s\n1m1.25s 0m0.50s\n") - 61.75).abs() < 1e-9);
        assert!(seconds("").abs() < 1e-9);
    }

    #[test]
    fn a_run_ends_in_its_own_seconds() {
        let run = |script: &str, seconds| {
            let folder = std::env::temp_dir().join(format!("iamgate-run-{}-{seconds}", std::process::id()));
            fs::create_dir_all(&folder).expect("a folder");
            let path = folder.join("run.sh");
            fs::write(&path, script).expect("a script");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it may run");
            let program = Program { path, package: folder.clone() };
            let used = folder.join("used.txt");
            let ended = Run { program: &program, names: &["x"], on: None, reached: None, used: Some(&used) }
                .wait(seconds);
            assert_eq!(
                ended,
                Run { program: &program, names: &["x"], on: None, reached: None, used: None }.wait(seconds)
            );
            assert!(fs::read_to_string(&used).is_ok_and(|text| super::seconds(&text) < 10.0));
            fs::remove_dir_all(&folder).expect("the folder");
            ended
        };
        assert_eq!(run("#!/bin/sh\nexit 0\n", 1.0), Ok(Ended::Passed));
        assert_eq!(run("#!/bin/sh\nexit 3\n", 2.0), Ok(Ended::Failed));
        assert_eq!(run("#!/bin/sh\nwhile :; do :; done\n", 1.5), Ok(Ended::Not));
    }
}
