//! JSON that is the same bytes for the same content: members sorted, no white space, numbers whole.

use std::collections::BTreeMap;
use std::fmt;

use iam_eval::{ContextValue, Principal, Request, ResourceKind};
use iam_policy::json::{Kind, Value};
use iam_policy::json_text;

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

    /// A request as cases have it, which `iamgate eval` takes.
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
        add(
            "resource_kind",
            Self::text(match request.resource_kind {
                ResourceKind::Generic => "generic",
                ResourceKind::IamRoleTrust => "iam_role_trust",
                ResourceKind::KmsKey => "kms_key",
            }),
        );
        let known = request.context.iter().filter_map(|(key, value)| {
            let value = match value {
                ContextValue::Single(text) => Self::text(&**text),
                ContextValue::Multiple(texts) => Self::list(texts.iter(), |text| Self::text(&**text)),
                ContextValue::Unknown | ContextValue::Ambiguous => return None,
            };
            Some((key.to_owned(), value))
        });
        add("context", Self::Object(known.collect()));
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
        Principal::AssumedRole { arn, role_arn, account, .. } => {
            of("assumed_role", &[("arn", arn), ("role_arn", role_arn), ("account", account)])
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
