//! Findings about a session before it is opened: a code, a sentence, and an example that shows it.

use std::fmt;
use std::str::FromStr;

use iam_eval::{Layers, Request};
use iam_json::NameError;

/// A fact about a session that a person should know. A profile says which findings refuse a session.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The kind of finding.
    pub code: FindingCode,
    /// What was found: a sentence without its full stop.
    pub says: String,
    /// What would correct it.
    pub help: String,
    /// An example that shows it; `None` if there is none.
    pub example: Option<Example>,
    /// Whether exceptions of the promise permit everything that was found. Such a finding is reported and refuses no session.
    pub is_permitted: bool,
}

/// An example that shows a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Example {
    /// A request that the evaluator allows.
    Request(Box<Shown>),
    /// A caller that the trust policy admits, described for people.
    Caller(String),
}

/// A request and the policies that it meets. Together they are a case that `iamgate eval` can read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shown {
    /// The request.
    pub request: Request,
    /// The policies.
    pub layers: Layers,
}

/// The texts with commas between them.
macro_rules! listed {
    ($first:literal $(, $other:literal)*) => { concat!($first $(, ", ", $other)*) };
}

macro_rules! codes {
    ($($(#[doc = $summary:literal])+ $name:ident = $code:literal,)*) => {
        /// The kind of a finding.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum FindingCode {
            $($(#[doc = $summary])+ $name,)*
        }

        impl FindingCode {
            /// Every code, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable name of the code.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// The meaning of the code, as a sentence.
            pub const fn summary(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($summary),+).trim_ascii(),)*
                }
            }

            /// The names of all codes, with commas between them.
            const NAMES: &'static str = listed!($($code),*);
        }
    };
}

codes! {
    /// A statement of the trust policy admits everybody, or everybody of AWS.
    TrustWildcardPrincipal = "TRUST_WILDCARD_PRINCIPAL",
    /// The trust policy admits an identity provider that is not DoiT's.
    TrustForeignProvider = "TRUST_FOREIGN_PROVIDER",
    /// The trust policy admits a principal of AWS beside identity providers.
    TrustOtherPrincipal = "TRUST_OTHER_PRINCIPAL",
    /// The trust policy lets the provider in, but not with session tags: `sts:TagSession` is missing.
    TrustTagSessionMissing = "TRUST_TAG_SESSION_MISSING",
    /// A tag is spelled in the trust policy so that the token's can never match: the values of `sts:TransitiveTagKeys` have case.
    TrustTagNeverMatches = "TRUST_TAG_NEVER_MATCHES",
    /// Tokens for other audiences are admitted.
    TrustAudienceNotPinned = "TRUST_AUDIENCE_NOT_PINNED",
    /// Tokens of every subject of the provider are admitted.
    TrustSubjectNotPinned = "TRUST_SUBJECT_NOT_PINNED",
    /// An operator with `IfExists` admits tokens that lack the claim.
    TrustIfExists = "TRUST_IF_EXISTS",
    /// Tokens without the session tag, or with another value of it, are admitted.
    TrustTagNotRequired = "TRUST_TAG_NOT_REQUIRED",
    /// Tokens whose session tag is not transitive are admitted: a session made from this one does not carry it.
    TrustTagNotTransitive = "TRUST_TAG_NOT_TRANSITIVE",
    /// A provider that many organizations share admits tokens that belong to none of those whom the trust policy names.
    TrustStrangersAdmitted = "TRUST_STRANGERS_ADMITTED",
    /// It is neither proven nor disproven that only the tokens and callers open sessions that should.
    TrustNotKnown = "TRUST_NOT_KNOWN",
    /// A policy of a resource grants the session what its session policies do not (rules 5.20, 5.24).
    ResourcePolicyReachesSession = "RESOURCE_POLICY_REACHES_SESSION",
    /// Nothing is known of the policies of resources: one that names the session, or everybody, may grant what nothing denies.
    ResourcePoliciesUnknown = "RESOURCE_POLICIES_UNKNOWN",
    /// The session can take on another role, whose sessions the session policies do not bind.
    RoleChaining = "ROLE_CHAINING",
    /// The session can hand a role to a service.
    PassRole = "PASS_ROLE",
    /// An action that counts as a read hands out credentials.
    CredentialsHandedOut = "CREDENTIALS_HANDED_OUT",
    /// The account has a version of a managed policy whose document is not known. Another version was judged.
    ManagedPolicyChanged = "MANAGED_POLICY_CHANGED",
    /// The document of a managed policy that was judged is not the one that the profile pins. The promise was proven, or broken, for this document.
    ManagedPolicyNotReviewed = "MANAGED_POLICY_NOT_REVIEWED",
    /// A managed policy of the profile has no pinned version and hash.
    ManagedPolicyNotPinned = "MANAGED_POLICY_NOT_PINNED",
}

impl FindingCode {
    /// The code with this name; `None` if there is none.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}

/// Reads the names that [`FindingCode::name`] returns. It is case-sensitive.
impl FromStr for FindingCode {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::from_name(text).ok_or_else(|| NameError::new(text, Self::NAMES))
    }
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Finding {
    pub(crate) fn new(code: FindingCode, says: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code, says: says.into(), help: help.into(), example: None, is_permitted: false }
    }

    /// The same finding, with a request that shows it under these policies.
    pub(crate) fn shown_by(mut self, request: Request, layers: &Layers) -> Self {
        self.example = Some(Example::Request(Box::new(Shown { request, layers: layers.clone() })));
        self
    }

    /// The same finding, marked as permitted by exceptions.
    pub(crate) fn permitted(mut self) -> Self {
        self.is_permitted = true;
        self
    }

    /// The same finding, with a caller that is admitted.
    pub(crate) fn admitting(mut self, caller: impl Into<String>) -> Self {
        self.example = Some(Example::Caller(caller.into()));
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.code.name(), self.says, self.help)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_by_name_and_the_error_lists_all_of_them() {
        for code in FindingCode::ALL {
            assert_eq!(code.name().parse(), Ok(*code));
        }
        let names = FindingCode::ALL.iter().map(|code| code.name()).collect::<Vec<_>>().join(", ");
        let error = "pass_role".parse::<FindingCode>().unwrap_err().to_string();
        assert_eq!(error, format!("`pass_role` is not one of {names}"));
    }
}
