//! Texts that are nearly JSON, nearly a case, or nearly a policy.

use crate::case::{Case, Spelling, document_text};
use crate::source::Source;

/// A damaged text of a case.
///
/// A reader must accept or refuse it in bounded time, and must not fail in any other way.
pub fn hostile(source: &mut Source<'_>, case: &Case) -> Vec<u8> {
    let text = match (source.below(3), case.documents().next()) {
        (0, _) | (_, None) => case.to_json(),
        (_, Some((layer, document))) => {
            document_text(document, layer, Spelling { single: source.chance(50), bare: true })
        }
    };
    let mut bytes = text.into_bytes();
    for _ in 0..source.between(1, 4) {
        damage(source, &mut bytes);
    }
    bytes
}

/// Pieces of text that have broken readers.
const PIECES: [&[u8]; 24] = [
    b"\"",
    b"\\",
    b"\\ud800",
    b"\\u0000",
    b"\x00",
    b"\xff",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    b"{\"a\":{\"a\":{\"a\":{\"a\":",
    b"null",
    b"true",
    b"1e999",
    b"-0",
    b"0123",
    b"99999999999999999999999999",
    b",",
    b"/*",
    b"${",
    b"${}",
    b"${*",
    b"****************************************************************************************************",
    b"\"Effect\": \"Allow\", ",
    b"\"NotAction\": [], ",
];

fn damage(source: &mut Source<'_>, bytes: &mut Vec<u8>) {
    let at = source.below(bytes.len().saturating_add(1)).min(bytes.len());
    let end = source.between(at, at.saturating_add(24)).min(bytes.len());
    match source.below(6) {
        0 => drop(bytes.drain(at..end)),
        1 => bytes.truncate(at),
        2 => {
            let copy = bytes.get(at..end).map(<[u8]>::to_vec).unwrap_or_default();
            drop(bytes.splice(at..at, copy));
        }
        3 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1_u8.checked_shl(u32::try_from(source.below(8)).unwrap_or(0)).unwrap_or(1);
            }
        }
        _ => {
            let piece = *source.pick(&PIECES);
            let replaced = if source.chance(50) { end } else { at };
            drop(bytes.splice(at..replaced, piece.iter().copied()));
        }
    }
}
