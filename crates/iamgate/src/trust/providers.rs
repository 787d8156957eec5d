//! The identity providers whose tokens open sessions.

use iam_json::{Form, Kind, Value};
use iam_policy::{IamResource, Limits, code};

use crate::filled;
use crate::input::{File, InputError};
use crate::managed::hex_sha256;
use crate::schema::DocumentSchema;

/// The identity providers of DoiT, for one account.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IdentityProviders {
    /// The providers.
    pub providers: Vec<IdentityProvider>,
    /// SHA-256 of the file before its parameters were filled in.
    pub sha256: Box<str>,
}

/// An OIDC identity provider, with the properties of its tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IdentityProvider {
    /// The host and path of the issuer, without `https://`.
    pub issuer: Box<str>,
    /// The audience of its tokens.
    pub audience: Box<str>,
    /// The subject of its tokens; `None` if it is not always the same.
    pub subject: Option<Box<str>>,
}

impl IdentityProviders {
    /// Reads a list of providers for an account. `policies/doit/identity-providers.json` is such a list.
    ///
    /// # Errors
    /// `account` is not an account id, or a member is missing, unknown or wrong.
    pub fn load(file: &File, account: &str, limits: &Limits) -> Result<Self, InputError> {
        let providers = filled::read(file, account, limits, read)?;
        Ok(Self { providers, sha256: hex_sha256(file.text.as_bytes()).into() })
    }

    /// The provider with this ARN in this account; `None` if there is none. An ARN with the same issuer in another account is another provider.
    pub fn of_arn(&self, arn: &str, partition: &str, account: &str) -> Option<&IdentityProvider> {
        self.providers.iter().find(|provider| *provider.arn(partition, account) == *arn)
    }
}

impl IdentityProvider {
    /// Its ARN in an account.
    pub fn arn(&self, partition: &str, account: &str) -> String {
        IamResource::OidcProvider(&self.issuer).arn(partition, account)
    }
}

fn read(form: &mut Form, root: Value<'_>) -> Option<Vec<IdentityProvider>> {
    let names = ["schema", "version", "providers", "parameters", "about"];
    let [schema, version, providers, ..] = form.members(root, names, 3)?;
    DocumentSchema::IdentityProviders.expect(form, root, schema, version)?;
    let list = providers?;
    if list.kind() != Kind::Array {
        form.report(code::INVALID_MEMBER, list, list.kind().name(), "a list");
    }
    list.items().map(|item| provider(form, item)).collect()
}

fn provider(form: &mut Form, item: Value<'_>) -> Option<IdentityProvider> {
    let [issuer, audience, subject] = form.members(item, ["issuer", "audience", "subject"], 2)?;
    Some(IdentityProvider {
        issuer: form.text(issuer?, "host and path of the issuer")?,
        audience: form.text(audience?, "the audience")?,
        subject: match subject {
            Some(subject) => Some(form.text(subject, "the subject")?),
            None => None,
        },
    })
}
