//! Lines made into one running text: boxes, colours, escapes and entities are taken away, and what is left of a line break says how sure it is.
//!
//! A program that breaks lines at spaces drops the space, and one that breaks them at a column does not. So a break may stand for a space or for
//! nothing, and only the words around it tell.

use crate::mapped::{Builder, Mapped};

/// A break between two lines. It may stand for a space.
pub(crate) const SOFT: char = '\n';
/// A break between two lines that were broken at a column. It stands for nothing.
pub(crate) const HARD: char = '\u{b}';
/// The end of a paragraph.
pub(crate) const END: char = '\u{c}';

/// The narrowest column at which lines are taken to be broken anywhere.
const NARROWEST: usize = 8;

/// The marks before a line that are not part of the text.
const BARS: [char; 7] = ['│', '┃', '║', '▏', '╷', '╵', '▌'];

/// A character with its bytes in the text.
#[derive(Clone, Copy, Debug)]
struct Glyph {
    c: char,
    start: usize,
    end: usize,
}

/// A line without what surrounds it.
#[derive(Debug, Default)]
struct Line {
    chars: Vec<Glyph>,
    /// The number of characters as they are shown.
    width: usize,
    /// Whether there is a bar before the line.
    is_boxed: bool,
    /// Whether spaces at its end only fill up a box.
    is_filled: bool,
}

impl Line {
    /// Whether the line separates paragraphs: it has no text, or is a rule.
    fn is_blank(&self) -> bool {
        let only = |is: &dyn Fn(char) -> bool| self.chars.iter().all(|own| is(own.c));
        only(&|c| c == ' ' || ('\u{2500}'..='\u{257f}').contains(&c))
            || (self.chars.len() > 2 && only(&|c| matches!(c, '`' | '-' | '=' | '_' | '~')))
    }
}

/// The running text: white space is one space, breaks are [`SOFT`], [`HARD`] or [`END`].
pub(crate) fn running(source: &Mapped<'_>) -> Mapped<'static> {
    let mut out = Builder::default();
    let mut paragraph: Vec<Line> = Vec::new();
    let mut start = 0_usize;
    for text in source.text().split('\n') {
        let line = line(text, start);
        start = start.saturating_add(text.len()).saturating_add(1);
        if line.is_blank() {
            flush(&mut paragraph, source, &mut out);
        } else {
            paragraph.push(line);
        }
    }
    flush(&mut paragraph, source, &mut out);
    out.end(source.place(source.text().len()))
}

fn flush(paragraph: &mut Vec<Line>, source: &Mapped<'_>, out: &mut Builder) {
    let is_hard = is_hard(paragraph);
    let mut end: Option<usize> = None;
    for line in paragraph.drain(..) {
        if let Some(end) = end.filter(|_| out.last() != Some(' ')) {
            let is_certain = line.chars.first().is_some_and(|own| own.c == ' ') && (is_hard || line.is_boxed);
            let mark = if is_certain {
                ' '
            } else if is_hard {
                HARD
            } else {
                SOFT
            };
            out.push(mark, source.place(end));
        }
        let mut is_start = true;
        for Glyph { c, start, .. } in &line.chars {
            // Spaces before a line were dealt with, and several are one.
            if *c != ' ' || !(is_start || out.last() == Some(' ')) {
                out.push(*c, source.place(*start));
            }
            is_start = is_start && *c == ' ';
        }
        end = line.chars.last().map(|own| own.end);
    }
    if let Some(end) = end {
        out.push(END, source.place(end));
    }
}

/// Whether the lines of a paragraph were broken at one column: all but the last are of one width. Of two lines the second must be a rest of one
/// word in a box; else any two lines would be of such a paragraph.
fn is_hard(paragraph: &[Line]) -> bool {
    let Some((last, others)) = paragraph.split_last() else { return false };
    let Some(first) = others.first() else { return false };
    first.width >= NARROWEST
        && others.iter().all(|line| line.width == first.width && !line.is_filled)
        && last.width <= first.width
        && (others.len() > 1
            || (first.is_boxed && last.is_boxed && last.chars.iter().all(|own| own.c != ' ')))
}

/// Reads a line that begins at a byte of the text.
fn line(text: &str, start: usize) -> Line {
    let mut line = Line::default();
    let mut rest = text;
    let mut at = start;
    let mut step = |rest: &mut &str, bytes: usize| {
        *rest = rest.get(bytes..).unwrap_or_default();
        at = at.saturating_add(bytes);
        at
    };
    let mut place = start;
    while let Some(c) = rest.chars().next() {
        let (c, bytes, shown) = match c {
            '\u{1b}' => {
                let bytes = control(rest);
                place = step(&mut rest, bytes);
                continue;
            }
            '\\' => escape(rest),
            '&' => entity(rest),
            '\r' if rest.len() == 1 => break,
            c if c.is_whitespace() || c.is_control() => (' ', c.len_utf8(), 1),
            c => (c, c.len_utf8(), 1),
        };
        let start = place;
        place = step(&mut rest, bytes);
        line.chars.push(Glyph { c, start, end: place });
        line.width = line.width.saturating_add(shown);
    }
    undecorated(line)
}

/// The length of a control sequence of a terminal: the escape, `[`, parameters, a letter.
fn control(text: &str) -> usize {
    let Some(after) = text.strip_prefix("\u{1b}[") else { return 1 };
    let parameters =
        after.bytes().take_while(|b| b.is_ascii_digit() || matches!(b, b';' | b':' | b'?')).count();
    parameters.saturating_add(3).min(text.len())
}

/// The character of an escape as JSON and many logs have it, its length in bytes, and the number of characters shown.
fn escape(text: &str) -> (char, usize, usize) {
    let backslashes = text.bytes().take_while(|b| *b == b'\\').count();
    let after = text.get(backslashes..).unwrap_or_default();
    let whole = |c: char, more: usize| {
        let bytes = backslashes.saturating_add(more);
        (c, bytes, bytes)
    };
    match after.as_bytes().first() {
        Some(b'"') => whole('"', 1),
        Some(b'/') => whole('/', 1),
        Some(b'n' | b'r' | b't') => whole(' ', 1),
        Some(b'u') => {
            let code = after.get(1..5).and_then(|digits| u32::from_str_radix(digits, 16).ok());
            match code.and_then(char::from_u32) {
                Some(c) if c.is_control() || c == ' ' => whole(' ', 5),
                Some(c) => whole(c, 5),
                None => ('\\', 1, 1),
            }
        }
        _ => ('\\', 1, 1),
    }
}

/// The character of an entity of XML or HTML, its length, and the number of characters shown.
fn entity(text: &str) -> (char, usize, usize) {
    const ENTITIES: [(&str, char); 12] = [
        ("&quot;", '"'),
        ("&#34;", '"'),
        ("&#x22;", '"'),
        ("&apos;", '\''),
        ("&#39;", '\''),
        ("&#x27;", '\''),
        ("&amp;", '&'),
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&#x2F;", '/'),
        ("&#47;", '/'),
        ("&nbsp;", ' '),
    ];
    let found = ENTITIES.iter().find(|(name, _)| text.starts_with(name));
    found.map_or(('&', 1, 1), |(name, c)| (*c, name.len(), name.len()))
}

/// Takes away the time that a log writes before a line, bars before and after it, and one space beside a bar.
fn undecorated(mut line: Line) -> Line {
    let mut from = time(&line.chars);
    loop {
        let rest = line.chars.get(from..).unwrap_or_default();
        let indent = rest.iter().take_while(|own| own.c == ' ').count();
        let mut after = rest.iter().skip(indent).map(|own| own.c);
        let (first, second) = (after.next(), after.next());
        let is_bar = first.is_some_and(|c| BARS.contains(&c))
            || (matches!(first, Some('|' | '>')) && matches!(second, None | Some(' ')));
        if !is_bar {
            break;
        }
        line.is_boxed = true;
        let space = usize::from(second == Some(' '));
        from = from.saturating_add(indent).saturating_add(1).saturating_add(space);
    }
    let removed = from.min(line.chars.len());
    line.chars.drain(..removed);
    line.width = line.width.saturating_sub(removed);
    let trailing = line.chars.iter().rev().take_while(|own| own.c == ' ').count();
    let last = line.chars.iter().rev().nth(trailing).map(|own| own.c);
    if line.is_boxed && last.is_some_and(|c| BARS.contains(&c) || c == '|') {
        line.is_filled = true;
        line.chars.truncate(line.chars.len().saturating_sub(trailing).saturating_sub(1));
        while line.chars.last().is_some_and(|own| own.c == ' ') {
            line.chars.pop();
        }
    }
    line
}

/// The number of characters of a time such as `2026-11-01T12:27:16.1234567Z ` before a line.
fn time(chars: &[Glyph]) -> usize {
    let digit = |at: usize| chars.get(at).is_some_and(|own| own.c.is_ascii_digit());
    let is = |at: usize, wanted: char| chars.get(at).is_some_and(|own| own.c == wanted);
    let is_day = [0, 1, 2, 3, 5, 6, 8, 9, 11, 12].into_iter().all(digit)
        && is(4, '-')
        && is(7, '-')
        && is(10, 'T')
        && is(13, ':');
    if !is_day {
        return 0;
    }
    let length = chars.iter().take(40).take_while(|own| own.c != ' ').count();
    let ends_in_z = length.checked_sub(1).is_some_and(|last| is(last, 'Z'));
    if ends_in_z && is(length, ' ') { length.saturating_add(1) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        running(&Mapped::whole(text)).text().to_owned()
    }

    #[test]
    fn lines_run_on() {
        assert_eq!(of("a  b\tc\r\nd"), "a b c\nd\u{c}");
        assert_eq!(of("a \n b"), "a b\u{c}");
        assert_eq!(of("a\n\n b"), "a\u{c}b\u{c}");
        assert_eq!(of("╷\n│ Error: x\n│ y z\n│ \n│   with z\n╵"), "Error: x\ny z\u{c}with z\u{c}");
        assert_eq!(of("\u{1b}[31m│\u{1b}[0m \u{1b}[0mab\u{1b}[1m c"), "ab c\u{c}");
        assert_eq!(of("> > quoted\n> > more"), "quoted\nmore\u{c}");
        assert_eq!(of("2026-11-01T12:27:16.1Z a\n2026-11-01T12:27:16.2Z b"), "a\nb\u{c}");
        assert_eq!(of("│ a      │\n│ b c    │"), "a\nb c\u{c}");
    }

    #[test]
    fn lines_of_one_width_were_broken_anywhere() {
        assert_eq!(of("abcdefgh\nijklmnop\nqr"), "abcdefgh\u{b}ijklmnop\u{b}qr\u{c}");
        assert_eq!(of("│ abcdefgh\n│ ij"), "abcdefgh\u{b}ij\u{c}");
        assert_eq!(of("abcdefgh\nij"), "abcdefgh\nij\u{c}");
    }

    #[test]
    fn escapes_and_entities_are_what_they_mean() {
        assert_eq!(
            of(r#"\"a\" \\\"b\\\" &quot;c&quot; \/ \u0026 \n d\e"#),
            "\"a\" \"b\" \"c\" / & d\\e\u{c}"
        );
    }

    #[test]
    fn each_character_knows_its_place() {
        let text = "│ a &quot;b\n│ c";
        let run = running(&Mapped::whole(text));
        for (index, c) in run.text().char_indices() {
            let place = run.place(index) as usize;
            match c {
                'a' | 'b' | 'c' => assert!(text.get(place..).unwrap().starts_with(c)),
                '"' => assert!(text.get(place..).unwrap().starts_with("&quot;")),
                _ => assert!(text.is_char_boundary(place)),
            }
        }
    }
}
