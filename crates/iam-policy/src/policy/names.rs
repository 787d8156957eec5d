//! The names of kinds, effects and versions: printed, and read back.

use std::fmt;
use std::str::FromStr;

use iam_json::NameError;

use super::{Effect, PolicyKind, Version};

/// The names of `PolicyKind::name`.
impl FromStr for PolicyKind {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let names = "identity, managed, boundary, session, resource, trust, kms, scp, rcp, vpc_endpoint";
        Self::from_name(text).ok_or_else(|| NameError::new(text, names))
    }
}

/// The element's text, case-sensitive.
impl FromStr for Effect {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let found = [Self::Allow, Self::Deny].into_iter().find(|effect| effect.name() == text);
        found.ok_or_else(|| NameError::new(text, "Allow, Deny"))
    }
}

/// The element's text. No text is [`Version::Missing`].
impl FromStr for Version {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let found = [Self::V2008, Self::V2012].into_iter().find(|version| version.text() == Some(text));
        found.ok_or_else(|| NameError::new(text, "2012-10-17, 2008-10-17"))
    }
}

/// The name, such as `vpc_endpoint`.
impl fmt::Display for PolicyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The element's text, and `no version` if there is none.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text().unwrap_or("no version"))
    }
}
