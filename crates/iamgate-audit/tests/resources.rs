//! Resources that a record does not tell, or that the request did not name.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use iam_trail::Event;
use iamgate::{Layers, Limits, Mode, Policy, PolicyKind, RoleArn};
use iamgate_audit::{EventVerdict, Judge, Promise};

/// The verdict on a call for an object that the record does not name, by a policy that denies some resources.
fn verdict(denied: &str) -> EventVerdict {
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "*", "Resource": "*"}},
            {{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "{denied}"}}]}}"#
    );
    let policy = Policy::parse(&text, PolicyKind::Identity, Mode::Strict, &Limits::default()).unwrap();
    let mut layers = Layers::new();
    layers.identity.push(Arc::new(policy));
    let role: RoleArn = "arn:aws:iam::111122223333:role/reader".parse().unwrap();
    let mut judge = Judge::new(Promise::of_layers(layers, &role, &"session".parse().unwrap())).unwrap();
    let json = r#"{"eventType": "AwsApiCall", "eventSource": "s3.amazonaws.com", "eventName": "GetObject", "awsRegion": "us-east-1",
        "requestParameters": null, "eventTime": "2026-09-24T21:00:00Z"}"#;
    judge.judge(&Event::read(json).unwrap()).verdict
}

#[test]
fn a_statement_matters_only_if_the_resource_may_be_one_of_its_own() {
    assert_eq!(verdict("arn:aws:s3:::payroll/*"), EventVerdict::NotProven);
    assert_eq!(verdict("arn:aws:sqs:us-east-1:111122223333:payroll"), EventVerdict::AsPlanned);
    // A bucket is no object.
    assert_eq!(verdict("arn:aws:s3:::payroll"), EventVerdict::AsPlanned);
    assert_eq!(verdict("arn:aws:s3:::*"), EventVerdict::NotProven);
}
