//! Stable codes for problems of documents, and the codes of JSON itself.
//!
//! A crate that reads its own kind of documents defines its own table of codes with [`codes!`](crate::codes).

use std::fmt;

/// The severity of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing. It changes no decision.
    Suggestion,
    /// Probably not what the author intended.
    Warning,
    /// The document grants more, or denies less, than the text seems to say.
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

/// The strictness of a reader. No mode drops or skips anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// For documents that somebody writes. The reader refuses what AWS refuses, and what IAM Access Analyzer calls an error.
    Strict,
    /// For documents that AWS has accepted.
    ///
    /// A construct with a defined meaning is evaluated and reported as a finding. A construct that cannot be evaluated faithfully is
    /// refused.
    Deployed,
}

impl Mode {
    /// The name: `strict` or `deployed`.
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

/// A stable code that says what kind of problem something is. Programs should compare its name.
///
/// Codes are constants of the tables that define them, such as [`JSON_SYNTAX_ERROR`]. They are ordered by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(&'static Entry);

/// An entry in a table of codes.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// The name, such as `INVALID_EFFECT`.
    pub name: &'static str,
    /// What is wrong, in one sentence without a full stop.
    pub summary: &'static str,
    /// The rules of `SEMANTICS.md` that the code enforces, or the reason if there is no rule.
    pub rule: &'static str,
    /// The level in a document that somebody writes.
    pub strict: Level,
    /// The level in a document that AWS has accepted.
    pub deployed: Level,
}

impl Code {
    /// The code of an entry.
    pub const fn new(entry: &'static Entry) -> Self {
        Self(entry)
    }

    /// The name, such as `INVALID_EFFECT`.
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// What is wrong, in one sentence without a full stop.
    pub const fn summary(self) -> &'static str {
        self.0.summary
    }

    /// The rules of `SEMANTICS.md` that the code enforces, or the reason if there is no rule.
    pub const fn rule(self) -> &'static str {
        self.0.rule
    }

    /// The level in a mode. [`Level::Error`] means that the document is refused.
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

/// Defines codes as public constants. Each line has a name, the levels in strict and deployed reading, a rule and a summary.
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
