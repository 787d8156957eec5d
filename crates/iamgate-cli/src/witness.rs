//! Requests that prove something, for people.

use std::fmt::Write as _;

use iamgate::iam_eval::{ContextValue, Request};
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
        let is_example = matches!(value, ContextValue::Single(text) if words::is_example(text));
        let note = if is_example { ", an example value" } else { "" };
        let _ = writeln!(text, "{indent}  with {} = {}{note}", quoted(key), words::value(value));
    }
    text
}

#[cfg(test)]
mod tests {
    use iamgate::iam_eval::{Action, Principal};

    use super::*;

    #[test]
    fn made_up_values_are_called_examples() {
        let principal = Principal::Anonymous;
        let mut request =
            Request::new(principal, Action::new("s3:GetObject").unwrap(), "arn:aws:s3:::b/fresh0");
        request.context.set("aws:UserAgent", ContextValue::Single("fresh0".into()));
        request.context.set("aws:SourceVpc", ContextValue::Single("fresher".into()));
        let text = lines(&request, "");
        assert!(text.contains("`fresh0`, an example value\n"), "{text}");
        assert!(text.contains("`fresher`\n"), "{text}");
    }
}
