//! ARNs that IAM does not store as resources (rule 3.12).

use super::{Path, Reader};
use crate::arn::ArnFields;
use crate::code;
use crate::policy::PolicyKind;
use iam_json::{Span, quoted};

/// The partitions of AWS.
const PARTITIONS: [&str; 8] =
    ["aws", "aws-cn", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-us-gov"];

/// What the resources of IAM begin with. The root user has no type, and `report/` is a form from before access reports.
///
/// From the Service Authorization Reference, `list_awsidentityandaccessmanagementiam` and `list_awssecuritytokenservice`, as of 2026-09-26.
const IAM_TYPES: [&str; 19] = [
    "access-report",
    "assumed-role",
    "contextProvider",
    "delegation-request",
    "federated-user",
    "group",
    "instance-profile",
    "mfa",
    "oidc-provider",
    "policy",
    "report",
    "role",
    "role-template",
    "root",
    "saml-provider",
    "server-certificate",
    "sms-mfa",
    "u2f",
    "user",
];

/// What the resources of S3 with a Region begin with: all but buckets and their objects.
const S3_WITH_REGION: [&str; 6] =
    ["access-grants", "accesspoint", "async-request", "job", "storage-lens", "storage-lens-group"];

impl Reader<'_> {
    /// Reports a resource that IAM does not store. Only policies that IAM stores are checked.
    pub(super) fn stored_arn(&mut self, text: &str, span: Span, path: &Path<'_>) {
        match self.kind {
            PolicyKind::Identity | PolicyKind::Managed | PolicyKind::Boundary => {}
            PolicyKind::AwsManaged
            | PolicyKind::Session
            | PolicyKind::Resource
            | PolicyKind::Trust
            | PolicyKind::Kms
            | PolicyKind::Scp
            | PolicyKind::Rcp
            | PolicyKind::VpcEndpoint => return,
        }
        let Some(arn) = ArnFields::split(text) else { return };
        if is_fixed(arn.partition) && !PARTITIONS.contains(&arn.partition) {
            let help = format!("the partitions are {}", PARTITIONS.join(", "));
            self.report(code::INVALID_PARTITION, path, span, quoted(arn.partition), help);
        }
        let kind = arn.resource.split('/').next().unwrap_or_default();
        let has_region = !arn.region.is_empty() && is_fixed(arn.region);
        let is_regional = match arn.service {
            "iam" => false,
            "s3" => !is_fixed(kind) || S3_WITH_REGION.contains(&kind),
            _ => true,
        };
        if has_region && !is_regional {
            let help = "leave the Region out: the names are global";
            self.report(code::INVALID_ARN_REGION, path, span, quoted(arn.region), help);
        }
        if arn.service == "iam" && is_fixed(kind) && !IAM_TYPES.contains(&kind) {
            let help = "name a type such as user, role, group or policy, then a slash and the name";
            self.report(code::INVALID_ARN_RESOURCE, path, span, quoted(arn.resource), help);
        }
    }
}

/// Whether a field has neither wildcards nor variables.
fn is_fixed(field: &str) -> bool {
    !field.contains(['*', '?', '$'])
}
