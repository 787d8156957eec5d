//! The possible outcomes of a test, and what they mean for a statement.

use std::fmt;

use iam_policy::Effect;

/// The set of outcomes that a test may have: false, indeterminate, true.
///
/// If every key is known, the set has exactly one outcome under one reading. An unknown key adds the outcomes that its values could bring
/// about. Indeterminate means that the comparison failed on a pattern of the policy (rule 4.22) or on a variable without value in
/// `NotResource` (rule 3.27): a Deny then applies, and an Allow does not. The order is false, indeterminate, true: AND yields the least of
/// two outcomes, OR the greatest.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Outcomes(u8);

impl Outcomes {
    /// The outcome is false.
    pub const FALSE: Self = Self(1);
    /// The outcome is indeterminate.
    pub const INDETERMINATE: Self = Self(2);
    /// The outcome is true.
    pub const TRUE: Self = Self(4);
    /// The outcome is false or true, depending on an unknown value.
    pub const OPEN: Self = Self(1 | 4);

    /// No outcome: the identity of [`Outcomes::either`].
    pub(crate) const NONE: Self = Self(0);

    /// The outcomes if they are possible, otherwise none.
    pub(crate) const fn if_possible(self, possible: bool) -> Self {
        if possible { self } else { Self::NONE }
    }

    /// The certain outcome true or false.
    pub const fn known(value: bool) -> Self {
        if value { Self::TRUE } else { Self::FALSE }
    }

    const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether the outcome can be true.
    pub const fn may_be_true(self) -> bool {
        self.has(Self::TRUE)
    }

    /// Whether the outcome can be false.
    pub const fn may_be_false(self) -> bool {
        self.has(Self::FALSE)
    }

    /// Whether the outcome can be indeterminate.
    pub const fn may_be_indeterminate(self) -> bool {
        self.has(Self::INDETERMINATE)
    }

    /// Whether the outcome depends on an unknown value.
    pub const fn is_open(self) -> bool {
        self.0.count_ones() > 1
    }

    /// The name in JSON output: `false`, `indeterminate` or `true` if the outcome is certain, otherwise `open`.
    pub const fn name(self) -> &'static str {
        match (self.may_be_false(), self.may_be_indeterminate(), self.may_be_true()) {
            (true, false, false) => "false",
            (false, true, false) => "indeterminate",
            (false, false, true) => "true",
            _ => "open",
        }
    }

    /// The union of two sets of outcomes.
    #[must_use]
    pub const fn either(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    const fn if_any(self, condition: bool) -> u8 {
        if condition { self.0 } else { 0 }
    }

    /// The outcomes of "both tests": of each pair, the lesser in the order false, indeterminate, true.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        // Most tests have one certain outcome.
        match (self, other) {
            (Self::TRUE, _) | (_, Self::FALSE) => return other,
            (_, Self::TRUE) | (Self::FALSE, _) => return self,
            _ => {}
        }
        let not_false = Self(Self::INDETERMINATE.0 | Self::TRUE.0);
        let indeterminate = (self.has(Self::INDETERMINATE) && other.has(not_false))
            || (other.has(Self::INDETERMINATE) && self.has(not_false));
        Self(
            Self::FALSE.if_any(self.has(Self::FALSE) || other.has(Self::FALSE))
                | Self::INDETERMINATE.if_any(indeterminate)
                | Self::TRUE.if_any(self.has(Self::TRUE) && other.has(Self::TRUE)),
        )
    }

    /// The outcomes of "one of the tests": of each pair, the greater in the order false, indeterminate, true.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::FALSE, _) | (_, Self::TRUE) => other,
            (_, Self::FALSE) | (Self::TRUE, _) => self,
            _ => self.not().and(other.not()).not(),
        }
    }

    /// The outcomes of the negated test. Indeterminate stays indeterminate.
    #[must_use]
    pub const fn not(self) -> Self {
        Self(
            Self::TRUE.if_any(self.has(Self::FALSE))
                | Self::FALSE.if_any(self.has(Self::TRUE))
                | Self::INDETERMINATE.if_any(self.has(Self::INDETERMINATE)),
        )
    }
}

impl fmt::Debug for Outcomes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outcomes({})", self.name())
    }
}

impl fmt::Display for Outcomes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether a property holds for all values of the unknown keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// The property holds for no value.
    Never,
    /// The property may hold for some values and not for others, as far as one statement can tell.
    Maybe,
    /// The property holds for every value.
    Always,
}

impl Certainty {
    /// Whether a statement with this effect applies.
    ///
    /// An indeterminate Deny applies, an indeterminate Allow does not (rules 3.27, 4.22).
    pub const fn of(effect: Effect, outcomes: Outcomes) -> Self {
        let (applies, does_not) = match effect {
            Effect::Allow => {
                (outcomes.may_be_true(), outcomes.may_be_false() || outcomes.may_be_indeterminate())
            }
            Effect::Deny => {
                (outcomes.may_be_true() || outcomes.may_be_indeterminate(), outcomes.may_be_false())
            }
        };
        match (applies, does_not) {
            (true, false) => Self::Always,
            (true, true) => Self::Maybe,
            (false, _) => Self::Never,
        }
    }

    /// [`Certainty::Always`] or [`Certainty::Never`].
    pub const fn known(value: bool) -> Self {
        if value { Self::Always } else { Self::Never }
    }

    /// The name in JSON output: `never`, `maybe` or `always`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Maybe => "maybe",
            Self::Always => "always",
        }
    }
}

impl fmt::Display for Certainty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The outcomes in a set, as ranks in the order false, indeterminate, true.
    fn ranks(set: Outcomes) -> Vec<u8> {
        (0..3).filter(|rank| set.0 & (1 << rank) != 0).collect()
    }

    fn set(ranks: impl Iterator<Item = u8>) -> Outcomes {
        Outcomes(ranks.fold(0, |bits, rank| bits | 1 << rank))
    }

    #[test]
    fn tables_are_those_of_minimum_maximum_and_reversal() {
        for a in (1..8).map(Outcomes) {
            assert_eq!(a.not(), set(ranks(a).into_iter().map(|rank| 2 - rank)));
            for b in (1..8).map(Outcomes) {
                let pairs =
                    || ranks(a).into_iter().flat_map(move |x| ranks(b).into_iter().map(move |y| (x, y)));
                assert_eq!(a.and(b), set(pairs().map(|(x, y)| x.min(y))), "{a:?} and {b:?}");
                assert_eq!(a.or(b), set(pairs().map(|(x, y)| x.max(y))), "{a:?} or {b:?}");
            }
        }
    }

    #[test]
    fn sets_are_printed_by_their_names() {
        assert_eq!(format!("{:?} {}", Outcomes::OPEN, Outcomes::TRUE), "Outcomes(open) true");
    }

    #[test]
    fn indeterminate_fails_closed() {
        assert_eq!(Certainty::of(Effect::Allow, Outcomes::INDETERMINATE), Certainty::Never);
        assert_eq!(Certainty::of(Effect::Deny, Outcomes::INDETERMINATE), Certainty::Always);
        assert_eq!(Certainty::of(Effect::Allow, Outcomes::OPEN), Certainty::Maybe);
        assert_eq!(Certainty::of(Effect::Deny, Outcomes::OPEN), Certainty::Maybe);
    }
}
