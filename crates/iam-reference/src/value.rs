//! Texts of typed operators.
#![expect(clippy::arithmetic_side_effects, reason = "INVARIANT a text is not shorter than a part of it")]

pub(crate) fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Splits a text into `N` fields at a character. The last field keeps the rest.
pub(crate) fn split<const N: usize>(text: &str, at: char) -> Option<[&str; N]> {
    text.splitn(N, at).collect::<Vec<_>>().try_into().ok()
}

/// Rule 4.15: `true` in any case is true, and every other text is false.
pub(crate) fn flag(text: &str) -> bool {
    text.eq_ignore_ascii_case("true")
}

/// Rule 4.16: the text in lower case. Letters above U+FFFF stay as they are, but count when the standard library looks for the end of a
/// word. If `ascii`, only ASCII letters change.
#[expect(clippy::disallowed_methods, reason = "the rule is about letters beyond ASCII")]
pub(crate) fn lower(text: &str, ascii: bool) -> String {
    if ascii {
        return text.to_ascii_lowercase();
    }
    let whole = text.to_lowercase();
    let mut lowered = whole.chars();
    let mut result = String::new();
    for letter in text.chars() {
        let own: String = lowered.by_ref().take(letter.to_lowercase().count()).collect();
        if letter > '\u{ffff}' { result.push(letter) } else { result.push_str(&own) }
    }
    result
}

/// Rule 4.9, BinaryEquals: the bits of the whole bytes in a padded base64 text. The remaining bits must be zero.
pub(crate) fn base64(text: &str) -> Option<Vec<bool>> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    let mut found = Vec::new();
    for digit in digits.chars() {
        let value = ALPHABET.find(digit)?;
        found.extend([32, 16, 8, 4, 2, 1].map(|bit| value & bit != 0));
    }
    let rest = found.split_off(found.len().checked_sub((text.len() - digits.len()) * 2)?);
    (text.len().is_multiple_of(4) && !rest.contains(&true)).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lower_case_ends_at_the_first_plane() {
        let same = |a: &str, b: &str| lower(a, false) == lower(b, false);
        for (a, b) in [
            ("K", "\u{212a}"),
            ("\u{c9}", "\u{e9}"),
            ("\u{1e9e}", "\u{df}"),
            ("\u{39f}\u{3a3}", "\u{3bf}\u{3c2}"),
            ("\u{3a3}", "\u{3c3}"),
            ("A\u{3a3}\u{10400}", "a\u{3c3}\u{10400}"),
            ("\u{10400}\u{3a3}", "\u{10400}\u{3c2}"),
        ] {
            assert!(same(a, b), "{a} {b}");
        }
        for (a, b) in [
            ("s", "\u{17f}"),
            ("I", "\u{131}"),
            ("i", "\u{130}"),
            ("SS", "\u{df}"),
            ("\u{3a3}", "\u{3c2}"),
            ("\u{39f}\u{3a3}", "\u{3bf}\u{3c3}"),
            ("\u{10400}", "\u{10428}"),
        ] {
            assert!(!same(a, b), "{a} {b}");
        }
        assert_eq!(lower("\u{130}\u{10400}\u{c9}", false), "i\u{307}\u{10400}\u{e9}");
        assert_eq!(lower("\u{c9}A", true), "\u{c9}a");
    }

    #[test]
    fn base64_is_strict() {
        assert_eq!(base64("Qw=="), Some([0, 1, 0, 0, 0, 0, 1, 1].map(|bit| bit == 1).to_vec()));
        assert_eq!(base64("Ymx1ZQ==").map(|bits| bits.len()), Some(32));
        assert_eq!(base64(""), Some(vec![]));
        for bad in ["Y", "Ym", "Ymx1ZR==", "Ymx1ZQ=", "Ymx1====", "Ym-1"] {
            assert_eq!(base64(bad), None, "{bad:?}");
        }
    }
}
