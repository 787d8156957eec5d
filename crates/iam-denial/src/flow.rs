//! The running text with a way to find words in it, wherever lines were broken.

use iam_json::{Span, Spanned};

use crate::lines::{HARD, SOFT, running};
use crate::mapped::Mapped;

/// The running text.
#[derive(Debug)]
pub(crate) struct Flow {
    run: Mapped<'static>,
    /// The text in lower case without white space and breaks, in which words are found.
    letters: String,
    /// The byte of the running text for each byte of `letters`.
    at: Vec<u32>,
}

/// Whether a character is a space or a break between two lines.
pub(crate) const fn is_gap(c: char) -> bool {
    matches!(c, ' ' | SOFT | HARD)
}

impl Flow {
    pub(crate) fn new(source: &Mapped<'_>) -> Self {
        let run = running(source);
        let mut letters = String::with_capacity(run.text().len());
        let mut at = Vec::with_capacity(run.text().len());
        for (index, c) in run.text().char_indices().filter(|(_, c)| !is_gap(*c)) {
            letters.push(c.to_ascii_lowercase());
            at.extend(std::iter::repeat_n(u32::try_from(index).unwrap_or(u32::MAX), c.len_utf8()));
        }
        Self { run, letters, at }
    }

    pub(crate) fn len(&self) -> usize {
        self.run.text().len()
    }

    /// The bytes of the running text in a range.
    pub(crate) fn text(&self, start: usize, end: usize) -> &str {
        self.run.text().get(start..end).unwrap_or_default()
    }

    /// The byte `back` bytes before `end`, or the next one at which a character begins.
    pub(crate) fn back(&self, end: usize, back: usize) -> usize {
        let mut byte = end.saturating_sub(back);
        while byte < end && !self.run.text().is_char_boundary(byte) {
            byte = byte.saturating_add(1);
        }
        byte
    }

    /// The text from a byte on.
    pub(crate) fn after(&self, start: usize) -> &str {
        self.run.text().get(start..).unwrap_or_default()
    }

    /// The text before a byte.
    pub(crate) fn before(&self, end: usize) -> &str {
        self.run.text().get(..end).unwrap_or_default()
    }

    /// The place of a range in the text that was given.
    pub(crate) fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.run.place(start), self.run.place(end))
    }

    /// A value with its place. Gaps are written as given.
    pub(crate) fn spanned(&self, value: String, start: usize, end: usize) -> Spanned<String> {
        Spanned::new(value, self.span(start, end))
    }

    /// Each place where a phrase stands: its first byte and the byte after it. Lines may be broken anywhere in it.
    pub(crate) fn places<'f>(&'f self, phrase: &'f str) -> impl Iterator<Item = (usize, usize)> + 'f {
        let letters: String = phrase.chars().filter(|c| *c != ' ').collect();
        let mut from = 0_usize;
        std::iter::from_fn(move || {
            loop {
                let found = self.letters.get(from..)?.find(&letters)?.saturating_add(from);
                from = found.saturating_add(letters.len().max(1));
                let start = *self.at.get(found)? as usize;
                if let Some(end) = self.phrase_at(start, phrase).filter(|_| self.begins_word(start)) {
                    return Some((start, end));
                }
            }
        })
    }

    /// Whether a word can begin at a byte.
    fn begins_word(&self, start: usize) -> bool {
        let first = self.after(start).chars().next();
        let before = self.before(start).chars().next_back();
        !first.is_some_and(char::is_alphanumeric) || !before.is_some_and(|c| c.is_alphanumeric() || c == '-')
    }

    /// The byte after a phrase that begins at a byte. A space of the phrase is at least one gap.
    pub(crate) fn phrase_at(&self, start: usize, phrase: &str) -> Option<usize> {
        let mut rest = self.after(start).char_indices().peekable();
        let mut end = start;
        for wanted in phrase.chars() {
            let mut gaps = 0_usize;
            while rest
                .peek()
                .is_some_and(|(_, c)| if wanted == ' ' { is_gap(*c) } else { matches!(*c, SOFT | HARD) })
            {
                rest.next();
                gaps = gaps.saturating_add(1);
            }
            if wanted == ' ' {
                if gaps == 0 {
                    return None;
                }
                continue;
            }
            let (index, c) = rest.next()?;
            if !c.eq_ignore_ascii_case(&wanted) {
                return None;
            }
            end = start.saturating_add(index).saturating_add(c.len_utf8());
        }
        Some(end)
    }

    /// The first byte from `start` on that is none of these characters and no gap.
    pub(crate) fn skip(&self, start: usize, marks: &[char]) -> usize {
        let rest = self.after(start);
        let skipped = rest.trim_start_matches(|c| is_gap(c) || marks.contains(&c));
        start.saturating_add(rest.len().saturating_sub(skipped.len()))
    }

    /// The byte after the last character before `end` that is none of these characters and no gap.
    pub(crate) fn skip_back(&self, end: usize, marks: &[char]) -> usize {
        self.before(end).trim_end_matches(|c| is_gap(c) || marks.contains(&c)).len()
    }
}
