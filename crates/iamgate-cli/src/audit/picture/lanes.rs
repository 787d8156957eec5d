//! What a timeline shows: a lane for each service, with a row for each verdict.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use iamgate_audit::{CallVerdict, Timeline, TimelineCounts, When};

/// The number of services with a lane of their own.
const LANES: usize = 12;

/// A service, or all others together.
#[derive(Debug)]
pub(super) struct Lane {
    /// The service as it is called in the picture.
    pub(super) name: String,
    /// Its calls by verdict: first the session's own, then those of services, each with the worst first.
    pub(super) rows: BTreeMap<(bool, CallVerdict), BTreeMap<When, u64>>,
}

impl Lane {
    fn new(name: String, all: &[&TimelineCounts]) -> Self {
        let mut rows: BTreeMap<(bool, CallVerdict), BTreeMap<When, u64>> = BTreeMap::new();
        for (cell, count) in all.iter().copied().flatten() {
            let own = rows.entry((cell.by_service, cell.verdict)).or_default().entry(cell.when).or_default();
            *own = own.saturating_add(*count);
        }
        Self { name, rows }
    }

    /// The number of its calls.
    fn calls(&self) -> u64 {
        self.rows.values().flat_map(BTreeMap::values).copied().fold(0, u64::saturating_add)
    }

    /// Whether the session did something here that its plan denies.
    fn is_wrong(&self) -> bool {
        self.rows.contains_key(&(false, CallVerdict::Outside))
    }
}

/// The lanes of a timeline: services in which something was wrong, then those with the most calls, then all others.
pub(super) fn lanes(timeline: &Timeline) -> Vec<Lane> {
    let own = timeline.services.iter();
    let mut lanes: Vec<Lane> = own.map(|(source, counts)| Lane::new(service(source), &[counts])).collect();
    // A stable sort: services with as many calls stay in the order of their names.
    lanes.sort_by_key(|own| (Reverse(own.is_wrong()), Reverse(own.calls())));
    let rest = if lanes.len() > LANES { lanes.split_off(LANES) } else { Vec::new() };
    if !rest.is_empty() || !timeline.others.is_empty() {
        let more = if timeline.others.is_empty() { "" } else { "+" };
        let mut others = Lane::new(format!("{}{more} other services", rest.len()), &[&timeline.others]);
        for (row, counts) in rest.into_iter().flat_map(|own| own.rows) {
            for (when, count) in counts {
                let own = others.rows.entry(row).or_default().entry(when).or_default();
                *own = own.saturating_add(count);
            }
        }
        lanes.push(others);
    }
    lanes
}

/// A service by the source of its events.
fn service(source: &str) -> String {
    let name = source.strip_suffix(".amazonaws.com").unwrap_or(source);
    if name.is_empty() { "no service".to_owned() } else { name.to_owned() }
}
