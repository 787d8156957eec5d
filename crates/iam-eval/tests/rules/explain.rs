//! What explanations say must be so.

use crate::support::{ALL, NOTHING, identity, key, policy, request, root, session};
use iam_eval::{ContextValue, Decision, Layer, Reason};
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
