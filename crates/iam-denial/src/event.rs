//! Events of CloudTrail.

use iam_json::{Spanned, Value};

use crate::denial::{Denial, Form};
use crate::mapped::Mapped;
use crate::message;
use crate::resource::Resource;
use crate::who::Who;

/// The beginnings of codes with which services deny access, after a prefix such as `Client.`.
const CODES: [&str; 7] = [
    "UnauthorizedOperation",
    "UnauthorizedAccess",
    "Unauthorized",
    "NotAuthorized",
    "AuthorizationError",
    "AuthorizationException",
    "ForbiddenException",
];

/// Whether an error code says that access is denied, such as `Client.UnauthorizedOperation` and `AccessDeniedException`.
pub fn is_denial_code(code: &str) -> bool {
    let name = code.rsplit(['.', '#', ':']).next().unwrap_or_default();
    // `AccessDeniedException`, `KMSAccessDeniedException`, `VpceAccessDenied`
    name.contains("AccessDenied") || CODES.iter().any(|own| name.starts_with(own))
}

/// A member that is a string and is not empty, with its place.
pub(crate) fn member(source: &Mapped<'_>, object: Value<'_>, name: &str) -> Option<Spanned<String>> {
    string(source, object.member(name)?)
}

/// A string that is not empty, with its place.
pub(crate) fn string(source: &Mapped<'_>, value: Value<'_>) -> Option<Spanned<String>> {
    let text = value.as_string().filter(|text| !text.is_empty())?;
    Some(Spanned::new(text.into_owned(), source.span(value.span())))
}

/// Whether an object is an event: it names an operation with its service, or how a request failed.
pub(crate) fn is_event(object: Value<'_>) -> bool {
    let has = |name| object.member(name).is_some();
    has("errorCode")
        || (has("eventName") && has("eventSource"))
        || (has("errorMessage") && has("eventVersion"))
}

/// The denials of an event. An event of a request that was not denied has none. `around` is the object that has the event as a text.
pub(crate) fn read(
    source: &Mapped<'_>,
    event: Value<'_>,
    around: Option<(&Mapped<'_>, Value<'_>)>,
) -> Vec<Denial> {
    let own = |name: &str| member(source, event, name);
    let outer = |name: &str| around.and_then(|(source, object)| member(source, object, name));
    let code = own("errorCode");
    let is_denied = code.as_ref().is_some_and(|code| is_denial_code(&code.value));
    let text = event.member("errorMessage").filter(|text| text.as_string().is_some());
    let mut denials = text.map_or_else(Vec::new, |text| message::read(&source.json_string(text.span())));
    if denials.is_empty() && is_denied {
        denials.push(Denial::new(Form::Bare, source.span(text.unwrap_or(event).span())));
    }
    for denial in &mut denials {
        denial.code = code.clone().or(denial.code.take());
        denial.operation = own("eventName").or_else(|| outer("EventName")).or(denial.operation.take());
        denial.service = own("eventSource").or_else(|| outer("EventSource")).or(denial.service.take());
        denial.request_id = own("requestID").or(denial.request_id.take());
        if denial.resource.is_none() {
            denial.resource = role_asked_for(source, event).map(Resource::new);
        }
        if denial.who.is_none() {
            let identity = event.member("userIdentity");
            denial.who = identity.and_then(|identity| identity_of(source, identity));
        }
    }
    denials
}

/// The role of a call of STS that asks for a session. Its messages do not name the role.
fn role_asked_for(source: &Mapped<'_>, event: Value<'_>) -> Option<Spanned<String>> {
    let is_asked = member(source, event, "eventName").is_some_and(|own| own.value.starts_with("AssumeRole"));
    member(source, event.member("requestParameters").filter(|_| is_asked)?, "roleArn")
}

/// Who an event says made the request.
fn identity_of(source: &Mapped<'_>, identity: Value<'_>) -> Option<Who> {
    let own = |name: &str| member(source, identity, name);
    // An identity that a provider vouched for has no ARN: its name is what the provider calls it.
    own("arn")
        .or_else(|| own("invokedBy"))
        .or_else(|| own("userName"))
        .or_else(|| own("principalId"))
        .map(Who::new)
}
