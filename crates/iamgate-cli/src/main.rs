//! The program `iamgate`.
#![forbid(unsafe_code)]

mod args;
mod check;
mod conformance;
mod diagnostic;
mod diff;
mod effective;
mod exit;
mod explain;
mod guard;
mod input;
mod load;
mod plan;
mod preflight;
mod preview;
mod profiles;
mod prove;
mod question;
mod restrict;
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
use exit::Exit;
use screen::Screen;

fn main() -> ExitCode {
    guard::run(program).into()
}

fn program() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help goes to stdout, usage errors to stderr; a closed pipe is nobody's loss.
            let _ = error.print();
            return if error.use_stderr() { Exit::Unanswered } else { Exit::Yes };
        }
    };
    let mut screen = Screen::new(cli.color.into());
    let exit = match cli.verb {
        Verb::Preview(preview) => preview::run(&preview, &mut screen),
        Verb::Plan(plan) => plan::run(&plan, &mut screen),
        Verb::Trust(trust) => trust::run(&trust, &mut screen),
        Verb::Preflight(preflight) => preflight::run(&preflight, &mut screen),
        Verb::Restrict(restrict) => restrict::run(&restrict, &mut screen),
        Verb::Profiles(profiles) => profiles::run(&profiles, &mut screen),
        Verb::Prove(prove) => prove::run(&prove, &mut screen),
        Verb::Effective(effective) => effective::run(&effective, &mut screen),
        Verb::Shrink(shrink) => shrink::run(&shrink, &mut screen),
        Verb::Diff(diff) => diff::run(&diff, &mut screen),
        Verb::Eval(question) => question::run(&question, question::Depth::Decision, &mut screen),
        Verb::Explain(question) => question::run(&question, question::Depth::Trace, &mut screen),
        Verb::Check(check) => check::run(&check, &mut screen),
        Verb::Conformance(conformance) => conformance::run(&conformance, &mut screen),
        Verb::Completions { shell } => shell::completions(shell, &mut screen),
        Verb::Man => shell::man(&mut screen),
    };
    screen.exit(exit)
}
