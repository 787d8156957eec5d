//! Says whether a new policy allows anything that the old one does not, for every request:
//! `cargo run -p iam-analysis --example compare -- OLD.json NEW.json`.
//!
//! Exits with 0 if it does not, with 1 if it does, and with 3 if that is not known.
#![expect(clippy::print_stdout, reason = "a program for people")]

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::{env, fs};

use iam_analysis::{Analysis, Question, Space, Verdict};
use iam_eval::Layers;
use iam_policy::{Limits, Mode, Policy, PolicyKind};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(old), Some(new)) = (arguments.next(), arguments.next()) else {
        return Err("usage: compare OLD.json NEW.json".into());
    };
    let (old, new) = (read(&old)?, read(&new)?);
    // Every action name, every resource, every value of every condition key.
    let mut analysis = Analysis::new(Space::new());
    Ok(match analysis.never(&Question::new(&new).beyond(&old)) {
        Verdict::Holds => {
            println!("The new policy allows nothing that the old one does not.");
            ExitCode::SUCCESS
        }
        Verdict::Fails(witness) => {
            println!("New: {} on {}", witness.request.action.as_str(), witness.request.resource);
            ExitCode::FAILURE
        }
        Verdict::Unknown(doubts) => {
            for doubt in doubts {
                println!("Not known: {doubt}");
            }
            ExitCode::from(3)
        }
    })
}

fn read(path: &str) -> Result<Layers, Box<dyn Error>> {
    let policy =
        Policy::parse(&fs::read_to_string(path)?, PolicyKind::Managed, Mode::Deployed, &Limits::default())?;
    let mut layers = Layers::new();
    layers.identity.push(Arc::new(policy));
    Ok(layers)
}
