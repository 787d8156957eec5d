//! What a question was about whose steps ran out: the largest of its policies, and the largest statement of that.

use std::fmt;
use std::sync::Arc;

use iam_eval::{Layer, PolicyRef, action_matches};
use iam_json::{Json, quoted};
use iam_policy::{Policy, ResourceElement, Statement};

use crate::analysis::Question;

/// What a question was about whose steps ran out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct QuestionLoad {
    /// The action on which the steps were spent. `None` if they were spent before any action was looked at.
    pub action: Option<Box<str>>,
    /// The number of steps that it had: its own, or what was left of those of all questions together.
    pub steps: u64,
    /// Whether the steps of all questions together were used up, and not only its own.
    pub is_all: bool,
    /// The number of its policies.
    pub policies: usize,
    /// The policy that has the most to compare. `None` if none is about the action.
    pub largest: Option<LargestPolicy>,
}

/// The policy of a question that has the most to compare.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LargestPolicy {
    /// Its place in the layers.
    pub place: PolicyRef,
    /// Its name, if the analysis was told: [`Analysis::called`](crate::Analysis::called).
    pub name: Option<Box<str>>,
    /// The number of its statements that are about the action of the question, or of all if it is about many.
    pub statements: usize,
    /// The number of bytes of the resources and condition values in these statements; if the question is about many actions, of the actions too.
    pub bytes: usize,
    /// The largest of these statements: its number in the policy, from 1.
    pub statement: usize,
    /// The `Sid` of that statement.
    pub sid: Option<Box<str>>,
    /// The line at which that statement begins, from 1. The text of a policy that was built is its canonical one, which has one line.
    pub line: u32,
    /// The number of patterns and values that are counted in that statement.
    pub parts: usize,
}

impl QuestionLoad {
    /// The load of a question.
    pub(crate) fn of(
        question: &Question<'_>,
        action: Option<&str>,
        names: &[(Arc<Policy>, Box<str>)],
        steps: u64,
        is_all: bool,
    ) -> Self {
        let layers = [Some(question.allowed_by), question.beyond].into_iter().flatten();
        let policies: Vec<_> = layers.flat_map(iam_eval::Layers::policies).collect();
        let count = policies.len();
        // Policies that have names are somebody's. The others may be made for the question.
        let is_named = |policy: &Arc<Policy>| names.iter().any(|(known, _)| Arc::ptr_eq(known, policy));
        let has_named = policies.iter().any(|(_, policy)| is_named(policy));
        let policies = policies.into_iter().filter(|(_, policy)| !has_named || is_named(policy));
        let largest = policies.rev().max_by_key(|(_, policy)| bytes(policy, action));
        let largest = largest.and_then(|(place, policy)| LargestPolicy::of(place, policy, action, names));
        Self { action: action.map(Into::into), steps, is_all, policies: count, largest }
    }

    /// The load for a question that was asked about a rewritten form of a policy: with the policy that somebody wrote.
    #[must_use]
    pub fn written(self, policy: &Arc<Policy>, name: &str, action: &str) -> Self {
        let Some(own) = &self.largest else { return self };
        let named = [(Arc::clone(policy), name.into())];
        let largest = LargestPolicy::of(own.place, policy, Some(action), &named);
        Self { policies: 1, largest, ..self }
    }

    pub(crate) fn to_json(&self) -> Json {
        let mut members = vec![
            ("steps", Json::count(usize::try_from(self.steps).unwrap_or(usize::MAX))),
            ("is_all", Json::Bool(self.is_all)),
            ("policies", Json::count(self.policies)),
        ];
        members.extend(self.action.as_deref().map(|own| ("action", Json::text(own))));
        members.extend(self.largest.as_ref().map(|own| ("largest", own.to_json())));
        object(members)
    }
}

impl LargestPolicy {
    fn of(
        place: PolicyRef,
        policy: &Arc<Policy>,
        action: Option<&str>,
        names: &[(Arc<Policy>, Box<str>)],
    ) -> Option<Self> {
        let numbered = || policy.statements.iter().enumerate().filter(|(_, own)| is_about(own, action));
        let size =
            |own: &Statement| texts(own, action).into_iter().map(str::len).fold(0, usize::saturating_add);
        let (number, statement) = numbered().rev().max_by_key(|(_, own)| size(own))?;
        let name = names.iter().find(|(known, _)| Arc::ptr_eq(known, policy)).map(|(_, name)| name.clone());
        let sid = statement.sid.as_ref().map(|sid| sid.value.clone()).filter(|sid| !sid.is_empty());
        let line = policy.position(statement.place.span.start).line;
        Some(Self {
            place,
            name,
            statements: numbered().count(),
            bytes: bytes(policy, action),
            statement: number.saturating_add(1),
            sid,
            line,
            parts: texts(statement, action).len(),
        })
    }

    fn to_json(&self) -> Json {
        let mut members = vec![
            ("layer", Json::text(self.place.layer.name())),
            ("policy", Json::count(self.place.index.saturating_add(1))),
            ("statements", Json::count(self.statements)),
            ("bytes", Json::count(self.bytes)),
            ("statement", Json::count(self.statement)),
            ("parts", Json::count(self.parts)),
            ("line", Json::count(self.line as usize)),
        ];
        members.extend(self.name.as_deref().map(|name| ("name", Json::text(name))));
        members.extend(self.sid.as_deref().map(|sid| ("sid", Json::text(sid))));
        object(members)
    }
}

fn object(members: Vec<(&str, Json)>) -> Json {
    Json::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Writes what was too large, and what to do.
impl fmt::Display for QuestionLoad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(own) = &self.largest else { return f.write_str("ask about less at once") };
        if self.policies > 1 {
            write!(f, "the largest of {} policies, ", self.policies)?;
        }
        match &own.name {
            Some(name) => f.write_str(&quoted(name))?,
            None if own.place.layer == Layer::Resource => f.write_str(own.place.layer.description())?,
            None => write!(
                f,
                "policy {} of {}",
                own.place.index.saturating_add(1),
                own.place.layer.description()
            )?,
        }
        let statements = if own.statements == 1 { "statement" } else { "statements" };
        write!(f, ", has {} {statements} about it, with {} bytes to compare; ", own.statements, own.bytes)?;
        match &own.sid {
            Some(sid) => write!(f, "the largest is {}", quoted(sid))?,
            None => write!(f, "the largest is statement {}", own.statement)?,
        }
        write!(f, " in line {}", own.line)?;
        let parts = if own.parts == 1 { "pattern or value" } else { "patterns and values" };
        write!(f, ", with {} {parts}; write fewer or shorter ones, or ask about a part of them", own.parts)
    }
}

/// Whether a statement is about an action, or about any if none is given.
fn is_about(statement: &Statement, action: Option<&str>) -> bool {
    let Some(action) = action else { return true };
    let mut patterns = statement.action.patterns().iter();
    patterns.any(|own| action_matches(&own.value, action)) != statement.action.is_not()
}

/// The texts of a statement that a question compares: resources and values, and actions if it is about many of these.
fn texts<'s>(statement: &'s Statement, action: Option<&str>) -> Vec<&'s str> {
    let actions = statement.action.patterns().iter().map(|own| own.value.text());
    let mut texts: Vec<&str> = actions.filter(|_| action.is_none()).collect();
    let resources = statement.resource.as_ref().map(ResourceElement::patterns).unwrap_or_default();
    texts.extend(resources.iter().map(|own| own.value.pattern().text()));
    texts.extend(statement.conditions.iter().flat_map(|own| own.values.texts()));
    texts
}

/// The bytes of these texts in the statements of a policy that are about the action.
fn bytes(policy: &Policy, action: Option<&str>) -> usize {
    let about = policy.statements.iter().filter(|own| is_about(own, action));
    about.flat_map(|own| texts(own, action)).map(str::len).fold(0, usize::saturating_add)
}

/// The bytes of all texts of a statement that are compared.
pub(crate) fn length(statement: &Statement) -> usize {
    texts(statement, None).into_iter().map(str::len).fold(0, usize::saturating_add)
}
