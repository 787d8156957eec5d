//! Claims that were once proven, and are not so: for each, the request that AWS allows. None of them is proven, and what is found is allowed.
//!
//! The request is one of a role session of the account that owns the resource, and only the identity policy is in question.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use iam_analysis::{Actions, Analysis, Question, Space, Verdict};
use iam_eval::{Action, Context, ContextValue, Decision, Layers, Principal, Reading, Request, ResourceKind};
use iam_policy::{Limits, Mode, Policy, PolicyKind};

const ACCOUNT: &str = "123456789012";
const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/example";
const USER: &str = "arn:aws:iam::123456789012:user/target";

fn layers(statements: &[&str]) -> Layers {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(","));
    let policy = Policy::parse(&text, PolicyKind::Identity, Mode::Deployed, &Limits::default()).unwrap();
    let mut layers = Layers::new();
    layers.identity.push(Arc::new(policy));
    layers
}

fn request(action: &str, resource: &str, context: Context) -> Request {
    let principal = Principal::assumed_role(
        &"arn:aws:sts::123456789012:assumed-role/actor/s1".parse().unwrap(),
        &"arn:aws:iam::123456789012:role/actor".parse().unwrap(),
    );
    Request::new(principal, Action::new(action).unwrap(), resource)
        .on(ResourceKind::Generic)
        .owned_by(ACCOUNT)
        .with_context(context)
}

/// The request is allowed under some reading, first of all by the evaluator's own; so that its action is never allowed is not proven, whether
/// anybody may ask or this principal, and about every action.
#[track_caller]
fn is_not_proven(statements: &[&str], request: &Request) {
    let layers = layers(statements);
    assert_eq!(layers.decide(request), Decision::Allowed, "{request:?}");
    assert_eq!(layers.compile().decide(request), Decision::Allowed, "{request:?}");
    for actions in [Actions::One(request.action.clone()), Actions::Open] {
        let open = Question::new(&layers).about(actions);
        for question in [open.clone(), open.clone().asked_by(&request.principal)] {
            assert!(question.is_shown_by(request));
            match Analysis::new(Space::new()).never(&question) {
                Verdict::Fails(witness) => {
                    assert!(question.is_shown_under(&witness.request, Reading::FIRST), "{witness:?}");
                }
                other @ (Verdict::Holds | Verdict::Unknown(_)) => panic!("{other:?}"),
            }
        }
    }
}

fn one(key: &str, value: &str) -> Context {
    Context::new().with(key, ContextValue::single(value))
}

/// A variable in the account field of an ARN is replaced by its value.
#[test]
fn fp1_account_variable() {
    is_not_proven(
        &[
            r#"{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:us-east-1:${aws:PrincipalAccount}:key/*"}"#,
        ],
        &request("kms:Decrypt", KEY, one("aws:PrincipalAccount", ACCOUNT)),
    );
}

/// An operator without set operator is true neither of a key with a list of values, nor is its negation: both Denies leave a gap.
#[test]
fn fp2_scalar_on_list() {
    let keys = ContextValue::multiple(["env"]);
    is_not_proven(
        &[
            r#"{"Effect": "Allow", "Action": "iam:TagUser", "Resource": "*"}"#,
            r#"{"Effect": "Deny", "Action": "iam:TagUser", "Resource": "*", "Condition": {"Null": {"aws:TagKeys": "true"}}}"#,
            r#"{"Effect": "Deny", "Action": "iam:TagUser", "Resource": "*", "Condition": {"StringEquals": {"aws:TagKeys": "team"}}}"#,
            r#"{"Effect": "Deny", "Action": "iam:TagUser", "Resource": "*", "Condition": {"StringNotEquals": {"aws:TagKeys": "team"}}}"#,
        ],
        &request("iam:TagUser", USER, one("aws:RequestTag/value", "x").with("aws:TagKeys", keys)),
    );
}

/// Where the case of letters does not count, the Kelvin sign is a k, and no text of ASCII letters is like it.
#[test]
fn fp4_kelvin() {
    is_not_proven(
        &[
            r#"{"Effect": "Allow", "Action": "iam:TagUser", "Resource": "*", "Condition": {"StringEqualsIgnoreCase": {"aws:RequestTag/value": "k"}}}"#,
            r#"{"Effect": "Deny", "Action": "iam:TagUser", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/value": ["k", "K"]}}}"#,
        ],
        &request("iam:TagUser", USER, one("aws:RequestTag/value", "\u{212a}")),
    );
}

/// A value that is no ARN is like no pattern of ARNs, and `ArnNotLike` is not true of it either.
#[test]
fn fp7_notarn() {
    is_not_proven(
        &[
            r#"{"Effect": "Allow", "Action": "iam:TagUser", "Resource": "*"}"#,
            r#"{"Effect": "Deny", "Action": "iam:TagUser", "Resource": "*", "Condition": {"Null": {"aws:RequestTag/value": "true"}}}"#,
            r#"{"Effect": "Deny", "Action": "iam:TagUser", "Resource": "*", "Condition": {"ArnLike": {"aws:RequestTag/value": "arn:aws:iam::*:user/*"}}}"#,
            r#"{"Effect": "Deny", "Action": "iam:TagUser", "Resource": "*", "Condition": {"ArnNotLike": {"aws:RequestTag/value": "arn:aws:iam::*:user/*"}}}"#,
        ],
        &request("iam:TagUser", USER, one("aws:RequestTag/value", "not-an-arn")),
    );
}

/// A Deny of all resources but those of the caller's account spares them.
#[test]
fn fp10_notresource() {
    is_not_proven(
        &[
            r#"{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}"#,
            r#"{"Effect": "Deny", "Action": "kms:Decrypt", "NotResource": "arn:aws:kms:*:${aws:PrincipalAccount}:key/*"}"#,
        ],
        &request("kms:Decrypt", KEY, one("aws:PrincipalAccount", ACCOUNT)),
    );
}
