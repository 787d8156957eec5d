//! A case as JSON text.

use std::fmt::Write;
use std::sync::Arc;

use super::{Caller, Case, Document, Layer, Names, Principals, ResourceKind, Statement, Test, Text};
use crate::format::Held;

/// The notation of a policy, for constructs that have several notations with the same meaning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spelling {
    /// Whether a list of one element is written as that element, and a single statement as an object.
    pub single: bool,
    /// Whether numbers in conditions are written without quotation marks (rule 1.16).
    pub bare: bool,
}

impl Case {
    /// The case as an object on one line, with the members `request` and `policies` of the vector format.
    pub fn to_json(&self) -> String {
        self.to_json_spelled(Spelling::default())
    }

    /// As [`Case::to_json`], with the policies in another notation.
    pub fn to_json_spelled(&self, spelling: Spelling) -> String {
        let mut out = String::with_capacity(1_024);
        out.push_str("{\"request\": ");
        write_request(&mut out, self);
        out.push_str(", \"policies\": ");
        write_policies(&mut out, self, spelling);
        out.push('}');
        out
    }
}

/// The text of a document in a layer.
pub fn document_text(document: &Document, layer: Layer, spelling: Spelling) -> String {
    let mut out = String::with_capacity(256);
    write_document(&mut out, document, layer, spelling);
    out
}

fn write_request(out: &mut String, case: &Case) {
    let request = &case.request;
    out.push_str("{\"principal\": ");
    write_caller(out, &request.principal);
    member(out, "action", &request.action);
    member(out, "resource", &request.resource);
    if let Some(owner) = &request.resource_account {
        member(out, "resource_account", owner);
    }
    // The kind is always written, even if it follows from rule 5.54, because laws change action, resource and kind separately.
    let kind = match request.resource_kind {
        ResourceKind::Generic => "generic",
        ResourceKind::IamRoleTrust => "iam_role_trust",
        ResourceKind::KmsKey => "kms_key",
    };
    member(out, "resource_kind", kind);
    out.push_str(", \"context\": {");
    separated(out, &request.context, |out, (key, held)| {
        write_string(out, key);
        out.push_str(": ");
        match held {
            Held::One(value) => write_string(out, value),
            Held::Many(values) => write_list(out, values, |out, value| write_string(out, value)),
        }
    });
    out.push('}');
    if !request.unknown.is_empty() {
        out.push_str(", \"unknown\": ");
        write_list(out, &request.unknown, |out, key| write_string(out, key));
    }
    out.push('}');
}

fn write_policies(out: &mut String, case: &Case, spelling: Spelling) {
    out.push('{');
    separated(out, &case.policies, |out, (layer, levels)| {
        write_string(out, layer.name());
        out.push_str(": ");
        let policy = |out: &mut String, d: &Arc<Document>| write_document(out, d, *layer, spelling);
        if layer.has_levels() {
            write_list(out, levels, |out, level| write_list(out, level, policy));
        } else if *layer == Layer::Resource {
            match levels.iter().flatten().next() {
                Some(document) => policy(out, document),
                None => out.push_str("null"),
            }
        } else {
            write_list(out, levels.iter().flatten(), policy);
        }
    });
    out.push('}');
}

fn write_document(out: &mut String, document: &Document, layer: Layer, spelling: Spelling) {
    let version = if document.variables { "2012-10-17" } else { "2008-10-17" };
    out.push_str("{\"Version\": \"");
    out.push_str(version);
    out.push_str("\", \"Statement\": ");
    let write = |out: &mut String, s: &Statement| write_statement(out, s, layer, spelling);
    write_some(out, &document.statements, spelling.single, write);
    out.push('}');
}

fn write_statement(out: &mut String, statement: &Statement, layer: Layer, spelling: Spelling) {
    out.push_str(if statement.allow { "{\"Effect\": \"Allow\"" } else { "{\"Effect\": \"Deny\"" });
    if layer.names_principals() {
        write_principals(out, &statement.principal, spelling);
    }
    write_names(out, "Action", &statement.action, spelling);
    if let Some(resource) = &statement.resource {
        write_names(out, "Resource", resource, spelling);
    }
    if !statement.conditions.is_empty() {
        out.push_str(", \"Condition\": ");
        write_conditions(out, &statement.conditions, spelling);
    }
    out.push('}');
}

fn write_principals(out: &mut String, principals: &Principals, spelling: Spelling) {
    match principals {
        Principals::Everyone => member(out, "Principal", "*"),
        Principals::Listed { not, names } => {
            out.push_str(if *not { ", \"NotPrincipal\": {" } else { ", \"Principal\": {" });
            let used = ["AWS", "Service", "Federated"]
                .into_iter()
                .filter(|kind| names.iter().any(|(k, _)| k == kind));
            separated(out, used, |out, kind| {
                write_string(out, kind);
                out.push_str(": ");
                let of_kind: Vec<&Text> = names.iter().filter(|(k, _)| *k == kind).map(|(_, n)| n).collect();
                write_some(out, &of_kind, spelling.single, |out, name| write_string(out, name));
            });
            out.push('}');
        }
    }
}

fn write_conditions(out: &mut String, tests: &[Test], spelling: Spelling) {
    out.push('{');
    // The tests of one operator stand together, at the position of the first one.
    let is_first = |(i, test): &(usize, &Test)| tests.iter().take(*i).all(|t| t.operator != test.operator);
    let leaders = tests.iter().enumerate().filter(is_first).map(|(_, test)| &test.operator);
    separated(out, leaders, |out, operator| {
        write_string(out, operator);
        out.push_str(": {");
        separated(out, tests.iter().filter(|t| t.operator == *operator), |out, test| {
            write_string(out, &test.key);
            out.push_str(": ");
            let bare = spelling.bare && test.values.iter().all(|v| is_number(v));
            write_some(out, &test.values, spelling.single, |out, value| {
                if bare { out.push_str(value) } else { write_string(out, value) }
            });
        });
        out.push('}');
    });
    out.push('}');
}

/// Whether the text is also a JSON number.
fn is_number(value: &str) -> bool {
    let unsigned = value.strip_prefix('-').unwrap_or(value);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits(whole) && digits(fraction) && (whole == "0" || !whole.starts_with('0'))
}

fn write_names(out: &mut String, element: &str, names: &Names, spelling: Spelling) {
    out.push_str(if names.not { ", \"Not" } else { ", \"" });
    out.push_str(element);
    out.push_str("\": ");
    write_some(out, &names.list, spelling.single, |out, name| write_string(out, name));
}

fn write_caller(out: &mut String, caller: &Caller) {
    let (kind, members): (&str, &[(&str, &str)]) = match caller {
        Caller::IamUser { arn, account } => ("iam_user", &[("arn", arn), ("account", account)]),
        Caller::AssumedRole { arn, role_arn, account, .. } => {
            ("assumed_role", &[("arn", arn), ("role_arn", role_arn), ("account", account)])
        }
        Caller::FederatedUser { arn, user_arn, account } => {
            ("federated_user", &[("arn", arn), ("user_arn", user_arn), ("account", account)])
        }
        Caller::Root { arn, account } => ("root", &[("arn", arn), ("account", account)]),
        Caller::AwsService { service } => ("aws_service", &[("service", service)]),
        Caller::WebIdentity { provider } => ("web_identity", &[("provider", provider)]),
        Caller::Saml { provider } => ("saml", &[("provider", provider)]),
        Caller::Anonymous => ("anonymous", &[]),
    };
    out.push_str("{\"type\": ");
    write_string(out, kind);
    for (name, value) in members {
        member(out, name, value);
    }
    if caller.is_service_linked() {
        out.push_str(", \"service_linked\": true");
    }
    out.push('}');
}

fn member(out: &mut String, name: &str, value: &str) {
    out.push_str(", \"");
    out.push_str(name);
    out.push_str("\": ");
    write_string(out, value);
}

fn separated<T>(out: &mut String, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut String, T)) {
    for (i, item) in items.into_iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        write(out, item);
    }
}

fn write_list<T>(out: &mut String, items: impl IntoIterator<Item = T>, write: impl FnMut(&mut String, T)) {
    out.push('[');
    separated(out, items, write);
    out.push(']');
}

/// Writes a list. If `single`, a list of one element is written as that element.
fn write_some<T>(out: &mut String, items: &[T], single: bool, mut write: impl FnMut(&mut String, &T)) {
    match items {
        [one] if single => write(out, one),
        many => write_list(out, many, write),
    }
}

/// Writes a JSON string.
pub(crate) fn write_string(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|b| b < b' ' || matches!(b, b'"' | b'\\')) {
        let (plain, behind) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(plain);
        let mut characters = behind.chars();
        // Writing to a string cannot fail.
        let _ = match characters.next() {
            Some(mark @ ('"' | '\\')) => write!(out, "\\{mark}"),
            Some(control) => write!(out, "\\u{:04x}", u32::from(control)),
            None => Ok(()),
        };
        rest = characters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}
