//! Laws of decisions: what holds for all policies and requests.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::sync::Arc;

use iam_eval::{ContextValue, Decision, Grant, Layer, Layers, Principal, StatementRef};
use iam_policy::{Effect, Limits, Mode, Policy};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use support::{Document, Statement, World, statement, values, world};

/// Whether a layer bears on the principal at all (rules 5.13, 5.40, 5.41).
fn bears(layer: Layer, world: &World) -> bool {
    let request = &world.request;
    let service_linked = matches!(request.principal, Principal::AssumedRole { service_linked: true, .. });
    match layer {
        Layer::Identity | Layer::Boundary | Layer::Session => request.principal.account().is_some(),
        Layer::Scp => request.principal.account().is_some() && !service_linked,
        Layer::Rcp => !service_linked && request.action.as_str() != "kms:RetireGrant",
        Layer::Resource | Layer::VpcEndpoint => true,
    }
}

/// The world with a statement more in one of its documents, and the layer of that; none if there is no document.
fn added(mut world: World, at: Index, statement: Statement) -> Option<(Layer, World)> {
    let mut documents = world.documents();
    if documents.is_empty() {
        return None;
    }
    let at = at.index(documents.len());
    let (layer, document) = &mut documents[at];
    let layer = *layer;
    document.statements.push(statement);
    Some((layer, world))
}

/// The world with only those statements that are wanted.
fn only(mut world: World, wanted: impl Fn(Layer, usize, usize, usize) -> bool) -> World {
    for (layer, levels) in &mut world.layers {
        for (level, documents) in levels.iter_mut().enumerate() {
            for (index, document) in documents.iter_mut().enumerate() {
                let mut number = 0..;
                document.statements.retain(|_| wanted(*layer, level, index, number.next().unwrap()));
            }
        }
    }
    world
}

fn is_in(refs: &[StatementRef], layer: Layer, level: usize, index: usize, statement: usize) -> bool {
    refs.iter().any(|r| {
        (r.policy.layer, r.policy.level, r.policy.index, r.index) == (layer, level, index, statement)
    })
}

/// Whether neither session policy nor boundary limits the caller: it has no account, is root, or is granted directly within its account.
fn is_unlimited(world: &World, layers: &Layers) -> bool {
    let request = &world.request;
    let trace = layers.explain(request);
    let grant = trace.layers.iter().find(|l| l.layer == Layer::Resource).map_or(Grant::None, |l| l.grant);
    let same =
        request.resource_account.as_deref().is_none_or(|owner| Some(owner) == request.principal.account());
    request.principal.account().is_none()
        || matches!(request.principal, Principal::Root { .. })
        || (grant == Grant::Direct && same)
}

/// The same policies, each printed and read again.
fn reread(layers: &Layers) -> Layers {
    let again = |policy: &mut Arc<Policy>| {
        let text = policy.to_json();
        let read = Policy::parse(&text, policy.kind, Mode::Deployed, &Limits::default());
        *policy = Arc::new(read.unwrap_or_else(|report| panic!("{report}\n{text}")));
    };
    let mut layers = layers.clone();
    layers.identity.iter_mut().for_each(again);
    layers.resource.iter_mut().for_each(again);
    for list in [&mut layers.boundary, &mut layers.session, &mut layers.vpc_endpoint] {
        list.iter_mut().flatten().for_each(again);
    }
    for levels in [&mut layers.scp, &mut layers.rcp] {
        levels.iter_mut().flatten().flatten().for_each(again);
    }
    layers
}

fn swap_case(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
        .collect()
}

/// The laws would be idle if most worlds were decided alike.
#[test]
fn worlds_are_decided_in_every_way() {
    let mut runner = TestRunner::deterministic();
    let mut counts = [0; 3];
    for _ in 0..2_000 {
        match world().new_tree(&mut runner).unwrap().current().decide() {
            Decision::Allowed => counts[0] += 1,
            Decision::ExplicitDeny => counts[1] += 1,
            Decision::ImplicitDeny => counts[2] += 1,
            Decision::Depends => panic!("every key is known"),
        }
    }
    assert!(counts.iter().all(|n| *n >= 400), "allowed, explicitly and implicitly denied: {counts:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_explanation_has_the_same_decision_and_statements_that_bring_it_about(world in world()) {
        let layers = world.layers();
        let trace = layers.explain(&world.request);
        prop_assert_eq!(layers.decide(&world.request), trace.decision);
        let deciding = &trace.deciding;
        let effects: Vec<Effect> = deciding
            .iter()
            .map(|r| layers.policy(r.policy).unwrap().statements[r.index].effect.value)
            .collect();
        match trace.decision {
            Decision::Allowed => {
                prop_assert!(effects.iter().all(|e| *e == Effect::Allow));
                // These alone are enough.
                let alone = only(world.clone(), |a, b, c, d| is_in(deciding, a, b, c, d));
                prop_assert_eq!(alone.decide(), Decision::Allowed, "{:?}", deciding);
            }
            Decision::ExplicitDeny => {
                prop_assert!(!effects.is_empty() && effects.iter().all(|e| *e == Effect::Deny));
                // Without these, nothing denies.
                let rest = only(world.clone(), |a, b, c, d| !is_in(deciding, a, b, c, d));
                prop_assert_ne!(rest.decide(), Decision::ExplicitDeny, "{:?}", deciding);
            }
            Decision::ImplicitDeny => prop_assert!(effects.is_empty()),
            Decision::Depends => prop_assert!(false, "every key is known"),
        }
        prop_assert!(trace.flips.iter().all(|flip| flip.decision != trace.decision), "{:?}", trace.flips);
    }

    #[test]
    fn a_deny_more_only_denies(world in world(), at: Index, deny in statement(Just(false))) {
        let before = world.decide();
        if let Some((_, world)) = added(world, at, deny) {
            let after = world.decide();
            prop_assert!(after == before || after == Decision::ExplicitDeny, "{:?} became {:?}", before, after);
        }
    }

    #[test]
    fn an_allow_more_only_allows(world in world(), at: Index, allow in statement(Just(true))) {
        let before = world.decide();
        if let Some((_, world)) = added(world, at, allow) {
            let after = world.decide();
            let gained = before == Decision::ImplicitDeny && after == Decision::Allowed;
            prop_assert!(after == before || gained, "{:?} became {:?}", before, after);
        }
    }

    #[test]
    fn a_deny_of_everything_wins_where_its_layer_applies(world in world(), at: Index) {
        let before = world.decide();
        if let Some((layer, world)) = added(world, at, Statement::plain(false)) {
            let expected = if bears(layer, &world) { Decision::ExplicitDeny } else { before };
            prop_assert_eq!(world.decide(), expected, "{:?}", layer);
        }
    }

    #[test]
    fn order_and_repetition_do_not_matter(world in world(), at: Index, turn: Index) {
        let mut other = world.clone();
        for levels in other.layers.values_mut() {
            levels.reverse();
            for level in &mut *levels {
                let n = level.len();
                if n > 0 {
                    level.rotate_left(turn.index(n));
                }
            }
        }
        for (_, document) in other.documents() {
            document.statements.reverse();
            let repeated = document.statements[at.index(document.statements.len())].clone();
            document.statements.insert(0, repeated);
        }
        for (layer, levels) in &mut other.layers {
            if *layer != Layer::Resource {
                for level in levels.iter_mut() {
                    level.extend_from_within(..);
                }
                levels.extend_from_within(..);
            }
        }
        prop_assert_eq!(other.decide(), world.decide());
    }

    #[test]
    fn a_session_only_shrinks(world in world(), session in prop::collection::vec(prop::collection::vec(statement(any::<bool>()), 0..3), 0..3)) {
        let documents = session.into_iter().map(|statements| Document { variables: true, statements }).collect();
        let (mut with, mut without) = (world.clone(), world);
        with.layers.insert(Layer::Session, vec![documents]);
        without.layers.remove(&Layer::Session);
        if with.decide() == Decision::Allowed {
            // A federated user has nothing without a session policy (rule 6.14).
            let is_federated = matches!(with.request.principal, Principal::FederatedUser { .. });
            prop_assert!(is_federated || without.decide() == Decision::Allowed);
            // What is allowed the session policy allows by itself, but for a direct grant (rule 5.20).
            let layers = with.layers();
            let mut by_itself = Layers::new();
            by_itself.identity = layers.session.clone().unwrap();
            by_itself.session = layers.session.clone();
            let mut request = with.request.clone();
            request.resource_account = None;
            request.resource_kind = iam_eval::ResourceKind::Generic;
            prop_assert!(is_unlimited(&with, &layers) || by_itself.decide(&request) == Decision::Allowed);
        }
    }

    #[test]
    fn a_session_without_policies_is_not_the_absence_of_a_session_policy(world in world()) {
        let (mut empty, mut absent) = (world.clone(), world);
        empty.layers.insert(Layer::Session, vec![vec![]]);
        absent.layers.remove(&Layer::Session);
        let unlimited = is_unlimited(&empty, &empty.layers());
        match (empty.decide(), absent.decide()) {
            (Decision::Allowed, other) => prop_assert!(unlimited && other == Decision::Allowed),
            (Decision::ImplicitDeny, Decision::Allowed) => prop_assert!(!unlimited),
            (a, b) => prop_assert_eq!(a, b),
        }
    }

    #[test]
    fn keys_that_no_policy_mentions_do_not_matter(world in world(), kind in 0..3usize) {
        let mut other = world.clone();
        let value = [ContextValue::Unknown, ContextValue::Ambiguous, ContextValue::single("red")][kind].clone();
        for key in ["x:Unmentioned", "a", "aws:PrincipalTag/tea", "aws:PrincipalTag/teams", "zzz:\u{212A}"] {
            other.request.context.set(key, value.clone());
        }
        prop_assert_eq!(other.decide(), world.decide());
    }

    #[test]
    fn the_case_of_keys_and_actions_does_not_matter(world in world(), in_policies: bool, in_request: bool) {
        let mut other = world.clone();
        if in_request {
            other.request.action = iam_eval::Action::new(&swap_case(other.request.action.as_str())).unwrap();
            other.map_context(|key, value| Some((swap_case(key), value.clone())));
        }
        if in_policies {
            for (_, document) in other.documents() {
                for statement in &mut document.statements {
                    statement.action.1.iter_mut().for_each(|action| *action = swap_case(action));
                    let tests = std::mem::take(&mut statement.conditions).into_iter();
                    statement.conditions = tests.map(|((op, key), values)| ((op, swap_case(&key)), values)).collect();
                }
            }
        }
        prop_assert_eq!(other.decide(), world.decide());
    }

    #[test]
    fn unknown_keys_never_contradict_what_is_decided(
        world in world(),
        hidden in prop::collection::vec(any::<bool>(), 9),
        others in prop::collection::vec(values(), 4),
    ) {
        // The keys of the request, and absent ones too, become unknown.
        let mut unknown = world.clone();
        let keys: Vec<&str> = others[0].iter().zip(&hidden).filter(|(_, h)| **h).map(|((key, _), _)| *key).collect();
        for key in &keys {
            unknown.request.context.set(*key, ContextValue::Unknown);
        }
        let decided = unknown.decide();
        prop_assert!(decided != Decision::Depends || !keys.is_empty());
        prop_assert_eq!(unknown.layers().explain(&unknown.request).decision, decided);
        for values in &others {
            let mut known = unknown.clone();
            known.map_context(|key, value| {
 if *value == ContextValue::Unknown {
                    let (_, value) = values.iter().find(|(other, _)| *other == key)?;
                    Some((key.to_owned(), value.clone()?))
 } else {
 Some((key.to_owned(), value.clone()))
 }
 });
            let now = known.decide();
            let agrees = match decided {
                Decision::Allowed | Decision::ExplicitDeny => now == decided,
                // That it is denied is certain; that a Deny statement applies need not be.
                Decision::ImplicitDeny => matches!(now, Decision::ImplicitDeny | Decision::ExplicitDeny),
                Decision::Depends => now != Decision::Depends,
            };
            prop_assert!(agrees, "{:?} became {:?} with {:?}", decided, now, known.request.context);
        }
    }

    #[test]
    fn printing_and_reading_again_changes_no_decision(world in world()) {
        let layers = world.layers();
        let again = reread(&layers);
        prop_assert_eq!(&again, &layers);
        prop_assert_eq!(again.decide(&world.request), layers.decide(&world.request));
    }
}
