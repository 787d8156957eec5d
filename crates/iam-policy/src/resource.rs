//! Resources: the patterns of `Resource` and `NotResource` (part 3 of the rules).

use std::fmt;
use std::str::FromStr;

use crate::arn::{ARN_FIELDS, Arn};
use crate::code;
use crate::error::BuildError;
use crate::limits::Limits;
use crate::pattern::{Pattern, Piece, Syntax};
use iam_json::{Spanned, quoted};

/// `Resource` or `NotResource`.
#[derive(Clone, Debug, PartialEq, Eq)]
// No other variant: rule 1.12 has these two.
pub enum ResourceElement {
    /// The statement applies to resources that match one of the patterns. An empty list matches no resource.
    Resource(Vec<Spanned<ResourcePattern>>),
    /// The statement applies to resources that match none of the patterns.
    NotResource(Vec<Spanned<ResourcePattern>>),
}

impl ResourceElement {
    /// The patterns.
    pub fn patterns(&self) -> &[Spanned<ResourcePattern>] {
        match self {
            Self::Resource(patterns) | Self::NotResource(patterns) => patterns,
        }
    }

    /// Every resource: `*`.
    pub fn any() -> Self {
        ResourcePattern::any().into()
    }

    /// `NotResource`: every resource except these. Without any pattern, it is `*`.
    pub fn all_but(patterns: impl IntoIterator<Item = ResourcePattern>) -> Self {
        let patterns: Vec<_> = patterns.into_iter().map(Spanned::placeless).collect();
        if patterns.is_empty() { Self::any() } else { Self::NotResource(patterns) }
    }

    /// The same element in the syntax of version 2012-10-17.
    pub(crate) fn in_2012(self) -> Self {
        let rewritten = |list: Vec<Spanned<ResourcePattern>>| {
            list.into_iter().map(|p| Spanned::new(p.value.in_2012(), p.span)).collect()
        };
        match self {
            Self::Resource(list) => Self::Resource(rewritten(list)),
            Self::NotResource(list) => Self::NotResource(rewritten(list)),
        }
    }

    /// Whether the element is `NotResource`.
    pub const fn is_not(&self) -> bool {
        matches!(self, Self::NotResource(_))
    }
}

/// `Resource` with one pattern.
impl From<ResourcePattern> for ResourceElement {
    fn from(pattern: ResourcePattern) -> Self {
        Self::Resource(vec![Spanned::placeless(pattern)])
    }
}

/// `Resource` with these patterns. Without any, it matches no resource.
impl FromIterator<ResourcePattern> for ResourceElement {
    fn from_iter<I: IntoIterator<Item = ResourcePattern>>(patterns: I) -> Self {
        Self::Resource(patterns.into_iter().map(Spanned::placeless).collect())
    }
}

/// `Resource` with one pattern, read from its text.
impl FromStr for ResourceElement {
    type Err = BuildError;

    fn from_str(text: &str) -> Result<Self, BuildError> {
        Ok(text.parse::<ResourcePattern>()?.into())
    }
}

/// `*` or an ARN, with wildcards and variables.
///
/// It is matched as one case-sensitive text (rules 3.2 to 3.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourcePattern {
    pattern: Pattern,
    /// The pattern as written, if `pattern` was completed with further fields.
    written: Option<Box<Pattern>>,
    /// Whether the pattern is written in the short form of API Gateway.
    is_of_this_api: bool,
    has_early_variable: bool,
}

/// What the short form of API Gateway begins with, in front of the slash (rule 3.11).
const THIS_API: &str = "execute-api:";

/// What stands for the API itself where its policy is read: the policy does not say which one it is. The ids of APIs have this length, so
/// that what follows is the path behind the id, and not a later part of it.
const ANY_API: &str = "arn:*:execute-api:*:*:??????????";

impl ResourcePattern {
    /// `*`: every resource.
    pub fn any() -> Self {
        Self::new(Pattern::any())
    }

    /// Reads a pattern as documents of version 2012-10-17 write it: `*` and `?` are wildcards, `${...}` is a variable.
    ///
    /// An ARN with fewer than six fields is completed with `*` fields (rule 3.7).
    ///
    /// # Errors
    /// - The text does not begin with `arn:`, a wildcard or a variable.
    /// - A variable is malformed.
    /// - The pattern exceeds the default [`Limits`] of patterns.
    ///
    /// # Examples
    /// ```
    /// use iam_policy::ResourcePattern;
    ///
    /// let pattern: ResourcePattern = "arn:aws:s3:::home/${aws:username}/*".parse()?;
    /// assert!(pattern.pattern().has_variables());
    /// assert_eq!(
    ///     "bucket".parse::<ResourcePattern>().unwrap_err().to_string(),
    ///     "INVALID_ARN_PREFIX: a resource that is neither an ARN nor `*`: `bucket`"
    /// );
    /// # Ok::<(), iam_policy::BuildError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, BuildError> {
        Self::read(text, Syntax::new(true, true))
    }

    /// Reads a pattern in which `${` is plain text, as in documents of older versions.
    ///
    /// # Errors
    /// As [`ResourcePattern::parse`].
    pub fn parse_without_variables(text: &str) -> Result<Self, BuildError> {
        Self::read(text, Syntax::new(true, false)).map(Self::in_2012)
    }

    fn read(text: &str, syntax: Syntax) -> Result<Self, BuildError> {
        let read = |text: &str| {
            Pattern::parse(text, syntax).map_err(|error| BuildError::new(error.kind.code(), quoted(text)))
        };
        let pattern = read(text)?;
        if let Some(code) = Limits::default().beyond(&pattern) {
            return Err(BuildError::new(code, quoted(text)));
        }
        if !text.starts_with("arn:") {
            return match pattern.piece(0) {
                Some(Piece::AnyRun | Piece::AnyOne | Piece::Variable(_)) => Ok(Self::new(pattern)),
                Some(Piece::Text(_)) | None => Err(BuildError::new(code::INVALID_ARN_PREFIX, quoted(text))),
            };
        }
        let missing = ARN_FIELDS.saturating_sub(count_fields(&pattern));
        if missing == 0 {
            return Ok(Self::new(pattern));
        }
        let completed = read(&format!("{text}{}", ":*".repeat(missing)))?;
        Ok(Self::completed(pattern, completed))
    }

    /// The pattern for everything below an ARN: the ARN, a slash and any text, such as the objects of a bucket.
    pub fn below(arn: &Arn) -> Self {
        Self::new(Pattern::beginning_with(&format!("{arn}/")))
    }

    /// The same pattern in the syntax of version 2012-10-17.
    pub(crate) fn in_2012(self) -> Self {
        let pattern = self.pattern.in_2012();
        if pattern == self.pattern {
            return self;
        }
        let written = self.written.map(|written| Box::new(written.in_2012()));
        Self { written, is_of_this_api: self.is_of_this_api, ..Self::new(pattern) }
    }

    /// A pattern that is matched as it is written.
    pub(crate) fn new(pattern: Pattern) -> Self {
        let has_early_variable = has_early_variable(&pattern);
        Self { pattern, written: None, is_of_this_api: false, has_early_variable }
    }

    /// The short form of API Gateway, with the text of the ARN for which it stands (rule 3.11). `None` if `text` is no such form.
    pub(crate) fn full_text_of_this_api(text: &str) -> Option<String> {
        let path = text.strip_prefix(THIS_API).filter(|path| path.starts_with('/'))?;
        Some(format!("{ANY_API}{path}"))
    }

    /// A pattern in the short form of API Gateway. `full` is the pattern of the ARN for which it stands (rule 3.11).
    pub(crate) fn of_this_api(written: Pattern, full: Pattern) -> Self {
        Self { written: Some(Box::new(written)), is_of_this_api: true, ..Self::new(full) }
    }

    /// Whether the pattern is written in the short form of API Gateway, `execute-api:/…`, which only a policy of an API may have (rule 3.11).
    pub const fn is_of_this_api(&self) -> bool {
        self.is_of_this_api
    }

    /// A pattern of fewer than six fields. `completed` is the pattern with `*` for the missing fields (rule 3.7).
    pub(crate) fn completed(written: Pattern, completed: Pattern) -> Self {
        Self { written: Some(Box::new(written)), ..Self::new(completed) }
    }

    /// The pattern that is matched, completed if it has fewer than six fields or is in the short form of API Gateway.
    pub const fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// The pattern as written, if it has fewer than six fields (rule 3.7). `None` if it was not completed.
    pub fn written(&self) -> Option<&Pattern> {
        self.written.as_deref().filter(|_| !self.is_of_this_api)
    }

    /// The text as written.
    pub fn text(&self) -> &str {
        self.written.as_deref().unwrap_or(&self.pattern).text()
    }

    /// Whether the pattern matches every resource, and also a request without a resource (rule 3.6).
    pub fn is_any(&self) -> bool {
        self.pattern.is_any()
    }

    /// Whether a variable stands before the fifth colon. AWS's pages say that such a pattern matches nothing (rule 3.29).
    pub const fn has_early_variable(&self) -> bool {
        self.has_early_variable
    }

    /// What the first variable of a pattern that begins with `arn:` stands for, in words.
    pub(crate) fn first_early_field(&self) -> &'static str {
        let is_text = |piece: &Piece<'_>| !matches!(piece, Piece::Variable(_));
        let before = self.pattern.pieces().take_while(is_text);
        let colons: usize = before
            .map(|piece| match piece {
                Piece::Text(text) => text.bytes().filter(|byte| *byte == b':').count(),
                Piece::AnyRun | Piece::AnyOne | Piece::Variable(_) => 0,
            })
            .sum();
        match colons {
            2 => "the service",
            3 => "the Region",
            4.. => "the account",
            _ => "the partition",
        }
    }
}

/// The pattern that matches only this ARN.
impl From<&Arn> for ResourcePattern {
    fn from(arn: &Arn) -> Self {
        Self::new(Pattern::exactly(arn.as_str(), true))
    }
}

impl FromStr for ResourcePattern {
    type Err = BuildError;

    fn from_str(text: &str) -> Result<Self, BuildError> {
        Self::parse(text)
    }
}

impl fmt::Display for ResourcePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// The number of fields of an ARN pattern, at most six.
///
/// Colons inside variables do not count. In older documents `${...}` is plain text, and its colons count.
pub fn count_fields(pattern: &Pattern) -> usize {
    let colons: usize = pattern
        .pieces()
        .map(|piece| match piece {
            Piece::Text(text) => text.bytes().filter(|b| *b == b':').count(),
            Piece::AnyRun | Piece::AnyOne | Piece::Variable(_) => 0,
        })
        .sum();
    colons.saturating_add(1).min(ARN_FIELDS)
}

/// Whether a pattern without variables can be split into the six fields of an ARN. Always true of a pattern with variables, whose
/// replacements may have the missing colons: ask again when they are replaced.
///
/// IAM stores no other pattern under an ARN operator, but STS takes them in session policies.
pub fn may_be_arn(pattern: &Pattern) -> bool {
    count_fields(pattern) >= ARN_FIELDS || pattern.has_variables()
}

/// Whether a variable stands before the fifth colon.
fn has_early_variable(pattern: &Pattern) -> bool {
    let mut colons = 0usize;
    for piece in pattern.pieces() {
        match piece {
            Piece::Text(text) => colons = colons.saturating_add(text.bytes().filter(|b| *b == b':').count()),
            Piece::Variable(_) if colons < ARN_FIELDS.saturating_sub(1) => return true,
            Piece::Variable(_) | Piece::AnyRun | Piece::AnyOne => {}
        }
    }
    false
}
