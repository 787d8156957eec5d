//! The stable codes of everything that can be said about a document.
//!
//! Where IAM Access Analyzer has an issue code for the same thing, the code is that one (IAM User Guide,
//! `access-analyzer-reference-policy-checks`); the others are ours, in the same form. The page `CODES.md` is generated from this
//! table.

use std::fmt;

use crate::policy::Mode;

/// How much a problem matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the levels of IAM Access Analyzer; a new one must be looked at by callers"
)]
pub enum Level {
    /// Worth knowing; changes no decision.
    Suggestion,
    /// Probably not what the author meant.
    Warning,
    /// Grants more, or denies less, than the text seems to say.
    SecurityWarning,
    /// The document is refused.
    Error,
}

impl Level {
    /// The level's name in IAM Access Analyzer's findings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Suggestion => "SUGGESTION",
            Self::Warning => "WARNING",
            Self::SecurityWarning => "SECURITY_WARNING",
            Self::Error => "ERROR",
        }
    }
}

macro_rules! codes {
    ($($variant:ident $name:literal $strict:ident $deployed:ident $rule:literal $summary:literal)*) => {
        /// A stable code. Its name is what programs should compare.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $summary] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name, such as `INVALID_EFFECT`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// One sentence: what is the matter.
            pub const fn summary(self) -> &'static str {
                match self { $(Self::$variant => $summary,)* }
            }

            /// The rules of `SEMANTICS.md` it enforces, or the reason where there is none.
            pub const fn rule(self) -> &'static str {
                match self { $(Self::$variant => $rule,)* }
            }

            /// The level in a mode of reading. [`Level::Error`] means that the document is refused.
            pub const fn level(self, mode: Mode) -> Level {
                match mode {
                    Mode::Strict => match self { $(Self::$variant => Level::$strict,)* },
                    Mode::Deployed => match self { $(Self::$variant => Level::$deployed,)* },
                }
            }
        }
    };
}

codes! {
    // The text.
    EmptyDocument "EMPTY_DOCUMENT" Error Error "1.1" "the document is empty"
    NotUtf8 "NOT_UTF8" Error Error "1.4" "the document is not UTF-8"
    ByteOrderMark "BYTE_ORDER_MARK" Error Error "1.4" "the document begins with a byte order mark"
    JsonSyntaxError "JSON_SYNTAX_ERROR" Error Error "1.1" "the document is not JSON"
    DuplicateJsonKey "DUPLICATE_JSON_KEY" Error Error "1.3" "an object has two members of one name"
    UnsupportedCharacter "UNSUPPORTED_CHARACTER" Error Warning "1.4" "a character outside U+0009, U+000A, U+000D and U+0020 to U+00FF"
    // Limits of the reader.
    DocumentTooLarge "DOCUMENT_TOO_LARGE" Error Error "limit document_bytes" "the document is too large to read"
    NestingTooDeep "NESTING_TOO_DEEP" Error Error "limit depth" "arrays and objects are nested too deeply"
    TooManyStatements "TOO_MANY_STATEMENTS" Error Error "limit statements" "the policy has too many statements"
    TooManyValues "TOO_MANY_VALUES" Error Error "limit values" "a list has too many values"
    TooManyConditionKeys "TOO_MANY_CONDITION_KEYS" Error Error "limit condition_keys" "a statement tests too many condition keys"
    PatternTooLong "PATTERN_TOO_LONG" Error Error "limit pattern_bytes" "a value is too long"
    TooManyWildcards "TOO_MANY_WILDCARDS" Error Error "limit stars" "a pattern has too many wildcards"
    TooManyVariables "TOO_MANY_VARIABLES" Error Error "limit variables" "a pattern has too many variables"
    // The policy and its statements.
    NotAPolicy "NOT_A_POLICY" Error Error "1.1" "the document is JSON but not a policy"
    InvalidPolicyElement "INVALID_POLICY_ELEMENT" Error Error "1.1, 1.2" "an element that policies do not have"
    DataTypeMismatch "DATA_TYPE_MISMATCH" Error Error "1.5, 1.14, 1.15" "an element has a value of the wrong JSON type"
    InvalidVersion "INVALID_VERSION" Error Error "1.5" "the version is neither 2012-10-17 nor 2008-10-17"
    MissingVersion "MISSING_VERSION" Warning Warning "1.5, 1.6" "without Version, variables are not replaced"
    RcpMissingVersion "RCP_MISSING_VERSION" Error Warning "1.5" "a resource control policy needs Version 2012-10-17"
    UnsupportedId "UNSUPPORTED_ID" Error Suggestion "1.8" "Id is for resource-based policies"
    MissingStatement "MISSING_STATEMENT" Error Error "1.10" "the policy has no Statement"
    EmptyStatement "EMPTY_ARRAY_STATEMENT" Error Warning "1.10" "the list of statements is empty"
    UnsupportedSid "UNSUPPORTED_SID" Error Suggestion "1.9" "a Sid of other characters than A-Z, a-z and 0-9"
    EmptySid "EMPTY_SID_VALUE" Suggestion Suggestion "1.9" "the Sid is empty"
    UniqueSidsRequired "UNIQUE_SIDS_REQUIRED" Error Suggestion "1.9" "two statements have the same Sid"
    UniqueSidsRecommended "UNIQUE_SIDS_RECOMMENDED" Warning Suggestion "1.9" "two statements have the same Sid"
    MissingEffect "MISSING_EFFECT" Error Error "1.11" "the statement has no Effect"
    InvalidEffect "INVALID_EFFECT" Error Error "1.11" "the effect is neither Allow nor Deny"
    MissingAction "MISSING_ACTION" Error Error "1.12" "the statement has neither Action nor NotAction"
    MissingResource "MISSING_RESOURCE" Error Error "1.12, 1.22" "the statement has neither Resource nor NotResource"
    UnsupportedElementCombination "UNSUPPORTED_ELEMENT_COMBINATION" Error Error "1.12, 1.13" "two elements that exclude each other"
    // Actions.
    InvalidAction "INVALID_ACTION" Error Error "2.1" "an action is `*` or a service prefix, a colon and a name"
    WildcardInServiceName "WILDCARD_IN_SERVICE_NAME" Error Suggestion "2.4" "a wildcard in the service prefix of an action"
    VariableUnsupportedInElement "VARIABLE_UNSUPPORTED_IN_ELEMENT" Error Warning "1.21, 2.6" "a variable where none is replaced"
    EmptyArrayAction "EMPTY_ARRAY_ACTION" Suggestion Suggestion "1.14" "a list without actions matches nothing"
    EmptyNotList "EMPTY_ARRAY_NOT_ELEMENT" Error Error "1.14" "an empty list under NotAction, NotResource or NotPrincipal"
    // Resources.
    InvalidArnPrefix "INVALID_ARN_PREFIX" Error Error "3.1" "a resource is `*` or an ARN"
    ResourceNotAnArn "RESOURCE_NOT_AN_ARN" Error Warning "3.1" "a pattern that begins with a wildcard instead of `arn:`"
    IncompleteArn "INCOMPLETE_ARN" Warning Warning "3.7" "an ARN with fewer than six fields is completed with `*`"
    MissingArnField "MISSING_ARN_FIELD" Error Warning "3.7" "an ARN needs six fields here"
    EmptyArrayResource "EMPTY_ARRAY_RESOURCE" Suggestion Suggestion "1.14" "a list without resources matches nothing"
    WildcardInArnPrefix "WILDCARD_IN_ARN_FIELD" Suggestion Suggestion "3.8" "a wildcard in the partition or the service of an ARN"
    VariableBeforeResource "VARIABLE_BEFORE_RESOURCE_FIELD" Warning Warning "3.29" "a variable before the fifth colon of an ARN matches nothing"
    // Variables.
    MissingBraceInVariable "MISSING_BRACE_IN_VARIABLE" Error Error "1.21, 3.21" "a variable that is not closed"
    EmptyVariable "EMPTY_VARIABLE" Error Error "1.21" "a variable without a name"
    UnsupportedSpaceInVariable "UNSUPPORTED_SPACE_IN_VARIABLE" Error Error "1.21" "a space in the name of a variable"
    MissingQuoteInVariable "MISSING_QUOTE_IN_VARIABLE" Error Error "1.21, 3.21" "the default of a variable stands in single quotation marks"
    VariableUnsupportedInVersion "VARIABLE_UNSUPPORTED_IN_VERSION" Warning Warning "1.6" "a variable that this version of the policy language does not replace"
    // Principals.
    MissingPrincipal "MISSING_PRINCIPAL" Error Error "1.13" "the statement has neither Principal nor NotPrincipal"
    UnsupportedPrincipal "UNSUPPORTED_PRINCIPAL" Error Error "1.13" "Principal does not belong into this kind of policy"
    ScpPrincipal "SCP_SYNTAX_ERROR_PRINCIPAL" Error Error "1.22" "a service control policy names no principal"
    InvalidPrincipalKey "INVALID_PRINCIPAL_KEY" Error Error "1.15" "a kind of principal that does not exist"
    InvalidPrincipalFormat "INVALID_PRINCIPAL_FORMAT" Error Error "1.15, 5.2" "a principal that names nobody"
    DeletedPrincipal "DELETED_PRINCIPAL" Error Warning "5.8" "the unique id of a principal that has been deleted"
    UnsupportedWildcardInPrincipal "UNSUPPORTED_WILDCARD_IN_PRINCIPAL" Error Error "5.3" "a wildcard for a part of a principal"
    FederatedPrincipalNotSupported "FEDERATED_PRINCIPAL_NOT_SUPPORTED" Error Error "5.2" "federated principals belong into trust policies"
    EmptyArrayPrincipal "EMPTY_ARRAY_PRINCIPAL" Suggestion Suggestion "1.15" "a list without principals applies to nobody"
    EmptyObjectPrincipal "EMPTY_OBJECT_PRINCIPAL" Suggestion Suggestion "1.15" "a principal map without members applies to nobody"
    AllowWithNotPrincipal "ALLOW_WITH_NOT_PRINCIPAL" Error Error "1.26" "NotPrincipal with Allow"
    TrustNotPrincipal "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL" Error Error "1.24" "NotPrincipal in a role trust policy"
    TrustResource "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE" Error Error "1.24" "Resource in a role trust policy"
    TrustWildcard "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL" Error SecurityWarning "1.24" "a role trust policy that names everyone"
    MismatchedActionForPrincipal "MISMATCHED_ACTION_FOR_PRINCIPAL" Error Warning "1.24" "the principal cannot make this call"
    MissingTenancyClaim "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL" SecurityWarning SecurityWarning "1.25" "a shared OIDC provider without a test of the claim that names the tenant"
    RcpPrincipal "RCP_SYNTAX_ERROR_PRINCIPAL" Error Error "1.23" "the principal of a resource control policy is `*`"
    RcpAllow "RCP_SYNTAX_ERROR_ALLOW" Error Suggestion "1.23" "a resource control policy of a customer only denies"
    RcpNotAction "RCP_SYNTAX_ERROR_NOTACTION" Error Error "1.23" "NotAction in a resource control policy"
    RcpAction "RCP_SYNTAX_ERROR_ACTION" Error Suggestion "1.23" "the actions of a resource control policy name a service"
    // Conditions.
    InvalidConditionOperator "INVALID_CONDITION_OPERATOR" Error Error "1.17" "a condition operator that does not exist"
    ConditionOperatorCase "CONDITION_OPERATOR_CASE" Error Warning "1.18" "a condition operator in another spelling"
    NullWithIfExists "NULL_WITH_IF_EXISTS" Error Error "1.17" "Null with IfExists"
    NullWithQualifier "NULL_WITH_QUALIFIER" Error Warning "4.12" "Null with a set operator is always true or always false"
    InvalidConditionKeyFormat "INVALID_CONDITION_KEY_FORMAT" Error Warning "1.19" "a condition key is a prefix, a colon and a name"
    MissingTagKeyInCondition "MISSING_TAG_KEY_IN_CONDITION" Error Warning "1.19" "a tag condition without the key of the tag"
    DuplicateKeysWithDifferentCase "DUPLICATE_KEYS_WITH_DIFFERENT_CASE" Error Error "1.3" "one condition key in two spellings under one operator"
    InvalidConditionDataType "INVALID_CONDITION_DATA_TYPE" Error Error "1.16" "a condition value is a string, a number, a boolean, or a list of these"
    MixedConditionDataTypes "MIXED_CONDITION_DATA_TYPES" Error Warning "1.16" "the values of one condition key have different JSON types"
    EmptyObjectCondition "EMPTY_OBJECT_CONDITION" Error Warning "4.3" "a condition without a test is true"
    EmptyArrayCondition "EMPTY_ARRAY_CONDITION" Suggestion Suggestion "4.11" "a condition without values"
    MultipleBooleans "INVALID_CONDITION_MULTIPLE_BOOLEAN" Error Warning "1.20" "a Bool or Null condition with several values"
    MissingQualifier "MISSING_QUALIFIER" Error SecurityWarning "7.1" "a multivalued key without ForAllValues or ForAnyValue cannot be compared"
    InvalidVariableForOperator "INVALID_VARIABLE_FOR_OPERATOR" Error Error "1.21" "a variable under an operator that replaces none"
    InvalidBooleanValue "TYPE_MISMATCH_BOOLEAN" Error Error "1.20" "a value that is neither true nor false"
    InvalidNumberValue "TYPE_MISMATCH_NUMBER" Error Error "1.20, 7.35" "a value that is not a number"
    InvalidDateValue "INVALID_DATE_VALUE" Error Error "1.20, 4.23" "a value that is not a date"
    InvalidIpRange "TYPE_MISMATCH_IP_RANGE" Error Error "1.20, 4.24" "a value that is not an address or a CIDR range"
    InvalidBinaryValue "TYPE_MISMATCH_BINARY" Error Error "1.20" "a value that is not base64"
    ConditionArnFields "INVALID_ARN_IN_CONDITION" Error Error "4.22" "an ARN pattern without six fields"
    WildcardWithoutLikeOperator "WILDCARD_WITHOUT_LIKE_OPERATOR" Warning Warning "4, string operators" "a wildcard that this operator compares as an ordinary character"
    ForAllValuesOnAllow "FORALLVALUES_WITHOUT_NULL_CHECK" SecurityWarning SecurityWarning "4.7" "ForAllValues is true when the key is absent"
    // Sizes.
    IdentityPolicyTooLong "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA" Error Warning "1b" "the policy is longer than AWS stores"
    TrustPolicyTooLong "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA" Error Warning "1b" "the trust policy is longer than AWS stores"
    KeyPolicyTooLong "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA" Error Warning "1b" "the key policy is longer than AWS stores"
    ScpTooLong "POLICY_SIZE_EXCEEDS_SCP_QUOTA" Error Warning "1b" "the service control policy is longer than AWS stores"
    RcpTooLong "POLICY_SIZE_EXCEEDS_RCP_QUOTA" Error Warning "1b" "the resource control policy is longer than AWS stores"
    SessionPolicyTooLong "SESSION_POLICY_TOO_LONG" Error Warning "1b, 7.19" "the session policy is longer than STS accepts"
    // Documents that are not policies: requests, roles, profiles.
    MissingMember "MISSING_MEMBER" Error Error "the format" "a member is missing"
    UnknownMember "UNKNOWN_MEMBER" Error Error "the format" "a member that the format does not have"
    InvalidMember "INVALID_MEMBER" Error Error "the format" "a member has a value that the format does not allow"
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
