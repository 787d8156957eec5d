//! From text to typed policy, compared with serde_json: `ReadOnlyAccess`, AWS's largest managed policy, and a small session policy.
//!
//! `raw values` is the way to use serde_json that would keep positions. Every level is read as borrowed raw values, whose addresses give their
//! offsets. So each level scans the text below it again. It stops at the strings and checks nothing.

use std::collections::BTreeMap;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

use iam_policy::{Limits, Mode, Policy, PolicyKind};
use serde_json::value::RawValue;

const READ_ONLY: &str = include_str!("../../policies/aws-managed/ReadOnlyAccess.json");
const SMALL: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::data","arn:aws:s3:::data/*"],"Condition":{"StringEquals":{"aws:PrincipalTag/team":"blue"}}}]}"#;

/// Finds strings and their offsets through nested raw values.
fn raw_values(text: &str) -> usize {
    fn walk(value: &RawValue, base: usize, found: &mut usize) {
        let text = value.get();
        if text.starts_with('{') {
            let members: BTreeMap<&str, &RawValue> =
                serde_json::from_str(text).expect("the document is JSON");
            members.values().for_each(|v| walk(v, base, found));
        } else if text.starts_with('[') {
            let items: Vec<&RawValue> = serde_json::from_str(text).expect("the document is JSON");
            items.iter().for_each(|v| walk(v, base, found));
        } else {
            let offset = (text.as_ptr() as usize) - base;
            *found += usize::from(offset < usize::MAX);
        }
    }
    let root: &RawValue = serde_json::from_str(text).expect("the document is JSON");
    let mut found = 0;
    walk(root, text.as_ptr() as usize, &mut found);
    found
}

fn reading(criterion: &mut Criterion) {
    let limits = Limits::default();
    let mut group = criterion.benchmark_group("reading");
    for (name, text) in [("ReadOnlyAccess", READ_ONLY), ("small", SMALL)] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::new("policy", name), text, |bench, text| {
            bench.iter(|| Policy::parse(text, PolicyKind::Managed, Mode::Deployed, &limits));
        });
        group.bench_with_input(BenchmarkId::new("JSON nodes", name), text, |bench, text| {
            bench.iter(|| iam_json::Document::parse(text, &limits));
        });
        group.bench_with_input(BenchmarkId::new("serde_json raw values", name), text, |bench, text| {
            bench.iter(|| raw_values(text));
        });
        group.bench_with_input(BenchmarkId::new("serde_json Value", name), text, |bench, text| {
            bench.iter(|| serde_json::from_str::<serde_json::Value>(text));
        });
    }
    group.finish();
}

criterion_group!(benches, reading);
criterion_main!(benches);
