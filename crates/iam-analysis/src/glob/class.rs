//! The sets of characters that wildcards match.

/// Separates the fields of a tuple in its text (see `who::tuple`). No key of a caller has this character.
pub(crate) const SEPARATOR: char = '\u{1}';

/// A set of characters that a wildcard matches. Every class has the digits.
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
    /// Every character except [`SEPARATOR`].
    Plain,
    /// The characters of the names of users, roles and sessions: ASCII letters, digits and `_+=,.@-`.
    Word,
    /// The characters of unique ids: `A` to `Z` and digits.
    Id,
    /// Digits.
    Digit,
    /// The characters of session tags (rule 6.7): letters, digits, the space and `_.:/=+-@`. Every character beyond ASCII is taken for a letter.
    /// A glob with a run of them has no run of another class.
    Tag,
}

impl Class {
    pub(crate) const fn contains(self, c: char) -> bool {
        match self {
            Self::Any => true,
            Self::Field => c != ':',
            Self::Plain => c != SEPARATOR,
            Self::Segment => matches!(c, 'a'..='z' | '0'..='9' | '-'),
            Self::Name => matches!(c, 'a'..='z' | '0'..='9' | '-' | '.' | '_'),
            Self::Word => c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '=' | ',' | '.' | '@' | '-'),
            Self::Id => matches!(c, 'A'..='Z' | '0'..='9'),
            Self::Digit => c.is_ascii_digit(),
            Self::Tag => {
                c.is_ascii_alphanumeric()
                    || !c.is_ascii()
                    || matches!(c, ' ' | '_' | '.' | ':' | '/' | '=' | '+' | '-' | '@')
            }
        }
    }

    /// Whether the class has the character, or it in upper case.
    pub(crate) const fn contains_some_case(self, c: char) -> bool {
        self.contains(c) || self.contains(c.to_ascii_uppercase())
    }

    /// Whether the class has every character of `other`.
    pub(crate) const fn covers(self, other: Self) -> bool {
        match (self, other) {
            (Self::Any, _)
            | (Self::Field, Self::Field)
            | (Self::Plain, Self::Plain | Self::Tag)
            | (
                Self::Field | Self::Plain | Self::Word,
                Self::Word | Self::Name | Self::Segment | Self::Id | Self::Digit,
            )
            | (Self::Name, Self::Name | Self::Segment | Self::Digit)
            | (Self::Segment, Self::Segment | Self::Digit)
            | (Self::Id, Self::Id | Self::Digit)
            | (Self::Digit, Self::Digit)
            | (Self::Tag, Self::Tag | Self::Name | Self::Segment | Self::Id | Self::Digit) => true,
            (Self::Field, Self::Any | Self::Plain | Self::Tag)
            | (Self::Plain, Self::Any | Self::Field)
            | (Self::Word | Self::Tag, Self::Any | Self::Field | Self::Plain)
            | (Self::Word, Self::Tag)
            | (Self::Tag, Self::Word)
            | (Self::Name, Self::Any | Self::Field | Self::Plain | Self::Tag | Self::Word | Self::Id)
            | (
                Self::Segment,
                Self::Any | Self::Field | Self::Plain | Self::Tag | Self::Word | Self::Name | Self::Id,
            )
            | (
                Self::Id,
                Self::Any | Self::Field | Self::Plain | Self::Tag | Self::Word | Self::Name | Self::Segment,
            )
            | (
                Self::Digit,
                Self::Any
                | Self::Field
                | Self::Plain
                | Self::Tag
                | Self::Word
                | Self::Name
                | Self::Segment
                | Self::Id,
            ) => false,
        }
    }
}
