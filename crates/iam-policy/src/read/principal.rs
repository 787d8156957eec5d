//! `Principal` and `NotPrincipal` (rules 1.13, 1.15, 1.23, 1.24).

use super::{Path, Reader, Reported, opening};
use crate::arn::ArnFields;
use crate::code;
use crate::policy::PolicyKind;
use crate::principal::{NamedPrincipal, PrincipalElement, PrincipalError, Principals};
use iam_json::quoted;
use iam_json::{Kind, Value};
use iam_json::{Span, Spanned};

impl Reader<'_> {
    /// Reads the principal element. `None` if the statement has none and needs none; an error if the element cannot be read.
    pub(super) fn principal_element(
        &mut self,
        principal: Option<Value<'_>>,
        not_principal: Option<Value<'_>>,
        statement: Value<'_>,
        path: &Path<'_>,
    ) -> Result<Option<PrincipalElement>, Reported> {
        if !self.kind.names_principals() {
            let mut read = Ok(None);
            for (name, value) in [("Principal", principal), ("NotPrincipal", not_principal)] {
                let Some(value) = value else { continue };
                let code = if self.kind == PolicyKind::Scp {
                    code::SCP_SYNTAX_ERROR_PRINCIPAL
                } else {
                    code::UNSUPPORTED_PRINCIPAL
                };
                let help =
                    format!("leave it out: {} is about the principal it applies to", self.kind.description());
                self.report(code, &path.member(name), value.span(), "a principal element", help);
                read = Err(Reported);
            }
            return read;
        }
        let not_principal = not_principal.map(|value| {
            let path = path.member("NotPrincipal");
            self.not_principal(value, &path)?;
            self.principals(value, &path)
        });
        match (principal, not_principal) {
            (Some(value), _) => {
                let principals = self.principals(value, &path.member("Principal")).ok_or(Reported)?;
                Ok(Some(PrincipalElement::Principal(principals)))
            }
            (None, Some(principals)) => Ok(Some(PrincipalElement::NotPrincipal(principals.ok_or(Reported)?))),
            (None, None) => {
                let found = "a statement without Principal";
                let help = format!("add Principal: {} says whom it is about", self.kind.description());
                self.report(code::MISSING_PRINCIPAL, path, opening(statement), found, help);
                Err(Reported)
            }
        }
    }

    fn not_principal(&mut self, value: Value<'_>, path: &Path<'_>) -> Option<()> {
        match self.kind {
            PolicyKind::Trust => {
                let help = "test aws:PrincipalArn in a Condition instead";
                self.report(
                    code::ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL,
                    path,
                    value.span(),
                    "NotPrincipal",
                    help,
                );
            }
            PolicyKind::Rcp => self.report(
                code::RCP_SYNTAX_ERROR_PRINCIPAL,
                path,
                value.span(),
                "NotPrincipal",
                "write \"Principal\": \"*\"",
            ),
            PolicyKind::Identity
            | PolicyKind::Managed
            | PolicyKind::AwsManaged
            | PolicyKind::Boundary
            | PolicyKind::Session
            | PolicyKind::Scp
            | PolicyKind::Resource
            | PolicyKind::Kms
            | PolicyKind::VpcEndpoint => {}
        }
        let is_empty = |list: Value<'_>| list.kind() == Kind::Array && list.items().next().is_none();
        if value.kind() == Kind::Object && value.members().all(|m| is_empty(m.value)) {
            self.empty_not_list(value, path);
            return None;
        }
        let everyone = value.as_string().is_some_and(|t| t == "*")
            || value.member("AWS").is_some_and(|v| {
                std::iter::once(v).chain(v.items()).any(|v| v.as_string().is_some_and(|t| t == "*"))
            });
        if everyone {
            let help = "a Deny that exempts everyone denies nobody; list the principals that are exempt";
            self.report(code::INVALID_PRINCIPAL_FORMAT, path, value.span(), "`*` under NotPrincipal", help);
            return None;
        }
        Some(())
    }

    fn principals(&mut self, value: Value<'_>, path: &Path<'_>) -> Option<Principals> {
        const HELP: &str = "write \"*\" or a map such as {\"AWS\": \"111122223333\"}";
        match value.kind() {
            Kind::String if value.string() == "*" => {
                if self.kind == PolicyKind::Trust {
                    let help = "name the principals that may assume the role";
                    self.report(
                        code::ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL,
                        path,
                        value.span(),
                        "`*`",
                        help,
                    );
                }
                Some(Principals::Everyone(Spanned::new((), value.span())))
            }
            Kind::String => {
                self.report(
                    code::INVALID_PRINCIPAL_FORMAT,
                    path,
                    value.span(),
                    quoted(&value.string()),
                    HELP,
                );
                None
            }
            Kind::Object if self.kind == PolicyKind::Rcp && !is_every_aws(value) => {
                let found = "a map that names principals";
                let help = "write \"Principal\": \"*\"";
                self.report(code::RCP_SYNTAX_ERROR_PRINCIPAL, path, value.span(), found, help);
                None
            }
            Kind::Object => self.principal_map(value, path),
            Kind::Array | Kind::Null | Kind::True | Kind::False | Kind::Number => {
                self.report(code::DATA_TYPE_MISMATCH, path, value.span(), value.kind().name(), HELP);
                None
            }
        }
    }

    fn principal_map(&mut self, value: Value<'_>, path: &Path<'_>) -> Option<Principals> {
        let mut entries = Some(Vec::new());
        let mut is_empty = true;
        for member in value.members() {
            is_empty = false;
            let key = member.key.string();
            let path = path.member(&key);
            let count = if member.value.kind() == Kind::Array { member.value.items().count() } else { 1 };
            if count == 0 {
                self.report(
                    code::EMPTY_ARRAY_PRINCIPAL,
                    &path,
                    member.value.span(),
                    "an empty list",
                    "name at least one principal",
                );
            }
            if self.count(count, member.value, &path).is_none() {
                entries = None;
                continue;
            }
            let parse: fn(&str) -> Result<NamedPrincipal, PrincipalError> = match &*key {
                "AWS" => NamedPrincipal::parse_aws,
                "Service" => NamedPrincipal::parse_service,
                "Federated" => NamedPrincipal::parse_federated,
                "CanonicalUser" => NamedPrincipal::parse_canonical,
                _ => {
                    let help = "the kinds of principal are AWS, Service, Federated and CanonicalUser";
                    self.report(code::INVALID_PRINCIPAL_KEY, &path, member.key.span(), quoted(&key), help);
                    entries = None;
                    continue;
                }
            };
            if &*key == "Federated" && self.kind != PolicyKind::Trust {
                let help = "sessions that such a provider has authenticated appear as sessions of a role";
                self.report(
                    code::FEDERATED_PRINCIPAL_NOT_SUPPORTED,
                    &path,
                    member.key.span(),
                    "Federated",
                    help,
                );
            }
            let mut read = |reader: &mut Self, value: Value<'_>, path: &Path<'_>| {
                let entry = reader.principal(value, path, &key, parse);
                match (entry, &mut entries) {
                    (Some(entry), Some(entries)) => entries.push(Spanned::new(entry, value.span())),
                    _ => entries = None,
                }
            };
            if member.value.kind() == Kind::Array {
                for (i, item) in member.value.items().enumerate() {
                    read(self, item, &path.item(i));
                }
            } else {
                read(self, member.value, &path);
            }
        }
        if is_empty {
            self.report(
                code::EMPTY_OBJECT_PRINCIPAL,
                path,
                value.span(),
                "an empty map",
                "name at least one principal",
            );
        }
        entries.map(Principals::Entries)
    }

    fn principal(
        &mut self,
        value: Value<'_>,
        path: &Path<'_>,
        kind: &str,
        parse: fn(&str) -> Result<NamedPrincipal, PrincipalError>,
    ) -> Option<NamedPrincipal> {
        let text = self.string(value, path, "a string or a list of strings")?;
        let span: Span = value.span();
        self.text_limit(&text, span, path)?;
        match parse(&text) {
            Ok(principal) => {
                if matches!(principal, NamedPrincipal::Deleted(_)) {
                    let help = "name the principal by its ARN; an id stands for a user or role that no longer exists";
                    self.report(code::DELETED_PRINCIPAL, path, span, quoted(&text), help);
                }
                Some(principal)
            }
            Err(PrincipalError::Wildcard) => {
                let (found, help) = match kind {
                    "Service" | "Federated" => {
                        let what = if kind == "Service" { "service" } else { "provider" };
                        let help = format!(
                            "name each {what}: AWS takes no wildcard under {kind}, not even a * alone"
                        );
                        (format!("{} under {kind}", quoted(&text)), help)
                    }
                    _ => {
                        let help = "only the whole value may be *: AWS refuses patterns such as arn:aws:iam::*:root. Name the principals, or write {\"AWS\": \"*\"} and test aws:PrincipalArn or aws:PrincipalOrgID in a Condition";
                        (quoted(&text), help.to_owned())
                    }
                };
                self.report(code::UNSUPPORTED_WILDCARD_IN_PRINCIPAL, path, span, found, help);
                None
            }
            Err(PrincipalError::Format) => {
                let help = instead_of(&text, kind);
                self.report(code::INVALID_PRINCIPAL_FORMAT, path, span, quoted(&text), help);
                None
            }
        }
    }
}

/// The field of an ARN under AWS that is not as principals have it, in words.
fn wrong_field(text: &str) -> Option<String> {
    let is_blank = |c: char| c.is_ascii_whitespace();
    if text.starts_with(is_blank) || text.ends_with(is_blank) {
        return Some("leave out the blanks before and behind it".to_owned());
    }
    let fields = ArnFields::split(text)?;
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !fields.partition.starts_with("aws") {
        return Some(format!("write the partition, such as aws: {} is none", quoted(fields.partition)));
    }
    if fields.service != "iam" && fields.service != "sts" {
        return Some(format!("principals are of iam or sts, and not of {}", quoted(fields.service)));
    }
    if !fields.region.is_empty() {
        return Some(format!("leave out {}: ARNs of principals have no Region", quoted(fields.region)));
    }
    if !is_number(fields.account) || fields.account.is_empty() {
        return Some(format!("write the twelve digits of the account: {} is none", quoted(fields.account)));
    }
    None
}

/// What to write in place of a principal of a kind that names nobody.
fn instead_of(text: &str, kind: &str) -> String {
    let fields = ArnFields::split(text);
    let is_service = text.ends_with(".amazonaws.com") || text.ends_with(".amazonaws.com.cn");
    let is_provider = fields.is_some_and(|own| {
        own.resource.starts_with("saml-provider/") || own.resource.starts_with("oidc-provider/")
    });
    let account = fields.map_or(text, |own| own.account);
    let is_number = !account.is_empty() && account.bytes().all(|byte| byte.is_ascii_digit());
    match kind {
        "Service" if fields.is_some() || is_number => {
            format!("{}: under Service stand names such as ec2.amazonaws.com", under("AWS", text))
        }
        "Service" => "write the name of a service principal, such as ec2.amazonaws.com".to_owned(),
        "Federated" => {
            "write the ARN of a provider, such as arn:aws:iam::111122223333:saml-provider/NAME or \
             arn:aws:iam::111122223333:oidc-provider/HOST, or a domain such as cognito-identity.amazonaws.com"
                .to_owned()
        }
        "CanonicalUser" => "write the canonical user id of an account: 64 hexadecimal digits".to_owned(),
        _ if is_service => format!("{}: it is the name of a service", under("Service", text)),
        _ if is_provider => format!("{}: it is an identity provider", under("Federated", text)),
        _ if is_number && account.len() != 12 => {
            format!("an account has twelve digits, and this one has {}", account.len())
        }
        _ if fields.is_some_and(|own| own.service == "sts" && own.resource == "root") => {
            let partition = fields.map_or("aws", |own| own.partition);
            format!("write arn:{partition}:iam::{account}:root, or the account alone: the root of an account is one of iam")
        }
        _ => wrong_field(text).unwrap_or_else(|| {
            "write an account id, or the ARN of an account's root, a user, a role, a session or a federated user"
                .to_owned()
        }),
    }
}

/// What to write: a text under another kind, as JSON, unless that is too long or has characters that are not shown.
fn under(kind: &str, text: &str) -> String {
    const MOST: usize = 256;
    if text.len() > MOST || text.contains(iam_json::is_hidden) {
        return format!("write it under {kind}");
    }
    format!("write {{{}: {}}}", iam_json::json_text(kind), iam_json::json_text(text))
}

/// Whether a map of principals is `{"AWS": "*"}`, with or without brackets.
fn is_every_aws(map: Value<'_>) -> bool {
    let is_star = |value: Value<'_>| value.as_string().is_some_and(|text| text == "*");
    let mut members = map.members();
    let Some(member) = members.next().filter(|member| member.key.string() == "AWS") else { return false };
    let mut items = member.value.items();
    let is_list_of_star = items.next().is_some_and(is_star) && items.next().is_none();
    members.next().is_none() && (is_star(member.value) || is_list_of_star)
}
