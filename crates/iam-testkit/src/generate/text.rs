//! Patterns that match a text, and patterns that fail to match it by one character.

use std::borrow::Cow;

use crate::case::Text;
use crate::source::Source;

/// The text with upper and lower case exchanged (ASCII).
pub(crate) fn swap_case(text: &str) -> String {
    let swap = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    text.chars().map(swap).collect()
}

/// A pattern that matches the text. The first `kept` characters are not changed.
pub(super) fn matching(source: &mut Source<'_>, text: &'static str, kept: usize) -> Text {
    let characters: Vec<char> = text.chars().collect();
    let from = source.between(kept, characters.len());
    let to = source.between(from, characters.len());
    let around = |middle: &str| {
        let (before, after) = (characters.iter().take(from), characters.iter().skip(to));
        before.collect::<String>() + middle + &after.collect::<String>()
    };
    Cow::Owned(match source.below(6) {
        0 => return Cow::Borrowed(text),
        1 | 2 => characters.iter().take(from).collect::<String>() + "*",
        3 => around("*"),
        4 => {
            let marks = "?".repeat(to.saturating_sub(from).min(3));
            let rest = from.saturating_add(marks.len());
            characters.iter().take(from).collect::<String>()
                + &marks
                + &characters.iter().skip(rest).collect::<String>()
        }
        _ => around("**"),
    })
}

/// The text with one character changed, removed or inserted after the first `kept` characters.
pub(super) fn near(source: &mut Source<'_>, text: &str, kept: usize) -> Text {
    let mut characters: Vec<char> = text.chars().collect();
    if characters.len() <= kept {
        characters.push('z');
        return Cow::Owned(characters.into_iter().collect());
    }
    let at = source.between(kept, characters.len().saturating_sub(1)).min(characters.len().saturating_sub(1));
    let other = *source.pick(&['z', 'k', '-', '\u{e9}', '\u{ff}']);
    match source.below(4) {
        0 => drop(characters.remove(at)),
        1 => characters.insert(at, other),
        2 => characters.push(other),
        _ => {
            if let Some(character) = characters.get_mut(at) {
                *character = other;
            }
        }
    }
    Cow::Owned(characters.into_iter().collect())
}

/// A short pattern and a short text over few characters, so that they match often.
pub(crate) fn glob(source: &mut Source<'_>) -> (String, String) {
    let mut word = |letters: &[char; 8], most: usize| {
        let length = source.below(most);
        (0..length).map(|_| *source.pick(letters)).collect::<String>()
    };
    let pattern = word(&['*', 'a', 'b', '?', '?', '*', '/', '\u{e9}'], 8);
    let text = word(&['a', 'b', '\u{10400}', '/', '*', '?', '\u{e9}', 'a'], 9);
    (pattern, text)
}
