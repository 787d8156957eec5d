//! How layers join: rules 5.10 to 5.34.

use crate::support::{
    ACCOUNT, ALL, ELSE, FEDERATED, NOTHING, OTHER, ROLE, SESSION, USER, federated, grant, identity, policy,
    request, root, service, session, user, with_resource,
};
use iam_eval::{Decision, Layers, Principal, Reason, Request, ResourceKind};
use iam_policy::PolicyKind;

const ALLOWED: Decision = Decision::Allowed;
const DENIED: Decision = Decision::ImplicitDeny;
const EXPLICIT: Decision = Decision::ExplicitDeny;

fn aws(arn: &str) -> String {
    format!(r#"{{"AWS": "{arn}"}}"#)
}

/// A resource policy that allows that principal, and nothing else.
fn resource(principal: &str) -> Layers {
    with_resource(Layers::new(), &grant("Allow", principal))
}

fn with_boundary(mut layers: Layers, statements: &str) -> Layers {
    layers.boundary = Some(vec![policy(PolicyKind::Boundary, statements)]);
    layers
}

fn with_session(mut layers: Layers, statements: &str) -> Layers {
    layers.session = Some(vec![policy(PolicyKind::Session, statements)]);
    layers
}

#[test]
fn the_table_of_part_5c() {
    let by_arn = format!(
        r#"{{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {{"ArnEquals": {{"aws:PrincipalArn": "{ROLE}"}}}}}}"#
    );
    let entry = |arn: &str| grant("Allow", &aws(arn));
    // Names; caller; decisions alone, with a session policy that does not allow, with a boundary that does not.
    for (names, caller, alone, by_session, by_boundary) in [
        (entry(USER), user(), ALLOWED, ALLOWED, ALLOWED),
        (entry(ROLE), session(), ALLOWED, DENIED, DENIED),
        (entry(SESSION), session(), ALLOWED, ALLOWED, ALLOWED),
        (by_arn, session(), ALLOWED, ALLOWED, ALLOWED),
        (entry(FEDERATED), federated(), ALLOWED, ALLOWED, ALLOWED),
        (entry(USER), federated(), DENIED, DENIED, DENIED),
        (entry(ACCOUNT), user(), DENIED, DENIED, DENIED),
        (entry(ACCOUNT), session(), DENIED, DENIED, DENIED),
        (grant("Allow", r#""*""#), session(), ALLOWED, ALLOWED, ALLOWED),
    ] {
        let ask = |layers: Layers| {
            let mut request = request(caller.clone());
            request.context.set("aws:PrincipalArn", crate::support::one(ROLE));
            layers.decide(&request)
        };
        let layers = || with_resource(Layers::new(), &names);
        assert_eq!(ask(layers()), alone, "{names}");
        assert_eq!(ask(with_session(layers(), ELSE)), by_session, "{names} session");
        assert_eq!(ask(with_boundary(layers(), ELSE)), by_boundary, "{names} boundary");
        for denying in [
            with_session(layers(), NOTHING),
            with_boundary(layers(), NOTHING),
            with_resource(identity(NOTHING), &names),
            with_resource(Layers::new(), &format!("{names}, {}", grant("Deny", r#""*""#))),
        ] {
            assert_eq!(ask(denying), EXPLICIT, "{names}");
        }
    }
}

#[test]
fn a_limited_grant_needs_boundary_and_session_and_no_identity_policy() {
    for (boundary, session_policy, expected) in
        [(ALL, ALL, ALLOWED), (ELSE, ALL, DENIED), (ALL, ELSE, DENIED), (ELSE, ELSE, DENIED)]
    {
        let layers = with_session(with_boundary(resource(&aws(ROLE)), boundary), session_policy);
        assert_eq!(layers.decide(&request(session())), expected);
    }
    let layers = with_session(resource(&aws(USER)), ALL);
    assert_eq!(layers.decide(&request(federated())), ALLOWED);
}

#[test]
fn identity_boundary_and_session_are_intersected() {
    for bits in 0..8_u32 {
        let text = |n: u32| if bits & (1 << n) == 0 { ELSE } else { ALL };
        let layers = with_session(with_boundary(identity(text(0)), text(1)), text(2));
        let expected = if bits == 7 { ALLOWED } else { DENIED };
        assert_eq!(layers.decide(&request(session())), expected, "{bits:03b}");
        let named = with_resource(layers, &grant("Allow", &aws(ACCOUNT)));
        assert_eq!(named.decide(&request(session())), expected, "{bits:03b} with the account");
    }
}

#[test]
fn policies_of_one_kind_are_ored_and_none_of_them_allows_nothing() {
    let mut layers = identity(ELSE);
    layers.identity.push(policy(PolicyKind::Identity, ALL));
    layers.session = Some([ELSE, ALL].map(|text| policy(PolicyKind::Session, text)).to_vec());
    assert_eq!(layers.decide(&request(session())), ALLOWED);
    layers.session = Some([ALL, NOTHING].map(|text| policy(PolicyKind::Session, text)).to_vec());
    assert_eq!(layers.decide(&request(session())), EXPLICIT);
    layers.session = Some(Vec::new());
    assert_eq!(layers.decide(&request(session())), DENIED);
    layers.session = None;
    layers.boundary = Some(Vec::new());
    assert_eq!(layers.decide(&request(session())), DENIED);
}

#[test]
fn a_federated_user_without_session_policy_has_nothing() {
    let layers = identity(ALL);
    assert_eq!(layers.decide(&request(federated())), DENIED);
    assert_eq!(layers.explain(&request(federated())).reason, Reason::FederatedWithoutSession);
    assert_eq!(with_session(identity(ALL), ALL).decide(&request(federated())), ALLOWED);
    assert_eq!(with_session(identity(ELSE), ALL).decide(&request(federated())), DENIED);
}

#[test]
fn trust_and_key_policies_must_take_part() {
    for (kind, place) in
        [(ResourceKind::IamRoleTrust, PolicyKind::Trust), (ResourceKind::KmsKey, PolicyKind::Kms)]
    {
        let ask = |mut layers: Layers, named: Option<&str>, caller: Principal| {
            layers.resource = named.map(|named| {
                let resource = if place == PolicyKind::Trust { "" } else { r#", "Resource": "*""# };
                policy(
                    place,
                    &format!(
                        r#"{{"Effect": "Allow", "Principal": {named}, "Action": "s3:GetObject"{resource}}}"#
                    ),
                )
            });
            layers.decide(&request(caller).on(kind))
        };
        let (account, role, other) = (aws(ACCOUNT), aws(ROLE), aws(OTHER));
        assert_eq!(ask(identity(ALL), None, session()), DENIED);
        assert_eq!(ask(identity(ALL), Some(&other), session()), DENIED);
        assert_eq!(ask(identity(ALL), Some(&account), session()), ALLOWED);
        assert_eq!(ask(Layers::new(), Some(&account), session()), DENIED);
        assert_eq!(ask(Layers::new(), Some(&role), session()), ALLOWED);
        assert_eq!(ask(with_session(Layers::new(), ELSE), Some(&role), session()), DENIED);
        assert_eq!(ask(with_boundary(identity(ALL), ELSE), Some(&account), session()), DENIED);
        assert_eq!(ask(Layers::new(), Some(&aws(USER)), user()), ALLOWED);
        // Not even the root user (rule 5.53).
        assert_eq!(ask(Layers::new(), None, root()), DENIED);
        assert_eq!(ask(Layers::new(), Some(&account), root()), ALLOWED);
        assert_eq!(ask(identity(NOTHING), Some(&role), session()), EXPLICIT);
    }
}

#[test]
fn the_root_user_has_full_access_but_for_denies_and_control_policies() {
    let ask = |layers: Layers| layers.decide(&request(root()));
    assert_eq!(ask(Layers::new()), ALLOWED);
    assert_eq!(ask(with_resource(Layers::new(), &grant("Deny", r#""*""#))), EXPLICIT);
    for (scp, expected) in [(ALL, ALLOWED), (ELSE, DENIED), (NOTHING, EXPLICIT)] {
        let mut layers = Layers::new();
        layers.scp = Some(vec![vec![policy(PolicyKind::Scp, scp)]]);
        assert_eq!(ask(layers), expected);
    }
}

/// The resource belongs to another account.
fn abroad(caller: Principal) -> Request {
    request(caller).owned_by(OTHER)
}

#[test]
fn across_accounts_both_sides_must_allow() {
    for (caller, entry) in [
        (user(), aws(USER)),
        (user(), aws(ACCOUNT)),
        (user(), r#""*""#.to_owned()),
        (session(), aws(ROLE)),
        (session(), aws(SESSION)),
        (session(), aws("*")),
    ] {
        let named = |layers: Layers| with_resource(layers, &grant("Allow", &entry));
        let ask = |layers: Layers| layers.decide(&abroad(caller.clone()));
        assert_eq!(ask(named(identity(ALL))), ALLOWED, "{entry}");
        assert_eq!(ask(named(identity(ELSE))), DENIED, "{entry}");
        assert_eq!(ask(identity(ALL)), DENIED, "{entry}");
        assert_eq!(ask(named(with_boundary(identity(ALL), ELSE))), DENIED, "{entry}");
        assert_eq!(ask(named(with_session(identity(ALL), ELSE))), DENIED, "{entry}");
    }
}

#[test]
fn the_root_user_of_another_account_needs_the_resource_policy_alone() {
    assert_eq!(Layers::new().decide(&abroad(root())), DENIED);
    assert_eq!(resource(&aws(ACCOUNT)).decide(&abroad(root())), ALLOWED);
    assert_eq!(resource(&aws(OTHER)).decide(&abroad(root())), DENIED);
}

#[test]
fn a_federated_user_abroad_needs_a_session_policy_even_if_named() {
    let named = |layers| with_resource(layers, &grant("Allow", &aws(FEDERATED)));
    assert_eq!(named(identity(ALL)).decide(&abroad(federated())), DENIED);
    assert_eq!(named(with_session(identity(ALL), ALL)).decide(&abroad(federated())), ALLOWED);
}

#[test]
fn no_access_crosses_partitions() {
    let layers = || with_resource(identity(ALL), &grant("Allow", r#""*""#));
    for owner in [Some(ACCOUNT), Some(OTHER), None] {
        for caller in [user(), session(), root()] {
            let mut request = request(caller);
            request.resource_account = owner.map(Into::into);
            request.resource = "arn:aws-cn:s3:::bucket/key".into();
            assert_eq!(layers().decide(&request), DENIED);
            assert_eq!(layers().explain(&request).reason, Reason::OtherPartition);
            let denying = with_resource(identity(ALL), &grant("Deny", r#""*""#));
            assert_eq!(denying.decide(&request), EXPLICIT);
        }
    }
}

#[test]
fn callers_without_account_have_the_resource_policy_alone() {
    for caller in [service(), Principal::Anonymous] {
        let ask = |layers: Layers| layers.decide(&request(caller.clone()));
        assert_eq!(ask(identity(ALL)), DENIED);
        assert_eq!(ask(resource(r#""*""#)), ALLOWED);
        // Nothing on a principal's side bears on them, denials neither.
        let mut layers = with_session(
            with_boundary(with_resource(identity(NOTHING), &grant("Allow", r#""*""#)), NOTHING),
            NOTHING,
        );
        layers.scp = Some(vec![vec![policy(PolicyKind::Scp, NOTHING)]]);
        assert_eq!(ask(layers), ALLOWED);
        assert_eq!(ask(resource(&aws(ACCOUNT))), DENIED);
    }
}
