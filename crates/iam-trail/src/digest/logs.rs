//! Log files, compared with what digest files name.

use std::collections::BTreeMap;

use super::file::LogFile;
use super::hash::Sum;
use super::report::{ChainReport, DigestReport, Interval};
use super::stream::last_part;

/// A log file that the caller has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GivenLog {
    /// Its S3 key, path or name. Only the last part counts, since a copy seldom keeps the folders. `None` if it has no name of its own.
    pub name: Option<String>,
    /// The hash of its uncompressed bytes, from [`LogHash`](super::LogHash).
    pub sum: Sum,
}

impl GivenLog {
    /// A log file with a name.
    pub fn new(name: impl Into<String>, sum: Sum) -> Self {
        Self { name: Some(name.into()), sum }
    }

    /// A log file without a name. It is known by its hash alone.
    pub const fn unnamed(sum: Sum) -> Self {
        Self { name: None, sum }
    }

    fn last_part(&self) -> Option<&str> {
        self.name.as_deref().map(last_part)
    }
}

/// Where a log file is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct LogEntry {
    /// The digest file, as a place in [`ChainReport::digests`].
    pub digest: usize,
    /// The place in its [`log_files`](super::DigestFile::log_files).
    pub log: usize,
}

/// What is known about a log file that a digest file names. The numbers are places in the list of log files that were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogState {
    /// It is given, under its name or without one, and has the hash.
    Unchanged(usize),
    /// It is given under another name, and has the hash. No file is given under its own name.
    OtherName(usize),
    /// What is given under its name has another hash.
    Changed(usize),
    /// It is not given.
    Missing,
}

/// A log file that a digest file names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct NamedReport {
    /// Where it is named.
    pub entry: LogEntry,
    /// Whether that digest file is shown to be CloudTrail's. If it is not, the hash that it states may be false.
    pub is_shown: bool,
    /// What is known about it.
    pub state: LogState,
}

/// What is known about a log file that was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GivenState {
    /// A digest file names it with this hash.
    Unchanged(LogEntry),
    /// A digest file names these bytes, under a name that is not the one of the file. No digest file names a file like this one.
    OtherName(LogEntry),
    /// A digest file names it with another hash.
    Changed {
        /// Where it is named.
        entry: LogEntry,
        /// Where its bytes are named under another name: it was put in place of another log file.
        bytes_of: Option<LogEntry>,
    },
    /// No digest file names it. It may belong to a time without digest files, or not be CloudTrail's.
    NotNamed,
}

/// A log file that was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct GivenReport {
    /// What is known about it. What a digest file says that is shown goes before what others say.
    pub state: GivenState,
    /// Whether the digest file that names it is shown to be CloudTrail's. False if none names it.
    pub is_shown: bool,
}

/// What is shown about log files.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogReport {
    /// Each log file that a digest file names, in the order of [`ChainReport::digests`].
    pub named: Vec<NamedReport>,
    /// Each log file that was given, in the order given.
    pub given: Vec<GivenReport>,
    /// The times that are validated, and for which every log file that is named is given with its hash. They are parts of
    /// [`StreamReport::validated`](super::StreamReport::validated).
    pub whole: Vec<Interval>,
}

/// Log files by hash, by hash and name, and by name: the first of each.
struct Names<'n, T> {
    hashes: BTreeMap<Sum, T>,
    both: BTreeMap<(Sum, &'n str), T>,
    named: BTreeMap<&'n str, T>,
}

impl<'n, T: Copy> Names<'n, T> {
    const fn new() -> Self {
        Self { hashes: BTreeMap::new(), both: BTreeMap::new(), named: BTreeMap::new() }
    }

    fn insert(&mut self, sum: Sum, name: &'n str, value: T) {
        self.hashes.entry(sum).or_insert(value);
        self.both.entry((sum, name)).or_insert(value);
        self.named.entry(name).or_insert(value);
    }
}

impl Names<'_, LogEntry> {
    /// What these digest files say about a log file that was given.
    fn state(&self, given: &GivenLog) -> GivenState {
        let with_sum = self.hashes.get(&given.sum).copied();
        let Some(name) = given.last_part() else {
            return with_sum.map_or(GivenState::NotNamed, GivenState::Unchanged);
        };
        match (self.both.get(&(given.sum, name)), self.named.get(name), with_sum) {
            (Some(entry), _, _) => GivenState::Unchanged(*entry),
            (None, Some(entry), bytes_of) => GivenState::Changed { entry: *entry, bytes_of },
            (None, None, Some(entry)) => GivenState::OtherName(entry),
            (None, None, None) => GivenState::NotNamed,
        }
    }
}

impl ChainReport {
    /// Compares log files with what the digest files name: by hash first, then by the last part of the name.
    pub fn log_files(&self, given: &[GivenLog]) -> LogReport {
        let (mut shown, mut others) = (Names::new(), Names::new());
        for (entry, digest, log) in self.entries() {
            let names = if digest.standing.is_shown() { &mut shown } else { &mut others };
            names.insert(log.sum, log.name(), entry);
        }
        let reports = given.iter().map(|given| match shown.state(given) {
            GivenState::NotNamed => GivenReport { state: others.state(given), is_shown: false },
            state @ (GivenState::Unchanged(_) | GivenState::OtherName(_) | GivenState::Changed { .. }) => {
                GivenReport { state, is_shown: true }
            }
        });
        let (mut files, mut unnamed) = (Names::new(), BTreeMap::new());
        for (at, given) in given.iter().enumerate() {
            match given.last_part() {
                Some(name) => files.insert(given.sum, name, at),
                None => drop(unnamed.entry(given.sum).or_insert(at)),
            }
        }
        let state = |log: &LogFile| {
            if let Some(at) = files.both.get(&(log.sum, log.name())).or_else(|| unnamed.get(&log.sum)) {
                LogState::Unchanged(*at)
            } else if let Some(at) = files.named.get(log.name()) {
                LogState::Changed(*at)
            } else {
                files.hashes.get(&log.sum).map_or(LogState::Missing, |at| LogState::OtherName(*at))
            }
        };
        let named: Vec<NamedReport> = self
            .entries()
            .map(|(entry, digest, log)| NamedReport {
                entry,
                is_shown: digest.standing.is_shown(),
                state: state(log),
            })
            .collect();
        let mut is_whole = vec![true; self.digests.len()];
        for named in &named {
            if let (LogState::Changed(_) | LogState::Missing, Some(is_whole)) =
                (named.state, is_whole.get_mut(named.entry.digest))
            {
                *is_whole = false;
            }
        }
        let whole = self.parts(|digest| is_whole.get(digest) == Some(&true));
        LogReport { named, given: reports.collect(), whole }
    }

    /// Each log file that is named.
    fn entries(&self) -> impl Iterator<Item = (LogEntry, &DigestReport, &LogFile)> {
        self.digests.iter().enumerate().flat_map(|(digest, report)| {
            let logs = report.file.log_files().iter().enumerate();
            logs.map(move |(log, file)| (LogEntry { digest, log }, report, file))
        })
    }

    /// The validated intervals without the digest files that are not whole.
    fn parts(&self, is_whole: impl Fn(usize) -> bool) -> Vec<Interval> {
        let mut parts = Vec::new();
        for interval in self.streams.iter().flat_map(|stream| &stream.validated) {
            for run in interval.digests.chunk_by(|a, b| is_whole(*a) && is_whole(*b)) {
                let mut files = run.iter().filter_map(|at| self.digests.get(*at)).map(|digest| &digest.file);
                let log_files = files.clone().map(|file| file.log_files().len()).sum();
                let is_part = run.first().is_some_and(|at| is_whole(*at));
                let Some(first) = files.next().filter(|_| is_part) else {
                    continue;
                };
                let until = files.next_back().unwrap_or(first).end();
                let digests = run.to_vec();
                parts.push(Interval {
                    stream: interval.stream,
                    from: first.start(),
                    until,
                    digests,
                    log_files,
                });
            }
        }
        parts
    }
}
