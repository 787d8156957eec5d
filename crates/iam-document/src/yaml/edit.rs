//! Changes of values that are written as YAML.

use iam_json::{Change, Document, Edit, Kind, Limits, Span};

use crate::origin::narrow;

/// The edits of a YAML text that make a change, whose places are those of the text. `None` if its layout has no place for the change.
///
/// What is between brackets and braces is laid out as JSON is. Elsewhere an element and a member have lines of their own.
pub(crate) fn edits(change: &Change, text: &str) -> Option<Vec<Edit>> {
    match change {
        Change::Write { span, json } => Some(vec![Edit::new(*span, scalar(span.of(text), json)?)]),
        Change::Remove { span, is_member } => {
            let place = Lines::of(text, *span)?;
            if place.is_flow {
                change.edits(text, text)
            } else {
                place.remove(*is_member).map(|own| vec![own])
            }
        }
        Change::Add { beside, before, name, json } => {
            let place = Lines::of(text, *beside)?;
            if place.is_flow {
                return change.edits(text, text);
            }
            place.add(*before, name.as_deref(), json).map(|own| vec![own])
        }
    }
}

const BLANK: [char; 3] = [' ', '\t', '\r'];

/// The lines of an element or a member.
struct Lines<'t> {
    text: &'t str,
    start: usize,
    end: usize,
    /// The beginning of its first line.
    line: usize,
    /// What stands before it in its first line.
    before: &'t str,
    /// What stands behind it in its last line.
    behind: &'t str,
    /// Whether it stands between brackets or braces.
    is_flow: bool,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str, span: Span) -> Option<Self> {
        let (start, end) = (span.start as usize, span.end as usize);
        let head = text.get(..start)?;
        let rest = text.get(end..)?;
        let line = head.rfind('\n').map_or(0, |feed| feed.saturating_add(1));
        let behind = rest.split('\n').next().unwrap_or_default();
        let is_flow = head.trim_end().ends_with(['[', '{', ','])
            && rest.trim_start().starts_with([']', '}', ','])
            || head.trim_end().ends_with(['[', '{']);
        Some(Self { text, start, end, line, before: head.get(line..)?, behind, is_flow })
    }

    /// Whether nothing but a comment stands behind it.
    fn ends_line(&self) -> bool {
        let behind = self.behind.trim_matches(BLANK);
        behind.is_empty() || (behind.starts_with('#') && self.behind.starts_with([' ', '\t']))
    }

    fn comment(&self) -> Option<usize> {
        self.behind.find('#').map(|at| self.end.saturating_add(at))
    }

    /// The byte behind the last line.
    fn after(&self) -> usize {
        self.end.saturating_add(self.behind.len()).saturating_add(1).min(self.text.len())
    }

    fn remove(&self, is_member: bool) -> Option<Edit> {
        // A comment inside would be lost.
        let own = self.text.get(self.start..self.end)?;
        if !self.ends_line() || own.contains(" #") || own.contains("\n#") {
            return None;
        }
        let dashes = self.before.trim_matches(BLANK);
        let is_own = if is_member { dashes.is_empty() } else { dashes == "-" };
        if is_own {
            let indent = self.before.len().saturating_sub(self.before.trim_start().len());
            // A comment stays, on a line of its own.
            return Some(match self.comment() {
                Some(comment) => cut(self.line.saturating_add(indent), comment),
                None => cut(self.line, self.after()),
            });
        }
        // The first member of an element: the next one takes its place behind the dash.
        if !is_member || !dashes.bytes().all(|byte| byte == b'-') || self.comment().is_some() {
            return None;
        }
        let next = self.text.get(self.after()..)?;
        let indent = next.len().saturating_sub(next.trim_start_matches(' ').len());
        (indent == self.before.len() && !next.get(indent..)?.starts_with(['-', '#', '\r', '\n']))
            .then(|| cut(self.start, self.after().saturating_add(indent)))
    }

    fn add(&self, before: bool, name: Option<&str>, json: &str) -> Option<Edit> {
        let dashes = self.before.trim_matches(BLANK);
        let value = scalar("plain", json)?;
        let feed = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
        let pad = " ".repeat(self.before.chars().count());
        let own = match name {
            Some(name) => format!("{}: {value}", scalar("plain", &iam_json::json_text(name))?),
            None => value,
        };
        if !dashes.bytes().all(|byte| byte == b'-') || (name.is_none() && dashes != "-") {
            return None;
        }
        if before {
            return name.map(|_| insert(self.start, format!("{own}{feed}{pad}")));
        }
        if !self.ends_line() {
            return None;
        }
        let behind = self.behind.strip_suffix('\r').unwrap_or(self.behind);
        let place = self.end.saturating_add(behind.len());
        let head = if name.is_some() { &pad } else { self.before };
        Some(insert(place, format!("{feed}{head}{own}")))
    }
}

fn cut(start: usize, end: usize) -> Edit {
    Edit::new(Span::new(narrow(start), narrow(end)), "")
}

fn insert(at: usize, text: String) -> Edit {
    Edit::new(Span::new(narrow(at), narrow(at)), text)
}

/// A value of JSON as a scalar in the style of another one, or in the style of JSON. `None` if the other one has lines of its own, a tag or an
/// anchor.
fn scalar(raw: &str, json: &str) -> Option<String> {
    let document = Document::parse(json, Limits::default()).ok()?;
    if raw.starts_with(['|', '>', '&', '!', '*', '-', '?']) || raw.contains('\n') {
        return None;
    }
    let Some(value) = document.root().as_string() else {
        return (document.root().kind() == Kind::Object || !raw.starts_with(['[', '{']))
            .then(|| json.to_owned());
    };
    if value.chars().any(char::is_control) || raw.starts_with('"') {
        return Some(json.to_owned());
    }
    Some(if !raw.starts_with('\'') && is_plain(&value) {
        value.into_owned()
    } else {
        format!("'{}'", value.replace('\'', "''"))
    })
}

/// Whether a text can stand without quotation marks, and is then a text in every version of YAML.
fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 10] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan"];
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./:*?@+=".contains(&byte))
        && !text.ends_with(':')
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text after a change of the first place where `what` stands.
    #[track_caller]
    fn changed(text: &str, what: &str, change: impl Fn(Span) -> Change) -> Option<String> {
        let start = text.find(what).unwrap();
        let change = change(Span::new(narrow(start), narrow(start.saturating_add(what.len()))));
        Edit::apply(text, &edits(&change, text)?)
    }

    #[test]
    fn an_element_is_removed_with_its_line() {
        let element = |span| Change::Remove { span, is_member: false };
        let text = "a:\n  - x\n  - y # why\n  - z\n";
        assert_eq!(changed(text, "x", element).unwrap(), "a:\n  - y # why\n  - z\n");
        assert_eq!(changed(text, "y", element).unwrap(), "a:\n  - x\n  # why\n  - z\n");
        assert_eq!(changed("a: [x, y]\n", "y", element).unwrap(), "a: [x]\n");
        assert_eq!(changed("a: [x, y]\n", "x", element).unwrap(), "a: [y]\n");
        assert_eq!(changed("- - x\n  - y\n", "x", element), None);
        assert_eq!(changed("- a: 1 # why\n  b: 2\n- c: 3\n", "a: 1 # why\n  b: 2", element), None);
    }

    #[test]
    fn a_member_is_removed_also_behind_a_dash() {
        let member = |span| Change::Remove { span, is_member: true };
        assert_eq!(changed("- Sid: ''\n  b: 1\n", "Sid: ''", member).unwrap(), "- b: 1\n");
        assert_eq!(changed("- a: 1\n  Sid: ''\n  b: 1\n", "Sid: ''", member).unwrap(), "- a: 1\n  b: 1\n");
        assert_eq!(changed("- Sid: '' # x\n  b: 1\n", "Sid: ''", member), None);
        assert_eq!(changed("- Sid: ''\n- b: 1\n", "Sid: ''", member), None);
    }

    #[test]
    fn a_value_keeps_its_style_where_that_can_say_it() {
        let write = |json: &'static str| move |span| Change::Write { span, json: json.to_owned() };
        assert_eq!(changed("a: x\n", "x", write("\"s3:Get*\"")).unwrap(), "a: s3:Get*\n");
        assert_eq!(changed("a: x\n", "x", write("\"true\"")).unwrap(), "a: 'true'\n");
        assert_eq!(changed("a: x\n", "x", write("\"2012-10-17\"")).unwrap(), "a: '2012-10-17'\n");
        assert_eq!(changed("a: 'x'\n", "'x'", write("\"y'\"")).unwrap(), "a: 'y'''\n");
        assert_eq!(changed("a: \"x\"\n", "\"x\"", write("\"y\"")).unwrap(), "a: \"y\"\n");
        assert_eq!(changed("a: !Sub x\n", "!Sub x", write("\"y\"")), None);
    }

    #[test]
    fn what_is_added_gets_a_line() {
        let add = |before, name: Option<&'static str>| {
            move |beside| Change::Add {
                beside,
                before,
                name: name.map(str::to_owned),
                json: "\"v\"".to_owned(),
            }
        };
        assert_eq!(changed("  a: 1\n", "a: 1", add(true, Some("b"))).unwrap(), "  b: v\n  a: 1\n");
        assert_eq!(
            changed("- a: 1 # c\r\n", "a: 1", add(false, Some("b"))).unwrap(),
            "- a: 1 # c\r\n  b: v\r\n"
        );
        assert_eq!(changed("- x\n- y", "y", add(false, None)).unwrap(), "- x\n- y\n- v");
        assert_eq!(changed("[x]", "x", add(false, None)).unwrap(), "[x, \"v\"]");
        assert_eq!(changed("- x", "x", add(true, None)), None);
    }
}
