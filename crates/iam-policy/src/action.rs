//! Actions: the patterns of `Action` and `NotAction` (part 2 of the rules).

use std::fmt;
use std::str::FromStr;

use crate::arn::Literal;
use crate::code;
use crate::error::BuildError;
use crate::limits::Limits;
use crate::pattern::{Pattern, Syntax};
use crate::text::Text;
use iam_json::swar;
use iam_json::{Spanned, quoted};

/// `Action` or `NotAction`.
#[derive(Clone, Debug, PartialEq, Eq)]
// No other variant: rule 1.12 has these two.
pub enum ActionElement {
    /// The statement applies to actions that match one of the patterns. An empty list matches no action.
    Action(Vec<Spanned<ActionPattern>>),
    /// The statement applies to actions that match none of the patterns.
    NotAction(Vec<Spanned<ActionPattern>>),
}

impl ActionElement {
    /// The patterns.
    pub fn patterns(&self) -> &[Spanned<ActionPattern>] {
        match self {
            Self::Action(patterns) | Self::NotAction(patterns) => patterns,
        }
    }

    /// Every action: `*`.
    pub fn any() -> Self {
        ActionPattern::any().into()
    }

    /// No action: `NotAction` with the pattern `*`.
    pub(crate) fn none() -> Self {
        Self::NotAction(vec![Spanned::placeless(ActionPattern::any())])
    }

    /// `NotAction`: every action except these. Without any pattern, it is `*`.
    pub fn all_but(patterns: impl IntoIterator<Item = ActionPattern>) -> Self {
        let patterns: Vec<_> = patterns.into_iter().map(Spanned::placeless).collect();
        if patterns.is_empty() { Self::any() } else { Self::NotAction(patterns) }
    }

    /// Whether the element is `NotAction`.
    pub const fn is_not(&self) -> bool {
        matches!(self, Self::NotAction(_))
    }
}

/// `Action` with one pattern.
impl From<ActionPattern> for ActionElement {
    fn from(pattern: ActionPattern) -> Self {
        Self::Action(vec![Spanned::placeless(pattern)])
    }
}

/// `Action` with these patterns. Without any, it matches no action.
impl FromIterator<ActionPattern> for ActionElement {
    fn from_iter<I: IntoIterator<Item = ActionPattern>>(patterns: I) -> Self {
        Self::Action(patterns.into_iter().map(Spanned::placeless).collect())
    }
}

/// `Action` with one pattern, read from its text.
impl FromStr for ActionElement {
    type Err = BuildError;

    fn from_str(text: &str) -> Result<Self, BuildError> {
        Ok(text.parse::<ActionPattern>()?.into())
    }
}

/// `*`, or a service prefix, a colon and a name, each with wildcards.
///
/// ASCII case does not matter. Variables are plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionPattern {
    pattern: Pattern,
}

impl ActionPattern {
    /// `*`: every action.
    pub fn any() -> Self {
        Self { pattern: Pattern::any() }
    }

    /// Every action of a service. `None` if the text is not a service prefix.
    ///
    /// # Examples
    /// ```
    /// use iam_policy::ActionPattern;
    ///
    /// assert_eq!(ActionPattern::all_of("s3").unwrap().text(), "s3:*");
    /// assert!(ActionPattern::all_of("s3:").is_none());
    /// ```
    pub fn all_of(service: &str) -> Option<Self> {
        if service.contains(['*', '?']) {
            return None;
        }
        Self::parse(&format!("{service}:*"))
    }

    #[doc(hidden)]
    pub const fn literal(text: &'static str) -> Option<Literal<Self>> {
        if is_plain(text) { Some(Literal::new(text)) } else { None }
    }

    #[doc(hidden)]
    pub fn constant(literal: Literal<Self>) -> Self {
        Self { pattern: Pattern::well_formed(literal.text(), Syntax::new(true, false)) }
    }

    /// Reads a pattern. `None` if the text is not one.
    ///
    /// A wildcard in the service prefix is accepted; see [`ActionPattern::service`]. [`str::parse`] reads the same texts and returns an
    /// error that says what is wrong.
    ///
    /// # Examples
    /// ```
    /// use iam_policy::ActionPattern;
    ///
    /// let pattern = ActionPattern::parse("s3:Get*").unwrap();
    /// assert_eq!((pattern.service(), pattern.name()), (Some("s3"), Some("Get*")));
    /// assert!(ActionPattern::parse("GetObject").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        Self::read(text, Text::own).filter(|(_, notes)| !notes.matches_nothing).map(|(pattern, _)| pattern)
    }

    /// Reads a pattern and notes what the reader may have to report. `keep` makes the text that is stored.
    pub(crate) fn read(text: &str, keep: impl FnOnce(&str) -> Text) -> Option<(Self, Notes)> {
        if text == "*" {
            return Some((general(text, keep)?, Notes::default()));
        }
        let bytes = text.as_bytes();
        let (service, behind) = bytes.split_at_checked(bytes.iter().position(|b| *b == b':')?)?;
        let (last, name) = behind.get(1..)?.split_last()?;
        if service.is_empty() {
            return None;
        }
        let in_service = seen(service);
        let in_name = seen_in_name(name);
        let anywhere = in_name | class(*last);
        // No action has such characters. IAM stores blanks, and full stops in the prefix; a pattern with one of them matches nothing.
        let is_odd = has(in_service, NOT_OF_SERVICES) || has(anywhere, BLANK);
        if is_odd && !is_stored(service, behind) {
            return None;
        }
        // A second colon is accepted only inside a variable, which is plain text here and matches no action.
        if has(anywhere, COLON) && !text.contains("${") {
            return None;
        }
        let notes = Notes {
            wildcard_service: has(in_service, WILDCARD),
            dollar: has(anywhere, DOLLAR),
            matches_nothing: is_odd,
        };
        if has(in_service | in_name, WILDCARD) || *last == b'?' {
            return Some((general(text, keep)?, notes));
        }
        Some((Self { pattern: Pattern::plain(keep(text), *last == b'*') }, notes))
    }

    /// The whole pattern, colon included.
    ///
    /// No action has a second colon, so a `*` that crosses the colon of the pattern matches nothing more.
    pub const fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// The text as written.
    pub fn text(&self) -> &str {
        self.pattern.text()
    }

    /// The service prefix. `None` for `*`.
    ///
    /// In deployed documents the prefix may have wildcards.
    pub fn service(&self) -> Option<&str> {
        // Byte by byte, which for short texts is quicker than a search.
        let end = self.text().bytes().position(|byte| byte == b':')?;
        self.text().get(..end)
    }

    /// The name after the colon. `None` for `*`.
    pub fn name(&self) -> Option<&str> {
        self.text().split_once(':').map(|(_, name)| name)
    }

    /// Whether the service prefix has a wildcard (rule 2.4).
    pub fn has_wildcard_service(&self) -> bool {
        self.service().is_some_and(|service| service.bytes().any(|byte| matches!(byte, b'*' | b'?')))
    }

    /// Whether the pattern matches every action: `*` and `*:*` do (rule 2.4).
    pub fn is_any(&self) -> bool {
        self.pattern.is_any() || self.text() == "*:*"
    }
}

/// Reads a pattern within the default [`Limits`] of patterns.
impl FromStr for ActionPattern {
    type Err = BuildError;

    fn from_str(text: &str) -> Result<Self, BuildError> {
        let pattern = Self::parse(text).ok_or_else(|| BuildError::new(code::INVALID_ACTION, quoted(text)))?;
        match Limits::default().beyond(&pattern.pattern) {
            Some(code) => Err(BuildError::new(code, quoted(text))),
            None => Ok(pattern),
        }
    }
}

impl fmt::Display for ActionPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// Whether IAM stores an action with these odd characters: blanks anywhere, and full stops in the prefix (rule 2.9).
fn is_stored(service: &[u8], behind: &[u8]) -> bool {
    let is_of_service = |byte: &u8| !has(class(*byte), NOT_OF_SERVICES) || matches!(byte, b' ' | b'.');
    let is_named = |text: &[u8]| text.iter().any(|byte| !matches!(byte, b' ' | b':'));
    service.iter().all(is_of_service)
        && behind.iter().all(|byte| *byte >= b' ')
        && is_named(service)
        && is_named(behind)
}

/// Whether a text is a service prefix, a colon and a name.
///
/// Both have letters, digits, hyphens and underscores. The name may have wildcards.
const fn is_plain(text: &str) -> bool {
    let mut rest = text.as_bytes();
    let (mut in_name, mut is_empty) = (false, true);
    while let [first, behind @ ..] = rest {
        let is_letter = first.is_ascii_alphanumeric() || matches!(first, b'-' | b'_');
        if *first == b':' && !in_name && !is_empty {
            (in_name, is_empty) = (true, true);
        } else if is_letter || (in_name && matches!(first, b'*' | b'?')) {
            is_empty = false;
        } else {
            return false;
        }
        rest = behind;
    }
    in_name && !is_empty
}

/// Makes an [`ActionPattern`](crate::ActionPattern) from a literal: a service prefix, a colon and a name, which may have wildcards.
///
/// A literal of another form does not compile.
///
/// # Examples
/// ```
/// assert_eq!(iam_policy::action_pattern!("s3:Get*"), "s3:Get*".parse()?);
/// # Ok::<(), iam_policy::BuildError>(())
/// ```
#[macro_export]
macro_rules! action_pattern {
    ($text:expr) => {
        $crate::ActionPattern::constant(
            const {
                match $crate::ActionPattern::literal($text) {
                    Some(literal) => literal,
                    // INVARIANT (compile time): this is evaluated when the caller is compiled, and never runs.
                    None => panic!("an action is a service prefix, a colon and a name"),
                }
            },
        )
    };
}

/// Reads a pattern that is not `*`, without variables: splitting it cannot fail.
fn general(text: &str, keep: impl FnOnce(&str) -> Text) -> Option<ActionPattern> {
    let pattern = Pattern::of(text, Syntax::new(true, false), keep).ok()?;
    Some(ActionPattern { pattern })
}

/// Properties of an action pattern that the reader may have to report.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Notes {
    /// The service prefix has a wildcard.
    pub(crate) wildcard_service: bool,
    /// The name has a `$`.
    pub(crate) dollar: bool,
    /// The pattern has a blank, or a full stop in its prefix. It matches no action (rule 2.9).
    pub(crate) matches_nothing: bool,
}

const WILDCARD: u8 = 1;
const COLON: u8 = 2;
/// White space and control characters.
const BLANK: u8 = 4;
/// Bytes that no service prefix has.
const NOT_OF_SERVICES: u8 = 8;
const DOLLAR: u8 = 16;

/// The class of a byte, as far as the byte matters to actions.
const fn class(byte: u8) -> u8 {
    let other = if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'*' | b'?') {
        0
    } else {
        NOT_OF_SERVICES
    };
    other
        | match byte {
            b'*' | b'?' => WILDCARD,
            b':' => COLON,
            b'$' => DOLLAR,
            0..=b' ' => BLANK,
            _ => 0,
        }
}

/// Whether one of the classes that were seen is this one.
const fn has(seen: u8, class: u8) -> bool {
    seen & class != 0
}

/// The classes of all bytes, joined.
fn seen(bytes: &[u8]) -> u8 {
    const CLASSES: [u8; 256] = {
        let mut classes = [0; 256];
        let mut byte = 0_u8;
        loop {
            #[expect(
                clippy::indexing_slicing,
                reason = "INVARIANT (classes): a byte is below 256; evaluated when this is compiled"
            )]
            {
                classes[byte as usize] = class(byte);
            }
            if byte == u8::MAX {
                break classes;
            }
            byte = byte.saturating_add(1);
        }
    };
    bytes
        .iter()
        .fold(0, |seen, byte| seen | CLASSES.get(usize::from(*byte)).copied().unwrap_or(NOT_OF_SERVICES))
}

/// As [`seen`], for the name of an action. Most bytes of a name are letters, and words of letters are skipped.
fn seen_in_name(bytes: &[u8]) -> u8 {
    let (words, rest) = bytes.as_chunks::<8>();
    // Every byte with a class of interest is less than `@`.
    let marked = words.iter().filter(|word| swar::below(u64::from_le_bytes(**word), b'@') != 0);
    marked.fold(seen(rest), |classes, word| classes | seen(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shape that is found while reading is the one that splitting finds.
    #[test]
    fn patterns_are_those_of_the_text() {
        for text in [
            "*",
            "s3:*",
            "s3:Get*",
            "s3:Get",
            "s3:G?t",
            "s3:G*t",
            "s3:Get**",
            "s3:?",
            "s*:Get",
            "s?:Get*",
            "s3:Get${*",
            "s3:${a:b}*",
        ] {
            let pattern = Pattern::parse(text, Syntax::new(true, false)).unwrap();
            assert_eq!(ActionPattern::parse(text), Some(ActionPattern { pattern }), "{text}");
        }
    }

    #[test]
    fn literals_are_patterns() {
        for text in ["s3:*", "s3:Get*", "execute-api:I?", "a_b:C", "s3:GetObject"] {
            let literal = ActionPattern::literal(text).unwrap();
            assert_eq!(Some(ActionPattern::constant(literal)), ActionPattern::parse(text));
        }
        for text in ["", "*", "s3", ":", "s3:", ":Get", "s*:Get", "s3:Get:x", "s3:${a}", "s3: x"] {
            assert!(ActionPattern::literal(text).is_none(), "{text}");
        }
    }

    #[test]
    fn forms() {
        for text in ["*", "s3:GetObject", "S3:get*", "execute-api:*", "s3:?", "*:*", "s3*:Get*"] {
            assert!(ActionPattern::parse(text).is_some(), "{text}");
        }
        for text in [
            "",
            "s3",
            ":",
            "s3:",
            ":GetObject",
            "s3:Get:Object",
            "s3 :Get",
            "s3:Get Object",
            "s3:\tGet",
            "**",
            "?",
            "s3;Get",
        ] {
            assert!(ActionPattern::parse(text).is_none(), "{text}");
        }
    }
}
