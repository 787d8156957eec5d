//! Tests of every engine with every vector file.

use iam_engines::{Compiled, Digest, Recorded, Reference};
use iam_policy::Mode;
use iam_testkit::{Engine, Score, run_text, vectors};

/// A table of engines and files. An error if an engine fails a vector.
pub(crate) fn table() -> Result<String, String> {
    let engines: [(&str, Box<dyn Engine>); 4] = [
        ("iam-eval, as deployed", Box::new(Compiled::new(Mode::Deployed))),
        ("iam-eval, strict", Box::new(Compiled::new(Mode::Strict))),
        ("iam-eval without index", Box::new(Compiled::scanning(Mode::Deployed))),
        ("iam-reference", Box::new(Reference)),
    ];
    let mut text = String::new();
    let mut failed = false;
    for (name, engine) in engines {
        let mut total = Score::default();
        let engine = Recorded::new(&*engine, Digest::default());
        let mut refused = 0_usize;
        for (file, vectors) in vectors::FILES {
            let mut score = run_text(vectors, &engine).map_err(|report| format!("{file}: {report}"))?;
            // AWS stores policies that strict reading refuses.
            let before = score.failed.len();
            let is_strict = name == "iam-eval, strict" && file.starts_with("aws/observed-");
            score.failed.retain(|failure| !(is_strict && failure.actual.starts_with("refused: ")));
            refused = refused.saturating_add(before.saturating_sub(score.failed.len()));
            text.push_str(&format!("{name}: {file}: {}\n", counts(&score)));
            total.add(score);
        }
        if refused > 0 {
            text.push_str(&format!("{name}: {refused} policies that AWS stores are refused\n"));
        }
        for failure in &total.failed {
            text.push_str(&format!(
                "  {}: expected {}, got {}\n",
                failure.id, failure.expected, failure.actual
            ));
        }
        failed |= !total.failed.is_empty();
        text.push_str(&format!("{name}: {}, digest of all answers {}\n", counts(&total), engine.digest()));
    }
    if failed { Err(text) } else { Ok(text) }
}

fn counts(score: &Score) -> String {
    let differing = match score.differing.len() {
        0 => String::new(),
        count => format!(", {count} not followed"),
    };
    format!(
        "{} passed, {} failed, {} skipped{differing}",
        score.passed,
        score.failed.len(),
        score.skipped.len()
    )
}
