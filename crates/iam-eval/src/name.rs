//! Reading decisions, layers and kinds of resources from their names.

use std::str::FromStr;

use iam_json::NameError;

use crate::{Decision, Layer, ResourceKind};

/// Reads the names that [`Decision::name`] returns. It is case-sensitive.
impl FromStr for Decision {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let found = Self::ALL.into_iter().find(|decision| decision.name() == text);
        found.ok_or_else(|| NameError::new(text, "allowed, explicit_deny, implicit_deny, depends"))
    }
}

/// Reads the names that [`Layer::name`] returns. It is case-sensitive.
impl FromStr for Layer {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let names = "identity, boundary, session, scope, resource, vpc_endpoint, scp, rcp";
        Self::ALL.into_iter().find(|layer| layer.name() == text).ok_or_else(|| NameError::new(text, names))
    }
}

/// Reads the names that [`ResourceKind::name`] returns. It is case-sensitive.
impl FromStr for ResourceKind {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let names = "generic, iam_role_trust, kms_key";
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or_else(|| NameError::new(text, names))
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::{Debug, Display};

    use super::*;

    /// Every value is read from its name, and the error for another text lists every name.
    fn check<T: FromStr<Err = NameError> + Copy + Debug + Display + PartialEq>(all: &[T]) {
        for value in all {
            assert_eq!(value.to_string().parse::<T>(), Ok(*value));
        }
        let names = all.iter().map(T::to_string).collect::<Vec<_>>().join(", ");
        for text in ["", "Allowed", "SCP", "kms_key "] {
            let error = text.parse::<T>().expect_err("no name").to_string();
            assert_eq!(error, format!("`{text}` is not one of {names}"));
        }
    }

    #[test]
    fn names_are_read_and_the_error_lists_all_of_them() {
        check(&Decision::ALL);
        check(&Layer::ALL);
        check(&ResourceKind::ALL);
    }
}
