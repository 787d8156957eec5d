//! The laws of audits, on any number of sessions: `cargo run --profile long -p iam-cloud-double --example laws -- SESSIONS [SEED]`.
//!
//! Sessions come a hundred at a time, in one scenario, which is put to the laws of honest sessions. The laws of what may happen to records are put to
//! a scenario of ten sessions, and one of ten sessions with a misdeed is audited. Ends at the first law that is broken. The time is that of one core.
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

/// The sessions of an honest scenario.
const MANY: u16 = 100;
/// The sessions of a scenario to which something happens.
const FEW: u16 = 10;

fn main() -> Result<(), Failure> {
    let words: Vec<String> = env::args().skip(1).collect();
    let sessions: u64 = words.first().map_or(Ok(10_000), |own| own.replace('_', "").parse())?;
    let seed: u64 = words.get(1).map_or(Ok(1), |own| own.parse())?;
    let (many, few) = (Stage::new(true)?.with_sessions(MANY), Stage::new(true)?.with_sessions(FEW));
    let auditor = Auditor::new(&many)?;
    let mut held = vec![0_u64; LAWS.len()];
    let mut told = vec![0_u64; Misdeed::ALL.len()];
    let (begin, mut run, mut records) = (Instant::now(), 0_u64, 0_usize);
    let mut hold = |stage: &Stage, own: u64, is_honest: bool| {
        let scenario = stage.scenario(own)?;
        let mut trial = Trial::new(&auditor, &scenario, own)?;
        for (law, held) in LAWS.iter().zip(&mut held).filter(|(law, _)| law.id.starts_with('H') == is_honest)
        {
            let more = trial.check(law);
            let more = more.map_err(|why| format!("{} is broken with seed {own}: {why}", law.id))?;
            *held = held.saturating_add(more);
        }
        Ok::<_, Failure>(scenario.cloud.log().len())
    };
    while run < sessions {
        let own = seed.wrapping_mul(1_000_003).wrapping_add(run);
        records = records.saturating_add(hold(&many, own, true)?);
        hold(&few, own, false)?;
        let which = run.checked_div(u64::from(MANY)).unwrap_or_default();
        let which = usize::try_from(which)?.checked_rem(told.len()).unwrap_or_default();
        if let (Some(misdeed), Some(told)) = (Misdeed::ALL.get(which), told.get_mut(which)) {
            let more = misdeeds::told(&auditor, &few, *misdeed, own);
            let more =
                more.map_err(|why| format!("{} is not told with seed {own}: {why}", misdeed.name()))?;
            *told = told.saturating_add(more);
        }
        run = run.saturating_add(u64::from(MANY));
    }
    println!("seed {seed}: {run} honest sessions, {records} records");
    for (law, held) in LAWS.iter().zip(&held) {
        println!("{} held {held:>8}: {}", law.id, law.says);
    }
    let told: Vec<String> =
        Misdeed::ALL.iter().zip(&told).map(|(own, told)| format!("{} {told}", own.name())).collect();
    println!("misdeeds told, each among {FEW} sessions: {}", told.join(", "));
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = run as f64 / begin.elapsed().as_secs_f64();
    println!("{:.0} s, {rate:.0} sessions/s", begin.elapsed().as_secs_f64());
    Ok(())
}
