//! How much work a decision may cost, counted in steps that hang on the input alone and not on the machine.

use std::cell::Cell;

use crate::context::Context;

/// The most steps that a decision may take. A step is a statement looked at, a value compared, or a byte passed in matching.
///
/// Matching takes at most the product of the lengths of pattern and text, so policies and requests within their limits end by
/// themselves; but thousands of patterns of dozens of stars would take seconds. A decision that runs out of steps is a denial,
/// an explicit one if a Deny statement is known to apply: never [`crate::Decision::Allowed`], never [`crate::Decision::Depends`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Budget(u64);

impl Budget {
    /// 2^26 steps: some tenths of a second. A decision on `ReadOnlyAccess` takes a few hundred.
    pub const DEFAULT: Self = Self(1 << 26);

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

/// Counts steps down.
#[derive(Clone, Debug)]
pub(crate) struct Meter {
    left: Cell<u64>,
    is_spent: Cell<bool>,
}

impl Meter {
    pub(crate) const fn new(budget: Budget) -> Self {
        Self { left: Cell::new(budget.0), is_spent: Cell::new(false) }
    }

    /// A meter that no input exhausts.
    pub(crate) const fn endless() -> Self {
        Self::new(Budget::steps(u64::MAX))
    }

    /// Takes that many steps; false if there are not enough. What is compared then no longer matters: the decision is a denial.
    pub(crate) fn spend(&self, steps: usize) -> bool {
        let left = self.left.get().checked_sub(steps as u64);
        self.left.set(left.unwrap_or_default());
        if left.is_none() {
            self.is_spent.set(true);
        }
        left.is_some()
    }

    /// Whether more steps were asked for than there were.
    pub(crate) fn is_spent(&self) -> bool {
        self.is_spent.get()
    }

    /// How many steps were taken of a budget.
    pub(crate) fn spent_of(&self, budget: Budget) -> u64 {
        budget.0.saturating_sub(self.left.get())
    }
}

/// What patterns and conditions are evaluated against.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Evidence<'r> {
    pub(crate) context: &'r Context,
    pub(crate) meter: &'r Meter,
}
