//! Texts in texts: the content of a JSON string, and URL-encoding.

use iam_json::{Span, Value};

use crate::origin::{Coding, OriginMap, Weaver, narrow};

/// The content of a JSON string with its map, given the map of the text that the string is in.
pub(crate) fn content(string: Value<'_>, outer: &OriginMap) -> (String, OriginMap) {
    let raw = string.raw();
    let start = string.span().start.saturating_add(1);
    let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
    let mut weaver = Weaver::default();
    let mut rest = inner;
    while !rest.is_empty() {
        let here = start.saturating_add(narrow(inner.len().saturating_sub(rest.len())));
        let plain = rest.find('\\').unwrap_or(rest.len());
        let (before, behind) = rest.split_at(plain);
        weaver.push(before, Span::new(here, here.saturating_add(narrow(plain))));
        let here = here.saturating_add(narrow(plain));
        let Some((character, length)) = escape(behind) else { break };
        let mut buffer = [0; 4];
        weaver.push_one(
            character.encode_utf8(&mut buffer),
            Span::new(here, here.saturating_add(narrow(length))),
        );
        rest = behind.get(length..).unwrap_or_default();
    }
    weaver.finish(outer, Coding::JsonString)
}

/// The first character of an escape, and the length of the escape. `None` at the end of the text.
fn escape(text: &str) -> Option<(char, usize)> {
    let unit = |from: usize| {
        let digits = text.get(from..from.checked_add(4)?)?;
        u32::from_str_radix(digits, 16).ok()
    };
    Some(match text.as_bytes().get(1)? {
        b'b' => ('\u{8}', 2),
        b'f' => ('\u{C}', 2),
        b'n' => ('\n', 2),
        b'r' => ('\r', 2),
        b't' => ('\t', 2),
        b'u' => match unit(2)? {
            high @ 0xD800..=0xDBFF => {
                let low = unit(8)?;
                let code = 0x1_0000_u32.saturating_add((high & 0x3FF) << 10).saturating_add(low & 0x3FF);
                (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 12)
            }
            code => (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 6),
        },
        other => (char::from(*other), 2),
    })
}

/// Whether a text seems to be URL-encoded JSON.
pub(crate) fn is_url_encoded(text: &str) -> bool {
    let starts = |text: &str, code: &str| text.get(..3).is_some_and(|own| own.eq_ignore_ascii_case(code));
    let mut start = text.trim_start();
    while let Some(rest) =
        start.get(3..).filter(|_| ["%20", "%0A", "%0D", "%09"].iter().any(|code| starts(start, code)))
    {
        start = rest;
    }
    ["%7B", "%5B", "%22"].iter().any(|code| starts(start, code))
}

/// The decoded text of a URL-encoded one (RFC 3986). A `+` stays: AWS encodes a space as `%20`. `None` if it is not URL-encoded UTF-8.
pub(crate) fn url_decoded(text: &str, outer: &OriginMap) -> Option<(String, OriginMap)> {
    let mut weaver = Weaver::default();
    let mut at = 0_usize;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let plain = rest.find('%').unwrap_or(rest.len());
        weaver.push(rest.get(..plain)?, Span::new(narrow(at), narrow(at.saturating_add(plain))));
        at = at.saturating_add(plain);
        // One character may take up to four escapes.
        let mut bytes = Vec::new();
        let start = at;
        while let Some(byte) = text.get(at..).and_then(octet) {
            bytes.push(byte);
            at = at.saturating_add(3);
            if let Ok(character) = std::str::from_utf8(&bytes) {
                weaver.push_one(character, Span::new(narrow(start), narrow(at)));
                bytes.clear();
                break;
            }
            if bytes.len() > 3 {
                return None;
            }
        }
        if !bytes.is_empty() || (start == at && at < text.len()) {
            return None;
        }
    }
    Some(weaver.finish(outer, Coding::Url))
}

fn octet(text: &str) -> Option<u8> {
    let digits = text.strip_prefix('%')?.get(..2)?;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then_some(())?;
    u8::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use iam_json::Document;

    #[test]
    fn the_content_of_a_string_has_the_places_of_its_escapes() {
        let text = r#"["é\"\u00e9\ud83d\udd11\\x"]"#;
        let document = Document::parse(text, iam_json::Limits::default()).unwrap();
        let string = document.root().items().next().unwrap();
        let (content, origin) = content(string, &OriginMap::default());
        assert_eq!(content, string.string());
        let written: Vec<&str> = content
            .char_indices()
            .map(|(at, c)| origin.span(Span::new(narrow(at), narrow(at + c.len_utf8()))).of(text))
            .collect();
        assert_eq!(written, ["é", "\\\"", "\\u00e9", "\\ud83d\\udd11", "\\\\", "x"]);
    }

    #[test]
    fn url_encoding_is_undone_with_places() {
        let text = "%7B%22a%22%3A+%22%C3%A9x%22%7D";
        assert!(is_url_encoded(text) && is_url_encoded(" %0a%20%7b") && !is_url_encoded("%20{}"));
        let (decoded, origin) = url_decoded(text, &OriginMap::default()).unwrap();
        assert_eq!(decoded, "{\"a\":+\"éx\"}");
        let at = narrow(decoded.find('é').unwrap());
        assert_eq!(origin.span(Span::new(at, at + 2)).of(text), "%C3%A9");
        for wrong in ["%7", "%zz", "%C3", "%C3%28", "a%", "%+1"] {
            assert!(url_decoded(wrong, &OriginMap::default()).is_none(), "{wrong}");
        }
    }
}
