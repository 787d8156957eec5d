//! Short tables of facts, each with its source.

mod names;

pub(crate) use names::OTHER_NAMES;

/// The partitions with their Regions.
///
/// From botocore's `partitions.json`, as of 2026-10. AWS adds Regions from time to time.
pub(crate) const PARTITIONS: [(&str, &[&str]); 8] = [
    (
        "aws",
        &[
            "af-south-1",
            "ap-east-1",
            "ap-east-2",
            "ap-northeast-1",
            "ap-northeast-2",
            "ap-northeast-3",
            "ap-south-1",
            "ap-south-2",
            "ap-southeast-1",
            "ap-southeast-2",
            "ap-southeast-3",
            "ap-southeast-4",
            "ap-southeast-5",
            "ap-southeast-6",
            "ap-southeast-7",
            "ca-central-1",
            "ca-west-1",
            "eu-central-1",
            "eu-central-2",
            "eu-north-1",
            "eu-south-1",
            "eu-south-2",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "il-central-1",
            "me-central-1",
            "me-south-1",
            "mx-central-1",
            "sa-east-1",
            "us-east-1",
            "us-east-2",
            "us-west-1",
            "us-west-2",
        ],
    ),
    ("aws-cn", &["cn-north-1", "cn-northwest-1"]),
    ("aws-us-gov", &["us-gov-east-1", "us-gov-west-1"]),
    ("aws-eusc", &["eusc-de-east-1"]),
    ("aws-iso", &["us-iso-east-1", "us-iso-west-1"]),
    ("aws-iso-b", &["us-isob-east-1", "us-isob-west-1"]),
    ("aws-iso-e", &["eu-isoe-west-1"]),
    ("aws-iso-f", &["us-isof-east-1", "us-isof-south-1"]),
];

/// Whether a Region exists in a partition. In an unknown partition, or in one with wildcards, any partition's Regions count.
pub(crate) fn is_region(partition: &str, region: &str) -> bool {
    let is_known = PARTITIONS.iter().any(|(name, _)| *name == partition);
    let mut own = PARTITIONS.iter().filter(|(name, _)| !is_known || *name == partition);
    own.any(|(_, regions)| regions.contains(&region))
}

/// Every Region.
pub(crate) fn regions() -> impl Iterator<Item = &'static str> {
    PARTITIONS.iter().flat_map(|(_, regions)| regions.iter().copied())
}

/// Keys that hold identifiers which AWS makes. From IAM User Guide, `reference_policies_condition-keys`, "Sensitive condition keys",
/// as of 2026-09.
pub(crate) const SENSITIVE: [&str; 10] = [
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:SourceAccount",
    "aws:SourceOrgID",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:VpceAccount",
    "aws:VpceOrgID",
];

/// Keys that hold paths which begin with the identifier of an organization.
pub(crate) const ORG_PATHS: [&str; 4] =
    ["aws:PrincipalOrgPaths", "aws:ResourceOrgPaths", "aws:SourceOrgPaths", "aws:VpceOrgPaths"];

/// Keys that the caller writes (IAM User Guide, `reference_policies_condition-keys`, aws:referer and aws:UserAgent).
pub(crate) const WRITTEN_BY_CALLERS: [&str; 2] = ["aws:referer", "aws:UserAgent"];

/// Keys that say on whose behalf a service calls (IAM User Guide, `confused-deputy`).
pub(crate) const SOURCES: [&str; 4] =
    ["aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID", "aws:SourceOrgPaths"];

/// Older keys with the same purpose.
pub(crate) const OLD_SOURCES: [&str; 2] = ["aws:referer", "aws:SourceOwner"];

/// Properties of the principal that service principals do not have (IAM User Guide, `reference_policies_condition-keys`).
pub(crate) const OF_PRINCIPALS: [&str; 7] = [
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalTag/",
    "aws:userid",
    "aws:username",
    "aws:PrincipalAccount",
];

/// Keys that belong together, from the notes on the first of each (IAM User Guide, `reference_policies_condition-keys`).
pub(crate) const PAIRS: [(&str, &[&str]); 2] = [
    ("aws:VpcSourceIp", &["aws:SourceVpc", "aws:SourceVpce", "aws:SourceVpcArn"]),
    ("aws:Ec2InstanceSourcePrivateIPv4", &["aws:Ec2InstanceSourceVpc"]),
];

/// Keys that only requests for one action have, with that action. From IAM User Guide, `reference_policies_iam-condition-keys`, and
/// `id_session-tags`: an AssumeRole call with tags or a source identity also needs the second permission.
pub(crate) const SET_BY: [(&str, &str, &str); 6] = [
    ("iam:PassedToService", "iam:PassRole", ""),
    ("iam:AssociatedResourceArn", "iam:PassRole", ""),
    ("sts:SourceIdentity", "sts:SetSourceIdentity", "sts:AssumeRole"),
    ("sts:TransitiveTagKeys", "sts:TagSession", "sts:AssumeRole"),
    ("aws:RequestTag/", "sts:TagSession", "sts:AssumeRole"),
    ("aws:TagKeys", "sts:TagSession", "sts:AssumeRole"),
];

/// Keys that are true or false, with the key that has names of services in its place (IAM User Guide, `reference_policies_condition-keys`).
pub(crate) const OF_SERVICES: [(&str, &str); 2] =
    [("aws:ViaAWSService", "aws:CalledVia"), ("aws:PrincipalIsAWSService", "aws:PrincipalServiceName")];

/// Services that set aws:VpceAccount and aws:VpceOrgPaths. From IAM User Guide, `reference_policies_condition-keys`, as of 2026-09.
const WITH_ENDPOINT_OWNER: [&str; 39] = [
    "acm-pca",
    "applicationinsights",
    "apprunner",
    "athena",
    "cloudformation",
    "comprehendmedical",
    "compute-optimizer",
    "datasync",
    "discovery",
    "dynamodb",
    "ebs",
    "ecr",
    "ecs",
    "firehose",
    "gamelift",
    "healthlake",
    "iam",
    "iotfleetwise",
    "iotwireless",
    "kinesisanalytics",
    "kms",
    "lambda",
    "medical-imaging",
    "omics",
    "payment-cryptography",
    "polly",
    "rbin",
    "rekognition",
    "route53",
    "s3",
    "scheduler",
    "servicediscovery",
    "servicequotas",
    "shield",
    "ssm-contacts",
    "storagegateway",
    "textract",
    "transcribe",
    "transfer",
];

/// Further services that set aws:VpceOrgID. Same source.
const WITH_ENDPOINT_ORG: [&str; 13] = [
    "b2bi",
    "cassandra",
    "cognito-identity",
    "dms",
    "ds-data",
    "identitystore",
    "iottwinmaker",
    "network-firewall",
    "pricing",
    "ses",
    "sms-voice",
    "sqs",
    "workmail",
];

/// Keys that only some services set.
pub(crate) const OF_SOME_SERVICES: [&str; 3] = ["aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths"];

/// Whether a service sets one of the keys of [`OF_SOME_SERVICES`]. All set it but for iam:PassRole.
pub(crate) fn sets(key: &str, service: &str) -> bool {
    let is_one_of = |list: &[&str]| list.iter().any(|own| own.eq_ignore_ascii_case(service));
    is_one_of(&WITH_ENDPOINT_OWNER)
        || (key.eq_ignore_ascii_case("aws:VpceOrgID") && is_one_of(&WITH_ENDPOINT_ORG))
}

/// Keys whose values are names of service principals.
pub(crate) const NAMES_OF_SERVICES: [&str; 7] = [
    "aws:CalledVia",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "iam:AWSServiceName",
    "iam:PassedToService",
];

/// Keys whose values are ARNs of KMS keys (Amazon S3 User Guide, `UsingKMSEncryption`).
pub(crate) const KMS_KEYS: [&str; 1] = ["s3:x-amz-server-side-encryption-aws-kms-key-id"];

/// Condition keys that AWS's own managed policies test and that neither the list of global keys nor the tables of the services have, with one
/// such policy.
pub(crate) const OF_MANAGED_POLICIES: [(&str, &str); 2] = [
    ("aws:PrincipalOrgMasterAccountId", "AWSSSOServiceRolePolicy"),
    ("lakeformation:GlueARN", "AmazonDataZoneGlueManageAccessRolePolicy"),
];

/// Global keys that the list of global keys does not have yet, with their source.
pub(crate) const OF_SESSIONS: [(&str, &str); 1] = [(
    "aws:SignInSessionArn",
    "AWS Sign-In User Guide; `userIdentity.sessionContext.signInSessionArn` of AWS CloudTrail",
)];

/// Keys of actions that the tables of the services do not have, with their source.
pub(crate) const FURTHER_KEYS: [(&str, &str, &str); 1] =
    [("aws-marketplace:Subscribe", "aws-marketplace:ProductId", "Amazon Bedrock User Guide, `model-access`")];

/// Permissions that are decided on the request of another action, and so have its keys (IAM User Guide, `id_session-tags` and
/// `id_credentials_temp_control-access_monitor`).
pub(crate) const DECIDED_WITH: [(&str, &[&str]); 2] = [
    (
        "sts:TagSession",
        &[
            "sts:AssumeRole",
            "sts:AssumeRoleWithSAML",
            "sts:AssumeRoleWithWebIdentity",
            "sts:GetFederationToken",
        ],
    ),
    ("sts:SetSourceIdentity", &["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"]),
];

/// Keys that every request for an action has. From the pages of the actions in the services' API references: the parameter is required.
pub(crate) const ALWAYS_THERE: [(&str, &str); 4] = [
    ("route53:ChangeResourceRecordSets", "route53:ChangeResourceRecordSetsActions"),
    ("route53:ChangeResourceRecordSets", "route53:ChangeResourceRecordSetsNormalizedRecordNames"),
    ("route53:ChangeResourceRecordSets", "route53:ChangeResourceRecordSetsRecordTypes"),
    ("kms:CreateGrant", "kms:GrantOperations"),
];

/// Keys that the tables call multivalued and that have one value in a request, as AWS's own policies and pages compare them, with one of them.
pub(crate) const OF_ONE_VALUE: [(&str, &str); 1] =
    [("events:detail-type", "SageMakerStudioProjectProvisioningRolePolicy")];

/// Services whose resources have policies of their own: those with an action that writes one, and from IAM User Guide,
/// `reference_aws-services-that-work-with-iam`, as of 2026-09, those whose policies are set by another action. Roles of IAM have trust policies, which
/// are another kind.
pub(crate) const WITH_RESOURCE_POLICIES: [&str; 99] = [
    "acm-pca",
    "agent-registry",
    "aiops",
    "apigateway",
    "appmesh",
    "appmesh-preview",
    "appsync",
    "aps",
    "arc-region-switch",
    "aws-marketplace",
    "backup",
    "bedrock",
    "bedrock-agentcore",
    "billing",
    "cassandra",
    "cleanrooms-ml",
    "cloudfront",
    "cloudhsm",
    "cloudsearch",
    "cloudtrail",
    "codeartifact",
    "codebuild",
    "codeguru-profiler",
    "comprehend",
    "continuum",
    "datazone",
    "dsql",
    "dynamodb",
    "ec2",
    "ecr",
    "ecr-public",
    "elasticfilesystem",
    "elemental-inference",
    "entityresolution",
    "es",
    "events",
    "execute-api",
    "fsx",
    "glacier",
    "glue",
    "imagebuilder",
    "kafka",
    "kinesis",
    "kms",
    "lambda",
    "lex",
    "logs",
    "lookoutequipment",
    "mediapackagev2",
    "mediastore",
    "mediatailor",
    "mpa",
    "network-firewall",
    "networkmanager",
    "oam",
    "odb",
    "omics",
    "organizations",
    "osis",
    "payment-cryptography",
    "qbusiness",
    "redshift",
    "redshift-serverless",
    "refactor-spaces",
    "rekognition",
    "resource-explorer-2",
    "resource-groups",
    "route53-recovery-control-config",
    "route53profiles",
    "route53resolver",
    "rum",
    "s3",
    "s3-object-lambda",
    "s3-outposts",
    "s3express",
    "s3files",
    "s3tables",
    "s3vectors",
    "sagemaker",
    "schemas",
    "secretsmanager",
    "serverlessrepo",
    "servicecatalog",
    "servicediscovery",
    "ses",
    "signer",
    "signin",
    "sms-voice",
    "sns",
    "sqs",
    "ssm",
    "ssm-contacts",
    "ssm-incidents",
    "ssm-sap",
    "vpc-lattice",
    "waf",
    "waf-regional",
    "wafv2",
    "xray",
];

/// Whether requests have values of the key in which a star stands for itself, as in this one.
///
/// lambda:Principal is the principal of the permission that is added, which is `*` for everyone (AWS Lambda API Reference, `AddPermission`).
/// acm:DomainNames are the names of a certificate, which may begin with `*.` (AWS Certificate Manager User Guide, `acm-conditions`).
pub(crate) fn is_literal_star(key: &str, value: &str) -> bool {
    (key.eq_ignore_ascii_case("lambda:Principal") && value == "*")
        || (key.eq_ignore_ascii_case("acm:DomainNames")
            && value.strip_prefix("*.").is_some_and(|name| !name.contains(['*', '?'])))
}

/// Families of tag keys of services, without the tag.
pub(crate) const TAGS: [&str; 9] = [
    "aws:PrincipalTag",
    "aws:RequestTag",
    "aws:ResourceTag",
    "ec2:ResourceTag",
    "iam:ResourceTag",
    "rds:req-tag",
    "s3:ExistingObjectTag",
    "s3:RequestObjectTag",
    "secretsmanager:ResourceTag",
];

/// Prefixes of condition keys of identity providers without a domain in their names.
pub(crate) const PROVIDERS: [&str; 2] = ["saml", "ldap"];

/// Prefixes of services that AWS has retired and whose tables it has taken back. Old policies still have them.
pub(crate) const RETIRED: [&str; 15] = [
    "alexaforbusiness",
    "awsbillingconsole",
    "codestar",
    "deepcomposer",
    "deeplens",
    "deepracer",
    "elastic-inference",
    "evidently",
    "gamesparks",
    "iot1click",
    "iotevents",
    "iotroborunner",
    "macie",
    "mobilehub",
    "sumerian",
];

/// Prefixes of services that AWS has renamed, with the new ones. Amazon WorkDocs was Amazon Zocalo until 2015.
pub(crate) const RENAMED: [(&str, &str); 1] = [("zocalo", "workdocs")];

/// Types of resources by what their identifiers begin with: the service, the beginning, and the type in the ARN. From Amazon EC2 User Guide,
/// `resource-ids`, and Amazon EFS User Guide.
pub(crate) const IDENTIFIERS: [(&str, &str, &str); 19] = [
    ("ec2", "acl", "network-acl"),
    ("ec2", "ami", "image"),
    ("ec2", "eipalloc", "elastic-ip"),
    ("ec2", "eni", "network-interface"),
    ("ec2", "i", "instance"),
    ("ec2", "igw", "internet-gateway"),
    ("ec2", "lt", "launch-template"),
    ("ec2", "nat", "natgateway"),
    ("ec2", "pcx", "vpc-peering-connection"),
    ("ec2", "rtb", "route-table"),
    ("ec2", "sg", "security-group"),
    ("ec2", "snap", "snapshot"),
    ("ec2", "subnet", "subnet"),
    ("ec2", "tgw", "transit-gateway"),
    ("ec2", "vol", "volume"),
    ("ec2", "vpc", "vpc"),
    ("ec2", "vpce", "vpc-endpoint"),
    ("elasticfilesystem", "fs", "file-system"),
    ("elasticfilesystem", "fsap", "access-point"),
];

/// Forms of ARNs in which a name has no slash, of services that have other forms with more slashes. From Amazon S3 User Guide,
/// `bucketnamingrules`, Amazon DynamoDB Developer Guide, `HowItWorks.NamingRulesDataTypes`, and Amazon Kinesis API Reference, `CreateStream`.
pub(crate) const WITHOUT_SLASHES: [&str; 3] = [
    "arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}",
    "arn:${Partition}:kinesis:${Region}:${Account}:stream/${StreamName}",
    "arn:${Partition}:s3:::${BucketName}",
];

/// Variables that services replace before IAM reads the policy, or in policies of their own. A name that ends with `.` or `:` stands for all that
/// begin with it. From AWS Transfer Family User Guide, `users-policies-session`, AWS IoT Core Developer Guide, `iot-policy-variables` and
/// `authorizing-direct-aws`.
pub(crate) const OF_OTHER_POLICIES: [&str; 8] = [
    "credentials-iot:AwsCertificateId",
    "credentials-iot:ThingName",
    "credentials-iot:ThingTypeName",
    "iot:",
    "transfer:HomeBucket",
    "transfer:HomeDirectory",
    "transfer:HomeFolder",
    "transfer:UserName",
];

/// Whether a service replaces a variable of this name.
pub(crate) fn is_of_other_policies(name: &str) -> bool {
    OF_OTHER_POLICIES.iter().any(|own| {
        let head = if own.ends_with(':') { name.get(..own.len()) } else { Some(name) };
        head.is_some_and(|head| head.eq_ignore_ascii_case(own))
    })
}

/// The longest policy that a service stores with a resource, in bytes. From the quota page of each service, as of 2026-09: Amazon S3
/// (bucket policies), Amazon SNS, AWS Secrets Manager, AWS Lambda, Amazon ECR, AWS Backup, Amazon EFS, Amazon EventBridge.
pub(crate) const QUOTAS: [(&str, usize); 8] = [
    ("backup", 20_480),
    ("ecr", 10_240),
    ("elasticfilesystem", 20_000),
    ("events", 10_240),
    ("lambda", 20_480),
    ("s3", 20_480),
    ("secretsmanager", 20_480),
    ("sns", 30_720),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Whether an action writes a policy, or a statement of one, by its name.
    fn writes_policy(action: &str) -> bool {
        let begins = |words: &[&str]| words.iter().any(|word| action.starts_with(word));
        let ends = |words: &[&str]| words.iter().any(|word| action.ends_with(word));
        (begins(&["Put", "Set", "Add"])
            && ends(&["Policy", "PolicyStatement", "Permission", "PermissionStatement"]))
            || (begins(&["Create", "Update"]) && ends(&["ResourcePolicy", "ResourcePolicyStatement"]))
    }

    #[test]
    fn services_whose_actions_write_policies_of_resources_are_all_there() {
        // What these call a policy or a permission is none of a resource in the language of IAM.
        const OTHER_POLICIES: [&str; 11] = [
            "application-autoscaling",
            "autoscaling",
            "cloudformation",
            "elasticmapreduce",
            "fms",
            "gamelift",
            "iam",
            "mediaconvert",
            "opsworks",
            "sso",
            "workmail",
        ];
        // Their policies are set with other settings, or by an action of another service.
        const OTHER_ACTIONS: [&str; 5] =
            ["cassandra", "cloudsearch", "es", "execute-api", "s3-object-lambda"];
        let sections = iam_catalog::Sections::embedded().expect("read");
        let writing: BTreeSet<&str> = sections
            .services()
            .filter(|service| sections.action_names(service).iter().any(|action| writes_policy(action)))
            .collect();
        let expected: BTreeSet<&str> = writing
            .iter()
            .copied()
            .filter(|own| !OTHER_POLICIES.contains(own))
            .chain(OTHER_ACTIONS)
            .collect();
        assert_eq!(BTreeSet::from(WITH_RESOURCE_POLICIES), expected);
        assert!(OTHER_POLICIES.iter().all(|own| writing.contains(own)));
        assert!(!OTHER_ACTIONS.iter().any(|own| writing.contains(own)));
        assert!(WITH_RESOURCE_POLICIES.is_sorted());
    }

    #[test]
    fn lists_are_sound() {
        assert!(is_region("aws", "eu-west-1") && is_region("*", "cn-north-1"));
        assert!(!is_region("aws", "cn-north-1") && !is_region("aws", "eu-wets-1"));
        let sections = iam_catalog::Sections::embedded().expect("read");
        for (name, service) in OTHER_NAMES {
            assert!(!sections.has_service(name) && sections.has_service(service), "{name} {service}");
        }
        for form in WITHOUT_SLASHES {
            let service = form.split(':').nth(2).unwrap_or_default();
            let mut forms = sections.resource_types(service).flat_map(|own| own.arns().collect::<Vec<_>>());
            assert!(forms.any(|own| own == form), "{form}");
        }
        for (service, _, type_) in IDENTIFIERS {
            let mut forms = sections.resource_types(service).flat_map(|own| own.arns().collect::<Vec<_>>());
            assert!(forms.any(|form| form.contains(&format!(":{type_}/"))), "{service} {type_}");
        }
        for key in SENSITIVE.iter().chain(&ORG_PATHS).chain(&OF_SOME_SERVICES).chain(&SOURCES) {
            assert!(sections.global_key(key).is_some(), "{key}");
        }
        for service in RETIRED {
            assert!(!sections.has_service(service), "{service} has a table");
        }
        for (old, new) in RENAMED {
            assert!(!sections.has_service(old) && sections.has_service(new), "{old} {new}");
        }
        for (key, _) in OF_MANAGED_POLICIES {
            assert!(sections.condition_key(key).is_none(), "{key} is in the tables");
        }
        for service in WITH_ENDPOINT_OWNER.iter().chain(&WITH_ENDPOINT_ORG).chain(&WITH_RESOURCE_POLICIES) {
            assert!(sections.has_service(service), "{service}");
        }
        assert!(
            sets("aws:vpceorgid", "sqs") && !sets("aws:VpceAccount", "sqs") && !sets("aws:VpceOrgID", "ec2")
        );
    }
}
