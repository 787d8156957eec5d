//! What session policies allow besides the actions of the catalogue.

use std::collections::BTreeSet;

use iam_analysis::{ActionNames, ProofBudget, remains};
use iam_eval::LetterCase;
use iam_policy::{ActionElement, ActionPattern, Pattern};

use crate::later::allowing;
use crate::profile::Profile;

/// Names and patterns of Allow statements that also allow names which neither the catalogue nor the profile knows.
///
/// A guard denies each of them whole: a pattern that matches the text of another one, star for star, matches whatever that one matches. One that
/// matches an action which must not be denied is left out, because no guard can deny it; the proof then tells.
pub(super) fn unknown(
    profile: &Profile,
    names: &ActionNames,
    is_kept: &dyn Fn(usize) -> bool,
) -> Vec<String> {
    let exceptions = profile.exceptions().iter().flat_map(super::super::profile::Exception::actions);
    let foreseen: Vec<&Pattern> =
        profile.future().iter().chain(exceptions).map(ActionPattern::pattern).collect();
    let mut unknown = BTreeSet::new();
    let any = ActionElement::any();
    for pattern in profile.policies().iter().flat_map(|named| allowing(named.policy(), &any)) {
        if names.contains(pattern.text()) || pattern.has_wildcard_service() {
            continue;
        }
        let goes_beyond =
            remains(&[&[pattern.pattern()]], &foreseen, LetterCase::Ascii, ProofBudget::steps(1 << 20));
        let own = names.matching(std::slice::from_ref(pattern));
        let is_free = (0..names.len()).all(|place| !own.contains(place) || !is_kept(place));
        if goes_beyond && is_free {
            unknown.insert(pattern.text().to_owned());
        }
    }
    unknown.into_iter().collect()
}
