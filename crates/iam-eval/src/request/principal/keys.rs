//! The condition keys that AWS sets for a principal (rules 6.1 to 6.3).

use iam_policy::ArnFields;

use super::Principal;
use crate::context::{Context, ContextValue};

impl Principal {
    /// The condition keys that AWS sets in every request of the principal, as far as they follow from the principal.
    ///
    /// They are `aws:PrincipalArn`, `aws:PrincipalAccount` and `aws:PrincipalType`; for users `aws:username`; for root users, federated
    /// users and anonymous callers `aws:userid`; for web identities `aws:FederatedProvider`.
    ///
    /// A web identity or SAML caller has no `aws:PrincipalArn`. Its account is that of the provider, and its `aws:userid` is the provider's
    /// ARN (rule 6.3). For a provider without an ARN, such as `accounts.google.com`, these keys are unknown.
    ///
    /// Unique ids, tags, organizations and the claims of a token do not follow from the principal. [`crate::session`] adds those it knows
    /// to the requests of a session.
    ///
    /// # Source
    /// Rules 6.1 to 6.3: IAM User Guide, `reference_policies_variables` and `reference_policies_condition-keys`; for web identities and SAML,
    /// what AWS was observed to do.
    ///
    /// # Examples
    /// ```
    /// use iam_eval::{ContextValue, Principal};
    ///
    /// let ana = Principal::from_arn("arn:aws:iam::111122223333:user/ops/ana").unwrap();
    /// assert_eq!(ana.keys().value("aws:username"), Some(&ContextValue::single("ana")));
    /// ```
    pub fn keys(&self) -> Context {
        // This is the role's ARN, not the session's (rule 5.4).
        let (arn, account, kind) = match self {
            Self::AssumedRole { role_arn, account, .. } => (Some(role_arn), &**account, "AssumedRole"),
            Self::IamUser { arn, account } => (Some(arn), &**account, "User"),
            Self::FederatedUser { arn, account, .. } => (Some(arn), &**account, "FederatedUser"),
            Self::Root { arn, account } => (Some(arn), &**account, "Account"),
            Self::Anonymous => (None, "anonymous", "Anonymous"),
            Self::WebIdentity { provider } => {
                return federated(provider)
                    .with("aws:FederatedProvider", ContextValue::single(provider.clone()));
            }
            Self::Saml { provider } => return federated(provider),
            Self::AwsService { .. } => return Context::new(),
        };
        let mut keys = Context::new();
        let mut set = |key: &str, value: &str| keys.set(key, ContextValue::single(value));
        if let Some(arn) = arn {
            set("aws:PrincipalArn", arn);
        }
        set("aws:PrincipalAccount", account);
        set("aws:PrincipalType", kind);
        let name =
            |arn: &str| ArnFields::split(arn).map_or_else(String::new, |fields| fields.name().to_owned());
        match self {
            Self::IamUser { arn, .. } => set("aws:username", &name(arn)),
            Self::FederatedUser { arn, account, .. } => {
                set("aws:userid", &format!("{account}:{}", name(arn)));
            }
            Self::Root { .. } | Self::Anonymous => set("aws:userid", account),
            Self::AssumedRole { .. }
            | Self::AwsService { .. }
            | Self::WebIdentity { .. }
            | Self::Saml { .. } => {}
        }
        keys
    }
}

/// The keys of a caller that an identity provider authenticated, while it assumes a role (rule 6.3).
fn federated(provider: &str) -> Context {
    let account = ArnFields::split(provider).map(|fields| fields.account).filter(|own| !own.is_empty());
    let known = |value: &str| match account {
        Some(_) => ContextValue::single(value),
        None => ContextValue::Unknown,
    };
    Context::new()
        .with("aws:PrincipalAccount", known(account.unwrap_or_default()))
        .with("aws:PrincipalType", known("User"))
        .with("aws:userid", known(provider))
}
