//! The glob matcher equals the recursive definition on every small pattern and text, and a regular expression on larger ones.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test stops at the first surprise"
)]

use iam_eval::{LetterCase, matches};
use iam_policy::{Pattern, Syntax};
use proptest::prelude::*;
use regex::Regex;

/// The definition: a star matches nothing or one character and the star again.
fn defined(pattern: &[char], text: &[char]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        (['*', rest @ ..], _) => defined(rest, text) || (!text.is_empty() && defined(pattern, &text[1..])),
        (['?', rest @ ..], [_, tail @ ..]) => defined(rest, tail),
        ([p, rest @ ..], [t, tail @ ..]) => p == t && defined(rest, tail),
        _ => false,
    }
}

/// Every word of at most `most` letters.
fn words(most: usize, letters: &[char]) -> Vec<Vec<char>> {
    let mut all = vec![Vec::new()];
    let mut last = all.clone();
    for _ in 0..most {
        last = last.iter().flat_map(|w| letters.iter().map(|c| [w.as_slice(), &[*c]].concat())).collect();
        all.extend(last.iter().cloned());
    }
    all
}

fn compare(patterns: &[Vec<char>], texts: &[Vec<char>]) -> usize {
    let spelled: Vec<String> = texts.iter().map(|t| t.iter().collect()).collect();
    for word in patterns {
        let text: String = word.iter().collect();
        let pattern = Pattern::parse(&text, Syntax::new(true, true)).unwrap();
        for (characters, spelled) in texts.iter().zip(&spelled) {
            let expected = defined(word, characters);
            assert_eq!(matches(&pattern, spelled, LetterCase::Sensitive), expected, "{text} {spelled}");
            // The alphabet has small letters only, so that case cannot matter.
            assert_eq!(
                matches(&pattern, &spelled.to_ascii_uppercase(), LetterCase::Ascii),
                expected,
                "{text} {spelled}"
            );
        }
    }
    patterns.len() * texts.len()
}

#[test]
fn all_patterns_up_to_six_and_texts_up_to_eight() {
    let pairs = compare(&words(6, &['a', 'b', '*', '?']), &words(8, &['a', 'b']));
    assert_eq!(pairs, 5_461 * 511);
}

#[test]
fn a_question_mark_is_one_character_and_not_one_byte() {
    compare(&words(4, &['a', 'é', '*', '?']), &words(5, &['a', 'é', '\u{4e2d}']));
}

#[test]
fn stars_do_not_multiply() {
    // Exponential matchers do not end on this.
    let pattern = Pattern::parse(&"*a".repeat(60).replace("*a*a", "*a*b"), Syntax::new(true, false)).unwrap();
    assert!(!matches(&pattern, &"a".repeat(2_048), LetterCase::Sensitive));
}

/// The pattern as an anchored regular expression: everything but the wildcards escaped.
fn expression(pattern: &str) -> Regex {
    let mut source = String::from(r"(?s)\A");
    for character in pattern.chars() {
        match character {
            '*' => source.push_str(".*"),
            '?' => source.push('.'),
            other => source.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
        }
    }
    source.push_str(r"\z");
    Regex::new(&source).unwrap()
}

/// A pattern, and a text that it matches or that is at most one change away from such a text.
fn pattern_and_near_match() -> impl Strategy<Value = (String, String)> {
    let character = || prop::sample::select("aabbAB.+[(\\^$|{}\n/:éÉ中K".chars().collect::<Vec<_>>());
    let piece = prop_oneof![
        // A wildcard, and what stands in its place in the text.
        2 => prop::collection::vec(character(), 0..6).prop_map(|run| ("*".to_owned(), run)),
        1 => character().prop_map(|one| ("?".to_owned(), vec![one])),
        4 => character().prop_map(|c| (c.to_string(), vec![c])),
    ];
    let change = prop_oneof![
        Just(None),
        (any::<prop::sample::Index>(), prop::option::of(character())).prop_map(Some),
    ];
    (prop::collection::vec(piece, 0..24), change).prop_map(|(pieces, change)| {
        let pattern: String = pieces.iter().map(|(p, _)| p.as_str()).collect();
        let mut text: Vec<char> = pieces.into_iter().flat_map(|(_, t)| t).collect();
        if let Some((at, by)) = change
            && !text.is_empty()
        {
            let at = at.index(text.len());
            text.splice(at..=at, by);
        }
        (pattern, text.into_iter().collect())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_regular_expression_says_the_same((pattern, text) in pattern_and_near_match()) {
        let parsed = Pattern::parse(&pattern, Syntax::new(true, false)).unwrap();
        prop_assert_eq!(matches(&parsed, &text, LetterCase::Sensitive), expression(&pattern).is_match(&text));
        let folded = expression(&pattern.to_ascii_lowercase()).is_match(&text.to_ascii_lowercase());
        prop_assert_eq!(matches(&parsed, &text, LetterCase::Ascii), folded);
        prop_assert_eq!(matches(&parsed, &text.to_ascii_uppercase(), LetterCase::Ascii), folded);
    }
}
