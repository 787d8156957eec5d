//! Texts from outside on a terminal.

use std::borrow::Cow;

use iamgate::iam_json::{is_hidden, visible};

/// A text from outside on one line, with hidden characters as escapes.
pub(crate) fn shown(text: &str) -> String {
    visible(text).into_owned()
}

/// A text from outside of which each hidden character except the ends of lines and tabs is one replacement character. Places in it stay.
///
/// The bytes of the result differ from those of the text. `at` becomes the place of the same character in the result.
pub(crate) fn excerpt(text: &str, places: &mut [&mut usize]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut moved: Vec<Option<usize>> = vec![None; places.len()];
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        for (place, moved) in places.iter().zip(&mut moved) {
            if **place <= at {
                moved.get_or_insert(out.len());
            }
        }
        let ends_line = c == '\n' || (c == '\r' && characters.peek().is_none_or(|(_, next)| *next == '\n'));
        out.push(if is_hidden(c) && !ends_line && c != '\t' { char::REPLACEMENT_CHARACTER } else { c });
    }
    for (place, moved) in places.iter_mut().zip(moved) {
        **place = moved.unwrap_or(out.len());
    }
    out
}

/// The last look at everything that goes to a terminal: hidden characters become escapes, except the ends of lines, and the styles in which
/// this program writes.
///
/// A text from outside has been through [`shown`] before, so nothing is left to do. This holds if a verb forgets it.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    let next_open = |text: &str| text.bytes().position(|byte| !matches!(byte, b' '..=b'~' | b'\n'));
    if next_open(text).is_none() || !text.contains(|c: char| is_hidden(c) && c != '\n') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, open)) = next_open(rest).and_then(|at| rest.split_at_checked(at)) {
        out.push_str(plain);
        rest = open;
        let Some(c) = rest.chars().next() else { break };
        let taken = style(rest).unwrap_or(c.len_utf8());
        let (own, left) = rest.split_at(taken);
        if taken > c.len_utf8() || c == '\n' {
            out.push_str(own);
        } else {
            out.push_str(&visible(own));
        }
        rest = left;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The length of a style at the start of a text: `ESC [ … m` with colours of the text and emphasis only. Nothing of it can hide text.
fn style(text: &str) -> Option<usize> {
    let codes = text.strip_prefix("\x1b[")?;
    let end = codes.find('m')?;
    let is_style = codes.get(..end)?.split(';').all(|code| {
        matches!(code, "" | "0" | "1" | "2" | "4" | "31" | "32" | "33" | "34" | "35" | "36")
            || matches!(code, "91" | "92" | "93" | "94" | "95" | "96")
    });
    is_style.then(|| end.saturating_add("\x1b[m".len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::{BAD, DIM, GOOD, HEAD, SOSO, paint};

    #[test]
    fn own_styles_pass_and_nothing_else_does() {
        for own in [GOOD, BAD, SOSO, HEAD, DIM] {
            let text = format!("{}\nb", paint(own, "a"));
            assert_eq!(harmless(&text), text);
        }
        for (text, seen) in [
            ("\x1b[8mhidden", "\\u{1b}[8mhidden"),
            ("\x1b[2J", "\\u{1b}[2J"),
            ("\x1b]0;title\x07", "\\u{1b}]0;title\\u{7}"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("a\u{202e}b\r\n", "a\\u{202e}b\\u{d}\n"),
            ("\x1b[31", "\\u{1b}[31"),
        ] {
            assert_eq!(harmless(text), seen);
        }
    }

    #[test]
    fn an_excerpt_keeps_its_places() {
        let text = "a\u{202e}b\tc\r\n\u{1b}d";
        let (mut c, mut end) = (text.find('c').unwrap(), text.len());
        let seen = excerpt(text, &mut [&mut c, &mut end]);
        assert_eq!(seen, "a\u{fffd}b\tc\r\n\u{fffd}d");
        assert_eq!((seen.find('c'), seen.len()), (Some(c), end));
    }
}
