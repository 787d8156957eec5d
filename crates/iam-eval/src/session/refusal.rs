//! Why STS refuses to create a session.

use std::fmt;

use iam_json::quoted;

macro_rules! codes {
    ($($variant:ident $name:literal $rule:literal $summary:literal)*) => {
        /// A stable code of a refusal. Programs should compare its name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum RefusalCode {
            $(#[doc = $summary] $variant,)*
        }

        impl RefusalCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name, such as `DURATION_EXCEEDS_ROLE`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What is wrong, in one sentence.
            pub const fn summary(self) -> &'static str {
                match self { $(Self::$variant => $summary,)* }
            }

            /// The rules that the code follows from.
            pub const fn rule(self) -> &'static str {
                match self { $(Self::$variant => $rule,)* }
            }
        }
    };
}

codes! {
    CallerNotAllowed "CALLER_NOT_ALLOWED" "6.12" "this caller cannot make the call"
    ParameterUnknown "PARAMETER_UNKNOWN" "6.1, 6.2" "the call has no such parameter"
    KeyReserved "KEY_RESERVED" "6.3" "a condition key that follows from the call cannot be stated"
    SessionNameLength "SESSION_NAME_LENGTH" "1b" "the session name is too short or too long"
    SessionNameCharacters "SESSION_NAME_CHARACTERS" "1b" "the session name has other characters than letters, digits and _ + = , . @ -"
    DurationTooShort "DURATION_TOO_SHORT" "1b" "the session is shorter than STS makes one"
    DurationTooLong "DURATION_TOO_LONG" "1b" "the session is longer than STS makes one"
    DurationExceedsRole "DURATION_EXCEEDS_ROLE" "1b" "the session is longer than the role's maximum"
    DurationExceedsChaining "DURATION_EXCEEDS_CHAINING" "1b" "a session made by role chaining lasts at most one hour"
    TooManyPolicyArns "TOO_MANY_POLICY_ARNS" "1b" "too many managed session policies"
    InvalidPolicyArn "INVALID_POLICY_ARN" "6.13" "a managed session policy that is not the ARN of a policy"
    PolicyArnOfOtherAccount "POLICY_ARN_OF_OTHER_ACCOUNT" "6.13" "a managed session policy of another account than the role's"
    SessionPolicyRefused "SESSION_POLICY_REFUSED" "6.13" "the inline session policy is refused"
    SessionPolicyTooLong "SESSION_POLICY_TOO_LONG" "1b, 7.19" "the session policies are longer than STS accepts"
    TagsNotInToken "TAGS_NOT_IN_TOKEN" "6.5" "a web identity passes tags, transitive keys and source identity inside its token"
    TooManyTags "TOO_MANY_TAGS" "6.7" "too many session tags"
    TagKeyLength "TAG_KEY_LENGTH" "6.7" "a tag key is empty or too long"
    TagValueLength "TAG_VALUE_LENGTH" "6.7" "a tag value is too long"
    TagCharacters "TAG_CHARACTERS" "6.7" "a tag has other characters than letters, digits, spaces and _ . : / = + - @"
    TagReserved "TAG_RESERVED" "6.7" "a tag key or value begins with aws:"
    TagWithSeveralValues "TAG_WITH_SEVERAL_VALUES" "6.7, 7.29" "a session tag has exactly one value"
    TagTwice "TAG_TWICE" "6.8" "two session tags with keys that differ at most in case"
    TagInherited "TAG_INHERITED" "6.9" "a session tag with the key of an inherited one"
    TransitiveKeyWithoutTag "TRANSITIVE_KEY_WITHOUT_TAG" "6.9" "a transitive key that no passed tag has"
    TooManyTransitiveKeys "TOO_MANY_TRANSITIVE_KEYS" "1b" "too many transitive tag keys"
    SourceIdentityLength "SOURCE_IDENTITY_LENGTH" "1b" "the source identity is too short or too long"
    SourceIdentityCharacters "SOURCE_IDENTITY_CHARACTERS" "1b" "the source identity has other characters than letters, digits and _ + = , . @ -"
    SourceIdentityChanged "SOURCE_IDENTITY_CHANGED" "6.11" "a session keeps the source identity it was made with"
    ExternalIdLength "EXTERNAL_ID_LENGTH" "1b" "the external id is too short or too long"
    ExternalIdCharacters "EXTERNAL_ID_CHARACTERS" "1b" "the external id has other characters than letters, digits and _ + = , . @ : / -"
    RoleNotInToken "ROLE_NOT_IN_TOKEN" "6.4" "the token lists roles, and not this one"
    ClaimInvalid "CLAIM_INVALID" "6.3, 6.4, 6.5, 7.29" "a claim that STS reads has another form than it expects"
    ClaimMissing "CLAIM_MISSING" "6.3, 7.28" "a claim that STS needs is not in the token"
    RoleMissing "ROLE_MISSING" "6.1" "the call needs a role"
}

impl fmt::Display for RefusalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why STS refuses a call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The reason.
    pub code: RefusalCode,
    /// What was found, as a phrase.
    pub found: String,
    /// What would be accepted.
    pub help: String,
}

impl Refusal {
    pub(super) fn new(code: RefusalCode, found: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code, found: found.into(), help: help.into() }
    }
}

/// Writes `CODE: summary: found; help` on one line.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}; {}", self.code.name(), self.code.summary(), self.found, self.help)
    }
}

impl std::error::Error for Refusal {}

/// Every reason why STS refuses a call, at least one. [`fmt::Display`] writes one reason on each line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusals(Vec<Refusal>);

impl Refusals {
    /// The reasons. `None` if the list is empty.
    pub(super) fn new(refusals: Vec<Refusal>) -> Option<Self> {
        (!refusals.is_empty()).then_some(Self(refusals))
    }

    /// The reasons, in the order in which they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Refusal> {
        self.0.iter()
    }
}

impl<'r> IntoIterator for &'r Refusals {
    type Item = &'r Refusal;
    type IntoIter = std::slice::Iter<'r, Refusal>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Refusals {
    type Item = Refusal;
    type IntoIter = std::vec::IntoIter<Refusal>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, refusal) in self.iter().enumerate() {
            f.write_str(if at > 0 { "\n" } else { "" })?;
            refusal.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusals {}

/// Condition keys that a caller may not set in a request of a session, because AWS sets them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReservedKeys {
    /// The keys as the caller spelled them, at least one.
    pub keys: Vec<Box<str>>,
}

impl fmt::Display for ReservedKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<String> = self.keys.iter().map(|key| quoted(key)).collect();
        write!(f, "AWS sets {} in requests of a session, and nobody else may", keys.join(", "))
    }
}

impl std::error::Error for ReservedKeys {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_printed() {
        let of = |found: &str| Refusal::new(RefusalCode::RoleMissing, found, "name one");
        assert_eq!(RefusalCode::RoleMissing.to_string(), "ROLE_MISSING");
        let one = "ROLE_MISSING: the call needs a role: nothing; name one";
        assert_eq!(of("nothing").to_string(), one);
        let all = Refusals::new(vec![of("nothing"), of("nobody"), of("none")]).expect("some");
        let lines: Vec<String> = all.iter().map(ToString::to_string).collect();
        assert_eq!(all.to_string(), lines.join("\n"));
        assert_eq!(all.to_string().lines().next(), Some(one));
        assert_eq!(Refusals::new(Vec::new()), None);
        let keys = ReservedKeys { keys: vec!["aws:userid".into(), "aws:PrincipalArn".into()] };
        assert_eq!(
            keys.to_string(),
            "AWS sets `aws:userid`, `aws:PrincipalArn` in requests of a session, and nobody else may"
        );
        assert_eq!(super::super::Operation::AssumeRole.to_string(), "AssumeRole");
    }
}
