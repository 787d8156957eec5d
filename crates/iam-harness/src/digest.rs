//! The verdicts on generated cases as one number: equal on every machine, native and WebAssembly.

use iam_testkit::{Answer, Engine, Source, generate};

/// The FNV-1a hash of the verdicts on the cases of a seed, from that number on: a line each, decision and statements.
pub fn digest(engine: &dyn Engine, seed: u64, first: u64, cases: u64) -> u64 {
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    for number in first..first.saturating_add(cases) {
        let case = generate::case(&mut Source::of_case(seed, number));
        let line = match engine.judge(&case) {
            Answer::Decided(verdict) => format!("{verdict}\n"),
            Answer::Refused(reason) | Answer::Skipped(reason) => format!("{reason}\n"),
        };
        hash = line.bytes().fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
    }
    hash
}
