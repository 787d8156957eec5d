//! Changes of a JSON text that leave the rest of it as it is written.

use crate::span::Span;
use crate::write::json_text;

/// Bytes of a text, and what is written in their place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// The bytes that are replaced; none, if the text is only added.
    pub span: Span,
    /// What is written in their place.
    pub text: String,
}

impl Edit {
    /// Replaces bytes by a text.
    pub fn new(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }

    /// Whether the order in which the two edits are made would matter.
    pub const fn overlaps(&self, other: &Self) -> bool {
        let (a, b) = (self.span, other.span);
        (a.start < b.end && b.start < a.end) || a.start == b.start
    }

    /// A text with all of the edits made. `None` if two of them overlap, or if the text does not have the bytes.
    pub fn apply(text: &str, edits: &[Self]) -> Option<String> {
        let mut sorted: Vec<&Self> = edits.iter().collect();
        sorted.sort_unstable();
        if sorted.windows(2).any(|two| matches!(two, [one, other] if one.overlaps(other))) {
            return None;
        }
        let mut out = String::with_capacity(text.len());
        let mut last = 0;
        for edit in sorted {
            out.push_str(text.get(last..edit.span.start as usize)?);
            out.push_str(&edit.text);
            last = edit.span.end as usize;
        }
        out.push_str(text.get(last..)?);
        Some(out)
    }
}

/// A change of a JSON value that is written as a text. Places are those of values in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A value, or the name of a member, becomes another one.
    Write {
        /// The value or the name.
        span: Span,
        /// What stands in its place, as JSON.
        json: String,
    },
    /// An element of an array or a member of an object is left out.
    Remove {
        /// The element, or the member from its name to the end of its value.
        span: Span,
        /// Whether it is a member.
        is_member: bool,
    },
    /// An element of an array or a member of an object is added beside another one.
    Add {
        /// The one beside which it is added: the element, or the member from its name to the end of its value.
        beside: Span,
        /// Whether it is added before it, or else behind it.
        before: bool,
        /// The name of the member. `None` for an element.
        name: Option<String>,
        /// The value, as JSON.
        json: String,
    },
}

impl Change {
    /// The place that is changed, or beside which something is added.
    pub const fn span(&self) -> Span {
        match self {
            Self::Write { span, .. } | Self::Remove { span, .. } => *span,
            Self::Add { beside, .. } => *beside,
        }
    }

    /// The same change at another place.
    #[must_use]
    pub fn at(mut self, place: Span) -> Self {
        match &mut self {
            Self::Write { span, .. } | Self::Remove { span, .. } => *span = place,
            Self::Add { beside, .. } => *beside = place,
        }
        self
    }

    /// The edits of a text that make the change. The layout of the text is followed: what has a line of its own is removed with its line, and
    /// gets one when it is added.
    ///
    /// `text` is strict JSON, and `written` what stands for it, byte by byte. They differ where `text` has spaces for comments; these are kept.
    /// `None` if a comment stands in a value that would be written anew or left out.
    pub fn edits(&self, text: &str, written: &str) -> Option<Vec<Edit>> {
        let page = Page { text, written };
        match self {
            Self::Write { span, json } => {
                (span.of(text) == span.of(written)).then(|| vec![Edit::new(*span, json.clone())])
            }
            Self::Remove { span, .. } => (span.of(text) == span.of(written))
                .then(|| page.remove(span.start as usize, span.end as usize)),
            Self::Add { beside, before, name, json } => {
                let colon = if text.contains(": ") || !text.contains("\":") { ": " } else { ":" };
                let own = match name {
                    Some(name) => format!("{}{colon}{json}", json_text(name)),
                    None => json.clone(),
                };
                Some(vec![page.add(beside.start as usize, beside.end as usize, *before, &own, colon)])
            }
        }
    }
}

/// The white space of JSON.
const WHITE: [char; 4] = [' ', '\t', '\r', '\n'];

/// A JSON text and how it is written.
struct Page<'t> {
    text: &'t str,
    written: &'t str,
}

impl Page<'_> {
    fn remove(&self, start: usize, end: usize) -> Vec<Edit> {
        let next = self.skip(end);
        let before = self.back(start);
        let has_next = self.byte(next) == Some(b',');
        let has_previous = before.checked_sub(1).and_then(|at| self.byte(at)) == Some(b',');
        let line = self.line(start);
        let begins_line = self.is_blank(line, start) && line > 0;
        if has_next {
            let behind = next.saturating_add(1);
            let following = self.skip(behind);
            let ends_line = self.line_feed(behind);
            let is_bare = self.is_blank(end, next);
            return match ends_line {
                Some(after) if begins_line && is_bare => vec![cut(line, after)],
                Some(_) if is_bare && has_previous && self.is_blank(before, start) => {
                    vec![cut(before, behind)]
                }
                _ if is_bare && self.is_blank(behind, following) => vec![cut(start, following)],
                // A comment stays where it is.
                _ => vec![cut(start, end), cut(next, self.blanks(behind))],
            };
        }
        if has_previous {
            let comma = before.saturating_sub(1);
            if self.is_blank(before, start) {
                return vec![cut(comma, end)];
            }
            let own = self.line_feed(end).filter(|_| begins_line);
            return vec![cut(comma, before), own.map_or_else(|| cut(start, end), |after| cut(line, after))];
        }
        if self.is_blank(before, start) && self.is_blank(end, next) {
            return vec![cut(before, next)];
        }
        vec![cut(start, end)]
    }

    fn add(&self, start: usize, end: usize, before: bool, own: &str, colon: &str) -> Edit {
        let line = self.line(start);
        let indent = self.text.get(line..start).unwrap_or_default();
        let between = if self.is_blank(line, start) && line > 0 {
            let ends = self.written.get(..line).unwrap_or_default();
            format!("{}{indent}", if ends.ends_with("\r\n") { "\r\n" } else { "\n" })
        } else if colon == ": " {
            " ".to_owned()
        } else {
            String::new()
        };
        if before {
            Edit::new(place(start, start), format!("{own},{between}"))
        } else {
            Edit::new(place(end, end), format!(",{between}{own}"))
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// The first byte from `at` on that is no white space.
    fn skip(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        at.saturating_add(rest.len().saturating_sub(rest.trim_start_matches(WHITE).len()))
    }

    /// The byte behind the last one before `at` that is no white space.
    fn back(&self, at: usize) -> usize {
        self.text.get(..at).unwrap_or_default().trim_end_matches(WHITE).len()
    }

    /// The first byte of the line.
    fn line(&self, at: usize) -> usize {
        let before = self.written.get(..at).unwrap_or_default();
        before.rfind('\n').map_or(0, |feed| feed.saturating_add(1))
    }

    /// Whether nothing but white space is written between two bytes.
    fn is_blank(&self, from: usize, to: usize) -> bool {
        self.written.get(from..to).is_some_and(|own| own.trim_matches(WHITE).is_empty())
    }

    /// The byte behind the next line feed, if only white space is written before it.
    fn line_feed(&self, at: usize) -> Option<usize> {
        let rest = self.written.get(at..)?;
        let feed = rest.find('\n')?;
        rest.get(..feed)?.trim_matches(WHITE).is_empty().then_some(at.saturating_add(feed).saturating_add(1))
    }

    /// The first byte from `at` on that is neither a space nor a tab.
    fn blanks(&self, at: usize) -> usize {
        let rest = self.written.get(at..).unwrap_or_default();
        at.saturating_add(rest.len().saturating_sub(rest.trim_start_matches([' ', '\t']).len()))
    }
}

fn place(start: usize, end: usize) -> Span {
    let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    Span::new(narrow(start), narrow(end))
}

fn cut(start: usize, end: usize) -> Edit {
    Edit::new(place(start, end), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text without its element or member `what`, where `written` has comments in place of spaces.
    #[track_caller]
    fn without(text: &str, written: &str, what: &str) -> String {
        let start = text.find(what).unwrap();
        let change =
            Change::Remove { span: place(start, start.saturating_add(what.len())), is_member: false };
        Edit::apply(written, &change.edits(text, written).unwrap()).unwrap()
    }

    #[test]
    fn an_element_is_removed_with_its_comma_and_its_line() {
        for (text, what, left) in [
            (r#"["a", "b", "c"]"#, r#""a""#, r#"["b", "c"]"#),
            (r#"["a", "b", "c"]"#, r#""b""#, r#"["a", "c"]"#),
            (r#"["a", "b", "c"]"#, r#""c""#, r#"["a", "b"]"#),
            (r#"["a","b"]"#, r#""a""#, r#"["b"]"#),
            (r#"[ "a" ]"#, r#""a""#, "[]"),
            ("[\n  \"a\",\n  \"b\"\n]", "\"a\"", "[\n  \"b\"\n]"),
            ("[\r\n  \"a\",\r\n  \"b\"\r\n]", "\"b\"", "[\r\n  \"a\"\r\n]"),
            ("[\"a\", \"b\",\n \"c\"]", "\"b\"", "[\"a\",\n \"c\"]"),
            ("[\"a\"\n,\"b\"\n,\"c\"]", "\"b\"", "[\"a\"\n,\"c\"]"),
        ] {
            assert_eq!(without(text, text, what), left, "{text}");
        }
    }

    #[test]
    fn comments_stay() {
        for (text, written, what, left) in [
            (
                "[\n  \"a\",       \n  \"b\"\n]",
                "[\n  \"a\", // why\n  \"b\"\n]",
                "\"a\"",
                "[\n  // why\n  \"b\"\n]",
            ),
            (
                "[\n  \"a\",       \n  \"b\"\n]",
                "[\n  \"a\", // why\n  \"b\"\n]",
                "\"b\"",
                "[\n  \"a\" // why\n]",
            ),
            ("[\"a\"      , \"b\"]", "[\"a\" /*x*/, \"b\"]", "\"a\"", "[ /*x*/\"b\"]"),
            ("[\"a\",\n\"b\" \n]", "[\"a\",\n\"b\",\n]", "\"b\"", "[\"a\",\n]"),
        ] {
            assert_eq!(text.len(), written.len());
            assert_eq!(without(text, written, what), left, "{written}");
        }
        let (text, written) = ("[1      ]", "[1 /*x*/]");
        let change = Change::Write { span: place(0, 8), json: "2".to_owned() };
        assert_eq!(change.edits(text, written), None);
        let change = Change::Remove { span: place(0, 8), is_member: false };
        assert_eq!(change.edits(text, written), None);
    }

    #[test]
    fn what_is_added_is_laid_out_like_its_neighbour() {
        let add = |text: &str, beside: &str, before: bool, name: Option<&str>| {
            let start = text.find(beside).unwrap();
            let beside = place(start, start.saturating_add(beside.len()));
            let change = Change::Add { beside, before, name: name.map(str::to_owned), json: "1".to_owned() };
            Edit::apply(text, &change.edits(text, text).unwrap()).unwrap()
        };
        assert_eq!(add(r#"{"a": 0}"#, r#""a": 0"#, true, Some("b")), r#"{"b": 1, "a": 0}"#);
        assert_eq!(add(r#"{"a":0}"#, r#""a":0"#, false, Some("b")), r#"{"a":0,"b":1}"#);
        assert_eq!(
            add("{\r\n\t\"a\": 0\r\n}", "\"a\": 0", true, Some("b")),
            "{\r\n\t\"b\": 1,\r\n\t\"a\": 0\r\n}"
        );
        assert_eq!(add("[\n  0\n]", "0", false, None), "[\n  0,\n  1\n]");
    }

    #[test]
    fn edits_that_overlap_are_not_made() {
        let edit = |start, end| Edit::new(place(start, end), "x");
        assert_eq!(Edit::apply("abcd", &[edit(3, 4), edit(0, 1)]).unwrap(), "xbcx");
        assert_eq!(Edit::apply("abcd", &[edit(0, 2), edit(1, 3)]), None);
        assert_eq!(Edit::apply("abcd", &[edit(1, 1), edit(1, 2)]), None);
        assert_eq!(Edit::apply("abcd", &[edit(0, 2), edit(2, 2)]).unwrap(), "xxcd");
        assert_eq!(Edit::apply("é", &[edit(1, 2)]), None);
        assert_eq!(Edit::apply("a", &[edit(1, 9)]), None);
    }
}
