//! Patterns: text with wildcards and policy variables, split once when the document is read (rules 2.2, 3.3, 3.20 to 3.30).

use crate::span::Span;

/// A text with wildcards and variables, as far as its place in the policy gives them a meaning.
///
/// Two patterns are equal if their texts are and they were read with the same meaning of wildcards and variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: Box<str>,
    /// Empty for a text that is only compared.
    parts: Box<[Part]>,
}

/// A piece of a pattern, in terms of the pattern's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Text(Span),
    AnyRun,
    AnyOne,
    Variable { key: Span, default: Option<Span> },
}

/// A piece of a [`Pattern`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a new piece must be looked at wherever patterns are matched")]
pub enum Piece<'p> {
    /// Characters that stand for themselves, those of `${*}`, `${?}` and `${$}` among them (rule 3.22).
    Text(&'p str),
    /// `*`: any run of characters, also none.
    AnyRun,
    /// `?`: exactly one character.
    AnyOne,
    /// `${key}` or `${key, 'default'}`.
    Variable(Variable<'p>),
}

/// A policy variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Variable<'p> {
    /// The condition key, as written; its case does not matter.
    pub key: &'p str,
    /// What stands for the value if the key is absent.
    pub default: Option<&'p str>,
}

/// What has a meaning in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Syntax {
    /// `*` and `?` are wildcards.
    pub wildcards: bool,
    /// `${...}` is a variable. True only in documents of version 2012-10-17 (rule 1.6).
    pub variables: bool,
}

impl Syntax {
    /// Wildcards and variables as given.
    pub const fn new(wildcards: bool, variables: bool) -> Self {
        Self { wildcards, variables }
    }
}

/// Why a text is not a pattern, and the bytes of it that are wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VariableError {
    /// What is wrong.
    pub kind: VariableErrorKind,
    /// Where, in the text of the pattern.
    pub span: Span,
}

/// What can be wrong with a variable (rules 1.21, 3.21).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VariableErrorKind {
    /// No `}` follows.
    NotClosed,
    /// `${}`.
    Empty,
    /// A space in the name.
    Space,
    /// A default that is not `, 'text'`.
    Default,
}

impl Pattern {
    /// The most variables that a pattern can have, so that their values fit an array on the stack.
    pub const MAX_VARIABLES: usize = 32;

    /// Splits a text.
    ///
    /// # Errors
    /// The first malformed variable.
    pub fn parse(text: &str, syntax: Syntax) -> Result<Self, VariableError> {
        let mut splitter = Splitter { text, at: 0, plain: 0, parts: Vec::new() };
        // Only three characters can have a meaning, and all are ASCII: the bytes between them are skipped.
        while let Some(skipped) = splitter.rest().bytes().position(|b| matches!(b, b'*' | b'?' | b'$')) {
            splitter.at = splitter.at.saturating_add(skipped);
            match splitter.rest().as_bytes() {
                [b'*', ..] if syntax.wildcards => splitter.single(Part::AnyRun),
                [b'?', ..] if syntax.wildcards => splitter.single(Part::AnyOne),
                [b'$', b'{', ..] if syntax.variables => splitter.variable()?,
                _ => splitter.at = splitter.at.saturating_add(1),
            }
        }
        splitter.at = text.len();
        splitter.flush(splitter.at);
        let parts = match splitter.parts.as_slice() {
            [Part::Text(span)] if span.of(text).len() == text.len() => Vec::new(),
            _ => splitter.parts,
        };
        Ok(Self { text: text.into(), parts: parts.into() })
    }

    /// A text without wildcards and variables.
    pub fn literal(text: &str) -> Self {
        Self { text: text.into(), parts: Box::default() }
    }

    /// The text as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The whole text if it is only compared.
    pub fn as_literal(&self) -> Option<&str> {
        self.parts.is_empty().then_some(&*self.text)
    }

    /// Whether it matches every text.
    pub fn is_any(&self) -> bool {
        matches!(&*self.parts, [Part::AnyRun])
    }

    /// How many pieces it has.
    pub fn len(&self) -> usize {
        if self.parts.is_empty() { usize::from(!self.text.is_empty()) } else { self.parts.len() }
    }

    /// Whether it is the empty text.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The piece at `index`.
    pub fn piece(&self, index: usize) -> Option<Piece<'_>> {
        match self.parts.get(index) {
            Some(part) => Some(self.resolve(*part)),
            None if self.parts.is_empty() && index == 0 && !self.text.is_empty() => {
                Some(Piece::Text(&self.text))
            }
            None => None,
        }
    }

    /// The pieces in order.
    pub fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        (0..self.len()).map_while(|i| self.piece(i))
    }

    /// The variables in order.
    pub fn variables(&self) -> impl Iterator<Item = Variable<'_>> {
        self.parts.iter().filter_map(|part| match self.resolve(*part) {
            Piece::Variable(variable) => Some(variable),
            Piece::Text(_) | Piece::AnyRun | Piece::AnyOne => None,
        })
    }

    /// Whether it has variables.
    pub fn has_variables(&self) -> bool {
        self.variables().next().is_some()
    }

    /// Whether it has wildcards.
    pub fn has_wildcards(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::AnyRun | Part::AnyOne))
    }

    /// How many `*` it has; neighbours count once.
    pub fn stars(&self) -> usize {
        self.parts.iter().filter(|part| matches!(part, Part::AnyRun)).count()
    }

    fn resolve(&self, part: Part) -> Piece<'_> {
        match part {
            Part::Text(span) => Piece::Text(span.of(&self.text)),
            Part::AnyRun => Piece::AnyRun,
            Part::AnyOne => Piece::AnyOne,
            Part::Variable { key, default } => Piece::Variable(Variable {
                key: key.of(&self.text),
                default: default.map(|d| d.of(&self.text)),
            }),
        }
    }
}

struct Splitter<'t> {
    text: &'t str,
    at: usize,
    /// Where the plain text before `at` begins.
    plain: usize,
    parts: Vec<Part>,
}

impl<'t> Splitter<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn flush(&mut self, end: usize) {
        if self.plain < end {
            self.parts.push(Part::Text(span(self.plain, end)));
        }
    }

    /// Ends the plain text before `at` and goes on after `length` bytes.
    fn take(&mut self, part: Part, length: usize) {
        self.flush(self.at);
        if part != Part::AnyRun || self.parts.last() != Some(&Part::AnyRun) {
            self.parts.push(part);
        }
        self.at = self.at.saturating_add(length);
        self.plain = self.at;
    }

    fn single(&mut self, part: Part) {
        self.take(part, 1);
    }

    fn variable(&mut self) -> Result<(), VariableError> {
        let rest = self.rest();
        let inner = self.at.saturating_add(2);
        let fail = |kind, length: usize| {
            Err(VariableError { kind, span: span(self.at, self.at.saturating_add(length)) })
        };
        if let Some("${*}" | "${?}" | "${$}") = rest.get(..4) {
            self.take(Part::Text(span(inner, inner.saturating_add(1))), 4);
            return Ok(());
        }
        let Some(close) = rest.find('}') else { return fail(VariableErrorKind::NotClosed, rest.len()) };
        let body = rest.get(2..close).unwrap_or_default();
        let (key, default, length) = match body.find(',') {
            None => (body, None, close.saturating_add(1)),
            Some(comma) => {
                let key = body.get(..comma).unwrap_or_default();
                // The default may contain a brace: it ends at `'}`.
                let after = rest.get(comma.saturating_add(2)..).unwrap_or_default();
                let text = after.strip_prefix(", '").and_then(|t| t.find("'}").map(|end| (t, end)));
                let Some((_, end)) = text else {
                    return fail(VariableErrorKind::Default, close.saturating_add(1));
                };
                let from = inner.saturating_add(comma).saturating_add(3);
                let default = span(from, from.saturating_add(end));
                (key, Some(default), (default.end as usize).saturating_add(2).saturating_sub(self.at))
            }
        };
        if key.is_empty() {
            return fail(VariableErrorKind::Empty, length);
        }
        if key.contains([' ', '\t', '\n', '\r']) {
            return fail(VariableErrorKind::Space, length);
        }
        if key.contains("${") {
            return fail(VariableErrorKind::NotClosed, length);
        }
        let key = span(inner, inner.saturating_add(key.len()));
        self.take(Part::Variable { key, default }, length);
        Ok(())
    }
}

/// INVARIANT (offsets): patterns are parts of documents, which are at most `u32::MAX` bytes long; a longer text yields empty pieces.
fn span(start: usize, end: usize) -> Span {
    Span::new(u32::try_from(start).unwrap_or(u32::MAX), u32::try_from(end).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: Syntax = Syntax::new(true, true);

    #[track_caller]
    fn pieces(text: &str, syntax: Syntax, expected: &[Piece<'_>]) {
        let pattern = Pattern::parse(text, syntax).unwrap();
        assert_eq!(pattern.pieces().collect::<Vec<_>>(), expected, "{text}");
        assert_eq!(pattern.text(), text);
    }

    fn variable<'p>(key: &'p str, default: Option<&'p str>) -> Piece<'p> {
        Piece::Variable(Variable { key, default })
    }

    #[test]
    fn pieces_follow_the_meaning_of_the_place() {
        pieces("", BOTH, &[]);
        pieces("a", BOTH, &[Piece::Text("a")]);
        pieces("**é?", BOTH, &[Piece::AnyRun, Piece::Text("é"), Piece::AnyOne]);
        pieces("a*", Syntax::new(false, true), &[Piece::Text("a*")]);
        pieces("${*}${?}${$}", BOTH, &[Piece::Text("*"), Piece::Text("?"), Piece::Text("$")]);
        pieces("${*}", Syntax::new(true, false), &[Piece::Text("${"), Piece::AnyRun, Piece::Text("}")]);
        pieces(
            "a/${aws:username}/*",
            BOTH,
            &[Piece::Text("a/"), variable("aws:username", None), Piece::Text("/"), Piece::AnyRun],
        );
        pieces("${k:v, 'a}b'}x", BOTH, &[variable("k:v", Some("a}b")), Piece::Text("x")]);
        pieces("${k:v, ''}", BOTH, &[variable("k:v", Some(""))]);
        pieces("$a$", BOTH, &[Piece::Text("$a$")]);
    }

    #[test]
    fn malformed_variables_are_named() {
        let kind = |text| Pattern::parse(text, BOTH).map_err(|e| e.kind);
        assert_eq!(kind("${aws:username"), Err(VariableErrorKind::NotClosed));
        assert_eq!(kind("${${aws:username}}"), Err(VariableErrorKind::NotClosed));
        assert_eq!(kind("${}"), Err(VariableErrorKind::Empty));
        assert_eq!(kind("${aws: username}"), Err(VariableErrorKind::Space));
        assert_eq!(kind("${k:v, all}"), Err(VariableErrorKind::Default));
        assert_eq!(kind("${k:v,'all'}"), Err(VariableErrorKind::Default));
        assert_eq!(kind("${k:v, 'all}"), Err(VariableErrorKind::Default));
        assert_eq!(kind("${, 'all'}"), Err(VariableErrorKind::Empty));
    }
}
