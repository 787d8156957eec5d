//! Typed values that condition operators compare. Policies and requests write each type in the same text form.

mod binary;
mod date;
mod ip;
mod number;

pub use binary::{base64_bytes, decode_base64};
pub use date::Instant;
pub use ip::{IpRange, parse_address};
pub use number::Decimal;

/// Whether a text under `Bool` or `Null` is true: `true` in any ASCII case is, and every other text is false (rule 7.36).
///
/// So `yes`, `1`, the empty text and ` true ` are false, in policies and in requests.
pub fn parse_bool(text: &str) -> bool {
    text.eq_ignore_ascii_case("true")
}

/// `true` or `false` in any ASCII case: the words that a person means.
pub(crate) fn parse_word(text: &str) -> Option<bool> {
    let value = parse_bool(text);
    (value || text.eq_ignore_ascii_case("false")).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_true_is_true() {
        for text in ["true", "True", "TRUE", "tRuE"] {
            assert!(parse_bool(text), "{text}");
        }
        for text in ["false", "False", "yes", "1", "0", "", " true ", "true ", "\u{ff54}rue", "${aws:x}"] {
            assert!(!parse_bool(text), "{text}");
        }
    }
}
