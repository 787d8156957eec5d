//! Bytes written as base64 read back as the same bytes. A text that is accepted is the one as which its bytes are written, so each value has
//! one text. Reading byte by byte gives the same as reading at once.

use iam_policy::value::{base64_bytes, decode_base64, parse_bool};

use crate::input;

pub fn base64_reads_back(data: &[u8]) {
    assert_eq!(decode_base64(&input::base64(data)).as_deref(), Some(data), "bytes do not read back");
    let Some(text) = input::text(data) else { return };
    let read = decode_base64(text);
    if let Some(bytes) = &read {
        assert_eq!(input::base64(bytes), text, "two texts for one value");
    }
    assert_eq!(base64_bytes(text).map(|bytes| bytes.collect()), read, "{text:?}");
    // The other value that is read from its whole text is a word in any ASCII case.
    assert_eq!(parse_bool(text), text.to_ascii_lowercase() == "true", "{text:?}");
}
