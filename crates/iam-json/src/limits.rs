//! Bounds on one JSON text.

/// Bounds on one JSON text.
///
/// A text at a bound is accepted; a text beyond it is refused with the bound's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of the text. Default 131,072.
    pub document_bytes: usize,
    /// Nesting of arrays and objects. Default 32.
    pub depth: usize,
}

impl Limits {
    /// Limits with the default depth, for texts of at most `document_bytes` bytes.
    pub fn of_bytes(document_bytes: usize) -> Self {
        Self { document_bytes, ..Self::default() }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { document_bytes: 131_072, depth: 32 }
    }
}

impl From<&Limits> for Limits {
    fn from(limits: &Limits) -> Self {
        *limits
    }
}
