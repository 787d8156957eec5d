//! The ARNs of roles and of role sessions, and the conversion from one to the other.

use std::fmt;
use std::str::FromStr;

use super::{AccountId, Arn, ArnError, ArnField, ArnFields, IamResource, Partition, RoleName, SessionName};

/// The maximum number of characters of a path, its first and last slash included (IAM API Reference, `CreateRole`).
const MOST_PATH: usize = 512;

/// The ARN of an IAM role: `arn:aws:iam::111122223333:role/path/Name`.
///
/// # Examples
/// ```
/// use iam_policy::{RoleArn, session_name};
///
/// let role: RoleArn = "arn:aws-cn:iam::111122223333:role/support/Gateway".parse()?;
/// assert_eq!((role.partition(), role.path(), role.name()), ("aws-cn", "/support/", "Gateway"));
///
/// // The path is not in the ARN of a session.
/// let session = role.session(&session_name!("ana"));
/// assert_eq!(session.as_str(), "arn:aws-cn:sts::111122223333:assumed-role/Gateway/ana");
/// # Ok::<(), iam_policy::ArnError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleArn {
    arn: Arn,
    account: AccountId,
}

/// The ARN of a session of a role: `arn:aws:sts::111122223333:assumed-role/Name/session`.
///
/// # Examples
/// ```
/// use iam_policy::SessionArn;
///
/// let session: SessionArn = "arn:aws:sts::111122223333:assumed-role/Gateway/ana".parse()?;
/// assert_eq!((session.role_name(), session.session_name()), ("Gateway", "ana"));
/// // The path of the role is not known from it.
/// assert_eq!(session.role_without_path().as_str(), "arn:aws:iam::111122223333:role/Gateway");
/// # Ok::<(), iam_policy::ArnError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionArn {
    arn: Arn,
    account: AccountId,
}

impl RoleArn {
    /// The ARN of a role without a path.
    ///
    /// # Examples
    /// ```
    /// use iam_policy::{Partition, RoleArn, account_id, role_name};
    ///
    /// let role = RoleArn::new(&Partition::AWS, account_id!("111122223333"), &role_name!("Admin"));
    /// assert_eq!(role.as_str(), "arn:aws:iam::111122223333:role/Admin");
    /// ```
    pub fn new(partition: &Partition, account: AccountId, name: &RoleName) -> Self {
        Self::of(partition.as_str(), account, name.as_str())
    }

    fn of(partition: &str, account: AccountId, path_and_name: &str) -> Self {
        let resource = format!("role/{path_and_name}");
        let account_field = account.as_str();
        let fields =
            ArnFields { partition, service: "iam", region: "", account: account_field, resource: &resource };
        Self { arn: Arn::of(&fields), account }
    }

    /// Reads the ARN of a role.
    ///
    /// # Errors
    /// - The text is not an ARN, or not the ARN of a role.
    /// - The path is longer than 512 characters, or is not visible ASCII between slashes.
    /// - The name is not a [`RoleName`].
    pub fn parse(text: &str) -> Result<Self, ArnError> {
        let arn = Arn::parse(text)?;
        let Some(IamResource::Role(path_and_name)) = arn.fields().iam() else {
            let rule = "must be that of a role, such as `arn:aws:iam::111122223333:role/Name`";
            return Err(ArnError::new(ArnField::Arn, text, rule));
        };
        let account = account_of_no_region(&arn)?;
        let (path, name) = path_and_name.rsplit_once('/').unwrap_or(("", path_and_name));
        // The first slash of the path is the one in `role/`. Its last slash is the one before the name.
        if path.len().saturating_add(2) > MOST_PATH || !path.bytes().all(|b| b.is_ascii_graphic()) {
            let rule = "must be at most 512 visible ASCII characters";
            return Err(ArnError::new(ArnField::Path, path, rule));
        }
        RoleName::check(name)?;
        Ok(Self { arn, account })
    }

    /// The ARN of a session of the role.
    pub fn session(&self, name: &SessionName) -> SessionArn {
        SessionArn::of(self.partition(), self.account, self.name(), name.as_str())
    }

    /// The name of the role, without its path.
    pub fn name(&self) -> &str {
        self.arn.name()
    }

    /// The name of the role, without its path, as a typed value.
    pub fn role_name(&self) -> RoleName {
        RoleName::known(self.name())
    }

    /// The path of the role. It begins and ends with a slash. `/` if the role has no path.
    pub fn path(&self) -> &str {
        let rest = self.arn.resource().strip_prefix("role").unwrap_or_default();
        rest.strip_suffix(self.name()).unwrap_or_default()
    }
}

impl SessionArn {
    fn of(partition: &str, account: AccountId, role: &str, session: &str) -> Self {
        let resource = format!("assumed-role/{role}/{session}");
        let account_field = account.as_str();
        let fields =
            ArnFields { partition, service: "sts", region: "", account: account_field, resource: &resource };
        Self { arn: Arn::of(&fields), account }
    }

    /// Reads the ARN of a session of a role.
    ///
    /// # Errors
    /// - The text is not an ARN, or not the ARN of a role session.
    /// - The two names are not a [`RoleName`] and a [`SessionName`].
    pub fn parse(text: &str) -> Result<Self, ArnError> {
        let arn = Arn::parse(text)?;
        let Some(IamResource::AssumedRole { role, session }) = arn.fields().iam() else {
            let rule =
                "must be that of a session, such as `arn:aws:sts::111122223333:assumed-role/Name/session`";
            return Err(ArnError::new(ArnField::Arn, text, rule));
        };
        RoleName::check(role)?;
        SessionName::check(session)?;
        let account = account_of_no_region(&arn)?;
        Ok(Self { arn, account })
    }

    /// The ARN of the role, on the assumption that the role has no path.
    ///
    /// The ARN of a session does not contain the path of its role.
    pub fn role_without_path(&self) -> RoleArn {
        RoleArn::of(self.partition(), self.account, self.role_name())
    }

    /// The name of its role.
    pub fn role_name(&self) -> &str {
        let names = self.arn.resource().split_once('/').map_or("", |(_, names)| names);
        names.split_once('/').map_or("", |(role, _)| role)
    }

    /// The name of the session.
    pub fn session_name(&self) -> &str {
        self.arn.name()
    }
}

/// The account of an IAM or STS ARN. Such an ARN must have an account and no region.
fn account_of_no_region(arn: &Arn) -> Result<AccountId, ArnError> {
    if !arn.region().is_empty() {
        return Err(ArnError::new(ArnField::Region, arn.region(), "must be empty"));
    }
    arn.account().parse()
}

macro_rules! arns {
    ($($name:ident)*) => {$(
        impl $name {
            /// The ARN.
            pub const fn arn(&self) -> &Arn {
                &self.arn
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                self.arn.as_str()
            }

            /// The partition, such as `aws` or `aws-cn`.
            pub fn partition(&self) -> &str {
                self.arn.partition()
            }

            /// The partition as a typed value.
            pub fn own_partition(&self) -> Partition {
                Partition::known(self.partition())
            }

            /// The account.
            pub const fn account(&self) -> AccountId {
                self.account
            }
        }

        impl FromStr for $name {
            type Err = ArnError;

            fn from_str(text: &str) -> Result<Self, ArnError> {
                Self::parse(text)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}

arns! { RoleArn SessionArn }
