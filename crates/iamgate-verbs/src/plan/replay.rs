//! Replays: the decision of a record, made again.

use iamgate::iam_eval::{Context, ContextValue};
use iamgate::iam_json::{Document, Form, Kind, Value};
use iamgate::iam_policy::value::Instant;
use iamgate::iam_policy::{Limits, code};
use iamgate::{Claims, DocumentSchema, File};

use super::Asked;
use crate::load;
use crate::trouble::Trouble;
use crate::world::World;

/// The maximum length of a record in bytes. It may contain the policies of a role.
const RECORD_BYTES: usize = 16 << 20;

/// The session that a record was asked for, and the record's text.
pub(super) fn read(path: &str, world: &dyn World) -> Result<(Asked, String), Trouble> {
    let File { name, text } = world.read(path, RECORD_BYTES, "a decision record")?;
    let mut limits = Limits::default();
    limits.document_bytes = RECORD_BYTES;
    let refuse = |report| Trouble::document(File { name: name.clone(), text: text.clone() }, report);
    let document = Document::parse(&text, &limits).and_then(Document::refuse_duplicates).map_err(refuse)?;
    let mut form = Form::new(&document, limits.document_bytes);
    let parts = parts(&mut form, document.root());
    let (claims, asked) = form.finish(parts).map_err(refuse)?;
    let file = File { name: format!("the claims of {name}"), text: claims };
    let claims = Claims::from_json(&file, &limits)
        .map_err(|error| load::trouble(error, std::slice::from_ref(&file)))?;
    let [provider, engineer, case] = asked.texts;
    let asked = Asked {
        claims,
        provider,
        engineer,
        case,
        duration_seconds: asked.duration_seconds,
        now: asked.now,
        call: asked.call,
    };
    Ok((asked, text.trim_end_matches(['\n', '\r']).to_owned()))
}

struct Parts {
    texts: [String; 3],
    duration_seconds: i64,
    now: Instant,
    call: Context,
}

fn parts(form: &mut Form, root: Value<'_>) -> Option<(String, Parts)> {
    let is_record = root
        .member("schema")
        .and_then(Value::as_string)
        .is_some_and(|name| name.parse() == Ok(DocumentSchema::DecisionRecord));
    let Some(request) = root.member("request").filter(|_| is_record) else {
        let help = "name a file that `iamgate plan --format json` has printed";
        form.report(code::INVALID_MEMBER, root, "no decision record", help);
        return None;
    };
    let names = ["provider", "engineer", "case", "duration_seconds", "time", "claims", "context"];
    let [provider, engineer, case, duration, time, claims, context] = form.members(request, names, 7)?;
    let mut text = |value: Option<Value<'_>>| Some(form.text(value?, "a text")?.into_string());
    let texts = [text(provider)?, text(engineer)?, text(case)?];
    let time = time?;
    let Some(now) = Instant::parse(&form.text(time, "a time")?) else {
        form.report(code::INVALID_MEMBER, time, "no time", "a time such as 2026-11-26T12:00:00Z");
        return None;
    };
    let duration_seconds = form.integer(duration?)?;
    let mut call = Context::new();
    for member in context?.members() {
        let value = match member.value.kind() {
            Kind::Array => ContextValue::multiple(form.texts(Some(member.value), "a list of texts")?),
            Kind::String | Kind::Null | Kind::True | Kind::False | Kind::Number | Kind::Object => {
                ContextValue::single(form.text(member.value, "the value of a condition key")?)
            }
        };
        call.set(member.key.string(), value);
    }
    Some((claims?.raw().to_owned(), Parts { texts, duration_seconds, now, call }))
}

/// The names of the members in which two records differ. `None` if the records are equal.
pub(super) fn differing(record: &str, again: &str) -> Option<String> {
    (record != again).then(|| names(record, again))
}

fn names(record: &str, again: &str) -> String {
    let read = |text: &str| serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text);
    let (Ok(old), Ok(new)) = (read(record), read(again)) else { return "their form".to_owned() };
    let names: Vec<&str> = old
        .iter()
        .filter(|(name, value)| new.get(*name) != Some(value))
        .map(|(name, _)| name.as_str())
        .collect();
    if names.is_empty() { "their layout".to_owned() } else { names.join(", ") }
}
