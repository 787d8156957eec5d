//! Requests that prove something, for people and as `iamgate explain` takes them; and why something is not known.

use std::fmt::Write as _;

use iamgate::iam_analysis::Doubt;
use iamgate::iam_eval::{ContextValue, Principal, Request, ResourceKind};
use iamgate::iam_policy::quoted;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// A request as a case file has it.
#[derive(Debug, Serialize)]
pub(crate) struct RequestJson {
    principal: Value,
    action: String,
    resource: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    context: Map<String, Value>,
}

impl RequestJson {
    pub(crate) fn new(request: &Request) -> Self {
        let mut context = Map::new();
        let mut unknown = Vec::new();
        for (key, value) in request.context.iter() {
            match value {
                ContextValue::Single(text) => {
                    context.insert(key.to_owned(), json!(text));
                }
                ContextValue::Multiple(texts) => {
                    context.insert(key.to_owned(), json!(texts));
                }
                ContextValue::Unknown | ContextValue::Ambiguous => unknown.push(key),
            }
        }
        Self {
            principal: principal(&request.principal),
            action: request.action.as_str().to_owned(),
            resource: request.resource.to_string(),
            resource_account: request.resource_account.as_ref().map(ToString::to_string),
            resource_kind: match request.resource_kind {
                ResourceKind::Generic => None,
                ResourceKind::IamRoleTrust => Some("iam_role_trust"),
                ResourceKind::KmsKey => Some("kms_key"),
            },
            context,
        }
    }
}

fn principal(principal: &Principal) -> Value {
    match principal {
        Principal::IamUser { arn, account } => json!({"type": "iam_user", "arn": arn, "account": account}),
        Principal::AssumedRole { arn, role_arn, account, .. } => {
            json!({"type": "assumed_role", "arn": arn, "role_arn": role_arn, "account": account})
        }
        Principal::FederatedUser { arn, user_arn, account } => {
            json!({"type": "federated_user", "arn": arn, "user_arn": user_arn, "account": account})
        }
        Principal::Root { arn, account } => json!({"type": "root", "arn": arn, "account": account}),
        Principal::AwsService { service } => json!({"type": "aws_service", "service": service}),
        Principal::Anonymous => json!({"type": "anonymous"}),
        Principal::WebIdentity { provider } => json!({"type": "web_identity", "provider": provider}),
        Principal::Saml { provider } => json!({"type": "saml", "provider": provider}),
    }
}

/// A request on a line, and its context on the next ones.
pub(crate) fn lines(request: &Request, indent: &str) -> String {
    let on = if &*request.resource == "*" {
        "without a resource".to_owned()
    } else {
        format!("on {}", request.resource)
    };
    let mut text = format!("{indent}{} {on}\n", request.action.as_str());
    for (key, value) in request.context.iter() {
        let shown = match value {
            ContextValue::Single(value) => quoted(value),
            ContextValue::Multiple(values) => {
                let list: Vec<String> = values.iter().map(|value| quoted(value)).collect();
                format!("[{}]", list.join(", "))
            }
            ContextValue::Unknown => "unknown".to_owned(),
            ContextValue::Ambiguous => "given twice".to_owned(),
        };
        let _ = writeln!(text, "{indent}  with {} = {shown}", quoted(key));
    }
    text
}

/// Why something is not known, as a sentence without its point.
pub(crate) fn doubt(doubt: &Doubt) -> String {
    match doubt {
        Doubt::OutOfSteps { action: None } => "the steps ran out before any action was looked at".to_owned(),
        Doubt::OutOfSteps { action: Some(action) } => format!("the steps ran out on {action}"),
        Doubt::MixedTypes { key, action } => {
            format!("{} is compared as text and as another type ({action})", quoted(key))
        }
        Doubt::Variables { keys, action } => {
            format!("the policy variables {} tie condition keys to each other ({action})", keys.join(", "))
        }
        Doubt::Defect { request } => format!("iamgate contradicts itself, which is a bug: {request}"),
    }
}
