//! Rehearses one session of the built-in role: `cargo run -p iamgate --example plan_session`.
//!
//! Nothing is verified here, so that there is no call of STS. `examples/broker` verifies the tokens, plans, and sends.
#![expect(clippy::print_stdout, reason = "a program for people")]

use std::error::Error;

use iamgate::iam_policy::value::Instant;
use iamgate::{Claims, Context, File, Gate, Limits, Rehearsal, built_in};

/// The claims that a token of the session would have.
const CLAIMS: &str = r#"{
  "iss": "https://support.cre.doit-intl.com",
  "aud": "123456789012",
  "sub": "ana@doit.com",
  "iat": 1795000000,
  "exp": 1795000120,
  "https://aws.amazon.com/tags": {
    "principal_tags": {"DoitEnvironment": ["123456789012"]},
    "transitive_tag_keys": ["DoitEnvironment"]
  }
}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let managed = built_in::managed()?;
    let role = built_in::support_gateway(&managed)?;
    let profile = built_in::profile("standard", role.account(), &managed)?;
    let providers = built_in::providers(role.account())?;
    let claims = Claims::from_json(&File { name: "token".into(), text: CLAIMS.into() }, &Limits::default())?;

    let asked = Rehearsal {
        role: &role,
        profile: &profile,
        providers: &providers,
        provider: claims.issuer().ok_or("the token names no issuer")?,
        claims: &claims,
        engineer: "ana@doit.com",
        case: "4711",
        duration_seconds: 3_600,
        now: Instant::from_epoch_seconds(1_795_000_000),
        call: &Context::new(),
    };
    // A refusal is an error: each of its lines says what speaks against the session.
    let plan = Gate::embedded()?.rehearse(&asked)?;
    println!("role      {}", plan.parameters().role_arn());
    println!("session   {}", plan.parameters().role_session_name());
    println!("policy    {} characters", plan.parameters().characters());
    for finding in plan.findings() {
        println!("finding   {finding}");
    }
    Ok(())
}
