//! The maximum work of a question, in steps. The number of steps depends on the input alone.

use std::cell::Cell;

/// The maximum number of steps of one question.
///
/// A step is one visited place of an automaton, one compared text, or one assigned literal. A result that was found before the steps ran
/// out stays true. What was not decided is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProofBudget(u64);

impl ProofBudget {
    /// 2^24 steps: about a second. A question about two managed policies of AWS takes a few thousand.
    pub const DEFAULT: Self = Self(1 << 24);

    /// A budget of this many steps.
    pub const fn steps(steps: u64) -> Self {
        Self(steps)
    }

    /// The number of steps.
    pub const fn count(self) -> u64 {
        self.0
    }
}

impl Default for ProofBudget {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// The steps ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OutOfSteps;

/// Counts steps down.
#[derive(Debug)]
pub(crate) struct Meter {
    left: Cell<u64>,
}

impl Meter {
    pub(crate) const fn new(budget: ProofBudget) -> Self {
        Self { left: Cell::new(budget.0) }
    }

    /// Takes steps, and fails if there are not enough.
    pub(crate) fn spend(&self, steps: usize) -> Result<(), OutOfSteps> {
        let left = self.left.get().checked_sub(steps as u64);
        self.left.set(left.unwrap_or_default());
        left.map(|_| ()).ok_or(OutOfSteps)
    }

    pub(crate) const fn left(&self) -> u64 {
        self.left.get()
    }
}
