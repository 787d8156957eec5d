//! Answers that were given, by everything from which they follow.
//!
//! Sessions ask for few things, and often, and those of one role under one profile ask for the same. An answer hangs on the action, on the resource if a statement about the action names any, and on the
//! stated values of the keys for which these statements ask. Nothing else is looked at, so that nothing else is part of the key. The memory is
//! bounded: it is emptied when it is full.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use iam_trail::Stated;
use iamgate::iam_catalog::Lookup;
use iamgate::iam_eval::{Reason, action_matches};
use iamgate::{Action, ContextValue, Decision, Request, ResourceKind, Statement};

use crate::answer::{Answer, Missing, Says};
use crate::moment::{Moments, is_time};
use crate::promise::Promise;
use crate::refine::{decided, refined};
use crate::targets::On;

/// The number of answers that are remembered.
const MOST: usize = 65_536;

/// What the plan says, remembered.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    actions: HashMap<Box<str>, About>,
    answers: usize,
}

/// What the policies of a plan look at where they are about one action.
#[derive(Debug)]
struct About {
    action: Action,
    /// The keys, each once.
    keys: Vec<Box<str>>,
    /// Whether some of the statements names resources.
    names_resources: bool,
    /// The times with which the statements compare that of the request.
    moments: Moments,
    answers: HashMap<Box<str>, Arc<Answer>>,
}

impl Memory {
    /// The answer about an action on a resource, with what is known of the request. `None` if no action has that name.
    pub(crate) fn answer(
        &mut self,
        promise: &Promise,
        details: &dyn Lookup,
        action: &str,
        on: &On,
        stated: &Stated,
    ) -> Option<Arc<Answer>> {
        if !self.actions.contains_key(action) {
            self.actions.insert(action.into(), About::new(promise, action)?);
        }
        let about = self.actions.get_mut(action)?;
        let stated = about.moments.known(stated);
        let key = about.key(on, &stated);
        if let Some(known) = about.answers.get(key.as_str()) {
            return Some(Arc::clone(known));
        }
        let answer = Arc::new(about.answered(promise, details, on, &stated));
        if self.answers >= MOST {
            self.actions.clear();
            self.answers = 0;
            return Some(answer);
        }
        about.answers.insert(key.into(), Arc::clone(&answer));
        self.answers = self.answers.saturating_add(1);
        Some(answer)
    }
}

impl About {
    fn new(promise: &Promise, name: &str) -> Option<Self> {
        let action = Action::new(name)?;
        let mut about = Self {
            action,
            keys: Vec::new(),
            names_resources: false,
            moments: Moments::default(),
            answers: HashMap::new(),
        };
        let policies = promise.layers.policies();
        for statement in policies.flat_map(|(_, policy)| &policy.statements) {
            if is_about(statement, &about.action) {
                about.add(statement);
            }
        }
        Some(about)
    }

    fn add(&mut self, statement: &Statement) {
        for key in statement.asked_keys() {
            if !self.keys.iter().any(|own| own.eq_ignore_ascii_case(key)) {
                self.keys.push(key.into());
            }
        }
        let is_any = statement
            .resource
            .as_ref()
            .is_none_or(|own| !own.is_not() && own.patterns().iter().any(|pattern| pattern.value.is_any()));
        self.names_resources |= !is_any;
        self.moments.add(statement);
    }

    /// Everything from which the answer follows, written so that two that differ are written differently.
    fn key(&self, on: &On, stated: &Stated) -> String {
        let mut key = String::new();
        match on {
            _ if !self.names_resources => {}
            On::Exactly(arn) => field(&mut key, '=', arn),
            On::Matching(patterns) => patterns.iter().for_each(|own| field(&mut key, '~', own)),
            On::Anything => key.push('?'),
        }
        for name in &self.keys {
            if let (true, Some(period)) = (is_time(name), self.moments.period(stated)) {
                field(&mut key, 't', &period.to_string());
                continue;
            }
            match stated.value(name) {
                None => key.push('-'),
                Some(ContextValue::Unknown) => key.push('?'),
                Some(ContextValue::Single(value)) => field(&mut key, '1', &value),
                Some(ContextValue::Multiple(values)) => {
                    field(&mut key, 'n', &values.len().to_string());
                    values.iter().for_each(|value| field(&mut key, '1', value));
                }
                Some(ContextValue::Twice(own)) => field(&mut key, '2', &format!("{own:?}")),
            }
        }
        key
    }

    fn answered(&self, promise: &Promise, details: &dyn Lookup, on: &On, stated: &Stated) -> Answer {
        // Where no statement names a resource, one stands for all.
        let exact: Option<&str> = match on {
            On::Exactly(arn) => Some(arn),
            On::Matching(_) | On::Anything if !self.names_resources => Some("*"),
            On::Matching(_) | On::Anything => None,
        };
        let request = exact.map(|resource| self.request(promise, resource, stated));
        let mut answer = match request.as_ref().map(|own| decided(promise, own)) {
            Some(says @ (Says::Allowed | Says::Denied)) => Answer::new(says),
            Some(Says::Depends) | None => {
                let on = if exact == Some("*") { &On::Anything } else { on };
                refined(promise, details, &self.action, on, stated, &self.keys)
            }
        };
        match (answer.says, &request) {
            (Says::Depends, _) => self.add_missing(&mut answer, exact.is_none(), stated),
            (Says::Allowed | Says::Denied, Some(request)) => explain(promise, request, &mut answer),
            // One of the resources that are open, as an example of all.
            (Says::Allowed | Says::Denied, None) => {
                explain(promise, &self.request(promise, "*", stated), &mut answer);
            }
        }
        answer
    }

    fn request(&self, promise: &Promise, resource: &str, stated: &Stated) -> Request {
        // The policies of the session do not ask whose the resource is, nor of which kind. Policies of the resource do.
        let account = promise.principal.account().unwrap_or_default();
        Request::new(promise.principal.clone(), self.action.clone(), resource)
            .owned_by(account)
            .on(ResourceKind::Generic)
            .with_context(stated.context(self.keys.iter().map(|key| &**key)))
    }

    fn add_missing(&self, answer: &mut Answer, is_open: bool, stated: &Stated) {
        if is_open && self.names_resources {
            answer.missing.push(Missing::Resource);
        }
        answer.keys = self
            .keys
            .iter()
            .filter(|key| stated.value(key) == Some(ContextValue::Unknown))
            .cloned()
            .collect();
        if !answer.keys.is_empty() {
            answer.missing.push(Missing::Key);
        }
        answer.missing.sort_unstable();
    }
}

/// Adds the reasons of a decision, if the evaluator has the same one for this request.
fn explain(promise: &Promise, request: &Request, answer: &mut Answer) {
    let trace = promise.layers.explain(request);
    let says = match trace.decision {
        Decision::Allowed => Says::Allowed,
        Decision::ExplicitDeny | Decision::ImplicitDeny => Says::Denied,
        Decision::Depends => return,
    };
    if says != answer.says {
        return;
    }
    answer.deciding.clone_from(&trace.deciding);
    if let Reason::NotGranted { missing } = &trace.reason {
        answer.silent.clone_from(missing);
    }
}

/// Whether a statement is about an action.
fn is_about(statement: &Statement, action: &Action) -> bool {
    let element = &statement.action;
    let is_one = element.patterns().iter().any(|own| action_matches(&own.value, action.as_str()));
    is_one != element.is_not()
}

/// Adds a text with its length before it.
fn field(key: &mut String, kind: char, text: &str) {
    // Writing to a string does not fail.
    let _ = write!(key, "{kind}{}:{text}", text.len());
}
