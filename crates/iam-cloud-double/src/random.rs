//! Numbers and names drawn from a seed: the same seed always gives the same ones. They are no secrets.

/// What unique ids of IAM consist of.
const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const CAPITALS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// A generator: SplitMix64 (Steele, Lea, Flood 2014).
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A generator whose seed is made of a text.
    pub(crate) fn of_text(text: &str) -> Self {
        // FNV-1a
        let hash = text
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
        Self(hash)
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below the bound; 0 if the bound is 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or_default()
    }

    /// A number of this range.
    pub(crate) fn between(&mut self, least: i64, most: i64) -> i64 {
        let width = u64::try_from(most.saturating_sub(least)).unwrap_or_default().saturating_add(1);
        least.saturating_add(i64::try_from(self.below(width)).unwrap_or_default())
    }

    /// Whether one of so many cases has come. Never if there are none.
    pub(crate) fn one_in(&mut self, cases: Option<u64>) -> bool {
        cases.is_some_and(|cases| cases > 0 && self.below(cases) == 0)
    }

    /// One of these; `None` if there are none.
    pub(crate) fn pick<'t, T>(&mut self, from: &'t [T]) -> Option<&'t T> {
        let count = u64::try_from(from.len()).unwrap_or_default();
        from.get(usize::try_from(self.below(count)).ok()?)
    }

    fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        let count = u64::try_from(alphabet.len()).unwrap_or_default();
        let mut text = String::with_capacity(length);
        let (mut left, mut bits) = (0_u8, 0_u64);
        for _ in 0..length {
            if left == 0 {
                (left, bits) = (8, self.next());
            }
            let letter =
                usize::try_from((bits & 0xff).checked_rem(count).unwrap_or_default()).unwrap_or_default();
            text.push(char::from(alphabet.get(letter).copied().unwrap_or(b'0')));
            bits >>= 8;
            left = left.saturating_sub(1);
        }
        text
    }

    /// A unique id of IAM: a prefix and letters.
    pub(crate) fn id(&mut self, prefix: &str, letters: usize) -> String {
        format!("{prefix}{}", self.text(BASE32, letters))
    }

    pub(crate) fn alphanumeric(&mut self, length: usize) -> String {
        self.text(ALPHANUMERIC, length)
    }

    pub(crate) fn capitals(&mut self, length: usize) -> String {
        self.text(CAPITALS, length)
    }

    /// An id in the form of RFC 9562, version 4.
    pub(crate) fn uuid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            (low >> 48) & 0x3fff | 0x8000,
            low & 0xffff_ffff_ffff
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn a_seed_gives_the_same_names_and_no_name_twice() {
        let (mut one, mut other) = (Random::new(7), Random::new(7));
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..10_000 {
            let id = one.uuid();
            assert_eq!(id, other.uuid());
            assert_eq!(id.len(), 36);
            assert!(seen.insert(id));
        }
        assert_eq!(one.id("AROA", 17).len(), 21);
        assert!((0..1_000).all(|_| (3..=5).contains(&one.between(3, 5))));
        assert!(!one.one_in(None) && one.pick::<u8>(&[]).is_none());
    }
}
