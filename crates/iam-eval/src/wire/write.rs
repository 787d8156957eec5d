//! Requests, policies and cases as canonical JSON that [`super::Wire`] reads.

use std::collections::BTreeMap;
use std::sync::Arc;

use iam_json::Json;
use iam_policy::Policy;

use crate::context::{Context, ContextValue};
use crate::layers::Layers;
use crate::request::{Principal, Request, ResourceKind};

/// A request and its policies as a case: an object with the members `request` and `policies`.
///
/// The case reads back as it was, provided that each policy has the kind of its layer ([`Layers::kind_of`]), that the principal agrees with itself
/// ([`Principal::check`]), and that the resource and its account are such ([`Request::is_resource`], [`Request::is_owner`]).
///
/// # Examples
/// ```
/// use std::sync::Arc;
/// use iam_eval::{Action, ContextValue, Layers, Principal, Request, wire};
/// use iam_policy::{Limits, Mode, Policy, PolicyKind};
///
/// let text = r#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;
/// let mut layers = Layers::new();
/// layers.boundary = Some(vec![Arc::new(Policy::parse(text, PolicyKind::Boundary, Mode::Strict, &Limits::default())?)]);
///
/// let ana = Principal::from_arn("arn:aws:iam::111122223333:user/ana").unwrap();
/// let mut request = Request::new(ana, Action::new("s3:GetObject").unwrap(), "arn:aws:s3:::bucket/key");
/// request.context.set("aws:SourceIp", ContextValue::Unknown);
///
/// let case = wire::case_json(&request, &layers).to_string();
/// let read = wire::read_case(&case, Mode::Strict, &wire::WireLimits::default())?;
/// assert_eq!((read.request, read.layers), (request, layers));
/// # Ok::<(), iam_policy::Report>(())
/// ```
pub fn case_json(request: &Request, layers: &Layers) -> Json {
    Json::object([("request", request_json(request)), ("policies", layers_json(layers))])
}

/// A request, as the member `request` of a case.
///
/// `resource_kind` is left out if the resource is generic and rule 5.54 derives no other kind.
pub fn request_json(request: &Request) -> Json {
    let mut members = BTreeMap::new();
    let mut add = |name: &str, value: Json| {
        members.insert(name.to_owned(), value);
    };
    add("principal", principal_json(&request.principal));
    add("action", Json::text(request.action.as_str()));
    add("resource", Json::text(&*request.resource));
    if let Some(account) = &request.resource_account {
        add("resource_account", Json::text(&**account));
    }
    let follows = ResourceKind::of(&request.action, &request.resource);
    if (request.resource_kind, follows) != (ResourceKind::Generic, ResourceKind::Generic) {
        add("resource_kind", Json::text(request.resource_kind.name()));
    }
    if !request.context.is_empty() {
        add("context", context_json(&request.context));
    }
    if unknown_keys(&request.context).next().is_some() {
        add("unknown", unknown_json(&request.context));
    }
    Json::Object(members)
}

/// The policies of a request, as the member `policies` of a case. The boundary is a list.
pub fn layers_json(layers: &Layers) -> Json {
    let list = |policies: &Vec<Arc<Policy>>| Json::list(policies, policy_json);
    let levels = |levels: &Vec<Vec<Arc<Policy>>>| Json::list(levels, list);
    let mut members = BTreeMap::from([
        ("identity".to_owned(), list(&layers.identity)),
        ("boundary".to_owned(), Json::maybe(layers.boundary.as_ref(), list)),
        ("session".to_owned(), Json::maybe(layers.session.as_ref(), list)),
        ("resource".to_owned(), Json::maybe(layers.resource.as_ref(), policy_json)),
        ("scp".to_owned(), Json::maybe(layers.scp.as_ref(), levels)),
        ("rcp".to_owned(), Json::maybe(layers.rcp.as_ref(), levels)),
    ]);
    // The format of the given vectors does not have these members. They are written only if they are needed.
    if let Some(scope) = &layers.scope {
        members.insert("scope".to_owned(), levels(scope));
    }
    if let Some(policies) = &layers.vpc_endpoint {
        members.insert("vpc_endpoint".to_owned(), list(policies));
    }
    Json::Object(members)
}

/// The condition keys with known values, as the member `context` of a request.
///
/// A key in several spellings ([`ContextValue::Twice`]) has one member for each.
pub fn context_json(context: &Context) -> Json {
    let mut members = BTreeMap::new();
    let mut add = |key: &str, value: &ContextValue| {
        if let Some(value) = value_json(value) {
            members.insert(key.to_owned(), value);
        }
    };
    for (key, value) in context.iter() {
        match value {
            ContextValue::Twice(spellings) => spellings.iter().for_each(|(key, value)| add(key, value)),
            ContextValue::Single(_) | ContextValue::Multiple(_) | ContextValue::Unknown => add(key, value),
        }
    }
    Json::Object(members)
}

/// The value of a condition key. `None` if it is not known, or if the key has several spellings.
pub fn value_json(value: &ContextValue) -> Option<Json> {
    match value {
        ContextValue::Single(text) => Some(Json::text(&**text)),
        ContextValue::Multiple(texts) => Some(Json::list(texts.iter(), |text| Json::text(&**text))),
        ContextValue::Unknown | ContextValue::Twice(_) => None,
    }
}

/// The condition keys that are not known, as the member `unknown` of a request.
pub fn unknown_json(context: &Context) -> Json {
    Json::list(unknown_keys(context), Json::text)
}

/// The condition keys for the member `unknown`.
fn unknown_keys(context: &Context) -> impl Iterator<Item = &str> {
    context.iter().filter(|(_, value)| **value == ContextValue::Unknown).map(|(key, _)| key)
}

fn policy_json(policy: &Arc<Policy>) -> Json {
    Json::Raw(policy.to_json())
}

fn principal_json(principal: &Principal) -> Json {
    let (kind, members): (&str, &[(&str, &str)]) = match principal {
        Principal::IamUser { arn, account } => ("iam_user", &[("arn", arn), ("account", account)]),
        Principal::AssumedRole { arn, role_arn, account, .. } => {
            ("assumed_role", &[("arn", arn), ("role_arn", role_arn), ("account", account)])
        }
        Principal::FederatedUser { arn, user_arn, account } => {
            ("federated_user", &[("arn", arn), ("user_arn", user_arn), ("account", account)])
        }
        Principal::Root { arn, account } => ("root", &[("arn", arn), ("account", account)]),
        Principal::AwsService { service } => ("aws_service", &[("service", service)]),
        Principal::Anonymous => ("anonymous", &[]),
        Principal::WebIdentity { provider } => ("web_identity", &[("provider", provider)]),
        Principal::Saml { provider } => ("saml", &[("provider", provider)]),
    };
    let mut texts: BTreeMap<String, Json> =
        members.iter().map(|(name, text)| ((*name).to_owned(), Json::text(*text))).collect();
    texts.insert("type".to_owned(), Json::text(kind));
    if matches!(principal, Principal::AssumedRole { service_linked: true, .. }) {
        texts.insert("service_linked".to_owned(), Json::Bool(true));
    }
    Json::Object(texts)
}
