//! The changes that an explanation names, made to the policies of every vector: the decision becomes what the explanation says, and no such change
//! is left out.
#![expect(
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::sync::Arc;

use iam_eval::wire::{ReadCase, WireLimits, read_case};
use iam_eval::{
    Certainty, Change, ContextValue, Decision, Flip, Grant, Layer, Layers, Part, PolicyRef, Principal,
    Request, Trace,
};
use iam_policy::{
    ActionElement, ActionPattern, Mode, NamedPrincipal, Policy, PrincipalElement, Principals, Span, Spanned,
    Statement,
};
use iam_testkit::format::{Cases, open, read};
use iam_testkit::vectors;

/// Asks for every vector.
fn each(mut ask: impl FnMut(&str, &Request, &Layers)) {
    for (name, text) in vectors::FILES {
        let document = open(text).unwrap_or_else(|report| panic!("{name}: {report}"));
        let Ok(Cases::Decisions(cases)) = read(&document) else { continue };
        for case in cases {
            let (request, policies) = (case.question.request.raw(), case.question.policies.raw());
            let text = format!(r#"{{"request": {request}, "policies": {policies}}}"#);
            // Some vectors hold a policy that a reader may refuse.
            if let Ok(ReadCase { request, layers, .. }) =
                read_case(&text, Mode::Deployed, &WireLimits::default())
            {
                ask(&case.about.id, &request, &layers);
            }
        }
    }
}

/// The layers with the policy at one place changed.
fn changed(layers: &Layers, at: PolicyRef, change: impl FnOnce(&mut Vec<Statement>)) -> Layers {
    let mut layers = layers.clone();
    let place = match at.layer {
        Layer::Identity => layers.identity.get_mut(at.index),
        Layer::Boundary => layers.boundary.as_mut().and_then(|own| own.get_mut(at.index)),
        Layer::Session => layers.session.as_mut().and_then(|own| own.get_mut(at.index)),
        Layer::VpcEndpoint => layers.vpc_endpoint.as_mut().and_then(|own| own.get_mut(at.index)),
        Layer::Resource => layers.resource.as_mut(),
        Layer::Scope | Layer::Scp | Layer::Rcp => {
            levels(&mut layers, at.layer).and_then(|own| own.get_mut(at.level)?.get_mut(at.index))
        }
    };
    let place = place.expect("a policy");
    let mut policy = (**place).clone();
    change(&mut policy.statements);
    *place = Arc::new(policy);
    layers
}

fn levels(layers: &mut Layers, layer: Layer) -> Option<&mut Vec<Vec<Arc<Policy>>>> {
    match layer {
        Layer::Scope => layers.scope.as_mut(),
        Layer::Scp => layers.scp.as_mut(),
        Layer::Rcp => layers.rcp.as_mut(),
        Layer::Identity | Layer::Boundary | Layer::Session | Layer::Resource | Layer::VpcEndpoint => None,
    }
}

/// The layers with a policy more that allows everything, at one level. `None` if the layer is not there, or asks for names of principals.
fn with_allow(layers: &Layers, layer: Layer, level: usize) -> Option<Layers> {
    let mut layers = layers.clone();
    let names_everyone = matches!(layer, Layer::VpcEndpoint | Layer::Rcp);
    let all = Arc::new(if names_everyone { Policy::rcp_full_access() } else { Policy::everything() });
    match layer {
        Layer::Identity => layers.identity.push(all),
        Layer::Boundary => layers.boundary.as_mut()?.push(all),
        Layer::Session => layers.session.as_mut()?.push(all),
        Layer::VpcEndpoint => layers.vpc_endpoint.as_mut()?.push(all),
        Layer::Resource => return None,
        Layer::Scope | Layer::Scp | Layer::Rcp => {
            let levels = levels(&mut layers, layer)?;
            if levels.is_empty() {
                levels.push(Vec::new());
            }
            levels.get_mut(level)?.push(all);
        }
    }
    Some(layers)
}

fn matched(statement: &mut Statement, part: Part) {
    match part {
        Part::Principal => statement.principal = None,
        Part::Action => {
            let any = ActionPattern::parse("*").map(|any| Spanned::new(any, Span::new(0, 0)));
            statement.action = ActionElement::Action(any.into_iter().collect());
        }
        Part::Resource => statement.resource = None,
        Part::Condition(index) => drop(statement.conditions.remove(index)),
    }
}

/// Whether a change from one decision to another is told. That a request is denied by a Deny too is not.
fn is_told(from: Decision, to: Decision) -> bool {
    from != to && (from, to) != (Decision::ImplicitDeny, Decision::ExplicitDeny)
}

/// The layers after a change. `None` for changes of names of principals, which have no single form.
fn after(layers: &Layers, flip: &Flip) -> Option<Layers> {
    match (flip.change, flip.statement) {
        (Change::Stop, Some(at)) => Some(changed(layers, at.policy, |own| drop(own.remove(at.index)))),
        (Change::Match(Part::Principal) | Change::Name, _) => None,
        (Change::Match(part), Some(at)) => {
            Some(changed(layers, at.policy, |own| matched(&mut own[at.index], part)))
        }
        (Change::AddAllow, None) => with_allow(layers, flip.layer, flip.level.unwrap_or_default()),
        (change, statement) => panic!("{change} of {statement:?}"),
    }
}

#[test]
fn flips_come_true() {
    let mut met = [0; 4];
    each(|id, request, layers| {
        let trace = layers.explain(request);
        for flip in &trace.flips {
            assert!(is_told(trace.decision, flip.decision), "{id}: {flip:?}");
            let Some(layers) = after(layers, flip) else { continue };
            met[match (flip.change, flip.level) {
                (Change::Stop, _) => 0,
                (Change::AddAllow, None) => 1,
                (Change::AddAllow, Some(_)) => 2,
                (Change::Match(_) | Change::Name, _) => 3,
            }] += 1;
            assert_eq!(layers.decide(request), flip.decision, "{id}: {flip:?}");
        }
    });
    assert!(met.iter().all(|count| *count > 50), "{met:?}");
}

#[test]
fn no_flip_is_left_out() {
    let (mut stopped, mut added) = (0, 0);
    each(|id, request, layers| {
        // Of a key in several spellings only those changes are told that lead to the same for each of its values.
        if request.context.iter().any(|(_, value)| matches!(value, ContextValue::Twice(_))) {
            return;
        }
        let trace = layers.explain(request);
        let has = |change: Change, is_it: &dyn Fn(&Flip) -> bool| {
            trace.flips.iter().any(|flip| flip.change == change && is_it(flip))
        };
        let applying = trace.layers.iter().flat_map(|own| &own.statements);
        for statement in applying.filter(|own| own.applies == Certainty::Always) {
            let without = changed(layers, statement.at.policy, |own| drop(own.remove(statement.at.index)));
            if is_told(trace.decision, without.decide(request)) {
                stopped += 1;
                assert!(
                    has(Change::Stop, &|flip| flip.statement == Some(statement.at)),
                    "{id}: {:?}",
                    statement.at
                );
            }
        }
        for (layer, level) in places(layers) {
            let Some(with) = with_allow(layers, layer, level) else { continue };
            let then = with.decide(request);
            if then == Decision::Allowed && trace.decision != then {
                added += 1;
                let is_it = |flip: &Flip| flip.layer == layer && flip.level.unwrap_or_default() == level;
                assert!(has(Change::AddAllow, &is_it), "{id}: {layer:?} {level}");
            }
        }
    });
    assert!(stopped > 500 && added > 200, "{stopped} {added}");
}

/// The request with each choice of one value for keys in several spellings.
fn choices(request: &Request) -> Vec<Request> {
    let mut all = vec![request.clone()];
    for (key, value) in request.context.iter() {
        let ContextValue::Twice(spellings) = value else { continue };
        let with = |one: &Request, value: &ContextValue| {
            let mut one = one.clone();
            one.context.set(key, value.clone());
            one
        };
        all = all.iter().flat_map(|one| spellings.iter().map(move |(_, value)| with(one, value))).collect();
    }
    all
}

#[test]
fn what_leads_to_the_same_for_each_spelling_is_told() {
    let (mut stopped, mut added) = (0, 0);
    each(|id, request, layers| {
        let choices = choices(request);
        if choices.len() < 2 {
            return;
        }
        let trace = layers.explain(request);
        // The decision after a change, if it is the same for each choice, and another one than before for each.
        let after = |changed: &Layers| {
            let then = changed.decide(&choices[0]);
            let is_same = |one: &Request| changed.decide(one) == then && is_told(layers.decide(one), then);
            choices.iter().all(is_same).then_some(then)
        };
        for own in trace.layers.iter().flat_map(|own| &own.statements) {
            let without = changed(layers, own.at.policy, |list| drop(list.remove(own.at.index)));
            let Some(then) = after(&without) else { continue };
            stopped += 1;
            let is_it = |flip: &Flip| flip.change == Change::Stop && flip.statement == Some(own.at);
            assert!(
                trace.flips.iter().any(|flip| is_it(flip) && flip.decision == then),
                "{id}: {:?}",
                own.at
            );
        }
        for (layer, level) in places(layers) {
            let Some(then) = with_allow(layers, layer, level).and_then(|with| after(&with)) else { continue };
            added += 1;
            let is_it = |flip: &Flip| {
                flip.change == Change::AddAllow
                    && flip.layer == layer
                    && flip.level.unwrap_or_default() == level
            };
            assert!(trace.flips.iter().any(|flip| is_it(flip) && flip.decision == then), "{id}: {layer:?}");
        }
    });
    assert!(stopped > 2 && added > 2, "{stopped} {added}");
}

/// Every level of every layer.
fn places(layers: &Layers) -> Vec<(Layer, usize)> {
    let mut copy = layers.clone();
    let count = |layer| levels(&mut copy, layer).map_or(1, |own| own.len().max(1));
    let counts: Vec<(Layer, usize)> = Layer::ALL.into_iter().zip(Layer::ALL.map(count)).collect();
    counts.into_iter().flat_map(|(layer, count)| (0..count).map(move |level| (layer, level))).collect()
}

#[test]
fn what_an_answer_lacks_is_enough_and_all_of_it_is_needed() {
    let mut met = [0; 2];
    each(|id, request, layers| {
        let trace: Trace<'_> = layers.explain(request);
        let lacks: Vec<(Layer, usize)> =
            trace.lacks.iter().map(|own| (own.layer, own.level.unwrap_or_default())).collect();
        if lacks.is_empty() || lacks.iter().any(|(layer, _)| *layer == Layer::Resource) {
            return;
        }
        let with = |places: &[(Layer, usize)]| {
            let start = Some(layers.clone());
            places.iter().fold(start, |own, (layer, level)| with_allow(&own?, *layer, *level))
        };
        let Some(all) = with(&lacks) else { return };
        met[usize::from(lacks.len() > 1)] += 1;
        assert!(all.decide(request) == Decision::Allowed, "{id}: {lacks:?}");
        for at in 0..lacks.len() {
            let mut fewer = lacks.clone();
            fewer.remove(at);
            let fewer = with(&fewer).expect("layers");
            assert_ne!(fewer.decide(request), Decision::Allowed, "{id}: without {:?}", lacks[at]);
        }
    });
    assert!(met.iter().all(|count| *count > 10), "{met:?}");
}

/// A principal whom a `NotPrincipal` does not exempt is told by which of its names; with all of them it is exempt, and with one less it is not
/// (rule 5.7).
#[test]
fn the_names_that_a_not_principal_lacks_exempt() {
    let mut count = 0;
    each(|id, request, layers| {
        for trace in layers.explain(request).layers.iter().flat_map(|layer| &layer.statements) {
            let Some(PrincipalElement::NotPrincipal(Principals::Entries(entries))) =
                &trace.statement.principal
            else {
                assert!(trace.unlisted.is_empty(), "{id}");
                continue;
            };
            assert!(trace.unlisted.is_empty() || trace.principal == Grant::Direct, "{id}");
            let entry = |name: &str| {
                let parsed = match &request.principal {
                    Principal::AwsService { .. } => NamedPrincipal::parse_service(name),
                    Principal::WebIdentity { .. } | Principal::Saml { .. } => {
                        NamedPrincipal::parse_federated(name)
                    }
                    Principal::IamUser { .. }
                    | Principal::AssumedRole { .. }
                    | Principal::FederatedUser { .. }
                    | Principal::Root { .. }
                    | Principal::Anonymous => NamedPrincipal::parse_aws(name),
                };
                Spanned::new(parsed.unwrap_or_else(|_| panic!("{id}: {name}")), Span::new(0, 0))
            };
            // Each subset of the names that are lacking.
            for choice in 0..1_usize << trace.unlisted.len() {
                let mut more = entries.clone();
                let chosen = (0..trace.unlisted.len()).filter(|at| choice >> at & 1 == 1);
                more.extend(chosen.map(|at| entry(&trace.unlisted[at])));
                let is_all = choice.count_ones() as usize == trace.unlisted.len();
                let other = PrincipalElement::NotPrincipal(Principals::Entries(more));
                let layers = changed(layers, trace.at.policy, |statements| {
                    statements[trace.at.index].principal = Some(other);
                });
                let after = layers.explain(request);
                let mut traces = after.layers.iter().flat_map(|layer| &layer.statements);
                let named = traces.find(|own| own.at == trace.at).map(|own| own.principal);
                let is_exempt = is_all && (!trace.unlisted.is_empty() || trace.principal == Grant::None);
                assert_eq!(named == Some(Grant::None), is_exempt, "{id}: {:?}", trace.unlisted);
                count += 1;
            }
        }
    });
    assert!(count > 40, "{count}");
}
