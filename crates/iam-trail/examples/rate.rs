//! How fast files are read: `cargo run --release -p iam-trail --example rate -- FILE…`.
//!
//! For each step (unpack, split, parse, and all of them as [`Reader`] does it) prints the records and the megabytes of JSON in a second, on one
//! core. The files are in memory before. Each chunk counts with the best of seven times, so that other programs disturb little.
#![expect(clippy::print_stdout, reason = "a program for people")]
#![expect(clippy::disallowed_methods, reason = "it measures time")]

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};
use std::{env, fs};

use iam_trail::{Event, Found, Frames, Item, Limits, Reader, Unpack};

const CHUNK: usize = 65_536;

/// Compressed bytes at once, which are about as much when they are unpacked.
const PACKED: usize = 8_192;

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
            report("gunzip", count, bytes, |lap| {
                let mut unpack = Unpack::new(limits.file_bytes);
                for chunk in file.chunks(PACKED) {
                    let mut each = |bytes: &[u8]| {
                        black_box(bytes);
                    };
                    black_box(unpack.feed(chunk, &mut each).is_ok());
                    lap();
                }
            });
        }
        report("split", count, bytes, |lap| {
            let mut frames = Frames::new(limits);
            let mut each = |found: Found<'_>| {
                black_box(&found);
            };
            for chunk in unpacked.chunks(CHUNK) {
                frames.feed(chunk, &mut each);
                lap();
            }
            frames.finish(&mut each);
        });
        report("parse", count, bytes, |lap| {
            for some in records.chunks(50) {
                for json in some {
                    black_box(Event::read(json).is_ok());
                }
                lap();
            }
        });
        report("all", count, bytes, |lap| {
            let mut reader = Reader::new(limits);
            let mut each = |item: Item<'_>| {
                black_box(&item);
            };
            for chunk in file.chunks(if is_gzip { PACKED } else { CHUNK }) {
                reader.feed(chunk, &mut each);
                lap();
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
fn report(step: &str, records: usize, bytes: usize, mut work: impl FnMut(&mut dyn FnMut())) {
    let mut best: Vec<Duration> = Vec::new();
    for _ in 0..7 {
        let (mut laps, mut start) = (Vec::new(), Instant::now());
        work(&mut || {
            laps.push(start.elapsed());
            start = Instant::now();
        });
        best.resize(laps.len(), Duration::MAX);
        for (best, lap) in best.iter_mut().zip(laps) {
            *best = lap.min(*best);
        }
    }
    let seconds = best.iter().sum::<Duration>().as_secs_f64();
    let (records, megabytes) = (records as f64 / seconds, bytes as f64 / seconds / 1e6);
    println!("  {step:7} {records:10.0} records/s {megabytes:8.0} MB/s");
}
