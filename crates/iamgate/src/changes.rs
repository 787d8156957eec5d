//! What became possible between two previews: of two roles, two profiles or two catalogues.

use std::collections::BTreeMap;

use iam_analysis::{ActionReach, Reach};
use iam_catalog::{AccessLevel, Catalog};
use iam_eval::Request;

use crate::preview::Preview;

/// The difference between two previews.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Changes {
    /// Actions that were not possible, with a request that now is allowed.
    pub gained: Vec<Change>,
    /// Actions that were possible and are no more, with a request that was allowed.
    pub lost: Vec<Change>,
    /// Actions that are possible in both, and in another way.
    pub moved: Vec<Change>,
}

/// An action of which more or less is possible.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Change {
    /// The action.
    pub action: Box<str>,
    /// Its access level, by the catalogue of the later preview, or else of the earlier.
    pub level: Option<AccessLevel>,
    /// How far it was allowed; nothing if it was not.
    pub before: Option<Reach>,
    /// How far it is allowed; nothing if it is not.
    pub after: Option<Reach>,
    /// A request that is allowed in one of the two.
    pub example: Option<Request>,
}

impl Changes {
    /// Whether both previews say the same of every action.
    pub fn is_empty(&self) -> bool {
        self.gained.is_empty() && self.lost.is_empty() && self.moved.is_empty()
    }
}

/// What differs from one preview to another; both catalogues tell the levels.
pub fn changes(before: (&Preview<'_>, &Catalog<'_>), after: (&Preview<'_>, &Catalog<'_>)) -> Changes {
    let (old, new) = (by_action(before.0), by_action(after.0));
    let mut changes = Changes::default();
    let mut names: Vec<&str> = old.keys().chain(new.keys()).copied().collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let (was, is) = (old.get(name).copied(), new.get(name).copied());
        let level = after.1.action(name).or_else(|| before.1.action(name)).map(|action| action.level);
        let of = |own: Option<&ActionReach>| own.map(|own| own.reach);
        let example = is.or(was).and_then(|own| own.allowed.clone()).map(|request| named(request, name));
        let change = Change { action: name.into(), level, before: of(was), after: of(is), example };
        match (was, is) {
            (None, Some(_)) => changes.gained.push(change),
            (Some(_), None) => changes.lost.push(change),
            (Some(was), Some(is)) if was.reach != is.reach => changes.moved.push(change),
            (Some(_), Some(_)) | (None, None) => {}
        }
    }
    changes
}

/// The groups of a preview by each of their actions.
fn by_action<'p>(preview: &'p Preview<'_>) -> BTreeMap<&'p str, &'p ActionReach> {
    let groups = preview.reaches.iter();
    groups.flat_map(|reach| reach.actions.iter().map(move |action| (&**action, reach))).collect()
}

/// The request of a group for one of its actions: the statements that are about them are the same.
fn named(mut request: Request, action: &str) -> Request {
    if let Some(action) = iam_eval::Action::new(action) {
        request.action = action;
    }
    request
}
