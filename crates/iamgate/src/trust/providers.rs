//! The identity providers whose tokens open sessions.

use iam_json::{Form, Json, Kind, Value};
use iam_policy::{IamResource, Limits, code};

use crate::content;
use crate::filled;
use crate::input::{File, InputError};
use crate::schema::DocumentSchema;

/// The identity providers of DoiT, for one account. Nothing in them can be changed after they were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityProviders {
    providers: Vec<IdentityProvider>,
    sha256: Box<str>,
}

/// An OIDC identity provider, with the properties of its tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityProvider {
    issuer: Box<str>,
    audience: Box<str>,
    subject: Option<Box<str>>,
}

impl IdentityProviders {
    /// Reads a list of providers for an account. `policies/doit/identity-providers.json` is such a list.
    ///
    /// # Errors
    /// `account` is not an account id, or a member is missing, unknown or wrong.
    pub fn load(file: &File, account: &str, limits: &Limits) -> Result<Self, InputError> {
        let providers = filled::read(file, account, limits, read)?;
        let sha256 = content::of_json("identity providers", &Json::list(&providers, IdentityProvider::json));
        Ok(Self { providers, sha256 })
    }

    /// The providers.
    pub fn providers(&self) -> &[IdentityProvider] {
        &self.providers
    }

    /// The hash of their content, filled in for the account: SHA-256 in lower-case hexadecimal, over canonical JSON.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The ARN in an account of the provider with this name: its issuer without `https://`, or the ARN. `None` if there is none.
    pub fn arn_of(&self, name: &str, partition: &str, account: &str) -> Option<String> {
        let mut arns = self.providers.iter().map(|own| (own, own.arn(partition, account)));
        arns.find(|(own, arn)| own.issuer() == name || arn == name).map(|(_, arn)| arn)
    }

    /// The provider with this ARN in this account; `None` if there is none. An ARN with the same issuer in another account is another provider.
    pub fn of_arn(&self, arn: &str, partition: &str, account: &str) -> Option<&IdentityProvider> {
        self.providers.iter().find(|provider| *provider.arn(partition, account) == *arn)
    }
}

impl IdentityProvider {
    /// The host and path of the issuer, without `https://`.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The audience of its tokens.
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// The subject of its tokens; `None` if it is not always the same.
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    fn json(&self) -> Json {
        Json::object([
            ("issuer", Json::text(self.issuer())),
            ("audience", Json::text(self.audience())),
            ("subject", Json::maybe(self.subject(), Json::text)),
        ])
    }

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
