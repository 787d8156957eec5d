//! What AWS documents about each kind: what belongs to it, what its policy can name, and how to fetch that policy.
//!
//! What belongs to a resource are the forms of ARN that the Service Authorization Reference lists for the actions on it. The other columns
//! are from the pages in `source`.

mod code;
mod data;
mod keys;
mod learning;
mod storage;
mod traffic;

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
    /// Actions by their whole names: those of the catalogue without these, which the policy does not judge.
    Besides(&'static [&'static str]),
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

/// The facts about a kind. Texts have `{arn}`, `{name}`, `{part}` with its `{first}` and `{last}` step, `{head}` (the
/// ARN up to its account) and `{account}` filled in.
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

impl Kind {
    /// The facts about a kind.
    pub(super) const fn row(self) -> Row {
        match self {
            Self::Bucket => storage::BUCKET,
            Self::Object => storage::OBJECT,
            Self::AccessPoint => storage::ACCESS_POINT,
            Self::MultiRegionAccessPoint => storage::MULTI_REGION_ACCESS_POINT,
            Self::ObjectLambda => storage::OBJECT_LAMBDA,
            Self::DirectoryBucket => storage::DIRECTORY_BUCKET,
            Self::DirectoryAccessPoint => storage::DIRECTORY_ACCESS_POINT,
            Self::OutpostsBucket => storage::OUTPOSTS_BUCKET,
            Self::OutpostsAccessPoint => storage::OUTPOSTS_ACCESS_POINT,
            Self::TableBucket => storage::TABLE_BUCKET,
            Self::BucketTable => storage::BUCKET_TABLE,
            Self::VectorBucket => storage::VECTOR_BUCKET,
            Self::VectorIndex => storage::VECTOR_INDEX,
            Self::FileSystem => storage::FILE_SYSTEM,
            Self::S3FileSystem => storage::S3_FILE_SYSTEM,
            Self::BackupVault => storage::BACKUP_VAULT,
            Self::Vault => storage::VAULT,
            Self::Table => data::TABLE,
            Self::Index => data::INDEX,
            Self::Stream => data::STREAM,
            Self::DataCatalog => data::DATA_CATALOG,
            Self::CatalogDatabase => data::CATALOG_DATABASE,
            Self::CatalogTable => data::CATALOG_TABLE,
            Self::DataStream => data::DATA_STREAM,
            Self::Consumer => data::CONSUMER,
            Self::Domain => data::DOMAIN,
            Self::SearchDomain => data::SEARCH_DOMAIN,
            Self::SqlCluster => data::SQL_CLUSTER,
            Self::EventDataStore => data::EVENT_DATA_STORE,
            Self::Repository => code::REPOSITORY,
            Self::PublicRepository => code::PUBLIC_REPOSITORY,
            Self::Function => code::FUNCTION,
            Self::FunctionVersion => code::FUNCTION_VERSION,
            Self::ArtifactDomain => code::ARTIFACT_DOMAIN,
            Self::ArtifactRepository => code::ARTIFACT_REPOSITORY,
            Self::Queue => traffic::QUEUE,
            Self::Topic => traffic::TOPIC,
            Self::EventBus => traffic::EVENT_BUS,
            Self::RestApi => traffic::REST_API,
            Self::PrivateDomainName => traffic::PRIVATE_DOMAIN_NAME,
            Self::LatticeService => traffic::LATTICE_SERVICE,
            Self::MediaChannel => traffic::MEDIA_CHANNEL,
            Self::MediaEndpoint => traffic::MEDIA_ENDPOINT,
            Self::AppMonitor => traffic::APP_MONITOR,
            Self::Key => keys::KEY,
            Self::Secret => keys::SECRET,
            Self::PaymentKey => keys::PAYMENT_KEY,
            Self::AgentRuntime => learning::AGENT_RUNTIME,
            Self::AgentEndpoint => learning::AGENT_ENDPOINT,
            Self::AgentGateway => learning::AGENT_GATEWAY,
            Self::AgentMemory => learning::AGENT_MEMORY,
            Self::LabelProject => learning::LABEL_PROJECT,
            Self::Bot => learning::BOT,
            Self::BotAlias => learning::BOT_ALIAS,
        }
    }
}
