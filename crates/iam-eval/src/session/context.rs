//! The condition keys of a session, and those that a trust policy sees (rules 6.1 to 6.4, 6.10, 6.11).

use super::checks::Passed;
use super::tags::Tags;
use super::token::{Claim, Token};
use super::{Caller, Opening, arn_field, single};
use crate::context::{Context, ContextValue};

/// Prefixes of keys that describe the caller: only AWS sets them.
pub(super) const RESERVED: [&str; 4] = ["aws:Principal", "aws:MultiFactorAuth", "sts:", "saml:"];

/// Further keys that describe the caller.
pub(super) const RESERVED_KEYS: [&str; 7] = [
    "aws:userid",
    "aws:username",
    "aws:FederatedProvider",
    "aws:TokenIssueTime",
    "aws:SourceIdentity",
    "aws:AssumedRoot",
    "aws:SignInSessionArn",
];

/// Claims of GitHub that become keys while a role is assumed (AWS, "STS supports validation of identity provider claims", January
/// 2026). Those of other providers are not all known; pass them to a request of [`super::Session::trust_requests`] by hand.
const PROVIDER_CLAIMS: [&str; 9] = [
    "actor",
    "actor_id",
    "enterprise_id",
    "environment",
    "job_workflow_ref",
    "ref",
    "repository",
    "repository_id",
    "workflow",
];

/// The keys of every request that is made with the session.
pub(super) fn session(opening: &Opening, tags: &Tags, source_identity: Option<&str>) -> Context {
    let mut context = Context::new();
    let (account, name) = (opening.account(), &opening.parameters.name);
    context.set("aws:PrincipalAccount", single(account));
    context.set("aws:TokenIssueTime", single(&opening.now.to_string()));
    if let Some(role) = &opening.role {
        context.set("aws:PrincipalArn", single(&role.arn));
        context.set("aws:PrincipalType", single("AssumedRole"));
        context.set("aws:userid", single(&format!("{}:{name}", role.id)));
    } else {
        let (principal, arn) = (format!("{account}:{name}"), opening.federated_user_arn());
        context.set("aws:PrincipalArn", single(&arn));
        context.set("aws:PrincipalType", single("FederatedUser"));
        context.set("aws:userid", single(&principal));
    }
    for (key, value) in tags.iter() {
        context.set(format!("aws:PrincipalTag/{key}"), single(value));
    }
    if let Some(identity) = source_identity {
        context.set("aws:SourceIdentity", single(identity));
    }
    if let Caller::Provider { provider, token } = &opening.caller {
        context.set("aws:FederatedProvider", single(provider));
        for (key, value) in provider_keys(provider, token) {
            if [":sub", ":aud", ":amr"].iter().any(|kept| key.ends_with(kept)) {
                context.set(key, value);
            }
        }
    }
    context
}

/// The keys that a trust policy sees.
pub(super) fn trust(opening: &Opening, passed: &Passed, source_identity: Option<&str>) -> Context {
    let mut context = Context::new();
    let parameters = &opening.parameters;
    context.set("sts:RoleSessionName", single(&parameters.name));
    if let Some(id) = &parameters.external_id {
        context.set("sts:ExternalId", single(id));
    }
    for (key, value) in passed.tags.iter() {
        context.set(format!("aws:RequestTag/{key}"), single(value));
    }
    if !passed.tags.is_empty() {
        context.set("aws:TagKeys", ContextValue::multiple(passed.tags.iter().map(|(key, _)| key)));
    }
    if !passed.transitive.is_empty() {
        context.set("sts:TransitiveTagKeys", ContextValue::multiple(passed.transitive.iter().cloned()));
    }
    if let Some(identity) = source_identity {
        context.set("sts:SourceIdentity", single(identity));
    }
    for (key, value) in opening.role.iter().flat_map(|role| role.tags.iter()) {
        context.set(format!("aws:ResourceTag/{key}"), single(value));
    }
    match &opening.caller {
        Caller::Provider { provider, token } => {
            context.set("aws:FederatedProvider", single(provider));
            let authorized = if token.roles().is_some() { "true" } else { "false" };
            context.set("sts:RoleAuthorizedByIdp", single(authorized));
            for (key, value) in provider_keys(provider, token) {
                context.set(key, value);
            }
        }
        Caller::IamUser { arn, tags } => caller(&mut context, arn, arn, "User", tags),
        Caller::Root { arn } => caller(&mut context, arn, arn, "Account", &Tags::new()),
        Caller::FederatedUser { arn } => caller(&mut context, arn, arn, "FederatedUser", &Tags::new()),
        Caller::AssumedRole { arn, role_arn, principal_tags, source_identity, .. } => {
            caller(&mut context, arn, role_arn.as_deref().unwrap_or_default(), "AssumedRole", principal_tags);
            if let Some(identity) = source_identity {
                context.set("aws:SourceIdentity", single(identity));
            }
        }
    }
    context
}

/// What a caller with an account brings along. `principal_arn` is empty if it is not known.
fn caller(context: &mut Context, arn: &str, principal_arn: &str, kind: &str, tags: &Tags) {
    context.set("aws:PrincipalAccount", single(arn_field(arn, 4)));
    context.set("aws:PrincipalType", single(kind));
    if !principal_arn.is_empty() {
        context.set("aws:PrincipalArn", single(principal_arn));
    }
    for (key, value) in tags.iter() {
        context.set(format!("aws:PrincipalTag/{key}"), single(value));
    }
}

/// The keys that a token becomes: `<issuer host and path>:<claim>` (rule 6.3).
fn provider_keys(provider: &str, token: &Token) -> Vec<(String, ContextValue)> {
    let issuer = provider.split_once(":oidc-provider/").map_or(provider, |(_, issuer)| issuer);
    let mut keys = Vec::new();
    let mut add = |name: &str, claim: Option<&Claim>| {
        if let Some(claim) = claim {
            keys.push((format!("{issuer}:{name}"), value(claim)));
        }
    };
    let audience = token.claim("aud");
    add("sub", token.claim("sub"));
    // Without azp, more than one audience makes the key multivalued (rule 7.28).
    add("aud", token.claim("azp").or(audience));
    add("oaud", audience);
    add("email", token.claim("email"));
    for name in PROVIDER_CLAIMS {
        add(name, token.claim(name));
    }
    if let Some(claim) = token.claim("amr") {
        let values = match claim {
            Claim::One(text) => vec![text.clone()],
            Claim::Many(texts) => texts.clone(),
        };
        keys.push((format!("{issuer}:amr"), ContextValue::multiple(values)));
    }
    keys
}

/// A list of one is a single value.
fn value(claim: &Claim) -> ContextValue {
    match claim {
        Claim::One(text) => single(text),
        Claim::Many(texts) => match texts.as_slice() {
            [one] => single(one),
            _ => ContextValue::multiple(texts.iter().cloned()),
        },
    }
}
