//! The engine of this workspace, with its index and without.

use std::sync::Arc;

use iam_eval::{Action, Context, ContextValue, Decision, Layers, Principal, Program, Request};
use iam_policy::{Limits, Mode, Policy, PolicyKind};

use super::Ready;
use crate::work::{Ask, ROLE, SESSION, USER, Value, Work};

/// The layers of a workload.
pub fn layers(work: &Work) -> Layers {
    let mut limits = Limits::default();
    limits.document_bytes = usize::MAX;
    limits.statements = usize::MAX;
    let read = |text: &String, kind| {
        let read = Policy::parse(text, kind, Mode::Deployed, &limits);
        Arc::new(read.unwrap_or_else(|report| panic!("{}: {report}", work.name)))
    };
    let list = |texts: &[String], kind| texts.iter().map(|text| read(text, kind)).collect::<Vec<_>>();
    let levels = |texts: &[Vec<String>], kind| {
        (!texts.is_empty()).then(|| texts.iter().map(|level| list(level, kind)).collect())
    };
    let mut layers = Layers::new();
    layers.identity = list(&work.identity, PolicyKind::Managed);
    layers.boundary = work.boundary.as_ref().map(|text| vec![read(text, PolicyKind::Boundary)]);
    layers.session = (!work.session.is_empty()).then(|| list(&work.session, PolicyKind::Session));
    layers.resource = work.resource.as_ref().map(|text| read(text, PolicyKind::Resource));
    layers.scp = levels(&work.scp, PolicyKind::Scp);
    layers.rcp = levels(&work.rcp, PolicyKind::Rcp);
    layers
}

/// A request of a workload. It comes from a role session if there is a session policy.
pub fn request(work: &Work, ask: &Ask) -> Request {
    let principal = if work.session.is_empty() {
        Principal::from_arn(USER).unwrap()
    } else {
        Principal::assumed_role(&SESSION.parse().unwrap(), &ROLE.parse().unwrap())
    };
    let mut context = Context::new();
    for (key, value) in &ask.context {
        let value = match value {
            Value::One(value) => ContextValue::single(*value),
            Value::Many(values) => ContextValue::multiple(values.iter().copied()),
        };
        context.set(*key, value);
    }
    let action = Action::new(&ask.action).unwrap_or_else(|| panic!("{}", ask.action));
    Request::new(principal, action, &*ask.resource).with_context(context)
}

struct Compiled(Program, Vec<Request>);

impl Ready for Compiled {
    fn allows(&self, ask: usize) -> bool {
        self.0.decide(&self.1[ask]) == Decision::Allowed
    }
}

struct Scanning(Layers, Vec<Request>);

impl Ready for Scanning {
    fn allows(&self, ask: usize) -> bool {
        self.0.decide(&self.1[ask]) == Decision::Allowed
    }
}

fn requests(work: &Work) -> Vec<Request> {
    work.asks.iter().map(|ask| request(work, ask)).collect()
}

pub(super) fn program(work: &Work) -> Option<Box<dyn Ready>> {
    Some(Box::new(Compiled(layers(work).compile(), requests(work))))
}

pub(super) fn scan(work: &Work) -> Option<Box<dyn Ready>> {
    Some(Box::new(Scanning(layers(work), requests(work))))
}
