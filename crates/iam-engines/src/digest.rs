//! Answers as one number that is equal on every machine, natively and in WebAssembly.

use std::fmt;

use iam_testkit::{Answer, Engine, Source, generate};

/// The FNV-1a hash of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest(u64);

impl Default for Digest {
    fn default() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }
}

impl Digest {
    /// Adds a line.
    #[must_use]
    pub fn line(self, line: impl fmt::Display) -> Self {
        let add = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        Self(format!("{line}\n").bytes().fold(self.0, add))
    }

    /// The hash as a number.
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// The digest of the verdicts on the cases of a seed, starting with the case `first`.
///
/// Each line has a decision and its statements.
pub fn digest(engine: &dyn Engine, seed: u64, first: u64, cases: u64) -> u64 {
    let digest = (first..first.saturating_add(cases)).fold(Digest::default(), |digest, number| {
        let case = generate::case(&mut Source::of_case(seed, number));
        match engine.judge(&case) {
            Answer::Decided(verdict) => digest.line(verdict),
            Answer::Refused(reason) | Answer::Skipped(reason) => digest.line(reason),
        }
    });
    digest.number()
}
