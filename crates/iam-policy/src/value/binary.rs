//! Base64 (RFC 4648, section 4), for `BinaryEquals`.

/// The bytes of a padded base64 text. `None` if the text is not valid base64.
///
/// Unused bits must be zero, so that each value has exactly one text.
pub fn decode_base64(text: &str) -> Option<Box<[u8]>> {
    base64_bytes(text).map(Iterator::collect)
}

/// As [`decode_base64`], byte by byte and without allocation.
pub fn base64_bytes(text: &str) -> Option<impl Iterator<Item = u8>> {
    let digits = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    if !text.len().is_multiple_of(4) || !digits.bytes().all(|b| digit_value(b).is_some()) {
        return None;
    }
    let unused = digits.as_bytes().chunks(4).last().is_some_and(|last| {
        let [_, bytes @ ..] = group_bits(last).to_be_bytes();
        bytes.iter().skip(last.len().saturating_sub(1)).any(|b| *b != 0)
    });
    if unused {
        return None;
    }
    Some(digits.as_bytes().chunks(4).flat_map(|group| {
        let [_, first, second, third] = group_bits(group).to_be_bytes();
        [first, second, third].into_iter().take(group.len().saturating_sub(1))
    }))
}

/// The 24 bits of a group of up to four digits, the first digit in the highest bits.
fn group_bits(group: &[u8]) -> u32 {
    let missing = [0; 4];
    let padding = missing.iter().skip(group.len());
    let digits = group.iter().map(|b| digit_value(*b).unwrap_or_default());
    digits.chain(padding.copied()).fold(0, |bits, digit| (bits << 6) | digit)
}

fn digit_value(digit: u8) -> Option<u32> {
    let value = match digit {
        b'A'..=b'Z' => digit.checked_sub(b'A')?,
        b'a'..=b'z' => digit.checked_sub(b'a')?.checked_add(26)?,
        b'0'..=b'9' => digit.checked_sub(b'0')?.checked_add(52)?,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_vectors_of_the_rfc() {
        for (text, bytes) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9vYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
        ] {
            assert_eq!(decode_base64(text).as_deref(), Some(bytes.as_bytes()), "{text}");
        }
        assert_eq!(decode_base64("+/8=").as_deref(), Some(&[0xFB, 0xFF][..]));
    }

    #[test]
    fn other_texts_are_no_base64() {
        for text in [
            "Z", "Zg", "Zg=", "Zh==", "Zm9=", "====", "Zm9v====", "Z-8=", "Zm 9v", "=Zg=", "Zg==Zg==", "Z===",
        ] {
            assert_eq!(decode_base64(text), None, "{text}");
        }
    }
}
