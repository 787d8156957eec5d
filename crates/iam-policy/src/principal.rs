//! Principals: the entries of `Principal` and `NotPrincipal` (rules 1.15, 5.2, 5.3).

use iam_json::Spanned;

/// `Principal` or `NotPrincipal`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "rule 1.13: at most one of the two")]
pub enum PrincipalElement {
    /// The statement is about principals that an entry names.
    Principal(Principals),
    /// The statement is about principals that the entries do not exempt (rule 5.7).
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
#[expect(clippy::exhaustive_enums, reason = "rule 1.15: `*` or a map")]
pub enum Principals {
    /// The bare text `*`.
    Everyone(Spanned<()>),
    /// The entries of the map, in order; none of them applies to nobody.
    Entries(Vec<Spanned<Principal>>),
}

impl Principals {
    /// The entries of a map; none for the bare `*`.
    pub fn entries(&self) -> &[Spanned<Principal>] {
        match self {
            Self::Everyone(_) => &[],
            Self::Entries(entries) => entries,
        }
    }
}

/// One entry of a principal map.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a new kind of entry must be looked at wherever principals are matched"
)]
pub enum Principal {
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
    /// The unique id that AWS shows in place of a user or role that has been deleted. Matches nobody (rule 5.8).
    Deleted(Box<str>),
    /// `"Service"`: a service principal by name.
    Service(Box<str>),
    /// `"Federated"`: an identity provider, by ARN or by the domain of a built-in one.
    Federated(Box<str>),
    /// `"CanonicalUser"`: an account by its S3 id.
    CanonicalUser(Box<str>),
}

/// Why a text names no principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PrincipalError {
    /// It has none of the forms.
    Format,
    /// It has a wildcard (rule 5.3).
    Wildcard,
}

impl Principal {
    /// Reads an entry under `AWS`.
    ///
    /// # Errors
    /// It is neither `*`, an account id, a unique id, nor the ARN of an account's root, a user, a role, a session or a federated user.
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
        let mut fields = text.splitn(6, ':');
        let mut field = || fields.next().ok_or(PrincipalError::Format);
        let (arn, partition, service, region, account, resource) =
            (field()?, field()?, field()?, field()?, field()?, field()?);
        // CloudFront's origin access identities are users of the account `cloudfront`.
        let known_account = is_account(account) || (account == "cloudfront" && service == "iam");
        if arn != "arn" || !partition.starts_with("aws") || !region.is_empty() || !known_account {
            return Err(PrincipalError::Format);
        }
        let rest = |prefix: &str| resource.strip_prefix(prefix);
        let user = |name: &str| is_path_and_name(name) || (account == "cloudfront" && !name.is_empty());
        match service {
            "iam" if resource == "root" => Ok(Self::Account { text: text.into() }),
            "iam" if rest("user/").is_some_and(user) => Ok(Self::User(text.into())),
            "iam" if rest("role/").is_some_and(is_path_and_name) => Ok(Self::Role(text.into())),
            "sts" if rest("federated-user/").is_some_and(is_name) => Ok(Self::FederatedUser(text.into())),
            "sts" => match rest("assumed-role/").and_then(|names| names.split_once('/')) {
                Some((role, session)) if is_name(role) && is_name(session) => Ok(Self::Session(text.into())),
                _ => Err(PrincipalError::Format),
            },
            _ => Err(PrincipalError::Format),
        }
    }

    /// Reads an entry under `Service`.
    ///
    /// # Errors
    /// It is not a domain name, or has a wildcard.
    pub fn parse_service(text: &str) -> Result<Self, PrincipalError> {
        if text.contains(['*', '?']) {
            return Err(PrincipalError::Wildcard);
        }
        if is_domain(text) { Ok(Self::Service(text.into())) } else { Err(PrincipalError::Format) }
    }

    /// Reads an entry under `Federated`.
    ///
    /// # Errors
    /// It is neither the ARN of a provider nor a domain name, or has a wildcard.
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
    /// It is not a run of letters and digits, or has a wildcard.
    pub fn parse_canonical(text: &str) -> Result<Self, PrincipalError> {
        if text.contains(['*', '?']) {
            return Err(PrincipalError::Wildcard);
        }
        let valid = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
        if valid { Ok(Self::CanonicalUser(text.into())) } else { Err(PrincipalError::Format) }
    }

    /// The member of the principal map under which it stands.
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

    /// The account an account entry names.
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Account { text } => Some(text.split(':').nth(4).unwrap_or(text)),
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

/// Whether a text is an account id: twelve digits.
pub fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// Unique ids of users and roles begin with these prefixes (IAM User Guide, `reference_identifiers`).
fn is_unique_id(text: &str) -> bool {
    (16..=128).contains(&text.len())
        && (text.starts_with("AIDA") || text.starts_with("AROA"))
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// Whether a text can be the name of a user, a role or a session: `[\w+=,.@-]+` (IAM API reference).
fn is_name(text: &str) -> bool {
    let allowed =
        |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'+' | b'=' | b',' | b'.' | b'@' | b'-');
    !text.is_empty() && text.bytes().all(allowed)
}

/// A name with the path before it, which may hold any visible ASCII character. Variables are not replaced in principals (rule 1.21),
/// so what looks like one is a slip of the pen.
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
    let fields: Vec<&str> = text.splitn(6, ':').collect();
    match fields.as_slice() {
        ["arn", partition, "iam", "", account, resource] => {
            let named = |prefix: &str| {
                let name = resource.strip_prefix(prefix).unwrap_or_default();
                !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic()) && !name.contains("${")
            };
            partition.starts_with("aws")
                && is_account(account)
                && (named("oidc-provider/") || named("saml-provider/"))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_aws_principals() {
        let parse = |text| Principal::parse_aws(text);
        assert_eq!(parse("*"), Ok(Principal::Aws));
        assert_eq!(parse("111122223333").unwrap().account(), Some("111122223333"));
        assert_eq!(parse("arn:aws:iam::111122223333:root").unwrap().account(), Some("111122223333"));
        assert!(matches!(parse("arn:aws:iam::111122223333:user/a/b"), Ok(Principal::User(_))));
        assert!(matches!(parse("arn:aws-cn:iam::111122223333:role/p/r"), Ok(Principal::Role(_))));
        assert!(matches!(parse("arn:aws:sts::111122223333:assumed-role/r/s"), Ok(Principal::Session(_))));
        assert!(matches!(
            parse("arn:aws:sts::111122223333:federated-user/f"),
            Ok(Principal::FederatedUser(_))
        ));
        assert!(matches!(parse("AROADBQP57FF2AEXAMPLE"), Ok(Principal::Deleted(_))));
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
