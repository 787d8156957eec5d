//! How much work a question may cost, counted in steps that hang on the input alone.

use std::cell::Cell;

/// The most steps that one question may take. A step is a place of an automaton visited, a text compared, or a literal assigned.
///
/// What was found before the steps ran out stays true; what was not decided is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Budget(u64);

impl Budget {
    /// 2^24 steps: about a second. A question about two managed policies of AWS takes some thousands.
    pub const DEFAULT: Self = Self(1 << 24);

    /// That many steps.
    pub const fn steps(steps: u64) -> Self {
        Self(steps)
    }
}

impl Default for Budget {
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
    pub(crate) const fn new(budget: Budget) -> Self {
        Self { left: Cell::new(budget.0) }
    }

    /// Takes that many steps.
    pub(crate) fn spend(&self, steps: usize) -> Result<(), OutOfSteps> {
        let left = self.left.get().checked_sub(steps as u64);
        self.left.set(left.unwrap_or_default());
        left.map(|_| ()).ok_or(OutOfSteps)
    }

    pub(crate) const fn left(&self) -> u64 {
        self.left.get()
    }
}
