//! Principals of VPC endpoint policies that a gateway endpoint reads otherwise (rule 5.17).

use super::{Path, Reader};
use crate::action::ActionElement;
use crate::code;
use crate::policy::PolicyKind;
use crate::principal::{NamedPrincipal, PrincipalElement};

/// The services that have gateway endpoints.
const SERVICES: [&str; 2] = ["dynamodb", "s3"];

impl Reader<'_> {
    /// Reports entries of an endpoint policy that name the root user alone, if the endpoint is a gateway endpoint.
    pub(super) fn gateway(&mut self, principal: &PrincipalElement, action: &ActionElement, path: &Path<'_>) {
        if self.kind != PolicyKind::VpcEndpoint || !is_about_gateways(action) {
            return;
        }
        let entries = principal.principals().entries().iter();
        let named = entries.filter(|entry| match &entry.value {
            NamedPrincipal::Account { .. }
            | NamedPrincipal::User(_)
            | NamedPrincipal::Role(_)
            | NamedPrincipal::Session(_)
            | NamedPrincipal::FederatedUser(_) => true,
            NamedPrincipal::Aws
            | NamedPrincipal::Deleted(_)
            | NamedPrincipal::Service(_)
            | NamedPrincipal::Federated(_)
            | NamedPrincipal::CanonicalUser(_) => false,
        });
        if let Some(first) = named.min_by_key(|entry| entry.span.start) {
            let help = "write \"Principal\": \"*\" and test aws:PrincipalArn or aws:PrincipalAccount: a gateway endpoint takes an account for \
                        its root user alone";
            let name = match principal {
                PrincipalElement::Principal(_) => "Principal",
                PrincipalElement::NotPrincipal(_) => "NotPrincipal",
            };
            self.report(
                code::PRINCIPAL_IN_GATEWAY_ENDPOINT_POLICY,
                &path.member(name),
                first.span,
                "a principal other than `*`",
                help,
            );
        }
    }
}

/// Whether the statement is about a service that has gateway endpoints.
fn is_about_gateways(action: &ActionElement) -> bool {
    action.is_not()
        || action.patterns().iter().any(|pattern| match pattern.value.service() {
            None => true,
            Some(service) => {
                service.contains(['*', '?']) || SERVICES.iter().any(|own| own.eq_ignore_ascii_case(service))
            }
        })
}
