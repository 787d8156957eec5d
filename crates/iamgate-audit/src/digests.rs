//! What the digest files of a trail show of its log files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use iam_trail::digest::{ChainReport, GivenState, LogReport, LogState, Stream};
use iamgate::iam_json::quoted;
use iamgate::iam_policy::value::Instant;

/// What the digest files of one trail show of its log files, for one account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Digests {
    /// The name of the trail.
    pub trail: Box<str>,
    /// For which times digest files are shown to be CloudTrail's without a hole, by Region, in order.
    pub validated: BTreeMap<Box<str>, Vec<Delivered>>,
    /// Log files that are missing, or are not as the digest files say.
    pub damaged: Vec<DamagedFile>,
    /// The files of records that no digest file shows to be CloudTrail's, by the names under which their events are taken.
    pub not_shown: BTreeSet<Box<str>>,
}

/// A time in which CloudTrail delivered log files. Their events may be older.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Delivered {
    /// Its begin.
    pub from: Instant,
    /// Its end.
    pub until: Instant,
}

/// A log file that is missing, or is not as a digest file says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct DamagedFile {
    /// Its name, as the digest file has it.
    pub name: Box<str>,
    /// When it was delivered.
    pub delivered: Delivered,
    /// Whether it is there, with other bytes.
    pub is_changed: bool,
}

/// Why digest files say nothing about a trail.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoTrail {
    /// None is of the account.
    Account {
        /// The account.
        account: Box<str>,
        /// The accounts of those that are there.
        others: BTreeSet<Box<str>>,
    },
    /// None is of the trail.
    Name {
        /// The trail.
        trail: Box<str>,
        /// The trails of those that are there.
        others: BTreeSet<Box<str>>,
    },
    /// They are of several trails.
    Several(BTreeSet<Box<str>>),
}

/// The reason as a sentence without its full stop.
impl fmt::Display for NoTrail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list =
            |own: &BTreeSet<Box<str>>| own.iter().map(|own| quoted(own)).collect::<Vec<_>>().join(", ");
        match self {
            Self::Account { account, others } => {
                write!(f, "no digest file is of the account {account}: they are of {}", list(others))
            }
            Self::Name { trail, others } => {
                write!(f, "no digest file is of the trail {}: they are of {}", quoted(trail), list(others))
            }
            Self::Several(trails) => write!(f, "the digest files are of several trails: {}", list(trails)),
        }
    }
}

impl std::error::Error for NoTrail {}

impl Digests {
    /// What digest files show for an account. `names` has the names of the log files in the order in which `logs` has them. Without `trail`, all digest
    /// files of the account must be of one trail.
    ///
    /// # Errors
    /// No digest file is of the account or the trail, or they are of several trails.
    pub fn of(
        chain: &ChainReport,
        logs: &LogReport,
        names: &[Box<str>],
        account: &str,
        trail: Option<&str>,
    ) -> Result<Self, NoTrail> {
        let streams = || chain.streams.iter().map(|own| &own.stream);
        let of_account: BTreeSet<Box<str>> =
            streams().filter(|own| own.account == account).map(|own| own.trail.as_str().into()).collect();
        let trail: Box<str> = match (trail, of_account.len()) {
            (_, 0) => {
                let others = streams().map(|own| own.account.as_str().into()).collect();
                return Err(NoTrail::Account { account: account.into(), others });
            }
            (Some(trail), _) if of_account.contains(trail) => trail.into(),
            (Some(trail), _) => return Err(NoTrail::Name { trail: trail.into(), others: of_account }),
            (None, 1) => of_account.into_iter().next().unwrap_or_default(),
            (None, _) => return Err(NoTrail::Several(of_account)),
        };
        let is_own = |own: &Stream| own.account == account && *own.trail == *trail;
        let mut own = Self { trail: trail.clone(), ..Self::default() };
        for report in chain.streams.iter().filter(|report| is_own(&report.stream)) {
            let times = own.validated.entry(report.stream.region.as_str().into()).or_default();
            if !report.stream.is_backfill {
                let each = report.validated.iter();
                times.extend(each.map(|one| Delivered { from: one.from, until: one.until }));
                times.sort_unstable();
            }
        }
        for named in logs.named.iter().filter(|named| named.is_shown) {
            let Some(digest) = chain.digests.get(named.entry.digest) else { continue };
            let is_changed = match named.state {
                LogState::Unchanged(_) | LogState::OtherName(_) => continue,
                LogState::Changed(_) => true,
                LogState::Missing => false,
            };
            let log = digest.file.log_files().get(named.entry.log);
            if let Some(log) = log.filter(|_| is_own(digest.file.stream())) {
                let delivered = Delivered { from: digest.file.start(), until: digest.file.end() };
                own.damaged.push(DamagedFile { name: log.name().into(), delivered, is_changed });
            }
        }
        for (name, given) in names.iter().zip(&logs.given) {
            let is_as_delivered = match given.state {
                GivenState::Unchanged(entry) | GivenState::OtherName(entry) => {
                    chain.digests.get(entry.digest).is_some_and(|digest| is_own(digest.file.stream()))
                }
                GivenState::Changed { .. } | GivenState::NotNamed => false,
            };
            if !(given.is_shown && is_as_delivered) {
                own.not_shown.insert(name.clone());
            }
        }
        Ok(own)
    }

    /// The Regions that have digest files.
    pub fn regions(&self) -> impl Iterator<Item = &str> {
        self.validated.keys().map(|own| &**own)
    }

    /// Up to when digest files of a Region are shown without a hole, from a time on. The time itself if they are not shown there.
    pub(crate) fn reached(&self, region: &str, from: Instant) -> Instant {
        let mut reached = from;
        for span in self.validated.get(region).into_iter().flatten() {
            if span.from <= reached && span.until > reached {
                reached = span.until;
            }
        }
        reached
    }

    /// The end of the last digest file of a Region that is shown.
    pub(crate) fn last(&self, region: &str) -> Option<Instant> {
        self.validated.get(region)?.iter().map(|own| own.until).max()
    }

    /// The number of files that are missing or changed, of those that were delivered in a time.
    pub(crate) fn damaged_between(&self, from: Instant, to: Instant) -> usize {
        let is_then = |own: &&DamagedFile| own.delivered.from < to && own.delivered.until > from;
        self.damaged.iter().filter(is_then).count()
    }
}
