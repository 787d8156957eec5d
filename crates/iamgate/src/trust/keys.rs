//! The condition keys that a trust policy sees, as a part of the space of a question (part 6 of the rules).
//!
//! Every key that a policy of the role mentions has one of three forms: a known value, a language of values that a call chooses from, or it
//! is absent. What is tied, such as the keys of tags and `aws:TagKeys`, is told apart by [`Keys::cases`].

use std::collections::BTreeSet;

use iam_analysis::{Fact, KeyShape, KeyText, KeyValues, Space};
use iam_catalog::Details;
use iam_eval::session::{Claim, Opening, Parameters, ProviderClaim, SessionLimits, Token};
use iam_eval::{Context, ContextValue, Principal};
use iam_policy::value::Instant;
use iam_policy::{ArnFields, Condition, IamResource, Policy, Statement, Values};

use super::combined::{Case, test};
use super::trial::sts_role;
use crate::outsiders::variables;
use crate::proof::space;
use crate::snapshot::RoleSnapshot;

/// The claim of the audience, which a built-in provider with access tokens does not send.
const WITHOUT_SUBJECT: [&str; 2] = ["graph.facebook.com", "www.amazon.com"];

/// The maximum number of tag keys whose presence is told apart.
const MOST_TAGS: usize = 5;

/// The callers whose keys are in question.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind<'k> {
    /// Tokens of an OIDC provider.
    Token { provider: &'k str },
    /// Assertions of a SAML provider.
    Assertion { provider: &'k str },
    /// Callers with credentials of AWS.
    Aws,
}

/// The keys that the policies of a role mention, for a kind of call.
#[derive(Debug)]
pub(super) struct Keys<'k> {
    pub(super) kind: Kind<'k>,
    /// The names, each once, in lower case.
    pub(super) mentioned: BTreeSet<String>,
    /// The keys of session tags that are told apart, in lower case with one of their spellings.
    tags: Vec<(String, String)>,
    /// What a call without tags and claims has; keys that are free are unknown. `None` for callers with credentials.
    base: Option<Context>,
    call: &'k Context,
    now: Instant,
}

impl<'k> Keys<'k> {
    pub(super) fn new(
        kind: Kind<'k>,
        role: &RoleSnapshot,
        tag: Option<&str>,
        now: Instant,
        call: &'k Context,
    ) -> Self {
        let (mut mentioned, mut tags) = (BTreeSet::new(), Vec::new());
        let mut add_tag = |key: &str| {
            let folded = key.to_ascii_lowercase();
            if !tags.iter().any(|(known, _): &(String, String)| *known == folded) {
                tags.push((folded, key.to_owned()));
            }
        };
        tag.into_iter().for_each(&mut add_tag);
        for policy in policies(role) {
            for condition in policy.statements.iter().flat_map(|own: &Statement| &own.conditions) {
                let key = condition.key.value.as_str();
                mentioned.insert(key.to_ascii_lowercase());
                if let Some(own) = after(key, "aws:RequestTag/") {
                    add_tag(own);
                }
                let is_null = matches!(condition.values, Values::Null(_));
                if !is_null
                    && (key.eq_ignore_ascii_case("aws:TagKeys")
                        || key.eq_ignore_ascii_case("sts:TransitiveTagKeys"))
                {
                    let texts = condition.values.texts().into_iter();
                    texts.filter(|text| is_tag_key(text)).for_each(&mut add_tag);
                }
            }
            for key in variables(policy) {
                mentioned.insert(key.to_ascii_lowercase());
                if let Some(own) = after(key, "aws:RequestTag/") {
                    add_tag(own);
                }
            }
        }
        if let Kind::Token { provider } = kind {
            // Every token has them, whether a policy asks for them or not.
            let issuer = issuer(provider).to_ascii_lowercase();
            mentioned.extend([format!("{issuer}:sub"), format!("{issuer}:aud")]);
        }
        tags.truncate(MOST_TAGS);
        let base = match kind {
            Kind::Token { provider } => base(role, provider, now, call),
            Kind::Assertion { provider } => {
                let keys = Principal::Saml { provider: provider.into() }.keys();
                base(role, provider, now, call).map(|mut own| {
                    own.set("aws:FederatedProvider", ContextValue::multiple::<&str>([]));
                    keys.iter().for_each(|(key, value)| own.set(key, value.clone()));
                    own
                })
            }
            Kind::Aws => None,
        };
        Self { kind, mentioned, tags, base, call, now }
    }

    /// Whether a policy mentions the key.
    pub(super) fn mentions(&self, key: &str) -> bool {
        self.mentioned.contains(&key.to_ascii_lowercase())
    }

    /// The host and path of the issuer; for a built-in provider, its domain.
    pub(super) fn issuer(&self) -> &'k str {
        match self.kind {
            Kind::Token { provider } => issuer(provider),
            Kind::Assertion { .. } | Kind::Aws => "",
        }
    }

    /// The space of the calls. `has_audience` says that tokens have an audience.
    pub(super) fn space(&self, role: &RoleSnapshot, details: &Details<'_>, has_audience: bool) -> Space {
        let conditions = policies(role).flat_map(|policy| &policy.statements).flat_map(|own| &own.conditions);
        let conditions: Vec<&Condition> = conditions.collect();
        let mut space = space(conditions.iter().copied(), details);
        for key in &self.mentioned {
            match self.form(key, role, has_audience) {
                Form::Fact(fact) => space.set_fact(key, fact),
                Form::Shape(shape) => space.set_shape(key, shape),
                Form::Free => {}
            }
        }
        for key in ["aws:TagKeys", "sts:TransitiveTagKeys"] {
            space.set_shape(key, KeyShape { text: KeyText::TagKey, ..KeyShape::of(KeyValues::Multiple) });
        }
        for (key, _) in &self.tags {
            let shape = KeyShape { text: KeyText::TagValue, ..KeyShape::of(KeyValues::Single) };
            space.set_shape(&format!("aws:RequestTag/{key}"), shape);
        }
        let name = KeyShape { text: KeyText::SessionName, ..KeyShape::of(KeyValues::Single) };
        space.set_shape("sts:SourceIdentity", name);
        space
    }

    /// The cases that a question has to tell apart: which tags are passed, and whether there is a source identity.
    ///
    /// All of them are about calls from now on. A transitive key is one of a tag that is passed. With `is_narrow` it is also one that is told
    /// apart, so that a call with these keys can be made, and if a policy asks for `aws:EpochTime`, the call is made `now`; without, there may be cases
    /// of which there are no calls.
    pub(super) fn cases(&self, is_narrow: bool) -> Vec<Case> {
        // Both keys tell the time of the call. They agree for certain if both tell `now`.
        let (dates, numbers) = if is_narrow && self.mentions("aws:EpochTime") {
            ("DateEquals", "NumericEquals")
        } else {
            ("DateGreaterThanEquals", "NumericGreaterThanEquals")
        };
        let mut times = Vec::new();
        for (operator, key, now) in [
            (dates, "aws:CurrentTime", self.now.to_string()),
            (numbers, "aws:EpochTime", self.now.epoch_seconds().to_string()),
        ] {
            if self.mentions(key) {
                times.extend(test(operator, key, &[now]));
            }
        }
        let mut of_tags: Vec<(bool, Vec<Condition>)> = Vec::new();
        let mut without: Vec<Condition> = null("aws:TagKeys", true);
        without.extend(null("sts:TransitiveTagKeys", true));
        without.extend(self.tags.iter().flat_map(|(key, _)| null(&request_tag(key), true)));
        of_tags.push((false, without));
        let count = u32::try_from(self.tags.len()).unwrap_or(0);
        for choice in 0..1_u32.checked_shl(count).unwrap_or(1) {
            let mut conditions = null("aws:TagKeys", false);
            let (mut absent, mut present): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
            for (at, (key, spelled)) in (0_u32..).zip(&self.tags) {
                let is_there = 1_u32.checked_shl(at).is_some_and(|bit| choice & bit != 0);
                conditions.extend(null(&request_tag(key), !is_there));
                if is_there {
                    let any = "ForAnyValue:StringEqualsIgnoreCase";
                    conditions.extend(test(any, "aws:TagKeys", &[spelled]));
                    present.push(spelled);
                } else {
                    absent.push(spelled);
                }
            }
            if !absent.is_empty() {
                for key in ["aws:TagKeys", "sts:TransitiveTagKeys"] {
                    conditions.extend(test("ForAllValues:StringNotEqualsIgnoreCase", key, &absent));
                }
            }
            if is_narrow && present.is_empty() {
                conditions.extend(null("sts:TransitiveTagKeys", true));
            } else if is_narrow {
                let all = "ForAllValues:StringEqualsIgnoreCase";
                conditions.extend(test(all, "sts:TransitiveTagKeys", &present));
            }
            of_tags.push((true, conditions));
        }
        let mut cases = Vec::new();
        for (passes_tags, tags) in of_tags {
            for has_identity in [false, true] {
                let mut conditions = tags.clone();
                conditions.extend(null("sts:SourceIdentity", !has_identity));
                conditions.extend(times.iter().cloned());
                cases.push(Case { passes_tags, has_identity, conditions });
            }
        }
        cases
    }

    /// The tags that a call passes to have these keys, each with its value. `is_usual` takes the spelling of the policies.
    pub(super) fn passed_tags(&self, context: &Context, is_usual: bool) -> Vec<(String, String)> {
        let spelled = |key: String| {
            let own = self.tags.iter().find(|(known, _)| is_usual && known.eq_ignore_ascii_case(&key));
            own.map_or(key, |(_, spelled)| spelled.clone())
        };
        let listed = |key: &str| -> Vec<String> {
            match context.value(key) {
                Some(ContextValue::Multiple(keys)) => keys.iter().map(ToString::to_string).collect(),
                Some(ContextValue::Single(one)) => vec![one.to_string()],
                Some(ContextValue::Unknown | ContextValue::Twice(_)) | None => Vec::new(),
            }
        };
        let mut passed: Vec<(String, String)> = Vec::new();
        for key in listed("aws:TagKeys").into_iter().chain(listed("sts:TransitiveTagKeys")) {
            if !passed.iter().any(|(known, _)| known.eq_ignore_ascii_case(&key)) {
                let value = text(context, &request_tag(&key)).unwrap_or_else(|| "x".to_owned());
                passed.push((spelled(key), value));
            }
        }
        for (key, spelled) in &self.tags {
            if let Some(value) = text(context, &request_tag(key))
                && !passed.iter().any(|(known, _)| known.eq_ignore_ascii_case(key))
            {
                passed.push((spelled.clone(), value));
            }
        }
        passed
    }

    /// The keys of a request that the caller of STS chooses, and no claim: those that a witness has, and that the others are absent.
    pub(super) fn of_call(&self, context: &Context) -> Context {
        let mut call = self.call.clone();
        for key in &self.mentioned {
            let is_free =
                self.base.as_ref().is_some_and(|base| matches!(base.value(key), Some(ContextValue::Unknown)));
            if is_free {
                let value = context.value(key).cloned();
                call.set(key.as_str(), value.unwrap_or_else(|| ContextValue::multiple::<&str>([])));
            }
        }
        call
    }

    fn form(&self, key: &str, role: &RoleSnapshot, has_audience: bool) -> Form {
        match key {
            "sts:rolesessionname" => return Form::Shape(always(KeyText::SessionName)),
            "aws:currenttime" => return Form::Shape(always(KeyText::Date)),
            "aws:epochtime" => return Form::Shape(always(KeyText::Number)),
            "aws:tagkeys" | "sts:transitivetagkeys" | "sts:sourceidentity" => return Form::Free,
            _ if key.starts_with("aws:requesttag/") => {
                let shape = KeyShape { text: KeyText::TagValue, ..KeyShape::of(KeyValues::Single) };
                return Form::Shape(shape);
            }
            _ => {}
        }
        let Some(base) = &self.base else { return self.of_aws(key, role) };
        match self.kind {
            Kind::Token { .. } => {
                if key == "sts:roleauthorizedbyidp" {
                    return Form::Shape(always(KeyText::Bool));
                }
                if let Some(claim) = after(key, &format!("{}:", self.issuer())) {
                    return self.of_claim(claim, has_audience);
                }
            }
            Kind::Assertion { .. } if key.starts_with("saml:") => {
                return Form::Shape(KeyShape::of(KeyValues::Either));
            }
            Kind::Assertion { .. } if key == "sts:roleauthorizedbyidp" => return Form::Fact(Fact::Absent),
            Kind::Assertion { .. } | Kind::Aws => {}
        }
        // What is not known is no fact.
        Form::Fact(base.value(key).map_or(Fact::Absent, |value| Fact::Value(value.clone())))
    }

    /// The form of a key of a call with credentials of AWS.
    fn of_aws(&self, key: &str, role: &RoleSnapshot) -> Form {
        let known = |text: &str| Form::Fact(Fact::Value(ContextValue::single(text)));
        match self.call.value(key) {
            None | Some(ContextValue::Unknown) => {}
            Some(value) => return Form::Fact(Fact::Value(value.clone())),
        }
        match key {
            "aws:securetransport" => return known("true"),
            "aws:resourceaccount" => return known(role.account()),
            "sts:roleauthorizedbyidp" => return Form::Fact(Fact::Absent),
            _ => {}
        }
        let of_role = after(key, "aws:ResourceTag/").or_else(|| after(key, "iam:ResourceTag/"));
        match of_role {
            Some(tag) => role.tags().value(tag).map_or(Form::Fact(Fact::Absent), known),
            None => Form::Free,
        }
    }

    /// The form of the key of a claim (rules 6.3, 6.15).
    fn of_claim(&self, claim: &str, has_audience: bool) -> Form {
        let issuer = self.issuer();
        let has_token = !WITHOUT_SUBJECT.iter().any(|own| own.eq_ignore_ascii_case(issuer));
        let of = |values, is_always| Form::Shape(KeyShape { always: is_always, ..KeyShape::of(values) });
        match claim {
            "aud" | "oaud" if !has_audience => Form::Fact(Fact::Absent),
            "aud" if issuer.eq_ignore_ascii_case("cognito-identity.amazonaws.com") => {
                of(KeyValues::Either, true)
            }
            "sub" | "aud" => of(KeyValues::Single, has_token),
            "oaud" => of(KeyValues::Either, has_token),
            "email" => of(KeyValues::Single, false),
            "amr" => of(KeyValues::Multiple, false),
            _ if ProviderClaim::of(issuer).any(|own| own.key.eq_ignore_ascii_case(claim)) => {
                of(KeyValues::Either, false)
            }
            // AWS makes no key of any other claim.
            _ => Form::Fact(Fact::Absent),
        }
    }
}

/// The space of the calls that tokens, assertions or callers with credentials make, of which a trust policy is asked. `provider` is that of
/// tokens and assertions; `None` stands for callers with credentials, of whom no key of a provider is known.
pub(crate) fn space_of_calls(
    role: &RoleSnapshot,
    provider: Option<&str>,
    now: Instant,
    details: &Details<'_>,
) -> Space {
    let call = Context::new();
    let is_saml = |provider: &str| {
        matches!(
            ArnFields::split(provider).and_then(|fields| fields.iam()),
            Some(IamResource::SamlProvider(_))
        )
    };
    let kind = match provider {
        Some(provider) if is_saml(provider) => Kind::Assertion { provider },
        Some(provider) => Kind::Token { provider },
        None => Kind::Aws,
    };
    let keys = Keys::new(kind, role, None, now, &call);
    let mut space = keys.space(role, details, true);
    // What both keys of the time say is tied, so that only calls of one time are looked at. `difference` tells that.
    if keys.mentions("aws:CurrentTime") && keys.mentions("aws:EpochTime") {
        space.set_fact("aws:CurrentTime", Fact::Value(ContextValue::single(now.to_string())));
        let epoch = now.epoch_seconds().to_string();
        space.set_fact("aws:EpochTime", Fact::Value(ContextValue::single(epoch)));
    }
    if provider.is_none() {
        // The prefix of a provider's key is a domain.
        let of_providers = |key: &&String| {
            key.split_once(':').is_some_and(|(prefix, _)| prefix.contains('.') || prefix == "saml")
        };
        keys.mentioned.iter().filter(of_providers).for_each(|key| space.set_fact(key, Fact::Absent));
    }
    space
}

/// What is known of a key.
enum Form {
    Fact(Fact),
    Shape(KeyShape),
    /// As AWS's list has it.
    Free,
}

/// The issuer of a provider: its host and path; for a built-in provider, its domain.
pub(super) fn issuer(provider: &str) -> &str {
    match ArnFields::split(provider).and_then(|fields| fields.iam()) {
        Some(IamResource::OidcProvider(issuer)) => issuer,
        _ => provider,
    }
}

/// The policies that a call to STS meets.
pub(super) fn policies(role: &RoleSnapshot) -> impl Iterator<Item = &Policy> {
    let rcp = role.rcp().into_iter().flatten().flatten().map(|named| &**named.policy());
    role.trust().map(|own| &**own).into_iter().chain(rcp)
}

/// The keys of a call with a token that has no claims that matter. What the call does not say is unknown.
fn base(role: &RoleSnapshot, provider: &str, now: Instant, call: &Context) -> Option<Context> {
    let token = Token::default().with("sub", Claim::One("x".into()));
    let mut opening =
        Opening::web_identity(sts_role(role), Parameters::named("session"), provider, token, now);
    opening.call = call.clone();
    let session = opening.open(&SessionLimits::default()).ok()?;
    Some(session.trust_context().clone())
}

/// The keys that a caller of STS may state, and the names of the others, which follow from the call.
pub(super) fn stated(role: &RoleSnapshot, now: Instant, call: &Context) -> (Context, Vec<Box<str>>) {
    let (mut own, mut others) = (Context::new(), Vec::new());
    for (key, value) in call.iter() {
        let one = Context::new().with(key, value.clone());
        if base(role, OF_NOBODY, now, &one).is_some() {
            own.set(key, value.clone());
        } else {
            others.push(key.into());
        }
    }
    (own, others)
}

/// A provider whose keys no policy has.
const OF_NOBODY: &str = "nobody.invalid";

/// What follows a prefix, ignoring case.
fn after<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let head = text.get(..prefix.len())?;
    if head.eq_ignore_ascii_case(prefix) { text.get(prefix.len()..) } else { None }
}

fn is_tag_key(text: &str) -> bool {
    !text.is_empty() && !text.contains(['*', '?', '$'])
}

fn request_tag(key: &str) -> String {
    format!("aws:RequestTag/{key}")
}

fn null(key: &str, is_absent: bool) -> Vec<Condition> {
    test("Null", key, &[if is_absent { "true" } else { "false" }])
}

const fn always(text: KeyText) -> KeyShape {
    KeyShape { values: KeyValues::Single, text, always: true }
}

/// The single text of a key.
pub(super) fn text(context: &Context, key: &str) -> Option<String> {
    match context.value(key)? {
        ContextValue::Single(text) => Some(text.to_string()),
        ContextValue::Multiple(texts) => texts.first().map(ToString::to_string),
        ContextValue::Unknown | ContextValue::Twice(_) => None,
    }
}
