//! Principals: the entries of `Principal` and `NotPrincipal` (rules 1.15, 5.2, 5.3).

use std::fmt;

use crate::arn::{ArnFields, IamResource, is_account, is_name};
use iam_json::Spanned;

/// `Principal` or `NotPrincipal`.
#[derive(Clone, Debug, PartialEq, Eq)]
// No other variant: rule 1.13 has these two.
pub enum PrincipalElement {
    /// The statement applies to principals that an entry names.
    Principal(Principals),
    /// The statement applies to principals that the entries do not exempt (rule 5.7).
    NotPrincipal(Principals),
}

impl PrincipalElement {
    /// The entries.
    pub const fn principals(&self) -> &Principals {
        match self {
            Self::Principal(principals) | Self::NotPrincipal(principals) => principals,
        }
    }
}

/// The value of a principal element.
#[derive(Clone, Debug, PartialEq, Eq)]
// No other variant: rule 1.15 has `*` and a map.
pub enum Principals {
    /// The bare text `*`.
    Everyone(Spanned<()>),
    /// The entries of the map, in order. An empty list names nobody.
    Entries(Vec<Spanned<NamedPrincipal>>),
}

impl Principals {
    /// The entries of the map. Empty for the bare `*`.
    pub fn entries(&self) -> &[Spanned<NamedPrincipal>] {
        match self {
            Self::Everyone(_) => &[],
            Self::Entries(entries) => entries,
        }
    }
}

/// One entry of a principal map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamedPrincipal {
    /// `"AWS": "*"`
    Aws,
    /// An account: its id, or the ARN of its root user.
    Account {
        /// The text as written.
        text: Box<str>,
    },
    /// An IAM user by ARN.
    User(Box<str>),
    /// An IAM role by ARN, with its path.
    Role(Box<str>),
    /// One session of a role, by ARN.
    Session(Box<str>),
    /// A federated user, by ARN.
    FederatedUser(Box<str>),
    /// The unique id that AWS shows in place of a deleted user or role. It matches nobody (rule 5.8).
    Deleted(Box<str>),
    /// `"Service"`: a service principal by name.
    Service(Box<str>),
    /// `"Federated"`: an identity provider, by its ARN or by the domain of a built-in provider.
    Federated(Box<str>),
    /// `"CanonicalUser"`: an account by its S3 id.
    CanonicalUser(Box<str>),
}

/// Why a text does not name a principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PrincipalError {
    /// The text has none of the known forms.
    Format,
    /// The text has a wildcard (rule 5.3).
    Wildcard,
}

impl fmt::Display for PrincipalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Format => "the text is not a principal of this kind",
            Self::Wildcard => "the text has a wildcard, which a principal has only as a whole",
        })
    }
}

impl std::error::Error for PrincipalError {}

/// Writes the text as written.
impl fmt::Display for NamedPrincipal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl NamedPrincipal {
    /// Reads an entry under `AWS`.
    ///
    /// # Errors
    /// The text is not `*`, an account id, a unique id, or the ARN of an account's root, a user, a role, a session or a federated user.
    pub fn parse_aws(text: &str) -> Result<Self, PrincipalError> {
        if text == "*" {
            return Ok(Self::Aws);
        }
        if is_account(text) {
            return Ok(Self::Account { text: text.into() });
        }
        if text.contains(['*', '?']) {
            return Err(PrincipalError::Wildcard);
        }
        if is_unique_id(text) {
            return Ok(Self::Deleted(text.into()));
        }
        let fields = ArnFields::split(text).ok_or(PrincipalError::Format)?;
        let account = fields.account;
        // CloudFront's origin access identities are users of an account named `cloudfront`.
        let is_cloudfront = account == "cloudfront" && fields.service == "iam";
        let is_known_account = is_account(account) || is_cloudfront;
        if !fields.partition.starts_with("aws") || !fields.region.is_empty() || !is_known_account {
            return Err(PrincipalError::Format);
        }
        let entry = match fields.iam().ok_or(PrincipalError::Format)? {
            IamResource::Root => Self::Account { text: text.into() },
            IamResource::User(name) if is_path_and_name(name) || (is_cloudfront && !name.is_empty()) => {
                Self::User(text.into())
            }
            IamResource::Role(name) if is_path_and_name(name) => Self::Role(text.into()),
            IamResource::FederatedUser(name) if is_name(name) => Self::FederatedUser(text.into()),
            IamResource::AssumedRole { role, session } if is_name(role) && is_name(session) => {
                Self::Session(text.into())
            }
            IamResource::User(_)
            | IamResource::Role(_)
            | IamResource::FederatedUser(_)
            | IamResource::AssumedRole { .. }
            | IamResource::Policy(_)
            | IamResource::OidcProvider(_)
            | IamResource::SamlProvider(_) => return Err(PrincipalError::Format),
        };
        Ok(entry)
    }

    /// Reads an entry under `Service`.
    ///
    /// # Errors
    /// The text is not a domain name, or has a wildcard.
    pub fn parse_service(text: &str) -> Result<Self, PrincipalError> {
        if text.contains(['*', '?']) {
            return Err(PrincipalError::Wildcard);
        }
        if is_domain(text) { Ok(Self::Service(text.into())) } else { Err(PrincipalError::Format) }
    }

    /// Reads an entry under `Federated`.
    ///
    /// # Errors
    /// The text is neither the ARN of a provider nor a domain name, or has a wildcard.
    pub fn parse_federated(text: &str) -> Result<Self, PrincipalError> {
        if text.contains(['*', '?']) {
            return Err(PrincipalError::Wildcard);
        }
        if is_domain(text) || is_provider_arn(text) {
            Ok(Self::Federated(text.into()))
        } else {
            Err(PrincipalError::Format)
        }
    }

    /// Reads an entry under `CanonicalUser`.
    ///
    /// # Errors
    /// The text is not a run of letters and digits, or has a wildcard.
    pub fn parse_canonical(text: &str) -> Result<Self, PrincipalError> {
        if text.contains(['*', '?']) {
            return Err(PrincipalError::Wildcard);
        }
        let valid = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
        if valid { Ok(Self::CanonicalUser(text.into())) } else { Err(PrincipalError::Format) }
    }

    /// Whether a document with this entry reads back as this entry: its text is of the kind that the variant says.
    pub(crate) fn reads_back(&self) -> bool {
        let read = match self {
            Self::Service(text) => Self::parse_service(text),
            Self::Federated(text) => Self::parse_federated(text),
            Self::CanonicalUser(text) => Self::parse_canonical(text),
            Self::Aws
            | Self::Account { .. }
            | Self::User(_)
            | Self::Role(_)
            | Self::Session(_)
            | Self::FederatedUser(_)
            | Self::Deleted(_) => Self::parse_aws(self.text()),
        };
        read.as_ref() == Ok(self)
    }

    /// The member of the principal map that contains the entry, such as `AWS`.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Aws
            | Self::Account { .. }
            | Self::User(_)
            | Self::Role(_)
            | Self::Session(_)
            | Self::FederatedUser(_)
            | Self::Deleted(_) => "AWS",
            Self::Service(_) => "Service",
            Self::Federated(_) => "Federated",
            Self::CanonicalUser(_) => "CanonicalUser",
        }
    }

    /// The text as written.
    pub fn text(&self) -> &str {
        match self {
            Self::Aws => "*",
            Self::Account { text }
            | Self::User(text)
            | Self::Role(text)
            | Self::Session(text)
            | Self::FederatedUser(text)
            | Self::Deleted(text)
            | Self::Service(text)
            | Self::Federated(text)
            | Self::CanonicalUser(text) => text,
        }
    }

    /// The account id that an account entry names. `None` for other entries.
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Account { text } => Some(ArnFields::split(text).map_or(&**text, |fields| fields.account)),
            Self::Aws
            | Self::User(_)
            | Self::Role(_)
            | Self::Session(_)
            | Self::FederatedUser(_)
            | Self::Deleted(_)
            | Self::Service(_)
            | Self::Federated(_)
            | Self::CanonicalUser(_) => None,
        }
    }
}

/// Whether a text begins as unique ids of users and roles do (IAM User Guide, `reference_identifiers`).
fn is_unique_id(text: &str) -> bool {
    (16..=128).contains(&text.len())
        && (text.starts_with("AIDA") || text.starts_with("AROA"))
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// Whether a text is a name with a path before it. A path may have any visible ASCII character.
///
/// Variables are not replaced in principals (rule 1.21), so a text that looks like one is refused as a mistake.
fn is_path_and_name(text: &str) -> bool {
    let (path, name) = text.rsplit_once('/').unwrap_or(("", text));
    is_name(name) && path.bytes().all(|b| b.is_ascii_graphic()) && !path.contains("${")
}

fn is_domain(text: &str) -> bool {
    let label =
        |l: &str| !l.is_empty() && l.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    text.contains('.') && text.split('.').all(label)
}

fn is_provider_arn(text: &str) -> bool {
    let is_named =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic()) && !name.contains("${");
    let Some(fields) = ArnFields::split(text) else { return false };
    let Some(IamResource::OidcProvider(name) | IamResource::SamlProvider(name)) = fields.iam() else {
        return false;
    };
    fields.partition.starts_with("aws")
        && fields.region.is_empty()
        && is_account(fields.account)
        && is_named(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_aws_principals() {
        let parse = |text| NamedPrincipal::parse_aws(text);
        assert_eq!(parse("*"), Ok(NamedPrincipal::Aws));
        assert_eq!(parse("111122223333").unwrap().account(), Some("111122223333"));
        assert_eq!(parse("arn:aws:iam::111122223333:root").unwrap().account(), Some("111122223333"));
        assert!(matches!(parse("arn:aws:iam::111122223333:user/a/b"), Ok(NamedPrincipal::User(_))));
        assert!(matches!(parse("arn:aws-cn:iam::111122223333:role/p/r"), Ok(NamedPrincipal::Role(_))));
        assert!(matches!(
            parse("arn:aws:sts::111122223333:assumed-role/r/s"),
            Ok(NamedPrincipal::Session(_))
        ));
        assert!(matches!(
            parse("arn:aws:sts::111122223333:federated-user/f"),
            Ok(NamedPrincipal::FederatedUser(_))
        ));
        assert!(matches!(parse("AROADBQP57FF2AEXAMPLE"), Ok(NamedPrincipal::Deleted(_))));
        for text in [
            "",
            "12345",
            "1111222233334",
            "arn:aws:iam::111122223333:user/",
            "arn:aws:iam::111122223333:group/g",
            "arn:aws:sts::111122223333:assumed-role/r",
            "arn:aws:sts::111122223333:assumed-role/r/",
            "arn:aws:sts::111122223333:assumed-role/r/s/t",
            "arn:aws:s3:::b",
            "arn:aws:iam:us-east-1:111122223333:root",
            "example",
        ] {
            assert_eq!(parse(text), Err(PrincipalError::Format), "{text}");
        }
        for text in ["arn:aws:iam::111122223333:user/*", "arn:aws:iam::*:root", "11112222333?"] {
            assert_eq!(parse(text), Err(PrincipalError::Wildcard), "{text}");
        }
    }
}
