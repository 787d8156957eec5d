//! Relations of two globs: whether one is within the other, and whether they share a text.

use super::{Class, Glob, Token, lowered};

/// Whether `outer` matches every text of `inner`.
///
/// The result is exact if every wildcard of both globs matches any character, as in patterns that are compared as texts. With wildcards of
/// fields or names, a yes is certain and a no may be wrong. The time is at most proportional to the product of both lengths.
pub(crate) fn is_within(inner: &Glob, outer: &Glob) -> bool {
    let (outer, inner) = (&*outer.tokens, &*inner.tokens);
    // The last characters distinguish most pairs with the same beginning. No token that is not a run takes one.
    if let (Some(own), Some(other)) = (outer.last(), inner.last())
        && !own.is_run()
        && !takes(*own, *other)
    {
        return false;
    }
    is_seen_within(inner, outer)
        // If `outer` has no single wildcards, the first test was exact.
        || outer.iter().any(|token| is_single(*token))
            && takes_any(outer)
            && takes_any(inner)
            && is_read_within(inner, outer)
}

/// Whether each token of `inner` is taken by a token of `outer`, run by run. A yes is certain.
#[inline]
pub(super) fn is_seen_within(inner: &[Token], outer: &[Token]) -> bool {
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
        // Only a run can match a token that does not fit. The token may be a run of `inner`.
        match run {
            Some((behind, covered, class)) if inner.get(covered).is_some_and(|t| absorbs(class, *t)) => {
                run = Some((behind, next(covered), class));
                (at, seen) = (behind, next(covered));
            }
            _ => return false,
        }
    }
}

/// Whether `outer` matches every text of `inner`, if every wildcard of both matches any character.
///
/// The function reads the text of `inner` that is hardest to match. For each wildcard, this text has a character that is in neither glob,
/// and that only wildcards match. Only the length of each run remains to be chosen. `outer` is divided at its runs into segments, which
/// must be found one after the other. The state is how far the last characters have matched the current segment. At a run of `inner`:
///
/// - If only single wildcards of the segment are left to match, the shortest run is hardest: further characters only complete the segment
///   earlier.
/// - Otherwise a long run is hardest: it ends every match that has reached a character of the segment. Matches that are still among the
///   first single wildcards of the segment remain, because no run can end them.
fn is_read_within(inner: &[Token], outer: &[Token]) -> bool {
    let segments: Vec<&[Token]> = outer.split(|token| token.is_run()).collect();
    let last = segments.len().saturating_sub(1);
    let segment = |at: usize| segments.get(at).copied().unwrap_or_default();
    let mut at = 0_usize;
    // The numbers of tokens of the segment that the last characters can have matched.
    let mut matched = vec![0_usize];
    // A complete segment has been found. The run after it matches whatever follows.
    let settle = |at: &mut usize, matched: &mut Vec<usize>| {
        while *at < last && matched.contains(&segment(*at).len()) {
            *at = at.saturating_add(1);
            *matched = vec![0];
        }
    };
    settle(&mut at, &mut matched);
    for token in inner {
        let own = segment(at);
        if token.is_run() {
            let wild = own.iter().rev().take_while(|token| is_single(**token)).count();
            let needed = own.len().saturating_sub(wild);
            if at < last && matched.iter().any(|count| *count >= needed) {
                continue;
            }
            if at == 0 {
                return false;
            }
            let leading = own.iter().take_while(|token| is_single(**token)).count();
            matched.retain(|count| *count <= leading);
            continue;
        }
        let longer = |count: &usize| own.get(*count).is_some_and(|own| takes(*own, *token));
        let longer = matched.iter().filter(|count| longer(count)).map(|count| count.saturating_add(1));
        // After a run, the segment may begin anywhere.
        matched = (at > 0).then_some(0).into_iter().chain(longer).collect();
        settle(&mut at, &mut matched);
        if matched.is_empty() {
            return false;
        }
    }
    at == last && matched.contains(&segment(at).len())
}

/// Whether every wildcard matches any character.
fn takes_any(tokens: &[Token]) -> bool {
    tokens.iter().all(|token| match token {
        Token::One(_) | Token::Letter(_) | Token::Lowered(_) => true,
        Token::Of(class) | Token::Run(class) => *class == Class::Any,
    })
}

const fn is_single(token: Token) -> bool {
    matches!(token, Token::Of(_))
}

/// Whether some text is in both globs. Exact. The time is proportional to the product of both lengths.
pub(crate) fn overlap(a: &Glob, b: &Glob) -> bool {
    let (a, b) = (&*a.tokens, &*b.tokens);
    // Whether each place of `b` is reached by a text that reaches the current place of `a`. The places of `a` are visited in order.
    let mut reached = vec![false; b.len().saturating_add(1)];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    for x in 0..=a.len() {
        let own = a.get(x).copied();
        let mut next = vec![false; reached.len()];
        for y in 0..reached.len() {
            if reached.get(y) != Some(&true) {
                continue;
            }
            let other = b.get(y).copied();
            let is_shared = matches!((own, other), (Some(p), Some(q)) if !excludes(one(p), one(q)));
            let (own_run, other_run) = (own.is_some_and(Token::is_run), other.is_some_and(Token::is_run));
            let behind = y.saturating_add(1);
            // A run ends, or it matches the next token of the other glob.
            if other_run || own_run && is_shared {
                mark(&mut reached, behind);
            }
            if own_run || other_run && is_shared {
                mark(&mut next, y);
            }
            if is_shared && !own_run && !other_run {
                mark(&mut next, behind);
            }
        }
        if x == a.len() {
            break;
        }
        reached = next;
    }
    reached.last() == Some(&true)
}

/// The single-character token for one character of a run.
const fn one(token: Token) -> Token {
    match token {
        Token::Run(class) => Token::Of(class),
        Token::One(_) | Token::Letter(_) | Token::Lowered(_) | Token::Of(_) => token,
    }
}

fn mark(places: &mut [bool], at: usize) {
    if let Some(place) = places.get_mut(at) {
        *place = true;
    }
}

/// Whether a token that is not a run matches everything that another such token matches.
#[inline]
const fn takes(outer: Token, inner: Token) -> bool {
    // The most frequent pair. It is worth inlining at every call.
    if let (Token::One(a), Token::One(b)) = (outer, inner) { a == b } else { takes_wide(outer, inner) }
}

const fn takes_wide(outer: Token, inner: Token) -> bool {
    match (outer, inner) {
        (Token::One(a), Token::One(b))
        | (Token::Letter(a) | Token::Lowered(a), Token::Letter(b))
        | (Token::Lowered(a), Token::Lowered(b)) => a == b,
        (Token::Letter(a), Token::One(b)) => a == b.to_ascii_lowercase(),
        (Token::Lowered(a), Token::One(b)) => a == lowered(b),
        (Token::Of(class), Token::One(c)) => class.contains(c),
        (Token::Of(class), Token::Letter(c)) => class.contains(c) && class.contains(c.to_ascii_uppercase()),
        // The characters of fields are those without the colon, which is no letter.
        (Token::Of(class), Token::Lowered(_)) => matches!(class, Class::Any | Class::Field | Class::Plain),
        (Token::Of(class), Token::Of(other)) => class.covers(other),
        (Token::One(_), Token::Letter(_) | Token::Lowered(_))
        | (Token::Letter(_), Token::Lowered(_))
        | (Token::One(_) | Token::Letter(_) | Token::Lowered(_), Token::Of(_))
        | (_, Token::Run(_))
        | (Token::Run(_), _) => false,
    }
}

/// Whether a run matches everything that a token matches.
const fn absorbs(class: Class, token: Token) -> bool {
    match token {
        Token::One(c) => class.contains(c),
        Token::Letter(c) => class.contains(c) && class.contains(c.to_ascii_uppercase()),
        Token::Lowered(_) => matches!(class, Class::Any | Class::Field | Class::Plain),
        Token::Of(other) | Token::Run(other) => class.covers(other),
    }
}

/// The texts that are in both globs, as a union of globs. `None` if the union would have more than `most` globs.
///
/// Where two runs meet, either may end first. Where a run meets a character, the run matches it or has ended. Each alternative is a glob.
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
    // A class that is in neither of two overlapping ones has no token.
    if classes(a).any(|own| classes(b).any(|other| narrower(own, other).is_none())) {
        return None;
    }
    let mut open = vec![(0_usize, 0_usize, Vec::<Token>::new())];
    let mut found: Vec<Glob> = Vec::new();
    let mut steps = most.saturating_mul(256);
    while let Some((x, y, made)) = open.pop() {
        steps = steps.checked_sub(1)?;
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

/// The classes of the wildcards of a glob.
fn classes(glob: &Glob) -> impl Iterator<Item = Class> {
    glob.tokens.iter().filter_map(|token| match token {
        Token::Of(class) | Token::Run(class) => Some(*class),
        Token::One(_) | Token::Letter(_) | Token::Lowered(_) => None,
    })
}

/// The token for the characters that two tokens both match. Neither is a run.
pub(crate) fn both(a: Token, b: Token) -> Option<Token> {
    match (a, b) {
        (Token::One(c), other) | (other, Token::One(c)) => other.takes(c).then_some(Token::One(c)),
        (Token::Letter(a), Token::Letter(b) | Token::Lowered(b)) | (Token::Lowered(b), Token::Letter(a)) => {
            (a == b).then_some(Token::Letter(a))
        }
        (Token::Lowered(a), Token::Lowered(b)) => (a == b).then_some(Token::Lowered(a)),
        (Token::Lowered(c), Token::Of(class)) | (Token::Of(class), Token::Lowered(c)) => match class {
            Class::Any | Class::Field | Class::Plain | Class::Tag => Some(Token::Lowered(c)),
            Class::Segment | Class::Name | Class::Word | Class::Id | Class::Digit => in_case(c, class),
        },
        (Token::Letter(c), Token::Of(class)) | (Token::Of(class), Token::Letter(c)) => in_case(c, class),
        (Token::Of(p), Token::Of(q)) => narrower(p, q).map(Token::Of),
        (Token::Run(_), _) | (_, Token::Run(_)) => None,
    }
}

/// The token for the cases of a letter that a class of ASCII characters has.
pub(crate) fn in_case(c: char, class: Class) -> Option<Token> {
    let upper = c.to_ascii_uppercase();
    match (class.contains(c), class.contains(upper)) {
        (true, true) if c.is_ascii_alphabetic() => Some(Token::Letter(c)),
        (true, _) => Some(Token::One(c)),
        (false, true) => Some(Token::One(upper)),
        (false, false) => None,
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

/// Whether the beginnings or the ends of two globs exclude each other, so that no text is in both.
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
            // One glob ends, and the other needs a character.
            (Some(_), None) | (None, Some(_)) => return true,
        }
    }
}

/// Whether no character is matched by both tokens. Two classes always share a character.
const fn excludes(a: Token, b: Token) -> bool {
    match (a, b) {
        (Token::One(a), Token::One(b))
        | (Token::Letter(a) | Token::Lowered(a), Token::Letter(b) | Token::Lowered(b)) => a != b,
        (Token::One(c), Token::Letter(l)) | (Token::Letter(l), Token::One(c)) => l != c.to_ascii_lowercase(),
        (Token::One(c), Token::Lowered(l)) | (Token::Lowered(l), Token::One(c)) => l != lowered(c),
        (Token::Lowered(c), Token::Of(class)) | (Token::Of(class), Token::Lowered(c)) => match class {
            Class::Any | Class::Field | Class::Plain | Class::Tag => false,
            // These have ASCII letters only.
            Class::Segment | Class::Name | Class::Word | Class::Id | Class::Digit => {
                !class.contains_some_case(c)
            }
        },
        (Token::One(c), Token::Of(class)) | (Token::Of(class), Token::One(c)) => !class.contains(c),
        (Token::Letter(c), Token::Of(class)) | (Token::Of(class), Token::Letter(c)) => {
            !class.contains_some_case(c)
        }
        (Token::Of(_), Token::Of(_)) | (Token::Run(_), _) | (_, Token::Run(_)) => false,
    }
}
