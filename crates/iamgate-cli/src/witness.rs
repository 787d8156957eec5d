//! Requests that prove something, for people and as `iamgate explain` takes them; and why something is not known.

use std::fmt::Write as _;

use iamgate::iam_analysis::Doubt;
use iamgate::iam_eval::{ContextValue, Request};
use iamgate::iam_policy::quoted;
use iamgate::request_json;
use serde::Serialize;
use serde_json::Value;

use crate::tame::shown;

/// A request as a case file has it.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct RequestJson(Value);

impl RequestJson {
    pub(crate) fn new(request: &Request) -> Self {
        Self(serde_json::from_str(&request_json(request)).unwrap_or_default())
    }
}

/// A request on a line, and its context on the next ones.
pub(crate) fn lines(request: &Request, indent: &str) -> String {
    let on = if &*request.resource == "*" {
        "without a resource".to_owned()
    } else {
        format!("on {}", shown(&request.resource))
    };
    let mut text = format!("{indent}{} {on}\n", request.action.as_str());
    for (key, value) in request.context.iter() {
        let value = match value {
            ContextValue::Single(value) => quoted(value),
            ContextValue::Multiple(values) => {
                let list: Vec<String> = values.iter().map(|value| quoted(value)).collect();
                format!("[{}]", list.join(", "))
            }
            ContextValue::Unknown => "unknown".to_owned(),
            ContextValue::Ambiguous => "given twice".to_owned(),
        };
        let _ = writeln!(text, "{indent}  with {} = {value}", quoted(key));
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
