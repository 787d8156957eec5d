//! The policies of a role, looked at together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use iamgate::iam_policy::{Limits, Mode, Policy, PolicyKind};

use super::{CheckAnswer, Checked, meaning};
use crate::world::World;

/// The permissions boundary in the folder of a role.
const BOUNDARY: &str = "boundary.json";

/// The trust policy in the folder of a role.
const TRUST: &str = "trust.json";

/// A folder, and the name of a file in it.
fn split(place: &str) -> (&str, &str) {
    place.rsplit_once('/').unwrap_or(("", place))
}

impl Checked {
    /// What the inline policies of one role have in common: their folder, which is called `inline`, or the role in an output. `None` for other
    /// policies. `place` is that of the file.
    fn role(&self, place: &str) -> Option<String> {
        if !self.document.role.is_empty() && self.document.kind == Some(PolicyKind::Identity) {
            return Some(format!("{place}\n{}", self.document.role));
        }
        let (folder, _) = split(place);
        (split(folder).1 == "inline").then(|| folder.to_owned())
    }

    /// What the identity-based policies and the boundary of one role have in common: its folder, or the role in an output or a template. `None` for
    /// other policies. Parts of a template that are known only later say nothing. The second part says whether it is the boundary.
    fn principal(&self, place: &str) -> Option<(String, bool)> {
        let kinds = [PolicyKind::Identity, PolicyKind::Managed, PolicyKind::AwsManaged, PolicyKind::Boundary];
        if !kinds.contains(&self.kind) || !self.document.unknown.is_empty() {
            return None;
        }
        let is_read_as_one = self.kind == PolicyKind::Boundary;
        if !self.document.role.is_empty() {
            return Some((format!("{place}\n{}", self.document.role), is_read_as_one));
        }
        let (folder, name) = split(place);
        match split(folder) {
            // Policies have any name there.
            (above, "inline" | "managed" | "aws-managed") => Some((above.to_owned(), is_read_as_one)),
            _ => (name == BOUNDARY).then(|| (folder.to_owned(), true)),
        }
    }
}

impl CheckAnswer {
    /// Adds up the inline policies of each role, and looks at its policies together.
    pub(super) fn look_at_roles(&mut self, mode: Mode, world: &dyn World) {
        let places: Vec<String> = self.checked.iter().map(|own| world.place(&own.source.name)).collect();
        self.sum_inline_policies(&places, mode);
        self.find_ways(&places, world);
    }

    fn sum_inline_policies(&mut self, places: &[String], mode: Mode) {
        let mut last: BTreeMap<String, (Vec<Policy>, usize)> = BTreeMap::new();
        for (at, (checked, place)) in self.checked.iter().zip(places).enumerate() {
            // Of choices, not all sides are deployed.
            let is_certain = checked.document.is_deployed() && !checked.document.has_choices();
            let Some(role) = checked.role(place).filter(|_| is_certain) else { continue };
            let read = Policy::parse(
                &checked.document.text,
                PolicyKind::Identity,
                Mode::Deployed,
                &Limits::default(),
            );
            if let Ok(policy) = read {
                let (policies, number) = last.entry(role).or_default();
                policies.push(policy);
                *number = at;
            }
        }
        for (policies, number) in last.into_values().filter(|(policies, _)| policies.len() > 1) {
            let inline: Vec<&Policy> = policies.iter().collect();
            let sum = Policy::beyond_role_quota(&inline, mode, &Limits::default());
            if let (Some(sum), Some(checked)) = (sum, self.checked.get_mut(number)) {
                checked.add(sum, None);
            }
        }
    }

    /// Looks at the policies of each role together for ways to more permissions. What was found for a policy alone is replaced: other policies
    /// and the boundary of the role may open and close ways.
    fn find_ways(&mut self, places: &[String], world: &dyn World) {
        let is_trust = |place: &&String| split(place).1 == TRUST;
        let trusted: BTreeSet<&str> = places.iter().filter(is_trust).map(|place| split(place).0).collect();
        let mut roles: BTreeMap<String, Vec<(usize, bool)>> = BTreeMap::new();
        for (at, (checked, place)) in self.checked.iter().zip(places).enumerate() {
            if let Some((role, is_boundary)) = checked.principal(place).filter(|_| checked.is_accepted) {
                roles.entry(role).or_default().push((at, is_boundary));
            }
        }
        let read = |checked: &Checked| {
            Policy::parse(&checked.document.text, checked.kind, Mode::Deployed, &Limits::default())
                .ok()
                .map(Arc::new)
        };
        // Folders that have no trust policy are not those of roles.
        roles.retain(|role, own| own.len() > 1 && (role.contains('\n') || trusted.contains(role.as_str())));
        for own in roles.into_values() {
            let (mut policies, mut at, mut boundary) = (Vec::new(), Vec::new(), None);
            for (number, is_boundary) in own {
                let Some(checked) = self.checked.get(number) else { continue };
                let Some(policy) = read(checked) else { continue };
                if is_boundary {
                    boundary = Some(policy);
                } else {
                    policies.push(meaning::Attached { policy, text: checked.document.text.clone() });
                    at.push(number);
                }
            }
            for number in &at {
                if let Some(checked) = self.checked.get_mut(*number) {
                    checked.remove(iam_lint::code::PRIVILEGE_ESCALATION);
                }
            }
            for (number, problem, about) in meaning::of_role(&policies, boundary.as_ref(), world.built_in()) {
                if let Some(checked) = at.get(number).and_then(|number| self.checked.get_mut(*number)) {
                    checked.add_about(problem, None, meaning::About::named(about));
                }
            }
        }
    }
}
