//! Decisions under the assumption that an unknown resource policy grants the request.

use std::sync::Arc;

use iam_eval::{Decision, Layers, Principal, Reading, Request};
use iam_policy::{ActionElement, Grantees, Policy, ResourceElement, ResourceStatement};

use crate::access::ResourcePolicies;

/// Whether the layers allow a request, alone or together with a resource policy that names the principal as strongly as assumed.
pub(crate) fn allows(
    layers: &Layers,
    request: &Request,
    assumed: ResourcePolicies,
    reading: Reading,
) -> bool {
    let own = layers.decide_under(request, reading);
    if own == Decision::Allowed {
        return true;
    }
    if own == Decision::ExplicitDeny {
        return false;
    }
    let Some(policy) = granting(request, assumed) else { return false };
    let mut granted = layers.clone();
    granted.resource = Some(Arc::new(policy));
    granted.decide_under(request, reading) == Decision::Allowed
}

/// A resource policy that grants everything to the session itself, or to its role. `None` if a policy cannot name the principal.
fn granting(request: &Request, assumed: ResourcePolicies) -> Option<Policy> {
    let named = match (&request.principal, assumed) {
        (_, ResourcePolicies::Given) => return None,
        (Principal::AssumedRole { role_arn, .. }, ResourcePolicies::NoneNamesTheSession) => role_arn,
        (principal, _) => principal.arn()?,
    };
    let named = Grantees::aws(named).ok()?;
    Some(Policy::resource([ResourceStatement::allow(named, ActionElement::any(), ResourceElement::any())]))
}
