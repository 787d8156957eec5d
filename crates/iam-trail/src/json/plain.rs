//! The end of a text in JSON, eight bytes at a time.

/// The lowest bit of each byte.
const ONES: u64 = 0x0101_0101_0101_0101;
/// The highest bit of each byte.
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The number of bytes at the beginning that are no quotation mark, no backslash and no control character. `None` if there is no other.
#[inline]
pub(super) fn plain(bytes: &[u8]) -> Option<usize> {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut passed = 0_usize;
    for word in words {
        let word = u64::from_le_bytes(*word);
        // Below the bound are the control characters, the quotation mark, and two that are plain.
        let maybe = (below(word, b'"'.wrapping_add(1)) | equal(word, b'\\')) & HIGH;
        if maybe != 0 {
            let marks = below(word, b' ') | equal(word, b'"') | equal(word, b'\\');
            if marks & HIGH != 0 {
                return Some(passed.wrapping_add(first(marks & HIGH)));
            }
        }
        passed = passed.wrapping_add(8);
    }
    end(rest).map(|found| passed.wrapping_add(found))
}

#[cold]
fn end(rest: &[u8]) -> Option<usize> {
    rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))
}

#[inline]
const fn first(marks: u64) -> usize {
    (marks.trailing_zeros() / 8) as usize
}

#[inline]
const fn below(word: u64, bound: u8) -> u64 {
    word.wrapping_sub(ONES.wrapping_mul(bound as u64)) & !word
}

#[inline]
const fn equal(word: u64, byte: u8) -> u64 {
    (word ^ ONES.wrapping_mul(byte as u64)).wrapping_sub(ONES) & !word
}
