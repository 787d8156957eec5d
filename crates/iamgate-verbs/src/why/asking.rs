//! A message about a call that asks for a session of the role at hand: the caller is held against the role's trust policy.
//!
//! The caller's own policies are not among the documents of the role, so that an Allow of the trust policy alone never contradicts a denial,
//! unless AWS says that the trust policy was the reason.

use iam_denial::Denial;
use iamgate::RoleSnapshot;
use iamgate::iam_eval::{Action, Layers, Principal, ResourceKind};
use iamgate::iam_policy::{ArnFields, IamResource, NamedPrincipal, PrincipalElement};

/// The callers that a message may be about. Each is a principal of the request.
pub(super) struct Asking {
    /// One caller, or one for each identity provider that the trust policy names. None, if it names no provider and a token asked.
    pub(super) callers: Vec<Principal>,
    /// What was assumed, a sentence without a full stop.
    pub(super) note: Option<String>,
}

/// Who asked for a session of the role. `None` if the message is about something else, or does not say who asked.
pub(super) fn asking(denial: &Denial, action: &Action, role: &RoleSnapshot) -> Option<Asking> {
    let asks = ResourceKind::of(action, role.arn().as_str()) == ResourceKind::IamRoleTrust;
    let named = denial.resource.as_ref().and_then(|resource| resource.arn());
    if !asks || named.is_some_and(|arn| arn != role.arn().as_str()) {
        return None;
    }
    let is_asked = |name: &str| action.as_str().eq_ignore_ascii_case(name);
    let (is_token, is_assertion) =
        (is_asked("sts:AssumeRoleWithWebIdentity"), is_asked("sts:AssumeRoleWithSAML"));
    if is_token || is_assertion {
        let note = named.is_none().then(|| {
            format!("the message does not say for which role the token asked; this is for {}", role.arn())
        });
        return Some(Asking { callers: providers(role, is_assertion), note });
    }
    named?;
    let mut caller = Principal::from_arn(&denial.who.as_ref()?.text.value).ok()?;
    let note = with_path(&mut caller, role);
    Some(Asking { callers: vec![caller], note })
}

/// The entries of the principals in the role's trust policy.
fn entries(role: &RoleSnapshot) -> impl Iterator<Item = &NamedPrincipal> {
    let elements =
        role.trust().into_iter().flat_map(|policy| &policy.statements).flat_map(|own| &own.principal);
    elements.flat_map(|element: &PrincipalElement| element.principals().entries()).map(|entry| &entry.value)
}

/// A caller of each identity provider that the trust policy names.
fn providers(role: &RoleSnapshot, is_saml: bool) -> Vec<Principal> {
    let mut callers: Vec<Principal> = Vec::new();
    for entry in entries(role) {
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

/// Gives the role of a session the path with which the trust policy names it. The ARN of a session has no path.
fn with_path(caller: &mut Principal, role: &RoleSnapshot) -> Option<String> {
    let Principal::AssumedRole { role_arn, .. } = caller else { return None };
    let own = ArnFields::split(role_arn)?;
    let is_same = |arn: &&str| {
        ArnFields::split(arn).is_some_and(|named| {
            (named.partition, named.account, named.name()) == (own.partition, own.account, own.name())
        })
    };
    let roles = entries(role)
        .filter_map(|entry| if let NamedPrincipal::Role(arn) = entry { Some(&**arn) } else { None });
    let named: Vec<&str> = roles.filter(is_same).collect();
    let [with_path] = named.as_slice() else { return None };
    if *with_path == &**role_arn {
        return None;
    }
    let note = format!("the message does not say the path of the caller's role; {with_path} was asked about");
    *role_arn = (*with_path).into();
    Some(note)
}

/// The policies of the role that decide who gets a session of it: its trust policy, and the resource control policies above it.
pub(super) fn layers(role: &RoleSnapshot, of_session: &Layers) -> Layers {
    let mut layers = Layers::new();
    layers.resource = role.trust().cloned();
    layers.rcp.clone_from(&of_session.rcp);
    layers
}
