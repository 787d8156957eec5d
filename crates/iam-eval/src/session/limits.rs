//! Bounds on sessions, with their sources.

/// Bounds of STS. A call at a bound is accepted; a call beyond it is refused with the bound's code. One is different: `root_duration_most`.
///
/// STS API `AssumeRole`, `AssumeRoleWithWebIdentity`, `GetFederationToken`; IAM User Guide `id_session-tags`, `reference_iam-quotas`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionLimits {
    /// The minimum number of characters of `RoleSessionName`.
    pub name_least: usize,
    /// The maximum number of characters of `RoleSessionName`.
    pub name_most: usize,
    /// The maximum number of characters of a federated user's name.
    pub federated_name_most: usize,
    /// The minimum number of characters of a source identity.
    pub source_identity_least: usize,
    /// The maximum number of characters of a source identity.
    pub source_identity_most: usize,
    /// The minimum number of characters of `ExternalId`.
    pub external_id_least: usize,
    /// The maximum number of characters of `ExternalId`.
    pub external_id_most: usize,
    /// The minimum duration of any session, in seconds.
    pub duration_least: i64,
    /// The maximum duration of a role session in seconds, whatever the role's setting.
    pub duration_most: i64,
    /// The duration of a role session in seconds, if the call has none.
    pub duration_default: i64,
    /// The maximum duration of a session made by role chaining, in seconds.
    pub chained_duration_most: i64,
    /// The maximum duration of a federated user's session, in seconds.
    pub federated_duration_most: i64,
    /// The duration of a federated user's session in seconds, if the call has none.
    pub federated_duration_default: i64,
    /// The maximum duration in seconds of a federated user's session that the root user creates. STS shortens a longer one.
    pub root_duration_most: i64,
    /// The maximum number of managed session policies.
    pub policy_arns: usize,
    /// The maximum number of characters of the inline session policy and all managed policy ARNs together (rule 7.19).
    pub policy_characters: usize,
    /// The maximum number of session tags.
    pub tags: usize,
    /// The maximum number of characters of a tag key.
    pub tag_key: usize,
    /// The maximum number of characters of a tag value.
    pub tag_value: usize,
    /// The maximum number of transitive tag keys.
    pub transitive_tag_keys: usize,
    /// Bounds on the inline session policy as a document. `policy_characters` bounds its length.
    pub policy: iam_policy::Limits,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self {
            name_least: 2,
            name_most: 64,
            federated_name_most: 32,
            source_identity_least: 2,
            source_identity_most: 256,
            external_id_least: 2,
            external_id_most: 1_224,
            duration_least: 900,
            duration_most: 43_200,
            duration_default: 3_600,
            chained_duration_most: 3_600,
            federated_duration_most: 129_600,
            federated_duration_default: 43_200,
            root_duration_most: 3_600,
            policy_arns: 10,
            policy_characters: 2_048,
            tags: 50,
            tag_key: 128,
            tag_value: 256,
            transitive_tag_keys: 50,
            policy: iam_policy::Limits::default(),
        }
    }
}
