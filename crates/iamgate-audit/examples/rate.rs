//! How fast events are judged: `cargo run --release -p iamgate-audit --example rate -- FILE…`.
//!
//! For each file prints the events in a second on one core: read (unpacked, split and parsed, as [`Reader`] does it), mapped to actions, with their
//! resources, and judged, each with all steps before it. Every event is judged as one of DoiT's session, whoever made the call. The best of five
//! times counts.
#![expect(clippy::print_stdout, reason = "a program for people")]
#![expect(clippy::disallowed_methods, reason = "it measures time")]

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;
use std::{env, fs};

use iam_trail::{ActionMapping, Authorization, Event, Item, Limits, Reader, ResourceReader, ResourceRules};
use iamgate::built_in;
use iamgate::iam_catalog::Sections;
use iamgate_audit::{Judge, Promise};

fn main() -> Result<(), Box<dyn Error>> {
    let managed = built_in::managed()?;
    let role = built_in::support_gateway(&managed)?;
    let profile = built_in::profile("standard", role.account(), &managed)?;
    let mut judge = Judge::new(Promise::of(&role, &profile))?;
    let (mapping, rules) = (ActionMapping::embedded()?, ResourceRules::embedded()?);
    let details = Sections::embedded()?;
    for path in env::args().skip(1) {
        let file = fs::read(&path)?;
        report(&path, &file, "read", |event| {
            black_box(event);
        });
        report(&path, &file, "actions", |event| {
            if let Authorization::Policies(asked) = mapping.authorization(event) {
                black_box(asked.groups().count());
            }
        });
        report(&path, &file, "resources", |event| {
            if let Authorization::Policies(asked) = mapping.authorization(event) {
                let reader = ResourceReader::new(event);
                for action in asked.groups().flat_map(|group| group.actions()) {
                    black_box(reader.resources(&action.to_string(), &rules, &details));
                }
            }
        });
        report(&path, &file, "judged", |event| {
            black_box(judge.verdict(event));
        });
    }
    Ok(())
}

fn report(path: &str, file: &[u8], step: &str, mut each: impl FnMut(&Event<'_>)) {
    let (mut best, mut events) = (f64::MAX, 0_u32);
    for _ in 0..5 {
        let (start, mut reader) = (Instant::now(), Reader::new(Limits::default()));
        events = 0;
        let mut take = |item: Item<'_>| {
            if let Item::Record { event, .. } = item {
                each(&event);
                events = events.saturating_add(1);
            }
        };
        for chunk in file.chunks(65_536) {
            reader.feed(chunk, &mut take);
        }
        reader.finish(&mut take);
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!("{path}: {step:9} {:9.0} events/s ({events} events)", f64::from(events) / best);
}
