//! Explains why one request is denied, and what would change that: `cargo run -p iam-eval --example explain`.
#![expect(clippy::print_stdout, reason = "a program for people")]

use std::error::Error;
use std::sync::Arc;

use iam_eval::{Action, Layers, Principal, Request};
use iam_policy::{Limits, Mode, Policy, PolicyKind};

const SESSION: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Reads", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
    {"Sid": "NoPayroll", "Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::payroll/*"}
  ]
}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut layers = Layers::new();
    layers.identity.push(Arc::new(Policy::everything()));
    let session = Policy::parse(SESSION, PolicyKind::Session, Mode::Strict, &Limits::default())?;
    layers.session = Some(vec![Arc::new(session)]);

    let ana = Principal::assumed_role(
        &"arn:aws:sts::111122223333:assumed-role/Support/ana".parse()?,
        &"arn:aws:iam::111122223333:role/Support".parse()?,
    );
    let action = Action::new("s3:GetObject").ok_or("an action is `service:Name`")?;
    let request = Request::new(ana, action, "arn:aws:s3:::payroll/june");

    let trace = layers.explain(&request);
    println!("{}: {}", trace.decision, trace.reason);
    for layer in trace.layers.iter().filter(|layer| layer.not_asked.is_none()) {
        for statement in &layer.statements {
            let sid = statement.statement.sid.as_ref().map_or("-", |sid| &*sid.value);
            println!(
                "  {} {} at {}: {}",
                layer.layer, statement.statement.effect.value, statement.position, sid
            );
            println!("    applies: {:?}", statement.applies);
        }
    }
    Ok(())
}
