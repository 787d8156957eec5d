//! The number of requests per second that one core answers.

use std::hint::black_box;

use iam_eval::wire::{Wire, WireLimits};
use iam_eval::{Program, Request};
use iam_json::Document;
use iam_policy::{Limits, Mode};

use crate::engines::layers;
use crate::measure;
use crate::table::{Table, thousands};
use crate::work;

const REQUESTS: usize = 20_000;

pub(super) fn section() -> String {
    let lines: Vec<String> = (0..REQUESTS).map(work::line).collect();
    let characters = lines.iter().map(String::len).sum::<usize>() / REQUESTS;
    let program = layers(&work::read_only()).compile();
    let read: Vec<Request> = lines.iter().map(|line| request(line)).collect();
    let allowed = |requests: &mut dyn Iterator<Item = Request>| {
        requests.filter(|request| program.decide(request).is_allowed()).count()
    };
    let both = allowed(&mut read.iter().cloned());
    assert!(0 < both && both < REQUESTS, "some are allowed and some are not");
    let mut table = Table::new(["work", "requests a second", "allocations each"]);
    let mut row = |name: &str, call: &dyn Fn() -> usize| {
        assert_eq!(call(), both, "{name}");
        let (_, memory) = measure::memory(call);
        let each = measure::nanoseconds(|| {
            black_box(call());
        }) / REQUESTS as f64;
        table.row([
            name.to_owned(),
            thousands(1e9 / each),
            format!("{:.1}", memory.allocations as f64 / REQUESTS as f64),
        ]);
    };
    row("decide, requests read before", &|| decided(&program, &read));
    row("read JSON and decide", &|| allowed(&mut lines.iter().map(|line| request(line))));
    format!(
        "\n## Requests a second, on one core\n\n{} different requests of {characters} characters each, about `b`: ReadOnlyAccess as identity policy and as session policy.\n\n{table}",
        thousands(REQUESTS as f64)
    )
}

fn decided(program: &Program, requests: &[Request]) -> usize {
    requests.iter().filter(|request| program.decide(request).is_allowed()).count()
}

/// A request from a line of JSON, as `iamgate eval --batch` reads it.
fn request(line: &str) -> Request {
    let document = Document::parse(line, &Limits::default()).and_then(Document::refuse_duplicates);
    let document = document.expect("the line is JSON");
    let limits = WireLimits::default();
    let value = document.root().member("request").expect("a request");
    Wire::new(&document, Mode::Deployed, &limits).request(value).expect("the request is right")
}
