//! Decides one request a line against compiled layers: `cargo run -p iam-eval --example decide_batch < requests.jsonl`.
//!
//! Each line is the member `request` of a case. The answer to a line that cannot be read is its problem; the other lines are decided.

use std::error::Error;
use std::io::{self, BufRead as _, Write as _};
use std::sync::Arc;

use iam_eval::Layers;
use iam_eval::wire::{Wire, WireLimits};
use iam_json::Document;
use iam_policy::{Limits, Mode, Policy, PolicyKind};

const ROLE: &str =
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
const SESSION: &str =
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let read = |text, kind| Policy::parse(text, kind, Mode::Strict, &Limits::default()).map(Arc::new);
    let mut layers = Layers::new();
    layers.identity.push(read(ROLE, PolicyKind::Identity)?);
    layers.session = Some(vec![read(SESSION, PolicyKind::Session)?]);
    // Compiled once, asked for each line.
    let program = layers.compile();

    let limits = WireLimits::default();
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let request = Document::parse(&line, &limits.policy)
            .and_then(Document::refuse_duplicates)
            .and_then(|document| Wire::new(&document, Mode::Strict, &limits).request(document.root()));
        match request {
            Ok(request) => writeln!(out, "{}", program.decide(&request))?,
            Err(report) => writeln!(out, "{report}")?,
        }
    }
    Ok(())
}
