//! The values in a message: the texts between its phrases.

use iam_json::Spanned;

use crate::flow::{Flow, is_gap};
use crate::lines::{END, HARD, SOFT};
use crate::marks::{Kind, Marks};

/// What IAM writes before the name of a resource, whole or in part.
const TYPES: [&str; 7] = ["role", "user", "group", "policy", "policy path", "instance", "instance profile"];

/// The maximum length of a value in bytes: more than any ARN has.
const MOST: usize = 4096;

/// Reads values of one text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'f> {
    pub(crate) flow: &'f Flow,
    pub(crate) marks: &'f Marks,
    /// The byte at which the message ends at the latest.
    pub(crate) end: usize,
}

impl Reader<'_> {
    /// The characters from a byte on that a value of one word consists of, without the breaks in it. Whether a break is in a word or between two
    /// is told by what follows: a phrase that goes on with the message, or the end of the paragraph.
    pub(crate) fn word(
        &self,
        start: usize,
        is_part: impl Fn(char) -> bool,
    ) -> Option<(Spanned<String>, usize)> {
        self.word_before(start, is_part, "")
    }

    /// The same for a word that another word follows, which is not taken for a part of it.
    pub(crate) fn word_before(
        &self,
        start: usize,
        is_part: impl Fn(char) -> bool,
        next: &str,
    ) -> Option<(Spanned<String>, usize)> {
        let mut value = String::new();
        let mut end = start;
        let rest = self.flow.text(start, self.end).char_indices().take_while(|(index, _)| *index < MOST);
        for (index, c) in rest {
            let at = start.saturating_add(index);
            if matches!(c, SOFT | HARD) {
                let after = at.saturating_add(1);
                if value.is_empty() || !self.goes_on(c, after, &is_part, next) {
                    break;
                }
            } else if is_part(c) {
                value.push(c);
                end = at.saturating_add(c.len_utf8());
            } else {
                break;
            }
        }
        (!value.is_empty()).then(|| (self.flow.spanned(value, start, end), end))
    }

    /// Whether a word goes on after a break.
    fn goes_on(&self, gap: char, after: usize, is_part: &impl Fn(char) -> bool, word: &str) -> bool {
        if self.marks.at(after, Kind::ends_value).is_some() {
            return false;
        }
        let rest = self.flow.text(after, self.end);
        let more: usize = rest.chars().take(MOST).take_while(|c| is_part(*c)).map(char::len_utf8).sum();
        if more == 0 {
            return false;
        }
        let next = self.flow.skip(after.saturating_add(more), &['"', '.', ',']);
        let is_followed = !word.is_empty() && self.flow.phrase_at(next, word).is_some();
        if !is_followed && rest.get(..more).is_some_and(|rest| rest.eq_ignore_ascii_case(word)) {
            return false;
        }
        // Unless lines were broken at a column, the rest of the word must be followed by what follows such a word.
        gap == HARD || is_followed || self.marks.at(next, Kind::ends_value).is_some()
    }

    /// The text of a range with the breaks in it taken for what they most likely stand for: nothing, and a space where the text has other
    /// spaces and lines were not broken at a column.
    pub(crate) fn joined(&self, start: usize, end: usize) -> Spanned<String> {
        let text = self.flow.text(start, end);
        let has_spaces = text.contains(' ');
        let mut value = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                // `role` and its like are words of their own.
                SOFT | HARD if TYPES.contains(&value.as_str()) => value.push(' '),
                HARD => {}
                SOFT if !has_spaces => {}
                SOFT => value.push(' '),
                c => value.push(c),
            }
        }
        self.flow.spanned(value, start, end)
    }

    /// The text from a quotation mark to the one that closes it, and the byte after that one. A mark inside is told from the closing one by what
    /// follows.
    pub(crate) fn quoted(&self, start: usize) -> Option<(Spanned<String>, usize)> {
        let mark = self.flow.after(start).chars().next().filter(|c| matches!(c, '"' | '\'' | '`' | '“'))?;
        let close = if mark == '“' { '”' } else { mark };
        let from = start.saturating_add(mark.len_utf8());
        let text = self.flow.text(from, self.end.min(from.saturating_add(MOST)));
        let text = text.split(END).next().unwrap_or_default();
        let closing = |at: usize| {
            let after = from.saturating_add(at).saturating_add(close.len_utf8());
            let next = self.flow.skip(after, &['.', ',', ';']);
            next >= self.end
                || self.flow.after(next).starts_with([END, '"', '}', ')', '<'])
                || self.marks.at(next, Kind::ends_value).is_some()
        };
        let mut places = text.match_indices(close).map(|(at, _)| at).take(64);
        let first = places.clone().next()?;
        let at = places.find(|at| closing(*at)).unwrap_or(first);
        let end = from.saturating_add(at);
        Some((self.joined(from, end), end.saturating_add(close.len_utf8())))
    }

    /// A range without the gaps at its ends.
    pub(crate) fn trimmed(&self, start: usize, end: usize) -> (usize, usize) {
        let start = self.flow.skip(start, &[]).min(end);
        (start, self.flow.skip_back(end, &[]).max(start))
    }
}

/// Whether a character can be in the name of an action.
pub(crate) const fn in_action(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_' | '*')
}

/// Whether a character can be in a word without quotation marks.
pub(crate) const fn in_word(c: char) -> bool {
    !is_gap(c) && !matches!(c, END | '"' | '<' | '>' | '`')
}

/// Whether a character can be in an id.
pub(crate) const fn in_id(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}
