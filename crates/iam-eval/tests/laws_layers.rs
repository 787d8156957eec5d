//! Laws of layers: silence denies, sessions and boundaries are alike, denials win, statements may be split.

mod rules;

use iam_eval::{ContextValue, Decision, Layers, Request};
use iam_policy::PolicyKind;
use proptest::prelude::*;
use proptest::sample::select;
use rules::{
    ACCOUNT, NOTHING, OTHER, action, federated, linked, one, policy, request, root, service, session, user,
};

/// A statement without principal: effect, actions, resources, condition.
type Parts = (&'static str, Vec<&'static str>, Vec<&'static str>, &'static str);

fn parts() -> impl Strategy<Value = Parts> {
    let actions = select(vec!["*", "s3:*", "s3:Get*", "s3:PutObject", "sqs:*"]);
    let resources =
        select(vec!["*", "arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/${x:k}", "arn:aws:s3:::other"]);
    let condition = select(vec![
        "",
        "",
        r#""StringEquals": {"x:k": "key"}"#,
        r#""StringNotEquals": {"x:k": "key"}"#,
        r#""NumericLessThan": {"x:k": "7"}"#,
    ]);
    let effect = prop_oneof![6 => Just("Allow"), 1 => Just("Deny")];
    (effect, prop::collection::vec(actions, 1..4), prop::collection::vec(resources, 1..4), condition)
}

fn text(kind: PolicyKind, (effect, actions, resources, condition): &Parts) -> String {
    let principal =
        if kind.names_principals() { r#""Principal": {"AWS": ["111122223333", "*"]}, "# } else { "" };
    let condition =
        if condition.is_empty() { String::new() } else { format!(r#", "Condition": {{{condition}}}"#) };
    format!(
        r#"{{"Effect": "{effect}", {principal}"Action": {actions:?}, "Resource": {resources:?}{condition}}}"#
    )
}

/// One statement for each action and each resource.
fn split((effect, actions, resources, condition): &Parts) -> Vec<Parts> {
    let pair = |a: &&'static str, r: &&'static str| (*effect, vec![*a], vec![*r], *condition);
    actions.iter().flat_map(|a| resources.iter().map(move |r| pair(a, r))).collect()
}

/// Statements of identity, boundary, session, resource, VPC endpoint and SCP.
type Sets = (Vec<Parts>, [Option<Vec<Parts>>; 5]);

fn sets() -> impl Strategy<Value = Sets> {
    let some = || prop::option::weighted(0.4, prop::collection::vec(parts(), 1..4));
    (prop::collection::vec(parts(), 1..4), [some(), some(), some(), some(), some()])
}

fn layers((identity, others): &Sets) -> Layers {
    let read = |kind, set: &Vec<Parts>| {
        policy(kind, &set.iter().map(|p| text(kind, p)).collect::<Vec<_>>().join(", "))
    };
    let [boundary, session, resource, vpc_endpoint, scp] = others;
    let list = |kind, set: &Option<Vec<Parts>>| set.as_ref().map(|set| vec![read(kind, set)]);
    let mut layers = Layers::new();
    layers.identity = vec![read(PolicyKind::Identity, identity)];
    layers.boundary = list(PolicyKind::Boundary, boundary);
    layers.session = list(PolicyKind::Session, session);
    layers.resource = resource.as_ref().map(|set| read(PolicyKind::Resource, set));
    layers.vpc_endpoint = list(PolicyKind::VpcEndpoint, vpc_endpoint);
    layers.scp = list(PolicyKind::Scp, scp).map(|level| vec![level]);
    layers
}

fn asked() -> impl Strategy<Value = Request> {
    let caller = select(vec![user(), session(), session(), linked(), federated(), root(), service()]);
    let value = select(vec![
        None,
        Some(one("key")),
        Some(one("*")),
        Some(ContextValue::Unknown),
        Some(ContextValue::Ambiguous),
        Some(ContextValue::multiple(["key"])),
    ]);
    (caller, select(vec![ACCOUNT, ACCOUNT, OTHER]), value, any::<bool>()).prop_map(
        |(caller, owner, value, get)| {
            let mut request = request(caller).owned_by(owner).with_context(rules::key(value));
            request.action = action(if get { "s3:GetObject" } else { "s3:PutObject" });
            request
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// D1: where no statement is about the request, it is denied, but for what the root user has by default (rule 5.25).
    #[test]
    fn silence_denies(sets in sets(), mut request in asked()) {
        let silent = |set: &mut Vec<Parts>| set.iter_mut().for_each(|(_, actions, ..)| *actions = vec!["sqs:*"]);
        let (mut identity, mut others) = sets;
        silent(&mut identity);
        others.iter_mut().flatten().for_each(silent);
        let has_limit = others[3].is_some() || others[4].is_some();
        let is_root = matches!(request.principal, iam_eval::Principal::Root { .. });
        let by_default = is_root && !has_limit && request.resource_account.as_deref() == Some(ACCOUNT);
        request.context = rules::key(None);
        let expected = if by_default { Decision::Allowed } else { Decision::ImplicitDeny };
        prop_assert_eq!(layers(&(identity, others)).decide(&request), expected);
        // And so does nothing at all.
        let expected = if is_root && request.resource_account.as_deref() == Some(ACCOUNT) { Decision::Allowed } else { Decision::ImplicitDeny };
        prop_assert_eq!(Layers::new().decide(&request), expected);
    }

    /// S2: boundary and session policy limit alike, and a session policy twice is that session policy.
    #[test]
    fn boundary_and_session_policy_may_change_places((identity, mut others) in sets(), request in asked()) {
        // A federated user must have a session policy (rule 6.14).
        let is_federated = matches!(request.principal, iam_eval::Principal::FederatedUser { .. });
        prop_assume!(!is_federated || (others[0].is_some() && others[1].is_some()));
        let before = layers(&(identity.clone(), others.clone())).decide(&request);
        others.swap(0, 1);
        prop_assert_eq!(layers(&(identity.clone(), others.clone())).decide(&request), before);
        let mut twice = layers(&(identity, others));
        if let Some(policies) = &mut twice.session {
            policies.extend_from_within(..);
        }
        prop_assert_eq!(twice.decide(&request), before);
    }

    /// S5: a Deny of the session policy holds whatever the resource policy says.
    #[test]
    fn a_deny_of_the_session_policy_wins(sets in sets(), request in asked(), grants in select(vec!["*", "user/ana", "session"])) {
        let mut layers = layers(&sets);
        let named = match grants {
            "*" => r#""*""#.to_owned(),
            "session" => format!(r#"{{"AWS": "{}"}}"#, rules::SESSION),
            _ => format!(r#"{{"AWS": "{}"}}"#, rules::USER),
        };
        layers.resource = Some(policy(PolicyKind::Resource, &rules::grant("Allow", &named)));
        let before = layers.decide(&request);
        layers.session.get_or_insert_default().push(policy(PolicyKind::Session, NOTHING));
        let expected = if request.principal.account().is_some() { Decision::ExplicitDeny } else { before };
        prop_assert_eq!(layers.decide(&request), expected);
    }

    /// M1: a statement about several actions and resources is as many statements about one each.
    #[test]
    fn statements_may_be_split((identity, others) in sets(), request in asked()) {
        let apart = |set: &Vec<Parts>| set.iter().flat_map(split).collect::<Vec<_>>();
        let divided = (apart(&identity), others.each_ref().map(|set| set.as_ref().map(apart)));
        prop_assert_eq!(layers(&divided).decide(&request), layers(&(identity, others)).decide(&request));
    }

    /// M2: an Allow of a pattern allows what an Allow of a text that it matches allows.
    #[test]
    fn widening_an_allow_keeps_what_it_allows((identity, others) in sets(), request in asked()) {
        let widen = |set: &Vec<Parts>| -> Vec<Parts> {
            let wide = |(effect, actions, resources, condition): &Parts| {
                let actions: Vec<&str> = actions.iter().map(|a| if *a == "s3:PutObject" { "s3:P*ct" } else { a }).collect();
                (*effect, actions, resources.clone(), *condition)
            };
            set.iter().map(|p| if p.0 == "Allow" { wide(p) } else { p.clone() }).collect()
        };
        let before = layers(&(identity.clone(), others.clone())).decide(&request);
        let wider = (widen(&identity), others.each_ref().map(|set| set.as_ref().map(widen)));
        if before == Decision::Allowed {
            prop_assert_eq!(layers(&wider).decide(&request), before);
        }
    }
}
