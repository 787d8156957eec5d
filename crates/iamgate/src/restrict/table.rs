//! What AWS documents about each kind: what belongs to it, what its policy can name, and how to fetch that policy.
//!
//! What belongs to a resource are the forms of ARN that the Service Authorization Reference lists for the actions on it. The other columns
//! are from the pages in `source`.

use super::words::RestrictedKind as Kind;

/// The actions that a policy of a kind can name.
#[derive(Clone, Copy, Debug)]
pub(super) enum Names {
    /// All of the service, by a wildcard.
    All,
    /// The service accepts these and refuses others.
    Listed(&'static [&'static str]),
    /// Actions by their whole names, without wildcards: those of the catalogue.
    Whole,
}

/// The `Resource` element of a policy of a kind.
#[derive(Clone, Copy, Debug)]
pub(super) enum Element {
    /// It names the resource and what belongs to it.
    Own,
    /// It is `*`, which stands for the resource that has the policy.
    Any,
    /// There is no such element.
    Absent,
}

/// The facts about a kind. Texts have `{arn}`, `{name}`, `{part}`, `{head}` (the ARN up to its account), `{region}` and `{account}` filled in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// The prefixes of the actions on it. The policy can name those of the first.
    pub(super) services: &'static [&'static str],
    pub(super) names: Names,
    pub(super) element: Element,
    /// Whether requests name the ARN of the resource itself.
    pub(super) itself: bool,
    /// Patterns of the other ARNs that belong to it.
    pub(super) inside: &'static [&'static str],
    /// Why the existing policy has to be given. `None` if a resource without a policy is one that a lone Deny changes for nobody else.
    pub(super) needs: Option<&'static str>,
    /// The command that prints the policy.
    pub(super) fetch: &'static str,
    /// What has a policy of its own or none, and is not kept by this one.
    pub(super) beside: &'static [&'static str],
    /// The AWS page.
    pub(super) source: &'static str,
}

const PLAIN: Row = Row {
    services: &[],
    names: Names::All,
    element: Element::Own,
    itself: true,
    inside: &[],
    needs: None,
    fetch: "",
    beside: &[],
    source: "",
};

/// SNS refuses `sns:*` and any action besides these.
const OF_TOPICS: &[&str] = &[
    "sns:AddPermission",
    "sns:DeleteTopic",
    "sns:GetDataProtectionPolicy",
    "sns:GetTopicAttributes",
    "sns:ListSubscriptionsByTopic",
    "sns:ListTagsForResource",
    "sns:Publish",
    "sns:PutDataProtectionPolicy",
    "sns:RemovePermission",
    "sns:SetTopicAttributes",
    "sns:Subscribe",
];

const OF_DATA_STREAMS: &[&str] = &[
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
    "kinesis:PutRecord",
    "kinesis:PutRecords",
];

const S3: &[&str] = &["s3"];
const DYNAMODB: &[&str] = &["dynamodb"];

impl Kind {
    /// The facts about a kind.
    pub(super) const fn row(self) -> Row {
        match self {
            Self::Bucket => Row {
                services: S3,
                inside: &["{arn}/*"],
                fetch: "aws s3api get-bucket-policy --bucket {name} --query Policy --output text",
                beside: &[
                    "S3 judges a request through an access point by the bucket's policy as well, under the bucket's own ARN",
                ],
                source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html",
                ..PLAIN
            },
            Self::Object => Row { services: S3, ..PLAIN },
            Self::AccessPoint => Row {
                services: S3,
                inside: &["{arn}/object/*"],
                fetch: "aws s3control get-access-point-policy --account-id {account} --name {name} --query Policy --output text",
                beside: &["the bucket behind the access point has its own policy, and further ways to it"],
                source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html",
                ..PLAIN
            },
            Self::ObjectLambda => Row {
                services: &["s3-object-lambda", "s3"],
                inside: &["{arn}/object/*"],
                fetch: "aws s3control get-access-point-policy-for-object-lambda --account-id {account} --name {name} --query Policy --output text",
                beside: &["the access point and the bucket behind it have their own policies"],
                source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/olap-policies.html",
                ..PLAIN
            },
            Self::DirectoryBucket => Row {
                services: &["s3express"],
                fetch: "aws s3api get-bucket-policy --bucket {name} --query Policy --output text",
                source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-security-iam-example-bucket-policies.html",
                ..PLAIN
            },
            Self::DirectoryAccessPoint => Row {
                services: &["s3express"],
                fetch: "aws s3control get-access-point-policy --account-id {account} --name {name} --query Policy --output text",
                beside: &["the bucket behind the access point has its own policy, and further ways to it"],
                source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-directory-buckets-policies.html",
                ..PLAIN
            },
            Self::OutpostsBucket => Row {
                services: &["s3-outposts"],
                inside: &["{arn}/object/*"],
                fetch: "aws s3control get-bucket-policy --account-id {account} --bucket {arn} --query Policy --output text",
                source: "https://docs.aws.amazon.com/AmazonS3/latest/s3-outposts/S3OutpostsBucketPolicy.html",
                ..PLAIN
            },
            Self::OutpostsAccessPoint => Row {
                services: &["s3-outposts"],
                inside: &["{arn}/object/*"],
                fetch: "aws s3control get-access-point-policy --account-id {account} --name {arn} --query Policy --output text",
                beside: &["the bucket behind the access point has its own policy, and further ways to it"],
                source: "https://docs.aws.amazon.com/AmazonS3/latest/s3-outposts/S3OutpostsIAM.html",
                ..PLAIN
            },
            Self::TableBucket => Row {
                services: &["s3tables"],
                inside: &["{arn}/table/*"],
                fetch: "aws s3tables get-table-bucket-policy --table-bucket-arn {arn} --query resourcePolicy --output text",
                source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-tables-bucket-policy.html",
                ..PLAIN
            },
            Self::BucketTable => Row {
                services: &["s3tables"],
                fetch: "aws s3tables get-table-policy --table-bucket-arn {head}:bucket/{name} --namespace NAMESPACE --name TABLE --query resourcePolicy --output text",
                source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-tables-table-policy.html",
                ..PLAIN
            },
            Self::VectorBucket => Row {
                services: &["s3vectors"],
                inside: &["{arn}/index/*"],
                fetch: "aws s3vectors get-vector-bucket-policy --vector-bucket-arn {arn} --query policy --output text",
                source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-bucket-policy.html",
                ..PLAIN
            },
            Self::VectorIndex => Row { services: &["s3vectors"], ..PLAIN },
            Self::Key => Row {
                services: &["kms"],
                element: Element::Any,
                needs: Some(
                    "a key always has a policy, and one that only denies would lock everybody out of it for ever",
                ),
                fetch: "aws kms get-key-policy --key-id {name} --policy-name default --query Policy --output text",
                beside: &["the aliases of the key have no policy; requests that use the key name the key"],
                source: "https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html",
                ..PLAIN
            },
            Self::Secret => Row {
                services: &["secretsmanager"],
                element: Element::Any,
                fetch: "aws secretsmanager get-resource-policy --secret-id {arn} --query ResourcePolicy --output text",
                source: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html",
                ..PLAIN
            },
            Self::Queue => Row {
                services: &["sqs"],
                fetch: "aws sqs get-queue-attributes --queue-url URL --attribute-names Policy --query Attributes.Policy --output text",
                source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-customer-managed-policy-examples.html",
                ..PLAIN
            },
            Self::Topic => Row {
                services: &["sns"],
                names: Names::Listed(OF_TOPICS),
                needs: Some("a topic always has a policy, and setting another one replaces it"),
                fetch: "aws sns get-topic-attributes --topic-arn {arn} --query Attributes.Policy --output text",
                source: "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html",
                ..PLAIN
            },
            Self::Table => Row {
                services: DYNAMODB,
                inside: &["{arn}/index/*"],
                fetch: "aws dynamodb get-resource-policy --resource-arn {arn} --query Policy --output text",
                beside: &[
                    "the stream of the table has its own policy",
                    "backups, exports and imports have none: only policies of the role keep sessions out of them",
                ],
                source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-intro.html",
                ..PLAIN
            },
            Self::Index => Row { services: DYNAMODB, ..PLAIN },
            Self::Stream => Row {
                services: DYNAMODB,
                fetch: "aws dynamodb get-resource-policy --resource-arn {arn} --query Policy --output text",
                source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-intro.html",
                ..PLAIN
            },
            Self::Repository => Row {
                services: &["ecr"],
                element: Element::Absent,
                fetch: "aws ecr get-repository-policy --repository-name {name} --query policyText --output text",
                source: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html",
                ..PLAIN
            },
            Self::PublicRepository => Row {
                services: &["ecr-public"],
                element: Element::Absent,
                fetch: "aws ecr-public get-repository-policy --repository-name {name} --query policyText --output text",
                beside: &[
                    "everybody may pull from a public repository without signing in, which no policy changes",
                ],
                source: "https://docs.aws.amazon.com/AmazonECR/latest/public/public-repository-policies.html",
                ..PLAIN
            },
            Self::Function => Row {
                services: &["lambda"],
                inside: &["{arn}:*"],
                fetch: "aws lambda get-resource-policy --resource-arn {arn} --query Policy --output text",
                beside: &[
                    "versions and aliases of the function can have policies of their own; put the statement into those as well",
                ],
                source: "https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html",
                ..PLAIN
            },
            Self::FunctionVersion => Row {
                services: &["lambda"],
                inside: &["{arn}/durable-execution/*"],
                fetch: "aws lambda get-resource-policy --resource-arn {arn} --query Policy --output text",
                source: "https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html",
                ..PLAIN
            },
            Self::FileSystem => Row {
                services: &["elasticfilesystem"],
                needs: Some(
                    "without a policy, every client that reaches a mount target may use the file system, and a policy that only denies ends that",
                ),
                fetch: "aws efs describe-file-system-policy --file-system-id {name} --query Policy --output text",
                beside: &[
                    "access points of the file system have no policy; clients that use one name the file system",
                ],
                source: "https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html",
                ..PLAIN
            },
            Self::BackupVault => Row {
                services: &["backup"],
                names: Names::Whole,
                element: Element::Any,
                fetch: "aws backup get-backup-vault-access-policy --backup-vault-name {name} --query Policy --output text",
                beside: &[
                    "the services whose snapshots the vault holds, such as EC2 and RDS, have actions of their own on them",
                ],
                source: "https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html",
                ..PLAIN
            },
            Self::Vault => Row {
                services: &["glacier"],
                names: Names::Whole,
                fetch: "aws glacier get-vault-access-policy --account-id {account} --vault-name {name} --query policy.Policy --output text",
                source: "https://docs.aws.amazon.com/amazonglacier/latest/dev/vault-access-policy.html",
                ..PLAIN
            },
            Self::Domain => Row {
                services: &["es"],
                inside: &["{arn}/*"],
                needs: Some(
                    "what callers may do who do not sign their requests depends on the policy, and one that only denies ends it",
                ),
                fetch: "aws opensearch describe-domain-config --domain-name {name} --query DomainConfig.AccessPolicies.Options --output text",
                source: "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ac.html",
                ..PLAIN
            },
            Self::RestApi => Row {
                services: &["execute-api"],
                names: Names::Listed(&["execute-api:Invoke"]),
                itself: false,
                inside: &["{arn}/*"],
                needs: Some(
                    "without a policy, everybody may call methods that need no authorization, and a policy that only denies ends that",
                ),
                fetch: "aws apigateway get-rest-api --rest-api-id {name} --query policy --output text",
                beside: &[
                    "the policy is about calls of the API; who may change the API is up to policies of the role",
                ],
                source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html",
                ..PLAIN
            },
            Self::EventBus => Row {
                services: &["events"],
                names: Names::Whole,
                inside: &["{head}:rule/{part}*"],
                fetch: "aws events describe-event-bus --name {name} --query Policy --output text",
                source: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-perms.html",
                ..PLAIN
            },
            Self::ArtifactDomain => Row {
                services: &["codeartifact"],
                names: Names::Whole,
                element: Element::Any,
                fetch: "aws codeartifact get-domain-permissions-policy --domain {name} --query policy.document --output text",
                beside: &["each repository of the domain has its own policy"],
                source: "https://docs.aws.amazon.com/codeartifact/latest/ug/domain-policies.html",
                ..PLAIN
            },
            Self::ArtifactRepository => Row {
                services: &["codeartifact"],
                names: Names::Whole,
                element: Element::Any,
                inside: &["{head}:package/{name}/{part}/*"],
                fetch: "aws codeartifact get-repository-permissions-policy --domain {name} --repository {part} --query policy.document --output text",
                source: "https://docs.aws.amazon.com/codeartifact/latest/ug/repo-policies.html",
                ..PLAIN
            },
            Self::DataCatalog => Row {
                services: &["glue"],
                inside: &[
                    "{head}:catalog/*",
                    "{head}:database/*",
                    "{head}:table/*",
                    "{head}:tableVersion/*",
                    "{head}:userDefinedFunction/*",
                ],
                fetch: "aws glue get-resource-policy --query PolicyInJson --output text",
                beside: &[
                    "jobs, crawlers and connections of Glue have no policy: only policies of the role keep sessions out of them",
                ],
                source: "https://docs.aws.amazon.com/glue/latest/dg/security_iam_service-with-iam.html",
                ..PLAIN
            },
            Self::DataStream => Row {
                services: &["kinesis"],
                names: Names::Listed(OF_DATA_STREAMS),
                fetch: "aws kinesis get-resource-policy --resource-arn {arn} --query Policy --output text",
                beside: &["each consumer of the stream has its own policy"],
                source: "https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html",
                ..PLAIN
            },
            Self::Consumer => Row {
                services: &["kinesis"],
                names: Names::Listed(&["kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"]),
                fetch: "aws kinesis get-resource-policy --resource-arn {arn} --query Policy --output text",
                source: "https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html",
                ..PLAIN
            },
        }
    }
}
