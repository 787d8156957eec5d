//! Reading of statements: each test becomes an atom, or one atom for each answer to the points that matter to it.

mod condition;
mod patterns;
mod resource;
mod tied;

use iam_eval::{Point, Reading};

use crate::atom::Literal;
use crate::model::{Clause, Model};

/// A test under one reading: a constant or an atom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tested {
    Constant(bool),
    Literal(Literal),
}

/// A test under every reading: for each way to answer the points that matter. The first one has only first answers.
pub(crate) type Answers = Vec<(Answered, Tested)>;

/// Points that are answered, with true for the other answer.
type Answered = Vec<(Point, bool)>;

/// Reads the statements of one policy.
pub(crate) struct Reader<'m> {
    model: &'m mut Model,
    pub(crate) quantified: Vec<u32>,
    pub(crate) free: Vec<Box<str>>,
    pub(crate) is_loose: bool,
    pub(crate) is_beyond: bool,
}

/// The maximum number of ways in which a statement may apply.
const MOST_WAYS: usize = 256;

impl<'m> Reader<'m> {
    pub(crate) const fn new(model: &'m mut Model) -> Self {
        Self { model, quantified: Vec::new(), free: Vec::new(), is_loose: false, is_beyond: false }
    }

    pub(crate) fn clause(&mut self, statement: &iam_policy::Statement) -> Clause {
        let effect = statement.effect.value;
        let mut tests: Vec<Answers> = Vec::new();
        if let Some(element) = &statement.resource {
            tests.push(self.resources(element.patterns(), element.is_not(), effect));
        }
        for condition in &statement.conditions {
            tests.push(self.condition(condition, effect));
        }
        let first = tests.iter().filter_map(|answers| answers.first()).map(|(_, tested)| *tested);
        let literals = conjunction(first, &[]);
        let is_certain = tests.iter().all(|answers| answers.len() < 2);
        Clause { literals, ways: if is_certain { None } else { Some(self.ways(&tests)) } }
    }

    /// The ways in which all tests are met, one for each reading that they tell apart.
    fn ways(&mut self, tests: &[Answers]) -> Box<[Box<[Literal]>]> {
        let mut ways: Vec<(Answered, Vec<Tested>)> = vec![(Vec::new(), Vec::new())];
        for answers in tests {
            let mut longer = Vec::new();
            for (points, met) in &ways {
                for (more, tested) in answers {
                    let clashes = |(point, other): &(Point, bool)| points.contains(&(*point, !other));
                    if *tested == Tested::Constant(false) || more.iter().any(clashes) {
                        continue;
                    }
                    let mut all = points.clone();
                    all.extend(more.iter().filter(|own| !points.contains(own)));
                    longer.push((all, met.iter().copied().chain([*tested]).collect()));
                }
            }
            if longer.len() > MOST_WAYS {
                self.is_beyond = true;
                longer.truncate(MOST_WAYS);
            }
            ways = longer;
        }
        let literals = ways.into_iter().filter_map(|(points, met)| {
            let points: Vec<Literal> =
                points.into_iter().map(|(point, other)| self.model.other(point, other)).collect();
            conjunction(met.into_iter(), &points)
        });
        let mut literals: Vec<Box<[Literal]>> = literals.collect();
        literals.sort_unstable();
        literals.dedup();
        literals.into()
    }

    /// A test under every way to answer the points, which are joined if they are the same test.
    fn answers(&mut self, points: &[Point], mut test: impl FnMut(&mut Self, Reading) -> Tested) -> Answers {
        self.split(points, &mut Vec::new(), &mut test)
    }

    fn split(
        &mut self,
        points: &[Point],
        others: &mut Vec<Point>,
        test: &mut dyn FnMut(&mut Self, Reading) -> Tested,
    ) -> Answers {
        let [point, rest @ ..] = points else {
            return vec![(Vec::new(), test(self, Reading::with_other(others.iter().copied())))];
        };
        let first = self.split(rest, others, test);
        others.push(*point);
        let other = self.split(rest, others, test);
        others.pop();
        if first == other {
            return first;
        }
        let with = |answers: Answers, is_other: bool| {
            answers.into_iter().map(move |(points, tested)| {
                (std::iter::once((*point, is_other)).chain(points).collect(), tested)
            })
        };
        with(first, false).chain(with(other, true)).collect()
    }
}

/// The literals of tests that must all be met, sorted. `None` if one of them never is.
fn conjunction(tests: impl Iterator<Item = Tested>, points: &[Literal]) -> Option<Box<[Literal]>> {
    let mut literals = points.to_vec();
    for test in tests {
        match test {
            Tested::Constant(true) => {}
            Tested::Constant(false) => return None,
            Tested::Literal(literal) => literals.push(literal),
        }
    }
    literals.sort_unstable();
    literals.dedup();
    // An atom and its negation contradict each other.
    let contradicts = literals.windows(2).any(|two| matches!(two, [a, b] if a.atom == b.atom));
    (!contradicts).then(|| literals.into())
}

/// Whether a reading has the first answer at a point.
fn is_first(reading: Reading, point: Point) -> bool {
    reading.others().all(|other| other != point)
}
