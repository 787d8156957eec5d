//! Principals: whom a statement names.

use crate::Layer;
use crate::json::Json;
use crate::reading::Point;
use crate::request::{Found, Request, arn_field, only};
use crate::statement::Scope;
use crate::value::{all_digits, split};

/// Rule 5.2: the strength of a grant to a principal, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Strength {
    Account,
    Limited,
    Direct,
}

/// Rules 1.13, 1.26, 5.2, 7.41: how strongly a statement names the caller. `None` if it does not name the caller.
pub(crate) fn reaches(json: &Json, scope: Scope<'_>) -> Result<Option<Strength>, String> {
    let names_principals = matches!(scope.layer, Layer::Resource | Layer::VpcEndpoint | Layer::Rcp);
    let reached = match (json.get("Principal"), json.get("NotPrincipal")) {
        (None, None) => scope.deny || !names_principals,
        (Some(named), None) if names_principals => {
            return Ok(entries(named)?.into_iter().filter_map(|entry| strength(entry, scope)).max());
        }
        (None, Some(spared)) if names_principals && scope.deny => !is_exempt(&entries(spared)?, scope)?,
        _ => return Err("Principal or NotPrincipal where it may not stand".to_owned()),
    };
    Ok(reached.then_some(Strength::Direct))
}

/// Rules 1.15, 5.3: a bare `*`, or the entries of a map, each with its kind. Wildcards and variables are errors.
fn entries(element: &Json) -> Result<Vec<(&str, &str)>, String> {
    if element.string() == Ok("*") {
        return Ok(vec![("", "*")]);
    }
    only(element, "AWS Service Federated CanonicalUser")?;
    let mut entries = Vec::new();
    for (kind, values) in element.object()? {
        for value in values.one_or_more() {
            let entry = (kind.as_str(), value.string()?);
            let pattern = entry.1.is_empty() || entry.1.contains(['*', '?']) || entry.1.contains("${");
            if pattern && entry != ("AWS", "*") {
                return Err(format!("not a principal: {entry:?}"));
            }
            entries.push(entry);
        }
    }
    Ok(entries)
}

/// Rule 5.2: the account that an account id or a root ARN names.
pub(crate) fn account_of(entry: &str) -> Option<&str> {
    match split(entry, ':') {
        Some(["arn", _, "iam", "", account, "root"]) => Some(account),
        _ => (entry.len() == 12 && all_digits(entry)).then_some(entry),
    }
}

/// Rule 7.46: whether an entry names the caller's account. A root ARN of another partition does not.
fn is_own(entry: &str, caller: &Request<'_>) -> bool {
    let partitions = arn_field(entry, 1).zip(arn_field(caller.name.1, 1));
    let is_other = partitions.is_some_and(|(named, own)| named != own);
    caller.account.is_some() && account_of(entry) == caller.account && !is_other
}

/// Rules 5.2 to 5.6, 5.8, 7.22, 7.39: how strongly an entry names the caller. `None` if it does not. In Allows, a federated provider counts
/// in trust policies only, and there `*` does not name one. A Deny for a canonical user applies to every caller with an account.
fn strength(entry: (&str, &str), scope: Scope<'_>) -> Option<Strength> {
    let (caller, deny, account) = (scope.request, scope.deny, account_of(entry.1));
    let trust = scope.layer == Layer::Resource && scope.request.kind == "iam_role_trust";
    let direct = match entry {
        ("", _) => deny || !trust || caller.name.0 != "Federated",
        ("AWS", "*") => match caller.name.0 {
            "Federated" => deny,
            "Service" => deny || !caller.reading.is_other(Point::StarAndServices),
            _ => true,
        },
        ("AWS", text) if account.is_some() => return is_own(text, caller).then_some(Strength::Account),
        ("AWS", text) if caller.behind == Some(text) => return Some(Strength::Limited),
        ("CanonicalUser", _) => deny && caller.account.is_some(),
        ("Federated", _) if !deny && !trust => false,
        ("Service", name) => is_service(name, caller, scope.leaning),
        _ => caller.name == entry && caller.who != "root",
    };
    direct.then_some(Strength::Direct)
}

/// Rule 5.2: whether the caller is a service with this name: its own, or one of a list in the request. `unknown` is the outcome if the list
/// is not known.
fn is_service(name: &str, caller: &Request<'_>, unknown: bool) -> bool {
    let listed = || match caller.find("aws:PrincipalServiceNamesList") {
        Found::Unknown => unknown,
        Found::Known(None) => false,
        Found::Known(Some(list)) => list.one_or_more().iter().any(|listed| listed.scalar() == Ok(name)),
    };
    caller.who == "aws_service" && (caller.name.1 == name || listed())
}

/// Rules 5.7, 7.40: whether a `NotPrincipal` lists every name of the caller. Nobody and everyone are errors.
fn is_exempt(entries: &[(&str, &str)], scope: Scope<'_>) -> Result<bool, String> {
    if entries.is_empty() || entries.iter().any(|entry| entry.1 == "*") {
        return Err("NotPrincipal names nobody or everyone".to_owned());
    }
    let caller = scope.request;
    let account = entries.iter().any(|entry| entry.0 == "AWS" && is_own(entry.1, caller));
    let itself = entries.contains(&caller.name);
    let service = |entry: &(&str, &str)| entry.0 == "Service" && is_service(entry.1, caller, !scope.leaning);
    let behind = caller.behind.is_none_or(|arn| entries.contains(&("AWS", arn)));
    Ok(match caller.who {
        _ if caller.has_boundary => false,
        "root" => account,
        "iam_user" | "assumed_role" | "federated_user" => account && itself && behind,
        _ => entries.iter().any(service),
    })
}
