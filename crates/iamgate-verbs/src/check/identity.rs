//! What a finding is when the lines of its file have moved.

use std::collections::BTreeMap;

use iam_lint::code;
use iamgate::iam_json::{Document, Kind, Value};
use iamgate::iam_policy::{Code, Limits};

use super::{Checked, Own};
use crate::fingerprint::fingerprint;

/// What stays of a finding when lines move and statements are added.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Identity {
    pub(super) file: String,
    /// Which document of the file; empty if the file is a policy.
    pub(super) document: String,
    pub(super) code: String,
    /// The JSON pointer, with the Sid of the statement in place of its number, and `*` for any other number.
    pub(super) pointer: String,
    /// The first 32 hexadecimal digits of the SHA-256 of the text at the place, without white space, and of what the finding is about if that is
    /// more. A finding about a whole statement has the text of it. The text of the whole document counts as empty.
    pub(super) text: String,
}

/// The identities of the findings of a document, in order. The file is called `file`.
pub(super) fn of(checked: &Checked, file: &str) -> Vec<Identity> {
    let document = Document::parse(&checked.document.text, &Limits::default()).ok();
    let around = checked.problems.len().saturating_sub(checked.own.len());
    let identity = |(at, problem): (usize, &iamgate::iam_policy::Problem)| {
        let own = at.checked_sub(around).and_then(|at| checked.own.get(at));
        let root = document.as_ref().map(Document::root);
        let whole = || root.and_then(|root| statement(root, &problem.place.pointer));
        let text = match own {
            Some(own) if OF_ONE.contains(&own.problem.code) => {
                whole().map_or("", |own| own.span().of(&checked.document.text))
            }
            Some(own) if own.problem.place.pointer.is_empty() => "",
            Some(own) => own.problem.place.span.of(&checked.document.text),
            None => problem.place.span.of(&checked.source.text),
        };
        let mut parts = vec![text.split_whitespace().collect::<String>()];
        parts.extend(own.map(about).filter(|about| !about.is_empty()));
        Identity {
            file: file.to_owned(),
            document: checked.document.name.clone(),
            code: problem.code.name().to_owned(),
            pointer: pointer(root, &problem.place.pointer),
            text: fingerprint(&parts),
        }
    };
    checked.problems.iter().enumerate().map(identity).collect()
}

/// The codes of findings about several statements, whose place tells of one only, and whose text names the others.
const OF_SEVERAL: [Code; 2] = [code::ALLOW_TAKEN_BACK, code::STATEMENT_ADDS_NOTHING];

/// The codes of findings about a whole statement, whose place is where it opens.
const OF_ONE: [Code; 3] =
    [code::PRIVILEGE_ESCALATION, code::CREDENTIALS_OF_ANY_RESOURCE, code::DATA_OF_ANY_RESOURCE];

/// What a finding is about, where its place does not tell.
fn about(own: &Own) -> String {
    if OF_SEVERAL.contains(&own.problem.code) {
        without_numbers(&own.problem.found)
    } else {
        own.about.clone()
    }
}

/// A text without the numbers of statements, which change when something is added.
fn without_numbers(text: &str) -> String {
    let mut parts = text.split("statement ");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("statement ");
        out.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    out
}

/// Fingerprints: different for each finding of an answer, and the same when lines move.
#[derive(Debug, Default)]
pub(super) struct Fingerprints(BTreeMap<Identity, usize>);

impl Fingerprints {
    /// The fingerprint of the next finding with this identity: 32 hexadecimal digits.
    pub(super) fn next(&mut self, own: &Identity) -> String {
        let count = self.0.entry(own.clone()).or_default();
        *count = count.saturating_add(1);
        let Identity { file, document, code, pointer, text } = own.clone();
        fingerprint(&[file, document, code, pointer, text, count.to_string()])
    }
}

/// A pointer without the numbers, which change when something is added.
fn pointer(root: Option<Value<'_>>, pointer: &str) -> String {
    let mut out = String::new();
    let sid = root.and_then(|root| sid(root, pointer));
    for (at, segment) in pointer.split('/').skip(1).enumerate() {
        let is_number = !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit());
        out.push('/');
        match &sid {
            Some(sid) if at == 1 && is_number => out.push_str(&iamgate::iam_json::escape_pointer(sid)),
            _ if is_number => out.push('*'),
            _ => out.push_str(segment),
        }
    }
    out
}

/// The statement in which a place is.
fn statement<'d>(root: Value<'d>, pointer: &str) -> Option<Value<'d>> {
    let mut segments = pointer.split('/').skip(1);
    let statement = root.member("Statement").filter(|_| segments.next() == Some("Statement"))?;
    let is_list = statement.kind() == Kind::Array;
    if is_list { statement.items().nth(segments.next()?.parse().ok()?) } else { Some(statement) }
}

/// The Sid of the statement in which a place is.
pub(super) fn sid(root: Value<'_>, pointer: &str) -> Option<String> {
    let sid = statement(root, pointer)?.member("Sid").filter(|sid| sid.kind() == Kind::String)?;
    Some(sid.string().into_owned()).filter(|sid| !sid.is_empty())
}
