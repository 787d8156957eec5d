//! The glob matcher equals the recursive definition, on every small pattern and text.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test stops at the first surprise"
)]

use iam_eval::{Case, matches};
use iam_policy::{Pattern, Syntax};

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
            assert_eq!(matches(&pattern, spelled, Case::Sensitive), expected, "{text} {spelled}");
            // The alphabet has small letters only, so that case cannot matter.
            assert_eq!(
                matches(&pattern, &spelled.to_ascii_uppercase(), Case::Ascii),
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
    assert!(!matches(&pattern, &"a".repeat(2_048), Case::Sensitive));
}
