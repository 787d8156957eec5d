//! Hashes of names that ignore ASCII case: a look-up compares hashes first, and texts only if the hashes are equal.

/// The hash of a text, or of the bytes of a text that have been read so far. It ignores ASCII case.
///
/// Texts that differ only in ASCII case have equal hashes. Other texts may collide, so a look-up must still compare the texts. The hash of
/// a text is the same on every machine. It is not keyed with a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FoldedHash(u64);

impl FoldedHash {
    /// The hash of the empty text.
    pub const EMPTY: Self = Self(0xCBF2_9CE4_8422_2325);

    /// The hash of a text.
    pub fn of(text: &str) -> Self {
        text.bytes().fold(Self::EMPTY, Self::and)
    }

    /// The hash of the same text with one more byte at its end.
    #[must_use]
    pub const fn and(self, byte: u8) -> Self {
        Self((self.0 ^ byte.to_ascii_lowercase() as u64).wrapping_mul(0x0000_0100_0000_01B3))
    }

    /// The hash as a number. Its low bits depend on every byte.
    pub const fn number(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::FoldedHash;

    #[test]
    fn only_ascii_case_is_ignored() {
        assert_eq!(FoldedHash::of("aws:PrincipalTag/K"), FoldedHash::of("AWS:principaltag/k"));
        assert_ne!(FoldedHash::of("aws:PrincipalTag/\u{212A}"), FoldedHash::of("aws:PrincipalTag/k"));
        assert_ne!(FoldedHash::of("\u{e9}"), FoldedHash::of("\u{c9}"));
        assert_eq!(FoldedHash::of(""), FoldedHash::EMPTY);
        assert_eq!(FoldedHash::of("ab"), FoldedHash::of("a").and(b'B'));
    }
}
