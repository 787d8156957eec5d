//! Whether the policies let the caller make the session.

use iam_eval::session::{Authorization, Caller, Opening, Parameters, Session, Tags};
use iam_eval::{Decision, Layers};
use iam_policy::PolicyKind;

use super::{NOW, PROVIDER, assume, chained, opened, policy, token, user, web};

/// A statement of a trust policy.
fn trust(principal: &str, actions: &str) -> Layers {
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Principal": {principal}, "Action": {actions}}}}}"#
    );
    let mut layers = Layers::new();
    layers.resource = Some(policy(PolicyKind::Trust, &text));
    layers
}

fn with_identity(mut layers: Layers, effect: &str, actions: &str) -> Layers {
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "{effect}", "Action": {actions}, "Resource": "*"}}}}"#
    );
    layers.identity.push(policy(PolicyKind::Identity, &text));
    layers
}

fn missing(authorization: &Authorization) -> Vec<(&str, Decision)> {
    authorization.missing().map(|(request, decision)| (request.action.as_str(), *decision)).collect()
}

fn asked(session: &Session) -> Vec<String> {
    session.authorization_requests().iter().map(|request| request.action.as_str().to_owned()).collect()
}

#[test]
fn a_web_identity_needs_the_trust_policy_and_nothing_else() {
    let claims = r#"{"sub": "user-7", "https://aws.amazon.com/tags": {"principal_tags": {"k": ["v"]}},
        "https://aws.amazon.com/source_identity": "ana"}"#;
    let session = opened(web(Parameters::named("s1"), token(claims)));
    assert_eq!(asked(&session), ["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"]);
    let federated = format!(r#"{{"Federated": "{PROVIDER}"}}"#);
    let all = r#"["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"]"#;
    assert!(session.authorize(&trust(&federated, all)).is_allowed());
    // Policies of the role, which the same layers may hold, have no say.
    let denying = with_identity(trust(&federated, all), "Deny", r#""sts:*""#);
    assert!(session.authorize(&denying).is_allowed());
    // Every request that is missing is named, not only the first.
    let call_only = trust(&federated, r#""sts:AssumeRoleWithWebIdentity""#);
    assert_eq!(
        missing(&session.authorize(&call_only)),
        [("sts:TagSession", Decision::ImplicitDeny), ("sts:SetSourceIdentity", Decision::ImplicitDeny)]
    );
    let mut rcp = trust(&federated, all);
    let allow = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "sts:TagSession", "Resource": "*"}}"#;
    rcp.rcp = Some(vec![vec![policy(PolicyKind::Rcp, allow)]]);
    let denied = session.authorize(&rcp);
    assert!(missing(&denied).contains(&("sts:TagSession", Decision::ExplicitDeny)));
    assert_eq!(session.authorize(&Layers::new()).missing().count(), 3);
}

#[test]
fn a_role_session_needs_its_own_policies_too() {
    let session = opened(assume(Parameters::named("s1"), user()));
    assert_eq!(asked(&session), ["sts:AssumeRole"]);
    let account = trust(r#"{"AWS": "111122223333"}"#, r#""sts:AssumeRole""#);
    assert!(!session.authorize(&account).is_allowed());
    assert!(session.authorize(&with_identity(account, "Allow", r#""sts:AssumeRole""#)).is_allowed());
}

#[test]
fn inherited_tags_are_passed_tags() {
    let session = opened(assume(Parameters::named("s1"), chained(&[("Star", "1")], None)));
    assert_eq!(asked(&session), ["sts:AssumeRole", "sts:TagSession"]);
}

/// Rule 6.11: the trust policy alone would do for the call, and not for the source identity.
#[test]
fn a_chained_source_identity_needs_both_sides() {
    let session = opened(assume(Parameters::named("s1"), chained(&[], Some("Diego"))));
    assert_eq!(asked(&session), ["sts:AssumeRole", "sts:SetSourceIdentity"]);
    let actions = r#"["sts:AssumeRole", "sts:SetSourceIdentity"]"#;
    let named = trust(r#"{"AWS": "arn:aws:iam::111122223333:role/one"}"#, actions);
    let both = with_identity(named.clone(), "Allow", r#""sts:SetSourceIdentity""#);
    assert_eq!(missing(&session.authorize(&named)), [("sts:SetSourceIdentity", Decision::ImplicitDeny)]);
    assert!(session.authorize(&both).is_allowed());
    // A user that sets one is not a chain.
    let mut parameters = Parameters::named("s1");
    parameters.source_identity = Some("ana".into());
    let session = opened(assume(parameters, user()));
    let user = trust(r#"{"AWS": "arn:aws:iam::111122223333:user/team/ana"}"#, actions);
    assert!(session.authorize(&user).is_allowed());
}

/// What nobody stated about the caller does not allow, and does not deny for certain.
#[test]
fn an_unknown_key_makes_it_depend() {
    let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/team/ana"},
        "Action": "sts:AssumeRole", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}}"#;
    let mut layers = Layers::new();
    layers.resource = Some(policy(PolicyKind::Trust, text));
    let mut opening = assume(Parameters::named("s1"), user());
    let unstated = opened(opening.clone()).authorize(&layers);
    assert_eq!(missing(&unstated), [("sts:AssumeRole", Decision::Depends)]);
    opening.call.set("aws:MultiFactorAuthPresent", iam_eval::ContextValue::single("true"));
    assert!(opened(opening).authorize(&layers).is_allowed());
}

/// A federated user is made by a call like any other: without a policy that allows it there is none.
#[test]
fn a_federated_user_needs_the_users_policies() {
    let mut parameters = Parameters::named("kiosk");
    parameters.tags = Tags::from_iter([("k", "v")]);
    let session = opened(Opening::federation_token(parameters.clone(), user(), NOW));
    assert_eq!(asked(&session), ["sts:GetFederationToken", "sts:TagSession"]);
    assert_eq!(session.authorize(&Layers::new()).missing().count(), 2);
    let call_only = with_identity(Layers::new(), "Allow", r#""sts:GetFederationToken""#);
    assert_eq!(missing(&session.authorize(&call_only)), [("sts:TagSession", Decision::ImplicitDeny)]);
    let all = with_identity(Layers::new(), "Allow", r#""sts:*""#);
    assert!(session.authorize(&all).is_allowed());
    let requests = session.authorization_requests();
    let resources: Vec<&str> = requests.iter().map(|request| &*request.resource).collect();
    assert_eq!(resources, ["arn:aws:sts::111122223333:federated-user/kiosk"; 2]);
    let root = Caller::Root { arn: "arn:aws:iam::111122223333:root".into() };
    assert!(opened(Opening::federation_token(parameters, root, NOW)).authorize(&Layers::new()).is_allowed());
}
