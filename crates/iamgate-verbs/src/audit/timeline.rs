//! When a session made its calls, in JSON.

use std::collections::BTreeMap;

use iamgate_audit::{CallVerdict, Timeline, TimelineCounts, When};
use serde::Serialize;

/// Numbers of calls by time, service and verdict.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct TimelineJson<'a> {
    /// When the first bin begins.
    begin: String,
    /// The length of each bin in seconds.
    bin_seconds: i64,
    /// The number of bins.
    bins: u16,
    /// Calls of one service with one verdict.
    rows: Vec<RowJson<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RowJson<'a> {
    /// The source of the events. `null` stands for all services beyond those that are counted one by one.
    source: Option<&'a str>,
    verdict: &'static str,
    /// Whether services made the calls in the session's name.
    by_service: bool,
    /// The number of calls in each bin that has some, by the number of the bin from 0.
    bins: BTreeMap<u16, u64>,
    /// Calls before the first bin.
    before: u64,
    /// Calls after the last bin.
    after: u64,
    /// Calls whose records do not tell when they were made.
    untold: u64,
}

impl<'a> TimelineJson<'a> {
    pub(super) fn new(own: &'a Timeline) -> Self {
        let services = own.services.iter().map(|(source, counts)| (Some(&**source), counts));
        let all = services.chain([(None, &own.others)]);
        Self {
            begin: own.begin.to_string(),
            bin_seconds: own.bin_seconds,
            bins: own.bins,
            rows: all.flat_map(|(source, counts)| rows(source, counts)).collect(),
        }
    }
}

/// The rows of a service, the worst verdict first.
fn rows<'a>(source: Option<&'a str>, counts: &TimelineCounts) -> Vec<RowJson<'a>> {
    let mut rows: BTreeMap<(CallVerdict, bool), RowJson<'a>> = BTreeMap::new();
    for (cell, count) in counts {
        let new = || RowJson {
            source,
            verdict: cell.verdict.name(),
            by_service: cell.by_service,
            bins: BTreeMap::new(),
            before: 0,
            after: 0,
            untold: 0,
        };
        let row = rows.entry((cell.verdict, cell.by_service)).or_insert_with(new);
        let place = match cell.when {
            When::Before => &mut row.before,
            When::In(bin) => row.bins.entry(bin).or_default(),
            When::After => &mut row.after,
            When::Untold => &mut row.untold,
        };
        *place = place.saturating_add(*count);
    }
    rows.into_values().collect()
}
