//! Statements that trust every tenant of a shared OIDC provider (rule 1.25).

use super::{Path, Reader, opening};
use crate::arn::{ArnFields, IamResource};
use crate::code;
use crate::condition::Condition;
use crate::policy::PolicyKind;
use crate::principal::{NamedPrincipal, PrincipalElement};
use iam_json::Value;

/// Providers that many organizations share under one issuer, each with the claim that identifies the organization.
///
/// A role cannot be created unless its trust policy tests that claim (IAM User Guide, `id_roles_providers_oidc_secure-by-default`). That
/// page lists more providers. This table has those whose claim is certain.
const SHARED: [(&str, &str); 5] = [
    ("agent.buildkite.com", "sub"),
    ("app.terraform.io", "sub"),
    ("cognito-identity.amazonaws.com", "aud"),
    ("gitlab.com", "sub"),
    ("token.actions.githubusercontent.com", "sub"),
];

impl Reader<'_> {
    /// Reports an Allow statement of a trust policy that trusts every tenant of a shared provider.
    pub(super) fn tenancy(
        &mut self,
        principal: &PrincipalElement,
        conditions: &[Condition],
        statement: Value<'_>,
        path: &Path<'_>,
    ) {
        if self.kind != PolicyKind::Trust {
            return;
        }
        for entry in principal.principals().entries() {
            let NamedPrincipal::Federated(name) = &entry.value else { continue };
            let issuer = match ArnFields::split(name).and_then(|fields| fields.iam()) {
                Some(IamResource::OidcProvider(issuer)) => issuer,
                _ => name,
            };
            let Some((issuer, claim)) = SHARED.into_iter().find(|(shared, _)| *shared == issuer) else {
                continue;
            };
            let key = format!("{issuer}:{claim}");
            if conditions.iter().any(|c| c.key.value.as_str().eq_ignore_ascii_case(&key)) {
                continue;
            }
            let help =
                format!("test {key} in the Condition, or every tenant of {issuer} can assume the role");
            self.report(
                code::MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL,
                path,
                opening(statement),
                format!("no test of {key}"),
                help,
            );
        }
    }
}
