//! Requests that prove something, for people.

use std::fmt::Write as _;

use iamgate::iam_eval::{ContextValue, Request};
use iamgate::iam_json::quoted;

use crate::display::shown;

/// A request on one line, with its context on the next lines.
pub(crate) fn lines(request: &Request, indent: &str) -> String {
    let on = if &*request.resource == "*" {
        "without a resource".to_owned()
    } else {
        format!("on {}", shown(&request.resource))
    };
    let mut text = format!("{indent}{} {on}\n", shown(request.action.as_str()));
    for (key, value) in request.context.iter() {
        let value = match value {
            ContextValue::Single(value) => quoted(value),
            ContextValue::Multiple(values) => {
                let list: Vec<String> = values.iter().map(|value| quoted(value)).collect();
                format!("[{}]", list.join(", "))
            }
            ContextValue::Unknown => "unknown".to_owned(),
            ContextValue::Twice(_) => "given more than once".to_owned(),
        };
        let _ = writeln!(text, "{indent}  with {} = {value}", quoted(key));
    }
    text
}
