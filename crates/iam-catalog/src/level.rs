//! Access levels.

use std::fmt;

/// How AWS classes an action.
///
/// # Source
///
/// Service Authorization Reference, "The actions table", column Access level. The five classic levels;
/// combined labels of newer pages are mapped back (see `source/PROVENANCE.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessLevel {
    /// Tells which resources exist, without their contents.
    List,
    /// Reads a resource's contents or attributes.
    Read,
    /// Creates, changes or deletes.
    Write,
    /// Changes tags only.
    Tagging,
    /// Grants or changes permissions. AWS also puts a few actions here that only read permissions.
    PermissionsManagement,
}

impl AccessLevel {
    /// All levels, from the most harmless on.
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

    /// Whether the level is List or Read. It is AWS's label: some such actions act or hand out secrets
    /// (see [`Sensitivity`](crate::Sensitivity)).
    pub const fn is_read_only(self) -> bool {
        matches!(self, Self::List | Self::Read)
    }

    /// The letter that begins an action's line.
    pub(crate) const fn from_letter(letter: char) -> Option<Self> {
        Some(match letter {
            'L' => Self::List,
            'R' => Self::Read,
            'W' => Self::Write,
            'T' => Self::Tagging,
            'P' => Self::PermissionsManagement,
            _ => return None,
        })
    }
}

impl fmt::Display for AccessLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
