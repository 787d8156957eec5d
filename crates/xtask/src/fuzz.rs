//! Fuzzing: `cargo xtask fuzz [MINUTES] [TARGET...]` and `cargo xtask promote TARGET FILE [NAME]`.
//!
//! Fuzzing needs a nightly toolchain and cargo-fuzz. Everything else about `fuzz/` builds on stable. Each target runs for the same number of
//! minutes, two targets at a time, from seeds that are made of the vectors. Finds are written to `fuzz/artifacts/TARGET/`. `promote` makes a
//! find as small as it can and puts it into `fuzz/finds/TARGET/`, which `cargo test` in `fuzz/` replays.

mod promote;

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;

use super::{Outcome, structure};

pub(crate) use promote::run as promote;

/// The default number of minutes for each target.
const MINUTES: f64 = 1.0;

const USAGE: &str = "cargo xtask fuzz [MINUTES] [TARGET...] [--at-once=N]";

/// The default number of targets that run at the same time.
const AT_ONCE: usize = 2;

/// Options for every target. Longer inputs are slow, and find little that short ones do not.
const OPTIONS: &[&str] =
    &["-dict=iam.dict", "-max_len=4096", "-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1"];

/// The results of each target's last run.
const RUNS: &str = "RUNS.txt";

/// The result of a run of a target.
struct Ran {
    target: String,
    executions: u64,
    per_second: u64,
    finds: Vec<PathBuf>,
    /// The last message of libFuzzer, if the run ended neither by its time limit nor by a find.
    trouble: Option<String>,
}

pub(crate) fn run(_check: bool) -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(2).collect();
    let (flags, arguments): (Vec<String>, Vec<String>) =
        arguments.into_iter().partition(|a| a.starts_with("--"));
    let at_once = match flags.as_slice() {
        [] => AT_ONCE,
        [flag] => {
            let number = flag.strip_prefix("--at-once=").and_then(|number| number.parse().ok());
            number.filter(|n| *n > 0).ok_or(USAGE)?
        }
        _ => return Err(USAGE.into()),
    };
    let (numbers, wanted): (Vec<String>, Vec<String>) =
        arguments.into_iter().partition(|a| a.starts_with(|c: char| c.is_ascii_digit()));
    let minutes = match numbers.as_slice() {
        [] => MINUTES,
        [one] => one.parse::<f64>().map_err(|e| format!("{one} minutes: {e}"))?,
        _ => return Err(USAGE.into()),
    };
    let folder = folder()?;
    let all = targets(&folder)?;
    if let Some(unknown) = wanted.iter().find(|name| !all.contains(name)) {
        return Err(format!("there is no target {unknown}; there are {}", all.join(", ")));
    }
    let chosen = if wanted.is_empty() { all } else { wanted };
    tools()?;
    let mut seeds = cargo(&folder);
    seeds.args(["run", "--quiet", "--release", "--example", "seeds", "--"]).args(&chosen);
    succeed(seeds, "writing the seeds")?;
    let mut build = nightly(&folder, "build");
    build.args(["-s", "none"]);
    succeed(build, "building the targets")?;
    println!("{} targets, {minutes} minutes each, {at_once} at a time", chosen.len());
    let mut ran = run_all(&folder, chosen, minutes, at_once)?;
    ran.sort_by(|a, b| a.target.cmp(&b.target));
    record(&folder, &ran, minutes)?;
    told(&folder, &ran)
}

/// The folder of the fuzz targets.
fn folder() -> Result<PathBuf, String> {
    Ok(structure::root()?.join("fuzz"))
}

/// The targets, from the names of their programs.
fn targets(folder: &Path) -> Result<Vec<String>, String> {
    let mut programs = Vec::new();
    structure::files(&folder.join("fuzz_targets"), "rs", &mut programs)?;
    let name = |path: &PathBuf| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let mut names: Vec<String> = programs.iter().filter_map(name).collect();
    names.sort();
    Ok(names)
}

/// Checks that a nightly toolchain and cargo-fuzz are installed.
fn tools() -> Result<(), String> {
    let works = |program: &str, arguments: &[&str]| {
        let run = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
        run.is_ok_and(|status| status.success())
    };
    let install = |program: &str, arguments: &[&str]| {
        println!("installing: {program} {}", arguments.join(" "));
        let mut command = Command::new(program);
        command.args(arguments);
        succeed(command, &format!("{program} {}", arguments.join(" ")))
    };
    if !works("rustup", &["run", "nightly", "rustc", "--version"]) {
        install("rustup", &["toolchain", "install", "nightly", "--profile", "minimal"])?;
    }
    if !works("cargo", &["fuzz", "--version"]) {
        install("cargo", &["install", "cargo-fuzz", "--locked"])?;
    }
    Ok(())
}

fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(folder);
    command
}

/// `cargo fuzz` on the nightly toolchain, regardless of the toolchain that runs this chore.
fn nightly(folder: &Path, what: &str) -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly", "cargo", "fuzz", what]).current_dir(folder);
    for set in ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(set);
    }
    command
}

fn succeed(mut command: Command, what: &str) -> Result<(), String> {
    let status = command.status().map_err(|e| format!("{what}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{what} failed")) }
}

/// The platform that cargo-fuzz builds for.
fn host() -> Result<String, String> {
    let output = Command::new("rustc").arg("-vV").output().map_err(|e| format!("rustc -vV: {e}"))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc does not name its host".into())
}

/// Runs the targets, `at_once` at the same time.
fn run_all(folder: &Path, chosen: Vec<String>, minutes: f64, at_once: usize) -> Result<Vec<Ran>, String> {
    let host = host()?;
    let waiting = Mutex::new(VecDeque::from(chosen));
    let next = || waiting.lock().ok().and_then(|mut queue| queue.pop_front());
    let work = || -> Result<Vec<Ran>, String> {
        let mut ran = Vec::new();
        while let Some(target) = next() {
            ran.push(run_one(folder, &host, target, minutes)?);
        }
        Ok(ran)
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..at_once).map(|_| scope.spawn(work)).collect();
        let mut ran = Vec::new();
        for worker in workers {
            ran.extend(worker.join().map_err(|_| "a worker stopped".to_owned())??);
        }
        Ok(ran)
    })
}

/// Runs the program that has been built. Through cargo, sources that change meanwhile would be built again.
fn run_one(folder: &Path, host: &str, target: String, minutes: f64) -> Result<Ran, String> {
    let artifacts = folder.join("artifacts").join(&target);
    fs::create_dir_all(&artifacts).map_err(|e| format!("{}: {e}", artifacts.display()))?;
    let mut command = Command::new(folder.join("target").join(host).join("release").join(&target));
    command.current_dir(folder).arg(format!("corpus/{target}")).args(OPTIONS);
    let kept = format!("finds/{target}");
    command.args(folder.join(&kept).is_dir().then_some(kept));
    command.arg(format!("-artifact_prefix=artifacts/{target}/"));
    command.arg(format!("-max_total_time={:.0}", (minutes * 60.0).max(1.0)));
    let output = command.output().map_err(|e| format!("{target}: {e}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let finds = written(&said, folder);
    let trouble = (!output.status.success() && finds.is_empty()).then(|| {
        let last: Vec<&str> = said.lines().rev().take(12).collect();
        last.into_iter().rev().collect::<Vec<_>>().join("\n")
    });
    let (executions, per_second) =
        (stat(&said, "number_of_executed_units"), stat(&said, "average_exec_per_sec"));
    println!("  {target}: {executions} executions, {} finds", finds.len());
    Ok(Ran { target, executions, per_second, finds, trouble })
}

/// The files that libFuzzer says it wrote.
fn written(said: &str, folder: &Path) -> Vec<PathBuf> {
    said.lines()
        .filter_map(|line| line.split_once("Test unit written to "))
        .map(|(_, path)| folder.join(path))
        .collect()
}

/// A number of libFuzzer's final statistics.
fn stat(said: &str, name: &str) -> u64 {
    let line =
        said.lines().find_map(|line| line.strip_prefix("stat::")?.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|number| number.trim_start_matches(' ').parse().ok()).unwrap_or_default()
}

fn listing(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

/// Writes the results of each target's last run. Lines of targets that did not run now stay.
fn record(folder: &Path, ran: &[Ran], minutes: f64) -> Result<(), String> {
    let path = folder.join(RUNS);
    let earlier = fs::read_to_string(&path).unwrap_or_default();
    let targets = targets(folder)?;
    fs::write(&path, rows(&earlier, ran, minutes, &targets)).map_err(|e| format!("{}: {e}", path.display()))
}

/// The text of [`RUNS`]: a row for each of `targets`, from this run or as it was.
fn rows(earlier: &str, ran: &[Ran], minutes: f64, targets: &[String]) -> String {
    let mut text = String::from("# The last run of each target: target, minutes, executions, finds.\n");
    for target in targets {
        let old = || earlier.lines().find(|line| line.split('\t').next() == Some(target)).map(str::to_owned);
        let new = ran.iter().find(|r| r.target == *target && r.trouble.is_none());
        let row =
            new.map(|r| format!("{target}\t{minutes}\t{}\t{}", r.executions, r.finds.len())).or_else(old);
        text.extend(row.map(|row| row + "\n"));
    }
    text
}

/// The table, and whether all is well.
fn told(folder: &Path, ran: &[Ran]) -> Outcome {
    let mut table = format!("{:<28} {:>12} {:>10} {:>6}", "target", "executions", "per second", "finds");
    for r in ran {
        let _ = write!(
            table,
            "\n{:<28} {:>12} {:>10} {:>6}",
            r.target,
            r.executions,
            r.per_second,
            r.finds.len()
        );
    }
    let mut wrong = String::new();
    for r in ran {
        for find in &r.finds {
            let shown = find.strip_prefix(folder).unwrap_or(find).display();
            let _ = write!(
                wrong,
                "\nfind in {target}: fuzz/{shown}\n  see it: (cd fuzz && cargo +nightly fuzz run -s none {target} {shown})\n  \
                 keep it: cargo xtask promote {target} fuzz/{shown}",
                target = r.target
            );
        }
        if let Some(trouble) = &r.trouble {
            let _ = write!(wrong, "\n{} did not run:\n{trouble}", r.target);
        }
    }
    if wrong.is_empty() { Ok(table) } else { Err(format!("not all is well\n{table}\n{wrong}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(target: &str, finds: usize, trouble: Option<&str>) -> Ran {
        let finds = (0..finds).map(|n| PathBuf::from(format!("fuzz/artifacts/{target}/crash-{n}"))).collect();
        Ran { target: target.into(), executions: 7, per_second: 1, finds, trouble: trouble.map(Into::into) }
    }

    #[test]
    fn statistics_are_read() {
        let said = "#5\tDONE\nstat::number_of_executed_units: 1234\nstat::average_exec_per_sec:     56\n";
        assert_eq!((stat(said, "number_of_executed_units"), stat(said, "average_exec_per_sec")), (1234, 56));
        assert_eq!(stat(said, "new_units_added"), 0);
        assert!(written(said, Path::new("fuzz")).is_empty());
        let said = "artifact_prefix='artifacts/a/'; Test unit written to artifacts/a/crash-1\nBase64: eA==\n";
        assert_eq!(written(said, Path::new("fuzz")), [Path::new("fuzz/artifacts/a/crash-1")]);
    }

    #[test]
    fn rows_of_other_targets_stay_and_of_vanished_ones_do_not() {
        let earlier = "# head\na\t1\t2\t0\nb\t1\t3\t0\ngone\t1\t9\t0\n";
        let targets = ["a", "b", "c"].map(String::from);
        let text = rows(earlier, &[ran("a", 1, None), ran("b", 0, Some("did not build"))], 0.5, &targets);
        assert_eq!(text.lines().skip(1).collect::<Vec<_>>(), ["a\t0.5\t7\t1", "b\t1\t3\t0"]);
    }

    #[test]
    fn a_find_and_a_target_that_does_not_run_are_failures() {
        let folder = Path::new("fuzz");
        assert!(told(folder, &[ran("a", 0, None)]).is_ok());
        let find = told(folder, &[ran("a", 1, None)]).unwrap_err();
        assert!(find.contains("cargo xtask promote a fuzz/artifacts/a/crash-0"), "{find}");
        assert!(told(folder, &[ran("a", 0, Some("no such program"))]).unwrap_err().contains("did not run"));
    }
}
