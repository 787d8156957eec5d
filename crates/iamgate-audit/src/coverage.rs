//! What is known of the records themselves: which calls are recorded, and whether all records are there, and unchanged.

use std::collections::BTreeSet;

use iam_trail::Selectors;
use iamgate::iam_policy::value::Instant;

use crate::digests::Digests;

/// What is known of the records, besides those that were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Coverage {
    /// The time up to which records were asked for. `None` if nobody says.
    pub until: Option<Instant>,
    /// The Regions whose records the trail has. `None` if nobody says.
    pub regions: Option<BTreeSet<Box<str>>>,
    /// Which calls the trail records. `None` if nobody says.
    pub selectors: Option<Selectors>,
    /// What the digest files of the trail show. `None` if there are none.
    pub digests: Option<Digests>,
}

/// How long CloudTrail may take to deliver a record, in seconds.
///
/// AWS says about 5 minutes on average, and guarantees nothing. A refused call was seen to take between 25 and 85 minutes.
const SETTLING: i64 = 7_200;

/// How long it may take to deliver a digest file, in seconds. They are delivered each hour.
const DIGEST_DELAY: i64 = 7_200;

/// Whether all records of a Region are shown to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RegionState {
    /// They are.
    Whole,
    /// There are no digest files at all.
    NotValidated,
    /// The digest files end too early, and later ones may not have been delivered yet.
    EndsEarly(Instant),
    /// A part of the time has no digest file that is shown.
    Gap,
}

impl Coverage {
    /// The time by which every record of a session that ended then is taken for delivered.
    pub(crate) fn settled(end: Instant) -> Instant {
        Instant::from_epoch_seconds(end.epoch_seconds().saturating_add(SETTLING))
    }

    /// Whether records up to a time have been delivered, by what is known of CloudTrail's delays. `None` if nobody says up to when records were asked
    /// for.
    pub(crate) fn has_settled(&self, end: Instant) -> Option<bool> {
        Some(self.until? >= Self::settled(end))
    }

    /// The Regions whose records count for a session that called these.
    pub(crate) fn all_regions<'c>(&'c self, called: &'c BTreeSet<Box<str>>) -> BTreeSet<&'c str> {
        let of_digests = self.digests.iter().flat_map(Digests::regions);
        let told = self.regions.iter().flatten().map(|own| &**own);
        told.chain(called.iter().map(|own| &**own)).chain(of_digests).collect()
    }

    /// Whether all records of a Region are there that CloudTrail delivered in a time.
    pub(crate) fn region(&self, region: &str, from: Instant, to: Instant) -> RegionState {
        let Some(digests) = &self.digests else { return RegionState::NotValidated };
        let reached = digests.reached(region, from);
        if reached >= to {
            return RegionState::Whole;
        }
        let is_due =
            |until: Instant| until.epoch_seconds() >= to.epoch_seconds().saturating_add(DIGEST_DELAY);
        let is_last = reached > from && digests.last(region) == Some(reached);
        if is_last && !self.until.is_some_and(is_due) {
            RegionState::EndsEarly(reached)
        } else {
            RegionState::Gap
        }
    }
}
