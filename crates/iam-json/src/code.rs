//! Stable codes for what can be said about a document, and those of JSON itself.
//!
//! A crate that reads documents of its own has a table of its own, made by [`codes!`](crate::codes).

use std::fmt;

/// How much a problem matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing; changes no decision.
    Suggestion,
    /// Probably not what the author meant.
    Warning,
    /// Grants more, or denies less, than the text seems to say.
    SecurityWarning,
    /// The document is refused.
    Error,
}

impl Level {
    /// The level's name in IAM Access Analyzer's findings, such as `SECURITY_WARNING`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Suggestion => "SUGGESTION",
            Self::Warning => "WARNING",
            Self::SecurityWarning => "SECURITY_WARNING",
            Self::Error => "ERROR",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How much a reader accepts. No mode drops or skips anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// For documents that somebody writes: what AWS refuses, or what IAM Access Analyzer calls an error, is refused.
    Strict,
    /// For documents that AWS has accepted: what has a defined meaning is evaluated and reported as a finding; what cannot be
    /// evaluated faithfully is refused.
    Deployed,
}

impl Mode {
    /// `strict` or `deployed`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Deployed => "deployed",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A stable code: what kind of problem something is. Its name is what programs should compare.
///
/// Codes are constants of the tables that define them, such as [`JSON_SYNTAX_ERROR`]. They are ordered by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(&'static Entry);

/// A line of a table of codes.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// The name, such as `INVALID_EFFECT`.
    pub name: &'static str,
    /// One sentence without its stop: what is wrong.
    pub summary: &'static str,
    /// The rules of `SEMANTICS.md` that the code enforces, or the reason where there is none.
    pub rule: &'static str,
    /// The level in a document that somebody writes.
    pub strict: Level,
    /// The level in a document that AWS has accepted.
    pub deployed: Level,
}

impl Code {
    /// The code of a line of a table.
    pub const fn new(entry: &'static Entry) -> Self {
        Self(entry)
    }

    /// The name, such as `INVALID_EFFECT`.
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// One sentence without its stop: what is wrong.
    pub const fn summary(self) -> &'static str {
        self.0.summary
    }

    /// The rules of `SEMANTICS.md` that the code enforces, or the reason where there is none.
    pub const fn rule(self) -> &'static str {
        self.0.rule
    }

    /// The level in a mode of reading. [`Level::Error`] means that the document is refused.
    pub const fn level(self, mode: Mode) -> Level {
        match mode {
            Mode::Strict => self.0.strict,
            Mode::Deployed => self.0.deployed,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Defines codes as public constants: for each its name, its level in strict and in deployed reading, its rule, its summary.
///
/// # Examples
/// ```
/// iam_json::codes! {
///     TOO_GREEN Error Warning "house rules" "the document is too green"
/// }
/// assert_eq!(TOO_GREEN.name(), "TOO_GREEN");
/// ```
#[macro_export]
macro_rules! codes {
    ($($(#[$about:meta])* $name:ident $strict:ident $deployed:ident $rule:literal $summary:literal)*) => {
        $(
            $(#[$about])*
            #[doc = $summary]
            pub const $name: $crate::Code = $crate::Code::new(&$crate::Entry {
                name: stringify!($name),
                summary: $summary,
                rule: $rule,
                strict: $crate::Level::$strict,
                deployed: $crate::Level::$deployed,
            });
        )*
    };
}

codes! {
    // The text.
    EMPTY_DOCUMENT Error Error "1.1" "the document is empty"
    NOT_UTF8 Error Error "1.4" "the document is not UTF-8"
    BYTE_ORDER_MARK Error Error "1.4" "the document begins with a byte order mark"
    JSON_SYNTAX_ERROR Error Error "1.1" "the document is not JSON"
    DUPLICATE_JSON_KEY Error Error "1.3" "an object has two members of one name"
    // Limits of the reader.
    DOCUMENT_TOO_LARGE Error Error "limit document_bytes" "the document is too large to read"
    NESTING_TOO_DEEP Error Error "limit depth" "arrays and objects are nested too deeply"
    // Documents of a fixed form: requests, roles, profiles.
    MISSING_MEMBER Error Error "the format" "a member is missing"
    UNKNOWN_MEMBER Error Error "the format" "a member that the format does not have"
    INVALID_MEMBER Error Error "the format" "a member has a value that the format does not allow"
}
