//! The glob matcher on hostile patterns: stars that all have to be tried, on 2,048 characters. The time grows with the number of stars, not
//! with its power.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use iam_eval::{Case, matches};
use iam_policy::{Pattern, Syntax};

fn stars(criterion: &mut Criterion) {
    let text = "a".repeat(2_048);
    let mut group = criterion.benchmark_group("glob, stars on 2,048 characters");
    for count in [10usize, 20, 40, 60] {
        let pattern = format!("{}*b", "*aaaa".repeat(count - 1));
        let pattern = Pattern::parse(&pattern, Syntax::new(true, false)).expect("no variables");
        group.bench_with_input(BenchmarkId::from_parameter(count), &pattern, |bench, pattern| {
            bench.iter(|| matches(pattern, &text, Case::Sensitive));
        });
    }
    group.finish();
}

criterion_group!(benches, stars);
criterion_main!(benches);
