//! Which tests limit requests to some values of their key, and which statements are about all that others are about.

use iam_policy::Operator;

use super::arns::Fields;
use crate::glob::{Glob, is_every, like};
use crate::view::{Cond, List, Statement, Text};

/// Two names of services that have nothing in common but their form.
pub(crate) const ANY_SERVICE: [&str; 2] = ["qz1.amazonaws.com", "xj2.amazonaws.com"];

/// Two accounts.
pub(crate) const ANY_ACCOUNT: [&str; 2] = ["111122223333", "987654321098"];

/// Two identifiers of organizations.
pub(crate) const ANY_ORG: [&str; 2] = ["o-a1b2c3d4e5", "o-z9y8x7w6v5"];

/// Two paths in organizations.
pub(crate) const ANY_PATH: [&str; 2] =
    ["o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/", "o-z9y8x7w6v5/r-yz89/ou-yz89-99999999/"];

impl<'d> Statement<'d> {
    /// Whether a test of the statement asks for some values of its key: it is not true without the key, or another test of the key is not, and
    /// it does not exclude values alone.
    pub(crate) fn asks_for_values(&self, cond: &Cond<'d>) -> bool {
        let is_positive = cond.operator().is_some_and(|own| own != Operator::Null) && !cond.is_negated();
        is_positive && (!cond.holds_without_key() || self.asks_for_key(&cond.key.text))
    }

    /// Whether a test of the statement is false of requests without the key.
    pub(crate) fn asks_for_key(&self, key: &str) -> bool {
        self.conditions.iter().any(|own| own.is(key) && own.test.is_some() && !own.holds_without_key())
    }

    /// Whether a test of the statement limits requests to some values of its key. `made_up` are values that have nothing in common but their
    /// form: a pattern that matches all of them leaves every value in.
    pub(crate) fn limits(&self, cond: &Cond<'d>, made_up: &[&str]) -> bool {
        self.asks_for_values(cond) && !leaves_all(cond, made_up)
    }

    /// Whether the statement is about every action and every resource that another one is about, as far as their patterns tell.
    pub(crate) fn is_about_all_of(&self, other: &Statement<'_>) -> bool {
        let lower = |text: &Text<'_>| text.text.to_ascii_lowercase();
        let as_is = |text: &Text<'_>| text.text.clone().into_owned();
        let resources = match (&self.resources, &other.resources) {
            (None, None) => true,
            (own, other) => includes(own.as_ref(), other.as_ref(), as_is),
        };
        resources && includes(self.actions.as_ref(), other.actions.as_ref(), lower)
    }
}

/// Whether patterns leave every value in, as far as values that are made up tell.
pub(crate) fn leaves_all(cond: &Cond<'_>, made_up: &[&str]) -> bool {
    let is_open =
        |text: &str| is_every(text) || (!made_up.is_empty() && made_up.iter().all(|value| like(text, value)));
    cond.is_like() && cond.values.iter().any(|value| is_open(&value.text))
}

/// Whether a pattern of ARNs leaves open whose resource it is: the account has a wildcard, or it is empty and so is the beginning of the resource.
pub(crate) fn is_of_any_account(text: &str) -> bool {
    let begins_open = |text: &str| text.is_empty() || text.starts_with(['*', '?']);
    match Fields::of(text) {
        Some(fields) if fields.account.is_empty() => begins_open(fields.resource),
        Some(fields) => fields.account.contains(['*', '?']),
        None => begins_open(text.trim_start_matches("arn:")),
    }
}

/// Whether all that one element stands for is in another one. Without the element it is not known.
fn includes(outer: Option<&List<'_>>, inner: Option<&List<'_>>, text: impl Fn(&Text<'_>) -> String) -> bool {
    let (Some(outer), Some(inner)) = (outer, inner) else { return false };
    let all = |list: &List<'_>| list.texts.iter().map(&text).collect::<Vec<String>>();
    let (outside, inside) = (all(outer), all(inner));
    let in_one_of =
        |list: &[String], own: &str| list.iter().any(|pattern| Glob::of(pattern).includes(&Glob::of(own)));
    match (outer.is_not, inner.is_not) {
        (false, false) => inside.iter().all(|own| in_one_of(&outside, own)),
        (false, true) => outside.iter().any(|own| is_every(own)),
        (true, true) => outside.iter().all(|own| in_one_of(&inside, own)),
        (true, false) => {
            let overlaps =
                |own: &String| outside.iter().any(|pattern| Glob::of(pattern).overlaps(&Glob::of(own)));
            !inside.iter().any(overlaps)
        }
    }
}
