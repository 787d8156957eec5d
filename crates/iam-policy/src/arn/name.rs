//! The parts of ARNs that have a meaning of their own: accounts, partitions, and the names of roles and sessions.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use super::{ArnError, ArnField};

/// An account id: twelve digits.
///
/// # Examples
/// ```
/// use iam_policy::{AccountId, account_id};
///
/// let account: AccountId = "111122223333".parse()?;
/// assert_eq!(account.as_str(), "111122223333");
/// assert_eq!(account, account_id!("111122223333"));
/// assert!(AccountId::new("1111-2222-3333").is_none());
/// # Ok::<(), iam_policy::ArnError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId([u8; 12]);

impl AccountId {
    /// The account with this id. `None` if the text is not twelve digits.
    pub const fn new(text: &str) -> Option<Self> {
        let Some((digits, [])) = text.as_bytes().split_first_chunk::<12>() else { return None };
        let mut rest: &[u8] = digits;
        while let [first, behind @ ..] = rest {
            if !first.is_ascii_digit() {
                return None;
            }
            rest = behind;
        }
        Some(Self(*digits))
    }

    /// The twelve digits.
    pub const fn as_str(&self) -> &str {
        match std::str::from_utf8(&self.0) {
            Ok(text) => text,
            // INVARIANT (account digits): digits are UTF-8.
            Err(_) => "",
        }
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccountId({})", self.as_str())
    }
}

/// A partition of AWS: a group of regions with accounts of their own, such as `aws`.
///
/// Values other than [`Partition::KNOWN`] are accepted, because AWS adds partitions: `aws`, or `aws-` followed by lower-case letters,
/// digits and hyphens.
///
/// # Examples
/// ```
/// use iam_policy::Partition;
///
/// assert_eq!("aws-us-gov".parse::<Partition>()?, Partition::AWS_US_GOV);
/// assert!("aws-new".parse::<Partition>()?.as_str() == "aws-new");
/// assert!("AWS".parse::<Partition>().is_err());
/// # Ok::<(), iam_policy::ArnError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition(Cow<'static, str>);

impl Partition {
    /// The commercial regions.
    pub const AWS: Self = Self(Cow::Borrowed("aws"));
    /// China.
    pub const AWS_CN: Self = Self(Cow::Borrowed("aws-cn"));
    /// GovCloud.
    pub const AWS_US_GOV: Self = Self(Cow::Borrowed("aws-us-gov"));
    /// The European Sovereign Cloud.
    pub const AWS_EUSC: Self = Self(Cow::Borrowed("aws-eusc"));
    /// ISO, US.
    pub const AWS_ISO: Self = Self(Cow::Borrowed("aws-iso"));
    /// ISOB, US.
    pub const AWS_ISO_B: Self = Self(Cow::Borrowed("aws-iso-b"));
    /// ISOE, Europe.
    pub const AWS_ISO_E: Self = Self(Cow::Borrowed("aws-iso-e"));
    /// ISOF.
    pub const AWS_ISO_F: Self = Self(Cow::Borrowed("aws-iso-f"));

    /// The partitions in the endpoint data of AWS's SDKs (`partitions.json`).
    pub const KNOWN: [Self; 8] = [
        Self::AWS,
        Self::AWS_CN,
        Self::AWS_US_GOV,
        Self::AWS_EUSC,
        Self::AWS_ISO,
        Self::AWS_ISO_B,
        Self::AWS_ISO_E,
        Self::AWS_ISO_F,
    ];

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Makes the value from a name that is known to be valid.
    pub(super) fn known(name: &str) -> Self {
        Self(Cow::Owned(name.to_owned()))
    }

    pub(super) fn check(text: &str) -> Result<(), ArnError> {
        let rest = text.strip_prefix("aws-");
        let is_name = |rest: &str| {
            !rest.is_empty()
                && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        if text == "aws" || rest.is_some_and(is_name) {
            return Ok(());
        }
        Err(ArnError::new(ArnField::Partition, text, "must be a partition such as `aws` or `aws-cn`"))
    }
}

/// The name of a role, without its path.
///
/// It has 1 to 64 characters of `A-Z`, `a-z`, `0-9` and `_+=,.@-` (IAM API Reference, `CreateRole`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleName(Cow<'static, str>);

/// The name of a session of a role.
///
/// It has 2 to 64 characters of `A-Z`, `a-z`, `0-9` and `_+=,.@-` (STS API Reference, `AssumeRole`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionName(Cow<'static, str>);

impl RoleName {
    #[doc(hidden)]
    pub const fn literal(text: &'static str) -> Option<Literal<Self>> {
        if is_name(text) && text.len() <= 64 { Some(Literal::new(text)) } else { None }
    }

    #[doc(hidden)]
    pub const fn constant(literal: Literal<Self>) -> Self {
        Self(Cow::Borrowed(literal.text()))
    }

    /// Makes the value from a name that is known to be valid.
    pub(super) fn known(name: &str) -> Self {
        Self(Cow::Owned(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn check(text: &str) -> Result<(), ArnError> {
        let rule = "must be 1 to 64 letters, digits or `_+=,.@-`";
        if is_name(text) && text.len() <= 64 {
            Ok(())
        } else {
            Err(ArnError::new(ArnField::RoleName, text, rule))
        }
    }
}

impl SessionName {
    #[doc(hidden)]
    pub const fn literal(text: &'static str) -> Option<Literal<Self>> {
        if is_name(text) && text.len() >= 2 && text.len() <= 64 { Some(Literal::new(text)) } else { None }
    }

    #[doc(hidden)]
    pub const fn constant(literal: Literal<Self>) -> Self {
        Self(Cow::Borrowed(literal.text()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn check(text: &str) -> Result<(), ArnError> {
        let rule = "must be 2 to 64 letters, digits or `_+=,.@-`";
        if is_name(text) && (2..=64).contains(&text.len()) {
            Ok(())
        } else {
            Err(ArnError::new(ArnField::SessionName, text, rule))
        }
    }
}

/// A text in source code that was checked at compile time.
///
/// The macros `role_name!`, `session_name!` and `sid!` make their values from it.
#[doc(hidden)]
pub struct Literal<T>(&'static str, PhantomData<fn() -> T>);

impl<T> Literal<T> {
    pub(crate) const fn new(text: &'static str) -> Self {
        Self(text, PhantomData)
    }

    pub(crate) const fn text(&self) -> &'static str {
        self.0
    }
}

impl<T> Clone for Literal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Literal<T> {}

impl<T> fmt::Debug for Literal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Literal({:?})", self.0)
    }
}

/// Whether a text matches `[\w+=,.@-]+`, as names of users, roles and sessions do (IAM API Reference).
pub(crate) const fn is_name(text: &str) -> bool {
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        if !(first.is_ascii_alphanumeric() || matches!(first, b'_' | b'+' | b'=' | b',' | b'.' | b'@' | b'-'))
        {
            return false;
        }
        rest = behind;
    }
    !text.is_empty()
}

macro_rules! texts {
    ($($name:ident)*) => {$(
        impl FromStr for $name {
            type Err = ArnError;

            fn from_str(text: &str) -> Result<Self, ArnError> {
                Self::check(text)?;
                Ok(Self(Cow::Owned(text.to_owned())))
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

texts! { Partition RoleName SessionName }

impl FromStr for AccountId {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, ArnError> {
        Self::new(text).ok_or_else(|| ArnError::new(ArnField::Account, text, "must be twelve digits"))
    }
}

impl AsRef<str> for AccountId {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

/// Returns whether a text is an account id: twelve digits.
pub fn is_account(text: &str) -> bool {
    AccountId::new(text).is_some()
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Makes an [`AccountId`](crate::AccountId) from a literal. A literal that is not an account id does not compile.
#[macro_export]
macro_rules! account_id {
    ($text:expr) => {
        const {
            match $crate::AccountId::new($text) {
                Some(id) => id,
                // INVARIANT (compile time): this is evaluated when the caller is compiled, and never runs.
                None => panic!("an account id is twelve digits"),
            }
        }
    };
}

/// Makes a [`RoleName`](crate::RoleName) from a literal. A literal that is not a role name does not compile.
#[macro_export]
macro_rules! role_name {
    ($text:expr) => {
        const {
            match $crate::RoleName::literal($text) {
                Some(name) => $crate::RoleName::constant(name),
                // INVARIANT (compile time): this is evaluated when the caller is compiled, and never runs.
                None => panic!("a role name is 1 to 64 letters, digits or _+=,.@-"),
            }
        }
    };
}

/// Makes a [`SessionName`](crate::SessionName) from a literal. A literal that is not a session name does not compile.
#[macro_export]
macro_rules! session_name {
    ($text:expr) => {
        const {
            match $crate::SessionName::literal($text) {
                Some(name) => $crate::SessionName::constant(name),
                // INVARIANT (compile time): this is evaluated when the caller is compiled, and never runs.
                None => panic!("a session name is 2 to 64 letters, digits or _+=,.@-"),
            }
        }
    };
}
