//! Typed values that condition operators compare. Policies and requests write each type in the same strict text form.

mod binary;
mod date;
mod ip;
mod number;

pub use binary::{base64_bytes, decode_base64};
pub use date::Instant;
pub use ip::IpRange;
pub use number::Decimal;

/// Reads `true` or `false`, ignoring ASCII case (rule 7.36). `None` for any other text.
pub fn parse_bool(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}
