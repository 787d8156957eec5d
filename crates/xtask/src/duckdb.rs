//! The audit beside DuckDB: `cargo xtask duckdb`, with `IAMGATE_CLOUDTRAIL`.
//!
//! Recorded events are written to files as CloudTrail delivers them. DuckDB reads nine members of each and counts them; the audit reads, maps and
//! judges each. Both use one core, and must count the same events and the same sources. The best of five times counts, so that other programs
//! disturb little.
//!
//! Needs Python 3 with `venv`, and installs DuckDB from PyPI in `target/duckdb`.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use super::{Outcome, structure, tools};

const TOOL: &str = "duckdb==2.0.1";
const FOLDER: &str = "target/duckdb";

/// How often each event is written, each time with another id.
const COPIES: u32 = 30;

/// The files with events that AWS recorded. The others are written by hand, and what is no event is counted differently.
const RECORDED: [&str; 9] = [
    "invictus-aws_dataset",
    "stratus-red-team",
    "traildiscover",
    "otrf-security-datasets",
    "remit",
    "cloud-custodian",
    "security-lake-samples",
    "trailscraper",
    "plaso",
];

/// Records of one file.
const RECORDS: usize = 20_000;

/// Prints the events, the sources and the events in a second.
const DRIVER: &str = r#"
import sys, time, duckdb
connection = duckdb.connect()
connection.execute("SET threads = 1")
event = ("STRUCT(eventID VARCHAR, eventTime VARCHAR, eventSource VARCHAR, eventName VARCHAR, awsRegion VARCHAR, errorCode VARCHAR, "
    "sourceIPAddress VARCHAR, userIdentity STRUCT(arn VARCHAR, accessKeyId VARCHAR))[]")
query = f"""SELECT count(*), count(DISTINCT r.eventSource), count(DISTINCT r.eventID), min(r.eventTime), count(r.eventName), count(r.awsRegion),
    count(r.errorCode), count(r.sourceIPAddress), count(r.userIdentity.arn), count(r.userIdentity.accessKeyId)
    FROM (SELECT unnest(Records) AS r FROM read_json('{sys.argv[1]}/*.json.gz', columns = {{Records: '{event}'}}, maximum_object_size = 1073741824))"""
best = None
for _ in range(5):
    start = time.perf_counter()
    row = connection.execute(query).fetchone()
    taken = time.perf_counter() - start
    best = taken if best is None else min(best, taken)
print(row[0], row[1], round(row[0] / best))
"#;

pub(crate) fn run(_check: bool) -> Outcome {
    let root = structure::root()?;
    let Some(source) = std::env::var_os("IAMGATE_CLOUDTRAIL") else {
        return Err("IAMGATE_CLOUDTRAIL is not set: name a folder with recorded events, one in each line of its .jsonl files".into());
    };
    tools::python(&root, FOLDER, &[TOOL])?;
    let build =
        ["cargo", "build", "--quiet", "--release", "--locked", "-p", "iamgate-audit", "--example", "rate"];
    tools::run(&root, &build)?;
    let folder = root.join(FOLDER).join("trail");
    let files = write(Path::new(&source), &folder)?;
    let (folder, driver) = (folder.display().to_string(), root.join(FOLDER).join("driver.py"));
    fs::write(&driver, DRIVER).map_err(|e| format!("{}: {e}", driver.display()))?;
    let python = format!("{FOLDER}/bin/python");
    let theirs = output(&root, &[&python, &driver.display().to_string(), &folder])?;
    let [events, _, rate] = theirs.split_whitespace().collect::<Vec<_>>()[..] else {
        return Err(format!("DuckDB says {theirs}"));
    };
    let mut words = vec!["target/release/examples/rate".to_owned()];
    words.extend(files.iter().map(|own| own.display().to_string()));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let ours = output(&root, &words)?;
    let mut said = format!("DuckDB 2.0.1 reads nine members of each: {rate} events/s ({events} events)\n");
    for step in ["read", "judged"] {
        let (count, rate) = of_step(&ours, step)?;
        if count.to_string() != events {
            return Err(format!("DuckDB counts {events} events, and the audit {count}"));
        }
        let _ = writeln!(said, "iamgate, {step}: {rate} events/s");
    }
    tools::score(&root, "duckdb", said.trim_end())?;
    Ok(format!("duckdb: {}", said.trim_end().replace('\n', "; ")))
}

/// The events of all files, and how many a second, of the lines that the example prints for a step.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate for people; counts of events are far below 2^52"
)]
fn of_step(said: &str, step: &str) -> Result<(u64, u64), String> {
    let (mut events, mut seconds) = (0.0_f64, 0.0_f64);
    for line in said.lines().filter(|line| line.split_whitespace().nth(1) == Some(step)) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let number =
            |at: usize| words.get(at).and_then(|own| own.trim_start_matches('(').parse::<f64>().ok());
        let (rate, count) = number(2).zip(number(4)).ok_or_else(|| format!("not understood: {line}"))?;
        events += count;
        seconds += count / rate;
    }
    if events < 1.0 {
        return Err(format!("the example says nothing of {step}"));
    }
    Ok((events as u64, (events / seconds) as u64))
}

fn output(root: &Path, words: &[&str]) -> Result<String, String> {
    let done = tools::command(root, words)?.output().map_err(|e| format!("{}: {e}", words.join(" ")))?;
    if !done.status.success() {
        return Err(format!("failed: {}: {}", words.join(" "), String::from_utf8_lossy(&done.stderr)));
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// Writes the recorded events to files as CloudTrail delivers them.
fn write(source: &Path, folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut events: Vec<Value> = Vec::new();
    for name in RECORDED {
        let path = source.join(name).with_extension("jsonl");
        let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        events.extend(text.lines().filter_map(|line| serde_json::from_str(line).ok()).filter(is_event));
    }
    fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut copies = Vec::new();
    for copy in 0..COPIES {
        for (number, event) in events.iter().enumerate() {
            let mut event = event.clone();
            event["eventID"] = format!("{copy:08x}-0000-4000-8000-{number:012x}").into();
            copies.push(event.to_string());
        }
    }
    let mut files = Vec::new();
    for (number, some) in copies.chunks(RECORDS).enumerate() {
        let path = folder.join(format!("{number:03}.json.gz"));
        let error = |e: std::io::Error| format!("{}: {e}", path.display());
        let mut file = GzEncoder::new(fs::File::create(&path).map_err(error)?, Compression::default());
        let text = format!("{{\"Records\":[{}]}}", some.join(","));
        file.write_all(text.as_bytes()).and_then(|()| file.try_finish()).map_err(error)?;
        files.push(path);
    }
    Ok(files)
}

/// Whether a line is a whole event: some of the recorded ones were cut by those who published them.
fn is_event(event: &Value) -> bool {
    event["eventID"].is_string() && event["eventVersion"].is_string() && event["userIdentity"].is_object()
}
