//! Tokens: the claims that STS reads from a web identity (rules 6.3 to 6.5, 6.11).

use std::collections::BTreeSet;

use iam_json::quoted;
use iam_json::{Kind, Value};

use super::refusal::{Refusal, RefusalCode};
use super::tags::Tags;
use crate::context::ContextValue;

/// The claims and the tags of a verified token.
///
/// Only claims that are texts, numbers, booleans or lists of these are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Token {
    /// Claims by name, in order. Nested objects other than the tags are left out.
    pub claims: Vec<(Box<str>, Claim)>,
    /// Refusals for claims that STS reads and whose JSON has the wrong form.
    malformed: Vec<Refusal>,
    /// The names of these claims.
    malformed_names: Vec<Box<str>>,
    /// Members of nested claims that may be keys of a provider, as `claim:member`.
    nested: Vec<Box<str>>,
    pub(super) tags: Tags,
    pub(super) transitive: Vec<Box<str>>,
}

/// The value of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// One value. Numbers and booleans are texts.
    One(Box<str>),
    /// A list.
    Many(Vec<Box<str>>),
}

const TAGS: &str = "https://aws.amazon.com/tags";
const FLAT_TAG: &str = "https://aws.amazon.com/tags/principal_tags/";
const FLAT_TRANSITIVE: &str = "https://aws.amazon.com/tags/transitive_tag_keys";
const ROLES: &str = "https://aws.amazon.com/roles";
const SOURCE_IDENTITY: &str = "https://aws.amazon.com/source_identity";

/// Claims that STS reads as one text.
const TEXTS: [&str; 4] = ["sub", "azp", "email", SOURCE_IDENTITY];

/// Claims of any provider that STS reads, besides the tags.
const READ: [&str; 6] = ["sub", "aud", "azp", "amr", "email", SOURCE_IDENTITY];

/// The claim under which Google's tokens nest the number of the organization.
const GOOGLE: &str = "google";

impl Token {
    /// Reads the claims of a decoded token.
    ///
    /// Tags may be nested under one claim, flattened over several claims, or both. A tag in both forms counts twice and is then refused.
    /// The value of a nested tag is a list of one text, that of a flattened tag a text (rule 6.5).
    ///
    /// Two claims of one name are refused. That is stricter than STS, which was observed to take the last one: a verifier that takes the
    /// first one would otherwise have read another token than STS.
    ///
    /// This function does not fail. [`super::Opening::open`] reports the claims that STS reads and that have the wrong form. Other claims
    /// of a form that STS does not read are left out.
    pub fn from_json(value: Value<'_>) -> Self {
        let mut token = Self::default();
        if value.kind() != Kind::Object {
            token.invalid("token", value, "an object of claims");
        }
        for member in value.members() {
            let name = member.key.string();
            match &*name {
                TAGS => token.nested_tags(member.value),
                FLAT_TRANSITIVE => token.transitive_keys(member.value),
                _ if name.starts_with(FLAT_TAG) => {
                    let key = name.get(FLAT_TAG.len()..).unwrap_or_default();
                    token.tag(key, member.value, "a text");
                }
                ROLES => token.listed_roles(member.value),
                GOOGLE => token.nested_claim(GOOGLE, member.value),
                _ => match claim(member.value) {
                    Some(claim) => token.claims.push((name.into(), claim)),
                    None if READ.contains(&&*name) => {
                        token.invalid(&name, member.value, "a text or a list of texts");
                    }
                    None => {}
                },
            }
        }
        token
    }

    /// Adds a claim.
    #[must_use]
    pub fn with(mut self, name: impl Into<Box<str>>, claim: Claim) -> Self {
        self.claims.push((name.into(), claim));
        self
    }

    /// Adds a session tag. A transitive tag is passed on to every session that is created from this one.
    #[must_use]
    pub fn with_tag(
        mut self,
        key: impl Into<Box<str>>,
        value: impl Into<Box<str>>,
        transitive: bool,
    ) -> Self {
        let key = key.into();
        if transitive {
            self.transitive.push(key.clone());
        }
        self.tags.push(key, value);
        self
    }

    /// Marks session tags as transitive, by their keys.
    #[must_use]
    pub fn with_transitive(mut self, keys: impl IntoIterator<Item = Box<str>>) -> Self {
        self.transitive.extend(keys);
        self
    }

    /// The claim with this name. `None` if there is none.
    pub fn claim(&self, name: &str) -> Option<&Claim> {
        self.claims.iter().find(|(known, _)| **known == *name).map(|(_, claim)| claim)
    }

    /// The session tags.
    pub const fn tags(&self) -> &Tags {
        &self.tags
    }

    /// The keys of the tags that are passed on to every session created from this one.
    pub fn transitive_tag_keys(&self) -> impl Iterator<Item = &str> {
        self.transitive.iter().map(|key| &**key)
    }

    /// Refusals for claims that STS reads: wrong form, or two claims with one name.
    pub(super) fn refusals(&self) -> Vec<Refusal> {
        let mut refusals = self.malformed.clone();
        let mut seen = BTreeSet::new();
        for (name, claim) in &self.claims {
            if matches!(claim, Claim::Many(_)) && TEXTS.contains(&&**name) {
                let found = format!("a list under {}", quoted(name));
                refusals.push(Refusal::new(RefusalCode::ClaimInvalid, found, "a text"));
            }
            if !seen.insert(name) {
                let found = format!("two claims {}", quoted(name));
                refusals.push(Refusal::new(RefusalCode::ClaimInvalid, found, "keep one of the two"));
            }
        }
        refusals
    }

    pub(super) fn source_identity(&self) -> Option<&Claim> {
        self.claim(SOURCE_IDENTITY)
    }

    /// The roles that the token lists, without white space around them (rule 6.4). `None` if it has no such list.
    ///
    /// Entries that are no ARNs of roles are not removed: they equal no role.
    pub(super) fn roles(&self) -> Option<Vec<&str>> {
        let roles: Vec<&str> = match self.claim(ROLES)? {
            Claim::One(text) => text.split(';').collect(),
            Claim::Many(roles) => roles.iter().map(|r| &**r).collect(),
        };
        Some(roles.into_iter().map(str::trim_ascii).collect())
    }

    /// Whether the token has a claim with this name, even one of the wrong form.
    pub(super) fn names(&self, name: &str) -> bool {
        self.claim(name).is_some() || self.malformed_names.iter().any(|known| **known == *name)
    }

    /// The value of a nested member for which no page says whether STS reads it.
    pub(super) fn nested(&self, path: &str) -> Option<ContextValue> {
        self.nested.iter().any(|known| **known == *path).then_some(ContextValue::Unknown)
    }

    fn invalid(&mut self, name: &str, value: Value<'_>, help: &str) {
        let found = format!("{} under {}", value.kind().name(), quoted(name));
        self.malformed.push(Refusal::new(RefusalCode::ClaimInvalid, found, help));
        self.malformed_names.push(name.into());
    }

    /// Reads the list of roles. Null is no list, and entries of an array that are no texts are ignored (rule 6.4).
    fn listed_roles(&mut self, value: Value<'_>) {
        let roles = match value.kind() {
            Kind::Null => return,
            Kind::Array => {
                Claim::Many(value.items().filter_map(|item| item.as_string().map(Into::into)).collect())
            }
            Kind::String => Claim::One(value.string().into()),
            Kind::Number | Kind::True | Kind::False | Kind::Object => {
                return self.invalid(ROLES, value, "an array of role ARNs, or a text with semicolons");
            }
        };
        self.claims.push((ROLES.into(), roles));
    }

    fn nested_claim(&mut self, name: &str, value: Value<'_>) {
        for member in value.members() {
            self.nested.push(format!("{name}:{}", member.key.string()).into());
        }
    }

    fn nested_tags(&mut self, value: Value<'_>) {
        if value.kind() != Kind::Object {
            return self.invalid(TAGS, value, "an object with principal_tags and transitive_tag_keys");
        }
        for member in value.members() {
            match &*member.key.string() {
                "principal_tags" if member.value.kind() == Kind::Object => {
                    for tag in member.value.members() {
                        self.nested_tag(&tag.key.string(), tag.value);
                    }
                }
                "transitive_tag_keys" => self.transitive_keys(member.value),
                other => self.invalid(
                    other,
                    member.value,
                    "principal_tags is an object, transitive_tag_keys a list",
                ),
            }
        }
    }

    /// Reads a nested tag. Its value is a list of one text (rule 7.29).
    fn nested_tag(&mut self, key: &str, value: Value<'_>) {
        let count = value.items().count();
        match value.items().next() {
            Some(one) if count == 1 => return self.tag(key, one, "a list of one text"),
            _ if value.kind() == Kind::Array => {
                let found = format!("{count} values for {}", quoted(key));
                let code = RefusalCode::TagWithSeveralValues;
                self.malformed.push(Refusal::new(code, found, "a list of one text"));
            }
            _ => self.invalid(key, value, "a list of one text, such as [\"value\"]"),
        }
        self.keep_tag(key, value);
    }

    /// Reads the text of a tag.
    fn tag(&mut self, key: &str, value: Value<'_>, help: &str) {
        if value.as_string().is_none() {
            self.invalid(key, value, help);
        }
        self.keep_tag(key, value);
    }

    /// Adds a tag. One of the wrong form has been refused, and is kept so that it does not seem to be missing too.
    fn keep_tag(&mut self, key: &str, value: Value<'_>) {
        let first = value.items().next().and_then(Value::as_string);
        self.tags.push(key, &*value.as_string().or(first).unwrap_or_default());
    }

    fn transitive_keys(&mut self, value: Value<'_>) {
        let keys: Option<Vec<Box<str>>> =
            value.items().map(|item| item.as_string().map(Into::into)).collect();
        match keys {
            Some(keys) if value.kind() == Kind::Array => self.transitive.extend(keys),
            _ => self.invalid("transitive_tag_keys", value, "a list of tag keys"),
        }
    }
}

fn claim(value: Value<'_>) -> Option<Claim> {
    let scalar = |value: Value<'_>| match value.kind() {
        Kind::String | Kind::Number | Kind::True | Kind::False => Some(value.string().into()),
        Kind::Null | Kind::Array | Kind::Object => None,
    };
    match value.kind() {
        Kind::Array => value.items().map(scalar).collect::<Option<Vec<_>>>().map(Claim::Many),
        Kind::String | Kind::Number | Kind::True | Kind::False | Kind::Null | Kind::Object => {
            scalar(value).map(Claim::One)
        }
    }
}
