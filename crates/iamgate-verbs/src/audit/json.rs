//! The answer in JSON.

use iamgate::DecidingStatement;
use iamgate_audit::{ActionAnswer, CallKind, Calls, EventPlace, Issued, Missing, SessionReason};
use serde::Serialize;

use super::replayed::ReplayedJson;
use super::timeline::TimelineJson;
use super::used::UsedJson;
use super::{AuditAnswer, AuditedSession};
use crate::answer::AnswerSchema;

/// Sessions held against their plans.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct AuditJson<'a> {
    schema: AnswerSchema,
    version: u32,
    #[serde(flatten)]
    pub(super) head: HeadJson<'a>,
    /// The planned sessions.
    pub(super) sessions: Vec<SessionJson<'a>>,
    /// Sessions by DoiT's providers that no record plans: the worst finding.
    pub(super) unplanned: Vec<UnplannedJson<'a>>,
    /// What was not read, and records that cannot be used.
    pub(super) findings: Vec<FindingJson<'a>>,
}

/// What is said of all.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct HeadJson<'a> {
    /// The ARN of the role.
    role: &'a str,
    /// The worst of all: complete, `complete_not_validated`, provisional, incomplete or broken.
    verdict: &'static str,
    /// How many more sessions there are that no record plans.
    unplanned_beyond: u64,
    /// How many findings there are, also beyond those that are kept.
    findings_count: u64,
    counts: CountsJson,
    /// What the verdicts take for true.
    premises: [&'static str; 5],
    /// What the sessions did, judged under another profile. Left out if it was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    replayed: Option<ReplayedJson<'a>>,
    /// What the sessions used, and a profile for it. Left out if it was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    used: Option<UsedJson<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct CountsJson {
    /// Files with records of CloudTrail.
    files: usize,
    /// Events in them, copies included.
    events: u64,
    copies: u64,
    /// Events of the role's sessions that others opened.
    of_others: u64,
    /// Calls of DoiT's providers that tried to open a session, and failed.
    refused_openings: u64,
    /// Decision records of sessions that were refused.
    refused_records: usize,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct SessionJson<'a> {
    #[serde(flatten)]
    pub(super) head: SessionHeadJson<'a>,
    /// Its calls by kind.
    pub(super) calls: Vec<CallsJson<'a>>,
}

/// What is said of a session as a whole.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct SessionHeadJson<'a> {
    /// The id of the plan.
    pub(super) plan: &'a str,
    pub(super) name: &'a str,
    verdict: &'static str,
    /// Everything against a better verdict, the worst first.
    reasons: Vec<ReasonJson>,
    /// The records of the call that opened it.
    issued: Vec<IssuedJson<'a>>,
    /// Calls that AWS denied by a policy of the plan, which by the plan allows them.
    contradicted: Vec<PlaceJson<'a>>,
    timeline: TimelineJson<'a>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ReasonJson {
    code: &'static str,
    says: String,
    /// The verdict to which it leads.
    verdict: &'static str,
    /// What is to be done.
    help: &'static str,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct IssuedJson<'a> {
    #[serde(flatten)]
    place: PlaceJson<'a>,
    access_key: Option<&'a str>,
    expiration: Option<String>,
    /// What is not as planned.
    mismatches: Vec<MismatchJson<'a>>,
    /// What the record does not have.
    untold: Vec<&'static str>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct MismatchJson<'a> {
    parameter: &'static str,
    planned: &'a str,
    recorded: &'a str,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct PlaceJson<'a> {
    time: &'a str,
    event_id: &'a str,
    file: &'a str,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct CallsJson<'a> {
    verdict: &'static str,
    /// Why there is no other verdict.
    reason: Option<&'static str>,
    source: &'a str,
    name: &'a str,
    /// Whether a service made the calls in the session's name.
    by_service: bool,
    count: u64,
    first: PlaceJson<'a>,
    last: PlaceJson<'a>,
    /// What AWS said of the first one.
    message: Option<&'a str>,
    /// What the plan says about the first one.
    answers: Vec<AnswerJson<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct AnswerJson<'a> {
    action: &'a str,
    /// The resource, as far as it is known. `null` stands for any one.
    resource: Option<&'a str>,
    /// Whether the call needed the action for certain.
    certain: bool,
    /// allowed, denied or depends
    says: &'static str,
    /// The statements that bring it about.
    statements: Vec<String>,
    /// The layers that would have to allow, and do not.
    silent: Vec<&'static str>,
    /// What is unknown.
    missing: Vec<&'static str>,
    keys: &'a [Box<str>],
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct UnplannedJson<'a> {
    name: &'a str,
    provider: &'a str,
    events: u64,
    first: PlaceJson<'a>,
    last: PlaceJson<'a>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct FindingJson<'a> {
    code: &'static str,
    file: &'a str,
    place: &'a str,
    says: &'a str,
    help: &'a str,
}

impl<'a> AuditJson<'a> {
    pub(super) fn new(answer: &'a AuditAnswer) -> Self {
        let report = &answer.report;
        Self {
            schema: AnswerSchema::Audit,
            version: 1,
            head: HeadJson {
                role: answer.role().arn().as_str(),
                verdict: report.verdict().name(),
                unplanned_beyond: report.unplanned_beyond,
                findings_count: answer.findings_count,
                counts: CountsJson {
                    files: answer.files,
                    events: report.events,
                    copies: report.copies,
                    of_others: report.of_others,
                    refused_openings: report.refused_openings,
                    refused_records: answer.refused,
                },
                premises: answer.premises(),
                replayed: answer.replayed.as_ref().map(|own| ReplayedJson::new(own, answer.role())),
                used: answer.used.as_ref().map(UsedJson::new),
            },
            sessions: answer.sessions().map(SessionJson::new).collect(),
            unplanned: report
                .unplanned
                .iter()
                .map(|own| UnplannedJson {
                    name: &own.name,
                    provider: &own.provider,
                    events: own.events,
                    first: PlaceJson::new(&own.first),
                    last: PlaceJson::new(&own.last),
                })
                .collect(),
            findings: answer
                .findings
                .iter()
                .map(|own| FindingJson {
                    code: own.code,
                    file: &own.file,
                    place: &own.place,
                    says: &own.says,
                    help: &own.help,
                })
                .collect(),
        }
    }
}

impl<'a> SessionJson<'a> {
    fn new(session: AuditedSession<'a>) -> Self {
        let report = session.report;
        let head = SessionHeadJson {
            plan: &report.planned.id,
            name: &report.planned.name,
            verdict: report.verdict.name(),
            reasons: report.reasons.iter().map(ReasonJson::new).collect(),
            issued: report.issued.iter().map(IssuedJson::new).collect(),
            contradicted: report.contradicted.iter().map(PlaceJson::new).collect(),
            timeline: TimelineJson::new(&report.timeline),
        };
        let calls = report.calls.iter().map(|(kind, calls)| CallsJson::new(kind, calls, &session)).collect();
        Self { head, calls }
    }
}

impl ReasonJson {
    fn new(reason: &SessionReason) -> Self {
        let (says, verdict) = (reason.to_string(), reason.verdict().name());
        Self { code: reason.code(), says, verdict, help: reason.about().next }
    }
}

impl<'a> IssuedJson<'a> {
    fn new((issued, place): &'a (Issued, EventPlace)) -> Self {
        Self {
            place: PlaceJson::new(place),
            access_key: issued.access_key.as_deref(),
            expiration: issued.expiration.map(|own| own.to_string()),
            mismatches: issued
                .mismatches
                .iter()
                .map(|own| MismatchJson {
                    parameter: own.parameter.name(),
                    planned: &own.planned,
                    recorded: &own.recorded,
                })
                .collect(),
            untold: issued.untold.iter().map(|own| own.name()).collect(),
        }
    }
}

impl<'a> PlaceJson<'a> {
    pub(super) fn new(place: &'a EventPlace) -> Self {
        Self { time: &place.time, event_id: &place.event_id, file: &place.file }
    }
}

impl<'a> CallsJson<'a> {
    fn new(kind: &'a CallKind, calls: &'a Calls, session: &AuditedSession<'_>) -> Self {
        Self {
            verdict: kind.verdict.name(),
            reason: kind.verdict.reason(),
            source: &kind.source,
            name: &kind.name,
            by_service: kind.by_service,
            count: calls.count,
            first: PlaceJson::new(&calls.first),
            last: PlaceJson::new(&calls.last),
            message: calls.message.as_deref(),
            answers: calls
                .answers
                .iter()
                .map(|own| AnswerJson::new(own, &session.statements(&own.answer)))
                .collect(),
        }
    }
}

impl<'a> AnswerJson<'a> {
    pub(super) fn new(own: &'a ActionAnswer, statements: &[DecidingStatement]) -> Self {
        let answer = &own.answer;
        Self {
            action: &own.action,
            resource: own.resource.as_deref(),
            certain: own.is_certain,
            says: answer.says.name(),
            statements: statements.iter().map(ToString::to_string).collect(),
            silent: answer.silent.iter().map(|own| own.name()).collect(),
            missing: answer.missing.iter().copied().map(Missing::name).collect(),
            keys: &answer.keys,
        }
    }
}
