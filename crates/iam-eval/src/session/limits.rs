//! Bounds on sessions, with their sources.

/// Bounds of STS. At a bound a call is accepted; one more is refused with its code.
///
/// STS API `AssumeRole`, `AssumeRoleWithWebIdentity`, `GetFederationToken`; IAM User Guide `id_session-tags`, `reference_iam-quotas`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionLimits {
    /// Characters of `RoleSessionName`: at least.
    pub name_least: usize,
    /// Characters of `RoleSessionName`: at most.
    pub name_most: usize,
    /// Characters of the name of a federated user: at most.
    pub federated_name_most: usize,
    /// Characters of a source identity: at least.
    pub source_identity_least: usize,
    /// Characters of a source identity: at most.
    pub source_identity_most: usize,
    /// Characters of `ExternalId`: at least.
    pub external_id_least: usize,
    /// Characters of `ExternalId`: at most.
    pub external_id_most: usize,
    /// Seconds of any session: at least.
    pub duration_least: i64,
    /// Seconds of a role session: at most, whatever the role's setting.
    pub duration_most: i64,
    /// Seconds of a role session that nobody asked for otherwise.
    pub duration_default: i64,
    /// Seconds of a session made by role chaining: at most.
    pub chained_duration_most: i64,
    /// Seconds of a federated user's session: at most.
    pub federated_duration_most: i64,
    /// Seconds of a federated user's session that nobody asked for otherwise.
    pub federated_duration_default: i64,
    /// Seconds of a session of a federated user that the root user makes: at most.
    pub root_duration_most: i64,
    /// Managed session policies.
    pub policy_arns: usize,
    /// Characters of the inline session policy and of all ARNs together (rule 7.19).
    pub policy_characters: usize,
    /// Session tags.
    pub tags: usize,
    /// Characters of a tag key.
    pub tag_key: usize,
    /// Characters of a tag value.
    pub tag_value: usize,
    /// Transitive tag keys.
    pub transitive_tag_keys: usize,
    /// Bounds on the inline session policy as a document; its length is bounded by `policy_characters`.
    pub policy: iam_policy::Limits,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self {
            name_least: 2,
            name_most: 64,
            federated_name_most: 32,
            source_identity_least: 2,
            source_identity_most: 64,
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
