//! What the text of an ARN says of a resource: its kind, whose policy can keep sessions out, and the rule for its name.

use iam_policy::Arn;

use super::words::RestrictedKind as Kind;

/// What the text of an ARN says of a resource.
pub(super) struct Named<'a> {
    pub(super) kind: Kind,
    /// The kind of the resource that has the policy.
    pub(super) holder: Kind,
    /// The name of the resource that has the policy.
    pub(super) name: &'a str,
    /// The name of the object, index or version in it; `None` if the resource is the whole of it.
    pub(super) part: Option<&'a str>,
}

impl<'a> Named<'a> {
    /// The kind of the resource, by service and form of the ARN. `None` if no policy of such resources is known that could have the statement.
    pub(super) fn of(arn: &'a Arn) -> Option<Self> {
        let rest = arn.resource();
        let own = |kind, name| Some(Self { kind, holder: kind, name, part: None });
        let part = |kind, holder, name, part| Some(Self { kind, holder, name, part: Some(part) });
        match arn.service() {
            "s3" if arn.account().is_empty() && arn.region().is_empty() => match rest.split_once('/') {
                Some((bucket, key)) => part(Kind::Object, Kind::Bucket, bucket, key),
                None => own(Kind::Bucket, rest),
            },
            "s3" => {
                let rest = rest.strip_prefix("accesspoint/")?;
                match rest.split_once('/') {
                    Some((name, below)) => {
                        let key = below.strip_prefix("object/").unwrap_or_default();
                        part(Kind::Object, Kind::AccessPoint, name, key)
                    }
                    None => own(Kind::AccessPoint, rest),
                }
            }
            "s3-object-lambda" => own(Kind::ObjectLambda, rest.strip_prefix("accesspoint/")?),
            "s3express" => match rest.split_once('/')? {
                ("bucket", name) => own(Kind::DirectoryBucket, name),
                ("accesspoint", name) => own(Kind::DirectoryAccessPoint, name),
                _ => None,
            },
            "s3-outposts" => {
                let (_, rest) = rest.strip_prefix("outpost/")?.split_once('/')?;
                match rest.split_once('/')? {
                    ("bucket", name) => own(Kind::OutpostsBucket, name),
                    ("accesspoint", name) => own(Kind::OutpostsAccessPoint, name),
                    _ => None,
                }
            }
            "s3tables" => {
                let rest = rest.strip_prefix("bucket/")?;
                match rest.split_once("/table/") {
                    Some((bucket, table)) => part(Kind::BucketTable, Kind::BucketTable, bucket, table),
                    None => own(Kind::TableBucket, rest),
                }
            }
            "s3vectors" => {
                let rest = rest.strip_prefix("bucket/")?;
                match rest.split_once("/index/") {
                    Some((bucket, index)) => part(Kind::VectorIndex, Kind::VectorBucket, bucket, index),
                    None => own(Kind::VectorBucket, rest),
                }
            }
            "kms" => own(Kind::Key, rest.strip_prefix("key/")?),
            "secretsmanager" => own(Kind::Secret, rest.strip_prefix("secret:")?),
            "sqs" => own(Kind::Queue, rest),
            "sns" => own(Kind::Topic, rest),
            "dynamodb" => {
                let rest = rest.strip_prefix("table/")?;
                let Some((table, below)) = rest.split_once('/') else { return own(Kind::Table, rest) };
                match below.split_once('/')? {
                    ("index", name) => part(Kind::Index, Kind::Table, table, name),
                    ("stream", label) => part(Kind::Stream, Kind::Stream, table, label),
                    _ => None,
                }
            }
            "ecr" => own(Kind::Repository, rest.strip_prefix("repository/")?),
            "ecr-public" => own(Kind::PublicRepository, rest.strip_prefix("repository/")?),
            "lambda" => {
                let rest = rest.strip_prefix("function:")?;
                match rest.split_once(':') {
                    Some((name, version)) => {
                        part(Kind::FunctionVersion, Kind::FunctionVersion, name, version)
                    }
                    None => own(Kind::Function, rest),
                }
            }
            "elasticfilesystem" => own(Kind::FileSystem, rest.strip_prefix("file-system/")?),
            "backup" => own(Kind::BackupVault, rest.strip_prefix("backup-vault:")?),
            "glacier" => own(Kind::Vault, rest.strip_prefix("vaults/")?),
            "es" => own(Kind::Domain, rest.strip_prefix("domain/")?),
            "execute-api" if !rest.starts_with('/') => own(Kind::RestApi, rest),
            "events" => own(Kind::EventBus, rest.strip_prefix("event-bus/")?),
            "codeartifact" => match rest.split_once('/')? {
                ("domain", name) => own(Kind::ArtifactDomain, name),
                ("repository", both) => {
                    let (domain, repository) = both.split_once('/')?;
                    part(Kind::ArtifactRepository, Kind::ArtifactRepository, domain, repository)
                }
                _ => None,
            },
            "glue" if rest == "catalog" => own(Kind::DataCatalog, rest),
            "kinesis" => {
                let rest = rest.strip_prefix("stream/")?;
                match rest.split_once("/consumer/") {
                    Some((stream, consumer)) => part(Kind::Consumer, Kind::Consumer, stream, consumer),
                    None => own(Kind::DataStream, rest),
                }
            }
            _ => None,
        }
    }

    /// The rule for the names of such resources, if AWS permits no resource with this one.
    pub(super) fn broken_rule(&self) -> Option<&'static str> {
        let (name, has_part) = (self.name, self.part.is_none_or(|part| !part.is_empty()));
        let part_is = |wanted: &dyn Fn(&str) -> bool| self.part.is_none_or(wanted);
        let (is_kept, rule) = match self.holder {
            Kind::Bucket | Kind::Object | Kind::TableBucket | Kind::BucketTable | Kind::VectorBucket => (
                is_bucket(name, 63) && has_part,
                "a bucket has 3 to 63 lower-case letters, digits, dots and hyphens, with a letter or digit at both ends",
            ),
            Kind::VectorIndex | Kind::OutpostsBucket => (
                is_bucket(name, 63) && has_part,
                "such names have 3 to 63 lower-case letters, digits, dots and hyphens",
            ),
            Kind::AccessPoint | Kind::ObjectLambda | Kind::OutpostsAccessPoint => (
                is_bucket(name, 50) && has_part,
                "an access point has 3 to 50 lower-case letters, digits and hyphens; its objects are below NAME/object/",
            ),
            Kind::DirectoryBucket => (
                is_bucket(name, 63) && name.ends_with("--x-s3"),
                "a directory bucket is named NAME--ZONE--x-s3, such as logs--use1-az4--x-s3",
            ),
            Kind::DirectoryAccessPoint => (
                is_bucket(name, 63) && name.ends_with("--xa-s3"),
                "an access point of a directory bucket is named NAME--ZONE--xa-s3, such as logs--use1-az4--xa-s3",
            ),
            Kind::Key => (
                (1..=256).contains(&name.len()) && only(name, "-"),
                "a key is named by its id, such as 1234abcd-12ab-34cd-56ef-1234567890ab",
            ),
            Kind::Secret => (
                (1..=519).contains(&name.len()) && only(name, "/_+=.@-"),
                "a secret has up to 512 letters, digits and the characters /_+=.@- before the seven that AWS adds",
            ),
            Kind::Queue => (
                (1..=80).contains(&name.len()) && only(fifo(name), "-_"),
                "a queue has up to 80 letters, digits, hyphens and underscores",
            ),
            Kind::Topic => (
                (1..=256).contains(&name.len()) && only(fifo(name), "-_"),
                "a topic has up to 256 letters, digits, hyphens and underscores",
            ),
            Kind::Table | Kind::Index => {
                let is_name = |name: &str| (3..=255).contains(&name.len()) && only(name, "-_.");
                (
                    is_name(name) && part_is(&is_name),
                    "a table or an index has 3 to 255 letters, digits, hyphens, underscores and dots",
                )
            }
            Kind::Stream => (
                only(name, "-_.") && has_part && part_is(&|label| only(label, "-:.")),
                "a stream is named by its table and a time, such as table/users/stream/2026-11-26T00:00:00.000",
            ),
            Kind::Repository | Kind::PublicRepository => (
                (2..=256).contains(&name.len())
                    && name.chars().all(|c| is_small(c) || "./_-".contains(c))
                    && has_small_ends(name),
                "a repository has 2 to 256 lower-case letters, digits and the characters ./_-",
            ),
            Kind::Function | Kind::FunctionVersion => (
                (1..=140).contains(&name.len())
                    && only(name, "-_")
                    && part_is(&|version| {
                        (1..=128).contains(&version.len()) && (version == "$LATEST" || only(version, "-_"))
                    }),
                "a function is named function:NAME, and a version or an alias function:NAME:VERSION, of letters, digits, hyphens and underscores",
            ),
            Kind::EventBus => (
                (1..=256).contains(&name.len()) && only(name, "/._-"),
                "an event bus has up to 256 letters, digits and the characters /._-",
            ),
            Kind::FileSystem | Kind::Domain | Kind::RestApi => (
                (1..=128).contains(&name.len()) && only(name, "-"),
                "it is named by its id or name alone, of letters, digits and hyphens",
            ),
            Kind::BackupVault | Kind::Vault | Kind::DataCatalog | Kind::DataStream => (
                (1..=255).contains(&name.len()) && only(name, "-_."),
                "such names have up to 255 letters, digits, hyphens, underscores and dots",
            ),
            Kind::ArtifactDomain | Kind::ArtifactRepository => {
                let is_name = |name: &str| (2..=100).contains(&name.len()) && only(name, "-_.");
                (
                    is_name(name) && part_is(&is_name),
                    "a domain or a repository has 2 to 100 letters, digits, hyphens, underscores and dots",
                )
            }
            Kind::Consumer => (
                only(name, "-_.") && has_part && part_is(&|consumer| only(consumer, "-_.:")),
                "a consumer is named stream/STREAM/consumer/NAME:TIME",
            ),
        };
        (!is_kept).then_some(rule)
    }
}

fn only(name: &str, marks: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || marks.contains(c))
}

const fn is_small(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

fn has_small_ends(name: &str) -> bool {
    name.starts_with(is_small) && name.ends_with(is_small)
}

/// A name without the ending of a FIFO queue or topic.
fn fifo(name: &str) -> &str {
    name.strip_suffix(".fifo").unwrap_or(name)
}

/// The rules for names of general purpose buckets (S3 User Guide, `bucketnamingrules`), up to so many characters.
fn is_bucket(name: &str, most: usize) -> bool {
    (3..=most).contains(&name.len())
        && name.chars().all(|c| is_small(c) || matches!(c, '.' | '-'))
        && has_small_ends(name)
        && !name.contains("..")
        && name.parse::<std::net::Ipv4Addr>().is_err()
}
