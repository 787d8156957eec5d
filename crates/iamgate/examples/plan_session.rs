//! Plans one session of the built-in role, and prints the call of STS: `cargo run -p iamgate --example plan_session`.
#![expect(clippy::print_stdout, reason = "a program for people")]

use std::error::Error;

use iamgate::iam_policy::value::Instant;
use iamgate::{Claims, Context, File, Gate, Limits, SessionRequest, built_in};

/// The claims of a token whose signature, issuer and expiry somebody has verified.
const CLAIMS: &str = r#"{
  "iss": "https://support.cre.doit-intl.com",
  "aud": "123456789012",
  "sub": "ana@doit.com",
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

    let asked = SessionRequest {
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
    let plan = Gate::embedded()?.plan(&asked)?;
    println!("role      {}", plan.call().role_arn());
    println!("session   {}", plan.call().role_session_name());
    println!("policy    {} characters", plan.call().characters());
    for finding in plan.findings() {
        println!("finding   {finding}");
    }
    Ok(())
}
