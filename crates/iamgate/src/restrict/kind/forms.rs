//! The forms of ARNs that have the name of a resource behind a fixed text.

use super::Kind;

/// A form of the part of an ARN behind its account: `before`, a name, and `between` with the name of a part if there is one.
#[derive(Clone, Copy)]
pub(super) struct Form {
    /// The service of the ARN.
    pub(super) service: &'static str,
    before: &'static str,
    between: Option<&'static str>,
    /// What the last name of the form may not have: other forms have it.
    without: Option<char>,
    /// The kind of the resource.
    pub(super) kind: Kind,
    /// The kind of the resource that has the policy.
    pub(super) holder: Kind,
}

impl Form {
    /// The name of the resource that has the policy, and that of the part. `None` if the text has another form.
    pub(super) fn split<'a>(&self, text: &'a str) -> Option<(&'a str, Option<&'a str>)> {
        let rest = text.strip_prefix(self.before)?;
        let (name, part) = match self.between {
            Some(between) => {
                let (name, part) = rest.split_once(between)?;
                (name, Some(part))
            }
            None => (rest, None),
        };
        let last = part.unwrap_or(name);
        self.without.is_none_or(|other| !last.contains(other)).then_some((name, part))
    }
}

/// A resource with a policy of its own.
const fn own(service: &'static str, before: &'static str, kind: Kind) -> Form {
    Form { service, before, between: None, without: None, kind, holder: kind }
}

/// A resource with a policy of its own that is named by another one as well.
const fn under(service: &'static str, before: &'static str, between: &'static str, kind: Kind) -> Form {
    Form { service, before, between: Some(between), without: None, kind, holder: kind }
}

/// A part of a resource, which has the policy.
const fn part(
    service: &'static str,
    before: &'static str,
    between: &'static str,
    kind: Kind,
    holder: Kind,
) -> Form {
    Form { service, before, between: Some(between), without: None, kind, holder }
}

/// A form whose last name does not have this character.
const fn without(other: char, form: Form) -> Form {
    Form { without: Some(other), ..form }
}

/// The forms, of which the first that fits counts.
pub(super) const FORMS: &[Form] = &[
    own("s3-object-lambda", "accesspoint/", Kind::ObjectLambda),
    own("s3express", "bucket/", Kind::DirectoryBucket),
    own("s3express", "accesspoint/", Kind::DirectoryAccessPoint),
    under("s3tables", "bucket/", "/table/", Kind::BucketTable),
    own("s3tables", "bucket/", Kind::TableBucket),
    part("s3vectors", "bucket/", "/index/", Kind::VectorIndex, Kind::VectorBucket),
    own("s3vectors", "bucket/", Kind::VectorBucket),
    without('/', own("s3files", "file-system/", Kind::S3FileSystem)),
    own("elasticfilesystem", "file-system/", Kind::FileSystem),
    own("backup", "backup-vault:", Kind::BackupVault),
    own("glacier", "vaults/", Kind::Vault),
    own("kms", "key/", Kind::Key),
    own("secretsmanager", "secret:", Kind::Secret),
    own("payment-cryptography", "key/", Kind::PaymentKey),
    own("sqs", "", Kind::Queue),
    own("sns", "", Kind::Topic),
    own("events", "event-bus/", Kind::EventBus),
    under("execute-api", "/domainnames/", "+", Kind::PrivateDomainName),
    without('/', own("vpc-lattice", "service/", Kind::LatticeService)),
    own("rum", "appmonitor/", Kind::AppMonitor),
    part("dynamodb", "table/", "/index/", Kind::Index, Kind::Table),
    under("dynamodb", "table/", "/stream/", Kind::Stream),
    without('/', own("dynamodb", "table/", Kind::Table)),
    under("kinesis", "stream/", "/consumer/", Kind::Consumer),
    own("kinesis", "stream/", Kind::DataStream),
    own("es", "domain/", Kind::Domain),
    own("cloudsearch", "domain/", Kind::SearchDomain),
    without('/', own("dsql", "cluster/", Kind::SqlCluster)),
    own("cloudtrail", "eventdatastore/", Kind::EventDataStore),
    own("ecr", "repository/", Kind::Repository),
    own("ecr-public", "repository/", Kind::PublicRepository),
    under("lambda", "function:", ":", Kind::FunctionVersion),
    own("lambda", "function:", Kind::Function),
    own("codeartifact", "domain/", Kind::ArtifactDomain),
    under("codeartifact", "repository/", "/", Kind::ArtifactRepository),
    under("bedrock-agentcore", "runtime/", "/runtime-endpoint/", Kind::AgentEndpoint),
    own("bedrock-agentcore", "runtime/", Kind::AgentRuntime),
    own("bedrock-agentcore", "gateway/", Kind::AgentGateway),
    own("bedrock-agentcore", "memory/", Kind::AgentMemory),
    without('/', under("rekognition", "project/", "/", Kind::LabelProject)),
    under("lex", "bot-alias/", "/", Kind::BotAlias),
    own("lex", "bot/", Kind::Bot),
];
