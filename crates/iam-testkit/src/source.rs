//! The source of all random choices: a seed, or the bytes of a fuzzer.
//!
//! Generators and laws draw everything from a [`Source`], so a property test, a long run and a coverage-guided fuzzer make the same cases
//! with the same code. The first outcome of each draw is the simplest one. A source that has run out of bytes continues with the simplest
//! outcomes.

/// A source of choices.
#[derive(Clone, Debug)]
pub struct Source<'b> {
    origin: Origin<'b>,
}

#[derive(Clone, Debug)]
enum Origin<'b> {
    Seed(u64),
    Bytes(&'b [u8]),
}

impl Source<'static> {
    /// An endless source. The same seed makes the same choices on every machine.
    pub const fn seeded(seed: u64) -> Self {
        Self { origin: Origin::Seed(seed) }
    }

    /// The source for the case with this number in a run with this seed.
    pub fn of_case(seed: u64, number: u64) -> Self {
        let mut mixed = Self::seeded(seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        Self::seeded(mixed.word())
    }
}

impl<'b> Source<'b> {
    /// A source that takes its choices from these bytes. After their end, it makes the simplest choices.
    pub const fn of_bytes(bytes: &'b [u8]) -> Self {
        Self { origin: Origin::Bytes(bytes) }
    }

    /// The next 64 bits.
    fn word(&mut self) -> u64 {
        match &mut self.origin {
            // SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014).
            Origin::Seed(state) => {
                *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
                let mut mixed = *state;
                mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
                mixed ^ (mixed >> 31)
            }
            Origin::Bytes(bytes) => (0..8).fold(0, |word, _| (word << 8) | u64::from(take(bytes))),
        }
    }

    /// A number less than `bound`. 0 if `bound` is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let Ok(wide) = u64::try_from(bound) else { return 0 };
        let drawn = match &mut self.origin {
            // A fuzzer has better control if a choice is one byte.
            Origin::Bytes(bytes) if wide <= 256 => u64::from(take(bytes)),
            Origin::Seed(_) | Origin::Bytes(_) => self.word() >> 16,
        };
        drawn.checked_rem(wide).and_then(|n| usize::try_from(n).ok()).unwrap_or(0)
    }

    /// True in `of_100` of 100 draws.
    pub fn chance(&mut self, of_100: usize) -> bool {
        // The simplest outcome is false.
        self.below(100) >= 100_usize.saturating_sub(of_100)
    }

    /// One of the items. There must be at least one.
    #[expect(clippy::indexing_slicing, reason = "INVARIANT a number below N, of which there is one")]
    pub fn pick<'i, T, const N: usize>(&mut self, items: &'i [T; N]) -> &'i T {
        const { assert!(N > 0, "nothing to pick from") };
        &items[self.below(N)]
    }

    /// One of the items. `None` if the list is empty.
    pub fn choose<'i, T>(&mut self, items: &'i [T]) -> Option<&'i T> {
        items.get(self.below(items.len()))
    }

    /// A number from `least` to `most`, both included.
    pub fn between(&mut self, least: usize, most: usize) -> usize {
        least.saturating_add(self.below(most.saturating_sub(least).saturating_add(1)))
    }
}

fn take(bytes: &mut &[u8]) -> u8 {
    match bytes.split_first() {
        Some((first, rest)) => {
            *bytes = rest;
            *first
        }
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_choices() {
        let draw = |mut source: Source<'_>| (0..20).map(|_| source.below(1_000)).collect::<Vec<_>>();
        assert_eq!(draw(Source::of_case(7, 3)), draw(Source::of_case(7, 3)));
        assert_ne!(draw(Source::of_case(7, 3)), draw(Source::of_case(7, 4)));
        assert_ne!(draw(Source::of_case(7, 3)), draw(Source::of_case(8, 3)));
    }

    #[test]
    fn bytes_that_run_out_make_the_simplest_choices() {
        let mut source = Source::of_bytes(&[3, 255]);
        assert_eq!(
            (source.below(10), source.chance(1), source.chance(99), source.below(10)),
            (3, false, false, 0)
        );
        assert_eq!(source.pick(&["simplest", "other"]), &"simplest");
        assert_eq!(source.choose::<u8>(&[]), None);
    }

    #[test]
    fn draws_reach_all_of_their_range_about_equally() {
        let mut source = Source::seeded(1);
        let mut counts = [0_u32; 7];
        for _ in 0..7_000 {
            counts[source.below(7)] += 1;
        }
        assert!(counts.iter().all(|n| (850..1_150).contains(n)), "{counts:?}");
        let yes = (0..10_000).filter(|_| source.chance(30)).count();
        assert!((2_700..3_300).contains(&yes), "{yes}");
    }
}
