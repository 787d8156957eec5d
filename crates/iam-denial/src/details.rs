//! The details that AWS tells of a denial: decoded messages, and the output of `GetRequestAuthorizationDetails`.

use iam_json::{Kind, Spanned, Value};

use crate::denial::{Cause, Denial, Form, NamedLayer};
use crate::event::{member, string};
use crate::mapped::Mapped;
use crate::policy_type::PolicyType;
use crate::resource::Resource;
use crate::who::Who;

/// The most condition keys that are kept of one request.
const MOST_KEYS: usize = 200;

/// Whether an object is the decoded text of an encoded message.
pub(crate) fn is_decoded(object: Value<'_>) -> bool {
    object.member("explicitDeny").is_some() && object.member("context").is_some()
}

/// The denial that a decoded text describes; `None` if it says that the request was allowed.
pub(crate) fn decoded(source: &Mapped<'_>, object: Value<'_>) -> Option<Denial> {
    if object.member("allowed").is_some_and(|allowed| allowed.kind() == Kind::True) {
        return None;
    }
    let mut denial = Denial::new(Form::Decoded, source.span(object.span()));
    denial.cause = match object.member("explicitDeny").map(Value::kind) {
        Some(Kind::True) => Cause::ExplicitDeny,
        Some(Kind::False) => Cause::NotAllowed,
        _ => Cause::Unknown,
    };
    let context = object.member("context")?;
    let principal = context.member("principal");
    denial.who = principal
        .and_then(|own| member(source, own, "arn").or_else(|| member(source, own, "id")))
        .map(Who::new);
    action(&mut denial, member(source, context, "action"));
    denial.resource = member(source, context, "resource").map(Resource::new);
    for item in items(object.member("matchedStatements")) {
        let denies =
            member(source, item, "effect").is_some_and(|effect| effect.value.eq_ignore_ascii_case("deny"));
        if let Some(sid) = member(source, item, "statementId").filter(|_| denies) {
            denial.statements.push(sid);
        }
    }
    for item in items(context.member("conditions")).take(MOST_KEYS) {
        if let Some(key) = member(source, item, "key") {
            let values = items(item.member("values")).filter_map(|own| member(source, own, "value"));
            denial.context.push((key.value, values.map(|own| own.value).collect()));
        }
    }
    Some(denial)
}

/// The items of a list as decoded messages write one: `{"items": [...]}`.
fn items(list: Option<Value<'_>>) -> impl Iterator<Item = Value<'_>> {
    list.and_then(|list| list.member("items")).into_iter().flat_map(Value::items)
}

/// An action, or the name of an operation where the prefix is missing.
fn action(denial: &mut Denial, text: Option<Spanned<String>>) {
    match text {
        Some(text) if text.value.contains(':') => denial.action = Some(text),
        text => denial.operation = text,
    }
}

/// The evaluations of authorization details.
pub(crate) fn evaluations(object: Value<'_>) -> Option<Value<'_>> {
    let list = object.member("evaluations").filter(|list| list.kind() == Kind::Array)?;
    let is_evaluation =
        |item: Value<'_>| item.member("action").is_some() && item.member("evaluatedEffect").is_some();
    list.items().any(is_evaluation).then_some(list)
}

/// The denials among the evaluations of a request.
pub(crate) fn read(source: &Mapped<'_>, object: Value<'_>, evaluations: Value<'_>) -> Vec<Denial> {
    let shared = keys(object.member("requestContext"));
    let policies: Vec<(String, NamedLayer)> = object
        .member("policies")
        .into_iter()
        .flat_map(Value::items)
        .filter_map(|own| {
            let words = member(source, own, "type")?;
            let layer = NamedLayer { policy_type: PolicyType::of_api(&words.value), words };
            Some((member(source, own, "uri")?.value, layer))
        })
        .collect();
    let mut denials = Vec::new();
    for item in evaluations.items() {
        let effect = member(source, item, "evaluatedEffect").map(|own| own.value).unwrap_or_default();
        let cause = match effect.as_str() {
            "EXPLICIT_DENY" => Cause::ExplicitDeny,
            "IMPLICIT_DENY" => Cause::NotAllowed,
            _ => continue,
        };
        let mut denial = Denial::new(Form::AuthorizationDetails, source.span(item.span()));
        denial.cause = cause;
        denial.authorization_id = member(source, object, "authorizationId");
        action(&mut denial, member(source, item, "action"));
        denial.resource = member(source, item, "resource").map(Resource::new);
        denial.context = keys(item.member("context"));
        for (key, values) in &shared {
            // The keys of an evaluation stand over those of the request.
            if denial.context.len() < MOST_KEYS
                && !denial.context.iter().any(|(own, _)| own.eq_ignore_ascii_case(key))
            {
                denial.context.push((key.clone(), values.clone()));
            }
        }
        let principal = object.member("requestContext").and_then(|own| {
            own.members()
                .find(|own| own.key.string().eq_ignore_ascii_case("aws:PrincipalArn"))
                .map(|own| own.value)
        });
        denial.who = principal.and_then(|own| string(source, own)).map(Who::new);
        for policy in item.member("matchedPolicies").into_iter().flat_map(Value::items) {
            denied_by(&mut denial, source, policy, &policies);
        }
        denials.push(denial);
    }
    denials
}

/// Notes a policy with a statement that denies.
fn denied_by(denial: &mut Denial, source: &Mapped<'_>, policy: Value<'_>, policies: &[(String, NamedLayer)]) {
    let statements = policy.member("matchedStatements").into_iter().flat_map(Value::items);
    let effect = |own: &Value<'_>| member(source, *own, "evaluatedEffect").map(|own| own.value);
    let denying: Vec<Value<'_>> = statements.filter(|own| effect(own).as_deref() == Some("DENY")).collect();
    let Some(uri) = member(source, policy, "uri").filter(|_| !denying.is_empty()) else { return };
    denial.statements.extend(denying.into_iter().filter_map(|own| member(source, own, "sid")));
    if denial.layer.is_none() {
        denial.layer = policies.iter().find(|(own, _)| *own == uri.value).map(|(_, layer)| layer.clone());
        denial.policy = Some(uri);
    }
}

/// The keys of an object with their values as texts.
fn keys(object: Option<Value<'_>>) -> Vec<(String, Vec<String>)> {
    let members = object.filter(|own| own.kind() == Kind::Object).into_iter().flat_map(Value::members);
    let text = |value: Value<'_>| match value.kind() {
        Kind::String => Some(value.string().into_owned()),
        Kind::True | Kind::False | Kind::Number => Some(value.raw().to_owned()),
        Kind::Null | Kind::Array | Kind::Object => None,
    };
    members
        .take(MOST_KEYS)
        .map(|own| {
            let values = if own.value.kind() == Kind::Array {
                own.value.items().filter_map(text).collect()
            } else {
                text(own.value).into_iter().collect()
            };
            (own.key.string().into_owned(), values)
        })
        .collect()
}
