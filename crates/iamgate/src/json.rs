//! Requests and cases as canonical JSON.

use std::collections::BTreeMap;
use std::sync::Arc;

use iam_eval::{Context, ContextValue, Layers, Principal, Request, ResourceKind};
pub(crate) use iam_json::Json;
use iam_policy::Policy;

/// A request as cases have it, in canonical JSON: what `iamgate eval` takes as `request`. A key whose value is not known is left out.
pub fn request_json(request: &Request) -> String {
    self::request(request).to_string()
}

/// A request and the policies that it meets: a case, which `iamgate eval` takes.
pub(crate) fn case(request: &Request, layers: &Layers) -> Json {
    let list = |policies: &[Arc<Policy>]| Json::list(policies, |policy| Json::Raw(policy.to_json()));
    let one = |policy: Option<&Arc<Policy>>| Json::maybe(policy, |policy| Json::Raw(policy.to_json()));
    let levels = |levels: &Option<Vec<Vec<Arc<Policy>>>>| {
        Json::maybe(levels.as_ref(), |levels| Json::list(levels, |level| list(level)))
    };
    let policies = Json::object([
        ("identity", list(&layers.identity)),
        ("boundary", one(layers.boundary.as_ref().and_then(|policies| policies.first()))),
        ("session", Json::maybe(layers.session.as_ref(), |policies| list(policies))),
        ("resource", one(layers.resource.as_ref())),
        ("scp", levels(&layers.scp)),
        ("rcp", levels(&layers.rcp)),
    ]);
    Json::object([("request", self::request(request)), ("policies", policies)])
}

/// The value of a condition key; nothing if it is not known.
pub(crate) fn value(value: &ContextValue) -> Option<Json> {
    match value {
        ContextValue::Single(text) => Some(Json::text(&**text)),
        ContextValue::Multiple(texts) => Some(Json::list(texts.iter(), |text| Json::text(&**text))),
        ContextValue::Unknown | ContextValue::Ambiguous => None,
    }
}

/// The values of condition keys, as far as they are known.
pub(crate) fn context(context: &Context) -> Json {
    let known = context.iter().filter_map(|(key, value)| Some((key.to_owned(), self::value(value)?)));
    Json::Object(known.collect())
}

/// A request as cases have it.
pub(crate) fn request(request: &Request) -> Json {
    let mut members = BTreeMap::new();
    let mut add = |name: &str, value: Json| {
        members.insert(name.to_owned(), value);
    };
    add("principal", principal(&request.principal));
    add("action", Json::text(request.action.as_str()));
    add("resource", Json::text(&*request.resource));
    if let Some(account) = &request.resource_account {
        add("resource_account", Json::text(&**account));
    }
    match request.resource_kind {
        ResourceKind::Generic => {}
        ResourceKind::IamRoleTrust => add("resource_kind", Json::text("iam_role_trust")),
        ResourceKind::KmsKey => add("resource_kind", Json::text("kms_key")),
    }
    if !request.context.is_empty() {
        add("context", self::context(&request.context));
    }
    Json::Object(members)
}

fn principal(principal: &Principal) -> Json {
    let of = |kind: &str, members: &[(&str, &str)]| {
        let members = members.iter().map(|(name, text)| ((*name).to_owned(), Json::text(*text)));
        Json::Object(members.chain([("type".to_owned(), Json::text(kind))]).collect())
    };
    match principal {
        Principal::IamUser { arn, account } => of("iam_user", &[("arn", arn), ("account", account)]),
        Principal::AssumedRole { arn, role_arn, account, service_linked } => {
            let own = [("arn", arn), ("role_arn", role_arn), ("account", account)];
            let own = own.into_iter().map(|(name, text)| (name.to_owned(), Json::text(&**text)));
            let linked = service_linked.then(|| ("service_linked".to_owned(), Json::Bool(true)));
            let kind = ("type".to_owned(), Json::text("assumed_role"));
            Json::Object(own.chain(linked).chain([kind]).collect())
        }
        Principal::FederatedUser { arn, user_arn, account } => {
            of("federated_user", &[("arn", arn), ("user_arn", user_arn), ("account", account)])
        }
        Principal::Root { arn, account } => of("root", &[("arn", arn), ("account", account)]),
        Principal::AwsService { service } => of("aws_service", &[("service", service)]),
        Principal::Anonymous => of("anonymous", &[]),
        Principal::WebIdentity { provider } => of("web_identity", &[("provider", provider)]),
        Principal::Saml { provider } => of("saml", &[("provider", provider)]),
    }
}
