//! Scalars of YAML as values of JSON.

use iam_json::{Document, Kind, Limits, Span, push_json_text};
use saphyr_parser::ScalarStyle;

use crate::origin::{Weaver, narrow};

/// The number, boolean or null that a scalar is. `None` if it is a string.
///
/// Numbers that JSON writes in another way stay strings, such as `0123`: an account of zeros must not become another account.
pub(super) fn plain<'v>(value: &'v str, style: ScalarStyle, tag: Option<&str>) -> Option<&'v str> {
    if style != ScalarStyle::Plain || tag == Some("str") {
        return None;
    }
    match value {
        "" | "~" | "null" | "Null" | "NULL" => Some("null"),
        "true" | "True" | "TRUE" => Some("true"),
        "false" | "False" | "FALSE" => Some("false"),
        _ => {
            let first = value.bytes().next()?;
            let read = (first == b'-' || first.is_ascii_digit())
                .then(|| Document::parse(value, Limits::default()).ok())??;
            (read.root().kind() == Kind::Number).then_some(value)
        }
    }
}

/// Writes a scalar as a JSON string. Each character stands where the original has it, or the escape that it is written with.
pub(super) fn weave(weaver: &mut Weaver, value: &str, raw: &str, start: u32, style: ScalarStyle) {
    let properties = properties(raw);
    let (raw, start) = (raw.get(properties..).unwrap_or_default(), start.saturating_add(narrow(properties)));
    let mut json = String::with_capacity(value.len().saturating_add(2));
    push_json_text(&mut json, value);
    let end = start.saturating_add(narrow(raw.len()));
    if json == raw {
        return weaver.push(raw, Span::new(start, end));
    }
    let mut rest = Rest { raw, at: first(raw, style), style };
    let place = |from: usize, to: usize| {
        Span::new(start.saturating_add(narrow(from)), start.saturating_add(narrow(to)))
    };
    weaver.push_one("\"", place(0, rest.at));
    let mut buffer = String::new();
    for character in value.chars() {
        let (from, to) = rest.next(character);
        buffer.clear();
        push_json_text(&mut buffer, character.encode_utf8(&mut [0; 4]));
        let written = buffer.get(1..buffer.len().saturating_sub(1)).unwrap_or_default();
        if raw.get(from..to) == Some(written) {
            weaver.push(written, place(from, to));
        } else {
            weaver.push_one(written, place(from, to));
        }
    }
    let close = if matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted) {
        raw.len()
    } else {
        rest.at
    };
    weaver.push_one("\"", place(rest.at.min(close), close));
}

/// The length of the tag and the anchor before a scalar.
pub(super) fn properties(raw: &str) -> usize {
    let mut rest = raw;
    while rest.starts_with(['!', '&']) {
        let Some(end) = rest.find([' ', '\t', '\r', '\n', '[', ']', '{', '}', ',']) else { return raw.len() };
        rest = rest.get(end..).unwrap_or_default().trim_start_matches([' ', '\t', '\r', '\n']);
    }
    raw.len().saturating_sub(rest.len())
}

/// The byte at which the content begins.
fn first(raw: &str, style: ScalarStyle) -> usize {
    match style {
        ScalarStyle::Plain => 0,
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => usize::from(raw.starts_with(['\'', '"'])),
        ScalarStyle::Literal | ScalarStyle::Folded => {
            let header = raw.starts_with(['|', '>']).then(|| raw.find('\n')).flatten();
            header.map_or(0, |at| at.saturating_add(1))
        }
    }
}

/// The text of a scalar that has not yet been passed.
struct Rest<'t> {
    raw: &'t str,
    at: usize,
    style: ScalarStyle,
}

impl Rest<'_> {
    /// The bytes that stand for the next character of the value. Empty if there are none.
    fn next(&mut self, wanted: char) -> (usize, usize) {
        loop {
            let rest = self.raw.get(self.at..).unwrap_or_default();
            let Some(own) = rest.chars().next() else { return (self.at, self.at) };
            let length = match (self.style, own) {
                (ScalarStyle::DoubleQuoted, '\\') => match rest.chars().nth(1) {
                    Some('\n' | '\r') => {
                        self.pass(2);
                        continue;
                    }
                    Some('x') => 4,
                    Some('u') => 6,
                    Some('U') => 10,
                    Some(other) => other.len_utf8().saturating_add(1),
                    None => 1,
                },
                (ScalarStyle::SingleQuoted, '\'') if wanted == '\'' => 2,
                (_, '\r') if wanted == '\n' && rest.starts_with("\r\n") => 2,
                (_, own) if own == wanted => own.len_utf8(),
                // A line feed in a folded text is a space.
                (_, '\n') if wanted == ' ' => 1,
                (_, ' ' | '\t' | '\r' | '\n') => {
                    self.pass(1);
                    continue;
                }
                _ => return (self.at, self.at),
            };
            let from = self.at;
            self.pass(length);
            return (from, self.at);
        }
    }

    fn pass(&mut self, length: usize) {
        self.at = self.at.saturating_add(length).min(self.raw.len());
    }
}
