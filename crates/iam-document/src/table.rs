//! Where AWS's commands, services and tools put policies. All of it is data: a new command is a new row.

use iam_policy::PolicyKind as Kind;

/// What a text is by the members of its outermost object.
#[derive(Debug)]
pub(crate) struct Shape {
    /// Paths of members that it has.
    pub(crate) has: &'static [&'static str],
    /// Paths of members that it does not have.
    pub(crate) lacks: &'static [&'static str],
    /// What it is.
    pub(crate) what: &'static str,
    /// What is not in it, and the command that gives it; empty if nothing is missing. Names in braces are members.
    pub(crate) missing: &'static str,
}

const fn shape(
    has: &'static [&'static str],
    lacks: &'static [&'static str],
    what: &'static str,
    missing: &'static str,
) -> Shape {
    Shape { has, lacks, what, missing }
}

const PERMISSIONS: &str = "permissions are not in it: run `aws iam get-account-authorization-details --filter Role LocalManagedPolicy`";
const NO_DOCUMENTS: &str =
    "policies are named in it, and their documents are not: run `aws iam get-account-authorization-details`";
const GET_VERSION: &str = "the document is not in it: run `aws iam get-policy-version --policy-arn {Arn} --version-id {DefaultVersionId}`";

/// The shapes, the more special ones first.
pub(crate) const SHAPES: &[Shape] = &[
    shape(&["RoleDetailList"], &[], "output of `aws iam get-account-authorization-details`", ""),
    shape(&["UserDetailList"], &[], "output of `aws iam get-account-authorization-details`", ""),
    shape(&["GroupDetailList"], &[], "output of `aws iam get-account-authorization-details`", ""),
    shape(&["Role.RoleName"], &[], "output of `aws iam get-role`", PERMISSIONS),
    shape(&["Roles"], &[], "output of `aws iam list-roles`", PERMISSIONS),
    shape(&["RoleName", "AssumeRolePolicyDocument", "RolePolicyList"], &[], "the details of a role", ""),
    shape(&["RoleName", "AssumeRolePolicyDocument"], &[], "a role", PERMISSIONS),
    shape(&["PolicyVersion.Document"], &[], "output of `aws iam get-policy-version`", ""),
    shape(
        &["PolicyVersion"],
        &[],
        "a version of a managed policy",
        "the document is not in it: run `aws iam get-policy-version`",
    ),
    shape(
        &["Versions"],
        &[],
        "output of `aws iam list-policy-versions`",
        "documents are not in it: run `aws iam get-policy-version`",
    ),
    shape(&["Policy.DefaultVersionId"], &[], "output of `aws iam get-policy`", GET_VERSION),
    shape(&["PolicyName", "PolicyVersionList"], &[], "the details of a managed policy", ""),
    shape(&["RoleName", "PolicyDocument"], &[], "output of `aws iam get-role-policy`", ""),
    shape(&["UserName", "PolicyDocument"], &[], "output of `aws iam get-user-policy`", ""),
    shape(&["GroupName", "PolicyDocument"], &[], "output of `aws iam get-group-policy`", ""),
    shape(
        &["PolicyNames"],
        &[],
        "output of `aws iam list-role-policies`, or that of users or groups",
        NO_DOCUMENTS,
    ),
    shape(
        &["AttachedPolicies"],
        &[],
        "output of `aws iam list-attached-role-policies`, or that of users or groups",
        NO_DOCUMENTS,
    ),
    shape(&["Policies.AttachmentCount"], &[], "output of `aws iam list-policies`", NO_DOCUMENTS),
    shape(&["User.UserName"], &[], "output of `aws iam get-user`", NO_DOCUMENTS),
    shape(&["Group.GroupName"], &[], "output of `aws iam get-group`", NO_DOCUMENTS),
    shape(&["Users.UserName"], &[], "output of `aws iam list-users`", NO_DOCUMENTS),
    shape(&["Groups.GroupName"], &[], "output of `aws iam list-groups`", NO_DOCUMENTS),
    shape(
        &["Policy.PolicySummary", "Policy.Content"],
        &[],
        "output of `aws organizations describe-policy`",
        "",
    ),
    shape(&["PolicySummary", "Content"], &[], "output of `aws organizations describe-policy`", ""),
    shape(
        &["Policies.AwsManaged", "Policies.Type"],
        &[],
        "output of `aws organizations list-policies`",
        "contents are not in it: run `aws organizations describe-policy --policy-id …` for each",
    ),
    shape(
        &["EffectivePolicy"],
        &[],
        "output of `aws organizations describe-effective-policy`",
        "it gives policies of management, such as of tags and backups, and none of IAM: service control policies come from `aws organizations describe-policy`",
    ),
    shape(&["generatedPolicyResult"], &[], "output of `aws accessanalyzer get-generated-policy`", ""),
    shape(
        &["ContextKeyNames"],
        &[],
        "names of condition keys, as `aws iam get-context-keys-for-custom-policy` prints them",
        "the policies are not in it: give those that the command was given",
    ),
    shape(
        &["EvaluationResults"],
        &[],
        "output of `aws iam simulate-principal-policy`",
        "it has answers of AWS's simulator and no policies: give those that were simulated",
    ),
    shape(
        &["Attributes.QueueArn"],
        &[],
        "output of `aws sqs get-queue-attributes`",
        "a queue has a policy only if it was given one: ask with `--attribute-names All`",
    ),
    shape(&["Attributes.TopicArn"], &[], "output of `aws sns get-topic-attributes`", ""),
    shape(&["Attributes.Policy"], &[], "attributes of a queue or topic", ""),
    shape(&["ResourcePolicy", "ARN"], &[], "output of `aws secretsmanager get-resource-policy`", ""),
    shape(
        &["ARN", "Name"],
        &["Policy", "ResourcePolicy"],
        "output of `aws secretsmanager`",
        "it has no policy: run `aws secretsmanager get-resource-policy`; a secret need not have one",
    ),
    shape(&["policyText", "repositoryName"], &[], "output of `aws ecr get-repository-policy`", ""),
    shape(&["resourcePolicies"], &[], "output of `aws logs describe-resource-policies`", ""),
    shape(&["FileSystemId", "Policy"], &[], "output of `aws efs describe-file-system-policy`", ""),
    shape(&["PolicyInJson"], &[], "output of `aws glue get-resource-policy`", ""),
    shape(&["BackupVaultName", "Policy"], &[], "output of `aws backup get-backup-vault-access-policy`", ""),
    shape(&["VpcEndpoints"], &[], "output of `aws ec2 describe-vpc-endpoints`", ""),
    shape(&["InlinePolicy"], &[], "output of `aws sso-admin get-inline-policy-for-permission-set`", ""),
    shape(&["policyArn", "policyDocument"], &[], "output of `aws iot get-policy`", ""),
    shape(&["Policy", "PolicyName"], &["Policy.Arn"], "output of `aws kms get-key-policy`", ""),
    shape(&["Policy", "RevisionId"], &[], "output of `aws lambda get-policy`", ""),
    shape(
        &["KeyMetadata"],
        &[],
        "output of `aws kms describe-key`",
        "the policy is not in it: run `aws kms get-key-policy --key-id …`",
    ),
    shape(
        &["Buckets"],
        &[],
        "output of `aws s3api list-buckets`",
        "policies are not in it: run `aws s3api get-bucket-policy --bucket …` for each",
    ),
    shape(&["policy", "Name"], &[], "output of `aws events describe-event-bus`", ""),
    shape(&["AWSTemplateFormatVersion"], &[], "a template of CloudFormation", ""),
    shape(&["Resources", "Transform"], &[], "a template of CloudFormation", ""),
    shape(&["TemplateBody"], &[], "output of `aws cloudformation get-template`", ""),
    shape(
        &["format_version", "planned_values"],
        &[],
        "a plan of Terraform, as `terraform show -json` prints it",
        "",
    ),
    shape(
        &["format_version", "values"],
        &[],
        "a state of Terraform, as `terraform show -json` prints it",
        "",
    ),
    shape(&["terraform_version", "lineage"], &[], "a state file of Terraform", ""),
    shape(&["configurationItems"], &[], "configuration items of AWS Config", ""),
    shape(&["baseConfigurationItems"], &[], "configuration items of AWS Config", ""),
    shape(&["resourceType", "configuration"], &[], "a configuration item of AWS Config", ""),
    shape(&["configurationItem"], &[], "a configuration item of AWS Config", ""),
    shape(
        &["Policy"],
        &["Policy.Arn"],
        "a policy of a resource, as `aws s3api get-bucket-policy` and others print it",
        "",
    ),
];

/// The kind of a policy, or how it is found out.
#[derive(Clone, Copy, Debug)]
pub(crate) enum As {
    Kind(Kind),
    /// By its statements.
    Inferred,
    /// By the type of the policy beside it: service control policy, resource control policy, or one of management.
    Organizations,
    /// Managed by the customer, or by AWS, as its ARN says.
    Managed,
    /// No policy of IAM.
    NotIam,
}

/// A member that holds a policy.
#[derive(Debug)]
pub(crate) struct Holder {
    /// The names of the last members of the path, the innermost one last. Lists between them do not count.
    pub(crate) path: &'static [&'static str],
    /// The beginning of the type of the resource of a template or plan; empty if it is any, or none.
    pub(crate) of: &'static str,
    pub(crate) kind: As,
    /// The name of the policy. Names in braces are members of the objects around it; a row applies only if they are there.
    pub(crate) name: &'static str,
}

const fn holder(path: &'static [&'static str], of: &'static str, kind: As, name: &'static str) -> Holder {
    Holder { path, of, kind, name }
}

const IDENTITY: As = As::Kind(Kind::Identity);
const RESOURCE: As = As::Kind(Kind::Resource);
const TRUST: As = As::Kind(Kind::Trust);
const KMS: As = As::Kind(Kind::Kms);
const SESSION: As = As::Kind(Kind::Session);
const ENDPOINT: As = As::Kind(Kind::VpcEndpoint);

/// The holders, the more special ones first.
pub(crate) const HOLDERS: &[Holder] = &[
    // CloudFormation.
    holder(&["AssumeRolePolicyDocument"], "AWS::", TRUST, "trust policy"),
    holder(&["Policies", "PolicyDocument"], "AWS::IAM::", IDENTITY, "inline policy {PolicyName}"),
    holder(&["PolicyDocument"], "AWS::IAM::ManagedPolicy", As::Kind(Kind::Managed), ""),
    holder(&["PolicyDocument"], "AWS::IAM::", IDENTITY, ""),
    holder(&["PolicyDocument"], "AWS::EC2::VPCEndpoint", ENDPOINT, ""),
    holder(&["PolicyDocument"], "AWS::IoT::", As::NotIam, "a policy of IoT, which has actions of its own"),
    holder(
        &["PolicyDocument"],
        "AWS::Logs::AccountPolicy",
        As::NotIam,
        "an account policy of CloudWatch Logs",
    ),
    holder(
        &["StreamSpecification", "ResourcePolicy", "PolicyDocument"],
        "AWS::",
        RESOURCE,
        "resource policy of the stream",
    ),
    holder(&["ResourcePolicy", "PolicyDocument"], "AWS::", RESOURCE, "resource policy"),
    holder(&["PolicyDocument"], "AWS::", RESOURCE, ""),
    holder(&["ResourcePolicyDocument"], "AWS::", RESOURCE, "resource policy"),
    holder(&["DestinationPolicy"], "AWS::Logs::", RESOURCE, "destination policy"),
    holder(&["PermissionsPolicyDocument"], "AWS::CodeArtifact::", RESOURCE, "permissions policy"),
    holder(&["NamespaceResourcePolicy"], "AWS::", RESOURCE, "resource policy"),
    holder(&["ModelPackageGroupPolicy"], "AWS::SageMaker::", RESOURCE, ""),
    holder(&["ModelPolicy"], "AWS::Comprehend::", RESOURCE, "model policy"),
    holder(&["Statement"], "AWS::Events::EventBusPolicy", RESOURCE, "statement"),
    holder(&["KeyPolicy"], "AWS::KMS::", KMS, ""),
    holder(&["ResourcePolicy"], "AWS::", RESOURCE, "resource policy"),
    holder(&["RepositoryPolicyText"], "AWS::ECR::", RESOURCE, "repository policy"),
    holder(&["RepositoryPolicy"], "AWS::ECR::", RESOURCE, "repository policy"),
    holder(&["RegistryPolicyText"], "AWS::ECR::", RESOURCE, "registry policy"),
    holder(&["PolicyText"], "AWS::ECR::", RESOURCE, "registry policy"),
    holder(&["FileSystemPolicy"], "AWS::EFS::", RESOURCE, "file system policy"),
    holder(&["AccessPolicy"], "AWS::Backup::", RESOURCE, "vault policy"),
    holder(&["AccessPolicies"], "AWS::", RESOURCE, "access policy"),
    holder(&["InlinePolicy"], "AWS::SSO::", IDENTITY, "inline policy"),
    holder(&["SessionPolicy"], "AWS::RolesAnywhere::", SESSION, "session policy"),
    holder(&["Policy"], "AWS::Transfer::", SESSION, "session policy"),
    holder(&["Content"], "AWS::Organizations::ResourcePolicy", RESOURCE, ""),
    holder(&["Content"], "AWS::Organizations::Policy", As::Organizations, ""),
    holder(&["CustomStatements"], "AWS::Serverless::", RESOURCE, "statements of the resource policy"),
    holder(&["Policies"], "AWS::Serverless::", IDENTITY, "policy"),
    holder(&["Policy"], "AWS::IAM::", IDENTITY, ""),
    holder(&["Policy"], "AWS::", RESOURCE, ""),
    // Terraform.
    holder(&["assume_role_policy"], "aws_", TRUST, "trust policy"),
    holder(&["inline_policy", "policy"], "aws_iam_role", IDENTITY, "inline policy {name}"),
    holder(&["policy"], "aws_iam_policy", As::Kind(Kind::Managed), ""),
    holder(&["policy"], "aws_iam_", IDENTITY, ""),
    holder(&["policy"], "aws_kms_", KMS, ""),
    holder(&["policy"], "aws_vpc_endpoint", ENDPOINT, ""),
    holder(&["policy"], "aws_iot_", As::NotIam, "a policy of IoT, which has actions of its own"),
    holder(&["policy"], "aws_ecr_lifecycle_policy", As::NotIam, "a lifecycle policy"),
    holder(&["policy"], "aws_transfer_", SESSION, "session policy"),
    holder(&["session_policy"], "aws_rolesanywhere_", SESSION, "session policy"),
    holder(
        &["policy_document"],
        "aws_cloudwatch_log_data_protection_policy",
        As::NotIam,
        "a data protection policy",
    ),
    holder(
        &["policy_document"],
        "aws_cloudwatch_log_account_policy",
        As::NotIam,
        "an account policy of CloudWatch Logs",
    ),
    holder(&["content"], "aws_organizations_resource_policy", RESOURCE, ""),
    holder(&["content"], "aws_organizations_policy", As::Organizations, ""),
    holder(&["inline_policy"], "aws_ssoadmin_", IDENTITY, "inline policy"),
    holder(&["access_policies"], "aws_", RESOURCE, "access policy"),
    holder(&["resource_policy"], "aws_", RESOURCE, "resource policy"),
    holder(&["resource_policy_document"], "aws_", RESOURCE, "resource policy"),
    holder(&["policy_document"], "aws_", RESOURCE, ""),
    holder(&["access_policy"], "aws_", RESOURCE, "access policy"),
    holder(&["policy"], "aws_", RESOURCE, ""),
    // Outputs of IAM.
    holder(&["AssumeRolePolicyDocument"], "", TRUST, "trust policy of role {RoleName}"),
    holder(&["AssumeRolePolicyDocument"], "", TRUST, "trust policy"),
    holder(
        &["RolePolicyList", "PolicyDocument"],
        "",
        IDENTITY,
        "inline policy {PolicyName} of role {RoleName}",
    ),
    holder(
        &["UserPolicyList", "PolicyDocument"],
        "",
        IDENTITY,
        "inline policy {PolicyName} of user {UserName}",
    ),
    holder(
        &["GroupPolicyList", "PolicyDocument"],
        "",
        IDENTITY,
        "inline policy {PolicyName} of group {GroupName}",
    ),
    holder(&["VpcEndpoints", "PolicyDocument"], "", ENDPOINT, "policy of endpoint {VpcEndpointId}"),
    holder(&["PolicyDocument"], "", IDENTITY, "inline policy {PolicyName} of role {RoleName}"),
    holder(&["PolicyDocument"], "", IDENTITY, "inline policy {PolicyName} of user {UserName}"),
    holder(&["PolicyDocument"], "", IDENTITY, "inline policy {PolicyName} of group {GroupName}"),
    holder(
        &["policyDocument"],
        "",
        As::NotIam,
        "the policy {policyArn} of IoT, which has actions of its own",
    ),
    holder(&["resourcePolicies", "policyDocument"], "", RESOURCE, "resource policy {policyName}"),
    holder(&["PolicyDocument"], "", As::Inferred, "policy {PolicyName}"),
    holder(&["PolicyDocument"], "", As::Inferred, "policy"),
    holder(
        &["PolicyVersionList", "Document"],
        "",
        As::Managed,
        "managed policy {PolicyName}, version {VersionId}",
    ),
    holder(&["PolicyVersion", "Document"], "", As::Managed, "managed policy, version {VersionId}"),
    holder(&["PolicyVersion", "Document"], "", As::Managed, "managed policy"),
    holder(&["Document"], "", As::Managed, "managed policy, version {VersionId}"),
    // Outputs of others.
    holder(&["Content"], "", As::Organizations, "policy {PolicySummary.Name} of the organization"),
    holder(&["Content"], "", As::Organizations, "policy of the organization"),
    holder(&["PolicyContent"], "", As::NotIam, "an effective policy of management"),
    holder(&["generatedPolicies", "policy"], "", IDENTITY, "generated policy"),
    holder(&["Attributes", "Policy"], "", RESOURCE, "policy of {QueueArn}"),
    holder(&["Attributes", "Policy"], "", RESOURCE, "policy of {TopicArn}"),
    holder(&["ResourcePolicy"], "", RESOURCE, "policy of secret {Name}"),
    holder(&["policyText"], "", RESOURCE, "policy of repository {repositoryName}"),
    holder(&["policyText"], "", RESOURCE, "policy"),
    holder(&["BucketPolicy"], "", RESOURCE, "bucket policy"),
    holder(&["InlinePolicy"], "", IDENTITY, "inline policy"),
    holder(&["PolicyInJson"], "", RESOURCE, "resource policy"),
    holder(&["Policy"], "", RESOURCE, "policy of file system {FileSystemId}"),
    holder(&["Policy"], "", RESOURCE, "policy of vault {BackupVaultName}"),
    holder(&["Policy"], "", RESOURCE, "policy of function or table, revision {RevisionId}"),
    holder(&["Policy"], "", As::Inferred, "policy {PolicyName}"),
    holder(&["Policy"], "", As::Inferred, "policy"),
];
