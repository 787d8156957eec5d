//! What explanations say must be so.

use crate::support::{ALL, NOTHING, identity, key, policy, request, root, session};
use iam_eval::{Context, ContextValue, Decision, Layer, Reason};
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
