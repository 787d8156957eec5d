//! The program of the long runs: laws and comparisons of engines. `cargo xtask laws`, `cargo xtask diff` and `cargo xtask score` call it.
#![forbid(unsafe_code)]

mod ask;
mod claims;
mod pairs;
mod speed;
mod tokens;
mod vectors;

use std::io::{self, Write};
use std::ops::Range;
use std::process::{Command, ExitCode};
use std::thread;

use ask::Family;
use iam_engines::{Answers, Compiled, Crowds, Reference, answers_digest, crowd, digest};
use iam_policy::Mode;
use iam_testkit::laws::{self, Run};
use iam_testkit::process::{Process, serve};
use iam_testkit::{Engine, ring};

/// The long runs read policies of a few hundred bytes hundreds of millions of times.
#[cfg(feature = "long")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USAGE: &str = "usage: iam-harness COMMAND

  laws CASES [SEED] [LAW...]        put the engine to every law, or to those named
  laws FIRST..END [SEED] [LAW...]   the same, on the cases of these numbers
  diff CASES [SEED [FIRST]]         the engine beside the reference, from the case of that number on
  diff CASES [SEED [FIRST]] -- PROGRAM ARGUMENTS...
                                    the engine beside another one, through its adapter
  readings CASES [SEED]             the engine beside the reference, each case under a reading that is drawn for it
  index CASES [SEED]                the engine with its index beside the scan over every statement, on policies that are many
  questions CASES [SEED]            the analysis beside counting, on questions whose requests can be enumerated
  hunt CASES [SEED]                 false proofs: what the analysis proves, before random requests under random readings
  claims CASES [SEED [VERB]]        the hunt over all verbs: what each claims, before requests, tokens and callers that look for the contrary; then
                                    `planted`. CASES are about those of each verb
  planted [CASES [SEED [VERB]]]     faults in what the claims of verbs are made from: in which of so many cases each is found
  pairs FOLDER [REQUESTS]           every pair of the policies of a folder: what one allows beyond the other
  ask CASES [SEED [FAMILY [FAULT]]] questions with our answers, a line of JSON each, for z3/questions.py. Families are identity (the same
                                    questions), callers, services, and tokens. Faults that are planted: untied for callers and tokens, untagged for
                                    callers
  digest CASES [SEED]               hashes of the verdicts on every 1,000 cases, and of the answers to 100 questions
  speed                             what a decision costs before policies of AWS
  vectors                           every engine on every vector file
  serve compiled|reference          be an adapter: questions on standard input, answers on standard output
";

/// The number of cases that a thread takes at a time.
const PORTION: u64 = 5_000;
/// The number of cases after which a run of laws reports its progress.
const BLOCK: u64 = 250_000;
/// The number of differences after which a comparison stops.
const MOST: u64 = 200;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (own, program) = match arguments.iter().position(|a| a == "--") {
        Some(at) => (arguments.get(..at).unwrap_or_default(), arguments.get(at.saturating_add(1)..)),
        None => (arguments.as_slice(), None),
    };
    let words: Vec<&str> = own.iter().map(String::as_str).collect();
    let number = |at: usize| words.get(at).map(|text| text.replace('_', "").parse::<u64>());
    let outcome = match (words.first().copied(), number(1), number(2).unwrap_or(Ok(1))) {
        (Some("laws"), Some(_), Ok(seed)) if program.is_none() => match numbers(&words) {
            Some(cases) => run_laws(cases, seed, words.get(3..).unwrap_or_default()),
            None => return usage(),
        },
        (Some("diff"), Some(Ok(cases)), Ok(seed)) if words.len() <= 4 => match number(3).unwrap_or(Ok(0)) {
            Ok(first) => diff(cases, seed, first, program),
            Err(_) => return usage(),
        },
        (Some("readings"), Some(Ok(cases)), Ok(seed)) if words.len() <= 3 => readings(cases, seed),
        (Some("index"), Some(Ok(cases)), Ok(seed)) if words.len() <= 3 => index(cases, seed),
        (Some("questions"), Some(Ok(cases)), Ok(seed)) if words.len() <= 3 => {
            questions(cases, seed, "enumeration", Answers::of)
        }
        (Some("hunt"), Some(Ok(cases)), Ok(seed)) if words.len() <= 3 => {
            questions(cases, seed, "random requests", Answers::hunted)
        }
        (Some("claims"), Some(Ok(cases)), Ok(seed)) if words.len() <= 4 => {
            let families = claims::Family::named(words.get(3).copied());
            let held = claims::run(&families, cases, seed);
            held.and_then(|text| Ok(text + &claims::planted(&families, claims::WITHIN, seed)?))
        }
        (Some("planted"), cases, Ok(seed)) if words.len() <= 4 => {
            let within = cases.and_then(Result::ok).unwrap_or(claims::WITHIN);
            claims::planted(&claims::Family::named(words.get(3).copied()), within, seed)
        }
        (Some("pairs"), _, _) if words.len() == 2 || words.len() == 3 => {
            let folder = std::path::Path::new(words.get(1).copied().unwrap_or("."));
            pairs::run(folder, number(2).and_then(Result::ok).unwrap_or(1_000))
        }
        (Some("ask"), Some(Ok(cases)), Ok(seed)) => match Family::parse(words.get(3..).unwrap_or_default()) {
            Some(family) => ask::ask(family, cases, seed),
            None => return usage(),
        },
        (Some("digest"), Some(Ok(cases)), Ok(seed)) => Ok(digests(cases, seed)),
        (Some("vectors"), None, _) => vectors::table(),
        (Some("speed"), None, _) => speed::run(),
        (Some("serve"), _, _) => {
            let engine: Box<dyn Engine> = match words.get(1).copied() {
                Some("compiled") => Box::new(Compiled::new(Mode::Deployed)),
                Some("reference") => Box::new(Reference),
                _ => return usage(),
            };
            match serve(&*engine, io::stdin().lock(), io::stdout().lock()) {
                Ok(()) => return ExitCode::SUCCESS,
                Err(error) => Err(error.to_string()),
            }
        }
        _ => return usage(),
    };
    let (text, code) = match outcome {
        Ok(text) => (text, ExitCode::SUCCESS),
        Err(text) => (text, ExitCode::FAILURE),
    };
    // If the pipe has been closed, its reader has read enough.
    let _ = writeln!(io::stdout(), "{text}");
    code
}

/// The numbers of the requested cases: a count, or a range from one number to another.
fn numbers(words: &[&str]) -> Option<Range<u64>> {
    let word = words.get(1)?.replace('_', "");
    let (first, end) = word.split_once("..").unwrap_or(("0", &word));
    Some(first.parse().ok()?..end.parse().ok()?)
}

fn usage() -> ExitCode {
    let _ = io::stderr().write_all(USAGE.as_bytes());
    ExitCode::from(2)
}

/// Runs portions of `cases` on every core. The first error of a portion stops its thread.
fn on_every_core<T: Send>(cases: u64, portion: impl Fn(u64, u64) -> T + Sync, add: impl FnMut(T) -> bool) {
    by_portions(PORTION, cases, portion, add);
}

/// The same, with a given number of cases at a time.
fn by_portions<T: Send>(
    size: u64,
    cases: u64,
    portion: impl Fn(u64, u64) -> T + Sync,
    mut add: impl FnMut(T) -> bool,
) {
    let threads = thread::available_parallelism().map_or(1, |n| u64::try_from(n.get()).unwrap_or(1));
    let (sender, results) = std::sync::mpsc::channel();
    thread::scope(|scope| {
        for thread in 0..threads {
            let (sender, portion) = (sender.clone(), &portion);
            scope.spawn(move || {
                let mut first = thread.saturating_mul(size);
                while first < cases {
                    let count = size.min(cases.saturating_sub(first));
                    if sender.send(portion(first, count)).is_err() {
                        return;
                    }
                    first = first.saturating_add(threads.saturating_mul(size));
                }
            });
        }
        drop(sender);
        for result in &results {
            if !add(result) {
                // Dropping the receiver ends the other threads after their current portions.
                break;
            }
        }
        drop(results);
    });
}

fn run_laws(cases: Range<u64>, seed: u64, named: &[&str]) -> Result<String, String> {
    let wanted: Vec<laws::Law> =
        laws::ALL.iter().filter(|law| named.is_empty() || named.contains(&law.id)).copied().collect();
    if wanted.is_empty() {
        return Err(format!("there is no law {}", named.join(", ")));
    }
    let mut total: Option<laws::Report> = None;
    let mut block = cases.clone();
    while block.start < cases.end {
        block.end = block.start.saturating_add(BLOCK).min(cases.end);
        let portion = |first, count| {
            let first = block.start.saturating_add(first);
            Run::new(seed, count).starting_at(first).of_all(&wanted, &Compiled::new(Mode::Deployed))
        };
        on_every_core(block.end.saturating_sub(block.start), portion, |report| {
            match &mut total {
                Some(total) => total.add(report),
                None => total = Some(report),
            }
            total.as_ref().is_some_and(|total| total.broken.is_none())
        });
        let Some(report) = &mut total else { break };
        let text = summary(report, &wanted, seed, cases.start..block.end);
        if let Some(broken) = report.broken.take() {
            return Err(format!("{text}\n{broken}"));
        }
        if block.end == cases.end {
            return Ok(text);
        }
        // A run that is stopped can be continued from here.
        let _ = writeln!(io::stderr(), "{text}");
        block.start = block.end;
    }
    Err("no case was run".to_owned())
}

fn summary(report: &laws::Report, laws: &[laws::Law], seed: u64, cases: Range<u64>) -> String {
    let mut text = format!("laws, seed {seed}, cases {} to {}: {}\n", cases.start, cases.end, report.census);
    for missing in report.census.missing() {
        text.push_str(&format!("not generated: {missing}\n"));
    }
    for (law, tally) in laws.iter().zip(&report.laws) {
        text.push_str(&format!(
            "{:3} held on {:>10}, idle on {:>10}: {}\n",
            law.id, tally.held, tally.idle, law.says
        ));
    }
    text
}

/// Tests crowds of cases until `cases` requests have been asked.
fn index(cases: u64, seed: u64) -> Result<String, String> {
    /// The approximate number of requests of a crowd. A portion has fewer crowds by this factor.
    const SIZE: u64 = 40;
    let portion = |first: u64, count: u64| {
        let mut total = Crowds::default();
        let first = first.checked_div(SIZE).unwrap_or(0);
        for number in first..first.saturating_add(count.div_ceil(SIZE)) {
            total.add(&crowd(seed, number).map_err(|e| format!("seed {seed}, crowd {number}: {e}"))?);
        }
        Ok(total)
    };
    let mut total = Ok(Crowds::default());
    on_every_core(cases, portion, |part: Result<Crowds, String>| match (&mut total, part) {
        (Ok(total), Ok(part)) => {
            total.add(&part);
            true
        }
        (slot, Err(error)) => {
            *slot = Err(error);
            false
        }
        (Err(_), Ok(_)) => false,
    });
    let total = total?;
    Ok(format!(
        "index and scan, seed {seed}: {} requests, the same decisions and statements; {} policies replaced; \
         {} statements looked at by the scan, {} of them applied",
        total.requests, total.replaced, total.statements, total.applying
    ))
}

/// Asks small questions. If the analysis says that a question holds, requests of the small world are checked: every one, or random ones.
fn questions(
    cases: u64,
    seed: u64,
    against: &str,
    answers: fn(u64, Range<u64>) -> Result<Answers, String>,
) -> Result<String, String> {
    let portion = |first: u64, count: u64| answers(seed, first..first.saturating_add(count));
    let mut total = Ok(Answers::default());
    by_portions(100, cases, portion, |part: Result<Answers, String>| match (&mut total, part) {
        (Ok(total), Ok(part)) => {
            total.add(&part);
            true
        }
        (slot, Err(error)) => {
            *slot = Err(error);
            false
        }
        (Err(_), Ok(_)) => false,
    });
    let Answers { holds, fails, by_variables, by_readings, by_types, refused, .. } = total?;
    Ok(format!(
        "analysis and {against}, seed {seed}: {holds} hold for every request under every reading, {fails} fail with a witness, \
         {by_readings} hold under the first reading only, {by_variables} unknown by variables, {by_types} unknown by mixed \
         types, {refused} refused, 0 wrong"
    ))
}

fn digests(cases: u64, seed: u64) -> String {
    let engine = Compiled::new(Mode::Deployed);
    let firsts = (0..cases).step_by(1_000);
    let line = |first: u64| {
        let count = 1_000.min(cases.saturating_sub(first));
        // A tenth as many questions to the analysis, because each takes many decisions.
        let answers = answers_digest(seed, first..first.saturating_add(count.div_ceil(10)));
        format!("{first} {:016x} {answers:016x}", digest(&engine, seed, first, count))
    };
    firsts.map(line).collect::<Vec<_>>().join("\n")
}

/// Compares the engine with the reference under other readings (part 8 of the rules).
fn readings(cases: u64, seed: u64) -> Result<String, String> {
    let portion = |first, count| {
        ring::compare_readings(&Compiled::new(Mode::Deployed), &Reference, seed, first, count, MOST)
    };
    let mut total = ring::Comparison::default();
    on_every_core(cases, portion, |part: ring::Comparison| {
        total.add(part);
        total.ended.is_none()
    });
    let text = format!("side by side under other readings, seed {seed}: {total}");
    if total.agrees() { Ok(text) } else { Err(text) }
}

fn diff(cases: u64, seed: u64, from: u64, program: Option<&[String]>) -> Result<String, String> {
    let other = |program: Option<&[String]>| -> Result<Box<dyn Engine>, String> {
        match program {
            None => Ok(Box::new(Reference)),
            Some([name, arguments @ ..]) => {
                let words: Vec<&str> = program.into_iter().flatten().map(String::as_str).collect();
                let started = Process::start(&words.join(" "), Command::new(name).args(arguments));
                started
                    .map(|process| Box::new(process) as Box<dyn Engine>)
                    .map_err(|e| format!("cannot start the adapter {name}: {e}"))
            }
            Some([]) => Err("-- is followed by a program and its arguments".to_owned()),
        }
    };
    // A program that cannot be started is reported before the threads begin.
    drop(other(program)?);
    let portion = |first, count| {
        let other = other(program)?;
        Ok(ring::compare(
            &Compiled::new(Mode::Deployed),
            &*other,
            seed,
            from.saturating_add(first),
            count,
            MOST,
        ))
    };
    let mut total = Ok(ring::Comparison::default());
    on_every_core(cases, portion, |part: Result<ring::Comparison, String>| match (&mut total, part) {
        (Ok(total), Ok(part)) => {
            total.add(part);
            total.ended.is_none()
        }
        (slot, Err(error)) => {
            *slot = Err(error);
            false
        }
        (Err(_), _) => false,
    });
    let total = total?;
    let text = format!("side by side, seed {seed}: {total}");
    if total.agrees() { Ok(text) } else { Err(text) }
}
