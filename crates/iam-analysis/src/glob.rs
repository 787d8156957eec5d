//! Globs as languages: the sets of texts that patterns match.
//!
//! A [`Glob`] is a pattern without variables. Each variable has been replaced by its value, or by a star if it may have any value. ARN
//! operators compare field by field, so their globs have wildcards that do not match a colon. [`relate`] has tests on two globs that need
//! no search. [`find`] searches for a text that is in some languages and outside others.

pub(crate) mod find;
pub(crate) mod machine;
pub(crate) mod relate;

use iam_eval::LetterCase;
use iam_policy::{ARN_FIELDS, Pattern, Piece, Variable};

/// A set of characters that a wildcard matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Class {
    /// Every character.
    Any,
    /// Every character except the colon.
    Field,
    /// `a` to `z`, digits and the hyphen: the characters of ARN fields and of service prefixes.
    Segment,
    /// The characters of action names without case: those of [`Class::Segment`], `.` and `_`.
    Name,
}

impl Class {
    pub(crate) const fn contains(self, c: char) -> bool {
        match self {
            Self::Any => true,
            Self::Field => c != ':',
            Self::Segment => matches!(c, 'a'..='z' | '0'..='9' | '-'),
            Self::Name => matches!(c, 'a'..='z' | '0'..='9' | '-' | '.' | '_'),
        }
    }

    /// Whether the class has every character of `other`.
    pub(crate) const fn covers(self, other: Self) -> bool {
        match (self, other) {
            (Self::Any, _)
            | (Self::Field, Self::Field | Self::Segment | Self::Name)
            | (Self::Name, Self::Name | Self::Segment)
            | (Self::Segment, Self::Segment) => true,
            (Self::Field, Self::Any)
            | (Self::Name, Self::Any | Self::Field)
            | (Self::Segment, Self::Any | Self::Field | Self::Name) => false,
        }
    }
}

/// A part of a glob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Token {
    /// This character.
    One(char),
    /// An ASCII letter in either case. It is stored in lower case.
    Letter(char),
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
            Self::Of(class) | Self::Run(class) => class.contains(c),
        }
    }

    pub(crate) const fn is_run(self) -> bool {
        matches!(self, Self::Run(_))
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
    /// A variable has no value.
    Null,
    /// The pattern matches at most the texts of this glob, for all values of the free variables.
    Within(Glob),
}

/// How a pattern is compared with texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compared {
    Text(LetterCase),
    Arn,
}

/// A language of texts: a sequence of characters, wildcards and runs.
///
/// INVARIANT (runs): if a glob has runs of [`Class::Any`] and runs of narrower classes, there are colons between them, as in ARNs. Only the
/// last run that was entered can then help a match. Letters without case occur only together with wildcards that match both cases.
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
        let case = match compared {
            Compared::Text(case) => case,
            Compared::Arn => LetterCase::Sensitive,
        };
        let mut tokens = Vec::new();
        let mut is_free = false;
        for piece in pattern.pieces() {
            match piece {
                Piece::Text(text) => push_text(&mut tokens, text, case),
                Piece::AnyRun => tokens.push(Token::Run(Class::Any)),
                Piece::AnyOne => tokens.push(Token::Of(Class::Any)),
                Piece::Variable(variable) => match bound(variable) {
                    Bound::Value(text) => push_text(&mut tokens, text, case),
                    Bound::Null => return Replaced::Null,
                    Bound::Free => {
                        is_free = true;
                        tokens.push(Token::Run(Class::Any));
                    }
                },
            }
        }
        if is_free {
            // The value may contain colons, so the glob has no separate fields.
            return Replaced::Within(Self::new(tokens));
        }
        match compared {
            Compared::Text(_) => Replaced::Exact(Self::new(tokens)),
            Compared::Arn => arn(&tokens).map_or(Replaced::Null, Replaced::Exact),
        }
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

fn push_text(tokens: &mut Vec<Token>, text: &str, case: LetterCase) {
    tokens.extend(text.chars().map(|c| match case {
        LetterCase::Ascii if c.is_ascii_alphabetic() => Token::Letter(c.to_ascii_lowercase()),
        LetterCase::Ascii | LetterCase::Sensitive => Token::One(c),
    }));
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
            Token::One(_) | Token::Letter(_) => *token,
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
