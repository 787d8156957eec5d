//! Policies and their statements.

use crate::condition::condition;
use crate::json::Json;
use crate::pattern::{Pattern, Token, covers};
use crate::principal::{Strength, reaches};
use crate::reading::Point;
use crate::request::{Request, only};
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
    /// Whether the statement is a Deny.
    pub(crate) deny: bool,
    /// Rule 7.44: the outcome of an unknown comparison, or its opposite if the outcome will be negated. AND and OR keep it. True shows
    /// whether a statement may apply, false whether it must apply.
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
    matches(json, "Action", "NotAction", |entry, _| {
        if entry != "*" && !entry.contains(':') {
            return Err(format!("not an action: {entry:?}"));
        }
        let scope = Scope { variables: false, ..scope };
        let pattern = Pattern::read(&entry.to_ascii_lowercase(), true, scope)?;
        Ok(covers(&pattern.tokens, &scope.request.action.to_ascii_lowercase(), scope.request.reading))
    })
}

/// Rules 1.12, 3.1 to 3.10, 3.27, 3.29, 7.11: the text is one glob, but only `*` matches the resource `*`. Deployed entries may begin with
/// a wildcard or a variable.
fn resource(json: &Json, scope: Scope<'_>) -> Outcome {
    let (resource, reading) = (scope.request.resource, scope.request.reading);
    if scope.layer == Layer::Resource && json.get("Resource").or(json.get("NotResource")).is_none() {
        return Ok(true);
    }
    matches(json, "Resource", "NotResource", |entry, negated| {
        if !["arn:", "*", "?", "${"].iter().any(|start| entry.starts_with(start)) {
            return Err(format!("not a resource: {entry:?}"));
        }
        let mut pattern = Pattern::read(entry, true, scope)?;
        // Rule 3.29, the other answer: a variable before the fifth colon is null.
        pattern.null |=
            pattern.first.is_some_and(|colons| colons < 5) && reading.is_other(Point::VariableInArn);
        // Rule 3.7: an ARN with too few fields gets `*` for the missing ones. Colons of its variables do not count.
        let fields = pattern.colons.saturating_add(1);
        let is_short = entry.starts_with("arn:") && fields < 6;
        // In the other answer it is matched as it is written.
        let is_as_written = !is_short || reading.is_other(Point::IncompleteArn);
        let is_completed = is_short && !is_as_written && pattern.first.is_none();
        if is_completed {
            let missing = [Token::Char(':'), Token::Many].into_iter().cycle();
            pattern.tokens.extend(missing.take(6_usize.saturating_sub(fields).saturating_mul(2)));
        }
        let covered = if resource == "*" { entry == "*" } else { covers(&pattern.tokens, resource, reading) };
        let matched = covered && (is_completed || is_as_written);
        // Rule 3.27: an Allow with a null exception does not apply.
        let is_null = pattern.null || pattern.perhaps_null && !scope.leaning;
        let fails = negated && !scope.deny && is_null && !reading.is_other(Point::NullNotResource);
        Ok(pattern.outcome(matched, negated, scope) || fails)
    })
}
