//! Makes the page of results: `cargo xtask bench` calls it.

use std::hint::black_box;

use iamgate_benches::engines::{self, prepared};
use iamgate_benches::{measure, plans, report, work};

const USAGE: &str = "usage: results page [FILE] | times | loop ENGINE WORK ASK TIMES | lines COUNT | plans | plan-loop PART PROFILE TIMES
  page [FILE]                 measures everything and writes RESULTS.md; FILE is what `times` said as WebAssembly
  times                       the times of our engine alone
  loop ENGINE WORK ASK TIMES  one decision again and again, for callgrind and perf
  lines COUNT                 requests as lines of JSON
  plans                       the time of a plan of the real role under each profile, and of its parts
  plan-loop PART PROFILE TIMES  a part of a plan again and again, for callgrind and perf";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["page", file @ ..] => page(file.first().copied()),
        ["times"] => times(),
        ["loop", engine, work, ask, times] => repeat(engine, work, number(ask), number(times)),
        ["plans"] => println!("{}", plans::table()),
        ["plan-loop", part, profile, times] => plans::repeat(part, profile, number(times) as i64),
        ["lines", count] => (0..number(count)).for_each(|n| println!("{}", work::line(n))),
        _ => {
            eprintln!("{USAGE}");
            std::process::exit(2);
        }
    }
}

fn number(text: &str) -> usize {
    text.parse().unwrap_or_else(|_| panic!("{text} is no number"))
}

fn page(wasm: Option<&str>) {
    let wasm = wasm.map(|file| std::fs::read_to_string(file).expect("the times of WebAssembly"));
    let page = report::page(wasm.as_deref());
    println!("{page}");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/RESULTS.md");
    std::fs::write(path, &page).expect("RESULTS.md can be written");
}

/// Prints the times of our engine only, as lines. The results of WebAssembly are compared with them.
fn times() {
    let engine = engines::all()[0];
    for work in work::all() {
        let ready = prepared(&engine, &work).expect("our engine does all work");
        for (i, ask) in work.asks.iter().enumerate() {
            // The first round lets the WebAssembly runtime compile the code well.
            let least = measure::decision(&*ready, i).min(measure::decision(&*ready, i));
            println!("{}\t{}\t{least}", work.name, ask.name);
        }
    }
}

fn repeat(engine: &str, work: &str, ask: usize, times: usize) {
    let engine = engines::all().into_iter().find(|e| e.name == engine).expect("an engine");
    let work = work::all().into_iter().find(|w| w.name == work).expect("a workload");
    let ready = prepared(&engine, &work).expect("work that the engine does");
    for _ in 0..times {
        black_box(measure::asked(&*ready, ask));
    }
}
