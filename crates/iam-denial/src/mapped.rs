//! Texts that know where each of their bytes stands in the text that was given.

use std::borrow::Cow;

use iam_json::Span;

/// A text, and the place of each of its bytes in the text that was given.
#[derive(Debug)]
pub(crate) struct Mapped<'t> {
    text: Cow<'t, str>,
    /// One place for each byte, and that of the end. `None` if the text is the one that was given.
    at: Option<Vec<u32>>,
}

impl<'t> Mapped<'t> {
    /// The text that was given.
    pub(crate) const fn whole(text: &'t str) -> Self {
        Self { text: Cow::Borrowed(text), at: None }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The place of a byte in the text that was given.
    pub(crate) fn place(&self, byte: usize) -> u32 {
        match &self.at {
            None => u32::try_from(byte).unwrap_or(u32::MAX),
            Some(at) => at.get(byte).or(at.last()).copied().unwrap_or_default(),
        }
    }

    /// The place of some bytes in the text that was given.
    pub(crate) fn span(&self, own: Span) -> Span {
        Span::new(self.place(own.start as usize), self.place(own.end as usize))
    }

    /// A part of the text.
    pub(crate) fn part(&self, start: usize, end: usize) -> Mapped<'static> {
        let mut out = Builder::default();
        for (index, c) in self.text.get(start..end).unwrap_or_default().char_indices() {
            out.push(c, self.place(start.saturating_add(index)));
        }
        out.end(self.place(end))
    }

    /// The content of a JSON string, whose quotation marks are the first and the last byte of `own`.
    pub(crate) fn json_string(&self, own: Span) -> Mapped<'static> {
        let (start, end) = (own.start as usize, own.end as usize);
        let inner = start.saturating_add(1)..end.saturating_sub(1);
        let raw = self.text.get(inner.clone()).unwrap_or_default();
        let mut out = Builder::default();
        let mut chars = raw.char_indices();
        // The first half of a pair of surrogates.
        let mut half: Option<u32> = None;
        while let Some((index, c)) = chars.next() {
            let place = self.place(inner.start.saturating_add(index));
            let c = if c == '\\' { escaped(&mut chars, &mut half) } else { Some(c) };
            if let Some(c) = c {
                out.push(c, place);
            }
        }
        out.end(self.place(inner.end))
    }
}

/// The character of an escape after its backslash. `None` for the first half of a pair of surrogates.
fn escaped(chars: &mut std::str::CharIndices<'_>, half: &mut Option<u32>) -> Option<char> {
    let (_, c) = chars.next()?;
    let plain = match c {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'u' => {
            let digits: String = chars.by_ref().take(4).map(|(_, digit)| digit).collect();
            let unit = u32::from_str_radix(&digits, 16).unwrap_or(0xFFFD);
            if (0xD800..0xDC00).contains(&unit) {
                *half = Some(unit);
                return None;
            }
            let low = unit.checked_sub(0xDC00).filter(|low| *low < 0x400);
            let whole = half.take().zip(low).and_then(|(high, low)| {
                char::from_u32(
                    high.checked_sub(0xD800)?.checked_shl(10)?.checked_add(low)?.checked_add(0x10000)?,
                )
            });
            whole.or_else(|| char::from_u32(unit)).unwrap_or('\u{FFFD}')
        }
        other => other,
    };
    Some(plain)
}

/// Writes a text with the places of its bytes.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    text: String,
    at: Vec<u32>,
}

impl Builder {
    pub(crate) fn push(&mut self, c: char, place: u32) {
        self.text.push(c);
        self.at.extend(std::iter::repeat_n(place, c.len_utf8()));
    }

    /// The last character.
    pub(crate) fn last(&self) -> Option<char> {
        self.text.chars().next_back()
    }

    pub(crate) fn end(mut self, place: u32) -> Mapped<'static> {
        self.at.push(place);
        Mapped { text: Cow::Owned(self.text), at: Some(self.at) }
    }
}
