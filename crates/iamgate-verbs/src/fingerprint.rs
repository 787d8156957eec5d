//! Short texts that tell things apart and stay the same from run to run.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// The first 32 hexadecimal digits of the SHA-256 of texts, a line each.
pub(crate) fn fingerprint(parts: &[String]) -> String {
    let digest = Sha256::digest(parts.join("\n").as_bytes());
    digest.iter().take(16).fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
