//! A message about a call that asks for a session of the role at hand: the caller is held against the role's trust policy.
//!
//! The caller's own policies are not among the documents of the role, so that an Allow of the trust policy alone never contradicts a denial,
//! unless AWS says that the trust policy was the reason.

use iam_denial::Denial;
use iamgate::RoleSnapshot;
use iamgate::iam_eval::{Action, Principal};
use iamgate::iam_policy::{
    ArnFields, Effect, IamResource, NamedPrincipal, Policy, PrincipalElement, Principals,
};

use super::said::ticked;

/// The callers that a message may be about. Each is a principal of the request.
pub(super) struct Asking {
    /// One caller for each identity provider that the trust policy names, if a token asked; for each path of the caller's role that it names, if
    /// a session did; else the caller.
    pub(super) callers: Vec<Principal>,
    /// Whether the message may be about a caller that the trust policy does not name: a token of another provider.
    pub(super) is_open: bool,
    /// Whether the path of the caller's role is known, if it is a session.
    pub(super) knows_path: bool,
    /// What was assumed, a sentence without a full stop.
    pub(super) note: Option<String>,
}

/// Who asked with this action of STS for a session of the role. `None` if it was a session of another role, or the message does not say who asked.
pub(super) fn asking(
    denial: &Denial,
    action: &Action,
    role: &RoleSnapshot,
    trust: Option<&Policy>,
) -> Option<Asking> {
    let named = denial.resource.as_ref().and_then(|resource| resource.arn());
    if named.is_some_and(|arn| arn != role.arn().as_str()) {
        return None;
    }
    let is_asked = |name: &str| action.as_str().eq_ignore_ascii_case(name);
    let (is_token, is_assertion) =
        (is_asked("sts:AssumeRoleWithWebIdentity"), is_asked("sts:AssumeRoleWithSAML"));
    if is_token || is_assertion {
        let note = named.is_none().then(|| {
            format!("the message does not say for which role the token asked; this is for {}", role.arn())
        });
        return Some(Asking {
            callers: providers(trust, is_assertion),
            is_open: is_open(trust),
            knows_path: true,
            note,
        });
    }
    named?;
    let caller = Principal::from_arn(&denial.who.as_ref()?.text.value).ok()?;
    let named = with_paths(&caller, trust);
    let note = (!named.is_empty() && !named.contains(&caller)).then(|| {
        "the message does not say the path of the caller's role; that of the trust policy was asked about"
            .to_owned()
    });
    let knows_path = !named.is_empty() || !matches!(caller, Principal::AssumedRole { .. });
    let callers = if named.is_empty() { vec![caller] } else { named };
    Some(Asking { callers, is_open: false, knows_path, note })
}

/// Whether a statement of the trust policy allows something to everyone, or to everyone but some.
fn is_open(trust: Option<&Policy>) -> bool {
    let allows = trust.into_iter().flat_map(|policy| &policy.statements);
    allows.filter(|own| own.effect.value == Effect::Allow).flat_map(|own| &own.principal).any(|element| {
        match element {
            PrincipalElement::NotPrincipal(_) | PrincipalElement::Principal(Principals::Everyone(_)) => true,
            PrincipalElement::Principal(Principals::Entries(own)) => {
                own.iter().any(|entry| entry.value == NamedPrincipal::Aws)
            }
        }
    })
}

/// The entries of the principals in the role's trust policy.
fn entries(trust: Option<&Policy>) -> impl Iterator<Item = &NamedPrincipal> {
    let elements = trust.into_iter().flat_map(|policy| &policy.statements).flat_map(|own| &own.principal);
    elements.flat_map(|element: &PrincipalElement| element.principals().entries()).map(|entry| &entry.value)
}

/// A caller of each identity provider that the trust policy names.
fn providers(trust: Option<&Policy>, is_saml: bool) -> Vec<Principal> {
    let mut callers: Vec<Principal> = Vec::new();
    for entry in entries(trust) {
        let NamedPrincipal::Federated(provider) = entry else { continue };
        let names_saml = ArnFields::split(provider)
            .is_some_and(|fields| matches!(fields.iam(), Some(IamResource::SamlProvider(_))));
        let caller = if is_saml {
            Principal::Saml { provider: provider.clone() }
        } else {
            Principal::WebIdentity { provider: provider.clone() }
        };
        if names_saml == is_saml && !callers.contains(&caller) {
            callers.push(caller);
        }
    }
    callers
}

/// A session of a role that the trust policy names, with the path that stands there: the ARN of a session has no path, and an account has one role
/// of a name (IAM User Guide, `reference_iam-quotas`). Several, if it names several paths; none, if it names no such role.
fn with_paths(caller: &Principal, trust: Option<&Policy>) -> Vec<Principal> {
    let mut callers = Vec::new();
    if let Principal::AssumedRole { arn, role_arn, account, service_linked } = caller
        && let Some(own) = ArnFields::split(role_arn)
    {
        for entry in entries(trust) {
            let NamedPrincipal::Role(named) = entry else { continue };
            let is_same = ArnFields::split(named).is_some_and(|named| {
                (named.partition, named.account, named.name()) == (own.partition, own.account, own.name())
            });
            let with_path = Principal::AssumedRole {
                arn: arn.clone(),
                role_arn: named.clone(),
                account: account.clone(),
                service_linked: *service_linked,
            };
            if is_same && !callers.contains(&with_path) {
                callers.push(with_path);
            }
        }
    }
    callers
}

/// The name of a caller in a sentence: the role of a session, since its ARN does not tell the path.
pub(super) fn name(caller: &Principal) -> String {
    match caller {
        Principal::AssumedRole { role_arn, .. } => ticked(role_arn),
        Principal::WebIdentity { provider } | Principal::Saml { provider } => ticked(provider),
        Principal::IamUser { .. }
        | Principal::FederatedUser { .. }
        | Principal::Root { .. }
        | Principal::AwsService { .. }
        | Principal::Anonymous => caller.arn().map(ticked).unwrap_or_default(),
    }
}
