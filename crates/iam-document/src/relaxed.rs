//! JSON with comments and commas before closing brackets, as strict JSON of the same length.

use iam_json::Span;

use crate::origin::narrow;

/// Something that JSON does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extra {
    /// A comment with `//`, `/*` or `#`.
    Comment,
    /// A comma before a closing bracket.
    Comma,
}

/// The same text with spaces for comments and for commas before closing brackets, and the places of both. `None` if it has neither, or if a
/// comment does not end.
pub(crate) fn blanked(text: &str) -> Option<(String, Vec<(Extra, Span)>)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut comma = None;
    let mut at = 0_usize;
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at.saturating_add(1)).copied();
        let end = match (byte, next) {
            (b'"', _) => {
                comma = None;
                string_end(bytes, at)
            }
            (b'/', Some(b'/')) | (b'#', _) => {
                let end = line_end(bytes, at);
                found.push((Extra::Comment, at, end));
                end
            }
            (b'/', Some(b'*')) => {
                let end = comment_end(bytes, at)?;
                found.push((Extra::Comment, at, end));
                end
            }
            (b',', _) => {
                comma = Some(at);
                at.saturating_add(1)
            }
            (b'}' | b']', _) => {
                found.extend(comma.take().map(|comma: usize| (Extra::Comma, comma, comma.saturating_add(1))));
                at.saturating_add(1)
            }
            (b' ' | b'\t' | b'\r' | b'\n', _) => at.saturating_add(1),
            _ => {
                comma = None;
                at.saturating_add(1)
            }
        };
        at = end;
    }
    if found.is_empty() {
        return None;
    }
    found.sort_by_key(|(_, start, _)| *start);
    let mut blank = String::with_capacity(text.len());
    let mut last = 0;
    for (_, start, end) in &found {
        blank.push_str(text.get(last..*start)?);
        // Line feeds stay, so that lines are counted alike.
        blank.extend(text.get(*start..*end)?.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        last = *end;
    }
    blank.push_str(text.get(last..)?);
    let places = found.into_iter().map(|(extra, start, end)| (extra, Span::new(narrow(start), narrow(end))));
    Some((blank, places.collect()))
}

/// The byte after the string that begins at a quotation mark.
pub(crate) fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start.saturating_add(1);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at.saturating_add(1),
            b'\\' => at = at.saturating_add(2),
            _ => at = at.saturating_add(1),
        }
    }
    bytes.len()
}

fn line_end(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    rest.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| start.saturating_add(length))
}

fn comment_end(bytes: &[u8], start: usize) -> Option<usize> {
    let inside = start.saturating_add(2);
    let rest = bytes.get(inside..)?;
    let length = rest.windows(2).position(|pair| pair == b"*/")?;
    Some(inside.saturating_add(length).saturating_add(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_commas_become_spaces_and_strings_stay() {
        let text = "// é\n{\"a//b\": [1, /* x\n */ 2, ], # y\n \"c\\\"#\": 3,\n}";
        let (blank, found) = blanked(text).unwrap();
        assert_eq!(blank.len(), text.len());
        assert_eq!(
            blank.split_whitespace().collect::<Vec<_>>().join(" "),
            "{\"a//b\": [1, 2 ], \"c\\\"#\": 3 }"
        );
        assert_eq!(blank.matches('\n').count(), text.matches('\n').count());
        let said: Vec<&str> = found.iter().map(|(_, span)| span.of(text)).collect();
        assert_eq!(said, ["// é", "/* x\n */", ",", "# y", ","]);
    }

    #[test]
    fn what_has_neither_is_left_alone() {
        assert_eq!(blanked("{\"a\": \"http://x#y\"}"), None);
        assert_eq!(blanked("{} /* never ends"), None);
        assert_eq!(blanked("\"never ends\\"), None);
    }
}
