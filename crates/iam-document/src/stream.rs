//! Several JSON texts one after another: lines of JSON, and what `jq` and `cat` print.

use std::ops::Range;

use crate::relaxed::string_end;

/// The places of the arrays, objects and strings that a text consists of. `None` if there is anything else between them, or fewer than two.
pub(crate) fn split(text: &str, most: usize) -> Option<Vec<Range<usize>>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    loop {
        // U+001E separates the texts of RFC 7464.
        while matches!(bytes.get(at), Some(b' ' | b'\t' | b'\r' | b'\n' | 0x1E)) {
            at = at.saturating_add(1);
        }
        let end = match bytes.get(at) {
            Some(b'{' | b'[') => value_end(bytes, at)?,
            Some(b'"') => string_end(bytes, at),
            Some(_) => return None,
            None => break,
        };
        if found.len() >= most {
            return None;
        }
        found.push(at..end);
        at = end;
    }
    (found.len() > 1).then_some(found)
}

/// The byte after the array or object that begins at a byte. Where the text ends before it does, the end of the text.
fn value_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut open = 0_usize;
    let mut at = start;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = string_end(bytes, at);
                continue;
            }
            b'{' | b'[' => open = open.saturating_add(1),
            b'}' | b']' => {
                open = open.checked_sub(1)?;
                if open == 0 {
                    return Some(at.saturating_add(1));
                }
            }
            _ => {}
        }
        at = at.saturating_add(1);
    }
    Some(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<Vec<&str>> {
        Some(split(text, 100)?.into_iter().filter_map(|range| text.get(range)).collect())
    }

    #[test]
    fn texts_are_told_apart_whatever_is_between_them() {
        assert_eq!(parts("{\"a\":\"}{\"}\n[1]").unwrap(), ["{\"a\":\"}{\"}", "[1]"]);
        assert_eq!(parts("\u{1E}{}\n\u{1E}{}\n").unwrap(), ["{}", "{}"]);
        assert_eq!(parts("{}{}\"x\"").unwrap(), ["{}", "{}", "\"x\""]);
        assert_eq!(parts("{}\n{\"cut\": ").unwrap(), ["{}", "{\"cut\": "]);
        assert_eq!(parts("{}"), None);
        assert_eq!(parts("{}}"), None);
        assert_eq!(parts("{} x"), None);
        assert_eq!(split("{}{}{}", 2), None);
    }
}
