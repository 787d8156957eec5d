//! How fast sessions are made: `cargo run --profile long -p iam-cloud-double --example sessions -- NUMBER [digests]`.
//!
//! Prints the sessions in a second on one core, after one to warm up, with the number of records and the bytes of their files.
#![expect(clippy::print_stdout, reason = "a program for people")]
#![expect(clippy::disallowed_methods, reason = "it measures time")]

use std::env;
use std::error::Error;
use std::time::Instant;

use iam_cloud_double::Stage;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = env::args().skip(1).collect();
    let number: u64 = words.first().map_or(Ok(2_000), |own| own.parse())?;
    let stage = Stage::new(words.iter().any(|own| own == "digests"))?;
    stage.scenario(0)?;
    let (mut records, mut bytes, mut denied, mut digests) = (0_usize, 0_usize, 0_usize, 0_usize);
    let begin = Instant::now();
    for seed in 0..number {
        let scenario = stage.scenario(seed)?;
        records = records.saturating_add(scenario.cloud.log().len());
        let is_denied =
            |own: &&iam_cloud_double::Entry| own.decided.iter().any(|one| !one.decision.is_allowed());
        denied = denied.saturating_add(scenario.cloud.log().iter().filter(is_denied).count());
        digests = digests.saturating_add(scenario.delivery.digests.len());
        bytes = scenario.delivery.files.iter().fold(bytes, |sum, file| sum.saturating_add(file.json.len()));
    }
    let seconds = begin.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = number as f64 / seconds;
    println!(
        "{number} sessions in {seconds:.2} s, {rate:.0}/s: {records} records ({denied} denied), {bytes} bytes, {digests} digests"
    );
    Ok(())
}
