//! The kind of a request's resource.

use std::fmt;

use iam_policy::ArnFields;

use super::Action;

/// The kind of a resource, as far as the decision rules differ (rule 5.23).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceKind {
    /// Any other resource.
    Generic,
    /// A role whose trust policy is asked. The trust policy is the resource policy.
    IamRoleTrust,
    /// A KMS key. Its key policy is the resource policy.
    KmsKey,
}

impl ResourceKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Generic, Self::IamRoleTrust, Self::KmsKey];

    /// The kind that follows from action and resource if the request does not state it (rule 5.54).
    ///
    /// - [`ResourceKind::IamRoleTrust`] if the resource is the ARN of a role and STS asks the role's trust policy about the action: every
    ///   `sts:AssumeRole…`, `sts:TagSession`, `sts:SetSourceIdentity` and `sts:SetContext`.
    /// - [`ResourceKind::KmsKey`] if the resource is the ARN of a KMS key, whatever the action.
    /// - [`ResourceKind::Generic`] otherwise.
    ///
    /// # Cost
    /// No allocation; reads the ARN once.
    ///
    /// # Source
    /// Service Authorization Reference, AWS STS: the actions with the resource type `role`.
    ///
    /// # Examples
    /// ```
    /// use iam_eval::{Action, ResourceKind};
    ///
    /// let kind = |action, resource| ResourceKind::of(&Action::new(action).unwrap(), resource);
    /// let role = "arn:aws:iam::111122223333:role/app";
    /// assert_eq!(kind("sts:TagSession", role), ResourceKind::IamRoleTrust);
    /// assert_eq!(kind("iam:GetRole", role), ResourceKind::Generic);
    /// ```
    pub fn of(action: &Action, resource: &str) -> Self {
        let Some(arn) = ArnFields::split(resource) else { return Self::Generic };
        let names = |service: &str, kind: &str| arn.service == service && arn.resource.starts_with(kind);
        if asks_trust(action.as_str()) && names("iam", "role/") {
            Self::IamRoleTrust
        } else if names("kms", "key/") {
            Self::KmsKey
        } else {
            Self::Generic
        }
    }

    /// The name in test vectors and in JSON, such as `iam_role_trust`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Generic => "generic",
            Self::IamRoleTrust => "iam_role_trust",
            Self::KmsKey => "kms_key",
        }
    }
}

impl fmt::Display for ResourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether STS asks a role's trust policy about the action.
fn asks_trust(action: &str) -> bool {
    /// The beginning of the names of all calls that assume a role. It does not match `AssumeRoot`, which assumes the root user.
    const ASSUME: &str = "AssumeRole";
    /// The actions without a call of their own that such a call may also need (rule 2.8).
    const PERMISSIONS: [&str; 3] = ["TagSession", "SetSourceIdentity", "SetContext"];
    let Some((service, name)) = action.split_once(':') else { return false };
    service.eq_ignore_ascii_case("sts")
        && (name.get(..ASSUME.len()).is_some_and(|start| start.eq_ignore_ascii_case(ASSUME))
            || PERMISSIONS.iter().any(|permission| name.eq_ignore_ascii_case(permission)))
}
