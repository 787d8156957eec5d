//! From bytes to text: UTF-8 and UTF-16, with or without a byte order mark.

use std::borrow::Cow;

use iam_json::{LineIndex, Place, Problem, Report, Span, text_of};

use crate::code;
use crate::origin::narrow;
use crate::unlike;

/// The byte order mark as a character.
pub(crate) const MARK: char = '\u{FEFF}';

/// Decodes bytes as text.
///
/// Windows PowerShell writes UTF-16. Text that was not plain UTF-8 begins with the byte order mark U+FEFF, so that a reader can tell that AWS
/// would not read the bytes as they are.
///
/// # Errors
/// `NOT_UTF8` or `NOT_UTF16`, with the place of the first invalid byte or unit; `NOT_A_POLICY` for archives and other binary files.
///
/// # Examples
/// ```
/// assert_eq!(iam_document::decode(b"{}")?, "{}");
/// assert_eq!(iam_document::decode(b"\xFF\xFE{\0}\0")?, "\u{FEFF}{}");
/// # Ok::<(), iam_json::Report>(())
/// ```
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Report> {
    let is_utf32 = matches!(bytes, [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..]);
    match bytes {
        [0xFF, 0xFE, rest @ ..] if !is_utf32 => utf16(rest, 2, u16::from_le_bytes).map(Cow::Owned),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, 2, u16::from_be_bytes).map(Cow::Owned),
        // The first two characters of a JSON or YAML text are ASCII.
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => {
            utf16(bytes, 0, u16::from_le_bytes).map(Cow::Owned)
        }
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => {
            utf16(bytes, 0, u16::from_be_bytes).map(Cow::Owned)
        }
        _ => match unlike::binary(bytes) {
            Some((found, help)) => {
                let place = Place::root(Span::new(0, 0));
                let lines = LineIndex::default();
                Err(Problem::refusal(code::NOT_A_POLICY, place, found.into(), help.into(), &lines).into())
            }
            None => text_of(bytes).map(Cow::Borrowed),
        },
    }
}

fn utf16(bytes: &[u8], skipped: usize, unit: impl Fn([u8; 2]) -> u16) -> Result<String, Report> {
    let mut text = String::with_capacity(bytes.len().saturating_add(4));
    text.push(MARK);
    let (pairs, odd) = bytes.as_chunks::<2>();
    let mut at = skipped;
    let mut lines = (1_u32, 1_u32);
    let wrong = |at: usize, (line, column): (u32, u32), found: String| {
        let (start, help) = (narrow(at), "save the text as UTF-8, or as UTF-16 as PowerShell writes it");
        let place = Place::root(Span::new(start, start.saturating_add(2)));
        let mut problem = Problem::refusal(code::NOT_UTF16, place, found, help.into(), &LineIndex::default());
        (problem.position.line, problem.position.column) = (line, column);
        Report::from(problem)
    };
    for read in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        let read = read.map_err(|error| {
            wrong(at, lines, format!("the unit 0x{:04X}, half of a character", error.unpaired_surrogate()))
        })?;
        if read == '\n' {
            lines = (lines.0.saturating_add(1), 1);
        } else {
            lines.1 = lines.1.saturating_add(1);
        }
        at = at.saturating_add(read.len_utf16().saturating_mul(2));
        if !(read == MARK && text.len() == MARK.len_utf8()) {
            text.push(read);
        }
    }
    if odd.is_empty() { Ok(text) } else { Err(wrong(at, lines, "a single byte at the end".into())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16_of(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect()
    }

    #[test]
    fn every_encoding_of_windows_gives_the_same_text() {
        let text = "{\r\n \"é\": \"\u{1F511}\"}";
        let marked = format!("{MARK}{text}");
        for little in [true, false] {
            assert_eq!(decode(&utf16_of(&marked, little)).unwrap(), marked);
            assert_eq!(decode(&utf16_of(text, little)).unwrap(), marked);
        }
        assert_eq!(decode(marked.as_bytes()).unwrap(), marked);
        assert_eq!(decode(text.as_bytes()).unwrap(), text);
    }

    #[test]
    fn an_error_names_encoding_and_place() {
        let mut bytes = utf16_of("\u{FEFF}{\n\"", true);
        bytes.extend([0x00, 0xD8, 0x20, 0x00]);
        let report = decode(&bytes).unwrap_err();
        let problem = &report.problems()[0];
        assert_eq!((problem.code, problem.position.to_string()), (code::NOT_UTF16, "2:2".into()));
        assert!(problem.found.contains("0xD800") && problem.place.span.start == 8, "{problem}");
        let report = decode(&[0xFF, 0xFE, b'{', 0, b'}']).unwrap_err();
        assert_eq!(report.problems()[0].position.to_string(), "1:2");
        let report = decode(b"{\"a\": \"\xE9\"}").unwrap_err();
        assert!(report.problems()[0].found.contains("0xE9"));
    }

    #[test]
    fn no_bytes_panic() {
        for bytes in [
            &b""[..],
            b"\xFF",
            b"\xFF\xFE",
            b"\xFF\xFE\0",
            b"\0",
            b"\0\0\0\0",
            b"PK\x03\x04\xFF",
            b"a\0b\0\0\xD8",
        ] {
            let _ = decode(bytes);
        }
        assert!(decode(b"PK\x03\x04\xFF").unwrap_err().has(code::NOT_A_POLICY));
    }
}
