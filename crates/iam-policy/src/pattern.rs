//! Patterns: texts with wildcards and policy variables, split once when a document is read (rules 2.2, 3.3, 3.20 to 3.30).

use std::fmt;

use crate::code;
use crate::text::Text;
use iam_json::Code;
use iam_json::Span;

/// A text in which wildcards and variables have a meaning, if its [`Syntax`] says so.
///
/// Two patterns are equal if their texts are equal and both were read with the same syntax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: Text,
    shape: Shape,
}

/// How a pattern is stored. Most patterns are of the first three kinds, which need no list of pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    /// The text without wildcards and variables.
    Literal,
    /// Stars only.
    Any,
    /// A text whose only wildcard is a star at its end.
    Prefix,
    /// Anything else.
    Pieces(Box<Pieces>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Pieces {
    list: Box<[Part]>,
    stars: usize,
    variables: usize,
}

/// A piece of a pattern, as offsets into the pattern's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Text(Span),
    AnyRun,
    AnyOne,
    Variable { key: Span, default: Option<Span> },
}

/// A piece of a [`Pattern`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'p> {
    /// Characters that stand for themselves, including those of `${*}`, `${?}` and `${$}` (rule 3.22).
    Text(&'p str),
    /// `*`: any run of characters, including none.
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
    /// The condition key, as written. Its ASCII case does not matter.
    pub key: &'p str,
    /// The text that replaces the variable if the key is absent. `None` if there is no default.
    pub default: Option<&'p str>,
}

impl Variable<'_> {
    /// Writes the variable as documents contain it.
    fn write(&self, out: &mut String) {
        out.push_str("${");
        out.push_str(self.key);
        if let Some(default) = self.default {
            out.push_str(", '");
            out.push_str(default);
            out.push('\'');
        }
        out.push('}');
    }
}

/// Writes text so that it stands for itself in `syntax`, which has variables.
fn escape(text: &str, syntax: Syntax, out: &mut String) {
    for c in text.chars() {
        let has_meaning = match c {
            '*' | '?' => syntax.wildcards,
            '$' => true,
            _ => false,
        };
        if has_meaning {
            out.push_str("${");
            out.push(c);
            out.push('}');
        } else {
            out.push(c);
        }
    }
}

/// Which characters of a text have a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Syntax {
    /// `*` and `?` are wildcards.
    pub wildcards: bool,
    /// `${...}` is a variable. True only in documents of version 2012-10-17 (rule 1.6).
    pub variables: bool,
}

impl Syntax {
    /// Makes a syntax with or without wildcards and variables.
    pub const fn new(wildcards: bool, variables: bool) -> Self {
        Self { wildcards, variables }
    }
}

/// Why a text is not a pattern, and which bytes of it are invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VariableError {
    /// What is wrong.
    pub kind: VariableErrorKind,
    /// The invalid bytes, as offsets into the text of the pattern.
    pub span: Span,
}

/// The ways in which a variable can be malformed (rules 1.21, 3.21).
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

impl VariableErrorKind {
    /// The code with which the reader refuses a document that has this problem.
    pub const fn code(self) -> Code {
        match self {
            Self::NotClosed => code::MISSING_BRACE_IN_VARIABLE,
            Self::Empty => code::EMPTY_VARIABLE,
            Self::Space => code::UNSUPPORTED_SPACE_IN_VARIABLE,
            Self::Default => code::MISSING_QUOTE_IN_VARIABLE,
        }
    }
}

impl fmt::Display for VariableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            VariableErrorKind::NotClosed => "is not closed with `}`",
            VariableErrorKind::Empty => "has no name",
            VariableErrorKind::Space => "has a space in its name",
            VariableErrorKind::Default => {
                "has a default that is not a comma, a space and a text in single quotation marks"
            }
        };
        write!(f, "the variable at byte {} {what}", self.span.start)
    }
}

impl std::error::Error for VariableError {}

impl Pattern {
    /// The maximum number of variables of a pattern. It lets their values fit an array on the stack.
    pub const MAX_VARIABLES: usize = 32;

    /// Splits a text.
    ///
    /// # Errors
    /// The first malformed variable.
    pub fn parse(text: &str, syntax: Syntax) -> Result<Self, VariableError> {
        Self::of(text, syntax, Text::own)
    }

    /// Splits a text. `keep` makes the text that is stored.
    pub(crate) fn of(
        text: &str,
        syntax: Syntax,
        keep: impl FnOnce(&str) -> Text,
    ) -> Result<Self, VariableError> {
        let bytes = text.as_bytes();
        let special = |b: &u8| match b {
            b'*' | b'?' => syntax.wildcards,
            b'$' => syntax.variables,
            _ => false,
        };
        let shape =
            match bytes.iter().position(special) {
                None => Shape::Literal,
                Some(at) if at.saturating_add(1) == bytes.len() && bytes.get(at) == Some(&b'*') => {
                    if at == 0 { Shape::Any } else { Shape::Prefix }
                }
                Some(at) => Shape::of(text, split(text, syntax, at)?),
            };
        Ok(Self { text: keep(text), shape })
    }

    /// A text without wildcards and variables.
    pub fn literal(text: &str) -> Self {
        Self { text: Text::own(text), shape: Shape::Literal }
    }

    /// `*`: every text.
    pub(crate) fn any() -> Self {
        Self { text: Text::own("*"), shape: Shape::Any }
    }

    /// A pattern of a document of version 2012-10-17 that matches this text alone.
    ///
    /// `wildcards` says whether wildcards have a meaning there. Characters with a meaning are escaped, which older versions cannot do.
    ///
    /// # Examples
    /// ```
    /// use iam_policy::Pattern;
    ///
    /// let pattern = Pattern::exactly("a*${b}", true);
    /// assert_eq!(pattern.text(), "a${*}${$}{b}");
    /// assert!(!pattern.has_wildcards() && !pattern.has_variables());
    /// ```
    pub fn exactly(text: &str, wildcards: bool) -> Self {
        let syntax = Syntax::new(wildcards, true);
        let mut written = String::new();
        escape(text, syntax, &mut written);
        Self::well_formed(&written, syntax)
    }

    /// A pattern that matches every text that begins with this text.
    pub fn beginning_with(text: &str) -> Self {
        let syntax = Syntax::new(true, true);
        let mut written = String::new();
        escape(text, syntax, &mut written);
        written.push('*');
        Self::well_formed(&written, syntax)
    }

    /// The same pattern in the syntax of version 2012-10-17, where wildcards have a meaning.
    pub(crate) fn in_2012(&self) -> Self {
        let syntax = Syntax::new(true, true);
        if Self::parse(self.text(), syntax).as_ref() == Ok(self) {
            return self.clone();
        }
        let mut written = String::new();
        for piece in self.pieces() {
            match piece {
                Piece::Text(text) => escape(text, syntax, &mut written),
                Piece::AnyRun => written.push('*'),
                Piece::AnyOne => written.push('?'),
                Piece::Variable(variable) => variable.write(&mut written),
            }
        }
        Self::well_formed(&written, syntax)
    }

    /// The same pattern in the syntax of version 2012-10-17 without wildcards. `None` if the pattern has wildcards.
    pub(crate) fn in_2012_without_wildcards(&self) -> Option<Self> {
        let syntax = Syntax::new(false, true);
        if Self::parse(self.text(), syntax).as_ref() == Ok(self) {
            return Some(self.clone());
        }
        let mut written = String::new();
        for piece in self.pieces() {
            match piece {
                Piece::Text(text) => escape(text, syntax, &mut written),
                Piece::AnyRun | Piece::AnyOne => return None,
                Piece::Variable(variable) => variable.write(&mut written),
            }
        }
        Some(Self::well_formed(&written, syntax))
    }

    /// Splits a text whose variables are known to be well formed.
    pub(crate) fn well_formed(text: &str, syntax: Syntax) -> Self {
        // INVARIANT (well formed): only a malformed variable is an error.
        Self::parse(text, syntax).unwrap_or_else(|_| Self::literal(text))
    }

    /// Makes a pattern of a text that has no variable, and no wildcard except perhaps a star at its end.
    pub(crate) const fn plain(text: Text, has_star: bool) -> Self {
        Self { text, shape: if has_star { Shape::Prefix } else { Shape::Literal } }
    }

    /// The text as written.
    #[inline]
    pub fn text(&self) -> &str {
        self.text.as_str()
    }

    /// The whole text, if the pattern has neither wildcards nor variables. Otherwise `None`.
    #[inline]
    pub fn as_literal(&self) -> Option<&str> {
        matches!(self.shape, Shape::Literal).then(|| self.text())
    }

    /// The text before the star, if the pattern is a plain text and one `*` at its end. Otherwise `None`.
    #[inline]
    pub fn as_prefix(&self) -> Option<&str> {
        if matches!(self.shape, Shape::Prefix) { self.text().strip_suffix('*') } else { None }
    }

    /// Whether the pattern matches every text.
    #[inline]
    pub const fn is_any(&self) -> bool {
        matches!(self.shape, Shape::Any)
    }

    /// The number of pieces.
    pub fn len(&self) -> usize {
        match &self.shape {
            Shape::Literal => usize::from(!self.is_empty()),
            Shape::Any => 1,
            Shape::Prefix => 2,
            Shape::Pieces(pieces) => pieces.list.len(),
        }
    }

    /// Whether the pattern is the empty text.
    pub const fn is_empty(&self) -> bool {
        self.text.len() == 0
    }

    /// The piece at `index`.
    #[inline]
    pub fn piece(&self, index: usize) -> Option<Piece<'_>> {
        match (&self.shape, index) {
            (Shape::Literal, 0) if !self.is_empty() => Some(Piece::Text(self.text())),
            (Shape::Prefix, 0) => self.as_prefix().map(Piece::Text),
            (Shape::Any, 0) | (Shape::Prefix, 1) => Some(Piece::AnyRun),
            (Shape::Pieces(pieces), _) => pieces.list.get(index).map(|part| self.resolve(*part)),
            (Shape::Literal | Shape::Any | Shape::Prefix, _) => None,
        }
    }

    /// The pieces in order.
    pub fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        (0..self.len()).map_while(|i| self.piece(i))
    }

    /// The variables in order.
    pub fn variables(&self) -> impl Iterator<Item = Variable<'_>> {
        self.parts().iter().filter_map(|part| match self.resolve(*part) {
            Piece::Variable(variable) => Some(variable),
            Piece::Text(_) | Piece::AnyRun | Piece::AnyOne => None,
        })
    }

    /// The list of pieces. Empty for the kinds that store none.
    fn parts(&self) -> &[Part] {
        match &self.shape {
            Shape::Pieces(pieces) => &pieces.list,
            Shape::Literal | Shape::Any | Shape::Prefix => &[],
        }
    }

    /// The number of variables.
    pub const fn variable_count(&self) -> usize {
        match &self.shape {
            Shape::Pieces(pieces) => pieces.variables,
            Shape::Literal | Shape::Any | Shape::Prefix => 0,
        }
    }

    /// Whether the pattern has variables.
    #[inline]
    pub const fn has_variables(&self) -> bool {
        self.variable_count() > 0
    }

    /// Whether the pattern has wildcards.
    pub fn has_wildcards(&self) -> bool {
        match &self.shape {
            Shape::Literal => false,
            Shape::Any | Shape::Prefix => true,
            Shape::Pieces(_) => self.parts().iter().any(|part| matches!(part, Part::AnyRun | Part::AnyOne)),
        }
    }

    /// The number of `*`. Adjacent stars count once.
    pub const fn stars(&self) -> usize {
        match &self.shape {
            Shape::Literal => 0,
            Shape::Any | Shape::Prefix => 1,
            Shape::Pieces(pieces) => pieces.stars,
        }
    }

    fn resolve(&self, part: Part) -> Piece<'_> {
        match part {
            Part::Text(span) => Piece::Text(span.of(self.text())),
            Part::AnyRun => Piece::AnyRun,
            Part::AnyOne => Piece::AnyOne,
            Part::Variable { key, default } => Piece::Variable(Variable {
                key: key.of(self.text()),
                default: default.map(|d| d.of(self.text())),
            }),
        }
    }
}

impl Shape {
    fn of(text: &str, parts: Vec<Part>) -> Self {
        match parts.as_slice() {
            [Part::Text(span)] if span.of(text).len() == text.len() => Self::Literal,
            [Part::AnyRun] => Self::Any,
            [Part::Text(span), Part::AnyRun] if span.of(text).len().saturating_add(1) == text.len() => {
                Self::Prefix
            }
            _ => Self::pieces(parts),
        }
    }

    fn pieces(parts: Vec<Part>) -> Self {
        let count = |wanted: fn(&Part) -> bool| parts.iter().filter(|part| wanted(part)).count();
        let stars = count(|part| matches!(part, Part::AnyRun));
        let variables = count(|part| matches!(part, Part::Variable { .. }));
        Self::Pieces(Box::new(Pieces { list: parts.into(), stars, variables }))
    }
}

/// Splits a text into pieces. No character before the byte `at` has a meaning.
fn split(text: &str, syntax: Syntax, at: usize) -> Result<Vec<Part>, VariableError> {
    let mut splitter = Splitter { text, at, plain: 0, parts: Vec::new() };
    // Only three characters can have a meaning, and all are ASCII. The bytes between them are skipped.
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
    Ok(splitter.parts)
}

struct Splitter<'t> {
    text: &'t str,
    at: usize,
    /// The offset at which the plain text before `at` begins.
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

    /// Ends the plain text before `at`, and continues after `length` bytes.
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
                // The default may contain a brace. It ends at `'}`.
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

/// INVARIANT (offsets): patterns are parts of documents, which have at most `u32::MAX` bytes. A longer text yields empty pieces.
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
    fn shapes_have_the_pieces_of_the_general_case() {
        for text in [
            "", "a", "*", "**", "a*", "a**", "*a", "a*b*", "a?", "?", "${k:v}*", "${k:v}", "a$*", "${*}",
            "${*}*", "$*",
        ] {
            for wildcards in [false, true] {
                for variables in [false, true] {
                    let syntax = Syntax::new(wildcards, variables);
                    let pattern = Pattern::parse(text, syntax).unwrap();
                    let general = Pattern {
                        text: Text::own(text),
                        shape: Shape::pieces(split(text, syntax, 0).unwrap()),
                    };
                    let pieces: Vec<Piece<'_>> = pattern.pieces().collect();
                    assert_eq!(pieces, general.pieces().collect::<Vec<_>>(), "{text} {syntax:?}");
                    let count = |wanted: fn(&Piece<'_>) -> bool| pieces.iter().filter(|p| wanted(p)).count();
                    assert_eq!(pattern.stars(), count(|p| *p == Piece::AnyRun), "{text}");
                    assert_eq!(
                        pattern.variable_count(),
                        count(|p| matches!(p, Piece::Variable(_))),
                        "{text}"
                    );
                    assert_eq!(pattern.variables().count(), pattern.variable_count());
                    let wild = count(|p| matches!(p, Piece::AnyRun | Piece::AnyOne));
                    assert_eq!(pattern.has_wildcards(), wild > 0, "{text}");
                    assert_eq!(pattern.is_any(), pieces == [Piece::AnyRun], "{text}");
                    let prefix = match pieces.as_slice() {
                        [Piece::Text(prefix), Piece::AnyRun] if text.len() == prefix.len() + 1 => {
                            Some(*prefix)
                        }
                        _ => None,
                    };
                    assert_eq!(pattern.as_prefix(), prefix, "{text} {syntax:?}");
                    let literal = match pieces.as_slice() {
                        [] => Some(""),
                        [Piece::Text(whole)] if *whole == text => Some(text),
                        _ => None,
                    };
                    assert_eq!(pattern.as_literal(), literal, "{text} {syntax:?}");
                    assert_eq!(pattern.len(), pieces.len());
                    assert_eq!(pattern.piece(pieces.len()), None);
                }
            }
        }
    }

    /// The pieces of a pattern, those of text joined.
    fn joined(pattern: &Pattern) -> Vec<(Option<Piece<'_>>, String)> {
        let mut joined: Vec<(Option<Piece<'_>>, String)> = Vec::new();
        for piece in pattern.pieces() {
            match (piece, joined.last_mut()) {
                (Piece::Text(text), Some((None, before))) => before.push_str(text),
                (Piece::Text(text), _) => joined.push((None, text.to_owned())),
                (Piece::AnyRun | Piece::AnyOne | Piece::Variable(_), _) => {
                    joined.push((Some(piece), String::new()));
                }
            }
        }
        joined
    }

    #[test]
    fn a_pattern_means_the_same_in_the_syntax_of_2012() {
        for text in [
            "",
            "a",
            "*",
            "a*",
            "a**b?",
            "$",
            "$a",
            "${*}",
            "${k:v}",
            "${k:v}*",
            "a${k:v, 'd*'}?b",
            "${k:v, ''}$",
        ] {
            for (wildcards, variables) in [(false, false), (false, true), (true, false), (true, true)] {
                let pattern = Pattern::parse(text, Syntax::new(wildcards, variables)).unwrap();
                let written = pattern.in_2012();
                assert_eq!(joined(&written), joined(&pattern), "{text} {wildcards} {variables}");
                assert_eq!(Pattern::parse(written.text(), BOTH).as_ref(), Ok(&written));
                let without = pattern.in_2012_without_wildcards();
                assert_eq!(without.is_none(), pattern.has_wildcards(), "{text} {wildcards} {variables}");
                if let Some(without) = without {
                    assert_eq!(joined(&without), joined(&pattern), "{text} {wildcards} {variables}");
                    assert_eq!(Pattern::parse(without.text(), Syntax::new(false, true)), Ok(without));
                }
            }
        }
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
