//! The engine and the reference give the same verdict, statement by statement, on every case that the bytes choose.

use iam_engines::{Compiled, Reference};
use iam_policy::Mode;
use iam_testkit::ring;

pub fn engines_agree(data: &[u8]) {
    let comparison = ring::compare_bytes(&Compiled::new(Mode::Deployed), &Reference, data);
    assert!(comparison.agrees(), "{comparison}");
}
