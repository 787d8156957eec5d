//! Strings and templates: their characters with their places.

use hcl_edit::Span as _;
use hcl_edit::expr::Expression;
use hcl_edit::template::{Element, Template};
use iam_json::{Span, json_text};

use super::place;
use super::write::{Writer, alone};
use crate::origin::narrow;
use crate::template::UNKNOWN;

/// Whether the characters so far end inside of a string of JSON.
#[derive(Default)]
struct Quotes {
    is_open: bool,
    is_escaped: bool,
}

impl Quotes {
    fn push(&mut self, character: char) {
        match character {
            _ if self.is_escaped => self.is_escaped = false,
            '\\' => self.is_escaped = self.is_open,
            '"' => self.is_open = !self.is_open,
            _ => {}
        }
    }
}

impl Writer<'_, '_> {
    /// Writes an expression as a text.
    pub(super) fn text(&mut self, value: &Expression) {
        let value = alone(value);
        let span = place(value.span());
        match value {
            Expression::String(_) => self.string(span),
            Expression::StringTemplate(own) => self.template(own, span, true),
            Expression::HeredocTemplate(own) => self.template(&own.template, span, false),
            Expression::Bool(_) => {
                let text = json_text(span.of(self.code.text));
                self.weaver.push_one(&text, span);
            }
            Expression::Number(_) => match number(span.of(self.code.text)) {
                Some(own) => self.weaver.push_one(&json_text(own), span),
                None => self.not_known(span),
            },
            Expression::Null(_)
            | Expression::Array(_)
            | Expression::Object(_)
            | Expression::Parenthesis(_)
            | Expression::Variable(_)
            | Expression::Conditional(_)
            | Expression::FuncCall(_)
            | Expression::Traversal(_)
            | Expression::UnaryOp(_)
            | Expression::BinaryOp(_)
            | Expression::ForExpr(_) => self.not_known(span),
        }
    }

    /// Writes a string in quotation marks, which has no interpolations.
    pub(super) fn string(&mut self, span: Span) {
        let (open, close) = (span.start.saturating_add(1), span.end.saturating_sub(1));
        self.weaver.push_one("\"", Span::new(span.start, open));
        self.characters(Span::new(open, close), true, &mut Quotes::default());
        self.weaver.push_one("\"", Span::new(close, span.end));
    }

    /// Writes a template. In one of JSON, an interpolation outside of the strings is a value, and becomes a string.
    pub(super) fn template(&mut self, template: &Template, span: Span, is_quoted: bool) {
        let first = match template.iter().next() {
            Some(Element::Literal(own)) => own.trim_start().chars().next(),
            Some(Element::Interpolation(_) | Element::Directive(_)) | None => None,
        };
        let is_json = matches!(first, Some('{' | '['));
        let mut quotes = Quotes::default();
        self.weaver.stand_at(span.start);
        self.weaver.add("\"");
        for element in template {
            let own = place(element.span());
            match element {
                Element::Literal(_) => self.characters(own, is_quoted, &mut quotes),
                Element::Interpolation(inner) if matches!(alone(&inner.expr), Expression::String(_)) => {
                    let text = place(alone(&inner.expr).span());
                    let inside = Span::new(text.start.saturating_add(1), text.end.saturating_sub(1));
                    self.characters(inside, true, &mut quotes);
                }
                Element::Interpolation(_) | Element::Directive(_) => {
                    self.note(own);
                    let is_value = is_json && !quotes.is_open;
                    let stand_in = if is_value { format!("\\\"{UNKNOWN}\\\"") } else { UNKNOWN.to_owned() };
                    self.weaver.push_one(&stand_in, own);
                }
            }
        }
        self.weaver.stand_at(span.end);
        self.weaver.add("\"");
    }

    /// Writes the characters that the code has at a place. Those in quotation marks have escapes.
    fn characters(&mut self, span: Span, has_escapes: bool, quotes: &mut Quotes) {
        let code = self.code;
        let mut at = span.start;
        let mut rest = span.of(code.text);
        while let Some(own) = rest.chars().next() {
            let (text, length) = match first(rest, has_escapes, self.has_variables) {
                Some((text, length)) => (text, length),
                None => (own.to_string(), own.len_utf8()),
            };
            let end = at.saturating_add(narrow(length));
            text.chars().for_each(|own| quotes.push(own));
            let json = json_text(&text);
            let json = json.get(1..json.len().saturating_sub(1)).unwrap_or_default();
            if rest.get(..length) == Some(json) {
                self.weaver.push(json, Span::new(at, end));
            } else {
                self.weaver.push_one(json, Span::new(at, end));
            }
            at = end;
            rest = rest.get(length..).unwrap_or_default();
        }
    }
}

/// The text that Terraform makes of a number. `None` if that is not what the code says.
fn number(code: &str) -> Option<&str> {
    let (whole, part) = code.split_once('.').unwrap_or((code, ""));
    let is_digits = |own: &str| own.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(part) {
        return None;
    }
    let zeros = whole.len().saturating_sub(whole.trim_start_matches('0').len());
    let start = zeros.min(whole.len().saturating_sub(1));
    let part = part.trim_end_matches('0');
    let more = if part.is_empty() { 0 } else { part.len().saturating_add(1) };
    code.get(start..whole.len().saturating_add(more))
}

/// The text that an escape at the beginning of a text stands for, and the length of the escape. `None` if there is none.
fn first(text: &str, has_escapes: bool, has_variables: bool) -> Option<(String, usize)> {
    for (mark, own) in [("$${", "${"), ("%%{", "%{")] {
        if text.starts_with(mark) {
            return Some((own.to_owned(), mark.len()));
        }
    }
    if has_variables && text.starts_with("&{") {
        return Some(("${".to_owned(), 2));
    }
    let escaped = text.strip_prefix('\\').filter(|_| has_escapes)?;
    let digits = |count: usize| {
        let own = u32::from_str_radix(escaped.get(1..count.saturating_add(1))?, 16).ok()?;
        Some((char::from_u32(own)?.to_string(), count.saturating_add(2)))
    };
    match escaped.chars().next()? {
        'n' => Some(("\n".to_owned(), 2)),
        'r' => Some(("\r".to_owned(), 2)),
        't' => Some(("\t".to_owned(), 2)),
        'u' => digits(4),
        'U' => digits(8),
        own => Some((own.to_string(), own.len_utf8().saturating_add(1))),
    }
}
