//! What a statement for everyone is about: actions that there are, on resources that they have.

use std::sync::Arc;

use iamgate::iam_catalog::{Sections, is_of_form};
use iamgate::iam_eval::{Action, Context, Layers, Principal, Request, action_matches};
use iamgate::iam_policy::{ArnFields, Policy, ResourceElement, Statement};

/// Whether some action of a statement may be about one of its resources, as far as the services in their ARNs tell. True of actions that the
/// catalogue does not have.
pub(super) fn is_about_its_resources(statement: &Statement, sections: &Sections<'static>) -> bool {
    let Some(ResourceElement::Resource(patterns)) = &statement.resource else { return true };
    let services: Option<Vec<&str>> =
        patterns.iter().map(|own| service(own.value.pattern().text())).collect();
    let Some(services) = services else { return true };
    let named = statement.action.patterns().iter().map(|own| own.value.service());
    let is_known = |service: Option<&str>| {
        service.is_none_or(|own| own.contains(['*', '?']) || sections.has_service(own))
    };
    if !named.into_iter().all(is_known) {
        return true;
    }
    actions(statement, sections)
        .any(|(_, forms)| forms.iter().any(|form| service(form).is_none_or(|own| services.contains(&own))))
}

/// A request for an action of the catalogue that has the keys of the service in the request, and is about a resource of its form, if the policy
/// allows it as it allows the request. The request itself, if its action is one. `None` if there is no such action.
pub(super) fn real(
    request: &Request,
    statement: &Statement,
    policy: &Arc<Policy>,
    sections: &Sections<'static>,
) -> Option<Request> {
    let keys: Vec<&str> = statement.conditions.iter().map(|own| own.key.value.as_str()).collect();
    let is_needed = |key: &&str| {
        let is_of_service = sections.global_key(key).is_none() && !key.starts_with("aws:");
        is_of_service && request.context.iter().any(|(own, _)| own.eq_ignore_ascii_case(key))
    };
    let needed: Vec<&str> = keys.into_iter().filter(is_needed).collect();
    let has_all = |name: &str| {
        let known = sections
            .action(name)
            .map(iamgate::iam_catalog::ActionDetails::condition_keys)
            .unwrap_or_default();
        needed.iter().all(|key| known.iter().any(|own| own.matches(key)))
    };
    let layers = layers(policy, &request.principal);
    let request = &with_possible_keys(request, policy, sections);
    let written = request.action.as_str();
    let own = std::iter::once((written.to_owned(), forms(written, sections)));
    let candidates = own.chain(actions(statement, sections));
    let fitting = candidates.filter(|(name, forms)| {
        forms.iter().any(|form| is_of_form(&request.resource, form)) && has_all(name)
    });
    let mut requests = fitting.filter_map(|(name, _)| {
        let mut real = request.clone();
        real.action = Action::new(&name)?;
        Some(real)
    });
    requests.find(|real| layers.decide(real).is_allowed())
}

/// The request without values of variables whose name is that of no condition key: the analysis lets them be any text, and no request has them.
/// Keys that the policy tests stay.
fn with_possible_keys(request: &Request, policy: &Policy, sections: &Sections<'static>) -> Request {
    let is_possible = |key: &str| {
        let tests = |own: &Statement| {
            own.conditions.iter().any(|own| own.key.value.as_str().eq_ignore_ascii_case(key))
        };
        let (prefix, _) = key.split_once(':').unwrap_or((key, ""));
        let is_of_provider = prefix.contains('.') || prefix.eq_ignore_ascii_case("saml");
        is_of_provider || sections.condition_key(key).is_some() || policy.statements.iter().any(tests)
    };
    let mut context = Context::new();
    for (key, value) in request.context.iter().filter(|(key, _)| is_possible(key)) {
        context.set(key, value.clone());
    }
    request.clone().with_context(context)
}

/// The policy, and callers whose own policies allow everything.
fn layers(policy: &Arc<Policy>, principal: &Principal) -> Layers {
    let everything = Arc::new(Policy::everything());
    let mut layers = Layers::new();
    layers.resource = Some(Arc::clone(policy));
    layers.identity.push(Arc::clone(&everything));
    layers.session = matches!(principal, Principal::FederatedUser { .. }).then(|| vec![everything]);
    layers
}

/// The actions of the catalogue that a statement names, with the forms of their resources.
fn actions<'s>(
    statement: &'s Statement,
    sections: &'s Sections<'static>,
) -> impl Iterator<Item = (String, Vec<&'static str>)> + 's {
    let patterns = statement.action.patterns();
    let names = sections.services().flat_map(move |service| {
        let names = sections.action_names(service).iter();
        names.map(move |name| format!("{service}:{name}"))
    });
    let is_named = move |name: &String| {
        patterns.iter().any(|own| action_matches(&own.value, name)) != statement.action.is_not()
    };
    names.filter(is_named).map(|name| {
        let forms = forms(&name, sections);
        (name, forms)
    })
}

/// The forms of the resources of an action.
fn forms(action: &str, sections: &Sections<'static>) -> Vec<&'static str> {
    let types = sections.action(action).into_iter().flat_map(|own| own.resources().collect::<Vec<_>>());
    types.flat_map(|own| own.resource_type().arns().collect::<Vec<_>>()).collect()
}

/// The service in an ARN. `None` if there is none, or it has wildcards or variables.
fn service(arn: &str) -> Option<&str> {
    let service = ArnFields::split(arn)?.service;
    (!service.is_empty() && !service.contains(['*', '?', '$'])).then_some(service)
}
