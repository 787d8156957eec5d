//! Explanations: the evaluation of a decision with notes on each step, and the reasons that follow.

mod sandbox;

use std::collections::BTreeMap;

use iam_policy::{Policy, ResourceElement, Statement};

use self::sandbox::Sandbox;

use crate::by_spelling;
use crate::combine::{Decision, Facts, Relation};
use crate::condition;
use crate::context::{Context, ContextValue};
use crate::decide::{Watch, tally};
use crate::layers::{Layer, Layers};
use crate::meter::{Budget, Meter};
use crate::principal::Grant;
use crate::reading::Readings;
use crate::request::{Principal, Request};
use crate::statement::{Finding, Subject, allows};
use crate::tally::Tally;
use crate::trace::{
    ConditionTrace, Flip, Lack, LayerTrace, NotAsked, Reason, Seen, StatementRef, StatementTrace, Trace,
};
use crate::truth::{Certainty, Outcomes};

/// Notes on every statement.
#[derive(Default)]
struct Notes<'l> {
    statements: Vec<StatementTrace<'l>>,
}

impl Layers {
    /// The decision on a request, and its reasons.
    ///
    /// # Cost
    /// Linear in the number of statements of the layers, with a larger factor than [`Layers::decide`]: every part of every statement is
    /// evaluated and noted.
    ///
    /// # Examples
    /// ```
    /// use std::sync::Arc;
    /// use iam_eval::{Action, Layer, Layers, Part, Principal, Reason, Request};
    /// use iam_policy::{Limits, Mode, Policy, PolicyKind};
    ///
    /// let text = r#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::bucket/*"}}"#;
    /// let mut layers = Layers::new();
    /// layers.identity.push(Arc::new(Policy::parse(text, PolicyKind::Identity, Mode::Strict, &Limits::default())?));
    ///
    /// let ana = Principal::from_arn("arn:aws:iam::111122223333:user/ana").unwrap();
    /// let request = Request::new(ana, Action::new("s3:GetObject").unwrap(), "arn:aws:s3:::other/key");
    /// let trace = layers.explain(&request);
    /// assert_eq!(trace.decision, layers.decide(&request));
    /// assert_eq!(trace.reason, Reason::NotGranted { missing: vec![Layer::Identity] });
    /// // The only statement fails at its `Resource`.
    /// assert_eq!(trace.layers[0].statements[0].failing(), [Part::Resource]);
    /// # Ok::<(), iam_policy::Report>(())
    /// ```
    pub fn explain(&self, request: &Request) -> Trace<'_> {
        let mut notes = Notes::default();
        let meter = Meter::new(Budget::DEFAULT);
        let tally = tally(self, request, &meter, Readings::FIRST, &mut notes);
        let decision = self.decide(request);
        let sandbox = Sandbox::new(&tally, self, &notes.statements);
        let keys = sandbox.keys(&notes.statements, decision, &request.context);
        let Answer { reason, deciding, flips, lacks } =
            joined(self, request, decision).unwrap_or_else(|| {
                let reason = reason(&tally, decision, request);
                let deciding = deciding(&notes.statements, &tally, &reason, &sandbox);
                let lacks = match &reason {
                    Reason::NotGranted { missing } => sandbox.lacks(missing, self),
                    Reason::Granted { .. }
                    | Reason::Denied { .. }
                    | Reason::Unknown
                    | Reason::FederatedWithoutSession
                    | Reason::OtherPartition
                    | Reason::OverBudget => Vec::new(),
                };
                Answer { reason, deciding, flips: sandbox.flips(&notes.statements, decision), lacks }
            });
        Trace {
            decision,
            reason,
            deciding,
            lacks,
            layers: layer_traces(self, &tally, request, notes.statements),
            flips,
            keys,
        }
    }
}

/// Why a decision is as it is, and what would change it.
struct Answer {
    reason: Reason,
    deciding: Vec<StatementRef>,
    flips: Vec<Flip>,
    lacks: Vec<Lack>,
}

/// The answer about a request with keys in several spellings (rule 4.5). Reasons and deciding statements are those of all choices that have this
/// decision; changes, and what is lacking, are those that are the same for every choice.
///
/// If the decision depends on the choice, the deciding statements are those that decide for some choice. `None` if no key has several spellings.
/// A statement may apply for every value of such a key, or for none, although no comparison with all values at once shows it.
fn joined(layers: &Layers, request: &Request, decision: Decision) -> Option<Answer> {
    let mut all: Option<Reason> = None;
    let mut deciding: Vec<StatementRef> = Vec::new();
    let mut same: Option<(Vec<Flip>, Vec<Lack>)> = None;
    let found = by_spelling::each(layers, request, |one| {
        let trace = layers.explain(one);
        match &mut same {
            None => same = Some((trace.flips, trace.lacks)),
            Some((flips, lacks)) => {
                flips.retain(|flip| trace.flips.contains(flip));
                if *lacks != trace.lacks {
                    lacks.clear();
                }
            }
        }
        if decision != Decision::Depends && trace.decision != decision {
            return;
        }
        for at in trace.deciding {
            if !deciding.contains(&at) {
                deciding.push(at);
            }
        }
        match (&mut all, trace.reason) {
            (None, reason) => all = Some(reason),
            (Some(Reason::Granted { by, .. }), Reason::Granted { by: more, .. })
            | (Some(Reason::Denied { by }), Reason::Denied { by: more })
            | (Some(Reason::NotGranted { missing: by }), Reason::NotGranted { missing: more }) => {
                for layer in more {
                    if !by.contains(&layer) {
                        by.push(layer);
                    }
                }
            }
            (Some(_), _) => {}
        }
    });
    let reason = if decision == Decision::Depends { None } else { all };
    let (flips, lacks) = same.unwrap_or_default();
    found.then(|| Answer { reason: reason.unwrap_or(Reason::Unknown), deciding, flips, lacks })
}

impl<'l> Watch<'l> for Notes<'l> {
    fn statement(
        &mut self,
        subject: Subject<'_>,
        at: StatementRef,
        statement: &'l Statement,
        policy: &'l Policy,
    ) -> Finding {
        let context = &subject.request.context;
        let finding = subject.finding(statement, policy, at.policy.layer);
        let matching = |is_match: &dyn Fn(usize) -> bool, count: usize| (0..count).find(|i| is_match(*i));
        let actions = statement.action.patterns();
        let resources = statement.resource.as_ref().map(ResourceElement::patterns).unwrap_or_default();
        self.statements.push(StatementTrace {
            at,
            position: policy.position_of(statement.place.span),
            policy,
            statement,
            applies: finding.certainty,
            principal: subject.naming(statement, policy, at.policy.layer).grant,
            unlisted: subject.unlisted(statement).map(Into::into).collect(),
            action: subject.action(&statement.action),
            action_pattern: matching(
                &|i| actions.get(i).is_some_and(|p| subject.action_pattern(&p.value)),
                actions.len(),
            ),
            resource: subject.resource(statement),
            resource_pattern: matching(
                &|i| {
                    resources
                        .get(i)
                        .is_some_and(|p| subject.resource_pattern(&p.value, Outcomes::FALSE).may_be_true())
                },
                resources.len(),
            ),
            conditions: statement
                .conditions
                .iter()
                .map(|test| ConditionTrace {
                    test: test.test.value,
                    key: test.key.value.as_str(),
                    wanted: test.values.texts(),
                    seen: seen(context, test.key.value.as_str()),
                    outcomes: condition::outcomes(test, subject.evidence()),
                    position: policy.position_of(test.key.span),
                })
                .collect(),
        });
        finding
    }
}

fn seen(context: &Context, key: &str) -> Seen {
    match context.value(key) {
        None => Seen::Absent,
        Some(ContextValue::Unknown) => Seen::Unknown,
        Some(ContextValue::Twice(spellings)) => Seen::Twice(spellings.clone()),
        Some(ContextValue::Single(value)) => Seen::Single(value.clone()),
        Some(ContextValue::Multiple(values)) => Seen::Multiple(values.to_vec()),
    }
}

fn layer_traces<'l>(
    layers: &'l Layers,
    tally: &Tally,
    request: &Request,
    statements: Vec<StatementTrace<'l>>,
) -> Vec<LayerTrace<'l>> {
    let mut by_layer: BTreeMap<Layer, Vec<StatementTrace<'l>>> = BTreeMap::new();
    for statement in statements {
        by_layer.entry(statement.at.policy.layer).or_default().push(statement);
    }
    let traces = Layer::ALL.into_iter().zip(tally.said).map(|(layer, said)| LayerTrace {
        layer,
        not_asked: if said.applies { None } else { not_asked(layer, request) },
        allows: said.allows,
        denies: said.denies,
        grant: said.grants.first().copied().unwrap_or(Grant::None),
        statements: by_layer.remove(&layer).unwrap_or_default(),
    });
    traces.filter(|trace| exists(layers, trace.layer)).collect()
}

/// Whether the layers have this layer for the request.
fn exists(layers: &Layers, layer: Layer) -> bool {
    match layer {
        Layer::Identity => !layers.identity.is_empty(),
        Layer::Boundary => layers.boundary.is_some(),
        Layer::Session => layers.session.is_some(),
        Layer::Scope => layers.scope.is_some(),
        Layer::Resource => layers.resource.is_some(),
        Layer::VpcEndpoint => layers.vpc_endpoint.is_some(),
        Layer::Scp => layers.scp.is_some(),
        Layer::Rcp => layers.rcp.is_some(),
    }
}

/// Why a layer that exists is not asked about the request. `None` if it is asked.
fn not_asked(layer: Layer, request: &Request) -> Option<NotAsked> {
    let service_linked = matches!(request.principal, Principal::AssumedRole { service_linked: true, .. });
    if request.needs_no_permission() {
        return (layer != Layer::VpcEndpoint).then_some(NotAsked::NoPermissionNeeded);
    }
    match layer {
        Layer::Identity | Layer::Boundary | Layer::Session | Layer::Scope => Some(NotAsked::NoAccount),
        Layer::Scp if service_linked => Some(NotAsked::ServiceLinkedScp),
        Layer::Scp => Some(NotAsked::NoMember),
        Layer::Rcp if service_linked => Some(NotAsked::ServiceLinkedRcp),
        Layer::Rcp => Some(NotAsked::RetireGrant),
        Layer::Resource | Layer::VpcEndpoint => None,
    }
}

/// The layers that have to allow a request, given what all layers say (rules 5.20 to 5.33).
fn carriers(facts: Facts, relation: Relation) -> Vec<Layer> {
    let own = [Layer::Identity, Layer::Boundary, Layer::Session].as_slice();
    let limits = [Layer::Boundary, Layer::Session].as_slice();
    let resource = [Layer::Resource].as_slice();
    let (first, second): (&[Layer], &[Layer]) = match relation {
        Relation::NoAccount => (resource, &[]),
        Relation::CrossAccount | Relation::CrossPartition => (own, resource),
        Relation::SameAccount { needs_resource_policy } => match facts.resource {
            Grant::Direct => (resource, &[]),
            Grant::Limited => (limits, resource),
            Grant::Account | Grant::None if needs_resource_policy => (own, resource),
            Grant::Account | Grant::None => (own, &[]),
        },
    };
    let mut layers: Vec<Layer> = first.iter().chain(second).copied().collect();
    layers.extend([Layer::Scope, Layer::VpcEndpoint, Layer::Scp, Layer::Rcp]);
    layers.sort_unstable();
    layers
}

fn reason(tally: &Tally, decision: Decision, request: &Request) -> Reason {
    let said = |layer: Layer| tally.said(layer);
    let facts = tally.facts(true);
    match decision {
        Decision::ImplicitDeny if tally.is_spent => Reason::OverBudget,
        Decision::Depends => Reason::Unknown,
        Decision::ExplicitDeny => {
            let denies = |layer: &Layer| said(*layer).denies == Certainty::Always;
            Reason::Denied { by: Layer::ALL.into_iter().filter(denies).collect() }
        }
        Decision::Allowed => {
            let facts = tally.facts(false);
            // No layer grants the root user's full access. Only layers that allow are named.
            let allows = |layer: &Layer| {
                let said = said(*layer);
                said.applies && (*layer == Layer::Resource || said.allows == Certainty::Always)
            };
            let by: Vec<Layer> = carriers(facts, tally.relation).into_iter().filter(allows).collect();
            let grant = if by.contains(&Layer::Resource) { facts.resource } else { Grant::None };
            Reason::Granted { by, grant }
        }
        Decision::ImplicitDeny if tally.relation == Relation::CrossPartition => Reason::OtherPartition,
        Decision::ImplicitDeny => {
            let allows = |layer: &Layer| match layer {
                Layer::Identity => facts.identity,
                Layer::Boundary => facts.boundary,
                Layer::Session => facts.session,
                Layer::Scope => facts.scope,
                Layer::Resource => facts.resource != Grant::None,
                Layer::VpcEndpoint => facts.vpc_endpoint,
                Layer::Scp => facts.scp,
                Layer::Rcp => facts.rcp,
            };
            let missing: Vec<Layer> =
                carriers(facts, tally.relation).into_iter().filter(|l| !allows(l)).collect();
            let lacks_session =
                matches!(request.principal, Principal::FederatedUser { .. }) && !said(Layer::Session).applies;
            if lacks_session && missing == [Layer::Session] {
                Reason::FederatedWithoutSession
            } else {
                Reason::NotGranted { missing }
            }
        }
    }
}

fn deciding(
    statements: &[StatementTrace<'_>],
    tally: &Tally,
    reason: &Reason,
    sandbox: &Sandbox<'_>,
) -> Vec<StatementRef> {
    let wanted = |trace: &&StatementTrace<'_>| match reason {
        Reason::Granted { by, grant } => {
            let layer = trace.at.policy.layer;
            let strong = layer != Layer::Resource || trace.principal == *grant;
            trace.applies == Certainty::Always && allows(trace.statement) && by.contains(&layer) && strong
        }
        Reason::Denied { .. } => trace.applies == Certainty::Always && !allows(trace.statement),
        Reason::Unknown => trace.applies == Certainty::Maybe && sandbox.switches(trace, tally.decision()),
        Reason::NotGranted { .. }
        | Reason::FederatedWithoutSession
        | Reason::OtherPartition
        | Reason::OverBudget => false,
    };
    statements.iter().filter(wanted).map(|trace| trace.at).collect()
}
