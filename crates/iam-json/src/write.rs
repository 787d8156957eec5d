//! The canonical writer: equal values become equal bytes.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use crate::value::{Kind, Value};

/// A JSON value to be written.
///
/// `Display` writes it in canonical form: members sorted by name, no white space.
///
/// # Examples
/// ```
/// use iam_json::Json;
///
/// let value = Json::object([("b", Json::count(2)), ("a", Json::list(["x"], Json::text))]);
/// assert_eq!(value.to_string(), r#"{"a":["x"],"b":2}"#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer.
    Number(i64),
    /// A text that is already JSON and is written as it is, such as a number in its original notation or a canonical policy.
    Raw(String),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Self>),
    /// An object.
    Object(BTreeMap<String, Self>),
}

impl Json {
    /// A string.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A count as a number. A count larger than `i64::MAX` is written as `i64::MAX`.
    pub fn count(count: usize) -> Self {
        Self::Number(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// The result of `make` for the value. `null` if there is no value.
    pub fn maybe<T>(value: Option<T>, make: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Null, make)
    }

    /// An array with the result of `make` for each item.
    pub fn list<T>(items: impl IntoIterator<Item = T>, make: impl FnMut(T) -> Self) -> Self {
        Self::List(items.into_iter().map(make).collect())
    }

    /// An object with these members. Of two members with the same name, the last counts.
    pub fn object<const N: usize>(members: [(&str, Self); N]) -> Self {
        Self::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// Whether a value that was read has this content.
    ///
    /// Layout does not count, and neither do the order of members and the spelling of strings. Numbers are the same if their texts are. A text
    /// that is already JSON is compared with the value as [`push_value`] writes it, so that the order of its members counts.
    pub fn is_same(&self, value: Value<'_>) -> bool {
        match (self, value.kind()) {
            (Self::Null, Kind::Null) | (Self::Bool(true), Kind::True) | (Self::Bool(false), Kind::False) => {
                true
            }
            (Self::Number(own), Kind::Number) => own.to_string() == value.raw(),
            (Self::Text(own), Kind::String) => *own == value.string(),
            (Self::List(own), Kind::Array) => {
                own.len() == value.items().count()
                    && own.iter().zip(value.items()).all(|(own, item)| own.is_same(item))
            }
            (Self::Object(own), Kind::Object) => {
                own.len() == value.members().count()
                    && value
                        .members()
                        .all(|m| own.get(&*m.key.string()).is_some_and(|own| own.is_same(m.value)))
            }
            (Self::Raw(own), _) => {
                let mut text = String::new();
                push_value(&mut text, value);
                *own == text
            }
            _ => false,
        }
    }

    /// A value that was read, without its layout.
    ///
    /// Numbers keep their text. Of two members with the same name, the last counts.
    pub fn read(value: Value<'_>) -> Self {
        match value.kind() {
            Kind::Null => Self::Null,
            Kind::True => Self::Bool(true),
            Kind::False => Self::Bool(false),
            Kind::Number => Self::Raw(value.string().into_owned()),
            Kind::String => Self::text(value.string()),
            Kind::Array => Self::list(value.items(), Self::read),
            Kind::Object => {
                let members = value.members().map(|m| (m.key.string().into_owned(), Self::read(m.value)));
                Self::Object(members.collect())
            }
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
            Self::Raw(text) => f.write_str(text),
            Self::Text(text) => f.write_str(&json_text(text)),
            Self::List(items) => {
                f.write_str("[")?;
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        f.write_str(",")?;
                    }
                    item.fmt(f)?;
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                f.write_str("{")?;
                for (at, (name, value)) in members.iter().enumerate() {
                    if at > 0 {
                        f.write_str(",")?;
                    }
                    write!(f, "{}:{value}", json_text(name))?;
                }
                f.write_str("}")
            }
        }
    }
}

/// Writes a text as a JSON string with quotation marks.
///
/// Control characters and characters above U+00FF become escapes.
///
/// # Examples
/// ```
/// assert_eq!(iam_json::json_text("a \"b\"\n\u{2028}"), r#""a \"b\"\n\u2028""#);
/// ```
pub fn json_text(text: &str) -> String {
    let mut out = String::new();
    push_json_text(&mut out, text);
    out
}

/// Appends the text as a JSON string; see [`json_text`].
pub fn push_json_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // IAM accepts these characters unescaped, and all others as escapes (rule 1.4).
            '\u{20}'..='\u{FF}' => out.push(c),
            c => push_json_escape(out, c),
        }
    }
    out.push('"');
}

/// Appends a character as escapes of UTF-16 units.
pub(crate) fn push_json_escape(out: &mut String, c: char) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        let _ = write!(out, "\\u{unit:04x}");
    }
}

/// Appends a value that was read, without its layout. Members keep their order, and numbers their text.
pub fn push_value(out: &mut String, value: Value<'_>) {
    match value.kind() {
        Kind::String => push_json_text(out, &value.string()),
        Kind::Null | Kind::True | Kind::False | Kind::Number => out.push_str(value.raw()),
        Kind::Array => {
            out.push('[');
            for (at, item) in value.items().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                push_value(out, item);
            }
            out.push(']');
        }
        Kind::Object => {
            out.push('{');
            for (at, member) in value.members().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                push_json_text(out, &member.key.string());
                out.push(':');
                push_value(out, member.value);
            }
            out.push('}');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Document, Limits};

    #[test]
    fn the_same_content_is_the_same_bytes() {
        let limits = Limits::default();
        let read = |text: &str| {
            let document = Document::parse(text, limits).unwrap();
            Json::read(document.root()).to_string()
        };
        let text = r#"{"a":[1,2.50,null,true,false,"\"\\é"],"b":{}}"#;
        assert_eq!(read(text), text);
        assert_eq!(
            read(" {\"b\": { },\n \"a\": [1, 2.50, null, true, false, \"\\u0022\\\\\\u00e9\"]} "),
            text
        );
    }

    #[test]
    fn content_is_compared_and_layout_is_not() {
        let limits = Limits::default();
        let policy = Json::Raw(r#"{"b":1,"a":"\u4e2d"}"#.to_owned());
        let value = Json::object([
            ("list", Json::list([1, 2], Json::Number)),
            ("text", Json::text("é")),
            ("none", Json::Null),
            ("yes", Json::Bool(true)),
            ("no", Json::Bool(false)),
            ("policy", policy),
        ]);
        let same = |text: &str| value.is_same(Document::parse(text, limits).unwrap().root());
        assert!(same(&value.to_string()));
        let text = r#"{ "yes": true, "no": false, "none": null, "text": "\u00e9",
            "list": [1, 2], "policy": {"b": 1, "a": "中"} }"#;
        assert!(same(text));
        for (from, to) in [
            ("[1, 2]", "[1]"),
            ("[1, 2]", "[1, 2, 3]"),
            ("[1, 2]", "[1, 2.0]"),
            ("null", "false"),
            ("true", "false"),
            ("no\": false", "no\": true"),
            ("\\u00e9", "e"),
            ("\"none\": null, ", ""),
            ("\"none\"", "\"other\": 1, \"none\""),
            ("\"none\"", "\"other\""),
            ("\"b\": 1, \"a\": \"中\"", "\"a\": \"中\", \"b\": 1"),
            ("\"b\": 1", "\"b\": 2"),
        ] {
            let other = text.replace(from, to);
            assert!(other != text && !same(&other), "{other}");
        }
    }
}
