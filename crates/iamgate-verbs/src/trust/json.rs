//! The answer about a trust policy in JSON.

use iamgate::iam_analysis::{CallerKind, VerdictKind};
use iamgate::iam_eval::{ContextValue, Decision, Request, wire};
use iamgate::iam_json::Json;
use iamgate::{
    Admitted, CallerTrust, Example, Finding, FindingCode, KeyTrust, OthersAdmitted, ProviderTrust,
    TokenAnswer, TokenTrust, Trial, TrustCaller, TrustDoubt, TrustVerdict, TrustedCaller,
};
use serde::Serialize;

use super::TrustAnswer;
use crate::answer::AnswerSchema;
use crate::sorted;
use crate::witness::RequestJson;
use crate::word::Word;

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct TrustJson {
    schema: AnswerSchema,
    version: u32,
    role: String,
    /// Whether a trust policy alone was given, so that the role is made up.
    trust_policy_alone: bool,
    admits_doit: bool,
    /// Whether anybody opens sessions besides tokens of DoiT's providers. `nobody` is proven.
    others: Word<OthersAdmitted>,
    /// Whether it is proven that of DoiT's providers only the tokens that the profile describes open sessions.
    pinned: bool,
    admits: Vec<AdmittedJson>,
    providers: Vec<ProviderJson>,
    /// The identity providers that the policy names, DoiT's among them.
    tokens: Vec<TokensJson>,
    /// The callers with credentials of AWS, and the services.
    callers: Vec<CallersJson>,
    /// The one token that was asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<TokenJson>,
    findings: Vec<FindingJson>,
    /// What the answers rest on.
    premises: Vec<String>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct AdmittedJson {
    principal: String,
    caller: Word<TrustCaller>,
    statement: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    actions: Vec<String>,
    conditions: Vec<String>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ProviderJson {
    issuer: String,
    arn: String,
    admitted: bool,
    decisions: Vec<DecisionJson>,
    trials: Vec<TrialJson>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct DecisionJson {
    action: String,
    decision: &'static str,
    /// Why: sentences about statements.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<String>,
}

/// All tokens that differ from DoiT's in one property.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct TrialJson {
    token: &'static str,
    /// True if one of them opens a session, false if it is proven that none does, and null if neither is known.
    admitted: Option<bool>,
    #[serde(flatten)]
    answer: VerdictJson,
}

/// The answer to the claim that no caller of a kind opens a session.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct VerdictJson {
    verdict: Word<VerdictKind>,
    /// A caller that does.
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<ExampleJson>,
    /// Why it is not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    doubts: Vec<String>,
    /// The statements of the trust policy that could not be decided.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    undecided: Vec<UndecidedJson>,
}

/// A statement of the trust policy that could not be decided.
#[derive(PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct UndecidedJson {
    /// Its number, from 1.
    number: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    /// Where it begins, from 1.
    line: u32,
    column: u32,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ExampleJson {
    /// The claims, as `--claims` reads them.
    #[serde(skip_serializing_if = "Option::is_none")]
    claims: Option<ClaimsJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_name: Option<String>,
    /// Further keys of the call, as `--context` takes them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    context: Vec<String>,
    /// The time of the call, if it is not the one of the question.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    /// The requests of a caller without a token. Each is allowed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    requests: Vec<RequestJson>,
}

/// The claims of a token.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
struct ClaimsJson(
    #[serde(serialize_with = "sorted::json")]
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    Json,
);

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct TokensJson {
    provider: String,
    issuer: String,
    saml: bool,
    doit: bool,
    /// Whether it is proven that only tokens open sessions which the policy's own values describe.
    pinned: bool,
    /// The claim that no token at all opens a session.
    any: VerdictJson,
    /// For a provider that many organizations share: the claim that no token of an owner opens a session whom the policy does not name.
    #[serde(skip_serializing_if = "Option::is_none")]
    strangers: Option<VerdictJson>,
    keys: Vec<KeyJson>,
}

/// What is asked of one key of the calls.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct KeyJson {
    key: String,
    /// Every call meets one of these tests, if the verdict is `holds`. Empty if the key may have any value.
    tests: Vec<String>,
    /// Whether the tests name whole values only.
    exact: bool,
    #[serde(flatten)]
    other: VerdictJson,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct CallersJson {
    statement: usize,
    kind: Word<CallerKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<String>,
    /// The claim that none of them can assume the role.
    any: VerdictJson,
    /// The claim that none of an account can that the statement does not name.
    strangers: VerdictJson,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct TokenJson {
    provider: String,
    session_name: String,
    admitted: bool,
    decisions: Vec<DecisionJson>,
    /// Why STS refuses the call before it asks a policy.
    refused: Vec<String>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct FindingJson {
    code: Word<FindingCode>,
    says: String,
    help: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    admitted: Option<String>,
    summary: &'static str,
}

impl TrustJson {
    pub(super) fn new(answer: &TrustAnswer) -> Self {
        let report = &answer.report;
        Self {
            schema: AnswerSchema::Trust,
            version: 1,
            role: answer.role.arn().to_string(),
            trust_policy_alone: answer.is_alone,
            admits_doit: report.admits_doit(),
            others: Word(report.others()),
            pinned: report.is_pinned(),
            admits: report.admits.iter().map(admitted).collect(),
            providers: report.providers.iter().map(provider).collect(),
            tokens: report.tokens.iter().map(tokens).collect(),
            callers: report.callers.iter().map(callers).collect(),
            token: answer.token.as_ref().map(token),
            findings: report.findings.iter().map(finding).collect(),
            premises: answer.premises(),
        }
    }
}

fn admitted(own: &Admitted) -> AdmittedJson {
    let (statement, sid) = &own.statement;
    AdmittedJson {
        principal: own.principal.to_string(),
        caller: Word(own.caller),
        statement: *statement,
        sid: sid.as_ref().map(ToString::to_string),
        actions: own.actions.iter().map(ToString::to_string).collect(),
        conditions: own.conditions.iter().map(ToString::to_string).collect(),
    }
}

fn decision((request, decision): &(Request, Decision)) -> DecisionJson {
    let action = request.action.as_str().to_owned();
    DecisionJson { action, decision: decision.name(), reasons: Vec::new() }
}

fn provider(own: &ProviderTrust) -> ProviderJson {
    let decisions = own.authorization.iter().flat_map(|own| &own.decisions);
    let trial = |Trial { differs, verdict: own, .. }: &Trial| TrialJson {
        token: differs,
        admitted: own.is_possible(),
        answer: verdict(own),
    };
    ProviderJson {
        issuer: own.provider.issuer().to_string(),
        arn: own.arn.to_string(),
        admitted: own.is_admitted(),
        decisions: decisions.map(decision).collect(),
        trials: own.trials.iter().map(trial).collect(),
    }
}

fn verdict(own: &TrustVerdict) -> VerdictJson {
    let doubts: &[TrustDoubt] = if let TrustVerdict::Unknown(doubts) = own { doubts } else { &[] };
    let mut undecided: Vec<UndecidedJson> = Vec::new();
    for own in doubts.iter().filter_map(|doubt| doubt.statement.as_ref()) {
        let (line, column) = (own.position.line, own.position.column);
        let sid = own.sid.as_ref().map(ToString::to_string);
        let next = UndecidedJson { number: own.number, sid, line, column };
        if !undecided.contains(&next) {
            undecided.push(next);
        }
    }
    VerdictJson {
        verdict: Word(own.kind()),
        example: own.caller().map(example),
        doubts: doubts.iter().map(ToString::to_string).collect(),
        undecided,
    }
}

fn example(own: &TrustedCaller) -> ExampleJson {
    let has_token = own.opening.is_some();
    let of_call = own.call().into_iter().filter_map(|(key, value)| match value {
        ContextValue::Single(text) => Some(format!("{key}={text}")),
        ContextValue::Multiple(_) => Some(format!("{key}={}", wire::value_json(value)?)),
        ContextValue::Unknown | ContextValue::Twice(_) => None,
    });
    ExampleJson {
        claims: has_token.then(|| ClaimsJson(own.to_json())),
        session_name: own.opening.as_ref().map(|opening| opening.parameters.name.to_string()),
        context: of_call.collect(),
        at: own.opening.as_ref().map(|opening| opening.now.to_string()),
        requests: if has_token { Vec::new() } else { own.requests.iter().map(RequestJson::new).collect() },
    }
}

fn tokens(own: &TokenTrust) -> TokensJson {
    TokensJson {
        provider: own.provider.to_string(),
        issuer: own.issuer.to_string(),
        saml: own.is_saml,
        doit: own.is_doit,
        pinned: own.is_pinned(),
        any: verdict(&own.admitted),
        strangers: own.strangers.as_ref().map(verdict),
        keys: own.keys.iter().map(key).collect(),
    }
}

fn key(own: &KeyTrust) -> KeyJson {
    KeyJson { key: own.key.to_string(), tests: own.told(), exact: own.is_exact, other: verdict(&own.other) }
}

fn callers(own: &CallerTrust) -> CallersJson {
    CallersJson {
        statement: own.statement,
        kind: Word(own.kind),
        service: own.service.as_ref().map(ToString::to_string),
        any: verdict(&own.verdict),
        strangers: verdict(&own.stranger),
    }
}

fn token(own: &TokenAnswer) -> TokenJson {
    let decisions = own.result.iter().flat_map(|result| &result.decisions);
    let with = |(of, reasons): (&(Request, Decision), &Vec<Box<str>>)| DecisionJson {
        reasons: reasons.iter().map(ToString::to_string).collect(),
        ..decision(of)
    };
    TokenJson {
        provider: own.provider.to_string(),
        session_name: own.session_name.to_string(),
        admitted: own.is_admitted(),
        decisions: decisions.zip(&own.reasons).map(with).collect(),
        refused: own
            .result
            .as_ref()
            .err()
            .into_iter()
            .flat_map(|all| all.iter())
            .map(ToString::to_string)
            .collect(),
    }
}

fn finding(own: &Finding) -> FindingJson {
    FindingJson {
        code: Word(own.code),
        says: own.says.clone(),
        help: own.help.clone(),
        admitted: match &own.example {
            Some(Example::Caller(caller)) => Some(caller.clone()),
            Some(Example::Request(_)) | None => None,
        },
        summary: own.code.summary(),
    }
}
