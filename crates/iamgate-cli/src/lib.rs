//! The program `iamgate`, as a function, so that a package beside the workspace's own can install it: see `.pre-commit-hooks.yaml`.
#![forbid(unsafe_code)]

mod age;
mod args;
mod audit;
mod check;
mod conformance;
mod diagnostic;
mod diff;
mod disk;
mod display;
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
mod sarif;
mod screen;
mod shell;
mod shrink;
mod trouble;
mod trust;
mod why;
mod witness;
mod write;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use args::{Cli, Verb};
use disk::Disk;
use iamgate_verbs::{Depth, Exit};
use input::Links;
use screen::Screen;

/// Runs the program with the arguments of the process. The exit code is that of the answer.
pub fn main() -> ExitCode {
    guard::run(program).code().into()
}

fn program() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help goes to stdout, usage errors to stderr. A closed pipe is not an error.
            let error = shown(error);
            let _ = error.print();
            return if error.use_stderr() { Exit::Unanswered } else { Exit::Yes };
        }
    };
    let mut screen = Screen::new(cli.color.into());
    let links = if cli.follow_links { Links::Followed } else { Links::Refused };
    let disk = Disk::new(links);
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
        Verb::Audit(own) => audit::run(&own, &disk, &mut screen),
        Verb::Why(why) => why::run(&why, &disk, &mut screen),
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

/// The same error about arguments that are safe to show: clap quotes them as they are.
fn shown(error: clap::Error) -> clap::Error {
    let arguments: Vec<String> =
        std::env::args_os().map(|argument| display::shown(&argument.to_string_lossy())).collect();
    if arguments.iter().map(OsString::from).eq(std::env::args_os()) {
        return error;
    }
    Cli::try_parse_from(arguments).err().unwrap_or(error)
}
