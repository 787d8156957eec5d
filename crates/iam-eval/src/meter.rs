//! The maximum work of a decision, in steps. The number of steps depends on the input alone, not on the machine.

use std::cell::Cell;

use crate::context::Context;
use crate::reading::Readings;

/// The maximum number of steps of a decision.
///
/// A step is one statement looked at, one value compared, or one byte passed in matching. Matching takes at most the product of the lengths
/// of pattern and text. Within the limits of policies and requests it always ends, but thousands of patterns with dozens of stars could
/// take seconds. A decision that runs out of steps is a denial: an explicit one if a Deny statement is known to apply. It is never
/// [`crate::Decision::Allowed`] and never [`crate::Decision::Depends`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Budget(u64);

impl Budget {
    /// 2^26 steps: a few tenths of a second. A decision on `ReadOnlyAccess` takes a few hundred.
    pub const DEFAULT: Self = Self(1 << 26);

    /// A budget of this many steps.
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

    /// Takes steps. False if there are not enough; the decision is then a denial, whatever the comparison yields.
    pub(crate) fn spend(&self, steps: usize) -> bool {
        let left = self.left.get().checked_sub(steps as u64);
        self.left.set(left.unwrap_or_default());
        if left.is_none() {
            self.is_spent.set(true);
        }
        left.is_some()
    }

    /// Takes the steps for one look at every byte of a text. Sixty-four bytes are a step, because they are looked at together.
    pub(crate) fn read(&self, text: &str) -> bool {
        self.spend(text.len() >> 6)
    }

    /// Whether more steps were requested than there were.
    pub(crate) fn is_spent(&self) -> bool {
        self.is_spent.get()
    }

    /// The number of steps taken from a budget.
    pub(crate) fn spent_of(&self, budget: Budget) -> u64 {
        budget.0.saturating_sub(self.left.get())
    }
}

/// The context, the meter and the readings that patterns and conditions are evaluated with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Evidence<'r> {
    pub(crate) context: &'r Context,
    pub(crate) meter: &'r Meter,
    pub(crate) readings: Readings,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_four_bytes_that_are_read_are_a_step() {
        let budget = Budget::steps(3);
        for (length, wanted) in [(0, 0), (63, 0), (64, 1), (127, 1), (128, 2), (255, 3)] {
            let meter = Meter::new(budget);
            assert!(meter.read(&"x".repeat(length)) && !meter.is_spent());
            assert_eq!(meter.spent_of(budget), wanted, "{length}");
        }
        let meter = Meter::new(budget);
        assert!(!meter.read(&"x".repeat(256)) && meter.is_spent());
        assert_eq!(meter.spent_of(budget), 3);
    }
}
