//! The call of STS.

use super::SessionRequest;
use crate::managed::beyond_partition;
use iam_json::Json;

/// A call of `AssumeRoleWithWebIdentity` that lacks only the token. It comes from a [`Plan`](super::Plan) and cannot be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StsCall {
    pub(super) role_arn: Box<str>,
    pub(super) role_session_name: Box<str>,
    pub(super) duration_seconds: i64,
    pub(super) policy: Box<str>,
    pub(super) policy_arns: Vec<Box<str>>,
}

impl StsCall {
    /// The call for a role, a profile and a request.
    pub(super) fn of(asked: &SessionRequest<'_>) -> Self {
        let (role, profile) = (asked.role, asked.profile);
        let arns = profile.managed().iter().map(|managed| {
            format!("arn:{}:{}", role.partition(), beyond_partition(managed.found().arn())).into()
        });
        let inline = profile.policies().iter().find(|named| named.is_inline());
        Self {
            role_arn: role.arn().as_str().into(),
            role_session_name: format!("{}+{}", asked.engineer, asked.case).into(),
            duration_seconds: asked.duration_seconds,
            policy: inline.map(|named| named.policy().to_json()).unwrap_or_default().into(),
            policy_arns: arns.collect(),
        }
    }

    /// `RoleArn`
    pub fn role_arn(&self) -> &str {
        &self.role_arn
    }

    /// `RoleSessionName`
    pub fn role_session_name(&self) -> &str {
        &self.role_session_name
    }

    /// `DurationSeconds`
    pub const fn duration_seconds(&self) -> i64 {
        self.duration_seconds
    }

    /// `Policy`: the inline session policy in its shortest form.
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// `PolicyArns`, with the partition of the role.
    pub fn policy_arns(&self) -> impl ExactSizeIterator<Item = &str> {
        self.policy_arns.iter().map(|arn| &**arn)
    }

    /// The characters of the inline policy and of the ARNs, as STS counts them. In other partitions the ARNs are longer.
    pub fn characters(&self) -> usize {
        let arns = self.policy_arns.iter().map(|arn| arn.chars().count());
        arns.fold(self.policy.chars().count(), usize::saturating_add)
    }

    /// The parameters in canonical JSON, without the token, in the form of `aws sts assume-role-with-web-identity --cli-input-json`.
    pub fn to_json(&self) -> String {
        self.json().to_string()
    }

    pub(super) fn json(&self) -> Json {
        Json::object([
            ("RoleArn", Json::text(&*self.role_arn)),
            ("RoleSessionName", Json::text(&*self.role_session_name)),
            ("DurationSeconds", Json::Number(self.duration_seconds)),
            ("Policy", Json::text(&*self.policy)),
            ("PolicyArns", Json::list(&self.policy_arns, |arn| Json::object([("arn", Json::text(&**arn))]))),
        ])
    }
}
