//! The stable codes of all problems and findings of policies and of JSON texts.
//!
//! If IAM Access Analyzer has an issue code for the same problem, the code here is the same (IAM User Guide,
//! `access-analyzer-reference-policy-checks`). The other codes are the project's own, in the same form. The page `CODES.md` is generated
//! from this table.

use iam_json::Code;
pub use iam_json::code::{
    BYTE_ORDER_MARK, DOCUMENT_TOO_LARGE, DUPLICATE_JSON_KEY, EMPTY_DOCUMENT, INVALID_MEMBER,
    JSON_SYNTAX_ERROR, MISSING_MEMBER, NESTING_TOO_DEEP, NOT_UTF8, UNKNOWN_MEMBER,
};

iam_json::codes! {
    // The text.
    UNSUPPORTED_CHARACTER Error Warning "1.4" "a character outside U+0009, U+000A, U+000D and U+0020 to U+00FF"
    // Limits of the reader.
    TOO_MANY_STATEMENTS Error Error "limit statements" "the policy has too many statements"
    TOO_MANY_VALUES Error Error "limit values" "a list has too many values"
    TOO_MANY_CONDITION_KEYS Error Error "limit condition_keys" "a statement tests too many condition keys"
    PATTERN_TOO_LONG Error Error "limit pattern_bytes" "a value is too long"
    TOO_MANY_WILDCARDS Error Error "limit stars" "a pattern has too many wildcards"
    TOO_MANY_VARIABLES Error Error "limit variables" "a pattern has too many variables"
    // The policy and its statements.
    NOT_A_POLICY Error Error "1.1" "the document is JSON but not a policy"
    INVALID_POLICY_ELEMENT Error Error "1.1, 1.2" "an element that policies do not have"
    DATA_TYPE_MISMATCH Error Error "1.5, 1.14, 1.15" "an element has a value of the wrong JSON type"
    INVALID_VERSION Error Error "1.5" "the version is neither 2012-10-17 nor 2008-10-17"
    MISSING_VERSION Warning Warning "1.5, 1.6" "without Version, variables are not replaced"
    UNSUPPORTED_ID Error Suggestion "1.8" "Id is for resource-based policies"
    MISSING_STATEMENT Error Error "1.10" "the policy has no Statement"
    EMPTY_ARRAY_STATEMENT Error Warning "1.10" "the list of statements is empty"
    UNSUPPORTED_SID Error Suggestion "1.9" "a Sid of other characters than A-Z, a-z and 0-9"
    EMPTY_SID_VALUE Suggestion Suggestion "1.9" "the Sid is empty"
    UNIQUE_SIDS_REQUIRED Error Suggestion "1.9" "two statements have the same Sid"
    UNIQUE_SIDS_RECOMMENDED Warning Suggestion "1.9" "two statements have the same Sid"
    MISSING_EFFECT Error Error "1.11" "the statement has no Effect"
    INVALID_EFFECT Error Error "1.11" "the effect is neither Allow nor Deny"
    MISSING_ACTION Error Error "1.12" "the statement has neither Action nor NotAction"
    MISSING_RESOURCE Error Error "1.12, 1.22" "the statement has neither Resource nor NotResource"
    UNSUPPORTED_ELEMENT_COMBINATION Error Error "1.12, 1.13" "two elements that exclude each other"
    // Actions.
    INVALID_ACTION Error Error "2.1" "an action is `*` or a service prefix, a colon and a name"
    ACTION_MATCHES_NOTHING Error Warning "2.9" "an action with a blank, or with a full stop in its prefix, matches nothing"
    WILDCARD_IN_SERVICE_NAME Error Suggestion "2.4" "a wildcard in the service prefix of an action"
    VARIABLE_UNSUPPORTED_IN_ELEMENT Error Warning "1.21, 2.6" "a variable where none is replaced"
    EMPTY_ARRAY_ACTION Error Suggestion "1.14" "a list without actions matches nothing"
    EMPTY_ARRAY_NOT_ELEMENT Error Error "1.14" "an empty list under NotAction, NotResource or NotPrincipal"
    // Resources.
    INVALID_ARN_PREFIX Error Error "3.1" "a resource that is neither an ARN nor `*`"
    RESOURCE_NOT_AN_ARN Error Warning "3.1" "a pattern that begins with a wildcard instead of `arn:`"
    INCOMPLETE_ARN Warning Warning "3.7" "an ARN with fewer than six fields is completed with `*`"
    MISSING_ARN_FIELD Error Warning "3.7" "an ARN needs six fields here"
    EMPTY_ARRAY_RESOURCE Error Suggestion "1.14" "a list without resources matches nothing"
    INVALID_PARTITION Error Warning "3.12" "a partition that AWS does not have"
    INVALID_ARN_REGION Error Warning "3.12" "IAM and S3 have no Region in their ARNs"
    INVALID_ARN_RESOURCE Error Warning "3.12" "IAM has no resource of this type"
    WILDCARD_IN_ARN_FIELD Suggestion Suggestion "3.8" "a wildcard in the partition or the service of an ARN"
    VARIABLE_BEFORE_RESOURCE_FIELD Warning Warning "3.29" "a variable before the fifth colon of an ARN, which AWS may not replace"
    // Variables.
    MISSING_BRACE_IN_VARIABLE Error Error "1.21, 3.21" "a variable that is not closed"
    EMPTY_VARIABLE Error Error "1.21" "a variable without a name"
    UNSUPPORTED_SPACE_IN_VARIABLE Error Error "1.21" "a space in the name of a variable"
    MISSING_QUOTE_IN_VARIABLE Error Error "1.21, 3.21" "the default of a variable stands in single quotation marks"
    VARIABLE_UNSUPPORTED_IN_VERSION Warning Warning "1.6" "a variable that this version of the policy language does not replace"
    // Principals.
    MISSING_PRINCIPAL Error Error "1.13" "the statement has neither Principal nor NotPrincipal"
    UNSUPPORTED_PRINCIPAL Error Error "1.13" "Principal does not belong into this kind of policy"
    SCP_SYNTAX_ERROR_PRINCIPAL Error Error "1.22" "a service control policy names no principal"
    INVALID_PRINCIPAL_KEY Error Error "1.15" "a kind of principal that does not exist"
    INVALID_PRINCIPAL_FORMAT Error Error "1.15, 5.2" "a principal that names nobody"
    DELETED_PRINCIPAL Error Warning "5.8" "the unique id of a principal that has been deleted"
    UNSUPPORTED_WILDCARD_IN_PRINCIPAL Error Error "5.3" "a wildcard for a part of a principal"
    FEDERATED_PRINCIPAL_NOT_SUPPORTED Error Error "5.2" "federated principals belong into trust policies"
    EMPTY_ARRAY_PRINCIPAL Suggestion Suggestion "1.15" "a list without principals applies to nobody"
    EMPTY_OBJECT_PRINCIPAL Suggestion Suggestion "1.15" "a principal map without members applies to nobody"
    ALLOW_WITH_NOT_PRINCIPAL Error Error "1.26" "NotPrincipal with Allow"
    ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL Error Error "1.24" "NotPrincipal in a role trust policy"
    ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE Error Error "1.24" "Resource in a role trust policy"
    ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL Error SecurityWarning "1.24" "a role trust policy that names everyone"
    MISMATCHED_ACTION_FOR_PRINCIPAL Error Warning "1.24" "the principal cannot make this call"
    UNSUPPORTED_ACTION_IN_TRUST_POLICY Error Warning "1.24" "an action as IAM stores it in no role trust policy"
    MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL Error SecurityWarning "1.25" "a shared OIDC provider without a test of the claim that names the tenant"
    TRUST_POLICY_ADMITS_EVERY_ACCOUNT SecurityWarning SecurityWarning "1.27" "a role that every AWS account can assume"
    OIDC_CONDITION_ADMITS_EVERY_TENANT SecurityWarning SecurityWarning "1.25" "a shared OIDC provider whose test every tenant can pass"
    PRINCIPAL_IN_GATEWAY_ENDPOINT_POLICY Warning Warning "5.17" "a gateway endpoint takes this principal for the root user of the account"
    SCP_WITHOUT_ALLOW Suggestion Suggestion "5.12" "the service control policy allows nothing by itself"
    RCP_SYNTAX_ERROR_PRINCIPAL Error Error "1.23" "a principal other than `*` in a resource control policy"
    RCP_SYNTAX_ERROR_ALLOW Error Suggestion "1.23" "a resource control policy may only deny"
    RCP_SYNTAX_ERROR_NOTACTION Error Error "1.23" "NotAction in a resource control policy"
    RCP_SYNTAX_ERROR_ACTION Error Suggestion "1.23" "`*` is not accepted as the action of a resource control policy"
    RCP_UNSUPPORTED_SERVICE Error Warning "1.23" "resource control policies do not apply to this service"
    // Conditions.
    INVALID_CONDITION_OPERATOR Error Error "1.17" "a condition operator that does not exist"
    UNKNOWN_OPERATOR_WITHOUT_TESTS Error Warning "1.17, 4.3" "a condition operator that does not exist, without a test"
    CONDITION_OPERATOR_CASE Error Warning "1.18" "a condition operator in another spelling"
    NULL_WITH_IF_EXISTS Error Error "1.17" "Null with IfExists"
    NULL_WITH_QUALIFIER Error Warning "4.12" "Null with a set operator is always true or always false"
    INVALID_CONDITION_KEY_FORMAT Error Warning "1.19" "a text that is not a condition key"
    MISSING_TAG_KEY_IN_CONDITION Error Warning "1.19" "a tag condition without the key of the tag"
    DUPLICATE_KEYS_WITH_DIFFERENT_CASE Error Error "1.3" "one condition key in two spellings under one operator"
    INVALID_CONDITION_DATA_TYPE Error Error "1.16" "a condition value is a string, a number, a boolean, or a list of these"
    MIXED_CONDITION_DATA_TYPES Error Warning "1.16" "the values of one condition key have different JSON types"
    EMPTY_OBJECT_CONDITION Error Warning "4.3" "a condition without a test is true"
    EMPTY_TRUST_CONDITION Suggestion Suggestion "4.3" "the condition of a trust policy without a test is true"
    EMPTY_ARRAY_CONDITION Suggestion Suggestion "4.11" "a condition without values"
    INVALID_CONDITION_MULTIPLE_BOOLEAN Error Warning "1.20" "a Bool or Null condition with several values"
    MISSING_QUALIFIER Error SecurityWarning "7.1" "a multivalued key without ForAllValues or ForAnyValue cannot be compared"
    INVALID_VARIABLE_FOR_OPERATOR Error Error "1.21" "a variable under an operator that replaces none"
    TYPE_MISMATCH_BOOLEAN SecurityWarning SecurityWarning "1.20, 7.36" "a value that is neither true nor false counts as false"
    TYPE_MISMATCH_NUMBER Error Error "1.20, 7.35" "a value that is not a number"
    INVALID_DATE_VALUE Error Error "1.20, 4.23" "a value that is not a date"
    TYPE_MISMATCH_IP_RANGE Error Error "1.20, 4.24" "a value that is not an address or a CIDR range"
    UNSUPPORTED_IPV6_RANGE Error SecurityWarning "4.24" "IAM stores no IPv6 range with bits behind the prefix or a dotted end, and matches nothing with it"
    DEAD_IP_RANGE SecurityWarning SecurityWarning "4.24" "a range that AWS matches with no address"
    UNREADABLE_CONDITION_VALUE SecurityWarning SecurityWarning "1.20, 4.22" "STS takes this value in a session policy and cannot read it"
    TYPE_MISMATCH_BINARY Error Error "1.20" "a value that is not base64"
    INVALID_ARN_IN_CONDITION Error Error "4.22" "an ARN pattern without six fields"
    WILDCARD_WITHOUT_LIKE_OPERATOR Warning Warning "4, string operators" "a wildcard that this operator compares as an ordinary character"
    IDENTIFIER_IN_ENDPOINT_POLICY Error Warning "1.20" "a VPC endpoint policy compares an identifier that AWS made, with a wildcard or as a number"
    FORALLVALUES_WITHOUT_NULL_CHECK SecurityWarning SecurityWarning "4.7" "ForAllValues is true when the key is absent"
    // Sizes.
    POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA Error Warning "1b" "the policy is longer than AWS stores"
    POLICY_SIZE_EXCEEDS_DEFAULT_ROLE_TRUST_POLICY_QUOTA Warning Warning "1b" "the trust policy is longer than AWS stores, unless the account's quota was raised"
    INLINE_POLICIES_EXCEED_ROLE_QUOTA Error Warning "1b" "the inline policies of the role are longer together than AWS stores"
    POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA Error Warning "1b" "the trust policy is longer than AWS stores"
    POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA Error Warning "1b" "the key policy is longer than AWS stores"
    POLICY_SIZE_EXCEEDS_ENDPOINT_POLICY_QUOTA Error Warning "1b" "the VPC endpoint policy is longer than AWS stores"
    POLICY_SIZE_EXCEEDS_SCP_QUOTA Error Warning "1b" "the service control policy is longer than AWS stores"
    POLICY_SIZE_EXCEEDS_RCP_QUOTA Error Warning "1b" "the resource control policy is longer than AWS stores"
    SESSION_POLICY_TOO_LONG Error Warning "1b, 7.19" "the session policy is longer than STS accepts"
}

/// Every code, in the order of the page `CODES.md`.
pub const ALL: &[Code] = &[
    EMPTY_DOCUMENT,
    NOT_UTF8,
    BYTE_ORDER_MARK,
    JSON_SYNTAX_ERROR,
    DUPLICATE_JSON_KEY,
    UNSUPPORTED_CHARACTER,
    DOCUMENT_TOO_LARGE,
    NESTING_TOO_DEEP,
    TOO_MANY_STATEMENTS,
    TOO_MANY_VALUES,
    TOO_MANY_CONDITION_KEYS,
    PATTERN_TOO_LONG,
    TOO_MANY_WILDCARDS,
    TOO_MANY_VARIABLES,
    NOT_A_POLICY,
    INVALID_POLICY_ELEMENT,
    DATA_TYPE_MISMATCH,
    INVALID_VERSION,
    MISSING_VERSION,
    UNSUPPORTED_ID,
    MISSING_STATEMENT,
    EMPTY_ARRAY_STATEMENT,
    UNSUPPORTED_SID,
    EMPTY_SID_VALUE,
    UNIQUE_SIDS_REQUIRED,
    UNIQUE_SIDS_RECOMMENDED,
    MISSING_EFFECT,
    INVALID_EFFECT,
    MISSING_ACTION,
    MISSING_RESOURCE,
    UNSUPPORTED_ELEMENT_COMBINATION,
    INVALID_ACTION,
    ACTION_MATCHES_NOTHING,
    WILDCARD_IN_SERVICE_NAME,
    VARIABLE_UNSUPPORTED_IN_ELEMENT,
    EMPTY_ARRAY_ACTION,
    EMPTY_ARRAY_NOT_ELEMENT,
    INVALID_ARN_PREFIX,
    RESOURCE_NOT_AN_ARN,
    INCOMPLETE_ARN,
    MISSING_ARN_FIELD,
    EMPTY_ARRAY_RESOURCE,
    INVALID_PARTITION,
    INVALID_ARN_REGION,
    INVALID_ARN_RESOURCE,
    WILDCARD_IN_ARN_FIELD,
    VARIABLE_BEFORE_RESOURCE_FIELD,
    MISSING_BRACE_IN_VARIABLE,
    EMPTY_VARIABLE,
    UNSUPPORTED_SPACE_IN_VARIABLE,
    MISSING_QUOTE_IN_VARIABLE,
    VARIABLE_UNSUPPORTED_IN_VERSION,
    MISSING_PRINCIPAL,
    UNSUPPORTED_PRINCIPAL,
    SCP_SYNTAX_ERROR_PRINCIPAL,
    INVALID_PRINCIPAL_KEY,
    INVALID_PRINCIPAL_FORMAT,
    DELETED_PRINCIPAL,
    UNSUPPORTED_WILDCARD_IN_PRINCIPAL,
    FEDERATED_PRINCIPAL_NOT_SUPPORTED,
    EMPTY_ARRAY_PRINCIPAL,
    EMPTY_OBJECT_PRINCIPAL,
    ALLOW_WITH_NOT_PRINCIPAL,
    ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL,
    ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE,
    ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL,
    MISMATCHED_ACTION_FOR_PRINCIPAL,
    UNSUPPORTED_ACTION_IN_TRUST_POLICY,
    MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL,
    TRUST_POLICY_ADMITS_EVERY_ACCOUNT,
    OIDC_CONDITION_ADMITS_EVERY_TENANT,
    PRINCIPAL_IN_GATEWAY_ENDPOINT_POLICY,
    SCP_WITHOUT_ALLOW,
    RCP_SYNTAX_ERROR_PRINCIPAL,
    RCP_SYNTAX_ERROR_ALLOW,
    RCP_SYNTAX_ERROR_NOTACTION,
    RCP_SYNTAX_ERROR_ACTION,
    RCP_UNSUPPORTED_SERVICE,
    INVALID_CONDITION_OPERATOR,
    UNKNOWN_OPERATOR_WITHOUT_TESTS,
    CONDITION_OPERATOR_CASE,
    NULL_WITH_IF_EXISTS,
    NULL_WITH_QUALIFIER,
    INVALID_CONDITION_KEY_FORMAT,
    MISSING_TAG_KEY_IN_CONDITION,
    DUPLICATE_KEYS_WITH_DIFFERENT_CASE,
    INVALID_CONDITION_DATA_TYPE,
    MIXED_CONDITION_DATA_TYPES,
    EMPTY_OBJECT_CONDITION,
    EMPTY_TRUST_CONDITION,
    EMPTY_ARRAY_CONDITION,
    INVALID_CONDITION_MULTIPLE_BOOLEAN,
    MISSING_QUALIFIER,
    INVALID_VARIABLE_FOR_OPERATOR,
    TYPE_MISMATCH_BOOLEAN,
    TYPE_MISMATCH_NUMBER,
    INVALID_DATE_VALUE,
    TYPE_MISMATCH_IP_RANGE,
    UNSUPPORTED_IPV6_RANGE,
    DEAD_IP_RANGE,
    UNREADABLE_CONDITION_VALUE,
    TYPE_MISMATCH_BINARY,
    INVALID_ARN_IN_CONDITION,
    WILDCARD_WITHOUT_LIKE_OPERATOR,
    IDENTIFIER_IN_ENDPOINT_POLICY,
    FORALLVALUES_WITHOUT_NULL_CHECK,
    POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA,
    POLICY_SIZE_EXCEEDS_DEFAULT_ROLE_TRUST_POLICY_QUOTA,
    INLINE_POLICIES_EXCEED_ROLE_QUOTA,
    POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA,
    POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA,
    POLICY_SIZE_EXCEEDS_ENDPOINT_POLICY_QUOTA,
    POLICY_SIZE_EXCEEDS_SCP_QUOTA,
    POLICY_SIZE_EXCEEDS_RCP_QUOTA,
    SESSION_POLICY_TOO_LONG,
    MISSING_MEMBER,
    UNKNOWN_MEMBER,
    INVALID_MEMBER,
];
