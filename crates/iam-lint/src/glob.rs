//! Patterns with `*` and `?`: what they match, and how two of them lie to each other.
//!
//! A variable such as `${aws:username}` is one token: it may stand for any text, and equals itself.

/// A part of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// A character that stands for itself.
    Char(char),
    /// `?`
    One,
    /// `*`
    Run,
    /// A variable, by the place of its text in the pattern.
    Variable(u32),
}

/// A pattern, read into tokens. Neighbouring `*` are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Glob<'t> {
    tokens: Vec<Token>,
    text: &'t str,
}

impl<'t> Glob<'t> {
    /// Reads a pattern in which `*` and `?` are wildcards and `${…}` is a variable.
    pub(crate) fn of(text: &'t str) -> Self {
        let mut tokens = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let at = text.len().saturating_sub(rest.len());
            if let Some((plain, length)) = variable(rest) {
                tokens
                    .push(plain.map_or(Token::Variable(u32::try_from(at).unwrap_or(u32::MAX)), Token::Char));
                rest = rest.get(length..).unwrap_or_default();
                continue;
            }
            match c {
                '*' if tokens.last() == Some(&Token::Run) => {}
                '*' => tokens.push(Token::Run),
                '?' => tokens.push(Token::One),
                c => tokens.push(Token::Char(c)),
            }
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
        Self { tokens, text }
    }

    /// The pattern that AWS's table writes with `${Name}` for a part of a name.
    pub(crate) fn of_template(text: &'t str) -> Self {
        let mut glob = Self::of(text);
        for token in &mut glob.tokens {
            if matches!(token, Token::Variable(_)) {
                *token = Token::Run;
            }
        }
        glob
    }

    pub(crate) fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The name of a variable that begins at a byte.
    fn name(&self, at: u32) -> &'t str {
        let rest = self.text.get(at as usize..).unwrap_or_default();
        rest.split_inclusive('}').next().unwrap_or_default()
    }

    /// Whether everything that `other` matches is matched by this pattern too. Never true by mistake; a variable includes only itself.
    pub(crate) fn includes(&self, other: &Glob<'_>) -> bool {
        let same = |a: Token, b: Token| match (a, b) {
            (Token::Variable(a), Token::Variable(b)) => self.name(a) == other.name(b),
            (Token::One, Token::One | Token::Char(_)) => true,
            (Token::Char(a), Token::Char(b)) => a == b,
            _ => false,
        };
        // Which beginnings of `other` the beginning of `self` includes.
        let mut reached = vec![false; other.tokens.len().saturating_add(1)];
        if let Some(first) = reached.first_mut() {
            *first = true;
        }
        for own in &self.tokens {
            let mut next = vec![false; reached.len()];
            if *own == Token::Run {
                let mut any = false;
                for (at, slot) in next.iter_mut().enumerate() {
                    any |= reached.get(at).copied().unwrap_or_default();
                    *slot = any;
                }
            } else {
                for (at, token) in other.tokens.iter().enumerate() {
                    if reached.get(at).copied().unwrap_or_default()
                        && same(*own, *token)
                        && let Some(slot) = next.get_mut(at.saturating_add(1))
                    {
                        *slot = true;
                    }
                }
            }
            reached = next;
        }
        reached.last().copied().unwrap_or_default()
    }

    /// Whether a text may be matched by both patterns. Variables may be any text.
    pub(crate) fn overlaps(&self, other: &Glob<'_>) -> bool {
        let is_open = |token: Token| matches!(token, Token::Run | Token::Variable(_));
        // Most pairs differ in their first characters.
        for (a, b) in self.tokens.iter().zip(&other.tokens) {
            match (a, b) {
                (a, b) if is_open(*a) || is_open(*b) => break,
                (Token::Char(a), Token::Char(b)) if a != b => return false,
                _ => {}
            }
        }
        let mut reached = vec![false; other.tokens.len().saturating_add(1)];
        if let Some(first) = reached.first_mut() {
            *first = true;
        }
        let widen = |row: &mut Vec<bool>| {
            for (at, token) in other.tokens.iter().enumerate() {
                if is_open(*token)
                    && row.get(at).copied().unwrap_or_default()
                    && let Some(slot) = row.get_mut(at.saturating_add(1))
                {
                    *slot = true;
                }
            }
        };
        widen(&mut reached);
        for own in &self.tokens {
            let mut next = vec![false; reached.len()];
            if is_open(*own) {
                let mut any = false;
                for (at, slot) in next.iter_mut().enumerate() {
                    any |= reached.get(at).copied().unwrap_or_default();
                    *slot = any;
                }
            } else {
                for (at, token) in other.tokens.iter().enumerate() {
                    if !reached.get(at).copied().unwrap_or_default() {
                        continue;
                    }
                    let fits = match (own, token) {
                        (Token::Char(a), Token::Char(b)) => a == b,
                        _ => true,
                    };
                    // An open token of the other stays open after one more character.
                    let to = if is_open(*token) { at } else { at.saturating_add(1) };
                    if fits && let Some(slot) = next.get_mut(to) {
                        *slot = true;
                    }
                }
                widen(&mut next);
            }
            reached = next;
        }
        reached.last().copied().unwrap_or_default()
    }

    /// The least number of slashes of this pattern for which wildcards of the form must stand, if a text may be matched by both. The names of
    /// most resources have no slashes. `None` if no text is.
    pub(crate) fn slashes_within(&self, form: &Glob<'_>) -> Option<usize> {
        if !self.overlaps(form) {
            return None;
        }
        if !self.tokens.contains(&Token::Char('/')) {
            return Some(0);
        }
        let is_open = |token: Token| matches!(token, Token::Run | Token::Variable(_));
        let least = |slot: Option<&mut Option<usize>>, count: usize| {
            if let Some(slot) = slot {
                *slot = Some(slot.map_or(count, |own| own.min(count)));
            }
        };
        let length = form.tokens.len().saturating_add(1);
        let mut row: Vec<Option<usize>> = vec![None; length];
        least(row.first_mut(), 0);
        for at in 0..=self.tokens.len() {
            let own = self.tokens.get(at).copied();
            let mut next: Vec<Option<usize>> = vec![None; length];
            for place in 0..length {
                let Some(count) = row.get(place).copied().flatten() else { continue };
                let other = form.tokens.get(place).copied();
                let behind = place.saturating_add(1);
                let is_run = own.is_some_and(is_open);
                // An open token of either may end here, or stand for one more token of the other.
                if other.is_some_and(|other| is_open(other) || is_run) {
                    least(row.get_mut(behind), count);
                }
                if is_run {
                    least(next.get_mut(place), count);
                } else if other.is_some_and(is_open) {
                    let slash = usize::from(own == Some(Token::Char('/')));
                    least(next.get_mut(place).filter(|_| own.is_some()), count.saturating_add(slash));
                }
                let fits = match (own, other) {
                    (Some(Token::Char(a)), Some(Token::Char(b))) => a == b,
                    (Some(_), Some(_)) => !is_run && !other.is_some_and(is_open),
                    _ => false,
                };
                if fits {
                    least(next.get_mut(behind), count);
                }
            }
            if at == self.tokens.len() {
                break;
            }
            row = next;
        }
        row.last().copied().flatten()
    }

    /// Whether a text without wildcards is matched. Variables may be any text.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let literal = Glob { tokens: text.chars().map(Token::Char).collect(), text };
        self.overlaps(&literal)
    }
}

/// Whether a pattern with `*` and `?` matches a text. ASCII case does not matter. No variables.
pub(crate) fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut here) = (0_usize, 0_usize);
    let mut again: Option<(usize, usize)> = None;
    while let Some(byte) = text.get(here) {
        match pattern.get(at) {
            Some(b'*') => {
                again = Some((at.saturating_add(1), here));
                at = at.saturating_add(1);
            }
            Some(wanted) if *wanted == b'?' || wanted.eq_ignore_ascii_case(byte) => {
                at = at.saturating_add(1);
                here = here.saturating_add(1);
            }
            _ => match &mut again {
                Some((behind, from)) => {
                    *from = from.saturating_add(1);
                    (at, here) = (*behind, *from);
                }
                None => return false,
            },
        }
    }
    pattern.get(at..).is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
}

/// The variable at the beginning of a text: the character that it stands for if it is `${*}`, `${?}` or `${$}`, and its length in bytes.
pub(crate) fn variable(text: &str) -> Option<(Option<char>, usize)> {
    let inner = text.strip_prefix("${")?;
    let end = inner.find('}')?;
    let plain = match inner.get(..end) {
        Some("*") => Some('*'),
        Some("?") => Some('?'),
        Some("$") => Some('$'),
        _ => None,
    };
    Some((plain, end.saturating_add(3)))
}

/// Whether a text has a wildcard outside variables.
pub(crate) fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?']) && Glob::of(text).tokens.iter().any(|t| matches!(t, Token::Run | Token::One))
}

/// Whether a text has a variable, other than those for single characters.
pub(crate) fn has_variable(text: &str) -> bool {
    text.contains("${") && Glob::of(text).tokens.iter().any(|t| matches!(t, Token::Variable(_)))
}

/// Whether a text has neither wildcards nor variables.
pub(crate) fn is_fixed(text: &str) -> bool {
    !text.contains(['*', '?', '$'])
}

/// Whether a pattern is nothing but stars: under StringLike a test of presence, and no ARN, so that AWS takes it under no ARN operator.
pub(crate) fn is_every(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_includes_what_it_always_matches() {
        for (outer, inner, expected) in [
            ("*", "anything*", true),
            ("s3:Get*", "s3:GetObject", true),
            ("s3:Get*", "s3:GetObject*", true),
            ("s3:GetObject*", "s3:Get*", false),
            ("iam:Get*", "iam:*CredentialReport", false),
            ("a?c", "abc", true),
            ("a?c", "a*c", false),
            ("a*c*", "abcd?", true),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b/${aws:username}/*", true),
            ("b/${aws:username}/*", "b/${aws:username}/x", true),
            ("b/${aws:username}/*", "b/${aws:userid}/x", false),
            ("b/x", "b/${aws:username}", false),
            ("${*}", "*", false),
        ] {
            assert_eq!(Glob::of(outer).includes(&Glob::of(inner)), expected, "{outer} {inner}");
        }
    }

    #[test]
    fn slashes_within_names_are_counted() {
        for (pattern, form, expected) in [
            ("b/x", "${Bucket}", Some(1)),
            ("b/x", "${Bucket}/${Object}", Some(0)),
            ("b/x/y*", "${Bucket}/${Object}", Some(1)),
            ("b*", "${Bucket}", Some(0)),
            ("*", "${Bucket}/${Object}", Some(0)),
            ("b*/x", "${Bucket}", Some(1)),
            ("table/t/index/i", "table/${Table}", Some(2)),
            ("table/t/index/i", "table/${Table}/index/${Index}", Some(0)),
            ("table/*", "table/${Table}/index/${Index}", Some(0)),
            ("${aws:username}/x", "${Bucket}", Some(1)),
            ("tables/t", "table/${Table}", None),
            ("b?x", "b/${Object}", Some(0)),
            ("", "", Some(0)),
            ("a", "", None),
        ] {
            let (own, form) = (Glob::of(pattern), Glob::of_template(form));
            assert_eq!(own.slashes_within(&form), expected, "{pattern} {form:?}");
            assert_eq!(own.overlaps(&form), expected.is_some(), "{pattern} {form:?}");
        }
    }

    #[test]
    fn patterns_overlap_if_a_text_fits_both() {
        for (a, b, expected) in [
            ("table/*", "table/Orders", true),
            ("tables/Orders", "table/*", false),
            ("a*", "*b", true),
            ("a*c", "a?", true),
            ("ab", "a", false),
            ("a*", "b*", false),
            ("${x}", "anything", true),
            ("a${x}", "b*", false),
            ("*", "", true),
            ("?", "", false),
            ("*/x", "role/*", true),
        ] {
            assert_eq!(Glob::of(a).overlaps(&Glob::of(b)), expected, "{a} {b}");
            assert_eq!(Glob::of(b).overlaps(&Glob::of(a)), expected, "{b} {a}");
        }
        for (pattern, text, expected) in [
            ("iam:pass*", "iam:PassRole", true),
            ("*", "", true),
            ("i*:*Role", "iam:PassRole", true),
            ("i*:*Rolex", "iam:PassRole", false),
            ("iam:PassRole?", "iam:PassRole", false),
            ("*a*b*c", "xaybbzc", true),
            ("", "a", false),
        ] {
            assert_eq!(like(pattern, text), expected, "{pattern} {text}");
        }
    }
}
