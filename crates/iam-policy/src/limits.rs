//! The bounds on input, each with the AWS quota or the reason behind it.

use crate::code;
use crate::pattern::Pattern;
use iam_json::Code;

/// Bounds on one document.
///
/// A document at a bound is accepted; a document beyond it is refused with the bound's code.
///
/// The fields up to `variables` protect the reader in both modes. The others are quotas of AWS, and only strict reading enforces them (IAM
/// User Guide, `reference_iam-quotas`; Organizations User Guide, `orgs_reference_limits`; STS API, `AssumeRoleWithWebIdentity`). Documents
/// that AWS has accepted are measured, and a length beyond the quota is a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a document. Default 524,288: larger than every quota and than AWS's largest managed policy, which has 152,297 characters
    /// (AWSSupportServiceRolePolicy, v59, white space not counted).
    pub document_bytes: usize,
    /// Nesting of arrays and objects. Default 32; a policy needs 6.
    pub depth: usize,
    /// Statements of one policy. Default 1,000.
    pub statements: usize,
    /// Values of one list. Default 8,192; AWS's ReadOnlyAccess has 2,700 in one list.
    pub values: usize,
    /// Condition keys of one statement, over all operators. Default 256.
    pub condition_keys: usize,
    /// Bytes of one pattern or condition value. Default 2,048.
    pub pattern_bytes: usize,
    /// `*` in one pattern. Default 64.
    pub stars: usize,
    /// Variables in one pattern. Default 16; [`crate::Pattern::MAX_VARIABLES`] is the maximum.
    pub variables: usize,
    /// Characters of an inline policy of a role, white space not counted. Default 10,240.
    ///
    /// AWS allows users 2,048 and groups 5,120. Its quotas are sums over all inline policies of one principal.
    pub inline_policy_characters: usize,
    /// Characters of a customer managed policy or a boundary, white space not counted. Default 6,144.
    pub managed_policy_characters: usize,
    /// Characters of a role trust policy, white space not counted. Default 8,192, the most to which AWS raises the quota of an account.
    pub trust_policy_characters: usize,
    /// Characters of a role trust policy in an account whose quota was not raised, white space not counted. Default 2,048. A longer one is
    /// a warning.
    pub default_trust_policy_characters: usize,
    /// Characters of a service control policy as stored. Default 10,240.
    pub scp_characters: usize,
    /// Characters of a resource control policy as stored. Default 5,120.
    pub rcp_characters: usize,
    /// Characters of a VPC endpoint policy, white space counted. Default 20,480 (AWS PrivateLink Guide, `vpc-endpoints-access`).
    pub endpoint_policy_characters: usize,
    /// Bytes of a KMS key policy. Default 32,768.
    pub key_policy_bytes: usize,
    /// Characters of an inline session policy, white space counted (rule 7.19). Default 2,048.
    ///
    /// STS also counts the texts of the managed policy ARNs that are passed with the policy. The code that builds the call must add them.
    pub session_policy_characters: usize,
}

/// The bounds on the JSON of a document: bytes and depth.
impl From<&Limits> for iam_json::Limits {
    fn from(limits: &Limits) -> Self {
        let mut json = Self::of_bytes(limits.document_bytes);
        json.depth = limits.depth;
        json
    }
}

impl Limits {
    /// The code of the bound that a pattern exceeds. `None` if it exceeds none.
    pub(crate) fn beyond(&self, pattern: &Pattern) -> Option<Code> {
        if pattern.text().len() > self.pattern_bytes {
            Some(code::PATTERN_TOO_LONG)
        } else if pattern.stars() > self.stars {
            Some(code::TOO_MANY_WILDCARDS)
        } else if pattern.variable_count() > self.variables.min(Pattern::MAX_VARIABLES) {
            Some(code::TOO_MANY_VARIABLES)
        } else {
            None
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 524_288,
            depth: 32,
            statements: 1_000,
            values: 8_192,
            condition_keys: 256,
            pattern_bytes: 2_048,
            stars: 64,
            variables: 16,
            inline_policy_characters: 10_240,
            managed_policy_characters: 6_144,
            trust_policy_characters: 8_192,
            default_trust_policy_characters: 2_048,
            scp_characters: 10_240,
            rcp_characters: 5_120,
            endpoint_policy_characters: 20_480,
            key_policy_bytes: 32_768,
            session_policy_characters: 2_048,
        }
    }
}
