//! Tables, streams, catalogs and stores of events.

use super::{Element, Names, PLAIN, Row};

const DYNAMODB: &[&str] = &["dynamodb"];

const OF_DATA_STREAMS: &[&str] = &[
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
    "kinesis:PutRecord",
    "kinesis:PutRecords",
];

/// Those that Aurora DSQL judges by the policy of a cluster, and the connections to it.
const OF_SQL_CLUSTERS: &[&str] = &[
    "dsql:AddPeerCluster",
    "dsql:CreateStream",
    "dsql:DbConnect",
    "dsql:DbConnectAdmin",
    "dsql:DeleteCluster",
    "dsql:DeleteClusterPolicy",
    "dsql:GetCluster",
    "dsql:GetClusterPolicy",
    "dsql:GetVpcEndpointServiceName",
    "dsql:ListStreams",
    "dsql:ListTagsForResource",
    "dsql:PutClusterPolicy",
    "dsql:PutMultiRegionProperties",
    "dsql:PutWitnessRegion",
    "dsql:StartBackupJob",
    "dsql:TagResource",
    "dsql:UntagResource",
    "dsql:UpdateCluster",
];

const OF_EVENT_DATA_STORES: &[&str] = &[
    "cloudtrail:CancelQuery",
    "cloudtrail:DescribeQuery",
    "cloudtrail:GenerateQuery",
    "cloudtrail:GenerateQueryResultsSummary",
    "cloudtrail:GetEventDataStore",
    "cloudtrail:GetQueryResults",
    "cloudtrail:ListQueries",
    "cloudtrail:StartQuery",
];

pub(super) const TABLE: Row = Row {
    services: DYNAMODB,
    inside: &["{arn}/index/*"],
    fetch: "aws dynamodb get-resource-policy --resource-arn {arn} --query Policy --output text",
    beside: &[
        "the stream of the table has its own policy",
        "backups, exports and imports have none: only policies of the role keep sessions out of them",
    ],
    source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-intro.html",
    ..PLAIN
};

pub(super) const INDEX: Row = Row { services: DYNAMODB, ..PLAIN };

pub(super) const STREAM: Row = Row {
    services: DYNAMODB,
    fetch: "aws dynamodb get-resource-policy --resource-arn {arn} --query Policy --output text",
    source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-intro.html",
    ..PLAIN
};

pub(super) const DATA_CATALOG: Row = Row {
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
};

pub(super) const CATALOG_DATABASE: Row = Row {
    services: &["glue"],
    inside: &["{head}:table/{part}/*", "{head}:tableVersion/{part}/*", "{head}:userDefinedFunction/{part}/*"],
    ..PLAIN
};

pub(super) const CATALOG_TABLE: Row =
    Row { services: &["glue"], inside: &["{head}:tableVersion/{part}/*"], ..PLAIN };

pub(super) const DATA_STREAM: Row = Row {
    services: &["kinesis"],
    names: Names::Listed(OF_DATA_STREAMS),
    fetch: "aws kinesis get-resource-policy --resource-arn {arn} --query Policy --output text",
    beside: &["each consumer of the stream has its own policy"],
    source: "https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html",
    ..PLAIN
};

pub(super) const CONSUMER: Row = Row {
    services: &["kinesis"],
    names: Names::Listed(&["kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"]),
    fetch: "aws kinesis get-resource-policy --resource-arn {arn} --query Policy --output text",
    source: "https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html",
    ..PLAIN
};

pub(super) const DOMAIN: Row = Row {
    services: &["es"],
    inside: &["{arn}/*"],
    needs: Some(
        "what callers may do who do not sign their requests depends on the policy, and one that only denies ends it",
    ),
    fetch: "aws opensearch describe-domain-config --domain-name {name} --query DomainConfig.AccessPolicies.Options --output text",
    source: "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ac.html",
    ..PLAIN
};

pub(super) const SQL_CLUSTER: Row = Row {
    services: &["dsql"],
    names: Names::Listed(OF_SQL_CLUSTERS),
    element: Element::Any,
    fetch: "aws dsql get-cluster-policy --identifier {name} --query policy --output text",
    beside: &["streams of the cluster have no policy: only policies of the role keep sessions out of them"],
    source: "https://docs.aws.amazon.com/aurora-dsql/latest/userguide/rbp-api-operations.html",
    ..PLAIN
};

pub(super) const EVENT_DATA_STORE: Row = Row {
    services: &["cloudtrail"],
    names: Names::Listed(OF_EVENT_DATA_STORES),
    fetch: "aws cloudtrail get-resource-policy --resource-arn {arn} --query ResourcePolicy --output text",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/security_iam_resource-based-policy-examples.html",
    ..PLAIN
};

pub(super) const SEARCH_DOMAIN: Row = Row {
    services: &["cloudsearch"],
    names: Names::Listed(&["cloudsearch:document", "cloudsearch:search", "cloudsearch:suggest"]),
    element: Element::Absent,
    fetch: "aws cloudsearch describe-service-access-policies --domain-name {name} --query AccessPolicies.Options --output text",
    source: "https://docs.aws.amazon.com/cloudsearch/latest/developerguide/configuring-access.html",
    ..PLAIN
};
