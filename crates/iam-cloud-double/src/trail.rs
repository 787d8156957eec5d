//! The trails: records are delivered in files, minutes after the calls and out of order.

use std::collections::BTreeMap;
use std::io::Write as _;

use flate2::{Compression, GzBuilder};
use iam_policy::value::Instant;

use crate::cloud::Cloud;
use crate::digest::{Chain, DigestFile, Listed};

/// A file of records, as CloudTrail delivers it to a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogFile {
    /// The account.
    pub account: Box<str>,
    /// The Region.
    pub region: Box<str>,
    /// The bucket.
    pub bucket: Box<str>,
    /// The key of the object.
    pub key: Box<str>,
    /// When it was delivered.
    pub delivered: Instant,
    /// The content before compression: an object with the list `Records`.
    pub json: String,
}

impl LogFile {
    /// The object as it is in the bucket: compressed with gzip. The same content always gives the same bytes.
    pub fn gzip(&self) -> Vec<u8> {
        gzip(self.json.as_bytes())
    }
}

/// What was delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// Files of records, in the order of delivery.
    pub files: Vec<LogFile>,
    /// Digests, in the order of the hours. Empty if the trail has none.
    pub digests: Vec<DigestFile>,
}

/// The trails of all accounts.
#[derive(Clone, Debug)]
pub(crate) struct Trails {
    start: i64,
    /// When a record is delivered, and which.
    expected: Vec<(i64, usize)>,
    chains: BTreeMap<(Box<str>, Box<str>), Chain>,
}

/// CloudTrail writes a file about every five minutes.
const EVERY: i64 = 300;

impl Trails {
    pub(crate) const fn new(start: i64) -> Self {
        Self { start, expected: Vec::new(), chains: BTreeMap::new() }
    }

    pub(crate) fn expect(&mut self, delivered: i64, entry: usize) {
        self.expected.push((delivered, entry));
    }

    pub(crate) fn forget(&mut self, entry: usize) {
        self.expected.retain(|(_, own)| *own != entry);
    }

    /// The entries that are due, by file: when it is delivered, the account and the Region.
    fn due(
        &mut self,
        cloud: &[crate::record::Entry],
        now: i64,
    ) -> BTreeMap<(i64, Box<str>, Box<str>), Vec<usize>> {
        let slot = |delivered: i64| {
            let rest = delivered.checked_rem_euclid(EVERY).unwrap_or_default();
            if rest == 0 { delivered } else { delivered.saturating_sub(rest).saturating_add(EVERY) }
        };
        let mut files: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        self.expected.sort_unstable();
        self.expected.retain(|(delivered, index)| {
            let (end, Some(entry)) = (slot(*delivered), cloud.get(*index)) else { return false };
            if end > now {
                return true;
            }
            let record = &entry.record;
            let key = (end, record.recipient_account_id.clone(), record.aws_region.clone());
            files.entry(key).or_default().push(*index);
            false
        });
        files
    }
}

impl Cloud {
    /// Delivers what is due at `now` and was not delivered before: records from one to fifteen minutes after their call, and the digest of each
    /// hour that has ended, for each account and Region.
    ///
    /// A call that is made after a delivery and says an earlier time is delivered by the next one.
    ///
    /// # Source
    /// CloudTrail User Guide, "Finding your CloudTrail log files" and "CloudTrail digest file structure".
    pub fn deliver(&mut self, now: Instant) -> Delivery {
        let due = self.trails.due(&self.log, now.epoch_seconds());
        let mut delivery = Delivery::default();
        for ((at, account, region), entries) in due {
            let entries = entries.iter().filter_map(|index| self.log.get(*index));
            let (mut json, mut times) = (String::from("{\"Records\":["), Vec::new());
            for (number, entry) in entries.enumerate() {
                if number > 0 {
                    json.push(',');
                }
                json.push_str(&entry.record.to_json());
                times.push(entry.record.event_time.clone());
            }
            json.push_str("]}");
            times.sort_unstable();
            let delivered = Instant::from_epoch_seconds(at);
            let Times { year, month, day, minute, .. } = Times::of(delivered);
            let unique = self.random.alphanumeric(16);
            let key = format!(
                "AWSLogs/{account}/CloudTrail/{region}/{year}/{month}/{day}/{account}_CloudTrail_{region}_{minute}Z_{unique}.json.gz"
            );
            if self.setup.digests {
                let listed = Listed::of(at, &self.setup.bucket, &key, &json, &times);
                let chain = self.trails.chains.entry((account.clone(), region.clone()));
                chain.or_insert_with(|| Chain::new(self.trails.start)).files.push(listed);
            }
            let bucket = self.setup.bucket.clone();
            delivery.files.push(LogFile { account, region, bucket, key: key.into(), delivered, json });
        }
        if self.setup.digests {
            delivery.digests = self.digests(now.epoch_seconds());
        }
        delivery
    }

    fn digests(&mut self, now: i64) -> Vec<DigestFile> {
        let mut digests = Vec::new();
        for account in self.setup.accounts() {
            for region in &self.setup.regions {
                let chain = self.trails.chains.entry((account.id.clone(), region.clone()));
                let chain = chain.or_insert_with(|| Chain::new(self.trails.start));
                digests.extend(chain.until(now, &self.setup, &account.id, region));
            }
        }
        digests.sort_by_key(|own: &DigestFile| own.end);
        digests
    }
}

/// The parts of a time in names of files.
pub(crate) struct Times {
    pub(crate) year: String,
    pub(crate) month: String,
    pub(crate) day: String,
    /// `20261203T0836`
    pub(crate) minute: String,
    /// `20261203T083639`
    pub(crate) second: String,
}

impl Times {
    pub(crate) fn of(at: Instant) -> Self {
        let text = at.to_string();
        let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default().to_owned();
        let (year, month, day) = (part(0, 4), part(5, 7), part(8, 10));
        let minute = format!("{year}{month}{day}T{}{}", part(11, 13), part(14, 16));
        let second = format!("{minute}{}", part(17, 19));
        Self { year, month, day, minute, second }
    }
}

/// Compressed with gzip, without a time in the header.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::fast());
    // Writing into memory does not fail.
    if encoder.write_all(bytes).is_err() {
        return Vec::new();
    }
    encoder.finish().unwrap_or_default()
}
