//! Policies with an index of their statements.

use std::ops::ControlFlow;
use std::sync::Arc;

use iam_policy::{Policy, Statement};

use crate::index::Index;
use crate::layers::Layer;
use crate::statement::{Finding, Subject, allows};
use crate::truth::Certainty;

/// Policies of one level of a layer. Allow and Deny statements have separate indexes.
#[derive(Clone, Debug)]
pub(super) struct Group {
    policies: Vec<Arc<Policy>>,
    /// The place of each statement, by number.
    places: Vec<Place>,
    /// Numbers that are free to be used again.
    free: Vec<u32>,
    allow: Index,
    deny: Index,
}

/// The place of a statement in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) policy: u32,
    pub(super) statement: u32,
}

/// Which statements of a group are asked: Allow or Deny.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Allow,
    Deny,
}

impl Group {
    pub(super) fn new(policies: Vec<Arc<Policy>>) -> Self {
        let statements = || policies.iter().flat_map(|policy| &policy.statements);
        let patterns = |wanted: bool| {
            let of_effect = statements().filter(|statement| allows(statement) == wanted);
            of_effect.map(|statement| statement.action.patterns().len()).sum()
        };
        let mut group = Self {
            places: Vec::with_capacity(statements().count()),
            free: Vec::new(),
            allow: Index::with_room(patterns(true)),
            deny: Index::with_room(patterns(false)),
            policies,
        };
        for policy in 0..group.policies.len() {
            group.add(policy);
        }
        group.allow.fit();
        group.deny.fit();
        group
    }

    /// Replaces a policy and returns the old one. The indexes of all other policies stay. `None` if there was no such policy.
    pub(super) fn replace(&mut self, index: usize, policy: Arc<Policy>) -> Option<Arc<Policy>> {
        self.policies.get(index)?;
        self.remove(index);
        let old = std::mem::replace(self.policies.get_mut(index)?, policy);
        self.add(index);
        Some(old)
    }

    /// INVARIANT (numbers): a group has fewer than `u32::MAX` statements, because more do not fit into memory.
    fn add(&mut self, index: usize) {
        let Self { policies, places, free, allow, deny } = self;
        let Some(policy) = policies.get(index) else { return };
        let number = u32::try_from(index).unwrap_or(u32::MAX);
        for (statement, written) in (0..).zip(&policy.statements) {
            let place = Place { policy: number, statement };
            let number = if let Some(number) = free.pop() {
                if let Some(slot) = places.get_mut(number as usize) {
                    *slot = place;
                }
                number
            } else {
                places.push(place);
                u32::try_from(places.len().saturating_sub(1)).unwrap_or(u32::MAX)
            };
            let side = if allows(written) { &mut *allow } else { &mut *deny };
            side.add(number, written, |number| {
                find(policies, places, number).map(|(_, statement)| statement)
            });
        }
    }

    fn remove(&mut self, index: usize) {
        let Self { policies, places, free, allow, deny } = self;
        for (number, place) in (0_u32..).zip(places.iter()) {
            let is_free = || free.contains(&number);
            if place.policy as usize != index || is_free() {
                continue;
            }
            if let Some((_, statement)) = find(policies, places, number) {
                let side = if allows(statement) { &mut *allow } else { &mut *deny };
                side.remove(number, statement);
                free.push(number);
            }
        }
    }

    /// Calls `look` with each statement of a side that applies or may apply, until it breaks.
    #[inline]
    pub(super) fn findings<'g, B>(
        &'g self,
        side: Side,
        layer: Layer,
        subject: Subject<'_>,
        mut look: impl FnMut(u32, &'g Statement, Finding) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let index = match side {
            Side::Allow => &self.allow,
            Side::Deny => &self.deny,
        };
        if index.is_empty() {
            return ControlFlow::Continue(());
        }
        let known = |number| find(&self.policies, &self.places, number);
        index.candidates(subject, known, |number, policy, statement| {
            let finding = subject.beyond_action(statement, policy, layer);
            if finding.certainty == Certainty::Never {
                return ControlFlow::Continue(());
            }
            look(number, statement, finding)
        })
    }

    pub(super) fn place(&self, number: u32) -> Option<Place> {
        self.places.get(number as usize).copied()
    }

    /// The bytes of memory of the indexes, without the policies.
    pub(super) fn bytes(&self) -> usize {
        let places = self.places.capacity().saturating_mul(size_of::<Place>());
        self.allow.bytes().saturating_add(self.deny.bytes()).saturating_add(places)
    }
}

fn find<'p>(
    policies: &'p [Arc<Policy>],
    places: &[Place],
    number: u32,
) -> Option<(&'p Policy, &'p Statement)> {
    let place = places.get(number as usize)?;
    let policy = policies.get(place.policy as usize)?;
    Some((policy, policy.statements.get(place.statement as usize)?))
}
