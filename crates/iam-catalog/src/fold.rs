//! Comparison without ASCII case, as AWS compares the names of actions and keys (rules 2.1 and 4.4).

use std::cmp::Ordering;

/// Orders two texts as if all their ASCII letters were in lower case.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    for (x, y) in a.bytes().zip(b.bytes()) {
        if x != y {
            let order = x.to_ascii_lowercase().cmp(&y.to_ascii_lowercase());
            if order != Ordering::Equal {
                return order;
            }
        }
    }
    a.len().cmp(&b.len())
}

/// The text after `prefix`, ignoring ASCII case. `None` if `text` does not begin with it.
pub(crate) fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// The text before `suffix`, ignoring ASCII case. `None` if `text` does not end with it.
pub(crate) fn strip_suffix<'a>(text: &'a str, suffix: &str) -> Option<&'a str> {
    let (rest, tail) = text.split_at_checked(text.len().checked_sub(suffix.len())?)?;
    tail.eq_ignore_ascii_case(suffix).then_some(rest)
}

/// Whether a text can be found as a service prefix: it is in lower case and has no colon, which would end the prefix.
pub(crate) fn is_prefix(text: &str) -> bool {
    !text.is_empty() && !text.bytes().any(|byte| byte.is_ascii_uppercase() || byte == b':')
}

#[cfg(test)]
mod tests {
    use super::{compare, strip_prefix, strip_suffix};
    use std::cmp::Ordering;

    #[test]
    fn only_ascii_letters_fold() {
        assert_eq!(compare("S3", "s3"), Ordering::Equal);
        assert_eq!(compare("\u{212a}ms", "kms"), Ordering::Greater);
        assert_eq!(compare("GetObject", "GETOBJECTACL"), Ordering::Less);
        assert_eq!(compare("a_", "aA"), Ordering::Less);
    }

    #[test]
    fn affixes_ignore_case_and_respect_characters() {
        assert_eq!(strip_prefix("AWS:x", "aws:"), Some("x"));
        assert_eq!(strip_prefix("é", "a"), None);
        assert_eq!(strip_prefix("a", "ab"), None);
        assert_eq!(strip_suffix("x.VALUE", ".value"), Some("x"));
        assert_eq!(strip_suffix("é", "a"), None);
        assert_eq!(strip_suffix("e", ".value"), None);
    }
}
