//! The glob matcher on hostile patterns. Every star must be tried at many places of 2,048 characters, and the end does not match. The time
//! grows linearly with the number of stars, not exponentially.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use iam_eval::{LetterCase, matches};
use iam_policy::{Pattern, Syntax};

const CHARACTERS: usize = 2_048;

fn group(criterion: &mut Criterion, name: &str, text: &str, piece: &str) {
    assert_eq!(text.len(), CHARACTERS);
    let mut group = criterion.benchmark_group(format!("glob, {name}, 2,048 characters"));
    for stars in [10usize, 20, 40, 60] {
        let pattern = format!("{}*c", piece.repeat(stars - 1));
        let pattern = Pattern::parse(&pattern, Syntax::new(true, false)).expect("no variables");
        assert!(!matches(&pattern, text, LetterCase::Sensitive));
        group.bench_with_input(BenchmarkId::from_parameter(stars), &pattern, |bench, pattern| {
            bench.iter(|| matches(black_box(pattern), black_box(text), LetterCase::Sensitive));
        });
    }
    group.finish();
}

fn stars(criterion: &mut Criterion) {
    // Every text between two stars occurs everywhere. A matcher that goes back to earlier stars would not end.
    group(criterion, "stars that match everywhere", &"a".repeat(CHARACTERS), "*aaaa");
    // Each star is tried 16 times, and each time 15 wildcards are compared before the miss.
    let text = format!("{}b", "a".repeat(31)).repeat(CHARACTERS / 32);
    group(criterion, "stars that match late", &text, &format!("*{}b", "?".repeat(15)));
}

criterion_group!(benches, stars);
criterion_main!(benches);
