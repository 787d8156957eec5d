//! Actions: names grouped by the statements that match them.
//!
//! Actions that the same statements match are alike to the policies, so one action of each group stands for all. The names are those of a
//! list ([`ActionTable`], [`ActionNames`]) or all well-formed names, including future ones ([`open_classes`]).

mod names;
mod open;

pub(crate) use names::ActionTable;
pub use names::{ActionNames, ActionSet};
pub(crate) use open::{Open, open_classes};

/// A set of numbers, of statements or of actions.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    pub(crate) fn insert(&mut self, number: usize) {
        let (word, bit) = (number / 64, number % 64);
        if self.0.len() <= word {
            self.0.resize(word.saturating_add(1), 0);
        }
        if let Some(slot) = self.0.get_mut(word) {
            *slot |= 1 << bit;
        }
    }

    pub(crate) fn contains(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    /// The numbers, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(index, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros();
                left &= left.wrapping_sub(1);
                (bit < 64).then(|| index.saturating_mul(64).saturating_add(bit as usize))
            })
        })
    }
}
