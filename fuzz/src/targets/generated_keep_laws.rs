//! Every law of the test kit holds for the engine, on every case that the bytes choose.

use iam_engines::Compiled;
use iam_policy::Mode;
use iam_testkit::laws::{self, Run};

pub fn generated_keep_laws(data: &[u8]) {
    let report = Run::of_bytes(laws::ALL, &Compiled::new(Mode::Strict), data);
    if let Some(broken) = report.broken {
        panic!("{broken}");
    }
}
