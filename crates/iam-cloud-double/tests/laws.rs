//! The laws of audits, on a few sessions of the double. `examples/laws.rs` puts them to any number.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "laws/auditor.rs"]
mod auditor;
#[path = "laws/changes.rs"]
mod changes;
#[path = "laws/dice.rs"]
mod dice;
#[path = "laws/sentences.rs"]
mod sentences;

use auditor::Auditor;
use iam_cloud_double::{Misdeed, Stage};
use sentences::{LAWS, Trial};

#[test]
fn every_law_holds() {
    let stage = Stage::new(true).unwrap().with_sessions(4);
    let auditor = Auditor::new(&stage).unwrap();
    for law in LAWS {
        let mut held = 0;
        for seed in 0..6 {
            let scenario = stage.scenario(seed).unwrap();
            let mut trial = Trial::new(&auditor, &scenario, seed).unwrap();
            match trial.check(law) {
                Ok(more) => held += more,
                Err(why) => println!(
                    "{} is broken with seed {seed}: {}\n",
                    law.id,
                    why.to_string().chars().take(3000).collect::<String>()
                ),
            }
        }
        println!("{} {held}", law.id);
    }
    for misdeed in Misdeed::ALL {
        let mut held = 0;
        for seed in 0..6 {
            match sentences::misdeed(&auditor, &stage, misdeed, seed) {
                Ok(more) => held += more,
                Err(why) => println!(
                    "{misdeed:?} is broken with seed {seed}: {}\n",
                    why.to_string().chars().take(3000).collect::<String>()
                ),
            }
        }
        println!("{misdeed:?} {held}");
    }
}
