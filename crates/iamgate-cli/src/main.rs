//! The program `iamgate`.
#![forbid(unsafe_code)]

mod age;
mod args;
mod check;
mod conformance;
mod diagnostic;
mod diff;
mod disk;
mod effective;
mod explain;
mod guard;
mod input;
mod plan;
mod preflight;
mod preview;
mod profiles;
mod prove;
mod question;
mod record;
mod restrict;
mod roles;
mod screen;
mod shell;
mod shrink;
mod tame;
mod trouble;
mod trust;
mod witness;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Cli, Verb};
use disk::Disk;
use iamgate_verbs::{Depth, Exit};
use screen::Screen;

fn main() -> ExitCode {
    guard::run(program).code().into()
}

fn program() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help goes to stdout, usage errors to stderr. A closed pipe is not an error.
            let _ = error.print();
            return if error.use_stderr() { Exit::Unanswered } else { Exit::Yes };
        }
    };
    let mut screen = Screen::new(cli.color.into());
    let disk = Disk::new();
    let exit = match cli.verb {
        Verb::Preview(preview) => preview::run(&preview, &disk, &mut screen),
        Verb::Plan(plan) => plan::run(&plan, &disk, &mut screen),
        Verb::Trust(trust) => trust::run(&trust, &disk, &mut screen),
        Verb::Roles(roles) => roles::run(&roles, &disk, &mut screen),
        Verb::Preflight(preflight) => preflight::run(&preflight, &disk, &mut screen),
        Verb::Record(record) => record::run(&record, &disk, &mut screen),
        Verb::Restrict(restrict) => restrict::run(&restrict, &disk, &mut screen),
        Verb::Profiles(profiles) => profiles::run(&profiles, &disk, &mut screen),
        Verb::Prove(prove) => prove::run(&prove, &disk, &mut screen),
        Verb::Effective(effective) => effective::run(&effective, &disk, &mut screen),
        Verb::Shrink(shrink) => shrink::run(&shrink, &disk, &mut screen),
        Verb::Diff(diff) => diff::run(&diff, &disk, &mut screen),
        Verb::Could(could) => question::could(&could, &disk, &mut screen),
        Verb::Eval(question) => question::run(&question, Depth::Decision, &disk, &mut screen),
        Verb::Explain(question) => question::run(&question, Depth::Trace, &disk, &mut screen),
        Verb::Check(check) => check::run(&check, &disk, &mut screen),
        Verb::Conformance(conformance) => conformance::run(&conformance, &disk, &mut screen),
        Verb::Completions { shell } => shell::completions(shell, &mut screen),
        Verb::Man => shell::man(&mut screen),
    };
    age::warn(&disk, &mut screen);
    screen.exit(exit)
}
