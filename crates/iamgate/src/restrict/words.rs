//! The kinds of resources that a restriction knows, and the callers that its proof is about.

use std::fmt;

use iam_analysis::CallerKind;

/// Declares the kinds with their names, so that each stands in one place.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)*) => {
        /// A kind of resource whose own policy can keep sessions out.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum RestrictedKind {
            $($(#[$doc])* $kind,)*
        }

        impl RestrictedKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            /// The word in JSON and in sentences, such as `bucket`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }
    };
}

kinds! {
    /// An S3 bucket with its objects.
    Bucket = "bucket",
    /// One object of an S3 bucket or of an access point, which has the policy.
    Object = "object",
    /// An S3 access point with its objects.
    AccessPoint = "access point",
    /// A Multi-Region Access Point of S3 with its objects.
    MultiRegionAccessPoint = "Multi-Region Access Point",
    /// An S3 Object Lambda access point.
    ObjectLambda = "Object Lambda access point",
    /// An S3 directory bucket (S3 Express One Zone).
    DirectoryBucket = "directory bucket",
    /// An access point of a directory bucket.
    DirectoryAccessPoint = "access point of a directory bucket",
    /// A bucket of S3 on Outposts with its objects.
    OutpostsBucket = "bucket on Outposts",
    /// An access point of S3 on Outposts with its objects.
    OutpostsAccessPoint = "access point on Outposts",
    /// An S3 table bucket with its tables.
    TableBucket = "table bucket",
    /// A table of an S3 table bucket.
    BucketTable = "table of a table bucket",
    /// An S3 vector bucket with its indexes.
    VectorBucket = "vector bucket",
    /// An index of an S3 vector bucket, which has the policy.
    VectorIndex = "vector index",
    /// A KMS key.
    Key = "key",
    /// A secret of Secrets Manager.
    Secret = "secret",
    /// An SQS queue.
    Queue = "queue",
    /// An SNS topic.
    Topic = "topic",
    /// A DynamoDB table with its indexes.
    Table = "table",
    /// One index of a DynamoDB table, which has the policy.
    Index = "index",
    /// The stream of a DynamoDB table.
    Stream = "stream",
    /// An ECR repository.
    Repository = "repository",
    /// A repository of ECR Public.
    PublicRepository = "public repository",
    /// A Lambda function.
    Function = "function",
    /// A version or an alias of a Lambda function.
    FunctionVersion = "function version or alias",
    /// An EFS file system.
    FileSystem = "file system",
    /// A file system of S3 Files.
    S3FileSystem = "S3 file system",
    /// A vault of AWS Backup.
    BackupVault = "backup vault",
    /// A vault of S3 Glacier.
    Vault = "vault",
    /// A domain of OpenSearch Service.
    Domain = "domain",
    /// A search domain of CloudSearch, as those see it who search in it and send documents to it.
    SearchDomain = "search domain",
    /// A REST API of API Gateway, as those see it who call it.
    RestApi = "REST API",
    /// A custom domain name for private APIs of API Gateway, as those see it who call them.
    PrivateDomainName = "private domain name",
    /// A service of VPC Lattice, as those see it who call it.
    LatticeService = "Lattice service",
    /// A channel of MediaPackage, as those see it who send to it.
    MediaChannel = "media channel",
    /// An origin endpoint of MediaPackage, as those see it who get media from it.
    MediaEndpoint = "media origin endpoint",
    /// An app monitor of CloudWatch RUM, as those see it who send events to it.
    AppMonitor = "app monitor",
    /// An event bus of EventBridge with its rules.
    EventBus = "event bus",
    /// A domain of CodeArtifact.
    ArtifactDomain = "package domain",
    /// A repository of CodeArtifact with its packages.
    ArtifactRepository = "package repository",
    /// The Data Catalog of Glue with its databases and tables.
    DataCatalog = "data catalog",
    /// A database of the Data Catalog with its tables. The catalog has the policy.
    CatalogDatabase = "database of the data catalog",
    /// A table of the Data Catalog, which has the policy.
    CatalogTable = "table of the data catalog",
    /// A data stream of Kinesis.
    DataStream = "data stream",
    /// A consumer of a data stream of Kinesis.
    Consumer = "stream consumer",
    /// A cluster of Aurora DSQL.
    SqlCluster = "DSQL cluster",
    /// An event data store of CloudTrail Lake.
    EventDataStore = "event data store",
    /// A key of AWS Payment Cryptography.
    PaymentKey = "payment key",
    /// A runtime of Bedrock AgentCore.
    AgentRuntime = "agent runtime",
    /// An endpoint of a runtime of Bedrock AgentCore.
    AgentEndpoint = "agent runtime endpoint",
    /// A gateway of Bedrock AgentCore.
    AgentGateway = "agent gateway",
    /// A memory of Bedrock AgentCore.
    AgentMemory = "agent memory",
    /// A project of Rekognition Custom Labels with its model versions.
    LabelProject = "label project",
    /// A bot of Lex.
    Bot = "bot",
    /// An alias of a bot of Lex.
    BotAlias = "bot alias",
}

impl fmt::Display for RestrictedKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Callers of one kind, of the account that owns the resource or of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct CallerGroup {
    /// Their kind.
    pub kind: CallerKind,
    /// Whether they belong to the account that owns the resource. False for callers that belong to no account.
    pub of_account: bool,
}

impl CallerGroup {
    /// Every group.
    pub const ALL: [Self; 10] = [
        Self::of_account(CallerKind::Session),
        Self::of_account(CallerKind::User),
        Self::of_account(CallerKind::FederatedUser),
        Self::of_account(CallerKind::Root),
        Self::of_others(CallerKind::Session),
        Self::of_others(CallerKind::User),
        Self::of_others(CallerKind::FederatedUser),
        Self::of_others(CallerKind::Root),
        Self::of_others(CallerKind::Anonymous),
        Self::of_others(CallerKind::Service),
    ];

    const fn of_account(kind: CallerKind) -> Self {
        Self { kind, of_account: true }
    }

    const fn of_others(kind: CallerKind) -> Self {
        Self { kind, of_account: false }
    }

    /// Whether such callers can have tags.
    pub const fn has_tags(self) -> bool {
        match self.kind {
            CallerKind::Session | CallerKind::User | CallerKind::FederatedUser => true,
            CallerKind::Root | CallerKind::Anonymous | CallerKind::Service => false,
        }
    }

    /// The callers in words and in JSON, such as `role sessions of the account`.
    pub const fn name(self) -> &'static str {
        match (self.kind, self.of_account) {
            (CallerKind::Session, true) => "role sessions of the account",
            (CallerKind::User, true) => "IAM users of the account",
            (CallerKind::FederatedUser, true) => "federated users of the account",
            (CallerKind::Root, true) => "the root user of the account",
            (CallerKind::Session, false) => "role sessions of other accounts",
            (CallerKind::User, false) => "IAM users of other accounts",
            (CallerKind::FederatedUser, false) => "federated users of other accounts",
            (CallerKind::Root, false) => "root users of other accounts",
            (CallerKind::Anonymous, _) => "callers without credentials",
            (CallerKind::Service, _) => "services of AWS",
        }
    }
}

impl fmt::Display for CallerGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
