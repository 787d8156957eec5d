//! Answers as JSON.

use iamgate::iam_eval::{
    Change, ConditionTrace, Flip, KeyNote, Lack, Layer, LayerTrace, Part, Reason, Seen, StatementRef,
    StatementTrace, Trace,
};
use iamgate::iam_policy::{Position, ResourceElement};
use serde::Serialize;

use super::QuestionAnswer;
use super::case::Case;
use super::readings::{OpenPoints, ReadingJson};
use super::sentence::Sentence;
use crate::answer::AnswerSchema;
use crate::names::UnknownName;

const VERSION: u32 = 1;

/// The answer to one question.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct QuestionJson<'t> {
    schema: AnswerSchema,
    version: u32,
    decision: &'static str,
    summary: String,
    /// Whether AWS answers such a request without any permission.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    needs_no_permission: bool,
    deciding: Vec<StatementJson<'t>>,
    /// Names in the request that are not known.
    #[serde(skip_serializing_if = "<[UnknownName]>::is_empty")]
    unknown_names: &'t [UnknownName],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    readings: Vec<ReadingJson>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    readings_together: bool,
}

/// The same with everything it was made of.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ExplanationJson<'t> {
    #[serde(flatten)]
    answer: QuestionJson<'t>,
    #[serde(flatten)]
    trace: TraceJson<'t>,
}

impl<'t> QuestionJson<'t> {
    pub(super) fn new(trace: &'t Trace<'t>, answer: &'t QuestionAnswer, open: &OpenPoints) -> Self {
        let case = &answer.case;
        Self {
            schema: answer.depth.schema(),
            version: VERSION,
            decision: trace.decision.name(),
            summary: Sentence::new(trace, case).text(),
            needs_no_permission: case.request.needs_no_permission(),
            unknown_names: &answer.unknown,
            deciding: trace.deciding.iter().map(|statement| StatementJson::new(*statement, case)).collect(),
            readings: ReadingJson::list(open),
            readings_together: open.only_together,
        }
    }
}

impl<'t> ExplanationJson<'t> {
    pub(crate) fn new(trace: &'t Trace<'t>, answer: &'t QuestionAnswer, open: &OpenPoints) -> Self {
        Self { answer: QuestionJson::new(trace, answer, open), trace: TraceJson::new(trace, &answer.case) }
    }
}

/// Where a statement stands.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct StatementJson<'t> {
    layer: &'static str,
    level: usize,
    policy: usize,
    statement: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
}

impl<'t> StatementJson<'t> {
    fn new(at: StatementRef, case: &'t Case) -> Self {
        let policy = case.layers.policy(at.policy);
        let statement = policy.and_then(|policy| policy.statements.get(at.index));
        let position = policy.zip(statement).map(|(policy, s)| policy.position_of(s.place.span));
        Self {
            layer: at.policy.layer.name(),
            level: at.policy.level,
            policy: at.policy.index,
            statement: at.index,
            sid: statement.and_then(|s| s.sid.as_ref()).map(|sid| &*sid.value),
            file: case.source(at.policy).map(|source| &*source.name),
            line: position.map(|p| p.line),
            column: position.map(|p| p.column),
        }
    }
}

/// All of a trace but the decision.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TraceJson<'t> {
    reason: ReasonJson,
    layers: Vec<LayerJson<'t>>,
    flips: Vec<FlipJson<'t>>,
    /// What would have to allow and does not, if an Allow statement in each would suffice.
    lacks: Vec<LackJson>,
    keys: Vec<KeyJson<'t>>,
}

impl<'t> TraceJson<'t> {
    /// The trace of a case, as JSON.
    pub fn new(trace: &'t Trace<'t>, case: &'t Case) -> Self {
        Self {
            reason: ReasonJson::new(&trace.reason, case),
            layers: trace.layers.iter().map(|layer| LayerJson::new(layer, case)).collect(),
            flips: trace.flips.iter().map(|flip| FlipJson::new(flip, case)).collect(),
            lacks: trace.lacks.iter().map(LackJson::new).collect(),
            keys: trace.keys.iter().map(|key| KeyJson::new(key, case)).collect(),
        }
    }
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ReasonJson {
    kind: &'static str,
    layers: Vec<&'static str>,
}

impl ReasonJson {
    fn new(reason: &Reason, case: &Case) -> Self {
        let layers = reason.layers().iter().copied().chain(case.unknown);
        Self { kind: reason.name(), layers: layers.map(Layer::name).collect() }
    }
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct LayerJson<'t> {
    layer: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_asked: Option<String>,
    allows: &'static str,
    denies: &'static str,
    grant: &'static str,
    statements: Vec<StatementTraceJson<'t>>,
}

impl<'t> LayerJson<'t> {
    fn new(layer: &'t LayerTrace<'t>, case: &'t Case) -> Self {
        Self {
            layer: layer.layer.name(),
            not_asked: layer.not_asked.map(|why| why.to_string()),
            allows: layer.allows.name(),
            denies: layer.denies.name(),
            grant: layer.grant.name(),
            statements: layer.statements.iter().map(|s| StatementTraceJson::new(s, case)).collect(),
        }
    }
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct StatementTraceJson<'t> {
    #[serde(flatten)]
    at: StatementJson<'t>,
    effect: &'static str,
    applies: &'static str,
    principal: &'static str,
    /// The names of the principal that its `NotPrincipal` does not list: with them, the principal would be exempt.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unlisted: Vec<&'t str>,
    action: ActionJson<'t>,
    resource: ResourceJson<'t>,
    conditions: Vec<ConditionJson<'t>>,
    /// The elements that keep it from applying for certain.
    failing: Vec<PartJson>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ActionJson<'t> {
    element: &'static str,
    matches: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<&'t str>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ResourceJson<'t> {
    element: Option<&'static str>,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<&'t str>,
}

impl<'t> StatementTraceJson<'t> {
    fn new(trace: &'t StatementTrace<'t>, case: &'t Case) -> Self {
        let statement = trace.statement;
        let action = trace.action_pattern.and_then(|i| statement.action.patterns().get(i));
        let resources = statement.resource.as_ref().map(ResourceElement::patterns).unwrap_or_default();
        let resource = trace.resource_pattern.and_then(|i| resources.get(i));
        Self {
            at: StatementJson::new(trace.at, case),
            effect: trace.effect().name(),
            applies: trace.applies.name(),
            principal: trace.principal.name(),
            unlisted: trace.unlisted.iter().map(|name| &**name).collect(),
            action: ActionJson {
                element: Part::Action.element(statement),
                matches: trace.action,
                pattern: action.map(|pattern| pattern.value.pattern().text()),
            },
            resource: ResourceJson {
                element: statement.resource.is_some().then(|| Part::Resource.element(statement)),
                outcome: trace.resource.name(),
                pattern: resource.map(|pattern| pattern.value.pattern().text()),
            },
            conditions: trace.conditions.iter().map(ConditionJson::new).collect(),
            failing: trace.failing().into_iter().map(|part| PartJson::new(part, trace)).collect(),
        }
    }
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ConditionJson<'t> {
    operator: String,
    key: &'t str,
    wanted: &'t [&'t str],
    seen: SeenJson<'t>,
    outcome: &'static str,
    line: u32,
    column: u32,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct SeenJson<'t> {
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<&'t str>>,
}

impl<'t> ConditionJson<'t> {
    fn new(trace: &'t ConditionTrace<'t>) -> Self {
        let Position { line, column, .. } = trace.position;
        let values = match &trace.seen {
            Seen::Absent | Seen::Unknown | Seen::Twice(_) => None,
            Seen::Single(value) => Some(vec![&**value]),
            Seen::Multiple(values) => Some(values.iter().map(|value| &**value).collect()),
        };
        Self {
            operator: trace.test.to_string(),
            key: trace.key,
            wanted: &trace.wanted,
            seen: SeenJson { state: trace.seen.name(), values },
            outcome: trace.outcomes.name(),
            line,
            column,
        }
    }
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct PartJson {
    element: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<usize>,
}

impl PartJson {
    fn new(part: Part, trace: &StatementTrace<'_>) -> Self {
        let condition = match part {
            Part::Condition(index) => Some(index),
            Part::Principal | Part::Action | Part::Resource => None,
        };
        Self { element: part.element(trace.statement), condition }
    }
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct FlipJson<'t> {
    change: &'static str,
    layer: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    statement: Option<StatementJson<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    element: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<usize>,
    /// The level that would have to get an Allow statement, from 0, in layers with levels.
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<usize>,
    /// The ARN or account that a statement of the resource policy would have to name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'t str>,
    decision: &'static str,
}

/// A layer, or a level of one, that would have to allow and does not.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct LackJson {
    layer: &'static str,
    /// The level, from 0, in layers with levels.
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<usize>,
    /// Whether it has no Allow statement at all.
    silent: bool,
}

impl LackJson {
    const fn new(lack: &Lack) -> Self {
        Self { layer: lack.layer.name(), level: lack.level, silent: lack.is_silent }
    }
}

impl<'t> FlipJson<'t> {
    fn new(flip: &Flip, case: &'t Case) -> Self {
        let statement = flip.statement.and_then(|at| case.layers.policy(at.policy)?.statements.get(at.index));
        let part = match flip.change {
            Change::Match(part) => Some(part),
            Change::Stop | Change::AddAllow | Change::Name => None,
        };
        Self {
            change: flip.change.name(),
            layer: flip.layer.name(),
            statement: flip.statement.map(|at| StatementJson::new(at, case)),
            element: part.zip(statement).map(|(part, statement)| part.element(statement)),
            condition: match part {
                Some(Part::Condition(index)) => Some(index),
                Some(Part::Principal | Part::Action | Part::Resource) | None => None,
            },
            level: flip.level,
            name: flip.grant.and_then(|grant| case.request.principal.named_as(grant)),
            decision: flip.decision.name(),
        }
    }
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct KeyJson<'t> {
    key: &'t str,
    state: &'static str,
    statements: Vec<StatementJson<'t>>,
}

impl<'t> KeyJson<'t> {
    fn new(note: &'t KeyNote, case: &'t Case) -> Self {
        Self {
            key: &note.key,
            state: if note.is_unknown { "unknown" } else { "absent" },
            statements: note.statements.iter().map(|at| StatementJson::new(*at, case)).collect(),
        }
    }
}
