//! The text of the one policy that is written: for layers, and for a policy that has to become shorter.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod conditions;
mod facts;
mod fitted;
mod large;
mod met;
mod shorter;

use std::sync::Arc;

use iam_analysis::{Analysis, Dead, Effective, LeftOut, Origin, Space, Verdict};
use iam_eval::Layers;
use iam_policy::{Limits, Mode, Policy, PolicyKind};

/// The statement that a policy has when nothing is allowed.
const NOTHING: &str = r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#;

fn policy_of(version: &str, statements: &[String]) -> Arc<Policy> {
    let text = format!(r#"{{"Version": "{version}", "Statement": [{}]}}"#, statements.join(","));
    Arc::new(Policy::parse(&text, PolicyKind::Identity, Mode::Deployed, &Limits::default()).unwrap())
}

fn policy(statements: &[String]) -> Arc<Policy> {
    policy_of("2012-10-17", statements)
}

/// Layers of one identity policy.
fn alone(policy: &Arc<Policy>) -> Layers {
    let mut layers = Layers::new();
    layers.identity.push(Arc::clone(policy));
    layers
}

/// Layers of an identity policy and a boundary.
fn layers(identity: &[String], boundary: &[String]) -> Layers {
    let mut layers = alone(&policy(identity));
    layers.boundary = Some(vec![policy(boundary)]);
    layers
}

/// A statement that allows. `rest` is everything but its effect.
fn allow(rest: &str) -> String {
    format!(r#"{{"Effect":"Allow",{rest}}}"#)
}

fn deny(rest: &str) -> String {
    format!(r#"{{"Effect":"Deny",{rest}}}"#)
}

/// A statement that allows actions on every resource.
fn act(actions: &str) -> String {
    allow(&format!(r#"{actions},"Resource":"*""#))
}

/// A statement that allows one action on resources.
fn on(resources: &str) -> String {
    allow(&format!(r#""Action":"s3:GetObject",{resources}"#))
}

/// A statement that allows one action on every resource under conditions.
fn when(conditions: &str) -> String {
    allow(&format!(r#""Action":"s3:GetObject","Resource":"*","Condition":{{{conditions}}}"#))
}

/// The texts of the statements of a policy.
fn texts(policy: &Policy) -> Vec<String> {
    policy.statements.iter().map(ToString::to_string).collect()
}

/// The statements of the policy that layers become. It is proven to be equal to them.
fn exactly(space: &Space, layers: &Layers) -> Vec<String> {
    made(space, layers, Verdict::holds_at_first)
}

/// The statements of the policy that layers become. Because of variables it is not proven to be equal to them, nor is the contrary.
fn openly(space: &Space, layers: &Layers) -> Vec<String> {
    made(space, layers, |verdict| !matches!(verdict, Verdict::Fails(_)))
}

fn made(space: &Space, layers: &Layers, is_right: impl Fn(&Verdict) -> bool) -> Vec<String> {
    let effective = Analysis::effective(space, layers).unwrap();
    for verdict in [&effective.within, &effective.covers] {
        assert!(is_right(verdict), "{}: {verdict:?}", effective.policy);
    }
    assert_eq!(effective.unfinished, None, "{}", effective.policy);
    texts(&effective.policy)
}

/// The statements of what two statements allow together.
fn together(a: &str, b: &str) -> Vec<String> {
    exactly(&Space::new(), &layers(&[a.to_owned()], &[b.to_owned()]))
}

/// The policy that two statements become if it cannot say what they allow together. It allows nothing else.
fn less_than_both(a: &str, b: &str) -> (Effective, Vec<String>) {
    let effective = Analysis::effective(&Space::new(), &layers(&[a.to_owned()], &[b.to_owned()])).unwrap();
    assert!(effective.within.holds_at_first(), "{}: {:?}", effective.policy, effective.within);
    assert!(!effective.is_exact(), "{}", effective.policy);
    let told = effective.left_out.iter().map(left).collect();
    (effective, told)
}

/// The place of a statement in words.
fn place(origin: &Origin) -> String {
    format!("{} {}.{}", origin.layer.name(), origin.policy, origin.statement)
}

fn places(origins: &[Origin]) -> String {
    origins.iter().map(place).collect::<Vec<_>>().join(", ")
}

fn left(left: &LeftOut) -> String {
    format!("{}: {}", places(&left.statements), left.why)
}

fn dead(dead: &Dead) -> String {
    format!("{} by {}", place(&dead.allow), places(&dead.shadowed_by))
}
