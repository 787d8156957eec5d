//! The laws of audits, on any number of sessions: `cargo run --profile long -p iam-cloud-double --example laws -- SESSIONS [SEED]`.
//!
//! Each scenario has 20 sessions, and is put to every law. Between them, scenarios with one misdeed each are audited. Ends with an error at the
//! first law that is broken.
#![expect(clippy::print_stdout, reason = "a program for people")]
#![expect(clippy::disallowed_methods, reason = "it measures time")]

#[path = "../tests/laws/auditor.rs"]
mod auditor;
#[path = "../tests/laws/changes.rs"]
mod changes;
#[path = "../tests/laws/dice.rs"]
mod dice;
#[path = "../tests/laws/sentences.rs"]
mod sentences;

use std::env;
use std::time::{Duration, Instant};

use auditor::{Auditor, Failure};
use iam_cloud_double::{Misdeed, Stage};
use sentences::{LAWS, Trial};

/// The sessions of a scenario.
const SESSIONS: u16 = 20;

fn main() -> Result<(), Failure> {
    let words: Vec<String> = env::args().skip(1).collect();
    let sessions: u64 = words.first().map_or(Ok(2_000), |own| own.parse())?;
    let seed: u64 = words.get(1).map_or(Ok(1), |own| own.parse())?;
    let stage = Stage::new(true)?.with_sessions(SESSIONS);
    let auditor = Auditor::new(&stage)?;
    let mut spent = vec![(Duration::ZERO, 0_u64); LAWS.len()];
    let mut total = [Duration::ZERO; 3];
    for number in 0..sessions.div_ceil(u64::from(SESSIONS)) {
        let own = seed.wrapping_mul(1_000_000_007).wrapping_add(number);
        let begin = Instant::now();
        let scenario = stage.scenario(own)?;
        total[0] += begin.elapsed();
        let begin = Instant::now();
        let mut trial = Trial::new(&auditor, &scenario, own)?;
        total[1] += begin.elapsed();
        for (law, spent) in LAWS.iter().zip(&mut spent) {
            let begin = Instant::now();
            spent.1 +=
                trial.check(law).map_err(|why| format!("{} is broken with seed {own}: {why}", law.id))?;
            spent.0 += begin.elapsed();
        }
        let begin = Instant::now();
        let misdeed = Misdeed::ALL[number as usize % 14];
        sentences::misdeed(&auditor, &stage, misdeed, own)
            .map_err(|why| format!("{misdeed:?} is broken with seed {own}: {why}"))?;
        total[2] += begin.elapsed();
    }
    for (law, (spent, held)) in LAWS.iter().zip(&spent) {
        println!("{} {held} {spent:?} {}", law.id, law.says);
    }
    println!("{total:?}");
    Ok(())
}
