//! The time of one decision on each workload, for every engine: ours, and with `--features peers` theirs. `cargo xtask bench` makes the page of
//! results.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use iamgate_benches::engines::{self, prepared};
use iamgate_benches::{measure, work};

fn deciding(criterion: &mut Criterion) {
    for engine in engines::all() {
        let mut group = criterion.benchmark_group(engine.name);
        for work in work::all() {
            let Some(ready) = prepared(&engine, &work) else { continue };
            for (i, ask) in work.asks.iter().enumerate() {
                group.bench_function(BenchmarkId::new(&work.name, ask.name), |bench| {
                    bench.iter(|| measure::asked(&*ready, i));
                });
            }
        }
        group.finish();
    }
}

criterion_group!(benches, deciding);
criterion_main!(benches);
