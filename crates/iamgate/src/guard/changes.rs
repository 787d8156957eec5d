//! What a new guard denies otherwise than the old one.

use iam_policy::ActionPattern;

use super::{GuardPattern, Task};

/// What a guard denies otherwise than the guard that the profile has, of all that the session policies would allow without a guard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GuardChanges {
    /// Actions without a class that are no longer denied, and that the role has.
    pub gained: Vec<Box<str>>,
    /// Actions without a class that are no longer denied, and that the role lacks or, without a role, all of these.
    pub gained_elsewhere: Vec<Box<str>>,
    /// Harmless actions that are now denied, and that the role has.
    pub lost: Vec<Box<str>>,
    /// Harmless actions that are now denied, and that the role lacks or, without a role, all of these.
    pub lost_elsewhere: Vec<Box<str>>,
    /// Actions that the profile refuses, and that were not denied.
    pub refused_newly: Vec<Box<str>>,
    /// Actions with a class that are no longer denied, because the profile keeps or excepts them.
    pub no_longer_refused: Vec<Box<str>>,
}

impl Task<'_> {
    /// What patterns deny otherwise than the guard that the profile has.
    pub(super) fn changes(&self, patterns: &[GuardPattern]) -> GuardChanges {
        let old: Vec<ActionPattern> = self.profile.denied_always().cloned().collect();
        let new: Vec<ActionPattern> = patterns.iter().map(|own| own.pattern.clone()).collect();
        let (old, new) = (self.names.matching(&old), self.names.matching(&new));
        let mut changes = GuardChanges::default();
        for place in self.places() {
            let Some(name) = self.names.name(place) else { continue };
            let is_own = self.own.contains(&place);
            let list = match (old.contains(place), new.contains(place)) {
                (true, false) if self.sensitive.contains(&place) => &mut changes.no_longer_refused,
                (true, false) if is_own => &mut changes.gained,
                (true, false) => &mut changes.gained_elsewhere,
                (false, true) if self.refused.contains_key(&place) => &mut changes.refused_newly,
                (false, true) if is_own => &mut changes.lost,
                (false, true) => &mut changes.lost_elsewhere,
                (true, true) | (false, false) => continue,
            };
            list.push(name.into());
        }
        changes
    }
}
