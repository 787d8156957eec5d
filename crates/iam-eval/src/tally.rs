//! Counts of what statements say: statements are counted by level, levels joined to layers, layers to facts.

use iam_policy::Statement;

use crate::combine::{Decision, Facts, Relation, combine};
use crate::layers::Layer;
use crate::principal::Grant;
use crate::reading::{Point, Readings};
use crate::statement::{Finding, allows};
use crate::truth::Certainty;

/// The counts of the statements of one level. Policies of a level are joined by OR (rules 5.12, 5.14).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Level {
    /// Allow statements by strength: those that certainly apply, then those that may apply.
    allowing: [[usize; 4]; 2],
    /// Deny statements: those that certainly apply, then those that may apply.
    denying: [usize; 2],
}

impl Level {
    /// Counts a statement.
    pub(crate) fn add(&mut self, statement: &Statement, finding: Finding) {
        self.count(statement, finding, |n| n.saturating_add(1));
    }

    /// Counts an Allow statement that certainly applies.
    pub(crate) fn add_allow(&mut self, grant: Grant) {
        let [certain, _] = &mut self.allowing;
        if let Some(slot) = certain.get_mut(grant as usize) {
            *slot = slot.saturating_add(1);
        }
    }

    /// Removes a statement from the counts.
    pub(crate) fn remove(&mut self, statement: &Statement, finding: Finding) {
        self.count(statement, finding, |n| n.saturating_sub(1));
    }

    fn count(&mut self, statement: &Statement, finding: Finding, change: impl Fn(usize) -> usize) {
        let [certain_allow, possible_allow] = &mut self.allowing;
        let [certain_deny, possible_deny] = &mut self.denying;
        let (allow, deny) = match finding.certainty {
            Certainty::Never => return,
            Certainty::Maybe => (possible_allow, possible_deny),
            Certainty::Always => (certain_allow, certain_deny),
        };
        let slot = if allows(statement) { allow.get_mut(finding.grant as usize) } else { Some(deny) };
        if let Some(slot) = slot {
            *slot = change(*slot);
        }
    }

    /// What the level says.
    pub(crate) fn said(&self) -> Said {
        let [certain, possible] = &self.allowing;
        let certain = strongest(certain);
        let grants = [certain, certain.max(strongest(possible))];
        let allows = match self.allowing.map(|by_strength| by_strength.iter().any(|n| *n > 0)) {
            [true, _] => Certainty::Always,
            [false, true] => Certainty::Maybe,
            [false, false] => Certainty::Never,
        };
        let denies = match self.denying {
            [0, 0] => Certainty::Never,
            [0, _] => Certainty::Maybe,
            [_, _] => Certainty::Always,
        };
        Said { applies: true, allows, denies, grants }
    }
}

fn strongest(by_strength: &[usize; 4]) -> Grant {
    const STRENGTHS: [Grant; 4] = [Grant::None, Grant::Account, Grant::Limited, Grant::Direct];
    let counted = STRENGTHS.into_iter().zip(by_strength);
    counted.filter(|(_, n)| **n > 0).map(|(grant, _)| grant).max().unwrap_or(Grant::None)
}

/// What a layer says, or one level of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    /// Whether the layer exists and applies to the principal.
    pub(crate) applies: bool,
    /// Whether it allows. In a layer with levels, every level must allow. For the resource policy, see `grants`.
    pub(crate) allows: Certainty,
    pub(crate) denies: Certainty,
    /// The strongest certain grant, then the strongest possible grant.
    pub(crate) grants: [Grant; 2],
}

impl Said {
    /// A layer that does not exist or does not apply. It limits nothing and grants nothing.
    pub(crate) const ABSENT: Self = Self {
        applies: false,
        allows: Certainty::Always,
        denies: Certainty::Never,
        grants: [Grant::None; 2],
    };

    /// A layer to which no level has been added yet.
    pub(crate) const EMPTY: Self = Self { applies: true, ..Self::ABSENT };

    /// A level without statements. It exists and allows nothing.
    pub(crate) const SILENT: Self = Self { allows: Certainty::Never, ..Self::EMPTY };

    /// The layer with one more level. Levels are joined by AND (rule 5.12).
    #[must_use]
    pub(crate) fn and_level(self, level: Self) -> Self {
        let ([certain, possible], [level_certain, level_possible]) = (self.grants, level.grants);
        Self {
            applies: true,
            allows: self.allows.min(level.allows),
            denies: self.denies.max(level.denies),
            grants: [certain.max(level_certain), possible.max(level_possible)],
        }
    }

    /// The level with one more policy. Policies of a level are joined by OR (rules 5.12, 5.14).
    #[must_use]
    #[inline]
    pub(crate) fn or_policy(self, policy: Self) -> Self {
        let ([certain, possible], [policy_certain, policy_possible]) = (self.grants, policy.grants);
        Self {
            applies: true,
            allows: self.allows.max(policy.allows),
            denies: self.denies.max(policy.denies),
            grants: [certain.max(policy_certain), possible.max(policy_possible)],
        }
    }

    /// Session policies that are joined by OR here, with the answer if each of them must allow (rule 5.14).
    #[must_use]
    pub(crate) fn or_each(self, each: Self, readings: Readings) -> Self {
        let point = Point::SessionPolicies;
        let allows = match (readings.has_first(point), readings.has_other(point)) {
            (_, false) => self.allows,
            (false, true) => each.allows,
            (true, true) if self.allows == each.allows => self.allows,
            (true, true) => Certainty::Maybe,
        };
        Self { allows, ..self }
    }

    /// What resource control policies say about a request without a resource (rule 5.41).
    #[must_use]
    pub(crate) fn where_it_bears(self, readings: Readings) -> Self {
        let point = Point::RcpWithoutResource;
        match (readings.has_first(point), readings.has_other(point)) {
            (_, false) => self,
            (false, true) => Self::ABSENT,
            (true, true) => Self {
                allows: self.allows.max(Certainty::Maybe),
                denies: self.denies.min(Certainty::Maybe),
                ..self
            },
        }
    }

    /// The level with one more statement. Statements are joined by OR.
    #[must_use]
    #[inline]
    pub(crate) fn or_statement(self, statement: &Statement, finding: Finding) -> Self {
        if finding.certainty == Certainty::Never {
            return self;
        }
        if !allows(statement) {
            return Self { denies: self.denies.max(finding.certainty), ..self };
        }
        let [certain, possible] = self.grants;
        let of = |enough: Certainty| if finding.certainty >= enough { finding.grant } else { Grant::None };
        Self {
            allows: self.allows.max(finding.certainty),
            grants: [certain.max(of(Certainty::Always)), possible.max(of(Certainty::Maybe))],
            ..self
        }
    }
}

/// What every layer says.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about the request")]
pub(crate) struct Tally {
    /// What each layer says, in the order of [`Layer::ALL`].
    pub(crate) said: [Said; Layer::ALL.len()],
    pub(crate) relation: Relation,
    /// Whether the principal is the root user, which has full access by default (rule 5.25).
    pub(crate) is_root: bool,
    /// Whether no identity policy has to allow: the root user, and the federated users that it makes (rule 6.19).
    pub(crate) has_every_permission: bool,
    /// Whether the request is answered whatever the policies of principal and resource say (rule 5.55).
    pub(crate) needs_no_permission: bool,
    /// Whether the principal is a federated user without a session policy, which has no permissions of its own (rule 6.14).
    pub(crate) lacks_session: bool,
    /// Whether the steps ran out before every statement was asked.
    pub(crate) is_spent: bool,
}

impl Tally {
    pub(crate) fn said(&self, layer: Layer) -> Said {
        Layer::ALL
            .into_iter()
            .zip(self.said)
            .find(|(l, _)| *l == layer)
            .map_or(Said::ABSENT, |(_, said)| said)
    }

    /// The facts for those values of the unknown keys that favour the request most, or least.
    pub(crate) fn facts(&self, favourable: bool) -> Facts {
        let [identity, boundary, session, scope, resource, vpc_endpoint, scp, rcp] = self.said;
        let (enough_to_allow, enough_to_deny) = if favourable {
            (Certainty::Maybe, Certainty::Always)
        } else {
            (Certainty::Always, Certainty::Maybe)
        };
        let allows = |said: Said| said.allows >= enough_to_allow;
        let [certain, possible] = resource.grants;
        Facts {
            denied: self.said.iter().any(|said| said.denies >= enough_to_deny),
            identity: self.has_every_permission || (identity.applies && allows(identity)),
            boundary: self.is_root || allows(boundary),
            session: self.is_root || (!self.lacks_session && allows(session)),
            scope: allows(scope),
            resource: if self.needs_no_permission {
                Grant::Direct
            } else if favourable {
                possible
            } else {
                certain
            },
            vpc_endpoint: allows(vpc_endpoint),
            scp: allows(scp),
            rcp: allows(rcp),
        }
    }

    /// The decision. It is certain if the most and the least favourable values yield the same.
    pub(crate) fn decision(&self) -> Decision {
        if self.is_spent {
            let is_denied = self.said.iter().any(|said| said.denies == Certainty::Always);
            return if is_denied { Decision::ExplicitDeny } else { Decision::ImplicitDeny };
        }
        let [best, worst] = [true, false].map(|favourable| combine(self.facts(favourable), self.relation));
        if best == worst {
            best
        } else if best.is_allowed() {
            Decision::Depends
        } else {
            // The request is denied for every value of the keys. Whether a Deny statement applies is not certain.
            Decision::ImplicitDeny
        }
    }
}
