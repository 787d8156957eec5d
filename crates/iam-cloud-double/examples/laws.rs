//! The laws of audits, on any number of sessions: `cargo run --profile long -p iam-cloud-double --example laws -- SESSIONS [SEED]`.
//!
//! Sessions come a hundred at a time, in one scenario: an audit holds all of them against their plans, and the laws are put to one of them. After each
//! scenario, one with a misdeed is audited. Ends at the first law that is broken. The time is that of this program alone, on one core.
#![expect(clippy::print_stdout, reason = "a program for people")]
#![expect(clippy::disallowed_methods, reason = "it measures time")]

#[path = "../tests/laws/auditor.rs"]
mod auditor;
#[path = "../tests/laws/changes.rs"]
mod changes;
#[path = "../tests/laws/dice.rs"]
mod dice;
#[path = "../tests/laws/misdeeds.rs"]
mod misdeeds;
#[path = "../tests/laws/sentences.rs"]
mod sentences;

use std::env;
use std::time::Instant;

use auditor::{Auditor, Failure};
use iam_cloud_double::{Misdeed, Stage};
use sentences::{LAWS, Trial};

/// The sessions of a scenario.
const SESSIONS: u16 = 100;

fn main() -> Result<(), Failure> {
    let words: Vec<String> = env::args().skip(1).collect();
    let sessions: u64 = words.first().map_or(Ok(10_000), |own| own.replace('_', "").parse())?;
    let seed: u64 = words.get(1).map_or(Ok(1), |own| own.parse())?;
    let stage = Stage::new(true)?.with_sessions(SESSIONS);
    let auditor = Auditor::new(&stage)?;
    let mut held = vec![0_u64; LAWS.len()];
    let mut told = vec![0_u64; Misdeed::ALL.len()];
    let (begin, mut run, mut records) = (Instant::now(), 0_u64, 0_usize);
    while run < sessions {
        let own = seed.wrapping_mul(1_000_003).wrapping_add(run);
        let scenario = stage.scenario(own)?;
        let mut trial = Trial::new(&auditor, &scenario, own)?;
        for (law, held) in LAWS.iter().zip(&mut held) {
            let more = trial.check(law);
            let more = more.map_err(|why| format!("{} is broken with seed {own}: {why}", law.id))?;
            *held = held.saturating_add(more);
        }
        let which = run.checked_div(u64::from(SESSIONS)).unwrap_or_default();
        let which = usize::try_from(which)?.checked_rem(told.len()).unwrap_or_default();
        if let (Some(misdeed), Some(told)) = (Misdeed::ALL.get(which), told.get_mut(which)) {
            let more = misdeeds::told(&auditor, &stage, *misdeed, own);
            let more =
                more.map_err(|why| format!("{} is not told with seed {own}: {why}", misdeed.name()))?;
            *told = told.saturating_add(more);
        }
        records = records.saturating_add(scenario.cloud.log().len());
        run = run.saturating_add(u64::from(SESSIONS));
    }
    println!("seed {seed}: {run} honest sessions, {records} records");
    for (law, held) in LAWS.iter().zip(&held) {
        println!("{} held {held:>8}: {}", law.id, law.says);
    }
    let told: Vec<String> =
        Misdeed::ALL.iter().zip(&told).map(|(own, told)| format!("{} {told}", own.name())).collect();
    println!("misdeeds told, each among {SESSIONS} sessions: {}", told.join(", "));
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = run as f64 / begin.elapsed().as_secs_f64();
    println!("{:.0} s, {rate:.0} sessions/s", begin.elapsed().as_secs_f64());
    Ok(())
}
