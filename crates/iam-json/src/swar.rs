//! Tests of eight bytes at a time: which bytes are less than a bound, or equal to a byte.
//!
//! Each function returns a word in which the high bit of each matching byte is set. All other bits are 0. A borrow may set the bits of
//! further bytes after the first match, but never before it. So the first match is right, and so is whether there is any.

/// The lowest bit of each byte.
const ONES: u64 = 0x0101_0101_0101_0101;
/// The highest bit of each byte.
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Marks the bytes that are less than `bound`, which must be at most 128.
pub const fn below(word: u64, bound: u8) -> u64 {
    word.wrapping_sub(ONES.wrapping_mul(bound as u64)) & !word & HIGH
}

/// Marks the bytes that are equal to `byte`.
pub const fn equal(word: u64, byte: u8) -> u64 {
    below(word ^ ONES.wrapping_mul(byte as u64), 1)
}

/// The index of the first marked byte.
pub const fn first(found: u64) -> u32 {
    found.trailing_zeros() / 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_the_first() {
        let mut state = 7_u64;
        for _ in 0..100_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let bytes = (state ^ (state >> 29)).to_le_bytes();
            let word = u64::from_le_bytes(bytes);
            for bound in [1, 0x20, 0x23, 0x40, 0x7F, 0x80] {
                let expected = bytes.iter().position(|b| *b < bound);
                let found = below(word, bound);
                assert_eq!((found != 0).then(|| first(found) as usize), expected, "{bytes:?} {bound}");
            }
            let wanted = bytes.last().copied().unwrap_or_default();
            let found = equal(word, wanted);
            assert_eq!(Some(first(found) as usize), bytes.iter().position(|b| *b == wanted), "{bytes:?}");
        }
    }
}
