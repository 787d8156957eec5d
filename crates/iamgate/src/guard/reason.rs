//! Why a profile refuses an action.

use std::fmt;

use iam_catalog::{AccessLevel, CatalogAction, SensitivityClass};

use crate::profile::Profile;

/// Why a profile refuses an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum GuardReason {
    /// The action is of a class that the profile never allows.
    NeverAllowed(SensitivityClass),
    /// The action is of a class, and the profile does not keep it.
    NotKept(SensitivityClass),
    /// The action has a level that the profile does not allow.
    Level(AccessLevel),
    /// The profile always denies the action.
    AlwaysDenied,
    /// The catalogue does not have the name, and the profile does not foresee it.
    NotInCatalogue,
}

impl fmt::Display for GuardReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeverAllowed(class) => write!(f, "{}, never allowed", SensitivityClass::name(*class)),
            Self::NotKept(class) => write!(f, "{}, not kept", SensitivityClass::name(*class)),
            Self::Level(level) => f.write_str(level.name()),
            Self::AlwaysDenied => f.write_str("always denied"),
            Self::NotInCatalogue => f.write_str("not in the catalogue"),
        }
    }
}

/// Every reason for which the promise of a profile rules out an action.
pub(super) fn reasons(
    profile: &Profile,
    action: CatalogAction<'_>,
    name: &str,
    is_always_denied: bool,
) -> Vec<GuardReason> {
    let is_excepted = profile.exception(name).is_some();
    let is_kept = is_excepted || profile.kept_for(name).is_some();
    // A class that holds only on some resources has a statement of its own.
    let classes = action.sensitivity.classes().filter(|class| action.is_everywhere(*class));
    let mut reasons: Vec<GuardReason> = classes
        .filter_map(|class| {
            if profile.never_allowed().contains(&class) {
                Some(GuardReason::NeverAllowed(class))
            } else {
                (!is_kept).then_some(GuardReason::NotKept(class))
            }
        })
        .collect();
    if !profile.levels().contains(&action.level) && !is_excepted {
        reasons.push(GuardReason::Level(action.level));
    }
    if is_always_denied {
        reasons.push(GuardReason::AlwaysDenied);
    }
    reasons
}
