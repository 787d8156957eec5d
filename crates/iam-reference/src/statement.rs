//! Policies and their statements.

use crate::condition::condition;
use crate::json::Json;
use crate::pattern::{Pattern, covers};
use crate::request::{Request, arn_field, only};
use crate::value::{all_digits, split};
use crate::{Layer, Place};

pub(crate) type Outcome = Result<bool, String>;

/// A statement that applies or may apply to the request (rule 7.44).
pub(crate) struct Said {
    pub(crate) place: Place,
    pub(crate) deny: bool,
    pub(crate) certain: bool,
    pub(crate) strength: Strength, // Meant for Allows of resource policies only.
}

/// The place of an element, and the way in which it is evaluated.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) request: &'a Request<'a>,
    pub(crate) layer: Layer,
    pub(crate) variables: bool,
    /// Rule 4.9: whether the statement is a Deny. It is also the outcome of an indeterminate comparison, or its opposite if the outcome
    /// will be negated. AND and OR keep it.
    pub(crate) deny: bool,
    /// Rule 7.44: likewise the outcome of an unknown comparison. True shows whether a statement may apply, false whether it must apply.
    pub(crate) leaning: bool,
}

/// Rules 1.1, 1.5 to 1.13: the statements that may apply. All elements are read, even after one has decided the result.
pub(crate) fn statements(json: &Json, first: Place, request: &Request<'_>) -> Result<Vec<Said>, String> {
    only(json, "Version Id Statement")?;
    let variables = match json.get("Version").map(Json::string).transpose()? {
        Some("2012-10-17") => true,
        None | Some("2008-10-17") => false,
        Some(other) => return Err(format!("unknown Version {other:?}")),
    };
    let mut said = Vec::new();
    for (number, json) in json.must("Statement")?.one_or_more().iter().enumerate() {
        only(json, "Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition")?;
        let deny = match json.must("Effect")?.string()? {
            "Allow" => false,
            "Deny" => true,
            other => return Err(format!("unknown Effect {other:?}")),
        };
        let applies = |leaning: bool| {
            let scope = Scope { request, layer: first.layer, variables, deny, leaning };
            let (action, resource) = (action(json, scope)?, resource(json, scope)?);
            let condition = json.get("Condition").map_or(Ok(true), |block| condition(block, scope))?;
            Ok::<_, String>(reaches(json, scope)?.filter(|_| action && resource && condition))
        };
        if let Some(strength) = applies(true)? {
            let certain = request.unknown.is_empty() || applies(false)?.is_some();
            said.push(Said { place: Place { statement: number, ..first }, deny, certain, strength });
        }
    }
    Ok(said)
}

/// Rules 1.12, 1.14: whether an entry of the element matches, or no entry of its negation. The negation must not be empty.
fn matches(json: &Json, name: &str, negation: &str, one: impl Fn(&str, bool) -> Outcome) -> Outcome {
    let (list, negated) = match (json.get(name), json.get(negation)) {
        (Some(list), None) => (list.one_or_more(), false),
        (None, Some(list)) if !list.one_or_more().is_empty() => (list.one_or_more(), true),
        _ => return Err(format!("{name} and {negation}, none of them, or an empty list of exceptions")),
    };
    let mut any = false;
    for json in list {
        any |= one(json.string()?, negated)?;
    }
    Ok(any != negated)
}

/// Rules 2.1 to 2.7: `*`, or a prefix, a colon and a name, as a glob without case and without variables.
fn action(json: &Json, scope: Scope<'_>) -> Outcome {
    matches(json, "Action", "NotAction", |entry, negated| {
        if entry != "*" && !entry.contains(':') {
            return Err(format!("not an action: {entry:?}"));
        }
        let pattern = Pattern::read(entry, true, negated, Scope { variables: false, ..scope })?;
        Ok(covers(&pattern.tokens, scope.request.action, true))
    })
}

/// Rules 1.12, 3.1 to 3.10, 3.27, 3.29, 7.11: the text is one glob, but only `*` matches the resource `*`. An ARN with too few fields gets
/// `*` for the missing ones. Deployed entries may begin with a wildcard or a variable. A variable before the fifth colon is null.
fn resource(json: &Json, scope: Scope<'_>) -> Outcome {
    let resource = scope.request.resource;
    if scope.layer == Layer::Resource && json.get("Resource").or(json.get("NotResource")).is_none() {
        return Ok(true);
    }
    matches(json, "Resource", "NotResource", |entry, negated| {
        if !["arn:", "*", "?", "${"].iter().any(|start| entry.starts_with(start)) {
            return Err(format!("not a resource: {entry:?}"));
        }
        let lacking = if entry.starts_with("arn:") { entry.split(':').count()..6 } else { 0..0 };
        let mut pattern =
            Pattern::read(&(entry.to_owned() + &":*".repeat(lacking.len())), true, negated, scope)?;
        let variable = entry.split_once("${").filter(|_| scope.variables);
        let early = variable.is_some_and(|(before, _)| before.split(':').count() < 6);
        (pattern.null, pattern.filled) = (pattern.null || early, pattern.filled && !early);
        let matched = if resource == "*" { entry == "*" } else { covers(&pattern.tokens, resource, false) };
        Ok(pattern.outcome(matched) || negated && !scope.deny && pattern.null)
    })
}

/// Rule 5.2: the strength of a grant to a principal, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Strength {
    Account,
    Limited,
    Direct,
}

/// Rules 1.13, 1.26, 5.2, 7.41: how strongly a statement names the caller. `None` if it does not name the caller.
fn reaches(json: &Json, scope: Scope<'_>) -> Result<Option<Strength>, String> {
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
        ("AWS", "*") => deny || !["Service", "Federated"].contains(&caller.name.0),
        ("AWS", text) if account.is_some() => return is_own(text, caller).then_some(Strength::Account),
        ("AWS", text) if caller.behind == Some(text) => return Some(Strength::Limited),
        ("CanonicalUser", _) => deny && caller.account.is_some(),
        ("Federated", _) if !deny && !trust => false,
        _ => caller.name == entry && caller.who != "root",
    };
    direct.then_some(Strength::Direct)
}

/// Rules 5.7, 7.40: whether a `NotPrincipal` lists every name of the caller. Nobody and everyone are errors.
fn is_exempt(entries: &[(&str, &str)], scope: Scope<'_>) -> Result<bool, String> {
    if entries.is_empty() || entries.iter().any(|entry| entry.1 == "*") {
        return Err("NotPrincipal names nobody or everyone".to_owned());
    }
    let caller = scope.request;
    let account = entries.iter().any(|entry| entry.0 == "AWS" && is_own(entry.1, caller));
    let itself = entries.contains(&caller.name);
    let behind = caller.behind.is_none_or(|arn| entries.contains(&("AWS", arn)));
    Ok(match caller.who {
        _ if caller.has_boundary => false,
        "root" => account,
        "iam_user" | "assumed_role" | "federated_user" => account && itself && behind,
        _ => itself && caller.who == "aws_service",
    })
}
