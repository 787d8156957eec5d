//! Validation of log files by CloudTrail's digest files, without a network.
//!
//! CloudTrail delivers a digest file each hour, for each account, Region and trail. It names the log files of the hour with their hashes, and the
//! digest file before it with its hash and its signature. The keys of AWS, which the caller has from a place that is trusted, are the root: nothing
//! else is believed.
//!
//! - [`PublicKeys`] reads what `aws cloudtrail list-public-keys` prints.
//! - [`DigestFile`] is one digest file. Its own signature stands in the metadata of its S3 object. Without it, only the next digest file has it.
//! - [`LogHash`] hashes a log file in chunks.
//! - [`ChainReport`] says which digest files are shown to be CloudTrail's, where each chain breaks, and which times are validated.
//! - [`LogReport`] says which log files are as CloudTrail delivered them, which were changed, and which are missing.
//!
//! # What a validated interval says
//! From its begin to its end, the digest files are CloudTrail's, and each states the hash of the one before it. The log files that CloudTrail
//! *delivered* in that time are those that they name; their events may be older.
//!
//! # What cannot be seen
//! - A log file whose processing was late is named by a backfill digest file. These are in a chain of their own.
//! - Whoever removes the newest files of a chain, of either kind, leaves no trace in what is left: compare [`Interval::until`] with the time that
//!   is to be validated.
//! - A chain starts anew when validation or logging is turned on again. Whoever removes a whole chain between two others leaves what a trail leaves
//!   that was off: [`BreakKind::Restart`] says that the time between is not validated, and not that nothing was delivered.
//! - The files say which account, Region, trail and bucket they belong to. Whether these are the right ones is for the caller to compare.
//!
//! # What is hashed and signed
//! Hashes of log files and of digest files are SHA-256 of the *uncompressed* bytes. CloudTrail signs four lines: the end time, bucket and key, the
//! hash of the digest file, and the signature of the digest file before it, which is `null` where there is none.
//!
//! ```
//! use iam_trail::Limits;
//! use iam_trail::digest::{ChainReport, GivenLog, LogHash, PublicKeys};
//!
//! let mut hash = LogHash::new(Limits::default());
//! hash.update(br#"{"Records":[]}"#);
//! let given = GivenLog::new("a_CloudTrail_b.json.gz", hash.finish()?);
//! let keys = PublicKeys::read(br#"{"PublicKeyList": []}"#)?;
//! let report = ChainReport::validate([], &keys);
//! assert_eq!(report.log_files(&[given]).given[0].is_shown, false);
//! # Ok::<(), iam_trail::digest::DigestError>(())
//! ```
//!
//! # Source
//! CloudTrail User Guide, "CloudTrail digest file structure" and "Custom implementations of CloudTrail log file integrity validation"; the
//! behaviour of `aws cloudtrail validate-logs`.

mod chain;
mod error;
mod file;
mod hash;
mod keys;
mod logs;
mod object;
mod report;
mod stream;

pub use error::{DigestError, DigestErrorKind};
pub use file::{DigestFile, LogFile, PreviousDigest};
pub use hash::{LogHash, Sum};
pub use keys::PublicKeys;
pub use logs::{GivenLog, GivenReport, GivenState, LogEntry, LogReport, LogState, NamedReport};
pub use report::{
    Break, BreakKind, ChainReport, DigestReport, Interval, PreviousState, Signature, Standing, StreamReport,
};
pub use stream::Stream;
