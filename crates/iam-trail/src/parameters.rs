//! Whether a request has a parameter, by its name at any depth.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

use crate::json::RawJson;

/// What a record says of a request's parameters: an object, or a text in JSON that has one. Failed requests often have `null`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recorded<'e>(pub(crate) Option<RawJson<'e>>);

impl Recorded<'_> {
    /// Whether one of the names has a value other than `null`, `false`, and an empty text, object or list. `None` if the record does not say.
    ///
    /// ASCII case does not matter.
    ///
    /// # Cost
    /// Linear in the length of the parameters, for each name once.
    pub(crate) fn has<'n>(self, names: &(impl Iterator<Item = &'n str> + Clone)) -> Option<bool> {
        let json = unquoted(self.0?.get());
        json.trim_ascii_start().starts_with('{').then(|| has(&json, names))
    }
}

/// JSON that is in a text, or else the JSON itself.
fn unquoted(json: &str) -> Cow<'_, str> {
    if json.trim_ascii_start().starts_with('"') {
        serde_json::from_str::<String>(json).map_or_else(|_| Cow::default(), Cow::Owned)
    } else {
        Cow::Borrowed(json)
    }
}

fn has<'n>(json: &str, names: &(impl Iterator<Item = &'n str> + Clone)) -> bool {
    let mut rest = json.as_bytes();
    while let Some((text, behind)) = next_text(rest) {
        rest = behind.trim_ascii_start();
        if let Some((b':', value)) = rest.split_first()
            && names.clone().any(|name| text.eq_ignore_ascii_case(name.as_bytes()))
            && is_there(value.trim_ascii_start())
        {
            return true;
        }
    }
    false
}

/// The next text of a JSON, with its escapes, and what is behind it.
fn next_text(json: &[u8]) -> Option<(&[u8], &[u8])> {
    let start = memchr(b'"', json)?.saturating_add(1);
    let inner = json.get(start..)?;
    let mut end: usize = 0;
    loop {
        let sign = memchr2(b'"', b'\\', inner.get(end..)?)?.saturating_add(end);
        if inner.get(sign) == Some(&b'"') {
            return Some((inner.get(..sign)?, inner.get(sign.saturating_add(1)..)?));
        }
        // A backslash and the sign behind it.
        end = sign.saturating_add(2);
    }
}

/// Whether a value is more than nothing.
fn is_there(value: &[u8]) -> bool {
    let is_empty = |open: u8, close: u8| {
        let inner = value.split_first().filter(|(first, _)| **first == open);
        inner.is_some_and(|(_, inner)| inner.trim_ascii_start().first() == Some(&close))
    };
    let nothing: [&[u8]; 3] = [b"null", b"false", b"\"false\""];
    !(nothing.iter().any(|own| value.starts_with(own))
        || is_empty(b'{', b'}')
        || is_empty(b'[', b']')
        || value.starts_with(b"\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_at_any_depth() {
        let has = |json: &str, names: &[&str]| {
            let value: RawJson<'_> = serde_json::from_str(json).unwrap();
            Recorded(Some(value)).has(&names.iter().copied())
        };
        for (json, wanted) in [
            (r#"{"tags": [1]}"#, Some(true)),
            (r#" { "a" : [ { "Tags" : { "x" : 1 } } ] } "#, Some(true)),
            (r#"{"a": "tags", "b": "\"tags\": 1"}"#, Some(false)),
            (r#"{"a\"tags": 1, "xtags": 1, "tag": 1}"#, Some(false)),
            (r#"{"tags": null}"#, Some(false)),
            (r#"{"tags": []}"#, Some(false)),
            (r#"{"tags": { }}"#, Some(false)),
            (r#"{"tags": ""}"#, Some(false)),
            (r#"{"tags": false, "x": {"tags": "false"}}"#, Some(false)),
            (r#"{"tags": null, "x": {"tags": 0}}"#, Some(true)),
            (r#"{"a": "\\", "tags": "b"}"#, Some(true)),
            (r#""{\"tags\": [1]}""#, Some(true)),
            (r#""{\"tag\": [1]}""#, Some(false)),
            ("{}", Some(false)),
            ("null", None),
            ("[]", None),
            (r#""tags""#, None),
            ("17", None),
        ] {
            assert_eq!(has(json, &["other", "tags"]), wanted, "{json}");
        }
        assert_eq!(Recorded(None).has(&std::iter::once("a")), None);
    }
}
