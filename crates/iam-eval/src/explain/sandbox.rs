//! The effect of single changes: a statement is removed or added, and the decision is made again from the counts.

use std::collections::BTreeMap;

use iam_policy::ResourceElement;

use super::seen;
use crate::combine::Decision;
use crate::context::Context;
use crate::layers::{Layer, Layers, PolicyRef};
use crate::principal::Grant;
use crate::statement::{Finding, allows};
use crate::tally::{Level, Said, Tally};
use crate::trace::{Change, Flip, KeyNote, Lack, Seen, StatementTrace};
use crate::truth::{Certainty, Outcomes};

/// The counts of every level, for decisions on changed policies.
pub(super) struct Sandbox<'t> {
    tally: &'t Tally,
    levels: Vec<(Layer, usize, Level)>,
}

impl<'t> Sandbox<'t> {
    pub(super) fn new(tally: &'t Tally, layers: &Layers, statements: &[StatementTrace<'_>]) -> Self {
        let mut levels: BTreeMap<(Layer, usize), Level> = BTreeMap::new();
        for layer in Layer::ALL {
            let count = match layer {
                Layer::Scope => layers.scope.as_ref().map(|levels| levels.len().max(1)),
                Layer::Scp => layers.scp.as_ref().map(|levels| levels.len().max(1)),
                Layer::Rcp => layers.rcp.as_ref().map(|levels| levels.len().max(1)),
                Layer::Identity | Layer::Boundary | Layer::Session | Layer::Resource | Layer::VpcEndpoint => {
                    Some(1)
                }
            };
            levels.extend((0..count.unwrap_or_default()).map(|level| ((layer, level), Level::default())));
        }
        for trace in statements {
            let place = trace.at.policy;
            levels
                .entry((place.layer, place.level))
                .or_default()
                .add(trace.statement, finding(trace, trace.applies));
        }
        Self {
            tally,
            levels: levels.into_iter().map(|((layer, level), counts)| (layer, level, counts)).collect(),
        }
    }

    /// The decision after a change to the counts of one level.
    fn decide(&self, place: PolicyRef, change: impl Fn(&mut Level)) -> Decision {
        self.decide_all(&[(place.layer, place.level)], change)
    }

    /// The decision after a change to the counts of some levels.
    fn decide_all(&self, places: &[(Layer, usize)], change: impl Fn(&mut Level)) -> Decision {
        let mut tally = *self.tally;
        for (layer, said) in Layer::ALL.into_iter().zip(tally.said.iter_mut()) {
            if !said.applies || !places.iter().any(|(own, _)| *own == layer) {
                continue;
            }
            *said = self.levels.iter().filter(|(l, ..)| *l == layer).fold(
                Said::EMPTY,
                |said, (_, level, counts)| {
                    let mut counts = *counts;
                    if places.contains(&(layer, *level)) {
                        change(&mut counts);
                    }
                    said.and_level(counts.said())
                },
            );
        }
        tally.decision()
    }

    /// The layers and levels that would have to allow, of those that do not. Empty if an Allow statement in each does not suffice.
    pub(super) fn lacks(&self, missing: &[Layer], layers: &Layers) -> Vec<Lack> {
        let lacking: Vec<(Layer, usize)> = self
            .levels
            .iter()
            .filter(|(layer, _, counts)| missing.contains(layer) && counts.said().allows == Certainty::Never)
            .map(|(layer, level, _)| (*layer, *level))
            .collect();
        if !self.decide_all(&lacking, |level| level.add_allow(Grant::Account)).is_allowed() {
            return Vec::new();
        }
        let is_silent = |place: (Layer, usize)| {
            let own = layers.policies().filter(|(at, _)| (at.layer, at.level) == place);
            !own.flat_map(|(_, policy)| &policy.statements).any(allows)
        };
        let lack = |(layer, level): (Layer, usize)| Lack {
            layer,
            level: has_levels(layer).then_some(level),
            is_silent: is_silent((layer, level)),
        };
        lacking.into_iter().map(lack).collect()
    }

    /// The least strength with which an Allow statement of the resource policy would have to name the principal.
    fn least(&self, above: Grant, decide: impl Fn(Grant) -> Decision) -> Option<(Grant, Decision)> {
        let strengths = [Grant::Account, Grant::Limited, Grant::Direct].into_iter();
        strengths
            .filter(|grant| *grant > above)
            .map(|grant| (grant, decide(grant)))
            .find(|(_, then)| then.is_allowed() && *then != self.tally.decision())
    }

    /// The decision if a statement applied with this certainty.
    fn with(&self, trace: &StatementTrace<'_>, applies: Certainty) -> Decision {
        self.decide(trace.at.policy, |level| {
            level.remove(trace.statement, finding(trace, trace.applies));
            level.add(trace.statement, finding(trace, applies));
        })
    }

    /// Whether the decision depends on whether the statement applies.
    pub(super) fn switches(&self, trace: &StatementTrace<'_>, decision: Decision) -> bool {
        self.with(trace, Certainty::Always) != decision || self.with(trace, Certainty::Never) != decision
    }

    pub(super) fn flips(&self, statements: &[StatementTrace<'_>], decision: Decision) -> Vec<Flip> {
        let mut flips = Vec::new();
        for trace in statements {
            let (change, then) = match (trace.applies, trace.failing().as_slice()) {
                (Certainty::Always, _) => (Change::Stop, self.with(trace, Certainty::Never)),
                (Certainty::Never | Certainty::Maybe, [part]) => {
                    (Change::Match(*part), self.with(trace, Certainty::Always))
                }
                (Certainty::Never | Certainty::Maybe, _) => continue,
            };
            // A change from an implicit to an explicit denial is not reported. The reverse is: it shows that only the Deny statement stops.
            let same_answer = decision == Decision::ImplicitDeny && then == Decision::ExplicitDeny;
            if then != decision && !same_answer {
                flips.push(Flip {
                    statement: Some(trace.at),
                    layer: trace.at.policy.layer,
                    level: None,
                    grant: None,
                    change,
                    decision: then,
                });
            }
        }
        let mut is_named = false;
        for trace in statements {
            // A Deny stays one whoever it names, and nobody is named more strongly than directly: no decision changes then.
            if trace.at.policy.layer != Layer::Resource || trace.applies != Certainty::Always {
                continue;
            }
            let named = |grant| {
                self.decide(trace.at.policy, |level| {
                    level.remove(trace.statement, finding(trace, trace.applies));
                    level.add(trace.statement, Finding { certainty: Certainty::Always, grant });
                })
            };
            if let Some((grant, then)) = self.least(trace.principal, named) {
                is_named = true;
                flips.push(Flip {
                    statement: Some(trace.at),
                    layer: Layer::Resource,
                    level: None,
                    grant: Some(grant),
                    change: Change::Name,
                    decision: then,
                });
            }
        }
        for (layer, level, _) in &self.levels {
            // A statement that applies needs no other beside it.
            if *layer == Layer::Resource && is_named {
                continue;
            }
            let place = PolicyRef { layer: *layer, level: *level, index: 0 };
            let with = |grant| self.decide(place, |level| level.add_allow(grant));
            let least = match layer {
                Layer::Resource => self.least(Grant::None, with),
                Layer::Identity
                | Layer::Boundary
                | Layer::Session
                | Layer::Scope
                | Layer::VpcEndpoint
                | Layer::Scp
                | Layer::Rcp => Some((Grant::Direct, with(Grant::Direct))),
            };
            if let Some((grant, then)) = least.filter(|(_, then)| *then != decision && then.is_allowed()) {
                flips.push(Flip {
                    statement: None,
                    layer: *layer,
                    level: has_levels(*layer).then_some(*level),
                    grant: (*layer == Layer::Resource).then_some(grant),
                    change: Change::AddAllow,
                    decision: then,
                });
            }
        }
        flips
    }

    /// Keys that are absent or unknown in tests of statements on which the decision depends.
    pub(super) fn keys(
        &self,
        statements: &[StatementTrace<'_>],
        decision: Decision,
        context: &Context,
    ) -> Vec<KeyNote> {
        let mut notes: BTreeMap<String, KeyNote> = BTreeMap::new();
        for trace in statements {
            let about = trace.action && trace.principal != Grant::None;
            let mut keys: Vec<&str> = Vec::new();
            if about && trace.resource != Outcomes::FALSE {
                keys.extend(trace.conditions.iter().map(|c| c.key));
            }
            if about {
                let resources =
                    trace.statement.resource.as_ref().map(ResourceElement::patterns).unwrap_or_default();
                keys.extend(
                    resources.iter().flat_map(|p| p.value.pattern().variables()).map(|variable| variable.key),
                );
            }
            keys.retain(|key| matches!(seen(context, key), Seen::Absent | Seen::Unknown));
            if keys.is_empty() || !self.switches(trace, decision) {
                continue;
            }
            for key in keys {
                let note = notes.entry(key.to_ascii_lowercase()).or_insert_with(|| KeyNote {
                    key: key.into(),
                    is_unknown: seen(context, key) == Seen::Unknown,
                    statements: Vec::new(),
                });
                if note.statements.last() != Some(&trace.at) {
                    note.statements.push(trace.at);
                }
            }
        }
        notes.into_values().collect()
    }
}

/// Whether a layer has levels of which each must allow.
const fn has_levels(layer: Layer) -> bool {
    matches!(layer, Layer::Scope | Layer::Scp | Layer::Rcp)
}

/// What a statement says if it applies with this certainty. A statement that names nobody is taken to name the principal itself.
fn finding(trace: &StatementTrace<'_>, certainty: Certainty) -> Finding {
    let grant = if trace.principal == Grant::None { Grant::Direct } else { trace.principal };
    Finding { certainty, grant }
}
