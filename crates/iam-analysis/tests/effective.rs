//! Layers as one policy: beyond the number of statements that a reader takes, and parts that cannot be written.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use iam_analysis::{Analysis, EffectiveError, Fact, Space};
use iam_eval::{ContextValue, Layers};
use iam_policy::{Limits, Mode, Policy, PolicyKind, code};

fn policy(statements: &[String], limits: &Limits) -> Arc<Policy> {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(","));
    Arc::new(Policy::parse(&text, PolicyKind::Identity, Mode::Deployed, limits).unwrap())
}

/// A fact in place of a variable can make a pattern longer than patterns may be.
#[test]
fn a_part_that_cannot_be_written_is_an_error_with_its_code() {
    let statement = |element: &str| format!(r#"{{"Effect": "Allow", "Action": "s3:GetObject", {element}}}"#);
    let mut layers = Layers::new();
    let own = r#""Resource": "arn:aws:s3:::home/${aws:username}/${aws:username}/*""#;
    layers.identity.push(policy(&[statement(own)], &Limits::default()));
    let with_name = |length: usize| {
        let mut space = Space::new();
        space.set_fact("aws:username", Fact::Value(ContextValue::single("n".repeat(length))));
        Analysis::effective(&space, &layers)
    };
    let effective = with_name(1_000).unwrap();
    assert!(effective.is_exact(), "{}", effective.policy);
    let error = with_name(1_100).unwrap_err();
    let EffectiveError::Part(part) = &error else { panic!("{error}") };
    assert_eq!(part.code(), code::PATTERN_TOO_LONG);
    assert_eq!(error.to_string(), part.to_string());
}

/// A reader refuses more than 1,000 statements, and the result is written without being read.
#[test]
fn more_statements_than_a_reader_takes() {
    let statement = |number: usize| {
        format!(r#"{{"Effect": "Allow", "Action": "s3:Get{number}", "Resource": "arn:aws:s3:::b{number}"}}"#)
    };
    let mut layers = Layers::new();
    for part in [0..520, 520..1_040] {
        let statements: Vec<String> = part.map(statement).collect();
        layers.identity.push(policy(&statements, &Limits::default()));
    }
    let effective = Analysis::effective(&Space::new(), &layers).unwrap();
    assert_eq!(effective.policy.statements.len(), 1_040);
    let text = effective.policy.to_json();
    let refused = Policy::parse(&text, PolicyKind::Managed, Mode::Deployed, &Limits::default()).unwrap_err();
    assert!(refused.has(code::TOO_MANY_STATEMENTS), "{refused}");
    let mut wide = Limits::default();
    (wide.statements, wide.document_bytes) = (2_000, usize::MAX);
    let again = Policy::parse(&text, PolicyKind::Managed, Mode::Deployed, &wide).unwrap();
    assert_eq!(again.statements, effective.policy.statements);
}
