//! The lines of the crates that no test runs: `cargo xtask coverage`. Lines of tests do not count.
//!
//! Needs `cargo-llvm-cov` and the component `llvm-tools`, and installs them if they are missing. If rustup cannot add the component, Debian's
//! package of the same version of LLVM is used. Programs that `LLVM_COV` and `LLVM_PROFDATA` name come before both. If `cargo-nextest` is
//! installed, it runs the tests. What is built goes into `target/llvm-cov-target` (5 GB). With `--from FILE` the chore reads an earlier output
//! of `cargo llvm-cov --json`.

use std::collections::BTreeMap;
use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;

use serde::Deserialize;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::sources::for_tests;
use super::{Outcome, module, structure, tools};

/// Crates whose lines count.
const CRATES: &[&str] = &[
    "iam-json",
    "iam-policy",
    "iam-document",
    "iam-catalog",
    "iam-eval",
    "iam-reference",
    "iam-engines",
    "iam-denial",
    "iam-trail",
    "iamgate-audit",
    "iam-analysis",
    "iam-lint",
    "iam-testkit",
    "iamgate",
    "iamgate-token",
    "iamgate-record",
    "iamgate-verbs",
    "iamgate-cli",
];
/// Files in which every line and region must be run, because they decide.
const COMPLETE: &[&str] = &[
    "iam-eval/src/combine.rs",
    "iam-eval/src/condition.rs",
    "iam-eval/src/decide.rs",
    "iam-eval/src/statement.rs",
    "iam-eval/src/tally.rs",
    "iam-eval/src/truth.rs",
    "iam-policy/src/operator.rs",
];
/// Code that nothing can run: file, function, the beginning of the line from which on it cannot run, and the reason.
const UNREACHABLE: &[(&str, &str, &str, &str)] = &[
    ("iam-eval/src/tally.rs", "add_allow", "}", "the array has a place for each grant"),
    ("iam-eval/src/tally.rs", "count", "}", "the array has a place for each grant"),
];
/// Tests of many questions about the same code. With counters they take an hour.
const LEFT_OUT: &[&str] = &[
    "answers_are_those_of_enumeration",
    "one_policy_decides_like_its_layers",
    "effective_decides_like_the_layers",
];
/// Lines that must be run, in percent.
const FLOOR: f64 = 95.0;

/// The part of the export of `llvm-cov` that is read.
#[derive(Deserialize)]
struct Export {
    data: Vec<Data>,
}

#[derive(Deserialize)]
struct Data {
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    filename: String,
    segments: Vec<Segment>,
}

/// The place where a count begins: line, column, count, whether it counts, whether a region begins, whether that is a gap.
#[derive(Deserialize)]
struct Segment(u32, u32, u64, bool, bool, bool);

impl Segment {
    fn begins(&self) -> bool {
        self.3 && self.4 && !self.5
    }
}

/// The lines and regions of a file that were run.
#[derive(Debug, Default, PartialEq, Eq)]
struct Run {
    lines: usize,
    missed_lines: Vec<u32>,
    regions: usize,
    /// Line and column.
    missed_regions: Vec<(u32, u32)>,
    /// Lines that nothing can run.
    unreachable: Vec<u32>,
}

impl Run {
    fn percent(&self) -> f64 {
        percent(self.lines - self.missed_lines.len(), self.lines)
    }

    /// The places that were not run: ranges of lines, and regions in lines that were run.
    fn places(&self) -> Vec<String> {
        let mut places: Vec<(u32, u32, String)> = Vec::new();
        for line in self.missed_lines.iter().filter(|line| !self.unreachable.contains(line)) {
            match places.last_mut() {
                Some((from, to, text)) if *to + 1 == *line => {
                    *to = *line;
                    *text = format!("{from}-{to}");
                }
                _ => places.push((*line, *line, line.to_string())),
            }
        }
        for (line, column) in &self.missed_regions {
            if !self.missed_lines.contains(line) && !self.unreachable.contains(line) {
                places.push((*line, *line, format!("{line}:{column}")));
            }
        }
        places.sort();
        places.into_iter().map(|(_, _, text)| text).collect()
    }
}

#[expect(clippy::cast_precision_loss, reason = "fewer lines than 2^52")]
fn percent(of: usize, all: usize) -> f64 {
    if all == 0 { 100.0 } else { 100.0 * of as f64 / all as f64 }
}

pub(crate) fn run(_check: bool) -> Outcome {
    let root = structure::root()?;
    let arguments: Vec<String> = std::env::args().skip(2).collect();
    let json = match arguments.as_slice() {
        [flag, file] if flag == "--from" => file.into(),
        [] => measure(&root)?,
        _ => return Err("coverage [--from FILE]".into()),
    };
    let text = fs::read_to_string(&json).map_err(|e| format!("{}: {e}", json.display()))?;
    let export: Export = serde_json::from_str(&text).map_err(|e| format!("{}: {e}", json.display()))?;
    let mut runs = BTreeMap::new();
    for file in export.data.into_iter().flat_map(|data| data.files) {
        let Some((_, name)) = file.filename.rsplit_once("/crates/") else { continue };
        if name.split_once("/src/").is_some_and(|(of, _)| CRATES.contains(&of)) {
            let code =
                fs::read_to_string(root.join("crates").join(name)).map_err(|e| format!("{name}: {e}"))?;
            let mut run = of_file(&file.segments, &tests_of(&code)?);
            run.unreachable = unreachable(name, &code, &run)?;
            runs.insert(name.to_owned(), run);
        }
    }
    judge(&root, &runs)
}

/// Runs all tests with counters and returns the file of counts.
fn measure(root: &Path) -> Result<std::path::PathBuf, String> {
    tools::need(
        root,
        &["cargo", "llvm-cov", "--version"],
        &["cargo", "install", "cargo-llvm-cov", "--locked"],
    )?;
    let programs = programs(root)?;
    let runner = if tools::has(root, &["cargo", "nextest", "--version"]) { "nextest" } else { "test" };
    let json = root.join("target/coverage.json");
    let mut words = vec!["cargo", "llvm-cov", runner, "--workspace"];
    words.extend(["--exclude", "xtask", "--exclude", "iamgate-benches", "--json", "--output-path"]);
    let path = json.to_string_lossy();
    words.push(&path);
    let filter = format!("not test(/{}/)", LEFT_OUT.join("|"));
    if runner == "nextest" {
        words.extend(["-E", &filter]);
    } else {
        words.push("--");
        words.extend(LEFT_OUT.iter().flat_map(|name| ["--skip", name]));
    }
    let mut command = tools::command(root, &words)?;
    let status = command.envs(programs).status().map_err(|e| format!("cargo llvm-cov: {e}"))?;
    if status.success() { Ok(json) } else { Err(format!("failed: {}", words.join(" "))) }
}

/// The programs of LLVM that read the counts, for the environment. It is empty if `cargo-llvm-cov` finds them itself.
fn programs(root: &Path) -> Result<Vec<(&'static str, String)>, String> {
    if std::env::var_os("LLVM_COV").is_some() && std::env::var_os("LLVM_PROFDATA").is_some() {
        return Ok(Vec::new());
    }
    // If the component is installed, this command does nothing.
    let add = ["rustup", "--quiet", "component", "add", "llvm-tools"];
    if tools::run(root, &add).is_ok() {
        return Ok(Vec::new());
    }
    let output = tools::command(root, &["rustc", "-vV"])?.output().map_err(|e| format!("rustc: {e}"))?;
    let version = String::from_utf8_lossy(&output.stdout).into_owned();
    let major = llvm_of(&version).ok_or_else(|| format!("rustc does not say its LLVM: {version}"))?;
    let package = format!("llvm-{major}");
    println!("`{}` failed, so Debian's package {package} is used: rustc has LLVM {major} too", add.join(" "));
    let (cov, profdata) = (format!("llvm-cov-{major}"), format!("llvm-profdata-{major}"));
    module::apt(root, &[&profdata, "--version"], &[&package])?;
    Ok(vec![("LLVM_COV", cov), ("LLVM_PROFDATA", profdata)])
}

/// The major version of the LLVM in what `rustc -vV` prints.
fn llvm_of(version: &str) -> Option<u32> {
    let full = version.lines().find_map(|line| line.strip_prefix("LLVM version: "))?;
    full.split('.').next()?.parse().ok()
}

/// Prints the figures, writes the score, and reports the files below the minimum.
fn judge(root: &Path, runs: &BTreeMap<String, Run>) -> Outcome {
    for (name, run) in runs {
        let complete = COMPLETE.contains(&name.as_str());
        if run.percent() < FLOOR || (complete && !run.places().is_empty()) {
            println!("{:5.1} %  crates/{name}: {}", run.percent(), run.places().join(" "));
        }
    }
    let table = table(runs);
    println!("{table}");
    let all: usize = runs.values().map(|run| run.lines).sum();
    let missed: usize = runs.values().map(|run| run.missed_lines.len()).sum();
    let lines = percent(all - missed, all);
    let mut wrong = gaps(runs);
    let decisive =
        if wrong.is_empty() { "complete".to_owned() } else { format!("with {} gaps", wrong.len()) };
    let line = format!(
        "coverage lines {lines:.1} % ({} of {all}), decide+operators+quantifiers {decisive}",
        all - missed
    );
    tools::score(root, "coverage", &format!("{line}\n{table}"))?;
    if lines < FLOOR {
        wrong.push(format!("fewer than {FLOOR} % of the lines are run"));
    }
    if wrong.is_empty() { Ok(line) } else { Err(format!("{line}\n{}", wrong.join("\n"))) }
}

/// Lines and regions of each crate that were run.
fn table(runs: &BTreeMap<String, Run>) -> String {
    let mut table = vec!["  lines  regions  crate".to_owned()];
    for of in CRATES {
        let mine = || runs.iter().filter(|(name, _)| name.split('/').next() == Some(of)).map(|(_, run)| run);
        if mine().next().is_none() {
            continue;
        }
        let lines =
            percent(mine().map(|r| r.lines - r.missed_lines.len()).sum(), mine().map(|r| r.lines).sum());
        let regions = mine().map(|r| r.regions - r.missed_regions.len()).sum();
        let regions = percent(regions, mine().map(|r| r.regions).sum());
        table.push(format!("{lines:5.1} %  {regions:5.1} %  {of}"));
    }
    table.join("\n")
}

/// What was not run of the files in which everything must be.
fn gaps(runs: &BTreeMap<String, Run>) -> Vec<String> {
    let of = |name: &&str| match runs.get(*name) {
        Some(run) => run.places().iter().map(|place| format!("crates/{name}:{place}")).collect(),
        None => vec![format!("crates/{name}: not run at all")],
    };
    COMPLETE.iter().flat_map(of).collect()
}

/// The missed lines of a file that [`UNREACHABLE`] lists.
fn unreachable(name: &str, code: &str, run: &Run) -> Result<Vec<u32>, String> {
    struct Functions(BTreeMap<String, RangeInclusive<usize>>);
    impl<'a> Visit<'a> for Functions {
        fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
            let span = item.span();
            self.0.insert(item.sig.ident.to_string(), span.start().line..=span.end().line);
        }
        fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
            let span = item.span();
            self.0.insert(item.sig.ident.to_string(), span.start().line..=span.end().line);
        }
    }
    let mut functions = Functions(BTreeMap::new());
    functions.visit_file(&syn::parse_file(code).map_err(|e| e.to_string())?);
    let lines = run.missed_lines.iter().copied().chain(run.missed_regions.iter().map(|(line, _)| *line));
    let known = |line: &u32| {
        let number = usize::try_from(*line).unwrap_or(usize::MAX);
        let text = code.lines().nth(number.saturating_sub(1)).unwrap_or_default().trim_start_matches(' ');
        UNREACHABLE.iter().any(|(file, function, beginning, _)| {
            *file == name
                && text.starts_with(beginning)
                && functions.0.get(*function).is_some_and(|lines| lines.contains(&number))
        })
    };
    Ok(lines.filter(known).collect())
}

/// The lines of a file that are for tests only.
fn tests_of(code: &str) -> Result<Vec<RangeInclusive<u32>>, String> {
    struct Tests(Vec<RangeInclusive<u32>>);
    impl<'a> Visit<'a> for Tests {
        fn visit_item(&mut self, item: &'a syn::Item) {
            let attributes = match item {
                syn::Item::Mod(item) => &item.attrs,
                syn::Item::Fn(item) => &item.attrs,
                syn::Item::Impl(item) => &item.attrs,
                _ => return,
            };
            if for_tests(attributes) {
                let line = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
                self.0.push(line(item.span().start().line)..=line(item.span().end().line));
            } else {
                visit::visit_item(self, item);
            }
        }
    }
    let mut tests = Tests(Vec::new());
    tests.visit_file(&syn::parse_file(code).map_err(|e| e.to_string())?);
    Ok(tests.0)
}

/// Counts as `llvm-cov` does: a line has the highest count that begins on it or reaches it from the lines above.
fn of_file(segments: &[Segment], tests: &[RangeInclusive<u32>]) -> Run {
    let mut run = Run::default();
    let for_tests = |line: u32| tests.iter().any(|range| range.contains(&line));
    for segment in segments.iter().filter(|s| s.begins() && !for_tests(s.0)) {
        run.regions += 1;
        if segment.2 == 0 {
            run.missed_regions.push((segment.0, segment.1));
        }
    }
    let (Some(first), Some(last)) = (segments.first(), segments.last()) else { return run };
    let mut above: Option<&Segment> = None;
    let mut rest = segments;
    for line in first.0..=last.0 {
        let (here, after) = rest.split_at(rest.partition_point(|s| s.0 <= line));
        rest = after;
        let skipped = here.first().is_some_and(|s| !s.3 && s.4);
        let reaching = above.filter(|s| s.3).map(|s| s.2);
        let highest = here.iter().filter(|s| s.begins()).map(|s| s.2).max();
        if let (false, false, Some(count)) = (skipped, for_tests(line), reaching.max(highest)) {
            run.lines += 1;
            if count == 0 {
                run.missed_lines.push(line);
            }
        }
        above = here.last().or(above);
    }
    run
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(text: &str) -> Vec<Segment> {
        serde_json::from_str(text).expect("segments")
    }

    /// Lines 1 to 3 a function that ran; in it a region on line 2 that did not; lines 5 and 6 another that did not.
    const TWO: &str = "[[1,1,4,true,true,false],[2,9,0,true,true,false],[2,20,4,true,false,false],[3,2,0,false,false,false],
        [5,1,0,true,true,false],[6,2,0,false,false,false]]";

    #[test]
    fn lines_and_regions_that_did_not_run_are_found() {
        let run = of_file(&segments(TWO), &[]);
        assert_eq!((run.lines, run.regions), (5, 3));
        assert_eq!(
            (run.missed_lines.as_slice(), run.missed_regions.as_slice()),
            (&[5, 6][..], &[(2, 9), (5, 1)][..])
        );
        assert_eq!(run.places(), ["2:9", "5-6"]);
        assert!((run.percent() - 60.0).abs() < 1e-9);
    }

    #[test]
    fn the_compiler_says_which_llvm_it_has() {
        let version = "rustc 1.95.0 (59807616e 2026-04-14)\nrelease: 1.95.0\nLLVM version: 22.1.2\n";
        assert_eq!(llvm_of(version), Some(22));
        assert_eq!(llvm_of("rustc 1.95.0"), None);
    }

    #[test]
    fn lines_of_tests_do_not_count() {
        let code = "fn f() {\n}\n\n#[cfg(test)]\nmod tests {\n}\nfn g() {}\n";
        assert_eq!(tests_of(code).expect("Rust"), [4..=6]);
        let run = of_file(&segments(TWO), &tests_of(code).expect("Rust"));
        assert_eq!((run.lines, run.missed_lines.len()), (3, 0));
    }

    #[test]
    fn what_nothing_can_run_is_no_gap_and_what_stands_beside_it_is() {
        let code =
            "impl L {\nfn count(&self) {\n  if let Some(slot) = a {\n  }\n}\nfn other(&self) {\n}\n}\n";
        let mut run = Run { missed_regions: vec![(3, 9), (4, 3), (7, 1)], ..Run::default() };
        assert_eq!(run.places(), ["3:9", "4:3", "7:1"]);
        run.unreachable = unreachable("iam-eval/src/tally.rs", code, &run).expect("Rust");
        assert_eq!(run.places(), ["3:9", "7:1"]);
        assert!(unreachable("iam-eval/src/decide.rs", code, &run).expect("Rust").is_empty());
    }

    #[test]
    fn a_gap_in_what_decides_and_too_few_lines_fail() {
        let folder = std::env::temp_dir().join(format!("xtask-coverage-{}", std::process::id()));
        let whole = || Run { lines: 100, regions: 10, ..Run::default() };
        let mut runs: BTreeMap<String, Run> =
            COMPLETE.iter().map(|name| ((*name).to_owned(), whole())).collect();
        assert!(judge(&folder, &runs).is_ok());
        let score = fs::read_to_string(folder.join("target/score/coverage.txt")).expect("a score");
        assert_eq!(
            score,
            "coverage lines 100.0 % (700 of 700), decide+operators+quantifiers complete\n  lines  regions  crate\n\
             100.0 %  100.0 %  iam-policy\n100.0 %  100.0 %  iam-eval\n"
        );
        runs.insert("iam-policy/src/read.rs".to_owned(), Run { missed_lines: (1..=30).collect(), ..whole() });
        assert!(judge(&folder, &runs).is_ok(), "96.2 %");
        runs.insert("iamgate/src/layer.rs".to_owned(), Run { missed_lines: (1..=30).collect(), ..whole() });
        assert!(judge(&folder, &runs).expect_err("93.3 %").ends_with("fewer than 95 % of the lines are run"));
        runs.clear();
        assert_eq!(judge(&folder, &runs).expect_err("nothing").lines().count(), 1 + COMPLETE.len());
        runs.extend(COMPLETE.iter().map(|name| ((*name).to_owned(), whole())));
        runs.insert(COMPLETE[0].to_owned(), Run { missed_regions: vec![(7, 3)], ..whole() });
        assert!(judge(&folder, &runs).expect_err("a gap").ends_with("crates/iam-eval/src/combine.rs:7:3"));
        fs::remove_dir_all(folder).expect("removed");
    }
}
