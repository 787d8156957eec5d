//! Sessions: every built-in vector with the reason of its refusal, every bound, and DoiT's support session against the real trust
//! policy.
#![expect(clippy::expect_used, reason = "a test stops at the first surprise")]

#[path = "sessions/authorize.rs"]
mod authorize;
#[path = "sessions/bounds.rs"]
mod bounds;
#[path = "sessions/contexts.rs"]
mod contexts;
#[path = "sessions/doit.rs"]
mod doit;
#[path = "sessions/reading.rs"]
mod reading;
#[path = "sessions/vectors.rs"]
mod vectors;

use std::sync::Arc;

use iam_eval::session::{Caller, Opening, Parameters, Role, Session, SessionLimits, Tags, Token};
use iam_json::Document;
use iam_policy::value::Instant;
use iam_policy::{Limits, Mode, Policy, PolicyKind};

/// 2026-01-01T00:00:00Z
const NOW: Instant = Instant::from_epoch_seconds(1_767_225_600);
const PROVIDER: &str = "arn:aws:iam::111122223333:oidc-provider/idp.example.com";

fn role() -> Role {
    let mut role = Role::new("arn:aws:iam::111122223333:role/svc/app", "AROAEXAMPLE1");
    role.max_session_duration = 43_200;
    role
}

fn token(json: &str) -> Token {
    Token::from_json(Document::parse(json, &Limits::default()).expect("valid JSON").root())
}

fn web(parameters: Parameters, token: Token) -> Opening {
    Opening::web_identity(role(), parameters, PROVIDER, token, NOW)
}

/// A call with a token of these claims.
fn with_claims(json: &str) -> Opening {
    web(Parameters::named("s1"), token(json))
}

fn user() -> Caller {
    Caller::IamUser { arn: "arn:aws:iam::111122223333:user/team/ana".into(), tags: Tags::new() }
}

/// A session of the role `one` with those transitive tags.
fn chained(transitive: &[(&str, &str)], source_identity: Option<&str>) -> Caller {
    let tags: Tags = transitive.iter().copied().collect();
    Caller::AssumedRole {
        arn: "arn:aws:sts::111122223333:assumed-role/one/s0".into(),
        role_arn: Some("arn:aws:iam::111122223333:role/one".into()),
        principal_tags: tags.clone(),
        transitive_tags: tags,
        source_identity: source_identity.map(Into::into),
    }
}

fn assume(parameters: Parameters, caller: Caller) -> Opening {
    Opening::assume_role(role(), parameters, caller, NOW)
}

#[track_caller]
fn opened(opening: Opening) -> Session {
    opening.open(&SessionLimits::default()).expect("STS creates the session")
}

/// The codes of the refusals, in order; none if the session is created.
fn codes(opening: Opening) -> Vec<&'static str> {
    match opening.open(&SessionLimits::default()) {
        Ok(_) => Vec::new(),
        Err(refusals) => refusals.iter().map(|refusal| refusal.code.name()).collect(),
    }
}

#[track_caller]
fn policy(kind: PolicyKind, text: &str) -> Arc<Policy> {
    Arc::new(Policy::parse(text, kind, Mode::Strict, &Limits::default()).expect("the policy is read"))
}
