//! What the text of an ARN says of a resource: its kind, whose policy can keep sessions out, and the rule for its name.

use iam_policy::Arn;

use super::words::RestrictedKind as Kind;

mod forms;

use forms::FORMS;

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
                // Those of several Regions are the only ones whose ARN has no Region.
                let is_of_one = !arn.region().is_empty();
                let kind = if is_of_one { Kind::AccessPoint } else { Kind::MultiRegionAccessPoint };
                match rest.split_once('/') {
                    Some((name, below)) => {
                        let key = below.strip_prefix("object/").unwrap_or_default();
                        part(Kind::Object, kind, name, key)
                    }
                    None => own(kind, rest),
                }
            }
            "s3-outposts" => {
                let (_, rest) = rest.strip_prefix("outpost/")?.split_once('/')?;
                match rest.split_once('/')? {
                    ("bucket", name) => own(Kind::OutpostsBucket, name),
                    ("accesspoint", name) => own(Kind::OutpostsAccessPoint, name),
                    _ => None,
                }
            }
            "execute-api" if !rest.starts_with('/') => own(Kind::RestApi, rest),
            // Databases and tables have no policy of their own: that of the catalog names them.
            "glue" => match rest.split_once('/') {
                None if rest == "catalog" => own(Kind::DataCatalog, rest),
                Some(("database", name)) => part(Kind::CatalogDatabase, Kind::DataCatalog, "catalog", name),
                Some(("table", name)) => part(Kind::CatalogTable, Kind::DataCatalog, "catalog", name),
                _ => None,
            },
            "mediapackagev2" => {
                let (group, below) = rest.strip_prefix("channelGroup/")?.split_once("/channel/")?;
                match below.split_once('/') {
                    None => part(Kind::MediaChannel, Kind::MediaChannel, group, below),
                    // Harvest jobs, below an origin endpoint, have no policy.
                    Some((_, rest)) if rest.strip_prefix("originEndpoint/")?.contains('/') => None,
                    Some(_) => part(Kind::MediaEndpoint, Kind::MediaEndpoint, group, below),
                }
            }
            service => {
                let mut forms = FORMS.iter().filter(|form| form.service == service);
                let (form, name, part) = forms.find_map(|form| {
                    let (name, part) = form.split(rest)?;
                    Some((form, name, part))
                })?;
                Some(Self { kind: form.kind, holder: form.holder, name, part })
            }
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
            Kind::MultiRegionAccessPoint => (
                name.strip_suffix(".mrap").is_some_and(|alias| is_bucket(alias, 50)) && has_part,
                "a Multi-Region Access Point is named by its alias, such as mfzwi23gnjvgw.mrap; its objects are below ALIAS/object/",
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
            Kind::FileSystem
            | Kind::S3FileSystem
            | Kind::Domain
            | Kind::RestApi
            | Kind::LatticeService
            | Kind::SqlCluster
            | Kind::EventDataStore => (
                (1..=128).contains(&name.len()) && only(name, "-"),
                "it is named by its id or name alone, of letters, digits and hyphens",
            ),
            Kind::BackupVault | Kind::Vault | Kind::DataStream => (
                (1..=255).contains(&name.len()) && only(name, "-_."),
                "such names have up to 255 letters, digits, hyphens, underscores and dots",
            ),
            Kind::DataCatalog | Kind::CatalogDatabase | Kind::CatalogTable => (
                part_is(&|part| {
                    let steps = part.split('/').count();
                    steps <= 2
                        && (steps == 2) == (self.kind == Kind::CatalogTable)
                        && part.split('/').all(|step| is_named(step, 255, "-_."))
                }),
                "a database is named database/NAME, and a table table/DATABASE/NAME, of up to 255 letters, digits, hyphens, underscores and dots each",
            ),
            Kind::SearchDomain => (
                (3..=28).contains(&name.len())
                    && name.chars().all(|c| is_small(c) || c == '-')
                    && name.starts_with(is_small),
                "a search domain has 3 to 28 lower-case letters, digits and hyphens, and begins with a letter or digit",
            ),
            Kind::PrivateDomainName => (
                is_named(name, 253, "-.") && part_is(&|id| is_named(id, 64, "")),
                "a private domain name is named /domainnames/NAME+ID, such as /domainnames/private.example.com+abcd1234",
            ),
            Kind::MediaChannel | Kind::MediaEndpoint => (
                is_named(name, 256, "-_")
                    && part_is(&|part| {
                        let (channel, endpoint) = part.split_once("/originEndpoint/").unwrap_or((part, "x"));
                        is_named(channel, 256, "-_") && is_named(endpoint, 256, "-_")
                    }),
                "groups, channels and origin endpoints have up to 256 letters, digits, hyphens and underscores",
            ),
            Kind::AppMonitor => (
                is_named(name, 255, "-_.#") && !name.starts_with('.'),
                "an app monitor has up to 255 letters, digits and the characters -_.#, and does not begin with a dot",
            ),
            Kind::PaymentKey => (
                (16..=64).contains(&name.len()) && only(name, ""),
                "a key is named by its id of 16 to 64 letters and digits, such as kwapwa6qaifllw2h",
            ),
            Kind::AgentRuntime | Kind::AgentEndpoint | Kind::AgentGateway | Kind::AgentMemory => (
                is_named(name, 128, "-_") && part_is(&|endpoint| is_named(endpoint, 128, "-_")),
                "it is named by its id, of letters, digits, hyphens and underscores, and an endpoint runtime/ID/runtime-endpoint/NAME",
            ),
            Kind::LabelProject => (
                is_named(name, 255, "-_.") && part_is(&|time| is_named(time, 32, "")),
                "a project is named project/NAME/TIME, such as project/parts/1656557051929",
            ),
            Kind::Bot | Kind::BotAlias => (
                is_named(name, 64, "") && part_is(&|alias| is_named(alias, 64, "")),
                "a bot is named bot/ID, and an alias bot-alias/BOT/ID, of letters and digits",
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

/// Whether a name has up to so many letters, digits and marks, and at least one.
fn is_named(name: &str, most: usize, marks: &str) -> bool {
    (1..=most).contains(&name.len()) && only(name, marks)
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
