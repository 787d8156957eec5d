//! The condition keys that are made from a token (rules 6.1, 6.3, 6.15).

use iam_policy::{ArnFields, IamResource};

use super::claims::ProviderClaim;
use super::refusal::{Refusal, RefusalCode};
use super::token::{Claim, Token};
use crate::context::{Context, ContextValue};

/// Built-in providers whose tokens are access tokens: the caller states what the provider says about them, and STS asks for no subject.
const WITHOUT_SUBJECT: [&str; 2] = ["graph.facebook.com", "www.amazon.com"];

/// The provider whose key `aud` is the claim `aud` even beside `azp`.
const COGNITO: &str = "cognito-identity.amazonaws.com";

/// The issuer's host and path. For a built-in provider, its domain.
fn issuer(provider: &str) -> &str {
    match ArnFields::split(provider).and_then(|fields| fields.iam()) {
        Some(IamResource::OidcProvider(issuer)) => issuer,
        _ => provider,
    }
}

/// Sets the keys `<issuer host and path>:<claim>` that every session of the provider keeps.
pub(super) fn session_keys(provider: &str, token: &Token, context: &mut Context) {
    let issuer = issuer(provider);
    let mut set = |name: &str, value: Option<ContextValue>| {
        if let Some(value) = value {
            context.set(format!("{issuer}:{name}"), value);
        }
    };
    set("sub", token.claim("sub").map(value));
    let (audience, azp) = (token.claim("aud"), token.claim("azp"));
    let is_cognito = issuer.eq_ignore_ascii_case(COGNITO);
    set("aud", if is_cognito { audience } else { azp.or(audience) }.map(value));
    set("amr", token.claim("amr").map(multivalued));
    further(issuer, true, token, &mut set);
}

/// Sets the keys of [`session_keys`], and the keys that exist only while the role is assumed.
pub(super) fn trust_keys(provider: &str, token: &Token, context: &mut Context) {
    session_keys(provider, token, context);
    let issuer = issuer(provider);
    let mut set = |name: &str, value: Option<ContextValue>| {
        if let Some(value) = value {
            context.set(format!("{issuer}:{name}"), value);
        }
    };
    set("oaud", token.claim("aud").map(value));
    set("email", token.claim("email").map(value));
    further(issuer, false, token, &mut set);
}

/// Refusals for claims that STS needs and the token lacks (rules 6.3, 7.28).
pub(super) fn refusals(provider: &str, token: &Token) -> Vec<Refusal> {
    let issuer = issuer(provider);
    let mut refusals = Vec::new();
    let mut refuse = |found: &str, help: &str| {
        refusals.push(Refusal::new(RefusalCode::ClaimMissing, found, help));
    };
    let needs_subject = !WITHOUT_SUBJECT.iter().any(|known| known.eq_ignore_ascii_case(issuer));
    if needs_subject && !token.names("sub") {
        refuse("no claim `sub`", "STS accepts no token without a subject; it may be empty");
    }
    if matches!(token.claim("aud"), Some(Claim::Many(several)) if several.len() > 1) && !token.names("azp") {
        refuse("more than one audience, and no claim `azp`", "name one audience, or the authorized party");
    }
    refusals
}

fn further(issuer: &str, kept: bool, token: &Token, set: &mut impl FnMut(&str, Option<ContextValue>)) {
    for claim in ProviderClaim::of(issuer).filter(|claim| claim.in_session == kept) {
        set(claim.key, token.claim(claim.claim).map(value).or_else(|| token.nested(claim.claim)));
    }
}

/// The value of a claim. A list of one is a single value.
fn value(claim: &Claim) -> ContextValue {
    match claim {
        Claim::One(text) => ContextValue::single(&**text),
        Claim::Many(texts) => match texts.as_slice() {
            [one] => ContextValue::single(&**one),
            _ => ContextValue::multiple(texts.iter().cloned()),
        },
    }
}

fn multivalued(claim: &Claim) -> ContextValue {
    match claim {
        Claim::One(text) => ContextValue::multiple([&**text]),
        Claim::Many(texts) => ContextValue::multiple(texts.iter().cloned()),
    }
}
