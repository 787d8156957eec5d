//! Names without ASCII case as numbers, so that looking one up compares numbers and only then texts.

/// The hash of a text that has been read up to some byte, ignoring ASCII case.
///
/// Texts that are equal but for ASCII case have equal hashes; others may collide, so whoever finds a hash still compares the texts.
/// The hash is a constant of the text: it is the same on every machine, and no secret goes into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FoldedHash(u64);

impl FoldedHash {
    /// The hash of the empty text.
    pub const EMPTY: Self = Self(0xCBF2_9CE4_8422_2325);

    /// The hash of a text.
    pub fn of(text: &str) -> Self {
        text.bytes().fold(Self::EMPTY, Self::and)
    }

    /// The hash of the text with one more byte.
    #[must_use]
    pub const fn and(self, byte: u8) -> Self {
        Self((self.0 ^ byte.to_ascii_lowercase() as u64).wrapping_mul(0x0000_0100_0000_01B3))
    }

    /// The number. Its low bits hang on every byte.
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
