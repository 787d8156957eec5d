//! What two globs are to each other, as far as looking at them tells. Sound and not complete: a yes is certain.

use super::{Class, Glob, Token};

/// Whether every text of `inner` is one of `outer`.
pub(crate) fn is_within(inner: &Glob, outer: &Glob) -> bool {
    let (outer, inner) = (&*outer.tokens, &*inner.tokens);
    let next = |n: usize| n.saturating_add(1);
    let (mut at, mut seen) = (0_usize, 0_usize);
    let mut run: Option<(usize, usize, Class)> = None;
    loop {
        match (outer.get(at), inner.get(seen)) {
            (Some(Token::Run(class)), _) => {
                run = Some((next(at), seen, *class));
                at = next(at);
                continue;
            }
            (None, None) => return true,
            (Some(own), Some(other)) if takes(*own, *other) => {
                (at, seen) = (next(at), next(seen));
                continue;
            }
            _ => {}
        }
        // Only a run can take up what does not fit, a run of the inner glob included.
        match run {
            Some((behind, covered, class)) if inner.get(covered).is_some_and(|t| absorbs(class, *t)) => {
                run = Some((behind, next(covered), class));
                (at, seen) = (behind, next(covered));
            }
            _ => return false,
        }
    }
}

/// Whether a token that is no run matches all that another one does.
const fn takes(outer: Token, inner: Token) -> bool {
    match (outer, inner) {
        (Token::One(a), Token::One(b)) | (Token::Letter(a), Token::Letter(b)) => a == b,
        (Token::Letter(a), Token::One(b)) => a == b.to_ascii_lowercase(),
        (Token::Of(class), Token::One(c)) => class.contains(c),
        (Token::Of(class), Token::Letter(c)) => class.contains(c) && class.contains(c.to_ascii_uppercase()),
        (Token::Of(class), Token::Of(other)) => class.covers(other),
        (Token::One(_), Token::Letter(_))
        | (Token::One(_) | Token::Letter(_), Token::Of(_))
        | (_, Token::Run(_))
        | (Token::Run(_), _) => false,
    }
}

/// Whether a run matches all that a token does.
const fn absorbs(class: Class, token: Token) -> bool {
    match token {
        Token::One(c) => class.contains(c),
        Token::Letter(c) => class.contains(c) && class.contains(c.to_ascii_uppercase()),
        Token::Of(other) | Token::Run(other) => class.covers(other),
    }
}

/// The texts that are in both globs, as a union of globs; nothing if that would be more than `most`.
///
/// Where two runs meet, either may end first; where a run meets a character, the run takes it or has ended. Each way is a glob.
pub(crate) fn meet(a: &Glob, b: &Glob, most: usize) -> Option<Vec<Glob>> {
    if is_within(a, b) {
        return Some(vec![a.clone()]);
    }
    if is_within(b, a) {
        return Some(vec![b.clone()]);
    }
    if are_disjoint(a, b) {
        return Some(Vec::new());
    }
    let mut open = vec![(0_usize, 0_usize, Vec::<Token>::new())];
    let mut found: Vec<Glob> = Vec::new();
    let mut steps = 0_usize;
    while let Some((x, y, made)) = open.pop() {
        steps = steps.saturating_add(1);
        if steps > most.saturating_mul(256) {
            return None;
        }
        let next = |n: usize| n.saturating_add(1);
        let with = |token: Token| {
            let mut longer = made.clone();
            longer.push(token);
            longer
        };
        match (a.tokens.get(x).copied(), b.tokens.get(y).copied()) {
            (None, None) => found.push(Glob::new(made)),
            (Some(Token::Run(p)), Some(Token::Run(q))) => {
                let token = Token::Run(narrower(p, q)?);
                open.push((next(x), y, with(token)));
                open.push((x, next(y), with(token)));
            }
            (Some(Token::Run(class)), Some(token)) => {
                open.push((next(x), y, made.clone()));
                open.extend(both(Token::Of(class), token).map(|token| (x, next(y), with(token))));
            }
            (Some(token), Some(Token::Run(class))) => {
                open.push((x, next(y), made.clone()));
                open.extend(both(Token::Of(class), token).map(|token| (next(x), y, with(token))));
            }
            (Some(p), Some(q)) => open.extend(both(p, q).map(|token| (next(x), next(y), with(token)))),
            (Some(Token::Run(_)), None) => open.push((next(x), y, made)),
            (None, Some(Token::Run(_))) => open.push((x, next(y), made)),
            (Some(_), None) | (None, Some(_)) => {}
        }
    }
    let union = super::Union::new(found);
    (union.globs.len() <= most).then(|| union.globs.into_vec())
}

/// What two tokens that are no runs both match.
fn both(a: Token, b: Token) -> Option<Token> {
    match (a, b) {
        (Token::One(c), other) | (other, Token::One(c)) => other.takes(c).then_some(Token::One(c)),
        (Token::Letter(a), Token::Letter(b)) => (a == b).then_some(Token::Letter(a)),
        (Token::Letter(c), Token::Of(class)) | (Token::Of(class), Token::Letter(c)) => {
            // Names and segments are of small letters alone.
            let both_cases = class.contains(c.to_ascii_uppercase());
            class.contains(c).then_some(if both_cases { Token::Letter(c) } else { Token::One(c) })
        }
        (Token::Of(p), Token::Of(q)) => narrower(p, q).map(Token::Of),
        (Token::Run(_), _) | (_, Token::Run(_)) => None,
    }
}

fn narrower(a: Class, b: Class) -> Option<Class> {
    if a.covers(b) {
        Some(b)
    } else if b.covers(a) {
        Some(a)
    } else {
        None
    }
}

/// Whether no text is in both: their beginnings or their ends exclude each other.
pub(crate) fn are_disjoint(a: &Glob, b: &Glob) -> bool {
    clash(a.tokens.iter(), b.tokens.iter()) || clash(a.tokens.iter().rev(), b.tokens.iter().rev())
}

fn clash<'t>(mut a: impl Iterator<Item = &'t Token>, mut b: impl Iterator<Item = &'t Token>) -> bool {
    loop {
        match (a.next(), b.next()) {
            (Some(Token::Run(_)), _) | (_, Some(Token::Run(_))) | (None, None) => return false,
            (Some(x), Some(y)) => {
                if excludes(*x, *y) {
                    return true;
                }
            }
            // One ends where the other needs a character.
            (Some(_), None) | (None, Some(_)) => return true,
        }
    }
}

/// Whether no character is matched by both. Two classes always share some.
const fn excludes(a: Token, b: Token) -> bool {
    match (a, b) {
        (Token::One(a), Token::One(b)) | (Token::Letter(a), Token::Letter(b)) => a != b,
        (Token::One(c), Token::Letter(l)) | (Token::Letter(l), Token::One(c)) => l != c.to_ascii_lowercase(),
        (Token::One(c), Token::Of(class)) | (Token::Of(class), Token::One(c)) => !class.contains(c),
        (Token::Letter(c), Token::Of(class)) | (Token::Of(class), Token::Letter(c)) => {
            !class.contains(c) && !class.contains(c.to_ascii_uppercase())
        }
        (Token::Of(_), Token::Of(_)) | (Token::Run(_), _) | (_, Token::Run(_)) => false,
    }
}
