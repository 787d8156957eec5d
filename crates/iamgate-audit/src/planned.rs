//! A session that was planned: what STS was to be asked for, and what the session was to be able to do.

use iamgate::iam_eval::session::Tags;
use iamgate::iam_policy::value::Instant;
use iamgate::{DecisionRecord, IdentityProviders, Judgement, Profile, RoleArn, RoleSnapshot};

use crate::promise::Promise;

/// A session that was planned.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PlannedSession {
    /// The id of the plan.
    pub id: Box<str>,
    /// The role.
    pub role: RoleArn,
    /// `RoleSessionName`. No two plans have the same.
    pub name: Box<str>,
    /// `DurationSeconds`
    pub duration_seconds: i64,
    /// `Policy`: the text of the inline session policy. Empty if there is none.
    pub policy: Box<str>,
    /// `PolicyArns`
    pub policy_arns: Vec<Box<str>>,
    /// The principal tags of the session.
    pub tags: Tags,
    /// The tags of the role.
    pub role_tags: Tags,
    /// The keys of its transitive tags.
    pub transitive_tag_keys: Vec<Box<str>>,
    /// Its source identity.
    pub source_identity: Option<Box<str>>,
    /// The ARN of the identity provider of its token.
    pub provider: Box<str>,
    /// When it was planned.
    pub planned: Instant,
    /// When the plan expired. `None` for a rehearsal, which does not expire.
    pub expires: Option<Instant>,
    /// What it was to be able to do.
    pub promise: Promise,
}

impl PlannedSession {
    /// The session of a decision that was made again from its record. `None` if the record names a provider that is none of these.
    ///
    /// `judgement` is that of [`DecisionRecord::replay`]; role, profile and providers are those of the replay.
    pub fn of(
        record: &DecisionRecord<'_>,
        judgement: &Judgement,
        role: &RoleSnapshot,
        profile: &Profile,
        providers: &IdentityProviders,
    ) -> Option<Self> {
        let provider = providers.arn_of(record.provider(), role.partition(), role.account())?;
        let (parameters, session) = (judgement.parameters(), judgement.session());
        Some(Self {
            id: judgement.id().into(),
            role: role.arn().clone(),
            name: parameters.role_session_name().into(),
            duration_seconds: parameters.duration_seconds(),
            policy: parameters.policy().into(),
            policy_arns: parameters.policy_arns().map(Into::into).collect(),
            tags: session.principal_tags.clone(),
            role_tags: role.tags().clone(),
            transitive_tag_keys: session.transitive_tag_keys.clone(),
            source_identity: session.source_identity.clone(),
            provider: provider.into(),
            planned: record.time(),
            expires: record.expires(),
            promise: Promise::of_session(role, profile, session),
        })
    }
}
