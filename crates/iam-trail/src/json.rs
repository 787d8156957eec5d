//! Typed values from JSON that lies in memory, fast: texts borrow, and what nobody reads is checked and passed over without being built.
//!
//! This reads what `serde_json` reads, or nothing. Where it stops, `serde_json` decides, and says what is wrong: so there is one grammar, and one
//! wording of its errors. Nesting and recursion are bounded.

mod cursor;
mod plain;
mod raw;
mod typed;

use serde::Deserialize;

use cursor::Cursor;
pub use raw::RawJson;

/// The most brackets within each other that are read here.
pub(crate) const NESTING: u32 = 64;

/// The value that a text begins with, and the number of its bytes. `None` if it ends behind the text, nests deeper than this, or is not read here.
/// Members of the value itself may not have the names of `avoid`.
pub(crate) fn first<'a, T: Deserialize<'a>>(
    text: &'a str,
    nesting: u32,
    avoid: &'static [&'static str],
) -> Option<(T, usize)> {
    let mut cursor = Cursor::new(text, nesting.min(NESTING), avoid);
    let value = T::deserialize(&mut cursor).ok()?;
    Some((value, cursor.at()))
}

/// The value that is the whole text.
///
/// # Errors
/// Those of `serde_json`.
pub(crate) fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, serde_json::Error> {
    match first(text, NESTING, &[]) {
        Some((value, end)) if text.len() == end => Ok(value),
        Some(_) | None => serde_json::from_str(text),
    }
}
