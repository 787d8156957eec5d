//! The schemas of the documents that this crate reads and writes.

use std::fmt;
use std::str::FromStr;

use iam_json::{Form, NameError, Value};
use iam_policy::code;

/// The schema of a document: what its member `schema` says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DocumentSchema {
    /// The record of a planned or refused session.
    DecisionRecord,
    /// The identity providers that may open sessions.
    IdentityProviders,
    /// The calls that set up a role.
    Installation,
    /// A session profile.
    Profile,
}

impl DocumentSchema {
    /// Every schema.
    pub const ALL: [Self; 4] =
        [Self::DecisionRecord, Self::IdentityProviders, Self::Installation, Self::Profile];

    /// The value of the member `schema`, such as `iamgate/profile`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DecisionRecord => "iamgate/decision-record",
            Self::IdentityProviders => "iamgate/identity-providers",
            Self::Installation => "iamgate/installation",
            Self::Profile => "iamgate/profile",
        }
    }

    /// Reports a document that does not say that it has version 1 of this schema. `None` if a member is no text or no number.
    pub(crate) fn expect(
        self,
        form: &mut Form,
        root: Value<'_>,
        schema: Option<Value<'_>>,
        version: Option<Value<'_>>,
    ) -> Option<()> {
        let is_this = form.text(schema?, self.name())?.parse() == Ok(self);
        if !is_this || form.integer(version?)? != 1 {
            let help = format!("{self}, version 1");
            form.report(code::INVALID_MEMBER, root, "another schema or version", help);
        }
        Some(())
    }
}

/// Reads the names that [`DocumentSchema::name`] returns.
impl FromStr for DocumentSchema {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let names =
            "iamgate/decision-record, iamgate/identity-providers, iamgate/installation, iamgate/profile";
        Self::ALL.into_iter().find(|schema| schema.name() == text).ok_or_else(|| NameError::new(text, names))
    }
}

impl fmt::Display for DocumentSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_are_read_by_name_and_the_error_lists_all_of_them() {
        for schema in DocumentSchema::ALL {
            assert_eq!(schema.name().parse(), Ok(schema));
        }
        let names = DocumentSchema::ALL.map(DocumentSchema::name).join(", ");
        let error = "iamgate/eval".parse::<DocumentSchema>().unwrap_err().to_string();
        assert_eq!(error, format!("`iamgate/eval` is not one of {names}"));
    }
}
