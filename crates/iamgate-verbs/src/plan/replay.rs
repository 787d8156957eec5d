//! Replays: the decision of a record, made again.

use iamgate::iam_eval::{Context, ContextValue};
use iamgate::iam_json::{Document, Form, Kind, Value};
use iamgate::iam_policy::value::Instant;
use iamgate::iam_policy::{Limits, code};
use iamgate::{Claims, DocumentSchema, File};

use super::{Asked, PlanAnswer};
use crate::load;
use crate::trouble::Trouble;
use crate::world::World;

/// The maximum length of a record in bytes. It may contain the policies of a role.
const RECORD_BYTES: usize = 16 << 20;

/// The limits of a record.
fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.document_bytes = RECORD_BYTES;
    limits
}

/// The file of a record.
pub(super) fn file(path: &str, world: &dyn World) -> Result<File, Trouble> {
    world.read(path, RECORD_BYTES, "a decision record")
}

/// The JSON of a record.
pub(super) fn record(file: &File) -> Result<Document<'_>, Trouble> {
    Document::parse(&file.text, &limits())
        .and_then(Document::refuse_duplicates)
        .map_err(|report| Trouble::document(file.clone(), report))
}

/// The session that a record was asked for.
pub(super) fn asked(file: &File, record: &Document<'_>) -> Result<Asked, Trouble> {
    let mut form = Form::new(record, RECORD_BYTES);
    let parts = parts(&mut form, record.root());
    let (claims, asked) = form.finish(parts).map_err(|report| Trouble::document(file.clone(), report))?;
    let name = format!("the claims of {}", file.name);
    let claims = Claims::from_value(&name, claims, &limits())
        .map_err(|error| load::trouble(error, std::slice::from_ref(file)))?;
    let [provider, engineer, case] = asked.texts;
    Ok(Asked {
        claims,
        provider,
        engineer,
        case,
        duration_seconds: asked.duration_seconds,
        now: asked.now,
        call: asked.call,
    })
}

struct Parts {
    texts: [String; 3],
    duration_seconds: i64,
    now: Instant,
    call: Context,
}

fn parts<'d>(form: &mut Form, root: Value<'d>) -> Option<(Value<'d>, Parts)> {
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
    Some((claims?, Parts { texts, duration_seconds, now, call }))
}

/// The names of the members in which a record and the record of the same decision, made again, differ. `None` if the records are equal.
pub(super) fn differing(record: &Document<'_>, again: &PlanAnswer) -> Option<String> {
    if record.text().trim_end_matches(['\n', '\r']) == again.record() {
        return None;
    }
    let names = again.differing(record.root());
    Some(if names.is_empty() { "their layout".to_owned() } else { names.join(", ") })
}
