//! Lower-casing as AWS does it (rule 4.16).

/// Whether two texts are equal after lower-casing.
///
/// Letters up to U+FFFF are lower-cased as Unicode says, with the final sigma. Letters above stay as they are, and count as letters of the
/// word for the sigma beside them.
///
/// # Cost
/// Linear. Texts that are not ASCII are copied.
pub(crate) fn equal_lowered(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() { a.eq_ignore_ascii_case(b) } else { lowered(a) == lowered(b) }
}

#[expect(
    clippy::disallowed_methods,
    reason = "operators that ignore case fold all of Unicode; keys and names never come here"
)]
pub(crate) fn lowered(text: &str) -> String {
    // The standard library knows where a sigma is final. Its other letters are the same one by one.
    let whole = text.to_lowercase();
    let mut rest = whole.chars();
    let mut lowered = String::with_capacity(whole.len());
    for c in text.chars() {
        let own = rest.by_ref().take(c.to_lowercase().count());
        if c > '\u{FFFF}' {
            own.for_each(drop);
            lowered.push(c);
        } else {
            lowered.extend(own);
        }
    }
    lowered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_are_one() {
        for (a, b) in [
            ("K", "\u{212A}"),
            ("\u{c9}", "\u{e9}"),
            ("\u{1E9E}", "\u{df}"),
            ("\u{39f}\u{3a3}", "\u{3bf}\u{3c2}"),
            ("\u{39f}\u{3a3}\u{391}", "\u{3bf}\u{3c3}\u{3b1}"),
            ("A\u{3a3}\u{10400}", "a\u{3c3}\u{10400}"),
            ("\u{10400}\u{3a3}", "\u{10400}\u{3c2}"),
        ] {
            assert!(equal_lowered(a, b), "{a} {b}");
        }
    }

    #[test]
    fn letters_that_differ() {
        for (a, b) in [
            ("s", "\u{17f}"),
            ("I", "\u{131}"),
            ("\u{130}", "i"),
            ("\u{df}", "SS"),
            ("\u{10400}", "\u{10428}"),
            ("\u{39f}\u{3a3}", "\u{3bf}\u{3c3}"),
            ("A\u{3a3}\u{10400}", "a\u{3c2}\u{10400}"),
        ] {
            assert!(!equal_lowered(a, b), "{a} {b}");
        }
    }
}
