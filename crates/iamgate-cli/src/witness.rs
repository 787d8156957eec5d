//! Requests that prove something, for people.

use std::fmt::Write as _;

use iamgate::iam_eval::Request;
use iamgate::iam_json::quoted;
use iamgate_verbs::words;

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
        let _ = writeln!(text, "{indent}  with {} = {}", quoted(key), words::value(value));
    }
    text
}
