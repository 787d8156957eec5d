//! Globs as languages: the sets of texts that patterns match.
//!
//! A [`Glob`] is a pattern without variables. Each variable has been replaced by its value, or by a star if it may have any value. ARN
//! operators compare field by field, so their globs have wildcards that do not match a colon. [`relate`] has tests on two globs that need
//! no search. [`find`] searches for a text that is in some languages and outside others.

pub(crate) mod class;
pub(crate) mod find;
pub(crate) mod machine;
pub(crate) mod relate;

pub(crate) use class::Class;
use iam_eval::LetterCase;
use iam_policy::{ARN_FIELDS, Pattern, Piece, Variable};

/// A part of a glob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Token {
    /// This character.
    One(char),
    /// An ASCII letter in either case. It is stored in lower case.
    Letter(char),
    /// A letter up to U+00FF, and every letter that is it in lower case (rule 4.16). It is stored in lower case.
    Lowered(char),
    /// One character of a class.
    Of(Class),
    /// Any number of characters of a class.
    Run(Class),
}

impl Token {
    /// Whether the token matches the character, either as a single character or as part of a run.
    pub(crate) fn takes(self, c: char) -> bool {
        match self {
            Self::One(own) => own == c,
            Self::Letter(own) => own == c.to_ascii_lowercase(),
            Self::Lowered(own) => own == lowered(c),
            Self::Of(class) | Self::Run(class) => class.contains(c),
        }
    }

    pub(crate) const fn is_run(self) -> bool {
        matches!(self, Self::Run(_))
    }
}

/// The letters besides `own` that are `own` in lower case.
pub(crate) const fn raised(own: char) -> [Option<char>; 2] {
    match own {
        'a'..='z' | 'à'..='ö' | 'ø'..='þ' => {
            let other = match own {
                'k' => Some('\u{212A}'),
                'å' => Some('\u{212B}'),
                _ => None,
            };
            // Both ranges have their capitals 32 places before.
            [char::from_u32((own as u32).saturating_sub(32)), other]
        }
        'ß' => [Some('\u{1E9E}'), None],
        'ÿ' => [Some('\u{178}'), None],
        _ => [None, None],
    }
}

/// A character in lower case, if that is one character up to U+00FF. Otherwise the character.
const fn lowered(c: char) -> char {
    match c {
        'A'..='Z' | 'À'..='Ö' | 'Ø'..='Þ' => match char::from_u32((c as u32).saturating_add(32)) {
            Some(lower) => lower,
            None => c,
        },
        '\u{212A}' => 'k',
        '\u{212B}' => 'å',
        '\u{1E9E}' => 'ß',
        '\u{178}' => 'ÿ',
        _ => c,
    }
}

/// The replacement of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound<'v> {
    /// This text.
    Value(&'v str),
    /// No value: the pattern is a null entry (rules 3.25, 3.26).
    Null,
    /// Any text.
    Free,
}

/// A pattern after its variables have been replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Replaced {
    /// The pattern is exactly this glob.
    Exact(Glob),
    /// A variable has no value, or the pattern matches no text.
    Null,
    /// The pattern of an ARN operator has fewer than six fields (rule 4.22).
    Unreadable,
    /// The pattern matches at most the texts of this glob, for all values of the free variables.
    Within(Glob),
    /// The pattern matches at most the texts of this glob. It has characters of which a glob does not say exactly what they match.
    Loose(Glob),
}

/// How a pattern is compared with texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compared {
    Text(LetterCase),
    /// As texts in lower case (rule 4.16).
    Lowered,
    Arn,
}

/// A language of texts: a sequence of characters, wildcards and runs.
///
/// INVARIANT (runs): if a glob has runs of [`Class::Any`] and runs of narrower classes, there are colons between them, as in ARNs. Only the
/// last run that was entered can then help a match. Letters without case occur only together with wildcards that match all their cases.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Glob {
    pub(crate) tokens: Box<[Token]>,
}

impl Glob {
    /// The glob of these tokens in normal form: single wildcards before runs, adjacent runs joined.
    pub(crate) fn new(mut tokens: Vec<Token>) -> Self {
        let mut at = 1_usize;
        while let Some(before) = at.checked_sub(1).filter(|_| at < tokens.len()) {
            match (tokens.get(before).copied(), tokens.get(at).copied()) {
                (Some(Token::Run(a)), Some(Token::Run(b))) if a == b => {
                    tokens.remove(at);
                }
                (Some(Token::Run(a)), Some(Token::Of(b))) if a == b => {
                    tokens.swap(before, at);
                    at = before.max(1);
                }
                _ => at = at.saturating_add(1),
            }
        }
        Self { tokens: tokens.into() }
    }

    /// The glob of one text.
    pub(crate) fn literal(text: &str) -> Self {
        Self::new(text.chars().map(Token::One).collect())
    }

    /// The glob of every text.
    pub(crate) fn any() -> Self {
        Self::new(vec![Token::Run(Class::Any)])
    }

    pub(crate) fn is_any(&self) -> bool {
        *self.tokens == [Token::Run(Class::Any)]
    }

    /// The only text that the glob matches. `None` if it matches several.
    pub(crate) fn as_literal(&self) -> Option<String> {
        self.tokens.iter().map(|t| if let Token::One(c) = t { Some(*c) } else { None }).collect()
    }

    /// The glob of a pattern.
    pub(crate) fn of<'v>(
        pattern: &'v Pattern,
        compared: Compared,
        mut bound: impl FnMut(Variable<'v>) -> Bound<'v>,
    ) -> Replaced {
        let mut tokens = Vec::new();
        let (mut is_free, mut is_exact) = (false, true);
        for piece in pattern.pieces() {
            match piece {
                Piece::Text(text) => is_exact &= push_text(&mut tokens, text, compared),
                Piece::AnyRun => tokens.push(Token::Run(Class::Any)),
                Piece::AnyOne => tokens.push(Token::Of(Class::Any)),
                Piece::Variable(variable) => match bound(variable) {
                    Bound::Value(text) => is_exact &= push_text(&mut tokens, text, compared),
                    Bound::Null => return Replaced::Null,
                    Bound::Free => {
                        is_free = true;
                        // `İ` is `i` and a dot in lower case, and the dot may be in the value.
                        if let Some(last) = tokens.last_mut()
                            && compared == Compared::Lowered
                            && last.takes('i')
                        {
                            *last = Token::Of(Class::Any);
                        }
                        tokens.push(Token::Run(Class::Any));
                    }
                },
            }
        }
        if !is_exact {
            return Replaced::Loose(if compared == Compared::Lowered {
                Self::any()
            } else {
                Self::new(tokens)
            });
        }
        if is_free {
            // The value may contain colons, so the glob has no separate fields.
            return Replaced::Within(Self::new(tokens));
        }
        match compared {
            Compared::Text(_) | Compared::Lowered => Replaced::Exact(Self::new(tokens)),
            Compared::Arn if tokens.iter().filter(|token| **token == Token::One(':')).count() < COLONS => {
                Replaced::Unreadable
            }
            Compared::Arn => arn(&tokens).map_or(Replaced::Null, Replaced::Exact),
        }
    }

    /// The texts that ARN operators compare: `arn:` and four more colons (rule 4.22).
    pub(crate) fn arns() -> Self {
        let mut tokens: Vec<Token> = "arn".chars().map(Token::One).collect();
        for _ in 1..COLONS {
            tokens.extend([Token::One(':'), Token::Run(Class::Field)]);
        }
        tokens.extend([Token::One(':'), Token::Run(Class::Any)]);
        Self::new(tokens)
    }

    /// Whether the glob matches all of a text.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let (mut at, mut rest) = (0_usize, text.chars());
        let mut run: Option<(usize, std::str::Chars<'_>, Class)> = None;
        loop {
            let token = self.tokens.get(at).copied();
            if let Some(Token::Run(class)) = token {
                at = at.saturating_add(1);
                run = Some((at, rest.clone(), class));
                continue;
            }
            let mut ahead = rest.clone();
            let advanced = match (token, ahead.next()) {
                (Some(token), Some(c)) => token.takes(c),
                (None, None) => return true,
                (Some(_), None) | (None, Some(_)) => false,
            };
            if advanced {
                at = at.saturating_add(1);
                rest = ahead;
                continue;
            }
            let Some((behind, covered, class)) = &mut run else { return false };
            if !covered.next().is_some_and(|c| class.contains(c)) {
                return false;
            }
            at = *behind;
            rest = covered.clone();
        }
    }
}

/// The number of colons that an ARN has at least.
const COLONS: usize = ARN_FIELDS.saturating_sub(1);

/// Adds the tokens of a text. False if they match more than the text.
///
/// Characters above U+FFFF are two units to `?` (rule 3.3), and the lower case of letters above U+00FF depends on the letters beside them.
fn push_text(tokens: &mut Vec<Token>, text: &str, compared: Compared) -> bool {
    let mut is_exact = true;
    for c in text.chars() {
        tokens.push(match compared {
            _ if c > '\u{FFFF}' => {
                is_exact = false;
                Token::Run(Class::Any)
            }
            Compared::Lowered => {
                is_exact &= c <= '\u{FF}';
                let lower = lowered(c);
                match raised(lower) {
                    [Some(_), None] if lower.is_ascii() => Token::Letter(lower),
                    [None, None] => Token::One(c),
                    _ => Token::Lowered(lower),
                }
            }
            Compared::Text(LetterCase::Ascii) if c.is_ascii_alphabetic() => {
                Token::Letter(c.to_ascii_lowercase())
            }
            Compared::Text(LetterCase::Ascii | LetterCase::Sensitive) | Compared::Arn => Token::One(c),
        });
    }
    is_exact
}

/// The glob of an ARN pattern, field by field (rules 4.21, 4.22). `None` if it matches no text.
fn arn(tokens: &[Token]) -> Option<Glob> {
    let mut fields = tokens.splitn(ARN_FIELDS, |token| *token == Token::One(':'));
    let first = Glob::new(fields.next()?.to_vec());
    if !first.matches("arn") {
        return None;
    }
    let mut whole: Vec<Token> = "arn".chars().map(Token::One).collect();
    let fields: Vec<&[Token]> = fields.collect();
    let (last, inner) = fields.split_last()?;
    if inner.len().saturating_add(2) != ARN_FIELDS {
        return None;
    }
    for field in inner {
        whole.push(Token::One(':'));
        whole.extend(field.iter().map(|token| match token {
            Token::Of(_) => Token::Of(Class::Field),
            Token::Run(_) => Token::Run(Class::Field),
            Token::One(_) | Token::Letter(_) | Token::Lowered(_) => *token,
        }));
    }
    whole.push(Token::One(':'));
    whole.extend_from_slice(last);
    Some(Glob::new(whole))
}

/// A union of globs. They are sorted, and none of them is within another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Union {
    pub(crate) globs: Box<[Glob]>,
}

impl Union {
    /// With more globs than this, those within others are not removed, because finding them takes quadratic time.
    const FEW: usize = 128;

    pub(crate) fn new(mut globs: Vec<Glob>) -> Self {
        globs.sort_unstable();
        globs.dedup();
        if globs.len() <= Self::FEW {
            let all = globs.clone();
            globs.retain(|glob| !all.iter().any(|other| other != glob && relate::is_within(glob, other)));
        }
        Self { globs: globs.into() }
    }

    pub(crate) fn is_any(&self) -> bool {
        self.globs.iter().any(Glob::is_any)
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        self.globs.iter().any(|glob| glob.matches(text))
    }
}

#[cfg(test)]
mod tests;
