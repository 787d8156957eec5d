//! How fast files are read: `cargo run --release -p iam-trail --example rate -- FILE…`.
//!
//! For each step (unpack, split, parse, and all of them as [`Reader`] does it) prints the records and the megabytes of JSON in a second, on one
//! core: the best of five times. The files are in memory before.
#![expect(clippy::print_stdout, reason = "a program for people")]
#![expect(clippy::disallowed_methods, reason = "it measures time")]

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};
use std::{env, fs};

use iam_trail::{Event, Found, Frames, Item, Limits, Reader, Unpack};

const CHUNK: usize = 65_536;

fn main() -> Result<(), Box<dyn Error>> {
    for path in env::args().skip(1) {
        let file = fs::read(&path)?;
        let limits = Limits::default();
        let is_gzip = file.starts_with(&Unpack::MAGIC);
        let unpacked = if is_gzip { unpack(&file, limits) } else { file.clone() };
        let mut records = Vec::new();
        let findings = split(&unpacked, limits, |json| records.push(json.to_owned()));
        let (count, bytes) = (records.len(), unpacked.len());
        println!(
            "{path}: {count} records, {bytes} bytes of JSON, {} bytes as given, {findings} findings",
            file.len()
        );
        if is_gzip {
            report("gunzip", count, bytes, || drain(&file, limits));
        }
        report("split", count, bytes, || {
            let mut seen = 0_usize;
            split(&unpacked, limits, |json| seen = seen.wrapping_add(json.len()));
            black_box(seen);
        });
        report("parse", count, bytes, || {
            for json in &records {
                black_box(Event::read(json).is_ok());
            }
        });
        report("all", count, bytes, || {
            let mut reader = Reader::new(limits);
            let mut each = |item: Item<'_>| {
                black_box(&item);
            };
            for chunk in file.chunks(CHUNK) {
                reader.feed(chunk, &mut each);
            }
            reader.finish(&mut each);
        });
    }
    Ok(())
}

fn unpack(file: &[u8], limits: Limits) -> Vec<u8> {
    let (mut unpack, mut all) = (Unpack::new(limits.file_bytes), Vec::new());
    for chunk in file.chunks(CHUNK) {
        if let Err(finding) = unpack.feed(chunk, &mut |bytes| all.extend_from_slice(bytes)) {
            println!("{finding}");
        }
    }
    all
}

fn drain(file: &[u8], limits: Limits) {
    let mut unpack = Unpack::new(limits.file_bytes);
    for chunk in file.chunks(CHUNK) {
        black_box(
            unpack
                .feed(chunk, &mut |bytes| {
                    black_box(bytes);
                })
                .is_ok(),
        );
    }
}

/// Splits, and counts the findings.
fn split(bytes: &[u8], limits: Limits, mut record: impl FnMut(&str)) -> usize {
    let (mut frames, mut findings) = (Frames::new(limits), 0_usize);
    let mut each = |found: Found<'_>| match found {
        Found::Record { json, .. } => record(json),
        Found::Finding(finding) => {
            println!("{finding}");
            findings = findings.saturating_add(1);
        }
        _ => {}
    };
    for chunk in bytes.chunks(CHUNK) {
        frames.feed(chunk, &mut each);
    }
    frames.finish(&mut each);
    findings
}

#[expect(clippy::cast_precision_loss, reason = "a rate needs no more digits")]
fn report(step: &str, records: usize, bytes: usize, mut work: impl FnMut()) {
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let start = Instant::now();
        work();
        best = best.min(start.elapsed());
    }
    let seconds = best.as_secs_f64();
    println!(
        "  {step:7} {:10.0} records/s {:8.0} MB/s",
        records as f64 / seconds,
        bytes as f64 / seconds / 1e6
    );
}
