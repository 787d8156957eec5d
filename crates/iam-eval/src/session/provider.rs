//! The condition keys that are made from a token (rules 6.1, 6.3).

use iam_policy::{ArnFields, IamResource};

use super::token::{Claim, Token};
use crate::context::{Context, ContextValue};

/// Further claims that become keys of one provider, and whether the session keeps them.
///
/// `sub`, `aud`, `azp`, `amr` and `email` are handled elsewhere. Sources: for GitHub the IAM User Guide,
/// `reference_policies_iam-condition-keys`, as of January 2026; for Amazon and Facebook the same page and `reference_policies_variables`,
/// which uses their ids in permission policies. Google, CircleCI and Oracle Cloud Infrastructure also have lists, which are not here: state
/// such keys in [`super::Opening::call`].
const FURTHER: [(&str, &[&str], bool); 3] = [
    (
        "token.actions.githubusercontent.com",
        &[
            "actor",
            "actor_id",
            "enterprise_id",
            "environment",
            "job_workflow_ref",
            "ref",
            "repository",
            "repository_id",
            "workflow",
        ],
        false,
    ),
    ("www.amazon.com", &["app_id", "user_id"], true),
    ("graph.facebook.com", &["app_id", "id"], true),
];

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
    // Without `azp`, several audiences make the key multivalued (rule 7.28).
    set("aud", token.claim("azp").or(token.claim("aud")).map(value));
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

fn further(issuer: &str, kept: bool, token: &Token, set: &mut impl FnMut(&str, Option<ContextValue>)) {
    let lists =
        FURTHER.iter().filter(|(of, _, in_session)| of.eq_ignore_ascii_case(issuer) && *in_session == kept);
    for name in lists.flat_map(|(_, names, _)| *names) {
        set(name, token.claim(name).map(value));
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
