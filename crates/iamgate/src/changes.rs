//! The difference between two previews: of two roles, two profiles or two catalogues.

use std::collections::BTreeMap;

use iam_analysis::{ActionReach, Reach};
use iam_catalog::{AccessLevel, Catalog};
use iam_eval::{Decision, Layers, Request};

use crate::preview::Preview;

/// The difference between two previews.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Changes {
    /// Actions that became possible, each with a request that is now allowed.
    pub gained: Vec<Change>,
    /// Actions that are no longer possible, each with a request that was allowed.
    pub lost: Vec<Change>,
    /// Actions that are possible in both previews, but to a different extent.
    pub moved: Vec<Change>,
}

/// An action that is now possible to a greater or smaller extent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Change {
    /// The action.
    pub action: Box<str>,
    /// Its access level in the catalogue of the later preview, or else in that of the earlier one.
    pub level: Option<AccessLevel>,
    /// How far it was allowed; `None` if it was not.
    pub before: Option<Reach>,
    /// How far it is allowed; `None` if it is not.
    pub after: Option<Reach>,
    /// A request that is allowed after the change, or before it if the action is no longer possible. `None` if none was found.
    pub example: Option<Request>,
}

impl Changes {
    /// Whether both previews say the same of every action.
    pub fn is_empty(&self) -> bool {
        self.gained.is_empty() && self.lost.is_empty() && self.moved.is_empty()
    }
}

/// A preview, and what it was made from.
#[derive(Clone, Copy, Debug)]
pub struct Side<'s> {
    /// The preview.
    pub preview: &'s Preview<'s>,
    /// The catalogue, which has the levels.
    pub catalog: &'s Catalog<'s>,
    /// The layers of the session (see [`crate::session_layers`]). The evaluator judges each example under them.
    pub layers: &'s Layers,
}

/// The changes from one preview to another.
pub fn changes(before: Side<'_>, after: Side<'_>) -> Changes {
    let (old, new) = (by_action(before.preview), by_action(after.preview));
    let mut changes = Changes::default();
    let mut names: Vec<&str> = old.keys().chain(new.keys()).copied().collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let (was, is) = (old.get(name).copied(), new.get(name).copied());
        let level =
            after.catalog.action(name).or_else(|| before.catalog.action(name)).map(|action| action.level);
        let of = |own: Option<&ActionReach>| own.map(|own| own.reach);
        let (own, side) = if is.is_some() { (is, after) } else { (was, before) };
        let example = own.and_then(|own| own.allowed.clone()).map(|request| named(request, name));
        let example = example.filter(|request| side.layers.decide(request) == Decision::Allowed);
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

/// Maps each action of a preview to its group.
fn by_action<'p>(preview: &'p Preview<'_>) -> BTreeMap<&'p str, &'p ActionReach> {
    let groups = preview.reaches.iter();
    groups.flat_map(|reach| reach.actions.iter().map(move |action| (&**action, reach))).collect()
}

/// The request of a group, rewritten for one of the group's actions.
fn named(mut request: Request, action: &str) -> Request {
    if let Some(action) = iam_eval::Action::new(action) {
        request.action = action;
    }
    request
}
