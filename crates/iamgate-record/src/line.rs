//! The form of a line: what is signed, and the names of its members.

use std::collections::BTreeMap;

use iam_json::{Document, Json, Kind, Limits, Value, push_value};

use crate::canonical::{Hash, hexadecimal, sha256};

/// The largest line, in bytes.
pub(crate) const MOST_BYTES: usize = 16 << 20;

/// The deepest nesting.
const DEPTH: usize = 64;

pub(crate) const SCHEMA: &str = "iamgate/signed-record";
pub(crate) const VERSION: i64 = 1;

/// The members of a line, sorted.
pub(crate) const MEMBERS: [&str; 8] =
    ["digests", "previous", "record", "schema", "sequence", "signature", "signer", "version"];

/// What is said about a record and signed.
pub(crate) struct Statement {
    pub(crate) digests: Json,
    pub(crate) previous: Option<Hash>,
    pub(crate) sequence: i64,
    pub(crate) algorithm: &'static str,
    pub(crate) key: Box<str>,
}

impl Statement {
    fn members(&self) -> BTreeMap<String, Json> {
        let signer =
            Json::object([("algorithm", Json::text(self.algorithm)), ("key", Json::text(&*self.key))]);
        let members = [
            ("digests", self.digests.clone()),
            ("previous", Json::maybe(self.previous, |hash| Json::text(hexadecimal(&hash)))),
            ("schema", Json::text(SCHEMA)),
            ("sequence", Json::Number(self.sequence)),
            ("signer", signer),
            ("version", Json::Number(VERSION)),
        ];
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// The text that is signed.
    pub(crate) fn message(&self) -> String {
        Json::Object(self.members()).to_string()
    }

    /// The line with the record and the signature, without its line end.
    pub(crate) fn line(&self, record: Json, signature: String) -> String {
        let mut members = self.members();
        members.insert("record".to_owned(), record);
        members.insert("signature".to_owned(), Json::text(signature));
        Json::Object(members).to_string()
    }
}

/// Reads a JSON object in which no object has two members with one name. The error is a sentence without its full stop.
pub(crate) fn object(text: &str) -> Result<Document<'_>, String> {
    let mut limits = Limits::of_bytes(MOST_BYTES);
    limits.depth = DEPTH;
    let document = Document::parse(text, limits).and_then(Document::refuse_duplicates);
    let document = document.map_err(|report| match report.problems().first() {
        Some(problem) => format!("{} at column {}", problem.found, problem.position.column),
        None => "it is no JSON".to_owned(),
    })?;
    let kind = document.root().kind();
    if kind == Kind::Object { Ok(document) } else { Err(format!("{} in place of an object", kind.name())) }
}

/// The digest of each member of a record.
pub(crate) fn digests(record: Value<'_>) -> Json {
    let members =
        record.members().map(|member| (member.key.string().into_owned(), Json::text(digest(member.value))));
    Json::Object(members.collect())
}

/// The digest of one member.
pub(crate) fn digest(value: Value<'_>) -> String {
    hexadecimal(&sha256(&written(value)))
}

/// A value in canonical form: no white space, one spelling of each text, and members in their order.
fn written(value: Value<'_>) -> String {
    let mut text = String::new();
    push_value(&mut text, value);
    text
}

/// A record in canonical form: its members are sorted, their values are written as [`written`] says.
pub(crate) fn record(value: Value<'_>) -> Json {
    let members = value.members().map(|m| (m.key.string().into_owned(), Json::Raw(written(m.value))));
    Json::Object(members.collect())
}

/// A line in canonical form.
pub(crate) fn canonical(root: Value<'_>) -> String {
    let member = |member: iam_json::Member<'_>| {
        let name = member.key.string().into_owned();
        let value = if name == "record" { record(member.value) } else { Json::read(member.value) };
        (name, value)
    };
    Json::Object(root.members().map(member).collect()).to_string()
}
