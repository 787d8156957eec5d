//! JSON that is the same bytes for the same content: members sorted, no white space, numbers whole.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use iam_eval::{Context, ContextValue, Layers, Principal, Request, ResourceKind};
use iam_policy::json::{Kind, Value};
use iam_policy::{Policy, json_text};

/// A request as cases have it, in canonical JSON: what `iamgate eval` takes as `request`. A key whose value is not known is left out.
pub fn request_json(request: &Request) -> String {
    Json::request(request).to_string()
}

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(i64),
    /// A value that is JSON already: a number as somebody wrote it.
    Raw(String),
    Text(String),
    List(Vec<Self>),
    Object(BTreeMap<String, Self>),
}

impl Json {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn count(count: usize) -> Self {
        Self::Number(i64::try_from(count).unwrap_or(i64::MAX))
    }

    pub(crate) fn maybe<T>(value: Option<T>, make: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Null, make)
    }

    pub(crate) fn list<T>(items: impl IntoIterator<Item = T>, make: impl FnMut(T) -> Self) -> Self {
        Self::List(items.into_iter().map(make).collect())
    }

    pub(crate) fn object<const N: usize>(members: [(&str, Self); N]) -> Self {
        Self::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// A value that was read, without its layout.
    pub(crate) fn read(value: Value<'_>) -> Self {
        match value.kind() {
            Kind::Null => Self::Null,
            Kind::True => Self::Bool(true),
            Kind::False => Self::Bool(false),
            Kind::Number => Self::Raw(value.string().into_owned()),
            Kind::String => Self::text(value.string()),
            Kind::Array => Self::list(value.items(), Self::read),
            Kind::Object => {
                let members = value.members().map(|m| (m.key.string().into_owned(), Self::read(m.value)));
                Self::Object(members.collect())
            }
        }
    }

    /// A request and the policies that it meets: a case, which `iamgate eval` takes.
    pub(crate) fn case(request: &Request, layers: &Layers) -> Self {
        let list = |policies: &[Arc<Policy>]| Self::list(policies, |policy| Self::Raw(policy.to_json()));
        let one = |policy: Option<&Arc<Policy>>| Self::maybe(policy, |policy| Self::Raw(policy.to_json()));
        let levels = |levels: &Option<Vec<Vec<Arc<Policy>>>>| {
            Self::maybe(levels.as_ref(), |levels| Self::list(levels, |level| list(level)))
        };
        let policies = Self::object([
            ("identity", list(&layers.identity)),
            ("boundary", one(layers.boundary.as_ref().and_then(|policies| policies.first()))),
            ("session", Self::maybe(layers.session.as_ref(), |policies| list(policies))),
            ("resource", one(layers.resource.as_ref())),
            ("scp", levels(&layers.scp)),
            ("rcp", levels(&layers.rcp)),
        ]);
        Self::object([("request", Self::request(request)), ("policies", policies)])
    }

    /// The value of a condition key; nothing if it is not known.
    pub(crate) fn value(value: &ContextValue) -> Option<Self> {
        match value {
            ContextValue::Single(text) => Some(Self::text(&**text)),
            ContextValue::Multiple(texts) => Some(Self::list(texts.iter(), |text| Self::text(&**text))),
            ContextValue::Unknown | ContextValue::Ambiguous => None,
        }
    }

    /// The values of condition keys, as far as they are known.
    pub(crate) fn context(context: &Context) -> Self {
        let known = context.iter().filter_map(|(key, value)| Some((key.to_owned(), Self::value(value)?)));
        Self::Object(known.collect())
    }

    /// A request as cases have it.
    pub(crate) fn request(request: &Request) -> Self {
        let mut members = BTreeMap::new();
        let mut add = |name: &str, value: Self| {
            members.insert(name.to_owned(), value);
        };
        add("principal", principal(&request.principal));
        add("action", Self::text(request.action.as_str()));
        add("resource", Self::text(&*request.resource));
        if let Some(account) = &request.resource_account {
            add("resource_account", Self::text(&**account));
        }
        match request.resource_kind {
            ResourceKind::Generic => {}
            ResourceKind::IamRoleTrust => add("resource_kind", Self::text("iam_role_trust")),
            ResourceKind::KmsKey => add("resource_kind", Self::text("kms_key")),
        }
        if !request.context.is_empty() {
            add("context", Self::context(&request.context));
        }
        Self::Object(members)
    }
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

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
            Self::Raw(text) => f.write_str(text),
            Self::Text(text) => f.write_str(&json_text(text)),
            Self::List(items) => {
                f.write_str("[")?;
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        f.write_str(",")?;
                    }
                    item.fmt(f)?;
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                f.write_str("{")?;
                for (at, (name, value)) in members.iter().enumerate() {
                    if at > 0 {
                        f.write_str(",")?;
                    }
                    write!(f, "{}:{value}", json_text(name))?;
                }
                f.write_str("}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_content_is_the_same_bytes() {
        let limits = iam_policy::Limits::default();
        let read = |text: &str| {
            let document = iam_policy::json::Document::parse(text, &limits).unwrap();
            Json::read(document.root()).to_string()
        };
        let text = r#"{"a":[1,2.50,null,true,false,"\"\\é"],"b":{}}"#;
        assert_eq!(read(text), text);
        assert_eq!(
            read(" {\"b\": { },\n \"a\": [1, 2.50, null, true, false, \"\\u0022\\\\\\u00e9\"]} "),
            text
        );
    }
}
