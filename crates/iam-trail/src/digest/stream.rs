//! Which chain a digest file belongs to, by its S3 key.

use std::fmt;

/// The files of one trail in one Region for one account, of one kind. Each has chains of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Stream {
    /// The account whose events they are. For a trail of an organization, it is the member account.
    pub account: String,
    /// The Region that delivered the files.
    pub region: String,
    /// The name of the trail.
    pub trail: String,
    /// The Region in which the trail was created.
    pub home_region: String,
    /// Whether these are backfill digest files: they name log files that an earlier digest file could not name, since they were processed late.
    pub is_backfill: bool,
}

impl Stream {
    /// Reads the last part of the key, `ACCOUNT_CloudTrail-Digest_REGION_TRAIL_HOME-REGION_TIME.json.gz`, with `_backfill` after the time for
    /// backfill digest files. `None` if it has another form.
    ///
    /// Only the name of a trail may have underscores in it.
    pub(super) fn read(account: &str, key: &str) -> Option<Self> {
        let name = last_part(key).strip_suffix(".json.gz")?;
        let (name, is_backfill) = match name.strip_suffix("_backfill") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let (_, name) = name.split_once("_CloudTrail-Digest_")?;
        let (region, name) = name.split_once('_')?;
        let (name, _) = name.rsplit_once('_')?;
        let (trail, home_region) = name.rsplit_once('_')?;
        if [region, trail, home_region].contains(&"") {
            return None;
        }
        Some(Self {
            account: account.to_owned(),
            region: region.to_owned(),
            trail: trail.to_owned(),
            home_region: home_region.to_owned(),
            is_backfill,
        })
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { account, region, trail, home_region, is_backfill } = self;
        let kind = if *is_backfill { "backfill digest files" } else { "digest files" };
        write!(f, "{kind} of the trail {trail} of {home_region} for {account} in {region}")
    }
}

/// The last part of a key or path, with either slash.
pub(super) fn last_part(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
