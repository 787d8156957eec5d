//! Sampled calls, judged by the evaluator alone, against what a report says is proven.

use std::sync::Arc;

use iam_testkit::Source;
use iamgate::iam_eval::session::{Claim, Opening, Parameters, ProviderClaim, Role, SessionLimits, Token};
use iamgate::iam_eval::{
    Action, Context, ContextValue, Decision, Layers, Principal, Reading, Request, ResourceKind,
    condition_outcomes,
};
use iamgate::iam_policy::value::Instant;
use iamgate::iam_policy::{Policy, RoleArn, Statement};
use iamgate::{ProviderTrust, RoleSnapshot, TokenTrust, TrustReport, TrustVerdict};

/// The numbers of a hunt.
pub(crate) struct Hunt {
    pub(crate) tried: usize,
    pub(crate) admitted: usize,
}

/// The texts from which calls are made.
struct Pool {
    texts: Vec<String>,
    keys: Vec<String>,
    tags: Vec<String>,
}

/// Tries calls of every provider and of callers with credentials. Panics if one opens a session against a proof.
pub(crate) fn hunt(
    role: &RoleSnapshot,
    report: &TrustReport,
    source: &mut Source<'_>,
    samples: usize,
) -> Hunt {
    let pool = pool(role);
    let mut hunt = Hunt { tried: 0, admitted: 0 };
    let mut providers: Vec<&str> =
        report.tokens.iter().filter(|own| !own.is_saml).map(|own| &*own.provider).collect();
    let named = providers.clone();
    providers.extend(report.providers.iter().map(|own| &*own.arn));
    providers.sort_unstable();
    providers.dedup();
    let layers = layers(role);
    for provider in providers {
        // A provider that no statement names needs few tokens.
        let samples = if named.contains(&provider) { samples } else { samples.min(20) };
        for _ in 0..samples {
            let opening = token(role, provider, &pool, report, source);
            let Ok(session) = opening.clone().open(&SessionLimits::default()) else { continue };
            hunt.tried = hunt.tried.saturating_add(1);
            if session.authorize(&layers).is_allowed() {
                hunt.admitted = hunt.admitted.saturating_add(1);
                contradicted(report, provider, &opening, session.trust_context());
            }
        }
    }
    if report.callers.iter().any(|own| own.verdict.is_never() || own.stranger.is_never())
        || report.callers.is_empty()
    {
        for _ in 0..samples {
            let requests = caller(role, &pool, source);
            hunt.tried = hunt.tried.saturating_add(1);
            if requests.iter().all(|request| layers.decide(request) == Decision::Allowed) {
                hunt.admitted = hunt.admitted.saturating_add(1);
                let kind = &requests[0].principal;
                let is_user = matches!(kind, Principal::IamUser { .. });
                let claims = report.callers.iter().filter(|own| match own.kind.name() {
                    "iam_user" => is_user,
                    "assumed_role" => !is_user,
                    _ => false,
                });
                let verdicts: Vec<_> = claims.map(|own| &own.verdict).collect();
                assert!(!verdicts.iter().all(|own| own.is_never()), "{requests:?} {verdicts:?}");
            }
        }
    }
    hunt
}

fn layers(role: &RoleSnapshot) -> Layers {
    let mut layers = Layers::new();
    layers.resource = role.trust().cloned();
    layers.identity.push(Arc::new(Policy::everything()));
    layers
}

/// Panics if the call is one of those that are proven not to open a session.
fn contradicted(report: &TrustReport, provider: &str, opening: &Opening, context: &Context) {
    let own = |own: &&TokenTrust| *own.provider == *provider;
    let told = || format!("{opening:?}");
    let value = |key: &str| text(context, key);
    if let Some(tokens) = report.tokens.iter().find(own) {
        assert!(!tokens.admitted.is_never(), "{}", told());
        for key in tokens.keys.iter().filter(|key| key.other.is_never()) {
            let meets =
                key.tests.iter().any(|test| condition_outcomes(test, context, Reading::FIRST).may_be_true());
            assert!(meets, "{:?} {}", key.tests, told());
        }
        if tokens.strangers.as_ref().is_some_and(TrustVerdict::is_never) {
            let issuer = &tokens.issuer;
            let is_foreign =
                |claim: &str| value(&format!("{issuer}:{claim}")).is_none_or(|text| text.contains("evil"));
            let claims = [
                "sub",
                "repository",
                "job_workflow_ref",
                "repository_owner_id",
                "repository_id",
                "enterprise_id",
                "project_id",
                "namespace_id",
                "aud",
                "oaud",
                "email",
            ];
            assert!(!claims.iter().all(|claim| is_foreign(claim)), "{}", told());
        }
    } else {
        assert!(report.providers.iter().any(|own| *own.arn == *provider), "{}", told());
    }
    let Some(doit) = report.providers.iter().find(|own| *own.arn == *provider) else { return };
    for trial in doit.trials.iter().filter(|own| own.verdict.is_never()) {
        assert_ne!(differs(trial.differs, doit, context), Some(true), "{} {}", trial.differs, told());
    }
}

/// The value of a key that has one.
pub(crate) fn text(context: &Context, key: &str) -> Option<String> {
    match context.value(key) {
        Some(ContextValue::Single(text)) => Some(text.to_string()),
        _ => None,
    }
}

/// Whether the keys of a call differ in this from those of a token as a provider of DoiT's sends it. `None` if they do not tell.
fn differs(what: &str, doit: &ProviderTrust, context: &Context) -> Option<bool> {
    let value = |key: &str| text(context, key);
    let issuer = &doit.provider.issuer();
    let tag = value("aws:RequestTag/DoitEnvironment");
    let transitive = match context.value("sts:TransitiveTagKeys") {
        Some(ContextValue::Multiple(keys)) => keys.iter().any(|key| **key == *"DoitEnvironment"),
        _ => false,
    };
    match what {
        "of another audience" => {
            Some(value(&format!("{issuer}:aud")).as_deref() != Some(doit.provider.audience()))
        }
        "without the tag" => Some(tag.is_none()),
        "with another value of the tag" => Some(tag.as_deref().is_some_and(|tag| tag != "123456789012")),
        "whose tag is not transitive" => Some(tag.is_some() && !transitive),
        _ => None,
    }
}

/// Panics if a caller is shown for something that is not true of it.
pub(crate) fn differ(report: &TrustReport) {
    for doit in &report.providers {
        for trial in &doit.trials {
            if let Some(caller) = trial.verdict.caller() {
                let own = differs(trial.differs, doit, &caller.requests[0].context);
                assert_ne!(own, Some(false), "{}: {caller}", trial.differs);
            }
        }
    }
    for key in report.tokens.iter().flat_map(|own| &own.keys) {
        if let Some(caller) = key.other.caller() {
            let context = &caller.requests[0].context;
            let meets = |test| condition_outcomes(test, context, Reading::FIRST).may_be_true();
            assert!(!key.tests.iter().any(meets), "{:?}: {caller}", key.tests);
        }
    }
}

fn pool(role: &RoleSnapshot) -> Pool {
    let mut pool = Pool {
        texts: [
            "",
            "x",
            "123456789012",
            "210987654321",
            "doit-support",
            "repo:evil/evil:ref:refs/heads/main",
            "evil/evil",
            "evil",
            "true",
            "7",
        ]
        .map(ToOwned::to_owned)
        .into(),
        keys: Vec::new(),
        tags: ["DoitEnvironment", "other"].map(ToOwned::to_owned).into(),
    };
    let statements = role.trust().into_iter().flat_map(|trust| &trust.statements);
    for condition in statements.flat_map(|own: &Statement| &own.conditions) {
        let key = condition.key.value.as_str();
        pool.keys.push(key.to_owned());
        pool.texts.extend(condition.values.texts().into_iter().map(ToOwned::to_owned));
        if let Some((head, tag)) = key.split_once('/')
            && head.eq_ignore_ascii_case("aws:RequestTag")
        {
            pool.tags.push(tag.to_owned());
        }
    }
    pool
}

impl Pool {
    /// A text of the policy with its wildcards filled in, sometimes changed.
    fn text(&self, source: &mut Source<'_>) -> String {
        let own = source.choose(&self.texts).cloned().unwrap_or_default();
        let mut text = String::new();
        for c in own.chars() {
            match c {
                '*' => text.push_str(source.choose(&["", "x", "evil", "/a:b"]).copied().unwrap_or_default()),
                '?' => text.push(*source.pick(&['x', '1', '/'])),
                c => text.push(c),
            }
        }
        match source.below(12) {
            0 => text.push('x'),
            1 => text = text.to_ascii_uppercase(),
            2 => text = text.replace("acme", "evil"),
            3 => text = format!("evil{text}"),
            _ => {}
        }
        text
    }

    fn tag(&self, source: &mut Source<'_>) -> String {
        let own = source.choose(&self.tags).cloned().unwrap_or_default();
        if source.chance(15) { own.to_ascii_lowercase() } else { own }
    }
}

/// A call with a token of the provider, near what the policy asks for.
fn token(
    role: &RoleSnapshot,
    provider: &str,
    pool: &Pool,
    report: &TrustReport,
    source: &mut Source<'_>,
) -> Opening {
    let issuer = provider.split_once("oidc-provider/").map_or(provider, |(_, issuer)| issuer);
    let doit = report.providers.iter().find(|own| *own.arn == *provider);
    let wanted = |claim: &str, source: &mut Source<'_>| -> String {
        let key = format!("{issuer}:{claim}");
        let mut values: Vec<String> = Vec::new();
        for condition in
            role.trust().into_iter().flat_map(|trust| &trust.statements).flat_map(|own| &own.conditions)
        {
            if condition.key.value.as_str().eq_ignore_ascii_case(&key) {
                values.extend(condition.values.texts().into_iter().map(ToOwned::to_owned));
            }
        }
        if values.is_empty() || source.chance(30) {
            return pool.text(source);
        }
        source.choose(&values).map(|text| text.replace('*', "x").replace('?', "1")).unwrap_or_default()
    };
    let mut token = Token::default().with("sub", Claim::One(wanted("sub", source).into()));
    let audience = match doit {
        Some(own) if source.chance(60) => own.provider.audience().to_string(),
        _ => wanted("aud", source),
    };
    if source.chance(15) {
        let azp = wanted("aud", source);
        let original = if source.chance(50) {
            Claim::One(wanted("oaud", source).into())
        } else {
            Claim::Many(vec![audience.into(), pool.text(source).into()])
        };
        token = token.with("aud", original).with("azp", Claim::One(azp.into()));
    } else {
        token = token.with("aud", Claim::One(audience.into()));
    }
    for name in ["amr", "email"] {
        if source.chance(30) {
            token = token.with(name, Claim::One(wanted(name, source).into()));
        }
    }
    for claim in ProviderClaim::of(issuer) {
        if source.chance(60) {
            let value = wanted(claim.key, source);
            let claimed = if source.chance(5) {
                Claim::Many(vec![value.into(), pool.text(source).into()])
            } else {
                Claim::One(value.into())
            };
            token = token.with(claim.claim, claimed);
        }
    }
    let mut passed: Vec<String> = Vec::new();
    for _ in 0..source.below(3) {
        let key = pool.tag(source);
        if !passed.iter().any(|own| own.eq_ignore_ascii_case(&key)) {
            let value = if source.chance(60) { "123456789012".to_owned() } else { pool.text(source) };
            let is_transitive = source.chance(60);
            token = token.with_tag(key.clone(), value, is_transitive);
            passed.push(key);
        }
    }
    if source.chance(15) {
        token = token.with("https://aws.amazon.com/source_identity", Claim::One("someone".into()));
    }
    if source.chance(15) {
        token = token.with("https://aws.amazon.com/roles", Claim::One(role.arn().as_str().into()));
    }
    let name = if source.chance(30) { pool.text(source) } else { "session".to_owned() };
    let now = Instant::from_epoch_seconds(super::NOW);
    let own = Role::new(role.arn().as_str(), "AROAEXAMPLE");
    let mut opening = Opening::web_identity(own, Parameters::named(name), provider, token, now);
    opening.call = call(pool, source);
    opening
}

/// Keys of the call that are no claims, as the policy tests them.
fn call(pool: &Pool, source: &mut Source<'_>) -> Context {
    let mut call = Context::new();
    for key in [
        "aws:SourceIp",
        "aws:SourceVpc",
        "aws:SourceVpce",
        "aws:UserAgent",
        "aws:RequestedRegion",
        "aws:referer",
    ] {
        if pool.keys.iter().any(|own| own.eq_ignore_ascii_case(key)) && source.chance(70) {
            let text = pool.text(source);
            let text = text.split_once('/').map_or(text.as_str(), |(head, _)| head).to_owned();
            call.set(key, ContextValue::single(text));
        } else {
            call.set(key, ContextValue::multiple::<&str>([]));
        }
    }
    call
}

/// The requests of a user or of a session that assumes the role.
fn caller(role: &RoleSnapshot, pool: &Pool, source: &mut Source<'_>) -> Vec<Request> {
    let account = (*source.pick(&["123456789012", "210987654321", "999999999999"])).to_owned();
    let mut named: Vec<String> = Vec::new();
    for statement in role.trust().into_iter().flat_map(|trust| &trust.statements) {
        for entry in statement.principal.iter().flat_map(|element| element.principals().entries()) {
            named.push(entry.value.text().to_owned());
        }
    }
    let text = source.choose(&named).cloned().unwrap_or_default();
    let arn = match source.below(4) {
        0 => format!("arn:aws:iam::{account}:user/ana"),
        1 => format!("arn:aws:iam::{account}:role/path/x"),
        _ => text.replace(":root", if source.chance(50) { ":user/ana" } else { ":role/x" }),
    };
    let arn = if arn.len() == 12 { format!("arn:aws:iam::{arn}:user/ana") } else { arn };
    let principal = match arn.parse::<RoleArn>() {
        Ok(own) => {
            let name = arn.rsplit('/').next().unwrap_or_default();
            let session = format!("arn:aws:sts::{}:assumed-role/{name}/session", own.account());
            Principal::assumed_role(&session.parse().unwrap(), &own)
        }
        Err(_) => Principal::from_arn(&arn)
            .ok()
            .filter(|own| matches!(own, Principal::IamUser { .. }))
            .unwrap_or_else(|| Principal::from_arn(&format!("arn:aws:iam::{account}:user/bob")).unwrap()),
    };
    let mut context = principal.keys();
    context.set("aws:PrincipalIsAWSService", ContextValue::single("false"));
    context.set("aws:SecureTransport", ContextValue::single("true"));
    context.set("aws:ResourceAccount", ContextValue::single(role.account()));
    context.set("sts:RoleSessionName", ContextValue::single("session"));
    let mut actions = vec!["sts:AssumeRole"];
    for key in &pool.keys {
        let lower = key.to_ascii_lowercase();
        let is_free = ["sts:externalid", "aws:sourceip", "aws:principalorgid", "aws:multifactorauthpresent"]
            .contains(&lower.as_str())
            || lower.starts_with("aws:principaltag/") && principal.account().is_some();
        if is_free && source.chance(70) {
            context.set(key.as_str(), ContextValue::single(pool.text(source)));
        }
    }
    if source.chance(40) {
        let key = pool.tag(source);
        context.set(format!("aws:RequestTag/{key}"), ContextValue::single("x"));
        context.set("aws:TagKeys", ContextValue::multiple([key]));
        actions.push("sts:TagSession");
    }
    let of = |action: &str| {
        Request::new(principal.clone(), Action::new(action).unwrap(), role.arn().as_str())
            .owned_by(role.account())
            .on(ResourceKind::IamRoleTrust)
            .with_context(context.clone())
    };
    actions.into_iter().map(of).collect()
}
