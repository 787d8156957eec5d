//! Conditions that a session must meet besides the promise.

use std::sync::Arc;

use iam_eval::session::Session;
use iam_eval::{Decision, Layers, Principal, Request};
use iam_json::quoted;
use iam_policy::{ActionPattern, Grantees, Pattern, Policy, ResourcePattern, ResourceStatement};

use super::Refusal;
use super::asked::Asked;
use crate::trust;

/// Layers that allow a request which the session may make.
///
/// They are the layers of the session. If none of these allows the request, the policy of the resource that grants it is added. A resource
/// policy that nobody knows may name the role, or in the worst case the session itself (rules 5.20, 5.21).
pub(super) fn replayable(layers: &Layers, request: &Request) -> Layers {
    if layers.decide(request) == Decision::Allowed {
        return layers.clone();
    }
    let names = match &request.principal {
        Principal::AssumedRole { arn, role_arn, .. } => [role_arn, arn],
        Principal::IamUser { .. }
        | Principal::FederatedUser { .. }
        | Principal::Root { .. }
        | Principal::AwsService { .. }
        | Principal::Anonymous
        | Principal::WebIdentity { .. }
        | Principal::Saml { .. } => return layers.clone(),
    };
    // No policy can name a principal whose text is not an ARN, an action that is not a name, or a resource that is not a pattern.
    let (Ok(action), Some(resource)) =
        (request.action.as_str().parse::<ActionPattern>(), exact(&request.resource))
    else {
        return layers.clone();
    };
    for name in names.into_iter().flat_map(|name| Grantees::aws(name)) {
        let statement = ResourceStatement::allow(name, action.clone().into(), resource.clone().into());
        let mut with = layers.clone();
        with.resource = Some(Arc::new(Policy::resource([statement])));
        if with.decide(request) == Decision::Allowed {
            return with;
        }
    }
    layers.clone()
}

/// The pattern that matches exactly this resource; `None` if the text cannot be written as a pattern.
fn exact(resource: &str) -> Option<ResourcePattern> {
    if resource == "*" {
        return Some(ResourcePattern::any());
    }
    Pattern::exactly(resource, true).text().parse().ok()
}

/// The ARN of the token's provider in the role's account; `None` if the provider is not a known one.
pub(super) fn provider_arn(asked: &Asked<'_>) -> Option<String> {
    asked.providers.arn_of(asked.provider, asked.role.partition(), asked.role.account())
}

/// Checks that the profile is filled in for the account of the role.
pub(super) fn account(asked: &Asked<'_>, refusals: &mut Vec<Refusal>) {
    let (profile, role) = (asked.profile.account(), asked.role.account());
    if profile != role {
        refusals.push(Refusal::ProfileAccount { profile: profile.into(), role: role.into() });
    }
}

/// Checks that the token has the tag of the profile.
pub(super) fn tags(asked: &Asked<'_>, refusals: &mut Vec<Refusal>) {
    let Some(tag) = asked.profile.tag() else { return };
    let token = &asked.claims.token;
    let wanted =
        format!("the broker must put {} = {} into the token", quoted(tag.key()), quoted(tag.value()));
    let found = match token.tags().value(tag.key()) {
        None => Some(format!("the token has no tag {}", quoted(tag.key()))),
        Some(other) if *other != *tag.value() => {
            Some(format!("the token has the tag {} = {}", quoted(tag.key()), quoted(other)))
        }
        Some(_) => None,
    };
    if let Some(found) = found {
        refusals.push(Refusal::Tag { found, wanted });
        return;
    }
    if tag.is_transitive() && !token.transitive_tag_keys().any(|key| *key == *tag.key()) {
        let others: Vec<String> = token.transitive_tag_keys().map(quoted).collect();
        let found = if others.is_empty() {
            format!("the tag {} is not transitive", quoted(tag.key()))
        } else {
            format!("the transitive tag keys are {}, and their case counts", others.join(", "))
        };
        let wanted = format!("put {} among transitive_tag_keys", quoted(tag.key()));
        refusals.push(Refusal::Tag { found, wanted });
    }
}

/// Checks that the trust policy admits the token.
pub(super) fn admitted(asked: &Asked<'_>, session: &Session, refusals: &mut Vec<Refusal>) {
    if asked.role.trust().is_none() {
        refusals.push(Refusal::NoTrustPolicy);
        return;
    }
    let layers: Layers = trust::layers(asked.role);
    let authorization = session.authorize(&layers);
    if !authorization.is_allowed() {
        let missing = authorization.missing().cloned().collect();
        refusals.push(Refusal::NotAdmitted { missing, layers: Box::new(layers) });
    }
}

#[cfg(test)]
mod tests {
    use iam_eval::Action;
    use iam_policy::{Limits, Mode, PolicyKind};

    use super::*;

    #[test]
    fn a_resource_is_written_as_its_own_pattern() {
        assert_eq!(exact("*"), Some(ResourcePattern::any()));
        for (text, wanted) in
            [("arn:aws:s3:::b/a", "arn:aws:s3:::b/a"), ("arn:aws:s3:::b/$a", "arn:aws:s3:::b/${$}a")]
        {
            assert_eq!(exact(text).map(|own| own.text().to_owned()).as_deref(), Some(wanted));
        }
    }

    /// A policy of a resource is added only where the session's own policies do not allow the request, and only one that allows it.
    #[test]
    fn only_a_grant_that_is_needed_is_added() {
        let read = |effect: &str, action: &str| {
            let text = format!(
                r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "{effect}", "Action": "{action}", "Resource": "*"}}}}"#
            );
            Arc::new(Policy::parse(&text, PolicyKind::Identity, Mode::Deployed, &Limits::default()).unwrap())
        };
        let principal = crate::proof::session_principal(None);
        let request = Request::new(principal, Action::new("s3:GetObject").unwrap(), "arn:aws:s3:::b/a");
        let mut layers = Layers::new();
        layers.identity.push(read("Allow", "s3:*"));
        let own = replayable(&layers, &request);
        assert!(own.resource.is_none() && own.decide(&request) == Decision::Allowed);
        // The session policies do not allow it: a policy that names the session does.
        layers.session = Some(vec![read("Allow", "s3:ListBucket")]);
        let granted = replayable(&layers, &request);
        assert!(granted.resource.is_some() && granted.decide(&request) == Decision::Allowed);
        // A Deny applies whoever grants.
        layers.session = Some(vec![read("Deny", "s3:*")]);
        assert!(replayable(&layers, &request).resource.is_none());
    }
}
