//! Chores of this workspace: `cargo xtask <chore>`.
#![forbid(unsafe_code)]

mod api;
mod bench;
mod browser;
mod catalog;
mod cfn_lint;
mod cloud;
mod codes;
mod content;
mod corpus;
mod coverage;
mod duckdb;
mod fuzz;
mod interpret;
mod long;
mod machines;
mod module;
mod mutants;
mod packages;
mod parliament;
mod picture;
mod pins;
mod probe;
mod purity;
mod readmes;
mod refresh;
mod schemas;
mod seals;
mod sizes;
mod sources;
mod structure;
mod test;
mod tools;
mod vectors;
mod z3;

use std::process::ExitCode;

/// The result of a chore: a sentence for the person who ran it, or an error.
type Outcome = Result<String, String>;

/// A chore: its name, one line of help, and what it runs. `--check` makes it compare instead of write.
struct Chore {
    name: &'static str,
    help: &'static str,
    run: fn(check: bool) -> Outcome,
}

const CHORES: &[Chore] = &[
    Chore { name: "test", help: "everything a change must pass", run: test::run },
    Chore {
        name: "structure",
        help: "check dependencies, file sizes, the index of rules, and that library crates neither assert nor reach outside",
        run: structure::run,
    },
    Chore { name: "generated", help: "check that no generated file has drifted", run: generated },
    Chore { name: "api", help: "list the public items of the library crates", run: api::run },
    Chore { name: "bench", help: "what decisions cost, beside other engines", run: bench::run },
    Chore { name: "catalog", help: "regenerate the action catalogue from its source", run: catalog::run },
    Chore {
        name: "cloud",
        help: "the template before cfn-lint, and the example broker before an STS on loopback",
        run: cloud::run,
    },
    Chore {
        name: "cfn-lint",
        help: "the policies of templates beside what cfn-lint finds",
        run: cfn_lint::run,
    },
    Chore { name: "codes", help: "regenerate the page of codes", run: codes::run },
    Chore { name: "content", help: "copy the built-in content of iamgate from policies/", run: content::run },
    Chore { name: "corpus", help: "list what is refused of a corpus: corpus [FOLDER...]", run: corpus::run },
    Chore {
        name: "parliament",
        help: "what parliament and the program find in a corpus",
        run: parliament::run,
    },
    Chore {
        name: "duckdb",
        help: "how fast events are judged, beside what DuckDB needs to read them",
        run: duckdb::run,
    },
    Chore {
        name: "fuzz",
        help: "run the fuzz targets: fuzz [MINUTES] [TARGET...] [--at-once=N]",
        run: fuzz::run,
    },
    Chore { name: "coverage", help: "which lines no test runs", run: coverage::run },
    Chore {
        name: "diff",
        help: "the engine beside the reference, or another: diff [CASES] [SEED] [-- PROGRAM...]",
        run: long::diff,
    },
    Chore {
        name: "readings",
        help: "the engine beside the reference under other readings: readings [CASES] [SEED]",
        run: long::readings,
    },
    Chore {
        name: "browser",
        help: "test the npm package in Node and the page in Chromium",
        run: browser::test,
    },
    Chore { name: "page", help: "build the preview page and serve it on loopback", run: browser::page },
    Chore { name: "measure", help: "how large and how quick module and page are", run: browser::measure },
    Chore { name: "pictures", help: "take the pictures of the page for its README", run: browser::pictures },
    Chore {
        name: "sizes",
        help: "time and memory of every verb on inputs that are too large: sizes [VERB...] [INPUT...]",
        run: sizes::run,
    },
    Chore { name: "schemas", help: "regenerate the schemas of the module", run: schemas::run },
    Chore {
        name: "module",
        help: "build the WebAssembly module and the files of its npm package",
        run: module::run,
    },
    Chore {
        name: "index",
        help: "the engine with its index beside the scan: index [CASES] [SEED]",
        run: long::index,
    },
    Chore {
        name: "questions",
        help: "the analysis beside enumeration: questions [CASES] [SEED]",
        run: long::questions,
    },
    Chore {
        name: "hunt",
        help: "what the analysis proves, before random requests under random readings: hunt [CASES] [SEED]",
        run: long::hunt,
    },
    Chore {
        name: "claims",
        help: "what every verb claims, before requests, tokens and callers that look for the contrary: claims [CASES] [SEED] [VERB]",
        run: long::claims,
    },
    Chore {
        name: "audits",
        help: "audits of honest sessions and of misdeeds, before their laws: audits [SESSIONS] [SEED]",
        run: long::audits,
    },
    Chore {
        name: "pairs",
        help: "every pair of a folder of policies: pairs FOLDER [REQUESTS]",
        run: long::pairs,
    },
    Chore {
        name: "laws",
        help: "the engine before every law: laws [CASES] [SEED] [LAW...]",
        run: long::laws,
    },
    Chore { name: "score", help: "put what the long runs found into SCORE.txt", run: long::score },
    Chore {
        name: "wasm",
        help: "the engine beside itself as WebAssembly: wasm [CASES] [SEED]",
        run: long::wasm,
    },
    Chore { name: "interpret", help: "run tests under Miri, on three kinds of machine", run: interpret::run },
    Chore {
        name: "machines",
        help: "run whole suites as 32-bit and big-endian machines do, and with AddressSanitizer",
        run: machines::run,
    },
    Chore {
        name: "mutants",
        help: "which changes no test notices: mutants [FILE...] [--in-diff]",
        run: mutants::run,
    },
    Chore { name: "pins", help: "recompute the hashes of the pinned AWS managed policies", run: pins::run },
    Chore {
        name: "seals",
        help: "recompute the hashes of the built-in profiles and the catalogue",
        run: seals::run,
    },
    Chore { name: "picture", help: "draw the picture of a preview for the README", run: picture::run },
    Chore {
        name: "packages",
        help: "pack the library crates, and build and test the packages outside the repository",
        run: packages::run,
    },
    Chore {
        name: "probe",
        help: "write a script that asks AWS about the open points, or read its results: probe [FILE]",
        run: probe::run,
    },
    Chore {
        name: "readmes",
        help: "write the README of each library crate from its lib.rs",
        run: readmes::run,
    },
    Chore {
        name: "refresh",
        help: "rebuild the data about AWS from packages: refresh [--from DIR] [--only PARTS] [--check]",
        run: refresh::run,
    },
    Chore {
        name: "promote",
        help: "keep what fuzzing found: promote TARGET FILE [NAME]",
        run: fuzz::promote,
    },
    Chore { name: "z3", help: "the analysis beside Z3: z3 [QUESTIONS] [SEED] [FAMILY]", run: z3::run },
    Chore {
        name: "vectors",
        help: "regenerate the operator vectors and their coverage table",
        run: vectors::run,
    },
];

/// Chores that write files of the repository.
const GENERATORS: &[&str] =
    &["api", "catalog", "codes", "content", "picture", "pins", "readmes", "schemas", "seals", "vectors"];

/// Compares every generated file with what its generator would write.
fn generated(_check: bool) -> Outcome {
    let chores = CHORES.iter().filter(|chore| GENERATORS.contains(&chore.name));
    let said: Result<Vec<String>, String> = chores.map(|chore| (chore.run)(true)).collect();
    said.map(|lines| lines.join("\n"))
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let check = arguments.iter().any(|a| a == "--check");
    let Some(chore) = arguments.first().and_then(|name| CHORES.iter().find(|c| c.name == name)) else {
        eprintln!("cargo xtask <chore> [--check]\n");
        for chore in CHORES {
            eprintln!("  {:10} {}", chore.name, chore.help);
        }
        return ExitCode::from(2);
    };
    match (chore.run)(check) {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}
