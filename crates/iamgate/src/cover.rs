//! Whether one pattern covers another: everything the inner one can match, the outer one matches.

use iam_policy::{Pattern, Piece};

/// A character of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Character(char),
    AnyOne,
    AnyRun,
}

/// Whether everything that `inner` can match is matched by `outer`.
///
/// Sound and not complete: a yes is certain; a no may be wrong for patterns such as `*?` and `?*`. A variable of the inner pattern may
/// have any value; an outer pattern with variables covers only its own text.
pub fn covers(outer: &Pattern, inner: &Pattern) -> bool {
    if outer.is_any() || outer.text() == inner.text() {
        return true;
    }
    if outer.has_variables() {
        return false;
    }
    let (outer, inner) = (tokens(outer), tokens(inner));
    let (mut at, mut seen) = (0usize, 0usize);
    let mut star: Option<(usize, usize)> = None;
    loop {
        let next = |n: usize| n.saturating_add(1);
        match (outer.get(at), inner.get(seen)) {
            (Some(Token::AnyRun), _) => {
                star = Some((next(at), seen));
                at = next(at);
                continue;
            }
            (Some(Token::AnyOne), Some(Token::Character(_) | Token::AnyOne)) => {
                (at, seen) = (next(at), next(seen));
                continue;
            }
            (Some(Token::Character(a)), Some(Token::Character(b))) if a == b => {
                (at, seen) = (next(at), next(seen));
                continue;
            }
            (None, None) => return true,
            _ => {}
        }
        // Only a star can take up what does not fit, a star of the inner pattern included.
        match star {
            Some((behind, covered)) if covered < inner.len() => {
                star = Some((behind, next(covered)));
                (at, seen) = (behind, next(covered));
            }
            _ => return false,
        }
    }
}

fn tokens(pattern: &Pattern) -> Vec<Token> {
    let mut tokens = Vec::new();
    for piece in pattern.pieces() {
        match piece {
            Piece::Text(text) => tokens.extend(text.chars().map(Token::Character)),
            Piece::AnyOne => tokens.push(Token::AnyOne),
            Piece::AnyRun | Piece::Variable(_) => tokens.push(Token::AnyRun),
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;
    use iam_policy::Syntax;

    fn pattern(text: &str) -> Pattern {
        Pattern::parse(text, Syntax::new(true, true)).unwrap()
    }

    #[test]
    fn known_pairs() {
        let covers = |outer, inner| covers(&pattern(outer), &pattern(inner));
        assert!(covers("*", "arn:aws:s3:::b"));
        assert!(covers("arn:aws:s3:::b/*", "arn:aws:s3:::b/x*"));
        assert!(covers("arn:aws:s3:::b/*", "arn:aws:s3:::b/${aws:username}/*"));
        assert!(covers("a*c", "abc"));
        assert!(covers("a?c", "a?c"));
        assert!(!covers("arn:aws:s3:::b/*", "arn:aws:s3:::*"));
        assert!(!covers("a?c", "a*c"));
        assert!(!covers("arn:aws:s3:::${aws:username}", "arn:aws:s3:::x"));
        assert!(!covers("a", "a*"));
        assert!(!covers("", "*"));
    }

    #[test]
    fn a_yes_is_true_of_every_text() {
        let alphabet = ['a', 'b', '*', '?'];
        let all = |most: u32, letters: &[char]| -> Vec<String> {
            let mut found = vec![String::new()];
            let mut last = found.clone();
            for _ in 0..most {
                last = last.iter().flat_map(|t| letters.iter().map(move |c| format!("{t}{c}"))).collect();
                found.extend(last.iter().cloned());
            }
            found
        };
        let texts = all(5, &alphabet[..2]);
        let patterns = all(4, &alphabet);
        let matched: Vec<Vec<bool>> = patterns
            .iter()
            .map(|p| {
                texts.iter().map(|t| iam_eval::matches(&pattern(p), t, iam_eval::Case::Sensitive)).collect()
            })
            .collect();
        let mut yes = 0;
        for (outer, outer_matches) in patterns.iter().zip(&matched) {
            for (inner, inner_matches) in patterns.iter().zip(&matched) {
                if covers(&pattern(outer), &pattern(inner)) {
                    yes += 1;
                    assert!(
                        inner_matches.iter().zip(outer_matches).all(|(i, o)| !i || *o),
                        "{outer} {inner}"
                    );
                }
            }
        }
        assert!(yes > 5_000, "{yes}");
    }
}
