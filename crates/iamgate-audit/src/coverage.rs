//! What is known of the records themselves: whether all are there, and unchanged.

use iamgate::iam_policy::value::Instant;

/// What is known of the records, besides those that were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Coverage {
    /// The time up to which records were asked for. `None` if nobody says.
    pub until: Option<Instant>,
    /// The times for which a chain of digest files shows that every log file is there and unchanged.
    pub validated: Vec<Validated>,
    /// The Regions whose records the trail has. `None` if nobody says.
    pub regions: Option<Vec<Box<str>>>,
    /// Whether the trail has the calls that only read.
    pub has_reads: Logged,
    /// Whether the trail has the events of data: reads and writes of objects, items, messages and the like.
    pub has_data_events: Logged,
    /// Log files that are missing, or are not as the digest says, by their names.
    pub damaged: Vec<Box<str>>,
}

/// A time of one Region for which a chain of digest files shows that every log file is there and unchanged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Validated {
    /// The Region.
    pub region: Box<str>,
    /// Its begin.
    pub from: Instant,
    /// Its end.
    pub to: Instant,
}

/// Whether a trail has a kind of events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Logged {
    /// All of them.
    Yes,
    /// None, or only some.
    No,
    /// Nobody says.
    #[default]
    Unknown,
}

impl Logged {
    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }
}

/// How long CloudTrail may take to deliver a record, in seconds.
///
/// AWS says about 5 minutes on average, and guarantees nothing. A refused call was seen to take between 25 and 85 minutes.
pub(crate) const SETTLING: i64 = 7_200;

impl Coverage {
    /// Whether records up to a time have been delivered, by what is known of CloudTrail's delays. `None` if nobody says up to when records were asked
    /// for.
    pub(crate) fn has_settled(&self, end: Instant) -> Option<bool> {
        let until = self.until?;
        Some(until.epoch_seconds() >= end.epoch_seconds().saturating_add(SETTLING))
    }

    /// Whether a Region is validated from one time to another.
    pub(crate) fn is_validated(&self, region: &str, from: Instant, to: Instant) -> bool {
        let mut spans: Vec<&Validated> = self.validated.iter().filter(|own| *own.region == *region).collect();
        spans.sort_by_key(|own| own.from);
        let mut reached = from;
        for span in spans {
            if span.from <= reached && span.to > reached {
                reached = span.to;
            }
        }
        reached >= to && from <= to && !self.validated.is_empty()
    }
}
