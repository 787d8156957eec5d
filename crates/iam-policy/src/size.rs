//! The length of a document, in the units that AWS counts.

use iam_json::Value;

/// The length of a document in three units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Size {
    /// UTF-8 bytes.
    pub bytes: usize,
    /// Characters (Unicode scalar values). STS counts session policies in them, and Organizations counts stored policies in them.
    pub characters: usize,
    /// Characters without the white space between JSON tokens, as IAM counts.
    ///
    /// White space inside strings is counted. The quota page does not say whether it counts; the larger number is the safe one.
    pub characters_without_white_space: usize,
}

impl Size {
    /// The length of a text that has been read as JSON.
    pub fn of(text: &str) -> Self {
        let (mut continuations, mut white_space) = (0usize, 0usize);
        let mut rest = text.as_bytes();
        // Outside a string, skip to the next quotation mark. Inside a string, skip to the one that ends it.
        while let Some(quote) = rest.iter().position(|b| *b == b'"') {
            let (outside, inside) = rest.split_at_checked(quote).unwrap_or((rest, &[]));
            white_space = white_space.saturating_add(white_space_in(outside));
            let mut end = 1usize;
            while let Some(stop) =
                inside.get(end..).and_then(|r| r.iter().position(|b| matches!(b, b'"' | b'\\')))
            {
                end = end.saturating_add(stop);
                let escape = inside.get(end) == Some(&b'\\');
                end = end.saturating_add(if escape { 2 } else { 1 });
                if !escape {
                    break;
                }
            }
            let (string, behind) = inside.split_at_checked(end).unwrap_or((inside, &[]));
            continuations = continuations.saturating_add(count(string, |b| b & 0xC0 == 0x80));
            rest = behind;
        }
        white_space = white_space.saturating_add(white_space_in(rest));
        // Outside strings JSON is ASCII.
        let characters = text.len().saturating_sub(continuations);
        Self {
            bytes: text.len(),
            characters,
            characters_without_white_space: characters.saturating_sub(white_space),
        }
    }

    /// The length of a value, equal to [`Size::of`] its text. Reading has counted the white space.
    pub fn of_value(value: Value<'_>) -> Self {
        let text = value.raw();
        let characters = if text.is_ascii() { text.len() } else { text.chars().count() };
        let characters_without_white_space = characters.saturating_sub(value.white_space());
        Self { bytes: text.len(), characters, characters_without_white_space }
    }
}

fn white_space_in(bytes: &[u8]) -> usize {
    count(bytes, |b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'))
}

fn count(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> usize {
    bytes.iter().filter(|b| wanted(**b)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_as_long_as_its_text() {
        let text = "[ {} , {\n\t\"a b\" : [ 1 , \"\\\" \" ] } , \"\u{e9} \" ]";
        let document = iam_json::Document::parse(text, iam_json::Limits::default()).unwrap();
        let mut values = vec![document.root()];
        while let Some(value) = values.pop() {
            assert_eq!(Size::of_value(value), Size::of(value.raw()), "{}", value.raw());
            values.extend(value.items().chain(value.members().map(|member| member.value)));
        }
    }

    #[test]
    fn white_space_counts_inside_strings_only() {
        let size = Size::of("{ \"a b\\\" c\" :\n[ \"é\" ] }");
        assert_eq!(size.characters, 23);
        assert_eq!(size.bytes, 24);
        assert_eq!(size.characters_without_white_space, 17);
    }
}
