//! A question as the cases that a search has to look at, and the evaluator that judges what the search finds.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};
use std::sync::Arc;

use iam_eval::{Decision, Layer, Layers, Program, Reading, Request};

use crate::access::{Access, Goal, ResourcePolicies};
use crate::analysis::Question;
use crate::atom::{Dimension, Literal};
use crate::classes::ActionClass;
use crate::model::{Modelled, View};
use crate::search::{Assignment, Conjunction, Goals};
use crate::theory::Value;
use crate::who::Callers;

/// The parts of a question that are the same for every class of actions.
pub(crate) struct Posed<'q> {
    pub(crate) question: &'q Question<'q>,
    pub(crate) policies: Vec<Arc<Modelled>>,
    pub(crate) allowed: Access,
    pub(crate) beyond: Option<Access>,
    pub(crate) quantified: Vec<u32>,
    pub(crate) free: Vec<Box<str>>,
    /// Whether each request that a search finds is exactly what the policies distinguish.
    pub(crate) is_exact: bool,
    /// Whether readings matter, and whether a statement depends on more points than are told apart.
    pub(crate) has_points: bool,
    pub(crate) is_beyond: bool,
    pub(crate) judge: Judge<'q>,
    /// The callers in question, if they are not one principal.
    pub(crate) callers: Option<Arc<Callers>>,
    /// What holds in every request in question: that the resource is in the caller's partition, or that there is none, because access across
    /// partitions is impossible (rule 5.34); and what is known of the keys that are tied to each other.
    pub(crate) given: Vec<Literal>,
}

/// The evaluator for one question. It compiles the policies only after a few requests, because compiling does not pay for one.
pub(crate) struct Judge<'q> {
    question: &'q Question<'q>,
    asked: Cell<u32>,
    programs: OnceCell<(Program, Option<Program>)>,
}

/// The number of requests that are judged before the policies are compiled.
const UNCOMPILED: u32 = 8;

impl<'q> Judge<'q> {
    pub(crate) const fn new(question: &'q Question<'q>) -> Self {
        Self { question, asked: Cell::new(0), programs: OnceCell::new() }
    }

    /// Whether a request answers the question with yes under a reading.
    fn is_shown(&self, request: &Request, reading: Reading) -> bool {
        let asked = self.asked.get();
        self.asked.set(asked.saturating_add(1));
        if asked < UNCOMPILED || self.question.resource_policies != ResourcePolicies::Given {
            return is_shown(self.question, request, reading);
        }
        let (allowed, beyond) = self
            .programs
            .get_or_init(|| (self.question.allowed_by.compile(), self.question.beyond.map(Layers::compile)));
        let allows = |program: &Program| program.decide_under(request, reading) == Decision::Allowed;
        allows(allowed) && !beyond.as_ref().is_some_and(allows)
    }
}

impl Posed<'_> {
    pub(crate) fn is_shown_under(&self, request: &Request, reading: Reading) -> bool {
        self.judge.is_shown(request, reading)
    }

    /// A reading with as few other answers as suffice to show a request.
    pub(crate) fn simplest(&self, request: &Request, mut reading: Reading) -> Reading {
        for point in reading.others().collect::<Vec<_>>() {
            let fewer = Reading::with_other(reading.others().filter(|other| *other != point));
            if fewer != Reading::FIRST && self.is_shown_under(request, fewer) {
                reading = fewer;
            }
        }
        reading
    }

    /// The clauses of a goal that match a class of actions.
    fn live<'c>(&'c self, goal: &'c Goal, class: &'c ActionClass, view: View) -> Vec<Conjunction<'c>> {
        let mut clauses: Vec<Conjunction<'c>> = Vec::new();
        for part in &goal.parts {
            let Some(at) = self.policies.iter().position(|p| Arc::ptr_eq(p, &part.policy)) else { continue };
            let Some(live) = class.live.get(at) else { continue };
            for named in part.statements.iter().filter(|named| live.contains(named.number)) {
                let partly = class.open.as_ref().and_then(|open| open.parts.get(&(at, named.number)));
                let Some(clause) = part.policy.clauses.get(named.number) else { continue };
                for way in clause.ways(view) {
                    clauses.extend(named.ways(view).map(|more| joined(way, more, partly.copied())));
                }
            }
        }
        clauses
    }

    /// The Deny clauses that match a class of actions.
    fn denying<'c>(&'c self, access: &'c Access, class: &'c ActionClass, view: View) -> Vec<Conjunction<'c>> {
        let mut clauses: Vec<Conjunction<'c>> = Vec::new();
        for goal in access.denies.iter().filter(|goal| bears(goal, class)) {
            let own = self.live(goal, class, view);
            match access.without.filter(|_| view == View::Every && goal.layer == Layer::Rcp) {
                None => clauses.extend(own),
                // The answer is the first, or the request has a resource (rule 5.41).
                Some([other, without]) => {
                    let not = |literal: Literal| Literal { holds: !literal.holds, ..literal };
                    for way in [&[not(other)][..], &[other, not(without)]] {
                        clauses.extend(own.iter().map(|clause| Cow::Owned([clause.as_ref(), way].concat())));
                    }
                }
            }
        }
        clauses.sort_unstable();
        clauses.dedup();
        clauses
    }

    /// The goals of each way that is open for a class, without the goals that are always met.
    fn open_ways<'c>(
        &'c self,
        access: &'c Access,
        class: &'c ActionClass,
        view: View,
    ) -> Vec<Vec<Vec<Conjunction<'c>>>> {
        let mut ways = Vec::new();
        let (own, bare) = (&access.ways, access.bare.iter());
        let open: Vec<&Vec<Goal>> = if class.needs_nothing { bare.collect() } else { own.iter().collect() };
        for way in open {
            // In the first reading, goals with an exception are met by it.
            let bearing = way
                .iter()
                .filter(|goal| bears(goal, class) && (view == View::Every || goal.unless.is_none()));
            let goals: Vec<Vec<Conjunction<'c>>> = bearing
                .map(|goal| {
                    let mut clauses = self.live(goal, class, view);
                    clauses.extend(goal.met_for.map(|literal| Cow::Owned(vec![literal])));
                    if view == View::Every {
                        clauses.extend(goal.unless.map(|literal| Cow::Owned(vec![literal])));
                        let without = access.without.filter(|_| goal.layer == Layer::Rcp);
                        clauses.extend(without.map(|both| Cow::Owned(both.to_vec())));
                    }
                    clauses
                })
                .collect();
            if goals.iter().all(|goal| !goal.is_empty()) {
                ways.push(goals.into_iter().filter(|goal| !has_always(goal)).collect());
            }
        }
        ways
    }

    /// The cases in which a request of a class is allowed and beyond. Each case is one search.
    pub(crate) fn cases<'c>(&'c self, class: &'c ActionClass, view: View) -> Vec<Goals<'c>> {
        if view == View::Every && !self.has_points {
            return Vec::new();
        }
        let denied = self.denying(&self.allowed, class, view);
        if has_always(&denied) {
            return Vec::new();
        }
        let ways = self.open_ways(&self.allowed, class, view);
        if ways.is_empty() {
            return Vec::new();
        }
        // Each choice is one reason why the other layers do not allow: a Deny, or for each of their ways one goal that is not met.
        let mut choices: Vec<Goals<'c>> = vec![Goals::default()];
        if let Some(beyond) = &self.beyond {
            let denies = self.denying(beyond, class, view);
            // If a Deny always applies, the other layers never allow.
            if !has_always(&denies) {
                for way in self.open_ways(beyond, class, view) {
                    let longer = |choice: &Goals<'c>, goal: &Vec<Conjunction<'c>>| {
                        let mut longer = choice.clone();
                        longer.none_of.extend(goal.iter().cloned());
                        longer
                    };
                    choices = choices
                        .iter()
                        .flat_map(|choice| way.iter().map(|goal| longer(choice, goal)))
                        .collect();
                }
                if !denies.is_empty() {
                    choices.push(Goals { one_of: vec![denies], none_of: Vec::new() });
                }
            }
        }
        let mut cases = Vec::new();
        for way in &ways {
            for choice in &choices {
                let mut goals = choice.clone();
                goals.one_of.extend(way.iter().cloned());
                goals.none_of.extend(denied.iter().cloned());
                goals.one_of.extend(self.given.iter().map(|literal| vec![Cow::Owned(vec![*literal])]));
                goals.one_of.extend(class.open.as_ref().map(|open| vec![Cow::Borrowed(&*open.region)]));
                goals.none_of.sort_unstable();
                goals.none_of.dedup();
                cases.push(goals);
            }
        }
        cases
    }
}

/// Whether a goal concerns a class of actions (rules 5.41, 5.55).
fn bears(goal: &Goal, class: &ActionClass) -> bool {
    let is_spared = match goal.layer {
        Layer::Rcp => class.is_beyond_rcp || class.needs_nothing,
        Layer::VpcEndpoint => false,
        Layer::Identity | Layer::Boundary | Layer::Session | Layer::Scope | Layer::Resource | Layer::Scp => {
            class.needs_nothing
        }
    };
    !is_spared
}

/// The literals of a statement, of the naming of the principal, and of the name of the action.
fn joined<'c>(clause: &'c [Literal], named: &'c [Literal], name: Option<Literal>) -> Conjunction<'c> {
    if named.is_empty() && name.is_none() {
        return Cow::Borrowed(clause);
    }
    Cow::Owned(clause.iter().chain(named).copied().chain(name).collect())
}

/// The reading of an assignment: the first answer where it says nothing.
pub(crate) fn reading(assignment: &Assignment) -> Reading {
    Reading::with_other(assignment.iter().filter_map(|(dimension, value)| match (dimension, value) {
        (Dimension::Point(point), Value::Other(true)) => Some(*point),
        _ => None,
    }))
}

/// Whether one of the clauses always applies.
fn has_always(clauses: &[Conjunction<'_>]) -> bool {
    clauses.iter().any(|clause| clause.is_empty())
}

/// Whether the evaluator confirms that a request is allowed, and not allowed by the layers of `beyond`.
pub(crate) fn is_shown(question: &Question<'_>, request: &Request, reading: Reading) -> bool {
    let allows = |layers: &Layers| layers.decide_under(request, reading) == Decision::Allowed;
    let is_allowed = match question.resource_policies {
        ResourcePolicies::Given => allows(question.allowed_by),
        assumed @ (ResourcePolicies::NoneNamesTheSession | ResourcePolicies::Any) => {
            crate::granted::allows(question.allowed_by, request, assumed, reading)
        }
    };
    is_allowed && !question.beyond.is_some_and(allows)
}
