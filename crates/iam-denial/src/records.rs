//! The phrases by which messages are known, one for each message.
#![expect(clippy::wildcard_enum_match_arm, reason = "each place looks for a few of many phrases")]

use crate::denial::Form;
use crate::event::is_denial_code;
use crate::flow::{Flow, is_gap};
use crate::lines::{END, SOFT};
use crate::marks::{Kind, Mark, Marks};

/// The longest text between `User:` and the verb in bytes.
const LONGEST_SUBJECT: usize = 2048;

/// A message: the phrase that it is known by, and where it begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    pub(crate) form: Form,
    /// The first byte of the message: of its subject, or of a sentence before it.
    pub(crate) start: usize,
    /// The first byte of an ARN that is the subject without `User:`.
    pub(crate) subject: Option<usize>,
    pub(crate) mark: Mark,
}

impl Record {
    /// Whether another phrase of the same message may say more.
    const fn is_weak(&self) -> bool {
        matches!(self.form, Form::Operation | Form::Bare)
    }
}

/// The messages of a text, in order.
pub(crate) fn records(flow: &Flow, marks: &Marks) -> Vec<Record> {
    let mut records: Vec<Record> = Vec::new();
    let mut last_user: Option<Mark> = None;
    // The byte after the last sentence that EC2 begins with. Its words are also those of another phrase.
    let mut lead = 0_usize;
    for mark in marks.all() {
        if mark.kind == Kind::Lead {
            lead = mark.end;
        }
        if mark.kind == Kind::User {
            last_user = Some(*mark);
        }
        let floor = records.last().map_or(0, |last| last.mark.end);
        let plain = |form| Some(Record { form, start: mark.start, subject: None, mark: *mark });
        let record = match mark.kind {
            Kind::NotAuthorized if mark.start >= lead => {
                Some(of_subject(flow, Form::Classic, *mark, last_user, floor))
            }
            Kind::NotAccess => Some(of_subject(flow, Form::Resource, *mark, last_user, floor)),
            Kind::Lead => plain(Form::Operation),
            Kind::Ciphertext => plain(Form::Ciphertext),
            Kind::PassRole => plain(Form::CrossAccountPassRole),
            Kind::DueTo => plain(Form::Bare),
            Kind::AccessDenied if stands_alone(flow, *mark) => plain(Form::Bare),
            Kind::Calling if is_denial_code(in_brackets(flow, mark.start)) => plain(Form::Bare),
            Kind::ApiError if is_denial_code(code_after(flow, mark.end)) => plain(Form::Bare),
            _ => None,
        };
        let Some(record) = record else { continue };
        let Some(last) = records.last_mut().filter(|last| is_one(flow, marks, last, &record)) else {
            records.push(record);
            continue;
        };
        let between = flow.text(last.mark.end, record.start);
        let leads_in =
            last.mark.kind != Kind::AccessDenied || between.chars().all(|c| matches!(c, ':' | '-' | ' '));
        if last.is_weak() && !record.is_weak() && !leads_in {
            records.push(record);
        } else if !last.is_weak() {
            if record.is_weak() {
                continue;
            }
            records.push(record);
        } else if last.form == Form::Operation {
            // The sentence that EC2 begins with belongs to the message.
            let start = last.start;
            *last = if record.is_weak() { *last } else { Record { start, ..record } };
        } else {
            *last = record;
        }
    }
    records
}

/// Whether two phrases are of one message, as far as what stands between them tells.
fn is_one(flow: &Flow, marks: &Marks, first: &Record, second: &Record) -> bool {
    let (start, end) = (first.mark.end, second.start);
    let begins = |kind: Kind| kind.begins_error() && kind != Kind::Error;
    marks.first(start, end, begins).is_none() && !flow.text(start, end).contains(END)
}

/// A message whose subject stands before its phrase.
fn of_subject(flow: &Flow, form: Form, mark: Mark, user: Option<Mark>, floor: usize) -> Record {
    let from = floor.max(flow.back(mark.start, LONGEST_SUBJECT));
    let user = user.filter(|user| user.start >= from && !flow.text(user.end, mark.start).contains(END));
    if let Some(user) = user {
        return Record { form, start: user.start, subject: None, mark };
    }
    let arn = flow.text(from, mark.start).rfind("arn:").map(|at| from.saturating_add(at)).filter(|at| {
        let text = flow.text(*at, mark.start).trim_end_matches(is_gap);
        // Between the ARN and the phrase there is only the verb.
        text.matches(' ').count() <= 1 && !text.contains(END)
    });
    Record { form, start: arn.unwrap_or(mark.start), subject: arn, mark }
}

/// Whether `Access Denied` is a message and no part of a sentence.
fn stands_alone(flow: &Flow, mark: Mark) -> bool {
    let before = flow.before(mark.start).trim_end_matches(' ').chars().next_back();
    let after = flow.after(mark.end).trim_start_matches(' ').chars().next();
    flow.text(mark.start, mark.end).starts_with('A')
        && before.is_none_or(|c| matches!(c, END | SOFT | ':' | '>' | '"' | '\''))
        && after.is_none_or(|c| matches!(c, END | SOFT | '.' | '<' | '"' | '\'' | ':' | ';' | '('))
}

/// The text in the brackets that end before a byte.
fn in_brackets(flow: &Flow, end: usize) -> &str {
    let inside = flow.before(end).trim_end_matches(is_gap).strip_suffix(')').unwrap_or_default().len();
    flow.text(flow.back(inside, 80), inside).rsplit('(').next().unwrap_or_default()
}

/// The code after `api error`.
fn code_after(flow: &Flow, start: usize) -> &str {
    let text = flow.after(flow.skip(start, &[]));
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '.').next().unwrap_or_default()
}
