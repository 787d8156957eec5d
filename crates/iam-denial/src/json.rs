//! JSON in a text: whole, a line each, or among other text.

use iam_json::{Document, Kind, Limits, Value};

use crate::denial::Denial;
use crate::details;
use crate::event::{self, is_denial_code, member};
use crate::mapped::Mapped;
use crate::message;

/// How deep a text in JSON in a text is looked at.
const NESTED: u8 = 4;

/// How often a brace may begin something that is no JSON. After that many, the rest of a text is not looked at as JSON.
const FAILURES: u8 = 64;

/// The denials of a text.
pub(crate) fn read(source: &Mapped<'_>) -> Vec<Denial> {
    let mut denials = Vec::new();
    nested(source, NESTED, &mut denials);
    denials
}

fn nested(source: &Mapped<'_>, left: u8, denials: &mut Vec<Denial>) {
    let text = source.text();
    // A byte order mark may stand before the text.
    let start = text.len().saturating_sub(text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']).len());
    if text.get(start..).is_some_and(|rest| rest.starts_with(['{', '['])) {
        let whole = source.part(start, text.len());
        if let Ok(document) = parse(whole.text()) {
            walk(&whole, document.root(), left, denials);
            return;
        }
    }
    let mut failures = 0_u8;
    let (mut plain, mut at) = (0_usize, 0_usize);
    while failures < FAILURES
        && let Some(open) = text.get(at..).and_then(|rest| rest.find('{')).map(|own| at.saturating_add(own))
    {
        at = open.saturating_add(1);
        let after = text.get(at..).unwrap_or_default().trim_start_matches([' ', '\n', '\r', '\t']);
        if !after.starts_with('"') {
            continue;
        }
        let Some(length) = object(text.get(open..).unwrap_or_default()) else {
            failures = failures.saturating_add(1);
            // What follows on this line is a part of what failed.
            at = text
                .get(at..)
                .and_then(|rest| rest.find('\n'))
                .map_or(text.len(), |own| at.saturating_add(own));
            continue;
        };
        let end = open.saturating_add(length);
        let own = source.part(open, end);
        at = end;
        if let Ok(document) = parse(own.text()) {
            denials.extend(message::read(&source.part(plain, open)));
            walk(&own, document.root(), left, denials);
            plain = end;
        } else {
            failures = failures.saturating_add(1);
        }
    }
    if plain == 0 {
        denials.extend(message::read(source));
    } else {
        denials.extend(message::read(&source.part(plain, text.len())));
    }
}

fn parse(text: &str) -> Result<Document<'_>, iam_json::Report> {
    Document::parse(text, Limits::of_bytes(crate::MOST_BYTES))
}

/// The length of the object at the beginning of a text, as far as its braces and strings tell.
fn object(text: &str) -> Option<usize> {
    let (mut depth, mut is_string, mut is_escaped) = (0_usize, false, false);
    for (index, byte) in text.bytes().enumerate() {
        if is_string {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' => is_escaped = true,
                b'"' => is_string = false,
                b'\n' => return None,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => is_string = true,
            b'{' => depth = depth.saturating_add(1),
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(index.saturating_add(1));
                }
            }
            _ => {}
        }
    }
    None
}

/// Looks for denials in a value and all values in it. The depth of the document bounds the recursion.
fn walk(source: &Mapped<'_>, value: Value<'_>, left: u8, denials: &mut Vec<Denial>) {
    match value.kind() {
        Kind::Array => {
            for item in value.items() {
                walk(source, item, left, denials);
            }
        }
        Kind::Object => object_of(source, value, left, denials),
        Kind::String => string(source, value, left, denials),
        Kind::Null | Kind::True | Kind::False | Kind::Number => {}
    }
}

fn object_of(source: &Mapped<'_>, object: Value<'_>, left: u8, denials: &mut Vec<Denial>) {
    if let Some(text) = object.member("CloudTrailEvent").filter(|text| text.as_string().is_some()) {
        let inner = source.json_string(text.span());
        if let Ok(document) = parse(inner.text()) {
            denials.extend(event::read(&inner, document.root(), Some((source, object))));
            return;
        }
    }
    if event::is_event(object) {
        denials.extend(event::read(source, object, None));
    } else if details::is_decoded(object) {
        denials.extend(details::decoded(source, object));
    } else if let Some(evaluations) = details::evaluations(object) {
        denials.extend(details::read(source, object, evaluations));
    } else {
        let from = denials.len();
        for member in object.members() {
            walk(source, member.value, left, denials);
        }
        error(source, object, denials.get_mut(from..).unwrap_or_default());
    }
}

/// Completes the denials that members of an error have, from its other members: `{"__type": ..., "Message": ...}` of services, and
/// `{"Error": {"Code": ..., "Message": ...}, "ResponseMetadata": {"RequestId": ...}}` of SDKs.
fn error(source: &Mapped<'_>, object: Value<'_>, denials: &mut [Denial]) {
    let code =
        ["__type", "Code", "code", "errorType"].into_iter().find_map(|name| member(source, object, name));
    let code = code.filter(|code| is_denial_code(&code.value));
    let metadata = object.member("ResponseMetadata").filter(|value| value.kind() == Kind::Object);
    let id = metadata.and_then(|own| member(source, own, "RequestId"));
    let id = id.or_else(|| {
        ["RequestId", "requestId", "RequestID"].into_iter().find_map(|name| member(source, object, name))
    });
    for denial in denials {
        denial.code = denial.code.take().or_else(|| code.clone());
        denial.request_id = denial.request_id.take().or_else(|| id.clone());
    }
}

fn string(source: &Mapped<'_>, value: Value<'_>, left: u8, denials: &mut Vec<Denial>) {
    let inner = source.json_string(value.span());
    let is_json = inner.text().trim_start_matches([' ', '\n', '\r', '\t']).starts_with(['{', '[']);
    match left.checked_sub(1) {
        Some(left) if is_json => nested(&inner, left, denials),
        _ => denials.extend(message::read(&inner)),
    }
}
