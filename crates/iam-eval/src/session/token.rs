//! Tokens: the claims that STS reads from a web identity (rules 6.3 to 6.5, 6.11).

use std::collections::BTreeSet;

use iam_json::quoted;
use iam_json::{Kind, Value};

use super::refusal::{Refusal, RefusalCode};
use super::tags::Tags;

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
const READ: [&str; 7] = ["sub", "aud", "azp", "amr", "email", ROLES, SOURCE_IDENTITY];

impl Token {
    /// Reads the claims of a decoded token.
    ///
    /// Tags may be nested under one claim, flattened over several claims, or both. A tag in both forms counts twice and is then refused.
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
                    token.tag(key, member.value);
                }
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

    /// The roles that the token lists (rule 6.4). `None` if it has no such list.
    pub(super) fn roles(&self) -> Option<Vec<&str>> {
        Some(match self.claim(ROLES)? {
            Claim::One(text) => text.split(';').collect(),
            Claim::Many(roles) => roles.iter().map(|r| &**r).collect(),
        })
    }

    fn invalid(&mut self, name: &str, value: Value<'_>, help: &str) {
        let found = format!("{} under {}", value.kind().name(), quoted(name));
        self.malformed.push(Refusal::new(RefusalCode::ClaimInvalid, found, help));
    }

    fn nested_tags(&mut self, value: Value<'_>) {
        if value.kind() != Kind::Object {
            return self.invalid(TAGS, value, "an object with principal_tags and transitive_tag_keys");
        }
        for member in value.members() {
            match &*member.key.string() {
                "principal_tags" if member.value.kind() == Kind::Object => {
                    for tag in member.value.members() {
                        self.tag(&tag.key.string(), tag.value);
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

    /// Reads a tag. Its value is a text, or a list of one text (rule 7.29).
    fn tag(&mut self, key: &str, value: Value<'_>) {
        let mut items = value.items();
        let text = match (value.kind(), items.next(), items.next()) {
            (Kind::String, ..) => value.as_string(),
            (Kind::Array, Some(one), None) => one.as_string(),
            _ => None,
        };
        if let Some(text) = text {
            self.tags.push(key, &*text);
        } else {
            let found = format!("{} for {}", value.kind().name(), quoted(key));
            self.malformed.push(Refusal::new(
                RefusalCode::TagWithSeveralValues,
                found,
                "one text, or a list of one",
            ));
        }
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
