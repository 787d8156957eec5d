//! The kinds of resources that a restriction knows, and the callers that its proof is about.

use std::fmt;

/// A kind of resource whose own policy can keep sessions out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RestrictedKind {
    /// An S3 bucket with its objects.
    Bucket,
    /// One object of an S3 bucket or of an access point, which has the policy.
    Object,
    /// An S3 access point with its objects.
    AccessPoint,
    /// A KMS key.
    Key,
    /// A secret of Secrets Manager.
    Secret,
    /// An SQS queue.
    Queue,
    /// An SNS topic.
    Topic,
    /// A DynamoDB table with its indexes.
    Table,
    /// One index of a DynamoDB table, which has the policy.
    Index,
    /// The stream of a DynamoDB table.
    Stream,
    /// An ECR repository.
    Repository,
}

impl RestrictedKind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Bucket,
        Self::Object,
        Self::AccessPoint,
        Self::Key,
        Self::Secret,
        Self::Queue,
        Self::Topic,
        Self::Table,
        Self::Index,
        Self::Stream,
        Self::Repository,
    ];

    /// The word in JSON and in sentences, such as `bucket`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bucket => "bucket",
            Self::Object => "object",
            Self::AccessPoint => "access point",
            Self::Key => "key",
            Self::Secret => "secret",
            Self::Queue => "queue",
            Self::Topic => "topic",
            Self::Table => "table",
            Self::Index => "index",
            Self::Stream => "stream",
            Self::Repository => "repository",
        }
    }
}

impl fmt::Display for RestrictedKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A kind of caller without the tag, whose access a restriction must not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum UntaggedCaller {
    /// A session of a role of the account that owns the resource.
    Role,
    /// A session of a role of another account.
    ForeignRole,
    /// The root user of the account that owns the resource.
    Root,
    /// A caller without credentials.
    Anonymous,
}

impl UntaggedCaller {
    /// Every kind of caller.
    pub const ALL: [Self; 4] = [Self::Role, Self::ForeignRole, Self::Root, Self::Anonymous];

    /// The caller in JSON and in sentences, such as `a role of the account`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Role => "a role of the account",
            Self::ForeignRole => "a role of another account",
            Self::Root => "the root user",
            Self::Anonymous => "a caller without credentials",
        }
    }
}

impl fmt::Display for UntaggedCaller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
