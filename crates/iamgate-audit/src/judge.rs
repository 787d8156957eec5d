//! Events held against a promise.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use iam_trail::{AskedGroup, Authorization, Event, Outcome, ResourceReader, Stated};
use iamgate::Layer;
use iamgate::iam_catalog::{Choice, Needed, When};

use crate::answer::{Answer, Says};
use crate::data::{DataProblem, Tables};
use crate::memory::Memory;
use crate::promise::Promise;
use crate::targets::{On, Targets, targets};
use crate::verdict::{EventVerdict, NotADecision};

/// Holds events against a promise.
///
/// What an event is asked about is the promise's session, whoever made the call: which events are the session's is for the caller to find out.
///
/// # Examples
/// ```
/// use iam_trail::Event;
/// use iamgate::built_in;
/// use iamgate_audit::{EventVerdict, Judge, Promise};
///
/// let managed = built_in::managed()?;
/// let role = built_in::support_gateway(&managed)?;
/// let profile = built_in::profile("standard", role.account(), &managed)?;
/// let mut judge = Judge::new(Promise::of(&role, &profile))?;
///
/// let json = r#"{"eventType": "AwsApiCall", "eventSource": "ec2.amazonaws.com", "eventName": "TerminateInstances",
///     "requestParameters": {"instancesSet": {"items": [{"instanceId": "i-0f2e"}]}}}"#;
/// let judged = judge.judge(&Event::read(json)?);
/// assert_eq!(judged.verdict, EventVerdict::Outside);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Judge {
    promise: Promise,
    tables: Arc<Tables>,
    /// Answers, which judges of the same policies share.
    memory: Arc<Mutex<Memory<Arc<Answer>>>>,
    operations: Operations,
}

/// An event that was held against a promise.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Judged {
    /// The verdict.
    pub verdict: EventVerdict,
    /// What the plan says about each action and resource of the call. Empty where the policies of the session did not decide.
    pub answers: Vec<ActionAnswer>,
    /// AWS denied access and names this layer, and by the plan it allows the call. Then a policy is not the one of the plan, or the mapping of
    /// the call to its action is wrong.
    pub contradicts: Option<Layer>,
}

/// What the plan says about one action on one resource.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ActionAnswer {
    /// The action, such as `s3:GetObject`.
    pub action: Box<str>,
    /// The resource, as far as it is known. `None` if any one is meant.
    pub resource: Option<Box<str>>,
    /// Whether the call needed the action for certain. Otherwise the record does not tell.
    pub is_certain: bool,
    /// The number of its group. Every group of a call counts.
    pub group: usize,
    /// Whether one action of its group is enough. Otherwise the call needed those that it was about, and the record does not tell which.
    pub is_any_enough: bool,
    /// The answer.
    pub answer: Arc<Answer>,
    pub(crate) on: On,
}

impl Judge {
    /// A judge with the catalogue and the tables inside the program.
    ///
    /// # Errors
    /// Never in a released version, because tests read the embedded texts.
    pub fn new(promise: Promise) -> Result<Self, DataProblem> {
        Ok(Self::with(Arc::new(Tables::embedded()?), promise))
    }

    /// A judge with tables that it shares with others.
    pub fn with(tables: Arc<Tables>, promise: Promise) -> Self {
        Self { promise, tables, memory: Arc::default(), operations: Operations::default() }
    }

    /// A judge with the tables of this one, and with its answers if the promises are of sessions of one role under the same policies.
    pub(crate) fn beside(&self, promise: Promise) -> Option<Self> {
        let (tables, memory) = (Arc::clone(&self.tables), Arc::clone(&self.memory));
        let is_one = self.promise.is_answered_like(&promise);
        is_one.then(|| Self { promise, tables, memory, operations: Operations::default() })
    }

    /// The promise.
    pub const fn promise(&self) -> &Promise {
        &self.promise
    }

    /// The tables that it shares with others.
    pub(crate) const fn tables(&self) -> &Arc<Tables> {
        &self.tables
    }

    /// The verdict on an event: that of [`Self::judge`], without the reasons.
    ///
    /// # Cost
    /// A fraction of a microsecond for an operation of which the plan says the same in every request. Otherwise as [`Self::judge`].
    pub fn verdict(&mut self, event: &Event<'_>) -> EventVerdict {
        match self.always(event) {
            Some(says) => verdict(says, Outcome::of(event)),
            None => self.judge(event).verdict,
        }
    }

    /// What the plan says about the call of an event if it says the same in every call of that operation.
    fn always(&mut self, event: &Event<'_>) -> Option<Says> {
        let (source, name) = plain(event)?;
        match self.operations.get(source, name) {
            Some(Calls::Alike(says)) => return Some(says),
            Some(Calls::Differ) => return None,
            None => {}
        }
        let tables = Arc::clone(&self.tables);
        let says = match tables.mapping.authorization(event) {
            Authorization::Policies(asked) => self.always_of(asked.resolved().needed),
            Authorization::TrustPolicy(_) | Authorization::NoDecision(_) | Authorization::Unknown(_) => None,
        };
        self.operations.put(source, name, says.map_or(Calls::Differ, Calls::Alike));
        says
    }

    /// What the plan says about every call that needs this, whatever its parameters are.
    fn always_of(&self, needed: Needed<'static>) -> Option<Says> {
        let (mut certain, mut at_times) = (Vec::new(), Vec::new());
        for group in needed.groups() {
            let mut each: Vec<Says> = Vec::new();
            for action in group.actions() {
                each.push(self.answer(&action.to_string(), &On::Anything, self.promise.constant())?.says);
            }
            let says = if group.choice == Choice::AnyOne { Says::any(each) } else { Says::one_of(each) };
            if group.when == When::Always { certain.push(says) } else { at_times.push(says) }
        }
        let says = Says::all(certain);
        let is_allowed = Says::all(at_times) == Says::Allowed;
        (says == Says::Denied || (says == Says::Allowed && is_allowed)).then_some(says)
    }

    /// What the plan says about an action on a resource, with what is known of the request. `None` if no action has that name.
    fn answer(&self, action: &str, on: &On, stated: &Stated) -> Option<Arc<Answer>> {
        let (promise, details) = (&self.promise, &self.tables.details);
        // A judge that panicked while it held the lock has left whole answers.
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = memory.answer(&[promise], action, on, stated, |about, stated| {
            Arc::new(about.answered(promise, details, on, stated))
        })?;
        Some(Answer::by(answer, &promise.principal))
    }

    /// What is to be said of an event.
    ///
    /// # Cost
    /// A few microseconds for a call like an earlier one. Otherwise that of a few decisions, and, where something is unknown for which a statement
    /// asks, that of two or three questions to the analysis.
    pub fn judge(&mut self, event: &Event<'_>) -> Judged {
        let tables = Arc::clone(&self.tables);
        let asked = match tables.mapping.authorization(event) {
            Authorization::Policies(asked) => asked,
            Authorization::TrustPolicy(_) => return Judged::without(no(NotADecision::TrustPolicy)),
            Authorization::NoDecision(reason) => return Judged::without(no(reason.into())),
            Authorization::Unknown(unknown) => {
                return Judged::without(EventVerdict::CannotBeJudged(unknown.reason.into()));
            }
        };
        let outcome = Outcome::of(event);
        if !matches!(outcome, Outcome::Succeeded | Outcome::Denied) {
            return Judged::without(verdict(Says::Depends, outcome));
        }
        let stated = self.promise.known(Stated::of(event, self.promise.principal()));
        let reader = ResourceReader::new(event);
        let mut answers = Vec::new();
        let groups: Vec<Says> =
            asked.groups().zip(0..).map(|own| self.group(own, &reader, &stated, &mut answers)).collect();
        let says = Says::all(groups);
        let verdict = verdict(says, outcome);
        let contradicts =
            (verdict == EventVerdict::RefusedByOthers).then(|| self.named_layer(event)).flatten();
        Judged { verdict, answers, contradicts }
    }

    /// What the plan says about a group of actions.
    fn group(
        &self,
        (group, number): (AskedGroup<'static>, usize),
        reader: &ResourceReader<'_>,
        stated: &Stated,
        answers: &mut Vec<ActionAnswer>,
    ) -> Says {
        let mut each: Vec<Says> = Vec::new();
        for action in group.actions() {
            let action = action.to_string();
            let resources = reader.resources(&action, &self.tables.rules, &self.tables.details);
            let place = Place {
                group: number,
                is_any_enough: group.is_any_enough,
                is_certain: group.is_certain && group.actions().nth(1).is_none(),
            };
            each.push(self.action(&action, &targets(&resources), stated, place, answers));
        }
        let says = if group.is_any_enough {
            Says::any(each)
        } else {
            // One or more of them, and the record does not tell which.
            Says::one_of(each)
        };
        if group.is_certain { says } else { says.if_asked() }
    }

    fn action(
        &self,
        action: &str,
        targets: &Targets,
        stated: &Stated,
        place: Place,
        answers: &mut Vec<ActionAnswer>,
    ) -> Says {
        let Place { group, is_any_enough, is_certain } = place;
        let mut ask = |on: &On, is_certain: bool| {
            let answer = self.answer(action, on, stated);
            let answer = answer.unwrap_or_else(|| Arc::new(Answer::new(Says::Depends)));
            let says = answer.says;
            let resource = on.text();
            let (action, on) = (action.into(), on.clone());
            answers.push(ActionAnswer { action, resource, is_certain, group, is_any_enough, answer, on });
            says
        };
        let mut all: Vec<Says> = Vec::new();
        for alternatives in &targets.all {
            let is_one = alternatives.len() == 1;
            all.push(Says::one_of(alternatives.iter().map(|on| ask(on, is_certain && is_one))));
        }
        if targets.may_need_more {
            all.push(ask(&On::Anything, false).if_asked());
        }
        Says::all(all)
    }

    /// The layer of the plan that AWS names in its message, if it names one.
    fn named_layer(&self, event: &Event<'_>) -> Option<Layer> {
        let message = event.error_message.as_deref()?;
        let denial = iam_denial::read(message).into_iter().next()?;
        let named = denial.layer?.policy_type?;
        let layers = self.promise.layers();
        let is_there = |layer| match layer {
            Layer::Identity => true,
            Layer::Boundary => layers.boundary.is_some(),
            Layer::Session => layers.session.is_some(),
            Layer::Scp => layers.scp.is_some(),
            Layer::Rcp => layers.rcp.is_some(),
            Layer::Scope | Layer::Resource | Layer::VpcEndpoint => false,
        };
        Layer::ALL.into_iter().find(|layer| layer.name() == named.name() && is_there(*layer))
    }
}

impl Judged {
    /// A verdict without answers.
    const fn without(verdict: EventVerdict) -> Self {
        Self { verdict, answers: Vec::new(), contradicts: None }
    }
}

/// Where an action stands among those that a call needed.
#[derive(Clone, Copy, Debug)]
struct Place {
    group: usize,
    is_any_enough: bool,
    is_certain: bool,
}

/// The verdict on a call that ended so, by what the plan says about it.
fn verdict(says: Says, outcome: Outcome) -> EventVerdict {
    match (outcome, says) {
        (Outcome::Succeeded, Says::Allowed) => EventVerdict::AsPlanned,
        (Outcome::Succeeded, Says::Denied) => EventVerdict::Outside,
        (Outcome::Denied, Says::Allowed) => EventVerdict::RefusedByOthers,
        (Outcome::Denied, Says::Denied) => EventVerdict::DeniedAsPlanned,
        (Outcome::Succeeded | Outcome::Denied, Says::Depends) => EventVerdict::NotProven,
        (Outcome::DryRun, _) => no(NotADecision::DryRun),
        (Outcome::Throttled, _) => no(NotADecision::Throttled),
        (Outcome::Failed | _, _) => no(NotADecision::Failed),
    }
}

/// The source and the name of an event that is a call of an API like any other.
fn plain<'e>(event: &'e Event<'_>) -> Option<(&'e str, &'e str)> {
    let is_call = event.event_type.as_deref() == Some("AwsApiCall")
        && matches!(event.event_category.as_deref(), None | Some("Management" | "Data"));
    let (source, name) = (event.event_source.as_deref()?, event.event_name.as_deref()?);
    (is_call && source != "signin.amazonaws.com" && !source.is_empty() && !name.is_empty())
        .then_some((source, name))
}

/// Operations of which the plan says the same in every call, and others.
#[derive(Debug, Default)]
struct Operations {
    known: HashMap<Box<str>, HashMap<Box<str>, Calls>>,
    count: usize,
}

/// What the plan says about the calls of an operation.
#[derive(Clone, Copy, Debug)]
enum Calls {
    /// The same about every one.
    Alike(Says),
    /// It hangs on the call.
    Differ,
}

/// The number of operations that are remembered. AWS has some 20,000.
const MOST: usize = 65_536;

impl Operations {
    fn get(&self, source: &str, name: &str) -> Option<Calls> {
        self.known.get(source)?.get(name).copied()
    }

    fn put(&mut self, source: &str, name: &str, calls: Calls) {
        if self.count < MOST {
            self.count = self.count.saturating_add(1);
            self.known.entry(source.into()).or_default().insert(name.into(), calls);
        }
    }
}

/// An event that is no decision of the session's policies.
const fn no(reason: NotADecision) -> EventVerdict {
    EventVerdict::NotADecision(reason)
}

#[cfg(test)]
mod tests {
    use iamgate::{Layers, Limits, Mode, Policy, PolicyKind, RoleArn};
    use serde_json::json;

    use super::*;

    /// The promise of a session of a team, by a policy that asks for the team, and for what no record tells.
    fn promise(session: &str, team: &str, denied: &str) -> Promise {
        let text = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::${aws:PrincipalTag/team}/*"},
            {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"},
            {"Effect": "Deny", "Action": denied, "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}}]});
        let policy =
            Policy::parse(&text.to_string(), PolicyKind::Session, Mode::Strict, &Limits::default()).unwrap();
        let mut layers = Layers::new();
        layers.identity.push(Arc::new(Policy::everything()));
        layers.session = Some(vec![Arc::new(policy)]);
        let role: RoleArn = "arn:aws:iam::111122223333:role/reader".parse().unwrap();
        Promise::of_layers(layers, &role, &session.parse().unwrap()).tagged("team", team)
    }

    #[test]
    fn shared_answers_are_those_that_each_judge_finds_alone() {
        let events = [
            ("s3", "GetObject", json!({"bucketName": "red", "key": "x"})),
            ("s3", "GetObject", json!({"bucketName": "blue", "key": "x"})),
            ("ec2", "DescribeVpcs", json!({})),
            ("iam", "ListUsers", json!({})),
        ];
        let mut first = Judge::new(promise("ana", "red", "ec2:*")).unwrap();
        let sessions = [("ana", "red"), ("ben", "blue"), ("chloe", "red")];
        for (session, team) in sessions {
            let own = promise(session, team, "ec2:*");
            let (mut shared, mut alone) = (first.beside(own.clone()).unwrap(), Judge::new(own).unwrap());
            let mut verdicts = Vec::new();
            for (source, name, parameters) in &events {
                let json = json!({"eventType": "AwsApiCall", "eventSource": format!("{source}.amazonaws.com"), "eventName": name,
                    "requestParameters": parameters}).to_string();
                let event = Event::read(&json).unwrap();
                first.judge(&event);
                assert_eq!(shared.verdict(&event), alone.verdict(&event), "{session} {json}");
                assert_eq!(shared.judge(&event), alone.judge(&event), "{session} {json}");
                verdicts.push(alone.verdict(&event));
            }
            let (planned, outside, open) =
                (EventVerdict::AsPlanned, EventVerdict::Outside, EventVerdict::NotProven);
            let buckets = if team == "red" { [planned, outside] } else { [outside, planned] };
            assert_eq!(verdicts, [buckets.as_slice(), &[open, outside]].concat());
        }
        // Under another policy, there are other answers.
        assert!(first.beside(promise("ana", "red", "s3:*")).is_none());
    }
}
