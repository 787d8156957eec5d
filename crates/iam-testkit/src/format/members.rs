//! The reader of object members. It collects problems.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use iam_json::quoted;
use iam_json::{Document, Kind, Value};
use iam_policy::{Code, LineIndex, Place, Problem, Report, Span, code};

use super::{About, Certainty, Held};

/// Reads values, and collects problems.
pub(super) struct Reader {
    lines: Arc<LineIndex>,
    problems: Vec<Problem>,
    ids: BTreeSet<String>,
}

/// A member of a format.
#[derive(Clone, Copy)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) required: bool,
}

pub(super) const fn required(name: &'static str) -> Field {
    Field { name, required: true }
}

pub(super) const fn optional(name: &'static str) -> Field {
    Field { name, required: false }
}

/// The members that cases of every format have. The lists of members begin with them.
pub(super) const ABOUT: [Field; 5] =
    [required("id"), required("about"), required("source"), required("certainty"), required("why")];

impl Reader {
    pub(super) fn new(document: &Document<'_>) -> Self {
        Self { lines: Arc::clone(document.lines()), problems: Vec::new(), ids: BTreeSet::new() }
    }

    pub(super) fn finish<T>(self, value: T) -> Result<T, Report> {
        if self.problems.is_empty() { Ok(value) } else { Err(self.into_report()) }
    }

    pub(super) fn into_report(self) -> Report {
        Report::from_iter(self.problems)
    }

    pub(super) fn report(&mut self, code: Code, value: Value<'_>, found: impl Into<String>, help: &str) {
        self.report_at(code, value, value.span(), found, help);
    }

    fn report_at(&mut self, code: Code, value: Value<'_>, span: Span, found: impl Into<String>, help: &str) {
        let place = Place::new(value.pointer(), span);
        self.problems.push(Problem::refusal(code, place, found.into(), help.to_owned(), &self.lines));
    }

    /// The members of an object in the order of `fields`. Unknown members and missing required members are reported.
    pub(super) fn members<'d, const N: usize>(
        &mut self,
        object: Value<'d>,
        fields: [Field; N],
    ) -> Option<[Option<Value<'d>>; N]> {
        if object.kind() != Kind::Object {
            self.report(code::INVALID_MEMBER, object, object.kind().name(), "an object");
            return None;
        }
        let mut found = [None; N];
        for member in object.members() {
            let name = member.key.string();
            if let Some((_, slot)) = fields.iter().zip(found.iter_mut()).find(|(f, _)| *f.name == name) {
                *slot = Some(member.value);
                continue;
            }
            let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
            let help = format!("the members are {}", names.join(", "));
            self.report_at(code::UNKNOWN_MEMBER, member.value, member.key.span(), quoted(&name), &help);
        }
        let mut complete = true;
        for (field, value) in fields.iter().zip(found) {
            if field.required && value.is_none() {
                let start = object.span().start;
                let span = Span::new(start, start.saturating_add(1));
                let found = format!("no member {}", quoted(field.name));
                self.report_at(code::MISSING_MEMBER, object, span, found, &format!("add {}", field.name));
                complete = false;
            }
        }
        complete.then_some(found)
    }

    pub(super) fn text<'d>(&mut self, value: Value<'d>) -> Option<Cow<'d, str>> {
        let text = value.as_string();
        if text.is_none() {
            self.report(code::INVALID_MEMBER, value, value.kind().name(), "a string");
        }
        text
    }

    pub(super) fn texts<'d>(&mut self, value: Value<'d>) -> Option<Vec<Cow<'d, str>>> {
        if value.kind() != Kind::Array {
            self.report(code::INVALID_MEMBER, value, value.kind().name(), "a list of strings");
            return None;
        }
        value.items().map(|item| self.text(item)).collect()
    }

    /// The value for a word of the format. Other words are reported.
    pub(super) fn word<T>(
        &mut self,
        value: Value<'_>,
        help: &str,
        of: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(value)?;
        let meant = of(&text);
        if meant.is_none() {
            self.report(code::INVALID_MEMBER, value, quoted(&text), help);
        }
        meant
    }

    pub(super) fn boolean(&mut self, value: Value<'_>) -> Option<bool> {
        match value.kind() {
            Kind::True => Some(true),
            Kind::False => Some(false),
            other @ (Kind::Null | Kind::Number | Kind::String | Kind::Array | Kind::Object) => {
                self.report(code::INVALID_MEMBER, value, other.name(), "true or false");
                None
            }
        }
    }

    pub(super) fn natural(&mut self, value: Value<'_>) -> Option<u64> {
        let number = (value.kind() == Kind::Number).then(|| value.raw().parse().ok()).flatten();
        if number.is_none() {
            self.report(code::INVALID_MEMBER, value, quoted(value.raw()), "a whole number, not negative");
        }
        number
    }

    /// Reads the value of a condition key.
    pub(super) fn held(&mut self, value: Value<'_>) -> Option<Held> {
        if value.kind() == Kind::Array {
            return value.items().map(|item| self.scalar(item)).collect::<Option<_>>().map(Held::Many);
        }
        self.scalar(value).map(Held::One)
    }

    fn scalar(&mut self, value: Value<'_>) -> Option<String> {
        match value.kind() {
            Kind::String => Some(value.string().into_owned()),
            Kind::Number | Kind::True | Kind::False => Some(value.raw().to_owned()),
            other @ (Kind::Null | Kind::Array | Kind::Object) => {
                let help = "a string, a number, a boolean, or a list of these";
                self.report(code::INVALID_MEMBER, value, other.name(), help);
                None
            }
        }
    }

    /// Reads the members of an object of condition keys.
    pub(super) fn keys<'d>(&mut self, value: Value<'d>) -> Option<Vec<(Cow<'d, str>, Held)>> {
        if value.kind() != Kind::Object {
            self.report(code::INVALID_MEMBER, value, value.kind().name(), "an object of keys and values");
            return None;
        }
        value.members().map(|m| Some((m.key.string(), self.held(m.value)?))).collect()
    }

    /// Reads a case's description of itself from the values of [`ABOUT`].
    pub(super) fn about<'d>(&mut self, values: [Option<Value<'d>>; 5]) -> Option<About<'d>> {
        let [id, about, source, certainty, why] = values;
        let (id, id_value) = (self.text(id?)?, id?);
        if !self.ids.insert(id.clone().into_owned()) {
            let found = format!("{} for the second time", quoted(&id));
            self.report(code::INVALID_MEMBER, id_value, found, "an id names one case");
        }
        let certainty = self.word(certainty?, "observed, documented or judgement", |word| match word {
            "observed" => Some(Certainty::Observed),
            "documented" => Some(Certainty::Documented),
            "judgement" => Some(Certainty::Judgement),
            _ => None,
        });
        Some(About {
            id,
            about: self.text(about?)?,
            source: self.text(source?)?,
            certainty: certainty?,
            why: self.text(why?)?,
        })
    }
}
