//! ARNs: the names of AWS's resources, and the accounts, partitions and role names in them.
//!
//! Every part of the project that cuts an ARN into fields uses this module. [`ArnFields`] borrows a text and checks its form only. [`Arn`]
//! owns a text whose fields have been checked. [`RoleArn`] and [`SessionArn`] are the ARNs of roles and of role sessions.

mod name;
mod role;

use std::fmt;
use std::str::FromStr;

pub(crate) use name::is_name;
pub use name::{AccountId, Literal, Partition, RoleName, SessionName, is_account};
pub use role::{RoleArn, SessionArn};

use iam_json::quoted;

/// The number of fields of an ARN. Colons separate the first five; the sixth may contain colons.
pub const ARN_FIELDS: usize = 6;

/// The maximum length of an ARN in bytes (IAM API Reference, `arn` parameters).
const MOST_BYTES: usize = 2_048;

/// The fields of a text that has the form of an ARN: `arn:partition:service:region:account:resource`.
///
/// Only that form is checked: each field may be empty and may have wildcards. Use this type for ARNs of requests and for ARN patterns. Use
/// [`Arn`] for texts that must be valid ARNs.
///
/// # Examples
/// ```
/// use iam_policy::ArnFields;
///
/// let fields = ArnFields::split("arn:aws:s3:::bucket/a:b").unwrap();
/// assert_eq!((fields.service, fields.account, fields.resource), ("s3", "", "bucket/a:b"));
/// assert_eq!(ArnFields::split("*"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ArnFields<'t> {
    /// The partition, such as `aws`.
    pub partition: &'t str,
    /// The service, such as `s3`.
    pub service: &'t str,
    /// The region. Empty for resources without a region.
    pub region: &'t str,
    /// The account. Empty for resources without an account, and `aws` for resources of AWS itself.
    pub account: &'t str,
    /// The text after the fifth colon, further colons included.
    pub resource: &'t str,
}

impl<'t> ArnFields<'t> {
    /// The fields of a text. `None` if the text does not begin with `arn:` or has fewer than five colons.
    ///
    /// # Cost
    /// One pass over the text up to the fifth colon; no allocation.
    pub fn split(text: &'t str) -> Option<Self> {
        let mut rest = text.strip_prefix("arn:")?;
        // Fields are short: looking at one byte after the other is quicker than a search.
        let mut next = || {
            let end = rest.bytes().position(|b| b == b':')?;
            let field = rest.get(..end)?;
            rest = rest.get(end.saturating_add(1)..)?;
            Some(field)
        };
        let (partition, service, region, account) = (next()?, next()?, next()?, next()?);
        Some(Self { partition, service, region, account, resource: rest })
    }

    /// The account. `None` if the field is not an account id.
    pub fn account_id(&self) -> Option<AccountId> {
        AccountId::new(self.account)
    }

    /// The type of the resource: `role` in `role/path/Admin`, `function` in `function:resize`.
    ///
    /// It is the text before the first `/` or `:` of the resource. `None` if the resource has neither.
    pub fn resource_type(&self) -> Option<&'t str> {
        self.resource.split_once(['/', ':']).map(|(kind, _)| kind)
    }

    /// The last segment of the resource's path: `Admin` in `role/path/Admin`.
    ///
    /// It is the text after the last `/`, or the whole resource if there is no `/`.
    pub fn name(&self) -> &'t str {
        last_segment(self.resource)
    }

    /// The partition in a text that begins as an ARN does. `None` if there is none.
    ///
    /// The text need not be a whole ARN.
    ///
    /// # Cost
    /// Reads the text up to its second colon; no allocation.
    pub fn partition_of(text: &str) -> Option<&str> {
        let rest = text.strip_prefix("arn:")?;
        let end = rest.bytes().position(|b| b == b':').unwrap_or(rest.len());
        rest.get(..end).filter(|partition| !partition.is_empty())
    }

    /// The account id between the fourth and the fifth colon of a text.
    ///
    /// `None` if the text there is not twelve digits.
    ///
    /// The text need not be a whole ARN.
    ///
    /// # Cost
    /// Reads the text up to its fifth colon; no allocation.
    pub fn account_of(text: &str) -> Option<&str> {
        let (mut start, mut left) = (0_usize, 4_usize);
        let mut end = text.len();
        for (at, _) in text.bytes().enumerate().filter(|(_, byte)| *byte == b':') {
            if left == 0 {
                end = at;
                break;
            }
            left = left.saturating_sub(1);
            start = at.saturating_add(1);
        }
        text.get(start..end).filter(|account| left == 0 && is_account(account))
    }

    /// The text after the partition and its colon. `None` if the text has no partition.
    ///
    /// `iam::aws:policy/ReadOnlyAccess` names the same policy in every partition.
    pub fn beyond_partition(text: &'t str) -> Option<&'t str> {
        text.strip_prefix("arn:")?.split_once(':').map(|(_, rest)| rest)
    }

    /// The IAM or STS resource that the ARN names. `None` if it names none of [`IamResource`].
    pub fn iam(&self) -> Option<IamResource<'t>> {
        let (kind, rest) = self.resource.split_once('/').unwrap_or((self.resource, ""));
        Some(match (self.service, kind) {
            ("iam", "root") if self.resource == "root" => IamResource::Root,
            ("iam", "user") => IamResource::User(rest),
            ("iam", "role") => IamResource::Role(rest),
            ("iam", "policy") => IamResource::Policy(rest),
            ("iam", "oidc-provider") => IamResource::OidcProvider(rest),
            ("iam", "saml-provider") => IamResource::SamlProvider(rest),
            ("sts", "assumed-role") => {
                let (role, session) = rest.split_once('/')?;
                IamResource::AssumedRole { role, session }
            }
            ("sts", "federated-user") => IamResource::FederatedUser(rest),
            _ => return None,
        })
    }
}

/// Writes the ARN of these fields.
impl fmt::Display for ArnFields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, service, region, account, resource } = self;
        write!(f, "arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

/// A resource of IAM or STS, recognized by the form of its ARN. The names are not checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IamResource<'t> {
    /// The root user of an account.
    Root,
    /// A user: its path and name, without a leading slash.
    User(&'t str),
    /// A role: its path and name, without a leading slash.
    Role(&'t str),
    /// A managed policy: its path and name, without a leading slash.
    Policy(&'t str),
    /// An OIDC provider: its issuer, without `https://`.
    OidcProvider(&'t str),
    /// A SAML provider: its name.
    SamlProvider(&'t str),
    /// A session of a role. Its ARN does not contain the path of the role.
    AssumedRole {
        /// The name of the role.
        role: &'t str,
        /// The name of the session.
        session: &'t str,
    },
    /// A federated user: its name.
    FederatedUser(&'t str),
}

impl IamResource<'_> {
    /// The ARN of the resource in an account.
    ///
    /// # Examples
    /// ```
    /// use iam_policy::IamResource;
    ///
    /// assert_eq!(IamResource::Root.arn("aws", "111122223333"), "arn:aws:iam::111122223333:root");
    /// ```
    pub fn arn(&self, partition: &str, account: &str) -> String {
        let (service, kind, rest) = match self {
            Self::Root => return format!("arn:{partition}:iam::{account}:root"),
            Self::User(name) => ("iam", "user", name),
            Self::Role(name) => ("iam", "role", name),
            Self::Policy(name) => ("iam", "policy", name),
            Self::OidcProvider(issuer) => ("iam", "oidc-provider", issuer),
            Self::SamlProvider(name) => ("iam", "saml-provider", name),
            Self::FederatedUser(name) => ("sts", "federated-user", name),
            Self::AssumedRole { role, session } => {
                return format!("arn:{partition}:sts::{account}:assumed-role/{role}/{session}");
            }
        };
        format!("arn:{partition}:{service}::{account}:{kind}/{rest}")
    }
}

/// An ARN whose fields have been checked. There are no wildcards before the resource.
///
/// # Examples
/// ```
/// use iam_policy::Arn;
///
/// let arn: Arn = "arn:aws:sqs:eu-west-1:111122223333:orders".parse()?;
/// assert_eq!((arn.service(), arn.region(), arn.resource()), ("sqs", "eu-west-1", "orders"));
/// assert_eq!(arn.account_id().unwrap().as_str(), "111122223333");
///
/// let wrong = "arn:aws:sqs:eu-west-1:1111:orders".parse::<Arn>().unwrap_err();
/// assert_eq!(wrong.to_string(), "the account `1111` must be empty, twelve digits, or a name such as `aws`");
/// # Ok::<(), iam_policy::ArnError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arn {
    text: Box<str>,
    /// Offsets of the second to the fifth colon.
    colons: [u16; 4],
}

impl Arn {
    /// Reads an ARN.
    ///
    /// # Errors
    /// The first invalid field: see [`ArnError`].
    ///
    /// # Limits
    /// At most 2,048 bytes.
    pub fn parse(text: &str) -> Result<Self, ArnError> {
        if !text.starts_with("arn:") {
            return Err(ArnError::new(ArnField::Arn, text, "must begin with `arn:`"));
        }
        if text.len() > MOST_BYTES {
            return Err(ArnError::new(ArnField::Arn, text, "must not be longer than 2,048 bytes"));
        }
        let Some(fields) = ArnFields::split(text) else {
            return Err(ArnError::new(ArnField::Arn, text, "must have six fields with colons between them"));
        };
        Partition::check(fields.partition)?;
        let small = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if fields.service.is_empty() || !fields.service.bytes().all(small) {
            let rule = "must be lower-case letters, digits and hyphens";
            return Err(ArnError::new(ArnField::Service, fields.service, rule));
        }
        if !fields.region.bytes().all(small) {
            let rule = "must be empty, or lower-case letters, digits and hyphens";
            return Err(ArnError::new(ArnField::Region, fields.region, rule));
        }
        let has_digits_only =
            !fields.account.is_empty() && fields.account.bytes().all(|b| b.is_ascii_digit());
        if !fields.account.bytes().all(small) || (has_digits_only && fields.account_id().is_none()) {
            let rule = "must be empty, twelve digits, or a name such as `aws`";
            return Err(ArnError::new(ArnField::Account, fields.account, rule));
        }
        if fields.resource.is_empty() || fields.resource.chars().any(char::is_control) {
            let rule = "must not be empty, and must not hold control characters";
            return Err(ArnError::new(ArnField::Resource, fields.resource, rule));
        }
        Ok(Self::of(&fields))
    }

    /// The ARN of fields that are known to be valid.
    fn of(fields: &ArnFields<'_>) -> Self {
        let mut at = "arn".len();
        let colons = [fields.partition, fields.service, fields.region, fields.account].map(|field| {
            at = at.saturating_add(1).saturating_add(field.len());
            // INVARIANT (arn length): an ARN has at most `MOST_BYTES` bytes, or is made of names far shorter than that.
            u16::try_from(at).unwrap_or(u16::MAX)
        });
        Self { text: fields.to_string().into(), colons }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// All fields.
    pub fn fields(&self) -> ArnFields<'_> {
        ArnFields {
            partition: self.partition(),
            service: self.service(),
            region: self.region(),
            account: self.account(),
            resource: self.resource(),
        }
    }

    /// The partition, such as `aws` or `aws-cn`.
    pub fn partition(&self) -> &str {
        let [first, _, _, _] = self.colons;
        self.between(3, first)
    }

    /// The service, such as `s3`.
    pub fn service(&self) -> &str {
        let [first, second, _, _] = self.colons;
        self.between(first, second)
    }

    /// The region. Empty for resources without a region.
    pub fn region(&self) -> &str {
        let [_, second, third, _] = self.colons;
        self.between(second, third)
    }

    /// The account: twelve digits, a name such as `aws`, or empty for resources without an account.
    pub fn account(&self) -> &str {
        let [_, _, third, fourth] = self.colons;
        self.between(third, fourth)
    }

    /// The account. `None` if the field is empty or a name.
    pub fn account_id(&self) -> Option<AccountId> {
        AccountId::new(self.account())
    }

    /// The text after the fifth colon, further colons included.
    pub fn resource(&self) -> &str {
        let [_, _, _, fourth] = self.colons;
        self.text.get(usize::from(fourth).saturating_add(1)..).unwrap_or_default()
    }

    /// The last segment of the resource's path; see [`ArnFields::name`].
    pub fn name(&self) -> &str {
        last_segment(self.resource())
    }

    fn between(&self, colon: u16, next: u16) -> &str {
        self.text.get(usize::from(colon).saturating_add(1)..usize::from(next)).unwrap_or_default()
    }
}

impl FromStr for Arn {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, ArnError> {
        Self::parse(text)
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Arn({:?})", self.text)
    }
}

impl AsRef<str> for Arn {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

/// The partition and the service of an ARN pattern, as far as the pattern has them.
pub(crate) fn partition_and_service(pattern: &str) -> impl Iterator<Item = &str> {
    pattern.splitn(4, ':').skip(1).take(2)
}

/// The text after the last slash, or the whole text if it has no slash.
fn last_segment(text: &str) -> &str {
    text.rsplit_once('/').map_or(text, |(_, name)| name)
}

/// Why a text is not an ARN, or not a part of one. [`fmt::Display`] says why in one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArnError {
    field: ArnField,
    found: Box<str>,
    rule: &'static str,
}

/// A part of an ARN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ArnField {
    /// The ARN as a whole.
    Arn,
    /// The partition.
    Partition,
    /// The service.
    Service,
    /// The region.
    Region,
    /// The account.
    Account,
    /// The resource.
    Resource,
    /// The path of a role.
    Path,
    /// The name of a role.
    RoleName,
    /// The name of a session.
    SessionName,
}

impl ArnError {
    fn new(field: ArnField, found: &str, rule: &'static str) -> Self {
        Self { field, found: quoted(found).into(), rule }
    }

    /// The part that is invalid.
    pub const fn field(&self) -> ArnField {
        self.field
    }

    /// The text of that part, in backticks and cut at 64 characters.
    pub fn found(&self) -> &str {
        &self.found
    }

    /// What the part must be, worded as the end of a sentence.
    pub const fn rule(&self) -> &'static str {
        self.rule
    }
}

impl fmt::Display for ArnField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Arn => "ARN",
            Self::Partition => "partition",
            Self::Service => "service",
            Self::Region => "region",
            Self::Account => "account",
            Self::Resource => "resource",
            Self::Path => "path",
            Self::RoleName => "role name",
            Self::SessionName => "session name",
        })
    }
}

impl fmt::Display for ArnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} {} {}", self.field, self.found, self.rule)
    }
}

impl std::error::Error for ArnError {}
