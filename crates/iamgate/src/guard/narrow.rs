//! Denies of actions that a profile refuses only on some resources.

use iam_catalog::{CatalogAction, SensitivityClass};
use iam_policy::{ActionPattern, IdentityStatement, ResourcePattern, Statement};

use crate::profile::Profile;

/// The Deny of an action that the promise rules out only on some resources ([`CatalogAction::only_on`]). It costs nothing elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NarrowDeny {
    /// The action.
    pub action: ActionPattern,
    /// The class that it has on these resources.
    pub class: SensitivityClass,
    /// The ARNs of these resources.
    pub resource: ResourcePattern,
}

impl NarrowDeny {
    /// The Deny that an action needs; `None` if the profile keeps the action, or its classes hold everywhere.
    pub(super) fn of(profile: &Profile, action: CatalogAction<'_>, name: &str) -> Option<Self> {
        let (class, resource) = action.only_on?;
        let is_kept = profile.kept_for(name).is_some() || profile.exception(name).is_some();
        if is_kept && !profile.never_allowed().contains(&class) {
            return None;
        }
        Some(Self { action: ActionPattern::parse(name)?, class, resource: resource.parse().ok()? })
    }

    /// The statement.
    pub(super) fn statement(&self) -> Statement {
        IdentityStatement::deny(self.action.clone().into(), self.resource.clone().into()).into()
    }
}

/// The Denies that none of these statements is.
pub(super) fn missing<'n>(
    narrow: &'n [NarrowDeny],
    statements: &[Statement],
) -> impl Iterator<Item = &'n NarrowDeny> {
    narrow.iter().filter(|own| !statements.contains(&own.statement()))
}
