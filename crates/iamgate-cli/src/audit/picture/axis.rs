//! The time of a timeline, from left to right.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use iamgate::iam_policy::value::Instant;
use iamgate_audit::{Timeline, When};
use iamgate_verbs::AuditedSession;

use super::lanes::Lane;

/// The least distance of two marks.
const APART: f64 = 12.5;

/// The width of a place for calls that are not in the time that is drawn.
const BESIDE: f64 = 46.0;

/// The width that the label of a time needs.
const LABEL: f64 = 168.0;

/// The distances that ticks may have, in seconds.
const TICKS: [i64; 10] = [60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600];

/// The number of issuances that are drawn.
const ISSUED: usize = 8;

/// The time that is drawn.
#[derive(Debug)]
pub(super) struct Axis {
    /// The time at the left and at the right, in seconds since 1970.
    from: i64,
    to: i64,
    /// Where these are.
    left: f64,
    right: f64,
    /// The number of bins that are one column.
    bins: u16,
    /// The begin of the first bin, and the length of each.
    begin: i64,
    bin_seconds: i64,
    /// Times that are marked, with what is then.
    edges: Vec<(i64, &'static str)>,
    /// Whether the edges are those of the plan: nothing shows when the session was issued.
    is_plan: bool,
    /// Places for calls that have none in the time that is drawn.
    beside: Vec<(When, f64)>,
}

/// A column: bins beside each other, or a place beside the time.
pub(super) type Column = When;

impl Axis {
    pub(super) fn of(session: &AuditedSession<'_>, lanes: &[Lane], (left, right): (f64, f64)) -> Self {
        let report = session.report;
        let timeline = &report.timeline;
        let mut edges: Vec<(i64, &'static str)> = Vec::new();
        for (issued, _) in report.issued.iter().take(ISSUED) {
            edges.extend(issued.time.map(|own| (own.epoch_seconds(), "issued")));
            edges.extend(issued.expiration.map(|own| (own.epoch_seconds(), "credentials end")));
        }
        let is_plan = edges.is_empty();
        let planned = report.planned.planned.epoch_seconds();
        let end = |begin: i64| begin.saturating_add(report.planned.duration_seconds);
        if is_plan {
            edges = vec![(planned, "planned"), (end(planned), "end by the plan")];
        } else if !edges.iter().any(|(_, what)| *what == "credentials end") {
            let last = edges.iter().map(|(time, _)| *time).max().unwrap_or(planned);
            edges.push((end(last), "end by the plan"));
        }
        // What is far from the plan is beside the time.
        let is_near = |time: &i64| matches!(timeline.when(Instant::from_epoch_seconds(*time)), When::In(_));
        edges.retain(|(time, _)| is_near(time));
        edges.sort_unstable();
        let mut beside = Vec::new();
        let (mut low, mut high) = (i64::MAX, i64::MIN);
        for (time, _) in &edges {
            (low, high) = (low.min(*time), high.max(*time));
        }
        for when in lanes.iter().flat_map(|lane| lane.rows.values()).flat_map(BTreeMap::keys) {
            if let When::In(bin) = when {
                let time = timeline.bin_begin(*bin).epoch_seconds();
                (low, high) = (low.min(time), high.max(time.saturating_add(timeline.bin_seconds)));
            } else if !beside.iter().any(|(own, _)| own == when) {
                beside.push((*when, 0.0));
            }
        }
        beside.sort_by_key(|(when, _)| *when);
        let (mut time_begin, mut time_end) = (left, right);
        for (when, x) in beside.iter_mut().rev() {
            if *when == When::Before {
                *x = time_begin + BESIDE / 2.0;
                time_begin += BESIDE;
            } else {
                *x = time_end - BESIDE / 2.0;
                time_end -= BESIDE;
            }
        }
        let (from, to) = if low < high { (low, high) } else { (planned, end(planned)) };
        // Some room, so that the first and the last mark are whole.
        let room = to.saturating_sub(from).div_euclid(50).max(timeline.bin_seconds);
        let (from, to) = (from.saturating_sub(room), to.saturating_add(room));
        let width_of_bin = (time_end - time_begin) * seconds(timeline.bin_seconds)
            / seconds(to.saturating_sub(from)).max(1.0);
        let bins = (1..u16::MAX).find(|own| f64::from(*own) * width_of_bin >= APART).unwrap_or(u16::MAX);
        Self {
            from,
            to,
            left: time_begin,
            right: time_end,
            bins,
            begin: timeline.begin.epoch_seconds(),
            bin_seconds: timeline.bin_seconds,
            edges,
            is_plan,
            beside,
        }
    }

    fn x(&self, time: i64) -> f64 {
        let share =
            seconds(time.saturating_sub(self.from)) / seconds(self.to.saturating_sub(self.from)).max(1.0);
        self.left + share * (self.right - self.left)
    }

    /// The counts of a row by column. A column of bins is called by the first of them.
    pub(super) fn columns(&self, counts: &BTreeMap<When, u64>) -> BTreeMap<Column, u64> {
        let mut columns = BTreeMap::new();
        for (when, count) in counts {
            let column = match when {
                When::In(bin) => When::In(bin.saturating_sub(bin.checked_rem(self.bins).unwrap_or_default())),
                When::Before | When::After | When::Untold => *when,
            };
            let own: &mut u64 = columns.entry(column).or_default();
            *own = own.saturating_add(*count);
        }
        columns
    }

    /// The time of a column of bins.
    pub(super) fn seconds_of_column(&self) -> i64 {
        self.bin_seconds.saturating_mul(i64::from(self.bins))
    }

    /// The begin and the end of a column of bins.
    fn span(&self, bin: u16) -> (i64, i64) {
        let begin = self.begin.saturating_add(self.bin_seconds.saturating_mul(i64::from(bin)));
        (begin, begin.saturating_add(self.seconds_of_column()))
    }

    /// Where the marks of a column are.
    pub(super) fn x_of(&self, column: Column) -> f64 {
        match column {
            When::In(bin) => {
                let (begin, end) = self.span(bin);
                f64::midpoint(self.x(begin), self.x(end))
            }
            When::Before | When::After | When::Untold => {
                self.beside.iter().find(|(own, _)| *own == column).map_or(self.right, |(_, x)| *x)
            }
        }
    }

    /// When the calls of a column were made, in words.
    pub(super) fn says(&self, column: Column, timeline: &Timeline) -> String {
        match column {
            When::In(bin) => {
                let (begin, end) = self.span(bin);
                format!("{} to {}", clock(begin), clock(end))
            }
            When::Before => format!("before {}", timeline.begin),
            When::After => format!("after {}", timeline.bin_begin(timeline.bins)),
            When::Untold => "the records do not tell when".to_owned(),
        }
    }

    /// The day or the days.
    pub(super) fn days(&self) -> String {
        let (first, last) = (day(self.from), day(self.to));
        if first == last { first } else { format!("{first} to {last}") }
    }

    /// The times that are marked, as a sentence.
    pub(super) fn description(&self) -> String {
        let all: Vec<String> = self
            .edges
            .iter()
            .map(|(time, what)| format!("{what} {}", Instant::from_epoch_seconds(*time)))
            .collect();
        match (all.is_empty(), self.is_plan) {
            (true, _) => String::new(),
            (false, true) => format!("Nothing shows when it was issued; {}.", all.join(", ")),
            (false, false) => format!("Marked times: {}.", all.join(", ")),
        }
    }

    /// Draws the ground: the time in which the credentials are valid, ticks, and the times that are marked.
    pub(super) fn draw(&self, out: &mut String, top: f64, bottom: f64) {
        let height = bottom - top;
        if let (Some((first, _)), Some((last, _))) = (self.edges.first(), self.edges.last()) {
            let (x, end) = (self.x(*first), self.x(*last));
            let _ = writeln!(
                out,
                "<rect class=\"valid\" x=\"{x:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{height:.1}\"/>",
                end - x
            );
        }
        let span = self.to.saturating_sub(self.from);
        let most = |own: &i64| own.saturating_mul(10) >= span;
        let step = TICKS.into_iter().find(most).unwrap_or(86_400);
        let first = self.from.saturating_add(step).saturating_sub(1).div_euclid(step).saturating_mul(step);
        let mut tick = first;
        while tick <= self.to {
            let x = self.x(tick);
            // Beside the time is the name of what is there.
            let is_free = self.beside.iter().all(|(_, own)| (own - x).abs() >= BESIDE);
            let label = if is_free { minute(tick) } else { String::new() };
            let _ = writeln!(
                out,
                "<path class=\"line\" d=\"M{x:.1} {top:.1}V{bottom:.1}\"/><text class=\"dim mid\" x=\"{x:.1}\" y=\"{:.1}\">{label}</text>",
                bottom + 16.0
            );
            tick = tick.saturating_add(step);
        }
        for (when, x) in &self.beside {
            let name = match when {
                When::Before => "earlier",
                When::After => "later",
                When::In(_) | When::Untold => "no time",
            };
            let _ = writeln!(
                out,
                "<path class=\"edge\" stroke-dasharray=\"1 4\" d=\"M{:.1} {top:.1}V{bottom:.1}\"/><text class=\"dim mid\" x=\"{x:.1}\" y=\"{:.1}\">{name}</text>",
                if *when == When::Before { x + BESIDE / 2.0 } else { x - BESIDE / 2.0 },
                bottom + 16.0
            );
        }
        self.edges(out, top, bottom);
    }

    fn edges(&self, out: &mut String, top: f64, bottom: f64) {
        let dash = if self.is_plan { " stroke-dasharray=\"5 4\"" } else { "" };
        let middle = f64::midpoint(self.left, self.right);
        let mut free = f64::MIN;
        for (time, what) in &self.edges {
            let x = self.x(*time);
            // A label ends at its line if that is on the right, so that it stays in the picture.
            let is_right = x > middle;
            let (anchor, at) = if is_right { ("dim end", x + 4.0) } else { ("dim", x - 4.0) };
            let begin = if is_right { at - LABEL } else { at };
            let mut label = format!("{what} {}", clock(*time));
            let title = label.clone();
            if begin < free {
                label.clear();
            } else {
                free = begin + LABEL;
            }
            let _ = writeln!(
                out,
                "<g><title>{title}</title><path class=\"edge\"{dash} d=\"M{x:.1} {:.1}V{:.1}\"/><text class=\"{anchor}\" x=\"{at:.1}\" y=\"{:.1}\">{label}</text></g>",
                top - 4.0,
                bottom + 4.0,
                top - 8.0
            );
        }
    }
}

/// A number of seconds for the arithmetic of places.
fn seconds(own: i64) -> f64 {
    f64::from(i32::try_from(own).unwrap_or(i32::MAX))
}

/// The day of a time, such as `2026-11-26`.
fn day(time: i64) -> String {
    let text = Instant::from_epoch_seconds(time).to_string();
    text.split('T').next().unwrap_or_default().to_owned()
}

/// The time of day, such as `12:00:20`.
fn clock(time: i64) -> String {
    let text = Instant::from_epoch_seconds(time).to_string();
    let clock = text.split('T').nth(1).unwrap_or_default();
    clock.trim_end_matches('Z').to_owned()
}

/// The time of day without seconds.
fn minute(time: i64) -> String {
    let clock = clock(time);
    clock.rsplit_once(':').map_or(clock.clone(), |(minute, _)| minute.to_owned())
}
