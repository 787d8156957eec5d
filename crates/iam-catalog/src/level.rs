//! Access levels.

use std::fmt;

/// The access level that AWS gives an action.
///
/// # Source
///
/// Service Authorization Reference, "The actions table", column Access level. These are the five classic levels. Combined labels of newer
/// pages are mapped back to them (see `source/PROVENANCE.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessLevel {
    /// Lists resources without their contents.
    List,
    /// Reads the contents or attributes of a resource.
    Read,
    /// Creates, changes or deletes resources.
    Write,
    /// Changes tags only.
    Tagging,
    /// Grants or changes permissions. AWS also puts a few actions here that only read permissions.
    PermissionsManagement,
}

impl AccessLevel {
    /// All levels, starting with the least harmful.
    pub const ALL: [Self; 5] =
        [Self::List, Self::Read, Self::Write, Self::Tagging, Self::PermissionsManagement];

    /// The level's name as AWS writes it, such as `Permissions management`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::List => "List",
            Self::Read => "Read",
            Self::Write => "Write",
            Self::Tagging => "Tagging",
            Self::PermissionsManagement => "Permissions management",
        }
    }

    /// Whether the level is List or Read.
    ///
    /// The level is AWS's label. Some actions with these labels change something or return secrets (see
    /// [`Sensitivity`](crate::Sensitivity)).
    pub const fn is_read_only(self) -> bool {
        matches!(self, Self::List | Self::Read)
    }

    /// The letter of the level in the text of a catalogue.
    pub(crate) const fn letter(self) -> char {
        match self {
            Self::List => 'L',
            Self::Read => 'R',
            Self::Write => 'W',
            Self::Tagging => 'T',
            Self::PermissionsManagement => 'P',
        }
    }

    /// The level of the letter that begins an action's line.
    pub(crate) fn from_letter(letter: char) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.letter() == letter)
    }
}

impl fmt::Display for AccessLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
