//! Bounds on what is read.

/// Bounds on one text and what is found in it.
///
/// A text at a bound is accepted; a text beyond it is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of the text, and of what its aliases and functions expand to. Default 33,554,432: the details of an account of thousands of roles.
    pub document_bytes: usize,
    /// Nesting of arrays and objects. Default 128; plans of Terraform nest deeper than policies.
    pub depth: usize,
    /// Texts inside texts: a JSON string that contains JSON is one. Default 6.
    pub layers: usize,
    /// Documents of one text. Default 50,000.
    pub documents: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { document_bytes: 32 << 20, depth: 128, layers: 6, documents: 50_000 }
    }
}

impl Limits {
    /// Limits with the defaults, for texts of at most `document_bytes` bytes.
    pub fn of_bytes(document_bytes: usize) -> Self {
        Self { document_bytes, ..Self::default() }
    }

    /// The bounds on JSON.
    pub(crate) fn json(&self) -> iam_json::Limits {
        let mut limits = iam_json::Limits::of_bytes(self.document_bytes);
        limits.depth = self.depth;
        limits
    }
}
