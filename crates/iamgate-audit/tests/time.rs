//! Conditions on the time of the request: the record has the time at which it ended.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use iam_trail::Event;
use iamgate::{Layers, Limits, Mode, Policy, PolicyKind, RoleArn};
use iamgate_audit::{EventVerdict, Judge, Promise};

/// The verdict on a call that succeeded at a time, by a policy that allows everything under a condition.
fn verdict(condition: &str, time: &str) -> EventVerdict {
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {condition}}}}}"#
    );
    let policy = Policy::parse(&text, PolicyKind::Identity, Mode::Strict, &Limits::default()).unwrap();
    let mut layers = Layers::new();
    layers.identity.push(Arc::new(Policy::everything()));
    layers.session = Some(vec![Arc::new(policy)]);
    let role: RoleArn = "arn:aws:iam::111122223333:role/reader".parse().unwrap();
    let mut judge = Judge::new(Promise::of_layers(layers, &role, &"session".parse().unwrap())).unwrap();
    let json = format!(
        r#"{{"eventType": "AwsApiCall", "eventSource": "ec2.amazonaws.com", "eventName": "DescribeVpcs", "eventTime": "{time}"}}"#
    );
    judge.judge(&Event::read(&json).unwrap()).verdict
}

#[test]
fn a_window_counts_but_for_the_time_that_a_request_may_take() {
    let until = r#"{"DateLessThan": {"aws:CurrentTime": "2026-09-24T21:00:00Z"}}"#;
    let from = r#"{"NumericGreaterThanEquals": {"aws:EpochTime": "1790283600"}}"#;
    let none = r#"{"DateNotEquals": {"aws:CurrentTime": "2026-09-24T21:00:00Z"}}"#;
    let text = r#"{"StringLike": {"aws:CurrentTime": "2026-*"}}"#;
    let there = r#"{"Null": {"aws:CurrentTime": "false"}}"#;
    let is =
        |condition, time, expected| assert_eq!(verdict(condition, time), expected, "{condition} at {time}");
    is(until, "2026-09-24T20:59:58Z", EventVerdict::AsPlanned);
    // It may have ended within the second.
    is(until, "2026-09-24T20:59:59Z", EventVerdict::NotProven);
    // The request ended behind the end of the window, and AWS may have decided before.
    is(until, "2026-09-24T21:00:00Z", EventVerdict::NotProven);
    is(until, "2026-09-24T21:15:00Z", EventVerdict::NotProven);
    is(until, "2026-09-24T21:15:01Z", EventVerdict::Outside);
    is(from, "2026-09-24T20:30:00Z", EventVerdict::Outside);
    is(from, "2026-09-24T21:02:00Z", EventVerdict::NotProven);
    is(from, "2026-09-24T21:16:00Z", EventVerdict::AsPlanned);
    is(none, "2026-09-24T20:30:00Z", EventVerdict::AsPlanned);
    is(text, "2026-09-24T20:30:00Z", EventVerdict::NotProven);
    is(there, "2026-09-24T20:30:00Z", EventVerdict::AsPlanned);
}
