//! What explanations say must be so.

use crate::support::{
    ALL, ELSE, NOTHING, OTHER, federated, identity, key, linked, policy, request, root, service, session,
    with_resource,
};
use iam_eval::{Action, Context, ContextValue, Decision, Layer, NotAsked, Reason, Request};
use iam_policy::PolicyKind;

#[test]
fn an_explicit_deny_is_ascribed_only_to_layers_that_deny_for_certain() {
    let mut layers = identity(&format!(
        r#"{ALL}, {{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {{"StringEquals": {{"x:k": "b"}}}}}}"#
    ));
    layers.session = Some(vec![policy(PolicyKind::Session, NOTHING)]);
    let request = request(session()).with_context(key(Some(ContextValue::Unknown)));
    let trace = layers.explain(&request);
    assert_eq!(trace.decision, Decision::ExplicitDeny);
    assert_eq!(trace.reason, Reason::Denied { by: vec![Layer::Session] });
    assert_eq!(trace.deciding.len(), 1);
}

#[test]
fn what_the_root_user_has_by_default_is_not_ascribed_to_layers_that_do_not_allow() {
    let layers = iam_eval::Layers::new();
    let trace = layers.explain(&request(root()));
    assert_eq!(trace.decision, Decision::Allowed);
    let Reason::Granted { by, .. } = &trace.reason else { panic!("{:?}", trace.reason) };
    assert!(!by.contains(&Layer::Identity), "no identity policy allows: {by:?}");
}

/// Rule 4.5: whichever of two spellings counts, one of two statements decides.
#[test]
fn what_two_spellings_of_a_key_lead_to_is_ascribed_to_the_statements_of_both() {
    let mut context = Context::new();
    context.add("x:k", ContextValue::single("a"));
    context.add("x:K", ContextValue::single("b"));
    let request = request(session()).with_context(context);
    let statement = |effect: &str, value: &str| {
        format!(
            r#"{{"Effect": "{effect}", "Action": "*", "Resource": "*", "Condition": {{"StringEquals": {{"x:k": "{value}"}}}}}}"#
        )
    };
    let each = |effect: &str| format!("{}, {}", statement(effect, "a"), statement(effect, "b"));
    let trace = identity(&each("Allow"));
    let trace = trace.explain(&request);
    assert_eq!((trace.decision, trace.deciding.len()), (Decision::Allowed, 2));
    assert!(matches!(&trace.reason, Reason::Granted { by, .. } if *by == [Layer::Identity]), "{trace:?}");
    // Without an Allow, it is denied explicitly all the same.
    for statements in [each("Deny"), format!("{ALL}, {}", each("Deny"))] {
        let layers = identity(&statements);
        let trace = layers.explain(&request);
        assert_eq!((trace.decision, trace.deciding.len()), (Decision::ExplicitDeny, 2));
        assert_eq!(trace.reason, Reason::Denied { by: vec![Layer::Identity] });
        assert_eq!(layers.decide(&request), Decision::ExplicitDeny);
        assert_eq!(layers.compile().decide(&request), Decision::ExplicitDeny);
    }
    // One statement that tests both values applies to neither, and is not in the list.
    let both = r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"x:k": "a"}, "StringLike": {"x:k": "b*"}}}"#;
    assert_eq!(identity(both).applying(&request), (Decision::ImplicitDeny, vec![]));
    assert_eq!(identity(both).compile().applying(&request), (Decision::ImplicitDeny, vec![]));
}

/// Rule 5.55: a request that needs no permission has no resource whose owner could be asked.
#[test]
fn whoever_owns_the_resource_a_caller_is_told_its_identity() {
    let layers = iam_eval::Layers::new();
    let mut request = request(session());
    request.action = iam_eval::Action::new("sts:GetCallerIdentity").unwrap();
    request.resource = "*".into();
    request.resource_account = Some("444455556666".into());
    assert_eq!(layers.decide(&request), Decision::Allowed);
    assert_eq!(layers.explain(&request).decision, Decision::Allowed);
}

/// What a layer that is not asked is told with.
fn not_asked(request: &Request, layer: Layer) -> Option<NotAsked> {
    let mut layers = identity(ALL);
    layers.scp = Some(vec![vec![policy(PolicyKind::Scp, ALL)]]);
    layers.rcp = Some(vec![vec![policy(PolicyKind::Rcp, NOTHING_OF_RCP)]]);
    let trace = layers.explain(request);
    trace.layers.iter().find(|own| own.layer == layer).and_then(|own| own.not_asked)
}

const NOTHING_OF_RCP: &str =
    r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject", "Resource": "*"}"#;

/// Rules 5.13, 5.40 and 5.41.
#[test]
fn a_layer_that_is_not_asked_says_why() {
    let of = |principal, layer| not_asked(&request(principal), layer);
    assert_eq!(of(session(), Layer::Scp), None);
    assert_eq!(of(session(), Layer::Rcp), None);
    assert_eq!(of(linked(), Layer::Scp), Some(NotAsked::ServiceLinkedScp));
    assert_eq!(of(linked(), Layer::Rcp), Some(NotAsked::ServiceLinkedRcp));
    assert_eq!(of(service(), Layer::Scp), Some(NotAsked::NoMember));
    assert_eq!(of(service(), Layer::Identity), Some(NotAsked::NoAccount));
    let mut retire = request(session());
    retire.action = Action::new("kms:RetireGrant").unwrap();
    retire.resource = "arn:aws:kms:us-east-1:111122223333:key/1".into();
    assert_eq!(not_asked(&retire, Layer::Rcp), Some(NotAsked::RetireGrant));
}

/// Rule 5.24: a federated user without a session policy has nothing of its own.
#[test]
fn what_is_missing_is_named() {
    let reason = |own: &str, session_policy: Option<&str>, request: &Request| {
        let mut layers = identity(own);
        layers.session = session_policy.map(|own| vec![policy(PolicyKind::Session, own)]);
        layers.explain(request).reason
    };
    let missing = |layers: &[Layer]| Reason::NotGranted { missing: layers.to_vec() };
    let (fred, role) = (request(federated()), request(session()));
    assert_eq!(reason(ALL, None, &fred), Reason::FederatedWithoutSession);
    assert_eq!(reason(ALL, Some(ELSE), &fred), missing(&[Layer::Session]));
    assert_eq!(reason(ELSE, None, &fred), missing(&[Layer::Identity, Layer::Session]));
    assert_eq!(reason(ALL, Some(ELSE), &role), missing(&[Layer::Session]));
    assert_eq!(reason(ELSE, None, &role), missing(&[Layer::Identity]));
    // In another account both sides must allow.
    let mut foreign = request(session());
    foreign.resource_account = Some(OTHER.into());
    assert_eq!(reason(ALL, None, &foreign), missing(&[Layer::Resource]));
    let mut layers = identity(ELSE);
    let everyone = r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#;
    layers.resource = Some(policy(PolicyKind::Resource, everyone));
    assert_eq!(layers.explain(&foreign).reason, missing(&[Layer::Identity]));
}

/// Rule 4.5: only the spellings of keys that a policy names are told apart, so that many others do no harm.
#[test]
fn keys_in_two_spellings_that_nobody_names_are_nothing_to_be_tried() {
    let mut context = Context::new();
    for number in 0..20 {
        context.add(format!("x:other{number}"), ContextValue::single("a"));
        context.add(format!("x:Other{number}"), ContextValue::single("b"));
    }
    context.add("x:k", ContextValue::single("a"));
    context.add("x:K", ContextValue::single("b"));
    let statement = |value: &str| {
        format!(
            r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {{"StringEquals": {{"x:k": "{value}"}}}}}}"#
        )
    };
    let layers = identity(&format!("{}, {}", statement("a"), statement("b")));
    let trace = layers.explain(&request(session()).with_context(context));
    assert_eq!((trace.decision, trace.deciding.len()), (Decision::Allowed, 2));
}

/// A service-linked role has no service control policies, so that no change of one matters.
#[test]
fn changes_of_a_layer_that_is_not_asked_are_none() {
    let denied = r#"{"Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "*"}"#;
    let mut layers = identity(ALL);
    layers.scp = Some(vec![vec![policy(PolicyKind::Scp, &format!("{ALL}, {denied}"))]]);
    let of = |principal| {
        let trace = layers.explain(&request(principal));
        assert_eq!(trace.decision, Decision::Allowed);
        trace.flips.iter().filter(|flip| flip.layer == Layer::Scp).count()
    };
    assert_eq!((of(session()), of(linked())), (2, 0));
}

/// Only keys of statements on which the decision depends are noted.
#[test]
fn keys_that_decide_nothing_are_not_noted() {
    let of = |statements: &str| {
        let layers = identity(statements);
        let trace = layers.explain(&request(session()));
        trace.keys.iter().map(|note| note.key.to_string()).collect::<Vec<_>>()
    };
    let tested = |action: &str, resource: &str| {
        format!(
            r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}", "Condition": {{"StringEquals": {{"x:k": "a"}}}}}}"#
        )
    };
    let none: [&str; 0] = [];
    assert_eq!(of(&tested("s3:*", "*")), ["x:k"]);
    assert_eq!(of(&format!("{ALL}, {}", tested("s3:*", "*"))), none);
    assert_eq!(of(&tested("ec2:*", "*")), none);
    assert_eq!(of(&tested("s3:*", "arn:aws:s3:::another/*")), none);
}

/// To name the caller more strongly changes nothing where another part of the statement fails.
#[test]
fn a_grant_that_does_not_apply_is_not_made_stronger() {
    let of = |condition: &str| {
        let statement = format!(
            r#"{{"Effect": "Allow", "Principal": {{"AWS": "111122223333"}}, "Action": "*", "Resource": "*"{condition}}}"#
        );
        let layers = with_resource(identity(ELSE), &statement);
        let trace = layers.explain(&request(session()));
        trace.flips.iter().filter(|flip| flip.change == iam_eval::Change::Name).count()
    };
    assert_eq!(of(""), 1);
    assert_eq!(of(r#", "Condition": {"StringEquals": {"x:k": "a"}}"#), 0);
}
