//! The search for an assignment of atoms: one clause of each goal true, every forbidden clause false, and each dimension with a value.
//!
//! What follows by the form of the clauses alone is drawn first, to its end; only then the dimensions that have changed are asked whether
//! they still have a value. Branches cover everything, so if none is left there is no such request. The search keeps its own stack: its depth
//! is that of the number of clauses, which a document chooses.

use rustc_hash::FxHashMap;

use crate::atom::{Dimension, Literal};
use crate::budget::{Meter, OutOfSteps};
use crate::model::Model;
use crate::space::KeyShape;
use crate::theory::{Answer, Theory, Value};

/// A conjunction of literals.
pub(crate) type Conjunction<'c> = &'c [Literal];

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Goals<'c> {
    /// Of each, one must hold.
    pub(crate) one_of: Vec<Vec<Conjunction<'c>>>,
    /// None may hold.
    pub(crate) none_of: Vec<Conjunction<'c>>,
}

/// Values of the dimensions that matter.
pub(crate) type Assignment = Vec<(Dimension, Value)>;

/// What came of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Found(Assignment),
    /// There is nothing to find.
    None,
    /// Nothing was found, and these keys or bounds left it open.
    Open(Vec<Gap>),
}

/// Why a search could not be sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gap {
    /// The key is compared as text and as another type.
    Mixed(Dimension),
    /// A request was found whose variables do not fit.
    Variables,
    OutOfSteps,
}

/// Answers of the theory, with what they cost: asked again, they cost the same.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    answers: FxHashMap<Asked, (Answer<Value>, u64)>,
}

/// A dimension, its shape, and sorted literals.
type Asked = (Dimension, Option<KeyShape>, Box<[Literal]>);

impl Memo {
    /// Beyond this many answers all are forgotten.
    const MOST: usize = 1 << 18;
}

/// A dimension while searching.
struct Local {
    dimension: Dimension,
    shape: Option<KeyShape>,
    /// Its assigned literals.
    assigned: Vec<Literal>,
    /// For how many of them `value` is known to do.
    checked: Option<Value>,
}

struct Frame {
    /// How many literals were assigned before.
    trail: usize,
    /// What is still to be tried.
    rest: Vec<Vec<Literal>>,
}

pub(crate) struct Search<'m> {
    model: &'m Model,
    meter: &'m Meter,
    memo: &'m mut Memo,
    /// The value of each atom that has one.
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

    /// Looks for a request. Each that is found is put before `accept`, which says no only to one whose variables do not fit.
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
            // The next branch that is still to be tried.
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

    /// Makes a literal hold; false if its opposite does.
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
                // A value for more literals is one for fewer.
                local.assigned.pop();
            }
        }
    }

    /// Assigns what follows from the form of the clauses; false if they contradict each other.
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
                for literal in *clause {
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
                            only = Some(*clause);
                            possible = possible.saturating_add(1);
                        }
                    }
                }
                match only {
                    _ if is_met => {}
                    None => return Ok(false),
                    Some(clause) if possible == 1 => {
                        for literal in clause {
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

    /// Whether a clause holds, if that is known.
    fn clause(&self, clause: Conjunction<'_>) -> Option<bool> {
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
                if self.memo.answers.len() >= Memo::MOST {
                    self.memo.answers.clear();
                }
                let cost = before.saturating_sub(self.meter.left());
                self.memo.answers.insert(id, (answer.clone(), cost));
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

    /// The ways to go on, which together leave nothing out; nothing if every clause is settled.
    fn branches(&self, goals: &Goals<'_>) -> Option<Vec<Vec<Literal>>> {
        let open = goals.one_of.iter().filter_map(|goal| {
            let states = goal.iter().map(|clause| (*clause, self.clause(clause)));
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
            return Some(goal.into_iter().map(<[Literal]>::to_vec).collect());
        }
        let unassigned = |clause: &Conjunction<'_>| -> Vec<Literal> {
            clause.iter().copied().filter(|literal| self.value(*literal).is_none()).collect()
        };
        let open = goals.none_of.iter().filter(|clause| self.clause(clause).is_none()).map(unassigned);
        let clause = open.min_by_key(Vec::len)?;
        // The first is false, or it is true and the second false, and so on.
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

/// How many requests whose variables do not fit are looked at before others are made.
const MOST_REFUSED: usize = 8;
