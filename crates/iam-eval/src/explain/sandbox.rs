//! The effect of single changes: a statement is removed or added, and the decision is made again from the counts.

use std::collections::BTreeMap;

use iam_policy::ResourceElement;

use super::seen;
use crate::combine::Decision;
use crate::context::Context;
use crate::layers::{Layer, Layers, PolicyRef};
use crate::principal::Grant;
use crate::statement::Finding;
use crate::tally::{Level, Said, Tally};
use crate::trace::{Change, Flip, KeyNote, Seen, StatementTrace};
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
        let mut tally = *self.tally;
        for (layer, said) in Layer::ALL.into_iter().zip(tally.said.iter_mut()) {
            if layer != place.layer || !said.applies {
                continue;
            }
            *said = self.levels.iter().filter(|(l, ..)| *l == layer).fold(
                Said::EMPTY,
                |said, (_, level, counts)| {
                    let mut counts = *counts;
                    if *level == place.level {
                        change(&mut counts);
                    }
                    said.and_level(counts.said())
                },
            );
        }
        tally.decision()
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
                    change,
                    decision: then,
                });
            }
        }
        for (layer, level, _) in &self.levels {
            let place = PolicyRef { layer: *layer, level: *level, index: 0 };
            let then = self.decide(place, |level| level.add_allow(Grant::Direct));
            if then != decision && then.is_allowed() {
                flips.push(Flip { statement: None, layer: *layer, change: Change::AddAllow, decision: then });
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

/// What a statement says if it applies with this certainty. A statement that names nobody is taken to name the principal itself.
fn finding(trace: &StatementTrace<'_>, certainty: Certainty) -> Finding {
    let grant = if trace.principal == Grant::None { Grant::Direct } else { trace.principal };
    Finding { certainty, grant }
}
