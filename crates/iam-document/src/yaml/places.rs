//! Byte offsets of characters that are counted.

use crate::origin::narrow;

/// One offset is kept for this many characters.
const STEP: usize = 64;

/// Byte offsets by the number of the character.
pub(super) struct Places<'t> {
    text: &'t str,
    /// The offset of each character whose number can be divided by [`STEP`]. Empty if each character is one byte.
    offsets: Vec<u32>,
}

impl<'t> Places<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let offsets = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().step_by(STEP).map(|(at, _)| narrow(at)).collect()
        };
        Self { text, offsets }
    }

    /// The byte at which a character begins. For a number beyond the text, the end of the text.
    pub(super) fn byte(&self, number: usize) -> u32 {
        let end = narrow(self.text.len());
        if self.offsets.is_empty() {
            return narrow(number).min(end);
        }
        let Some(&start) = self.offsets.get(number / STEP) else { return end };
        let rest = self.text.get(start as usize..).unwrap_or_default();
        let into = rest.char_indices().nth(number % STEP).map_or(rest.len(), |(at, _)| at);
        start.saturating_add(narrow(into))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_have_their_bytes() {
        for text in [String::new(), "abc".repeat(50), "aé\u{1F511}".repeat(100)] {
            let places = Places::of(&text);
            for (number, (at, _)) in text.char_indices().enumerate() {
                assert_eq!(places.byte(number) as usize, at);
            }
            let count = text.chars().count();
            assert_eq!(
                (places.byte(count) as usize, places.byte(count + 99) as usize),
                (text.len(), text.len())
            );
        }
    }
}
