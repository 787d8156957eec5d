//! The names of kinds, effects and versions: printing and reading.

use std::fmt;
use std::str::FromStr;

use iam_json::NameError;

use super::{Effect, PolicyKind, Version};

/// Reads the names that `PolicyKind::name` returns.
impl FromStr for PolicyKind {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let names =
            "identity, managed, boundary, session, resource, trust, kms, scp, rcp, vpc_endpoint, aws_managed";
        Self::from_name(text).ok_or_else(|| NameError::new(text, names))
    }
}

/// Reads the text of the element. It is case-sensitive.
impl FromStr for Effect {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let found = [Self::Allow, Self::Deny].into_iter().find(|effect| effect.name() == text);
        found.ok_or_else(|| NameError::new(text, "Allow, Deny"))
    }
}

/// Reads the text of the element. No text yields [`Version::Missing`].
impl FromStr for Version {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let found = [Self::V2008, Self::V2012].into_iter().find(|version| version.text() == Some(text));
        found.ok_or_else(|| NameError::new(text, "2012-10-17, 2008-10-17"))
    }
}

/// Writes the name, such as `vpc_endpoint`.
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

/// Writes the text of the element, or `no version` if there is none.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text().unwrap_or("no version"))
    }
}
