//! `iamgate trust`: which tokens and callers open sessions of a role, and that no others do.

use iam_eval::session::{Opening, SessionLimits};
use iam_eval::{Context, ContextValue, Layers, Reading, condition_outcomes};
use iam_policy::{Policy, PolicyKind};
use iam_testkit::Source;
use iamgate::{CallerKind, RoleArn, TokenTrust, TrustDoubt, TrustDoubtKind, TrustReport, TrustVerdict};
use iamgate_verbs::{TrustArgs, trust};
use std::sync::Arc;

use super::bench::{Bench, Tally, allows, contradicted, doubt, read};
use super::calls::{self, Texts};
use super::fault::{Fault, planted};
use super::roles::{flags, role_arn};
use super::sample::ACCOUNT;

/// The calls that are put to the claims of one case.
const SAMPLES: usize = 60;

pub(crate) const FAULTS: &[Fault] = &[
    Fault::DenyUnconditional,
    Fault::AllowLost,
    Fault::TagsIgnored,
    Fault::SubjectAlwaysThere,
    Fault::AllowUnconditional,
];

/// The provider that is taken for one of DoiT's, with the audience of its tokens.
const ISSUER: &str = "id.example.com/a";
const AUDIENCE: &str = "a";
/// The tag that its tokens have.
const TAG: (&str, &str) = ("x", "a");

fn files(trust: String) -> [(&'static str, String); 3] {
    let profile = format!(
        r#"{{"schema":"iamgate/profile","version":1,"name":"p","about":"Drawn.","parameters":[],"PolicyArns":[],"Policy":{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}]}},"levels":["Read"],"exceptions":[],"future":[],"never_allowed":[],"always_denied":[],"kept":[],"budget":2048,"tag":{{"key":"{}","value":"{}","transitive":true}}}}"#,
        TAG.0, TAG.1
    );
    let providers = format!(
        r#"{{"schema":"iamgate/identity-providers","version":1,"providers":[{{"issuer":"{ISSUER}","audience":"{AUDIENCE}"}}]}}"#
    );
    [("trust.json", trust), ("profiles/p.json", profile), ("providers.json", providers)]
}

pub(crate) fn case(bench: &Bench, source: &mut Source<'_>, fault: Option<Fault>) -> Result<Tally, String> {
    let is_about_tokens = source.chance(60);
    let text = if is_about_tokens { crate::tokens::policy(source) } else { calls::policy(source) };
    let (Some(asked), Some(policy)) =
        (planted(&text, PolicyKind::Trust, fault), read(&text, PolicyKind::Trust))
    else {
        return Ok(Tally::refused());
    };
    let mut session = flags();
    session.account = Some(ACCOUNT.to_owned());
    session.role = Some("r".to_owned());
    let args = TrustArgs {
        snapshot: "trust.json".to_owned(),
        session,
        context: Vec::new(),
        providers: Some("providers.json".to_owned()),
        at: None,
        claims: None,
        provider: None,
        session_name: None,
    };
    let Ok(answer) = trust(&args, &bench.world(files(asked))) else { return Ok(Tally::refused()) };
    let report = &answer.report;
    let mut layers = Layers::new();
    layers.resource = Some(Arc::clone(&policy));
    layers.identity.push(Arc::new(Policy::everything()));
    let mut tally = Tally::default();
    for verdict in report.verdicts() {
        let why = match verdict {
            TrustVerdict::Never | TrustVerdict::Possible(_) => "",
            TrustVerdict::Unknown(doubts) => doubts.first().map_or("no reason", reason),
        };
        tally.claim(verdict.kind(), why);
        replayed(verdict, &layers, &text)?;
    }
    let role: RoleArn = role_arn().parse().map_err(|_| "no role")?;
    let texts = Texts::new(&policy);
    let mut providers: Vec<&str> =
        report.tokens.iter().filter(|own| !own.is_saml).map(|own| &*own.provider).collect();
    providers.extend(report.providers.iter().map(|own| &*own.arn));
    providers.sort_unstable();
    providers.dedup();
    let judged = Judged { report, text: &text };
    for number in 0..SAMPLES {
        let Some(provider) = providers.get(number.checked_rem(providers.len()).unwrap_or(0)) else { break };
        if !is_about_tokens && number > 10 {
            break;
        }
        let opening = calls::token(&role, provider, &texts, source);
        tally.tried();
        let Ok(session) = opening.clone().open(&SessionLimits::default()) else { continue };
        if session.authorize(&layers).is_allowed() {
            judged.token(provider, &opening, session.trust_context())?;
        }
    }
    for _ in 0..if is_about_tokens { 10 } else { SAMPLES } {
        let Some(call) = calls::caller(&role, &policy, &texts, source) else { continue };
        tally.tried();
        if call.requests.iter().all(|request| allows(&layers, request)) {
            judged.caller(&call)?;
        }
    }
    Ok(tally)
}

const fn reason(own: &TrustDoubt) -> &'static str {
    match &own.why {
        TrustDoubtKind::Open(own) => doubt(own),
        TrustDoubtKind::NotReal { .. } => "calls that cannot be made",
        TrustDoubtKind::TooLarge(_) => "too many ways",
        _ => "another reason",
    }
}

/// Whoever gets in gets in again.
fn replayed(verdict: &TrustVerdict, layers: &Layers, text: &str) -> Result<(), String> {
    let Some(caller) = verdict.caller() else { return Ok(()) };
    let opens = |opening: &Opening| {
        opening
            .clone()
            .open(&SessionLimits::default())
            .is_ok_and(|session| session.authorize(layers).is_allowed())
    };
    let is_shown = match &caller.opening {
        Some(opening) => opens(opening),
        None => caller.requests.iter().all(|request| allows(layers, request)),
    };
    match caller.requests.first() {
        Some(first) if !is_shown => {
            Err(contradicted("trust: a caller is shown, and does not get in", &[text], first))
        }
        Some(_) => Ok(()),
        None => Err(format!("trust: a caller without a request\n{text}")),
    }
}

struct Judged<'a> {
    report: &'a TrustReport,
    text: &'a str,
}

impl Judged<'_> {
    /// A token that opens a session, before every claim that it does not.
    fn token(&self, provider: &str, opening: &Opening, context: &Context) -> Result<(), String> {
        let told = |says: &str| Err(format!("trust: {says}\n{}\n{opening:?}", self.text));
        let Some(own) = self.report.tokens.iter().find(|own| *own.provider == *provider) else {
            return told("no statement is about the provider");
        };
        if own.admitted.is_never() {
            return told("no token of the provider gets in");
        }
        for key in own.keys.iter().filter(|key| key.other.is_never()) {
            let meets = |test| condition_outcomes(test, context, Reading::FIRST).may_be_true();
            if !key.tests.iter().any(meets) {
                return told(&format!("only tokens get in that meet a test of {}", key.key));
            }
        }
        if own.strangers.as_ref().is_some_and(TrustVerdict::is_never) && is_of_a_stranger(own, context) {
            return told("no token of another owner gets in");
        }
        let Some(doit) = self.report.providers.iter().find(|own| *own.arn == *provider) else {
            return Ok(());
        };
        let value = |key: &str| match context.value(key) {
            Some(ContextValue::Single(text)) => Some(text.to_string()),
            Some(ContextValue::Multiple(_) | ContextValue::Unknown | ContextValue::Twice(_)) | None => None,
        };
        let tag = value(&format!("aws:RequestTag/{}", TAG.0));
        let is_transitive = match context.value("sts:TransitiveTagKeys") {
            Some(ContextValue::Multiple(keys)) => keys.iter().any(|key| **key == *TAG.0),
            Some(ContextValue::Single(_) | ContextValue::Unknown | ContextValue::Twice(_)) | None => false,
        };
        for trial in doit.trials.iter().filter(|own| own.verdict.is_never()) {
            let is_it = match trial.differs {
                "of another audience" => value(&format!("{ISSUER}:aud")).as_deref() != Some(AUDIENCE),
                "without the tag" => tag.is_none(),
                "with another value of the tag" => tag.as_deref().is_some_and(|own| own != TAG.1),
                "whose tag is not transitive" => tag.is_some() && !is_transitive,
                _ => false,
            };
            if is_it {
                return told(&format!("no token {} gets in", trial.differs));
            }
        }
        Ok(())
    }

    /// A caller with credentials that opens a session, before every claim that it does not.
    fn caller(&self, call: &calls::Call) -> Result<(), String> {
        let own: Vec<_> = self
            .report
            .callers
            .iter()
            .filter(|own| own.kind == call.kind)
            .filter(|own| {
                call.kind != CallerKind::Service
                    || own.service.is_none()
                    || own.service.as_deref() == call.service.as_deref()
            })
            .collect();
        let told = |says: &str| match call.requests.first() {
            Some(first) => Err(contradicted(&format!("trust: {says}"), &[self.text], first)),
            None => Ok(()),
        };
        if own.iter().all(|own| own.verdict.is_never()) {
            return told(&format!("none of the {} gets in", call.kind.description()));
        }
        if call.is_stranger && own.iter().all(|own| own.stranger.is_never()) {
            return told(&format!("none of the {} of other accounts gets in", call.kind.description()));
        }
        Ok(())
    }
}

/// Whether nothing in a token belongs to an owner whom a drawn policy could name.
fn is_of_a_stranger(own: &TokenTrust, context: &Context) -> bool {
    const CLAIMS: [&str; 11] = [
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
    CLAIMS.iter().all(|claim| match context.value(&format!("{}:{claim}", own.issuer)) {
        Some(ContextValue::Single(text)) => text.contains("evil"),
        Some(ContextValue::Multiple(_) | ContextValue::Unknown | ContextValue::Twice(_)) => false,
        None => true,
    })
}
