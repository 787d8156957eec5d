//! The condition keys of a session, and the keys that a trust policy sees (rules 6.1 to 6.4, 6.10, 6.11).

use super::checks::Passed;
use super::tags::Tags;
use super::{Caller, Opening, provider, single};
use crate::context::{Context, ContextValue};
use crate::request::Principal;

/// Keys of any call whose values do not follow from the parts of the call.
const UNKNOWN_OF_A_CALL: [&str; 15] = [
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
    "aws:RequestedRegion",
    "aws:SourceIp",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:UserAgent",
    "aws:ViaAWSService",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "aws:VpcSourceIp",
    "aws:CalledVia",
    "aws:referer",
];

/// Keys of a caller with credentials whose values do not follow from its ARN and tags.
const UNKNOWN_OF_A_CALLER: [&str; 6] = [
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:TokenIssueTime",
    "aws:userid",
];

/// The keys of every request that is made with the session.
pub(super) fn session(
    opening: &Opening,
    principal: &Principal,
    tags: &Tags,
    source_identity: Option<&str>,
) -> Context {
    let mut context = principal.keys();
    context.set("aws:TokenIssueTime", single(&opening.now.to_string()));
    if let Some(role) = &opening.role {
        context.set("aws:userid", single(&format!("{}:{}", role.id, opening.parameters.name)));
    }
    set_tags(&mut context, "aws:PrincipalTag/", tags);
    if let Some(identity) = source_identity {
        context.set("aws:SourceIdentity", single(identity));
    }
    if let Caller::Provider { provider, token } = &opening.caller {
        context.set("aws:FederatedProvider", single(provider));
        provider::session_keys(provider, token, &mut context);
    }
    context
}

/// The keys that a trust policy sees, without those of [`Opening::call`].
pub(super) fn trust(opening: &Opening, passed: &Passed, source_identity: Option<&str>) -> Context {
    let mut context = Context::new();
    set_unknown(&mut context, &UNKNOWN_OF_A_CALL);
    context.set("aws:CurrentTime", single(&opening.now.to_string()));
    context.set("aws:EpochTime", single(&opening.now.epoch_seconds().to_string()));
    // STS accepts TLS connections only.
    context.set("aws:SecureTransport", single("true"));
    context.set("aws:ResourceAccount", single(opening.account()));
    let parameters = &opening.parameters;
    if let Some(role) = &opening.role {
        context.set("sts:RoleSessionName", single(&parameters.name));
        set_tags(&mut context, "aws:ResourceTag/", &role.tags);
        set_tags(&mut context, "iam:ResourceTag/", &role.tags);
    }
    if let Some(id) = &parameters.external_id {
        context.set("sts:ExternalId", single(id));
    }
    set_tags(&mut context, "aws:RequestTag/", &passed.tags);
    if !passed.tags.is_empty() {
        context.set("aws:TagKeys", ContextValue::multiple(passed.tags.iter().map(|(key, _)| key)));
    }
    if !passed.transitive.is_empty() {
        context.set("sts:TransitiveTagKeys", ContextValue::multiple(passed.transitive.iter().cloned()));
    }
    if let Some(identity) = source_identity {
        context.set("sts:SourceIdentity", single(identity));
    }
    match &opening.caller {
        Caller::Provider { provider, token } => {
            set_all(&mut context, &opening.caller.principal().keys());
            // A token that does not list this role has been refused.
            let authorized = if token.roles().is_some() { "true" } else { "false" };
            context.set("sts:RoleAuthorizedByIdp", single(authorized));
            provider::trust_keys(provider, token, &mut context);
        }
        Caller::IamUser { tags, .. } => caller(&mut context, &opening.caller, tags),
        Caller::Root { .. } | Caller::FederatedUser { .. } => {
            caller(&mut context, &opening.caller, &Tags::new());
        }
        Caller::AssumedRole { role_arn, principal_tags, source_identity, .. } => {
            caller(&mut context, &opening.caller, principal_tags);
            set_unknown(&mut context, &["aws:FederatedProvider"]);
            if role_arn.is_none() {
                set_unknown(&mut context, &["aws:PrincipalArn"]);
            }
            if let Some(identity) = source_identity {
                context.set("aws:SourceIdentity", single(identity));
            }
        }
    }
    context
}

/// Sets the keys and the tags of a caller with an account.
fn caller(context: &mut Context, caller: &Caller, tags: &Tags) {
    set_unknown(context, &UNKNOWN_OF_A_CALLER);
    set_all(context, &caller.principal().keys());
    context.set("aws:PrincipalIsAWSService", single("false"));
    set_tags(context, "aws:PrincipalTag/", tags);
}

fn set_all(context: &mut Context, keys: &Context) {
    for (key, value) in keys.iter() {
        context.set(key, value.clone());
    }
}

fn set_tags(context: &mut Context, prefix: &str, tags: &Tags) {
    for (key, value) in tags.iter() {
        context.set(format!("{prefix}{key}"), single(value));
    }
}

fn set_unknown(context: &mut Context, keys: &[&str]) {
    for key in keys {
        context.set(*key, ContextValue::Unknown);
    }
}
