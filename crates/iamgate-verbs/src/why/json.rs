//! The answer as JSON.

use iam_denial::{Denial, Spanned};
use serde::Serialize;

use super::{Explained, WhyAnswer};
use crate::answer::AnswerSchema;
use crate::could::RequestSaid;
use crate::dates::DataDates;
use crate::names::UnknownName;
use crate::question::{Sentence, TraceJson};
use iamgate::iam_eval::Trace;

const VERSION: u32 = 1;

/// The answer.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct WhyJson<'t> {
    schema: AnswerSchema,
    version: u32,
    data: &'t DataDates,
    /// The role at hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'t str>,
    messages: Vec<MessageJson<'t>>,
    /// Names in the messages that are not known.
    #[serde(skip_serializing_if = "<[UnknownName]>::is_empty")]
    unknown_names: &'t [UnknownName],
}

/// One message.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct MessageJson<'t> {
    #[serde(flatten)]
    said: SaidJson<'t>,
    documents: DocumentsJson<'t>,
}

/// What a message says.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct SaidJson<'t> {
    form: &'static str,
    /// How often it is in the text.
    times: usize,
    line: u32,
    /// The bytes of the text: the first one, and the one after the last.
    span: [u32; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    who: Option<WhoJson<'t>>,
    /// The action whose permission is missing, as the catalogue writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'t str>,
    /// The action that was asked for, as the message writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<ResourceJson<'t>>,
    cause: &'static str,
    /// The type of policy that AWS names, as answers about requests name layers; `role_trust` is the policy of a role as a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<&'static str>,
    /// The type in the words of the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    layer_words: Option<&'t str>,
    /// The ARN or the id of the policy that AWS names.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<&'t str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    statements: Vec<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_id: Option<&'t str>,
    /// Whether the message has an encoded part. It is not repeated.
    encoded: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'t str>,
    /// Why AWS denied access, in a sentence.
    says: &'t str,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct WhoJson<'t> {
    text: &'t str,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'t str>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ResourceJson<'t> {
    text: &'t str,
    form: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    arn: Option<&'t str>,
}

/// What the documents at hand say.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct DocumentsJson<'t> {
    /// `agree`, `contradict`, `cannot-know` or `not-asked`
    standing: &'static str,
    says: &'t str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    notes: &'t [String],
    /// The request that was put to them.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<RequestSaid<'t>>,
    /// The decision of all documents at hand together.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<TraceJson<'t>>,
}

impl WhyJson<'_> {
    /// Calls a function with the JSON of an answer. The traces live as long as that takes.
    pub(super) fn with<T>(answer: &WhyAnswer, use_it: impl FnOnce(WhyJson<'_>) -> T) -> T {
        let traces: Vec<Option<Trace<'_>>> = answer
            .messages
            .iter()
            .map(|own| own.documents.question.as_ref().map(|question| question.trace()))
            .collect();
        let messages =
            answer.messages.iter().zip(&traces).map(|(own, trace)| message(own, trace.as_ref())).collect();
        use_it(WhyJson {
            schema: AnswerSchema::Why,
            version: VERSION,
            data: &answer.dates,
            role: answer.role.as_deref(),
            messages,
            unknown_names: &answer.unknown,
        })
    }
}

fn message<'t>(own: &'t Explained, trace: Option<&'t Trace<'t>>) -> MessageJson<'t> {
    let case = own.documents.case();
    let asked = case.zip(trace);
    MessageJson {
        said: said(own),
        documents: DocumentsJson {
            standing: own.documents.standing.name(),
            says: &own.documents.says,
            notes: &own.documents.notes,
            request: case.map(|case| RequestSaid {
                action: case.request.action.as_str(),
                resource: &case.request.resource,
            }),
            decision: trace.map(|trace| trace.decision.name()),
            summary: asked.map(|(case, trace)| Sentence::new(trace, case).text()),
            trace: asked.map(|(case, trace)| TraceJson::new(trace, case)),
        },
    }
}

fn said(own: &Explained) -> SaidJson<'_> {
    let denial: &Denial = &own.denial;
    SaidJson {
        form: denial.form.name(),
        times: own.times,
        line: own.line,
        span: [denial.span.start, denial.span.end],
        who: denial.who.as_ref().map(|who| {
            let (role, session) = who.role_and_session().unzip();
            WhoJson { text: &who.text.value, account: who.account(), role, session, user: who.user() }
        }),
        action: own.action.as_deref(),
        asked: value(denial.action.as_ref()),
        operation: value(denial.operation.as_ref()),
        service: value(denial.service.as_ref()),
        resource: denial.resource.as_ref().map(|own| ResourceJson {
            text: &own.text.value,
            form: own.form.name(),
            arn: own.arn(),
        }),
        cause: denial.cause.name(),
        layer: denial.layer.as_ref().and_then(|own| own.policy_type).map(iam_denial::PolicyType::name),
        layer_words: denial.layer.as_ref().map(|own| own.words.value.as_str()),
        policy: value(denial.policy.as_ref()),
        statements: denial.statements.iter().map(|own| own.value.as_str()).collect(),
        authorization_id: value(denial.authorization_id.as_ref()),
        encoded: denial.encoded.is_some(),
        code: value(denial.code.as_ref()),
        request_id: value(denial.request_id.as_ref()),
        says: &own.said.reason,
    }
}

fn value(part: Option<&Spanned<String>>) -> Option<&str> {
    part.map(|part| part.value.as_str())
}
