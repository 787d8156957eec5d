//! When a session made its calls: numbers of calls by time, service and verdict.
//!
//! The bins follow from the plan alone, so that the order of the events does not matter, and events are not kept.

use std::collections::BTreeMap;

use iamgate::iam_policy::value::Instant;

use crate::issued::CLOCKS;
use crate::moment::LONGEST;
use crate::planned::PlannedSession;
use crate::verdict::CallVerdict;

/// The number of bins at most.
const BINS: i64 = 250;

/// The number of services that are counted one by one.
const SERVICES: usize = 128;

/// The lengths that a bin may have, in seconds.
const LENGTHS: [i64; 12] = [1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 300, 600];

/// For how long after a plan its session may be issued, in seconds, where the plan does not say it: a rehearsal does not expire.
const EXPIRES: i64 = 300;

/// The calls of a session by time, service and verdict.
///
/// # Shape
/// At most 250 bins and 128 services. Of more services, those whose names come first are counted one by one, whatever the order of the events.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeline {
    /// When the first bin begins: before the session can have been issued, by the plan.
    pub begin: Instant,
    /// The length of each bin in seconds.
    pub bin_seconds: i64,
    /// The number of bins. The last one ends after any call that a session as planned can make.
    pub bins: u16,
    /// The counts of each service, by the source of the events, such as `s3.amazonaws.com`.
    pub services: BTreeMap<Box<str>, TimelineCounts>,
    /// The counts of all services beyond those.
    pub others: TimelineCounts,
}

/// Numbers of calls.
pub type TimelineCounts = BTreeMap<TimelineCell, u64>;

/// What calls have in common that are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct TimelineCell {
    /// The verdict.
    pub verdict: CallVerdict,
    /// Whether a service made the calls in the session's name.
    pub by_service: bool,
    /// When they ended.
    pub when: When,
}

/// When a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "there is nothing but before, in, after and untold")]
pub enum When {
    /// Before the first bin.
    Before,
    /// In the bin of this number, from 0.
    In(u16),
    /// After the last bin.
    After,
    /// The record does not tell.
    Untold,
}

impl Timeline {
    /// A timeline without calls for the session of a plan.
    pub(crate) fn of(plan: &PlannedSession) -> Self {
        let planned = plan.planned.epoch_seconds();
        let expires = plan.expires.map_or(planned.saturating_add(EXPIRES), Instant::epoch_seconds);
        Self::new(planned, expires.max(planned), plan.duration_seconds)
    }

    /// A timeline for a session that can be issued from one time to another, in seconds, and lasts so many seconds.
    fn new(first: i64, last: i64, duration: i64) -> Self {
        let from = first.saturating_sub(CLOCKS);
        let to = [duration, CLOCKS, CLOCKS, LONGEST].into_iter().fold(last, i64::saturating_add);
        let span = to.saturating_sub(from);
        // A bin more, because the first one begins at a round time.
        let most = BINS.saturating_sub(1);
        let longest = || span.checked_div(most).unwrap_or_default().saturating_add(1);
        let holds = |length: &i64| length.saturating_mul(most) >= span;
        let length = LENGTHS.into_iter().find(holds).unwrap_or_else(longest);
        let begin = from.saturating_sub(from.checked_rem_euclid(length).unwrap_or_default());
        let bins = to.saturating_sub(begin).checked_div(length).unwrap_or_default().saturating_add(1);
        Self {
            begin: Instant::from_epoch_seconds(begin),
            bin_seconds: length,
            bins: u16::try_from(bins).unwrap_or_default(),
            services: BTreeMap::new(),
            others: TimelineCounts::new(),
        }
    }

    /// The bin of a time.
    pub fn when(&self, time: Instant) -> When {
        let seconds = time.epoch_seconds().saturating_sub(self.begin.epoch_seconds());
        if seconds < 0 {
            return When::Before;
        }
        let bin = seconds.checked_div(self.bin_seconds).and_then(|own| u16::try_from(own).ok());
        bin.filter(|own| *own < self.bins).map_or(When::After, When::In)
    }

    /// When a bin begins.
    pub fn bin_begin(&self, bin: u16) -> Instant {
        let seconds = self.bin_seconds.saturating_mul(i64::from(bin));
        Instant::from_epoch_seconds(self.begin.epoch_seconds().saturating_add(seconds))
    }

    /// Counts a call.
    pub(crate) fn note(
        &mut self,
        source: &str,
        time: Option<Instant>,
        verdict: CallVerdict,
        by_service: bool,
    ) {
        let when = time.map_or(When::Untold, |own| self.when(own));
        let count = self.service(source).entry(TimelineCell { verdict, by_service, when }).or_default();
        *count = count.saturating_add(1);
    }

    /// The counts of a service, or of the others.
    fn service(&mut self, source: &str) -> &mut TimelineCounts {
        if !self.services.contains_key(source) && self.services.len() >= SERVICES {
            let is_before = self.services.last_key_value().is_some_and(|(last, _)| *source < **last);
            if !is_before {
                return &mut self.others;
            }
            // Who came first does not matter: the last name gives way.
            for (cell, own) in self.services.pop_last().map(|(_, counts)| counts).unwrap_or_default() {
                let count = self.others.entry(cell).or_default();
                *count = count.saturating_add(own);
            }
        }
        if !self.services.contains_key(source) {
            self.services.insert(source.into(), TimelineCounts::new());
        }
        // It is there now.
        self.services.get_mut(source).unwrap_or(&mut self.others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: i64 = 1_795_000_007;

    fn at(seconds: i64) -> Instant {
        Instant::from_epoch_seconds(FIRST.saturating_add(seconds))
    }

    #[test]
    fn bins_hold_every_session_that_a_plan_can_have() {
        for (wait, duration, length) in
            [(300, 900, 10), (300, 3_600, 20), (300, 7_200, 60), (300, 43_200, 180), (0, 900, 10), (0, 0, 5)]
        {
            let own = Timeline::new(FIRST, FIRST.saturating_add(wait), duration);
            assert_eq!(own.bin_seconds, length, "{duration}");
            assert!(own.bins <= 250, "{duration}: {} bins", own.bins);
            assert_eq!(own.begin.epoch_seconds().rem_euclid(own.bin_seconds), 0);
            let when = |seconds: i64| own.when(at(seconds));
            let late = [wait, duration, 1_000].into_iter().fold(0, i64::saturating_add);
            assert!(matches!(when(-60), When::In(_)) && matches!(when(late), When::In(_)), "{duration}");
            assert_eq!((when(-1_000), when(late.saturating_add(1_000))), (When::Before, When::After));
            // A bin has the times from its begin to that of the next.
            let begin = own.bin_begin(7);
            let last =
                Instant::from_epoch_seconds(begin.epoch_seconds().saturating_add(length).saturating_sub(1));
            assert_eq!((own.when(begin), own.when(last)), (When::In(7), When::In(7)));
            assert_eq!(own.when(own.bin_begin(8)), When::In(8));
        }
        // A duration that nobody can have does not need more.
        let own = Timeline::new(FIRST, FIRST, 10_000_000);
        assert!(own.bins > 200 && own.bins <= 250, "{} bins", own.bins);
        assert!(Timeline::new(i64::MIN, i64::MAX, i64::MAX).bins <= 250);
    }

    #[test]
    fn the_order_of_calls_does_not_matter_whatever_the_number_of_services() {
        let calls: Vec<(String, i64, CallVerdict)> = (0_i64..600)
            .map(|number| {
                let service = format!("s{:03}.amazonaws.com", number.saturating_mul(7).rem_euclid(300));
                let verdict =
                    if number.rem_euclid(5) == 0 { CallVerdict::Outside } else { CallVerdict::AsPlanned };
                (service, number.saturating_mul(9).saturating_sub(900), verdict)
            })
            .collect();
        let drawn = |calls: &mut dyn Iterator<Item = &(String, i64, CallVerdict)>| {
            let mut own = Timeline::new(FIRST, FIRST.saturating_add(300), 3_600);
            for (service, seconds, verdict) in calls {
                own.note(service, Some(at(*seconds)), *verdict, false);
            }
            own
        };
        let (one, other) = (drawn(&mut calls.iter()), drawn(&mut calls.iter().rev()));
        let shuffled = drawn(&mut (0..7).flat_map(|from| calls.iter().skip(from).step_by(7)));
        assert_eq!((&one, &one), (&other, &shuffled));
        assert_eq!(one.services.len(), SERVICES);
        assert!(one.services.keys().is_sorted() && one.services.contains_key("s000.amazonaws.com"));
        assert!(!one.services.contains_key("s299.amazonaws.com"));
        let all = one.services.values().chain([&one.others]).flat_map(BTreeMap::values);
        assert_eq!(all.sum::<u64>(), 600);
        assert!(one.others.values().sum::<u64>() > 0);
    }

    #[test]
    fn calls_without_a_time_and_of_services_are_told_apart() {
        let mut own = Timeline::new(FIRST, FIRST, 900);
        own.note("a", None, CallVerdict::AsPlanned, false);
        own.note("a", Some(at(0)), CallVerdict::AsPlanned, false);
        own.note("a", Some(at(0)), CallVerdict::AsPlanned, true);
        own.note("a", Some(at(1)), CallVerdict::AsPlanned, true);
        let cell = |by_service, when| TimelineCell { verdict: CallVerdict::AsPlanned, by_service, when };
        let bin = own.when(at(0));
        let expected = [(cell(false, bin), 1), (cell(false, When::Untold), 1), (cell(true, bin), 2)];
        assert_eq!(own.services.get("a").unwrap(), &TimelineCounts::from(expected));
    }
}
