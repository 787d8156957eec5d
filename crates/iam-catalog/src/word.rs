//! Reading access levels and classes from their names.

use std::fmt;
use std::str::FromStr;

use crate::{AccessLevel, SensitivityClass};

/// The error for a text that is not the name of an access level or of a class of sensitive actions.
///
/// Its sentence lists the names. It does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WordError {
    what: &'static str,
    names: &'static str,
}

impl fmt::Display for WordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the text is not {}: it is none of {}", self.what, self.names)
    }
}

impl std::error::Error for WordError {}

/// Reads the names that [`AccessLevel::name`] returns. It is case-sensitive.
impl FromStr for AccessLevel {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        let names = "List, Read, Write, Tagging, Permissions management";
        let found = Self::ALL.into_iter().find(|level| level.name() == text);
        found.ok_or(WordError { what: "an access level", names })
    }
}

/// Reads the names that [`SensitivityClass::name`] returns. It is case-sensitive.
impl FromStr for SensitivityClass {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        let names =
            "Credentials, SecretText, StoredData, Acts, SignsUrl, PrivilegeEscalation, ResourceExposure";
        Self::from_name(text).ok_or(WordError { what: "a class of sensitive actions", names })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn is_error<T: std::error::Error + Send + Sync + 'static>() {}
    const _: () = is_error::<WordError>();

    #[test]
    fn names_are_read_and_the_error_lists_all_of_them() {
        for level in AccessLevel::ALL {
            assert_eq!(level.name().parse(), Ok(level));
        }
        for class in SensitivityClass::ALL {
            assert_eq!(class.name().parse(), Ok(class));
        }
        let level = "list".parse::<AccessLevel>().unwrap_err().to_string();
        let names = AccessLevel::ALL.map(AccessLevel::name).join(", ");
        assert_eq!(level, format!("the text is not an access level: it is none of {names}"));
        let class = "".parse::<SensitivityClass>().unwrap_err().to_string();
        let names = SensitivityClass::ALL.map(SensitivityClass::name).join(", ");
        assert_eq!(class, format!("the text is not a class of sensitive actions: it is none of {names}"));
    }
}
