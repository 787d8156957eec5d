//! The condition keys of a session, and those that a trust policy sees (rules 6.1 to 6.4, 6.10, 6.11).

use super::checks::Passed;
use super::tags::Tags;
use super::{Caller, Opening, arn_field, provider, single};
use crate::context::{Context, ContextValue};

/// Keys of any call that its parts do not tell.
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

/// Keys of a caller with credentials that its ARN and tags do not tell.
const UNKNOWN_OF_A_CALLER: [&str; 6] = [
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:TokenIssueTime",
    "aws:userid",
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
        context.set("aws:PrincipalArn", single(&opening.federated_user_arn()));
        context.set("aws:PrincipalType", single("FederatedUser"));
        context.set("aws:userid", single(&format!("{account}:{name}")));
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

/// The keys that a trust policy sees, before what [`Opening::call`] adds.
pub(super) fn trust(opening: &Opening, passed: &Passed, source_identity: Option<&str>) -> Context {
    let mut context = Context::new();
    set_unknown(&mut context, &UNKNOWN_OF_A_CALL);
    context.set("aws:CurrentTime", single(&opening.now.to_string()));
    context.set("aws:EpochTime", single(&opening.now.epoch_seconds().to_string()));
    // STS answers over TLS only.
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
            context.set("aws:FederatedProvider", single(provider));
            // A token that lists other roles has been refused.
            let authorized = if token.roles().is_some() { "true" } else { "false" };
            context.set("sts:RoleAuthorizedByIdp", single(authorized));
            provider::trust_keys(provider, token, &mut context);
        }
        Caller::IamUser { arn, tags } => {
            caller(&mut context, arn, Some(arn), "User", tags);
            context.set("aws:username", single(arn.rsplit('/').next().unwrap_or_default()));
        }
        Caller::Root { arn } => {
            caller(&mut context, arn, Some(arn), "Account", &Tags::new());
            context.set("aws:userid", single(arn_field(arn, 4)));
        }
        Caller::FederatedUser { arn } => {
            caller(&mut context, arn, Some(arn), "FederatedUser", &Tags::new());
        }
        Caller::AssumedRole { arn, role_arn, principal_tags, source_identity, .. } => {
            caller(&mut context, arn, role_arn.as_deref(), "AssumedRole", principal_tags);
            set_unknown(&mut context, &["aws:FederatedProvider"]);
            if let Some(identity) = source_identity {
                context.set("aws:SourceIdentity", single(identity));
            }
        }
    }
    context
}

/// What a caller with an account brings along. `principal_arn` is not always known.
fn caller(context: &mut Context, arn: &str, principal_arn: Option<&str>, kind: &str, tags: &Tags) {
    set_unknown(context, &UNKNOWN_OF_A_CALLER);
    context.set("aws:PrincipalAccount", single(arn_field(arn, 4)));
    context.set("aws:PrincipalType", single(kind));
    context.set("aws:PrincipalIsAWSService", single("false"));
    context.set("aws:PrincipalArn", principal_arn.map_or(ContextValue::Unknown, single));
    set_tags(context, "aws:PrincipalTag/", tags);
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
