//! The search for an assignment of atoms: one clause of each goal true, every forbidden clause false, and a value for each dimension.
//!
//! First, everything is derived that follows from the form of the clauses alone. Then each dimension that has changed is asked whether it
//! still has a value. The branches cover all cases, so if none is left there is no such request. The search has its own stack, because its
//! depth is the number of clauses, which a document chooses.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use crate::atom::{Dimension, Literal};
use crate::budget::{Meter, OutOfSteps};
use crate::model::Model;
use crate::space::KeyShape;
use crate::theory::{Answer, Theory, Value};

/// A conjunction of literals.
pub(crate) type Conjunction<'c> = Cow<'c, [Literal]>;

/// The aim of a search.
#[derive(Clone, Debug, Default)]
pub(crate) struct Goals<'c> {
    /// Of each list, one conjunction must hold.
    pub(crate) one_of: Vec<Vec<Conjunction<'c>>>,
    /// None of these conjunctions may hold.
    pub(crate) none_of: Vec<Conjunction<'c>>,
}

/// Values of the dimensions that matter.
pub(crate) type Assignment = Vec<(Dimension, Value)>;

/// The result of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Found(Assignment),
    /// There is no assignment.
    None,
    /// No assignment was found, and these gaps left it open whether there is one.
    Open(Vec<Gap>),
}

/// Why a search is not conclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gap {
    /// The key is compared as text and as another type.
    Mixed(Dimension),
    /// A request was found whose variables do not fit.
    Variables,
    OutOfSteps,
}

/// Answers of the theory with their cost. An answer that is taken from here costs the same steps.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    answers: FxHashMap<Asked, (Answer<Value>, u64)>,
    /// The number of literals of the questions.
    literals: usize,
}

/// A dimension, its shape, and sorted literals.
type Asked = (Dimension, Option<KeyShape>, Box<[Literal]>);

impl Memo {
    /// With more answers than this, or more literals in their questions, all are forgotten. An answer has some hundred bytes, a literal eight.
    const MOST: usize = 1 << 18;
    const MOST_LITERALS: usize = 1 << 22;

    /// Keeps an answer.
    fn keep(&mut self, asked: Asked, answer: Answer<Value>, cost: u64) {
        self.literals = self.literals.saturating_add(asked.2.len());
        if self.answers.len() >= Self::MOST || self.literals > Self::MOST_LITERALS {
            self.answers.clear();
            self.literals = asked.2.len();
        }
        self.answers.insert(asked, (answer, cost));
    }
}

/// The state of a dimension during a search.
struct Local {
    dimension: Dimension,
    shape: Option<KeyShape>,
    /// The literals that are assigned to it.
    assigned: Vec<Literal>,
    /// A value that satisfies the assigned literals. `None` if they have not been checked.
    checked: Option<Value>,
}

struct Frame {
    /// The number of literals that were assigned before the branch.
    trail: usize,
    /// The branches still to be tried.
    rest: Vec<Vec<Literal>>,
}

pub(crate) struct Search<'m> {
    model: &'m Model,
    meter: &'m Meter,
    memo: &'m mut Memo,
    /// The value of each atom that is assigned.
    values: FxHashMap<u32, bool>,
    trail: Vec<Literal>,
    locals: Vec<Local>,
    places: FxHashMap<Dimension, usize>,
    gaps: Vec<Gap>,
}

impl<'m> Search<'m> {
    pub(crate) fn new(model: &'m Model, memo: &'m mut Memo, meter: &'m Meter) -> Self {
        Self {
            model,
            meter,
            memo,
            values: FxHashMap::default(),
            trail: Vec::new(),
            locals: Vec::new(),
            places: FxHashMap::default(),
            gaps: Vec::new(),
        }
    }

    /// Searches for a request. `accept` gets each one that is found, and may refuse only requests whose variables do not fit.
    pub(crate) fn run(
        mut self,
        goals: &Goals<'_>,
        shape: impl Fn(Dimension) -> Option<KeyShape>,
        mut accept: impl FnMut(&Assignment) -> bool,
    ) -> Outcome {
        match self.explore(goals, &shape, &mut accept) {
            Ok(Some(found)) => Outcome::Found(found),
            Ok(None) if self.gaps.is_empty() => Outcome::None,
            Ok(None) => {
                self.gaps.sort_unstable();
                self.gaps.dedup();
                Outcome::Open(self.gaps)
            }
            Err(OutOfSteps) => {
                self.gaps.push(Gap::OutOfSteps);
                self.gaps.sort_unstable();
                self.gaps.dedup();
                Outcome::Open(self.gaps)
            }
        }
    }

    fn explore(
        &mut self,
        goals: &Goals<'_>,
        shape: &impl Fn(Dimension) -> Option<KeyShape>,
        accept: &mut impl FnMut(&Assignment) -> bool,
    ) -> Result<Option<Assignment>, OutOfSteps> {
        let mut frames: Vec<Frame> = Vec::new();
        let mut refused = 0_usize;
        let mut is_consistent = true;
        loop {
            if is_consistent {
                is_consistent = self.propagate(goals, shape)? && self.consult()?;
            }
            if is_consistent {
                if let Some(mut rest) = self.branches(goals) {
                    rest.reverse();
                    frames.push(Frame { trail: self.trail.len(), rest });
                } else {
                    let found = self.assignment();
                    if accept(&found) {
                        return Ok(Some(found));
                    }
                    self.gaps.push(Gap::Variables);
                    refused = refused.saturating_add(1);
                    if refused >= MOST_REFUSED {
                        return Ok(None);
                    }
                }
            }
            // The next branch to try.
            is_consistent = false;
            while !is_consistent {
                let Some(frame) = frames.last_mut() else { return Ok(None) };
                let (trail, next) = (frame.trail, frame.rest.pop());
                self.undo(trail);
                match next {
                    Some(literals) => {
                        is_consistent = literals.into_iter().all(|literal| self.assign(literal, shape));
                    }
                    None => {
                        frames.pop();
                    }
                }
            }
        }
    }

    fn value(&self, literal: Literal) -> Option<bool> {
        self.values.get(&literal.atom.0).map(|value| *value == literal.holds)
    }

    /// Makes a literal hold. False if its negation is assigned.
    fn assign(&mut self, literal: Literal, shape: &impl Fn(Dimension) -> Option<KeyShape>) -> bool {
        if let Some(holds) = self.value(literal) {
            return holds;
        }
        let Some(atom) = self.model.atom(literal.atom) else { return true };
        let dimension = atom.dimension();
        self.values.insert(literal.atom.0, literal.holds);
        self.trail.push(literal);
        let place = *self.places.entry(dimension).or_insert_with(|| {
            let shape = shape(dimension);
            self.locals.push(Local { dimension, shape, assigned: Vec::new(), checked: None });
            self.locals.len().saturating_sub(1)
        });
        if let Some(local) = self.locals.get_mut(place) {
            local.assigned.push(literal);
            local.checked = None;
        }
        true
    }

    fn undo(&mut self, length: usize) {
        while self.trail.len() > length {
            let Some(literal) = self.trail.pop() else { return };
            self.values.remove(&literal.atom.0);
            let dimension = self.model.atom(literal.atom).map(crate::atom::Atom::dimension);
            let place = dimension.and_then(|dimension| self.places.get(&dimension));
            if let Some(local) = place.and_then(|place| self.locals.get_mut(*place)) {
                // A value for more literals is also a value for fewer.
                local.assigned.pop();
            }
        }
    }

    /// Assigns what follows from the form of the clauses. False if they contradict each other.
    fn propagate(
        &mut self,
        goals: &Goals<'_>,
        shape: &impl Fn(Dimension) -> Option<KeyShape>,
    ) -> Result<bool, OutOfSteps> {
        loop {
            let before = self.trail.len();
            for clause in &goals.none_of {
                self.meter.spend(clause.len().saturating_add(1))?;
                let (mut last, mut open) = (None, 0_usize);
                let mut is_false = false;
                for literal in clause.iter() {
                    match self.value(*literal) {
                        Some(true) => {}
                        Some(false) => {
                            is_false = true;
                            break;
                        }
                        None => {
                            last = Some(*literal);
                            open = open.saturating_add(1);
                        }
                    }
                }
                match last {
                    _ if is_false => {}
                    None => return Ok(false),
                    Some(literal) if open == 1 => {
                        self.assign(Literal { holds: !literal.holds, ..literal }, shape);
                    }
                    Some(_) => {}
                }
            }
            for goal in &goals.one_of {
                self.meter.spend(goal.len())?;
                let mut only = None;
                let (mut is_met, mut possible) = (false, 0_usize);
                for clause in goal {
                    match self.clause(clause) {
                        Some(true) => {
                            is_met = true;
                            break;
                        }
                        Some(false) => {}
                        None => {
                            only = Some(clause);
                            possible = possible.saturating_add(1);
                        }
                    }
                }
                match only {
                    _ if is_met => {}
                    None => return Ok(false),
                    Some(clause) if possible == 1 => {
                        for literal in clause.iter() {
                            self.assign(*literal, shape);
                        }
                    }
                    Some(_) => {}
                }
            }
            if self.trail.len() == before {
                return Ok(true);
            }
        }
    }

    /// Whether a clause holds. `None` if that is not known.
    fn clause(&self, clause: &[Literal]) -> Option<bool> {
        let mut is_open = false;
        for literal in clause {
            match self.value(*literal) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => is_open = true,
            }
        }
        (!is_open).then_some(true)
    }

    /// Asks every dimension that has changed whether it still has a value.
    fn consult(&mut self) -> Result<bool, OutOfSteps> {
        for local in
            self.locals.iter_mut().filter(|local| local.checked.is_none() && !local.assigned.is_empty())
        {
            let mut literals: Box<[Literal]> = local.assigned.as_slice().into();
            literals.sort_unstable();
            let id = (local.dimension, local.shape, literals);
            let answer = if let Some((answer, cost)) = self.memo.answers.get(&id) {
                self.meter.spend(usize::try_from(*cost).unwrap_or(usize::MAX))?;
                answer.clone()
            } else {
                let before = self.meter.left();
                let theory = Theory { model: self.model, meter: self.meter };
                let answer = theory.value(local.dimension, local.shape, &id.2)?;
                let cost = before.saturating_sub(self.meter.left());
                self.memo.keep(id, answer.clone(), cost);
                answer
            };
            match answer {
                Answer::Some(value) => local.checked = Some(value),
                Answer::None => return Ok(false),
                Answer::Mixed => {
                    self.gaps.push(Gap::Mixed(local.dimension));
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// The branches at this point, which together cover all cases. `None` if every clause is settled.
    fn branches(&self, goals: &Goals<'_>) -> Option<Vec<Vec<Literal>>> {
        let open = goals.one_of.iter().filter_map(|goal| {
            let states = goal.iter().map(|clause| (clause, self.clause(clause)));
            let mut possible = Vec::new();
            for (clause, state) in states {
                match state {
                    Some(true) => return None,
                    Some(false) => {}
                    None => possible.push(clause),
                }
            }
            Some(possible)
        });
        if let Some(goal) = open.min_by_key(Vec::len) {
            return Some(goal.into_iter().map(|clause| clause.to_vec()).collect());
        }
        let unassigned = |clause: &Conjunction<'_>| -> Vec<Literal> {
            clause.iter().copied().filter(|literal| self.value(*literal).is_none()).collect()
        };
        let open = goals.none_of.iter().filter(|clause| self.clause(clause).is_none()).map(unassigned);
        let clause = open.min_by_key(Vec::len)?;
        // The first literal is false; or it is true and the second is false; and so on.
        let mut ways = Vec::new();
        let mut before: Vec<Literal> = Vec::new();
        for literal in clause {
            let mut way = before.clone();
            way.push(Literal { holds: !literal.holds, ..literal });
            ways.push(way);
            before.push(literal);
        }
        Some(ways)
    }

    fn assignment(&self) -> Assignment {
        let assigned = self.locals.iter().filter(|local| !local.assigned.is_empty());
        assigned.filter_map(|local| Some((local.dimension, local.checked.clone()?))).collect()
    }
}

/// The number of requests with unfitting variables that are looked at before example values are tried.
const MOST_REFUSED: usize = 8;
