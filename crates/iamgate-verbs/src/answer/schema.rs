//! The schemas of answers.

use std::fmt;
use std::str::FromStr;

use iamgate::DocumentSchema;
use iamgate::iam_json::NameError;
use serde::{Serialize, Serializer};

/// The schema of an answer: what its member `schema` says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum AnswerSchema {
    /// Sessions held against their plans, by the records of CloudTrail.
    Audit,
    /// What changed between two previews.
    Changes,
    /// Findings on policy documents.
    Check,
    /// The score of test vectors.
    Conformance,
    /// The record of a planned or refused session, which is also a document that can be read.
    DecisionRecord,
    /// What was read of the details of the catalogue.
    Details,
    /// The new access of a changed policy.
    Diff,
    /// The documents of a role and a profile.
    Documents,
    /// A session as one policy.
    Effective,
    /// The decision on a request.
    Eval,
    /// The decision on a request with its trace.
    Explain,
    /// What an installer's policies lack.
    Preflight,
    /// A role under a session profile.
    Preview,
    /// A profile with another guard.
    ProfileGuard,
    /// What versions of managed policies add.
    ProfileReview,
    /// The session profiles.
    Profiles,
    /// A statement about every request, with its proof.
    Prove,
    /// Whether a file of signed decision records is intact.
    RecordCheck,
    /// A statement that keeps sessions out of a resource.
    Restrict,
    /// The roles of an account.
    Roles,
    /// A shorter policy.
    Shrink,
    /// Who may open a session.
    Trust,
    /// Messages that access is denied.
    Why,
}

impl AnswerSchema {
    /// Every schema.
    pub const ALL: [Self; 23] = [
        Self::Audit,
        Self::Changes,
        Self::Check,
        Self::Conformance,
        Self::DecisionRecord,
        Self::Details,
        Self::Diff,
        Self::Documents,
        Self::Effective,
        Self::Eval,
        Self::Explain,
        Self::Preflight,
        Self::Preview,
        Self::ProfileGuard,
        Self::ProfileReview,
        Self::Profiles,
        Self::Prove,
        Self::RecordCheck,
        Self::Restrict,
        Self::Roles,
        Self::Shrink,
        Self::Trust,
        Self::Why,
    ];

    /// The value of the member `schema`, such as `iamgate/check`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Audit => "iamgate/audit",
            Self::Changes => "iamgate/changes",
            Self::Check => "iamgate/check",
            Self::Conformance => "iamgate/conformance",
            Self::DecisionRecord => DocumentSchema::DecisionRecord.name(),
            Self::Details => "iamgate/details",
            Self::Diff => "iamgate/diff",
            Self::Documents => "iamgate/documents",
            Self::Effective => "iamgate/effective",
            Self::Eval => "iamgate/eval",
            Self::Explain => "iamgate/explain",
            Self::Preflight => "iamgate/preflight",
            Self::Preview => "iamgate/preview",
            Self::ProfileGuard => "iamgate/profile-guard",
            Self::ProfileReview => "iamgate/profile-review",
            Self::Profiles => "iamgate/profiles",
            Self::Prove => "iamgate/prove",
            Self::RecordCheck => "iamgate/record-check",
            Self::Restrict => "iamgate/restrict",
            Self::Roles => "iamgate/roles",
            Self::Shrink => "iamgate/shrink",
            Self::Trust => "iamgate/trust",
            Self::Why => "iamgate/why",
        }
    }
}

/// Reads the names that [`AnswerSchema::name`] returns.
impl FromStr for AnswerSchema {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let names = "iamgate/audit, iamgate/changes, iamgate/check, iamgate/conformance, iamgate/decision-record, iamgate/details, iamgate/diff, \
                     iamgate/documents, iamgate/effective, iamgate/eval, iamgate/explain, iamgate/preflight, iamgate/preview, \
                     iamgate/profile-guard, iamgate/profile-review, iamgate/profiles, iamgate/prove, iamgate/record-check, iamgate/restrict, iamgate/roles, iamgate/shrink, iamgate/trust, iamgate/why";
        Self::ALL.into_iter().find(|schema| schema.name() == text).ok_or_else(|| NameError::new(text, names))
    }
}

impl fmt::Display for AnswerSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Writes the name.
impl Serialize for AnswerSchema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A text. An answer has the one name of its kind.
#[cfg(feature = "schema")]
impl schemars::JsonSchema for AnswerSchema {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "AnswerSchema".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_are_read_by_name_and_the_error_lists_all_of_them() {
        for schema in AnswerSchema::ALL {
            assert_eq!(schema.to_string().parse(), Ok(schema));
            assert_eq!(serde_json::to_string(&schema).unwrap(), format!("\"{schema}\""));
        }
        let names = AnswerSchema::ALL.map(AnswerSchema::name).join(", ");
        let error = "iamgate/profile".parse::<AnswerSchema>().unwrap_err().to_string();
        assert_eq!(error, format!("`iamgate/profile` is not one of {names}"));
    }
}
