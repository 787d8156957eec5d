//! How long a document is, in the ways AWS counts.

use crate::span::Span;

/// The length of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Size {
    /// UTF-8 bytes.
    pub bytes: usize,
    /// Characters (Unicode scalar values), as STS counts session policies and Organizations counts stored policies.
    pub characters: usize,
    /// Characters without the white space between JSON tokens, as IAM counts. White space inside strings is counted: the quota page
    /// does not say otherwise, and the larger number is the safe one.
    pub characters_without_white_space: usize,
}

impl Size {
    /// The length of a JSON text that has been read.
    pub fn of(text: &str) -> Self {
        let (mut characters, mut white_space) = (0usize, 0usize);
        let (mut in_string, mut escaped) = (false, false);
        for c in text.chars() {
            characters = characters.saturating_add(1);
            match c {
                _ if escaped => escaped = false,
                '\\' if in_string => escaped = true,
                '"' => in_string = !in_string,
                ' ' | '\t' | '\n' | '\r' if !in_string => white_space = white_space.saturating_add(1),
                _ => {}
            }
        }
        Self {
            bytes: text.len(),
            characters,
            characters_without_white_space: characters.saturating_sub(white_space),
        }
    }

    pub(crate) fn of_span(text: &str, span: Span) -> Self {
        Self::of(span.of(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_counts_inside_strings_only() {
        let size = Size::of("{ \"a b\\\" c\" :\n[ \"é\" ] }");
        assert_eq!(size.characters, 23);
        assert_eq!(size.bytes, 24);
        assert_eq!(size.characters_without_white_space, 17);
    }
}
