//! Values that are read from their names, such as levels and modes.

use std::fmt;
use std::str::FromStr;

use crate::code::{Level, Mode};
use crate::visible::quoted;

/// The error for a text that is not one of the known names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameError {
    found: Box<str>,
    names: &'static str,
}

impl NameError {
    /// The error for `text`, which is not one of `names`.
    pub fn new(text: &str, names: &'static str) -> Self {
        Self { found: quoted(text).into(), names }
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not one of {}", self.found, self.names)
    }
}

impl std::error::Error for NameError {}

impl FromStr for Mode {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let found = [Self::Strict, Self::Deployed].into_iter().find(|mode| mode.name() == text);
        found.ok_or_else(|| NameError::new(text, "strict, deployed"))
    }
}

/// Reads the level's name in IAM Access Analyzer's findings.
impl FromStr for Level {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let all = [Self::Suggestion, Self::Warning, Self::SecurityWarning, Self::Error];
        let names = "SUGGESTION, WARNING, SECURITY_WARNING, ERROR";
        all.into_iter().find(|level| level.name() == text).ok_or_else(|| NameError::new(text, names))
    }
}

#[cfg(feature = "serde")]
mod wire {
    //! Serialization of names as strings.

    use serde::de::{Deserialize, Deserializer, Error as _};
    use serde::ser::{Serialize, Serializer};

    use super::{Level, Mode};

    macro_rules! texts {
        ($($name:ident)*) => {$(
            impl Serialize for $name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.serialize_str(self.name())
                }
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                    text.parse().map_err(D::Error::custom)
                }
            }
        )*};
    }

    texts! { Level Mode }
}
