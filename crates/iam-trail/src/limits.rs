//! How much is read of a file.

/// How much is read of a file. What is over a limit is passed over with a finding, and takes no memory.
///
/// ```
/// let mut limits = iam_trail::Limits::default();
/// limits.file_bytes = 64 * 1024 * 1024;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The most bytes of one record, with what stands around it in the file. 1 MiB (1,048,576) by default; CloudTrail's own records have at most
    /// 256 KiB, or 1 MiB with the size that event data stores allow.
    pub record_bytes: usize,
    /// The most objects and lists within each other in a record, the record's own object among them. 64 by default, and at most.
    pub nesting: u32,
    /// The most uncompressed bytes of one file. 1 GiB (1,073,741,824) by default.
    pub file_bytes: u64,
    /// The most findings of one file that [`Reader`](crate::Reader) gives one by one. 1,000 by default. The rest is counted.
    pub findings: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { record_bytes: 1_048_576, nesting: 64, file_bytes: 1_073_741_824, findings: 1_000 }
    }
}
