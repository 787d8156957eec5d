//! Reviews of versions of a managed policy.

use std::sync::Arc;

use iamgate::iam_catalog::{AccessLevel, Catalog, Classes, Details, SensitivityClass};
use iamgate::iam_policy::{Limits, Mode, Policy, PolicyKind};
use iamgate::{PolicyReview, ReviewedAction, review};

fn policy(statements: &str) -> Arc<Policy> {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    Arc::new(Policy::parse(&text, PolicyKind::Managed, Mode::Strict, &Limits::default()).unwrap())
}

fn allow(actions: &str) -> Arc<Policy> {
    policy(&format!(r#"{{"Effect": "Allow", "Action": [{actions}], "Resource": "*"}}"#))
}

fn compared(old: &Arc<Policy>, new: &Arc<Policy>) -> PolicyReview<'static> {
    let (catalog, details) = (Catalog::embedded().unwrap(), Details::embedded().unwrap());
    review(old, new, &catalog, &details, &Classes::embedded().unwrap())
}

fn names<'r>(list: &'r [ReviewedAction<'_>]) -> Vec<&'r str> {
    list.iter().map(|own| &*own.action).collect()
}

#[test]
fn what_is_new_has_class_level_and_evidence() {
    let found = compared(
        &allow(r#""sqs:Get*", "sns:ListTopics""#),
        &allow(r#""sqs:Get*", "sqs:ReceiveMessage", "sqs:Invent*", "sqs:InventQueue", "sqs:DeleteQueue""#),
    );
    assert_eq!(names(&found.added), ["sqs:DeleteQueue", "sqs:ReceiveMessage"]);
    let receive = &found.added[1];
    assert_eq!((receive.level, receive.classes[0].class), (AccessLevel::Read, SensitivityClass::StoredData));
    assert!(!receive.classes[0].evidence.is_empty());
    assert_eq!((found.added[0].level, found.added[0].classes.len()), (AccessLevel::Write, 0));
    assert_eq!(names(&found.removed), ["sns:ListTopics"]);
    assert_eq!(
        (&*found.unknown, &*found.wildcards),
        (&["sqs:InventQueue".into()][..], &["sqs:Invent*".into()][..])
    );
    assert!(found.wider.is_empty() && found.narrower.is_empty() && !found.is_same());
}

/// An action in both versions may be allowed in more cases.
#[test]
fn resources_and_conditions_count() {
    let one = policy(
        r#"{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "arn:aws:s3:::a*"}"#,
    );
    let all = policy(
        r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
           {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::a*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}"#,
    );
    let found = compared(&one, &all);
    assert_eq!((names(&found.wider), names(&found.narrower)), (vec!["s3:GetObject"], vec!["s3:ListBucket"]));
    assert!(found.added.is_empty() && found.removed.is_empty());
    let back = compared(&all, &one);
    assert_eq!((names(&back.wider), names(&back.narrower)), (vec!["s3:ListBucket"], vec!["s3:GetObject"]));
    assert!(compared(&all, &all).is_same());
    // Another layout of the same is no change.
    let split = policy(
        r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a*"},
           {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::a*"}"#,
    );
    assert!(compared(&one, &split).is_same());
}
