//! Matching agrees with its definition, a table of pattern pieces by characters. This is tested for the text, for a text that the pattern must
//! match, and for that text with a character changed. The input has two lines: pattern, text.

use iam_eval::{LetterCase, matches};
use iam_policy::{Pattern, Piece, Syntax};

use crate::input;

#[derive(Clone, Copy, PartialEq)]
enum Token {
    Is(char),
    AnyOne,
    AnyRun,
}

pub fn glob_is_its_definition(data: &[u8]) {
    let Some([written, text]) = input::lines(data) else { return };
    if written.len() > 128 || text.len() > 256 {
        return;
    }
    for variables in [false, true] {
        let Ok(pattern) = Pattern::parse(written, Syntax::new(true, variables)) else { continue };
        if pattern.has_variables() {
            continue;
        }
        let tokens: Vec<Token> = pattern.pieces().flat_map(tokens).collect();
        let near = filled(&tokens, text);
        assert!(matches(&pattern, &near, LetterCase::Sensitive), "{written:?} does not match {near:?}");
        let upper = near.to_ascii_uppercase();
        let tail: String = near.chars().skip(1).collect();
        for text in
            [text, &near, &upper, &tail, &format!("{near}x"), &near.replacen(['a', 's', ':', '/'], "b", 1)]
        {
            for case in [LetterCase::Sensitive, LetterCase::Ascii] {
                let expected = defined(&tokens, text, case);
                assert_eq!(matches(&pattern, text, case), expected, "{case:?}: {written:?} {text:?}");
            }
        }
    }
}

fn tokens(piece: Piece<'_>) -> Vec<Token> {
    match piece {
        Piece::Text(text) => text.chars().map(Token::Is).collect(),
        Piece::AnyOne => vec![Token::AnyOne],
        Piece::AnyRun | Piece::Variable(_) => vec![Token::AnyRun],
    }
}

/// A text that matches. Each wildcard is replaced by characters of `material`, and each star by more of them than the one before.
fn filled(tokens: &[Token], material: &str) -> String {
    let mut characters = material.chars().cycle();
    let mut out = String::new();
    for (i, token) in tokens.iter().enumerate() {
        match token {
            Token::Is(c) => out.push(*c),
            Token::AnyOne => out.push(characters.next().unwrap_or('?')),
            Token::AnyRun => out.extend(characters.by_ref().take(i % 7)),
        }
    }
    out
}

/// `reach` holds for each prefix of the text whether the tokens so far match it.
fn defined(tokens: &[Token], text: &str, case: LetterCase) -> bool {
    let text: Vec<char> = text.chars().collect();
    let equal =
        |a: char, b: char| if case == LetterCase::Ascii { a.eq_ignore_ascii_case(&b) } else { a == b };
    let mut reach: Vec<bool> = (0..=text.len()).map(|end| end == 0).collect();
    for token in tokens {
        let mut next = vec![false; reach.len()];
        for end in 0..reach.len() {
            next[end] = match token {
                Token::AnyRun => reach[end] || (end > 0 && next[end - 1]),
                Token::AnyOne => end > 0 && reach[end - 1],
                Token::Is(c) => end > 0 && reach[end - 1] && equal(*c, text[end - 1]),
            };
        }
        reach = next;
    }
    reach[text.len()]
}
