//! Reading of documents with a fixed form that are not policies, such as requests, roles and profiles.

use std::sync::Arc;

use crate::code::{self, Code};
use crate::document::Document;
use crate::problem::{Place, Problem, Report};
use crate::span::{LineIndex, Span};
use crate::value::{Kind, Value};
use crate::visible::quoted;

/// Reads objects strictly, and collects problems: `MISSING_MEMBER`, `UNKNOWN_MEMBER`, `INVALID_MEMBER`.
#[derive(Clone, Debug)]
pub struct Form {
    lines: Arc<LineIndex>,
    /// The maximum number of bytes of one text.
    text_bytes: usize,
    problems: Vec<Problem>,
}

impl Form {
    /// A reader for values of `document`. It refuses texts of more than `text_bytes` bytes.
    pub fn new(document: &Document<'_>, text_bytes: usize) -> Self {
        Self { lines: Arc::clone(document.lines()), text_bytes, problems: Vec::new() }
    }

    /// The lines of the document.
    pub const fn lines(&self) -> &Arc<LineIndex> {
        &self.lines
    }

    /// Returns what was read, if there is no problem.
    ///
    /// # Errors
    /// Every problem reported since the last call.
    pub fn finish<T>(&mut self, read: Option<T>) -> Result<T, Report> {
        let problems = std::mem::take(&mut self.problems);
        match read {
            Some(value) if problems.is_empty() => Ok(value),
            _ => Err(problems.into_iter().collect()),
        }
    }

    /// Adds problems that were found elsewhere.
    pub fn extend(&mut self, problems: impl IntoIterator<Item = Problem>) {
        self.problems.extend(problems);
    }

    /// Reports a problem of a value.
    pub fn report(
        &mut self,
        code: Code,
        value: Value<'_>,
        found: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.report_at(code, value, value.span(), found, help);
    }

    /// Reports a problem of a value at another place.
    pub fn report_at(
        &mut self,
        code: Code,
        value: Value<'_>,
        span: Span,
        found: impl Into<String>,
        help: impl Into<String>,
    ) {
        let place = Place::new(value.pointer(), span);
        self.problems.push(Problem::refusal(code, place, found.into(), help.into(), &self.lines));
    }

    /// The members of an object by name.
    ///
    /// The first `required` names are mandatory. Other members are reported.
    pub fn members<'d, const N: usize>(
        &mut self,
        object: Value<'d>,
        names: [&str; N],
        required: usize,
    ) -> Option<[Option<Value<'d>>; N]> {
        if object.kind() != Kind::Object {
            let help = format!("an object with {}", names.join(", "));
            self.report(code::INVALID_MEMBER, object, object.kind().name(), help);
            return None;
        }
        let mut found = [None; N];
        for member in object.members() {
            let name = member.key.string();
            if let Some((_, slot)) = names.iter().zip(found.iter_mut()).find(|(known, _)| **known == name) {
                slot.get_or_insert(member.value);
            } else {
                let help = format!("the members are {}", names.join(", "));
                self.report_at(code::UNKNOWN_MEMBER, member.value, member.key.span(), quoted(&name), help);
            }
        }
        let mut complete = true;
        for (name, value) in names.iter().zip(found).take(required) {
            if value.is_none() {
                let start = object.span().start;
                let span = Span::new(start, start.saturating_add(1));
                let found = format!("no member {}", quoted(name));
                self.report_at(code::MISSING_MEMBER, object, span, found, format!("add {name}"));
                complete = false;
            }
        }
        complete.then_some(found)
    }

    /// Reads a string. `None` if the value is not a string or is too long; the problem is reported.
    pub fn text(&mut self, value: Value<'_>, help: &str) -> Option<Box<str>> {
        match value.as_string() {
            Some(text) if text.len() <= self.text_bytes => Some(text.into()),
            Some(text) => {
                let help = format!("at most {} bytes are read", self.text_bytes);
                self.report(code::INVALID_MEMBER, value, format!("{} bytes", text.len()), help);
                None
            }
            None => {
                self.report(code::INVALID_MEMBER, value, value.kind().name(), help);
                None
            }
        }
    }

    /// Reads a list of strings. An absent list is empty.
    pub fn texts(&mut self, value: Option<Value<'_>>, help: &str) -> Option<Vec<Box<str>>> {
        let Some(value) = value else { return Some(Vec::new()) };
        if value.kind() != Kind::Array {
            self.report(code::INVALID_MEMBER, value, value.kind().name(), help);
            return None;
        }
        value.items().map(|item| self.text(item, help)).collect()
    }

    /// Reads an integer. `None` if the value is not one; the problem is reported.
    pub fn integer(&mut self, value: Value<'_>) -> Option<i64> {
        let number = if value.kind() == Kind::Number { value.raw().parse().ok() } else { None };
        if number.is_none() {
            self.report(code::INVALID_MEMBER, value, quoted(value.raw()), "an integer");
        }
        number
    }
}
