//! Calls of STS near what a trust policy asks for: tokens of identity providers, and callers with credentials.

use iam_analysis::CallerKind;
use iam_eval::session::{Claim, Opening, Parameters, ProviderClaim, Role, Token};
use iam_eval::{Action, Context, ContextValue, Request, ResourceKind};
use iam_policy::value::Instant;
use iam_policy::{ArnFields, Policy, RoleArn, is_account};
use iam_testkit::Source;

use super::bench::NOW;
use super::callers::Crowd;
use super::draw::listed;
use super::sample::{filled, near};

/// How a key is tested: its name, operators, and values.
struct Tests(&'static str, &'static [&'static str], &'static [&'static str]);

const TEXT: [&str; 5] =
    ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase"];
const LIST: [&str; 4] = [
    "ForAnyValue:StringLike",
    "ForAllValues:StringLike",
    "ForAllValues:StringEquals",
    "ForAnyValue:StringNotEquals",
];

const KEYS: [Tests; 13] = [
    Tests("aws:PrincipalServiceName", &TEXT, &["sns.amazonaws.com", "ec2*", "*"]),
    Tests("sts:ExternalId", &TEXT, &["a", "b*", ""]),
    Tests(
        "aws:PrincipalArn",
        &["ArnLike", "ArnNotLike", "StringLike", "ArnEquals"],
        &[
            "arn:aws:iam::333333333333:role/ab",
            "arn:aws:iam::*:role/p/*",
            "arn:aws:iam::333333333333:user/*",
            "arn:aws:iam::*:user/ab",
        ],
    ),
    Tests("aws:PrincipalAccount", &TEXT, &["333333333333", "111122223333", "3*"]),
    Tests("aws:PrincipalOrgID", &TEXT, &["o-aaaaaaaaaa", "o-*"]),
    Tests("aws:PrincipalType", &TEXT, &["User", "AssumedRole", "A*"]),
    Tests("aws:userid", &TEXT, &["AIDA*", "AROA*:ab", "*:ab"]),
    Tests("aws:RequestTag/x", &TEXT, &["a", "b", "*"]),
    Tests("aws:TagKeys", &LIST, &["x", "y", "*"]),
    Tests("aws:PrincipalTag/x", &TEXT, &["a", "b*"]),
    Tests("aws:SourceAccount", &TEXT, &["333333333333", "111122223333"]),
    Tests("sts:RoleSessionName", &TEXT, &["ab", "a*", "${aws:username}"]),
    Tests("aws:SourceArn", &["ArnLike", "ArnNotLike"], &["arn:aws:sns:*:333333333333:*", "arn:aws:s3:::ab"]),
];

const PRINCIPALS: [&str; 12] = [
    r#""*""#,
    r#"{"AWS":"*"}"#,
    r#"{"AWS":"333333333333"}"#,
    r#"{"AWS":"arn:aws:iam::333333333333:root"}"#,
    r#"{"AWS":"111122223333"}"#,
    r#"{"AWS":"arn:aws:iam::333333333333:role/ab"}"#,
    r#"{"AWS":["arn:aws:iam::333333333333:user/ab","444455556666"]}"#,
    r#"{"AWS":"arn:aws:sts::333333333333:assumed-role/ab/ab"}"#,
    r#"{"Service":"ec2.amazonaws.com"}"#,
    r#"{"Service":"sns.amazonaws.com"}"#,
    r#"{"AWS":"333333333333","Service":"sns.amazonaws.com"}"#,
    r#"{"AWS":"arn:aws:iam::111122223333:role/p/ab"}"#,
];
const ACTIONS: [&str; 6] = [
    r#""sts:AssumeRole""#,
    r#""sts:AssumeRole""#,
    r#"["sts:AssumeRole","sts:TagSession"]"#,
    r#""sts:*""#,
    r#""sts:TagSession""#,
    r#"["sts:AssumeRole","sts:SetSourceIdentity"]"#,
];

/// Draws a trust policy about callers with credentials of AWS.
pub(crate) fn policy(source: &mut Source<'_>) -> String {
    let keys: Vec<&Tests> = (0..source.between(1, 2)).map(|_| source.pick(&KEYS)).collect();
    let mut statements = Vec::new();
    for number in 0..source.between(1, 3) {
        let effect = if number > 0 && source.chance(55) { "Deny" } else { "Allow" };
        let principal =
            if effect == "Deny" && source.chance(50) { PRINCIPALS[0] } else { *source.pick(&PRINCIPALS) };
        let action = if number == 0 {
            *source.pick(&[ACTIONS[0], ACTIONS[2], ACTIONS[3]])
        } else {
            *source.pick(&ACTIONS)
        };
        let mut blocks: Vec<String> = Vec::new();
        for _ in 0..*source.pick(&[0, 1, 1, 2]) {
            let own = condition(source, &keys);
            let operator = |block: &str| block.split_once(":{").map(|(own, _)| own.to_owned());
            if blocks.iter().all(|other| operator(other) != operator(&own)) {
                blocks.push(own);
            }
        }
        let condition = if blocks.is_empty() {
            String::new()
        } else {
            format!(r#","Condition":{{{}}}"#, blocks.join(","))
        };
        statements
            .push(format!(r#"{{"Effect":"{effect}","Principal":{principal},"Action":{action}{condition}}}"#));
    }
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
}

fn condition(source: &mut Source<'_>, keys: &[&Tests]) -> String {
    let tests = if source.chance(85) { source.choose(keys).copied() } else { None };
    let Tests(name, operators, texts) = *tests.unwrap_or_else(|| source.pick(&KEYS));
    if source.chance(12) {
        let value = source.chance(40);
        return format!(r#""Null":{{"{name}":"{value}"}}"#);
    }
    let operator = source.choose(operators).copied().unwrap_or("StringEquals");
    let suffix = if source.chance(12) { "IfExists" } else { "" };
    let values: Vec<&str> = (0..source.between(1, 2)).filter_map(|_| source.choose(texts).copied()).collect();
    format!(r#""{operator}{suffix}":{{"{name}":[{}]}}"#, listed(&values))
}

/// The texts of a trust policy from which calls are made.
pub(crate) struct Texts {
    /// Each key with its values.
    tests: Vec<(String, Vec<String>)>,
    all: Vec<String>,
    tags: Vec<String>,
}

impl Texts {
    pub(crate) fn new(policy: &Policy) -> Self {
        let mut own = Self {
            tests: Vec::new(),
            all: ["", "x", "ab", "evil", "evil/evil", "true", "a@b"].map(str::to_owned).into(),
            tags: ["x", "other"].map(str::to_owned).into(),
        };
        for condition in policy.statements.iter().flat_map(|statement| &statement.conditions) {
            let key = condition.key.value.as_str();
            let values: Vec<String> = condition.values.texts().into_iter().map(str::to_owned).collect();
            own.all.extend(values.iter().cloned());
            own.tests.push((key.to_ascii_lowercase(), values.clone()));
            if key.to_ascii_lowercase().ends_with("tagkeys") {
                own.tags
                    .extend(values.into_iter().filter(|text| !text.contains(['*', '?']) && !text.is_empty()));
            }
            if let Some((head, tag)) = key.split_once('/')
                && head.eq_ignore_ascii_case("aws:RequestTag")
            {
                own.tags.push(tag.to_owned());
            }
        }
        own
    }

    /// A value near those that a key is asked for.
    fn wanted(&self, key: &str, source: &mut Source<'_>) -> String {
        let key = key.to_ascii_lowercase();
        let own: Vec<&String> =
            self.tests.iter().filter(|(name, _)| *name == key).flat_map(|(_, own)| own).collect();
        let text = if own.is_empty() || source.chance(25) {
            source.choose(&self.all)
        } else {
            source.choose(&own).copied()
        };
        let text = filled(source, text.map_or("", String::as_str), &Context::new(), &["", "x", "b", "evil"]);
        if source.chance(20) { near(source, &text) } else { text }
    }

    fn mentions(&self, key: &str) -> bool {
        let key = key.to_ascii_lowercase();
        self.tests.iter().any(|(name, _)| *name == key)
    }

    /// Session tags: keys and values. No two keys differ in case alone.
    fn tags(&self, source: &mut Source<'_>) -> Vec<(String, String)> {
        let mut tags: Vec<(String, String)> = Vec::new();
        for _ in 0..source.below(3) {
            let key = source.choose(&self.tags).cloned().unwrap_or_default();
            let key = if source.chance(15) { key.to_ascii_uppercase() } else { key };
            let value = self.wanted(&format!("aws:RequestTag/{key}"), source);
            if !key.is_empty() && !tags.iter().any(|(other, _)| other.eq_ignore_ascii_case(&key)) {
                tags.push((key, value));
            }
        }
        tags
    }
}

/// A call with a token of the provider.
pub(crate) fn token(role: &RoleArn, provider: &str, texts: &Texts, source: &mut Source<'_>) -> Opening {
    let issuer = provider.split_once("oidc-provider/").map_or(provider, |(_, issuer)| issuer);
    let of = |claim: &str| format!("{issuer}:{claim}");
    let one = |text: String| Claim::One(text.into());
    let mut token = Token::default();
    if source.chance(92) {
        token = token.with("sub", one(texts.wanted(&of("sub"), source)));
    }
    let audience = texts.wanted(&of("aud"), source);
    if source.chance(20) {
        let azp = texts.wanted(&of("aud"), source);
        let original = texts.wanted(&of("oaud"), source);
        let original = if source.chance(50) {
            Claim::One(original.into())
        } else {
            Claim::Many(vec![original.into(), audience.into()])
        };
        token = token.with("aud", original).with("azp", one(azp));
    } else {
        token = token.with("aud", one(audience));
    }
    for name in ["amr", "email"] {
        if source.chance(40) {
            let value = texts.wanted(&of(name), source);
            let is_many = name == "amr" && source.chance(50);
            let claim =
                if is_many { Claim::Many(vec![value.into(), "b".into()]) } else { Claim::One(value.into()) };
            token = token.with(name, claim);
        }
    }
    for claim in ProviderClaim::of(issuer) {
        if source.chance(50) {
            token = token.with(claim.claim, one(texts.wanted(&of(claim.key), source)));
        }
    }
    for (key, value) in texts.tags(source) {
        let is_transitive = source.chance(60);
        token = token.with_tag(key, value, is_transitive);
    }
    if source.chance(20) {
        let identity = texts.wanted("sts:SourceIdentity", source);
        token = token.with("https://aws.amazon.com/source_identity", one(identity));
    }
    if source.chance(20) {
        token = token.with("https://aws.amazon.com/roles", one(role.as_str().to_owned()));
    }
    let name =
        if source.chance(60) { texts.wanted("sts:RoleSessionName", source) } else { "session".to_owned() };
    let now = Instant::from_epoch_seconds(NOW);
    let own = Role::new(role.as_str(), "AROAEXAMPLE");
    let mut opening = Opening::web_identity(own, Parameters::named(name), provider, token, now);
    opening.call = about_call(texts, source);
    opening
}

/// Keys of the call that are no claims. Those that the policy does not test are known to be absent.
fn about_call(texts: &Texts, source: &mut Source<'_>) -> Context {
    let mut call = Context::new();
    for key in ["aws:SourceIp", "aws:SecureTransport", "aws:SourceVpc", "aws:UserAgent"] {
        let value = match key {
            "aws:SourceIp" => (*source.pick(&["10.0.0.1", "192.0.2.1", "2001:db8::1"])).to_owned(),
            "aws:SecureTransport" => "true".to_owned(),
            _ => texts.wanted(key, source),
        };
        let is_there = texts.mentions(key) && source.chance(75);
        call.set(
            key,
            if is_there { ContextValue::single(value) } else { ContextValue::multiple::<&str>([]) },
        );
    }
    call
}

/// A call of `sts:AssumeRole` with all its requests.
pub(crate) struct Call {
    pub(crate) kind: CallerKind,
    pub(crate) service: Option<String>,
    /// Whether the caller is of an account that no statement names.
    pub(crate) is_stranger: bool,
    pub(crate) requests: Vec<Request>,
}

/// A caller with credentials of AWS, or a service.
pub(crate) fn caller(
    role: &RoleArn,
    policy: &Policy,
    texts: &Texts,
    source: &mut Source<'_>,
) -> Option<Call> {
    let crowd = Crowd::new([policy]);
    let kind = *source.pick(&[CallerKind::Session, CallerKind::User, CallerKind::Service]);
    let account = if source.chance(25) {
        role.account().as_str().to_owned()
    } else {
        crowd.account(source, |_| true)?
    };
    let (principal, mut context) = crowd.caller(source, kind, &account, |_| true)?;
    let service = match &principal {
        iam_eval::Principal::AwsService { service } => Some(service.to_string()),
        iam_eval::Principal::IamUser { .. }
        | iam_eval::Principal::AssumedRole { .. }
        | iam_eval::Principal::FederatedUser { .. }
        | iam_eval::Principal::Root { .. }
        | iam_eval::Principal::Anonymous
        | iam_eval::Principal::WebIdentity { .. }
        | iam_eval::Principal::Saml { .. } => None,
    };
    let named =
        policy.statements.iter().flat_map(|own| own.principal.iter().flat_map(|e| e.principals().entries()));
    let named: Vec<&str> = named
        .map(|entry| entry.value.text())
        .filter_map(|text| if is_account(text) { Some(text) } else { ArnFields::account_of(text) })
        .collect();
    let is_stranger = account != role.account().as_str() && !named.contains(&account.as_str());
    let name = texts.wanted("sts:RoleSessionName", source);
    let is_name = (2..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b));
    context
        .set("sts:RoleSessionName", ContextValue::single(if is_name { name } else { "session".to_owned() }));
    context.set("aws:SecureTransport", ContextValue::single("true"));
    context.set("aws:ResourceAccount", ContextValue::single(role.account().as_str()));
    if source.chance(70) {
        let id = texts.wanted("sts:ExternalId", source);
        if (2..=1224).contains(&id.len()) && kind != CallerKind::Service {
            context.set("sts:ExternalId", ContextValue::single(id));
        }
    }
    if kind != CallerKind::Service && source.chance(60) {
        let value = texts.wanted("aws:PrincipalTag/x", source);
        context.set("aws:PrincipalTag/x", ContextValue::single(value));
    }
    let mut actions = vec!["sts:AssumeRole"];
    if kind != CallerKind::Service {
        let tags = texts.tags(source);
        let is_plain =
            |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "_.:/=+-@ ".contains(c));
        let tags: Vec<_> = tags.into_iter().filter(|(key, value)| is_plain(key) && is_plain(value)).collect();
        if !tags.is_empty() {
            for (key, value) in &tags {
                context.set(format!("aws:RequestTag/{key}"), ContextValue::single(value.as_str()));
            }
            context.set("aws:TagKeys", ContextValue::multiple(tags.iter().map(|(key, _)| key.as_str())));
            actions.push("sts:TagSession");
        }
        if source.chance(15) {
            context.set("sts:SourceIdentity", ContextValue::single("ab"));
            actions.push("sts:SetSourceIdentity");
        }
    }
    let of = |action: &str| {
        let request = Request::new(principal.clone(), Action::new(action)?, role.as_str());
        let request = request.owned_by(role.account().as_str()).on(ResourceKind::IamRoleTrust);
        Some(request.with_context(context.clone()))
    };
    let requests = actions.into_iter().filter_map(of).collect();
    Some(Call { kind, service, is_stranger, requests })
}
