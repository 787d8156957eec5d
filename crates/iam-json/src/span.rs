//! Places in a document: byte ranges, and lines and columns for people.

use std::fmt;

/// A range of bytes in the text of a document. The end is exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The range from `start` to `end`.
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// The part of `text` that the range covers. Empty if the range is outside the text.
    #[inline]
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// A byte offset as line and column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, counted from 1.
    pub line: u32,
    /// Column in Unicode scalar values, counted from 1.
    pub column: u32,
    /// Offset in bytes, counted from 0.
    pub offset: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// The beginnings of the lines of a text.
///
/// The index converts byte offsets to lines and columns without the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineIndex {
    /// Offsets of the first byte of every line except the first.
    starts: Vec<u32>,
    /// Offsets of UTF-8 continuation bytes, which columns do not count.
    continuations: Vec<u32>,
}

impl LineIndex {
    /// The lines of `text`. Lines end at U+000A.
    pub fn of(text: &str) -> Self {
        // A text of 4 GiB is beyond every limit of reading.
        let behind = text.match_indices('\n').filter_map(|(at, _)| u32::try_from(at.saturating_add(1)).ok());
        Self::from_starts(text, behind.collect())
    }

    /// The lines of `text`, where all lines except the first begin at the bytes `starts`.
    pub(crate) fn from_starts(text: &str, starts: Vec<u32>) -> Self {
        let mut index = Self { starts, continuations: Vec::new() };
        if !text.is_ascii() {
            let hidden = (0u32..).zip(text.bytes()).filter(|(_, byte)| byte & 0xC0 == 0x80);
            index.continuations.extend(hidden.map(|(at, _)| at));
        }
        index
    }

    /// The line and column of a byte offset.
    pub fn position(&self, offset: u32) -> Position {
        let line = self.starts.partition_point(|&start| start <= offset);
        let start = line.checked_sub(1).and_then(|i| self.starts.get(i)).copied().unwrap_or(0);
        let before = |limit: u32| self.continuations.partition_point(|&o| o < limit);
        let hidden = before(offset).saturating_sub(before(start));
        let column = (offset.saturating_sub(start) as usize).saturating_sub(hidden);
        Position {
            line: u32::try_from(line.saturating_add(1)).unwrap_or(u32::MAX),
            column: u32::try_from(column.saturating_add(1)).unwrap_or(u32::MAX),
            offset,
        }
    }
}

/// A value with its place. Two are equal if their values are equal: places are not compared.
#[derive(Clone, Copy, Debug)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// The place of the value's text, quotation marks included.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Makes a value with its place.
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// A value without a place: its span is empty and at the start of the text.
    pub fn placeless(value: T) -> Self {
        Self::new(value, Span::default())
    }
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Spanned<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_json_notes_where_lines_begin() {
        for text in ["1", "\n1", " [\r\n\n1 , \t\"\u{e9}\\n\"\n]\n", "{\n\n\"a\" :\n2}"] {
            let document = crate::Document::parse(text, crate::Limits::default()).unwrap();
            assert_eq!(**document.lines(), LineIndex::of(text), "{text:?}");
        }
    }

    #[test]
    fn columns_count_characters_and_lines_end_at_line_feeds() {
        let text = "ab\r\ncé\u{4e2d}d\n";
        let index = LineIndex::of(text);
        let at = |needle: &str| {
            let offset = u32::try_from(text.find(needle).unwrap()).unwrap();
            let position = index.position(offset);
            (position.line, position.column)
        };
        assert_eq!(at("a"), (1, 1));
        assert_eq!(at("\r"), (1, 3));
        assert_eq!(at("c"), (2, 1));
        assert_eq!(at("\u{4e2d}"), (2, 3));
        assert_eq!(at("d"), (2, 4));
        assert_eq!(index.position(u32::try_from(text.len()).unwrap()).line, 3);
    }
}
