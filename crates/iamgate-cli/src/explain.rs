//! An explanation for people: the answer, the result of each layer, the text that decides, and the changes that would change the answer.

mod excerpts;
mod flips;
mod layers;

use std::fmt::Write as _;

use iamgate::iam_eval::{ContextValue, Principal, Request, Trace};
use iamgate::iam_json::visible;
use iamgate_verbs::Case;
use iamgate_verbs::words::plural;

use crate::screen::{DIM, HEAD, paint};

/// The maximum number of context keys that are listed.
const KEYS: usize = 12;

/// The whole explanation.
pub(crate) fn human(trace: &Trace<'_>, sentence: &str, case: &Case) -> String {
    let mut out = format!("{sentence}\n\n");
    request(&mut out, &case.request);
    layers::write(&mut out, trace, case);
    excerpts::write(&mut out, trace, case);
    flips::write(&mut out, trace, case);
    if case.findings > 0 {
        let what = plural(case.findings, "warning", "warnings");
        let note = format!("{what} about these policies: `iamgate check --mode deployed` shows them");
        let _ = writeln!(out, "{}", paint(DIM, &note));
    }
    while out.ends_with("\n\n") {
        out.pop();
    }
    out
}

/// The changes to the documents that would change the answer, and missing keys that matter; empty if there are none.
pub(crate) fn changes(trace: &Trace<'_>, case: &Case) -> String {
    let mut out = String::new();
    flips::write(&mut out, trace, case);
    out
}

pub(super) fn heading(out: &mut String, text: &str) {
    let _ = writeln!(out, "{}", paint(HEAD, text));
}

fn request(out: &mut String, request: &Request) {
    heading(out, "Request");
    let _ = writeln!(out, "  principal  {}", principal(&request.principal));
    let _ = writeln!(out, "  action     {}", visible(request.action.as_str()));
    let owner = match (&request.resource_account, request.principal.account()) {
        (Some(owner), Some(own)) if **owner == *own => "  (same account)".to_owned(),
        (Some(owner), _) => format!("  (owned by account {})", visible(owner)),
        (None, _) => String::new(),
    };
    let _ = writeln!(out, "  resource   {}{}", visible(&request.resource), paint(DIM, &owner));
    let mut name = "context";
    for (key, value) in request.context.iter().take(KEYS) {
        let _ = writeln!(out, "  {name:9}  {} {}", visible(key), held(value));
        name = "";
    }
    if let Some(more) = request.context.len().checked_sub(KEYS).filter(|more| *more > 0) {
        let _ = writeln!(out, "             and {more} more");
    }
    out.push('\n');
}

fn principal(principal: &Principal) -> String {
    match principal {
        Principal::IamUser { arn, .. } | Principal::Root { arn, .. } => visible(arn).into_owned(),
        Principal::AssumedRole { arn, role_arn, .. } => {
            format!("{}\n  role       {}", visible(arn), visible(role_arn))
        }
        Principal::FederatedUser { arn, user_arn, .. } => {
            format!("{}\n  user       {}", visible(arn), visible(user_arn))
        }
        Principal::AwsService { service } => format!("{} (service)", visible(service)),
        Principal::Anonymous => "anonymous".to_owned(),
        Principal::WebIdentity { provider } | Principal::Saml { provider } => {
            format!("{} (identity provider)", visible(provider))
        }
    }
}

fn held(value: &ContextValue) -> String {
    match value {
        ContextValue::Unknown => "is not known".to_owned(),
        ContextValue::Single(value) => format!("= {}", text(value)),
        ContextValue::Multiple(values) => format!("= {}", texts(values.iter().map(|v| &**v))),
        ContextValue::Twice(_) => "is given more than once, in different spellings".to_owned(),
    }
}

/// A value in quotation marks, cut to the available length.
pub(super) fn text(value: &str) -> String {
    const MOST: usize = 80;
    let mut shown: String = visible(value).chars().take(MOST).collect();
    if value.chars().count() > MOST {
        shown.push_str("...");
    }
    format!("\"{shown}\"")
}

/// The first values of a list.
pub(super) fn texts<'v>(values: impl Iterator<Item = &'v str>) -> String {
    const MOST: usize = 4;
    let values: Vec<&str> = values.collect();
    let mut shown: Vec<String> = values.iter().take(MOST).map(|value| text(value)).collect();
    if values.len() > MOST {
        shown.push(format!("... {} in all", values.len()));
    }
    format!("[{}]", shown.join(", "))
}
