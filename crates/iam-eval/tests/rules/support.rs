//! What the tests of rules share: callers, policies, requests, and the question whether a condition lets a statement apply.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "each test crate uses its part of this module, and stops at the first surprise"
)]
#![allow(dead_code, unreachable_pub, reason = "each test crate uses its part of this module")]

use std::sync::Arc;

use iam_eval::{Action, Context, ContextValue, Decision, Grant, Layers, Outcomes, Principal, Request};
use iam_policy::{Limits, Mode, Policy, PolicyKind};

pub const ACCOUNT: &str = "111122223333";
pub const OTHER: &str = "444455556666";
pub const USER: &str = "arn:aws:iam::111122223333:user/ana";
pub const ROLE: &str = "arn:aws:iam::111122223333:role/teams/ops";
pub const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/ops/eva";
pub const FEDERATED: &str = "arn:aws:sts::111122223333:federated-user/fred";
pub const ROOT: &str = "arn:aws:iam::111122223333:root";
pub const SERVICE: &str = "cloudtrail.amazonaws.com";
pub const PROVIDER: &str = "arn:aws:iam::111122223333:oidc-provider/idp.example.com";
pub const SAML: &str = "arn:aws:iam::111122223333:saml-provider/corp";
pub const OBJECT: &str = "arn:aws:s3:::bucket/key";

/// A statement that allows everything.
pub const ALL: &str = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
/// A statement that allows something else.
pub const ELSE: &str = r#"{"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*"}"#;
/// A statement that denies everything.
pub const NOTHING: &str = r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#;

pub fn user() -> Principal {
    Principal::from_arn(USER).unwrap()
}

pub fn session() -> Principal {
    Principal::assumed_role(&SESSION.parse().unwrap(), &ROLE.parse().unwrap())
}

pub fn linked() -> Principal {
    Principal::AssumedRole {
        arn: SESSION.into(),
        role_arn: ROLE.into(),
        account: ACCOUNT.into(),
        service_linked: true,
    }
}

pub fn federated() -> Principal {
    Principal::FederatedUser { arn: FEDERATED.into(), user_arn: USER.into(), account: ACCOUNT.into() }
}

pub fn root() -> Principal {
    Principal::Root { arn: ROOT.into(), account: ACCOUNT.into() }
}

pub fn service() -> Principal {
    Principal::AwsService { service: SERVICE.into() }
}

pub fn web() -> Principal {
    Principal::WebIdentity { provider: PROVIDER.into() }
}

pub fn saml() -> Principal {
    Principal::Saml { provider: SAML.into() }
}

/// A request of that principal for an object of its account.
pub fn request(principal: Principal) -> Request {
    Request::new(principal, action("s3:GetObject"), OBJECT).owned_by(ACCOUNT)
}

pub fn action(name: &str) -> Action {
    Action::new(name).unwrap()
}

/// A policy of version 2012-10-17 with those statements, as AWS may have accepted it.
#[track_caller]
pub fn policy(kind: PolicyKind, statements: &str) -> Arc<Policy> {
    document(kind, &format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#))
}

#[track_caller]
pub fn document(kind: PolicyKind, text: &str) -> Arc<Policy> {
    let read = Policy::parse(text, kind, Mode::Deployed, &Limits::default());
    Arc::new(read.unwrap_or_else(|report| panic!("{text}\n{report}")))
}

/// Layers with one identity policy.
#[track_caller]
pub fn identity(statements: &str) -> Layers {
    let mut layers = Layers::new();
    layers.identity.push(policy(PolicyKind::Identity, statements));
    layers
}

/// A statement of a resource policy about everything.
pub fn grant(effect: &str, principal: &str) -> String {
    format!(r#"{{"Effect": "{effect}", "Principal": {principal}, "Action": "*", "Resource": "*"}}"#)
}

/// The same layers with that resource policy.
#[track_caller]
pub fn with_resource(mut layers: Layers, statements: &str) -> Layers {
    layers.resource = Some(policy(PolicyKind::Resource, statements));
    layers
}

pub fn one(value: &str) -> ContextValue {
    ContextValue::single(value)
}

pub fn many(values: &[&str]) -> ContextValue {
    ContextValue::multiple(values.iter().copied())
}

/// A context with the key `x:k`, if it has a value.
pub fn key(value: Option<ContextValue>) -> Context {
    value.map_or_else(Context::new, |value| Context::new().with("x:k", value))
}

/// Whether an Allow with that condition allows, and whether a Deny with it denies.
#[track_caller]
pub fn effects(condition: &str, context: &Context) -> (Decision, Decision) {
    let ask = |layers: Layers| layers.decide(&request(user()).with_context(context.clone()));
    let allow = format!(r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {condition}}}"#);
    let deny =
        format!(r#"{ALL}, {{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {condition}}}"#);
    (ask(identity(&allow)), ask(identity(&deny)))
}

/// What a condition turns out to be; the decisions through both effects must agree with it.
#[track_caller]
pub fn outcome(condition: &str, context: &Context) -> Outcomes {
    let statement =
        format!(r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {condition}}}"#);
    let layers = identity(&statement);
    let request = request(user()).with_context(context.clone());
    let trace = layers.explain(&request);
    let layer = trace.layers.first().unwrap();
    let statement = layer.statements.first().unwrap();
    let outcomes = statement.conditions.iter().fold(Outcomes::TRUE, |all, c| all.and(c.outcomes));
    let expected = if outcomes == Outcomes::TRUE {
        (Decision::Allowed, Decision::ExplicitDeny)
    } else if outcomes == Outcomes::FALSE {
        (Decision::ImplicitDeny, Decision::Allowed)
    } else if outcomes == Outcomes::INDETERMINATE {
        (Decision::ImplicitDeny, Decision::ExplicitDeny)
    } else {
        (Decision::Depends, Decision::Depends)
    };
    assert_eq!(effects(condition, context), expected, "{condition} {context:?}");
    outcomes
}

/// Whether a resource pattern covers a resource.
#[track_caller]
pub fn covers(pattern: &str, resource: &str, context: &Context) -> bool {
    let layers = identity(&format!(r#"{{"Effect": "Allow", "Action": "*", "Resource": "{pattern}"}}"#));
    let mut request = request(user()).with_context(context.clone());
    request.resource = resource.into();
    layers.decide(&request).is_allowed()
}

/// How strongly the first statement of the resource policy names the principal.
#[track_caller]
pub fn strength(policy: Arc<Policy>, principal: Principal) -> Grant {
    let mut layers = Layers::new();
    layers.resource = Some(policy);
    let request = request(principal);
    let trace = layers.explain(&request);
    let layer = trace.layers.iter().find(|l| l.layer == iam_eval::Layer::Resource).unwrap();
    layer.statements.first().unwrap().principal
}
